//! What depends on the model.

/// A model, by its name.
#[derive(Debug, Clone, Copy)]
pub struct Model<'a>(pub &'a str);

impl Model<'_> {
    /// The major and minor version: `gemini-3.1-pro-preview` is (3, 1). An alias such as
    /// `gemini-flash-latest` is newer than all that have a number.
    pub fn version(&self) -> Option<(u32, u32)> {
        let name = self.0.strip_prefix("gemini-")?;
        let mut numbers = name.split('-').next().unwrap_or_default().split('.').map(str::parse::<u32>);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(major)), Some(Ok(minor))) => Some((major, minor)),
            (Some(Ok(major)), None) => Some((major, 0)),
            _ => Some((u32::MAX, 0)),
        }
    }

    /// Whether signatures are needed on function calls, which came with Gemini 3.
    pub fn needs_signatures(&self) -> bool {
        self.version() >= Some((3, 0)) && !self.0.contains("image")
    }

    /// Whether function calls have ids, which came with Gemini 3.
    pub fn has_call_ids(&self) -> bool {
        self.version() >= Some((3, 0))
    }

    /// Whether thinking has levels, which came with Gemini 3.
    pub fn has_thinking_levels(&self) -> bool {
        self.version() >= Some((3, 0))
    }

    /// Whether the model tells how likely its tokens were, which ended with Gemini 3.
    pub fn tells_logprobs(&self) -> bool {
        self.version() < Some((3, 0))
    }

    /// Whether the model thinks.
    pub fn thinks(&self) -> bool {
        self.version() >= Some((2, 5))
    }

    /// The least and the greatest budget for thinking, and whether thinking can be turned off.
    pub fn thinking_budget(&self) -> (i64, i64, bool) {
        match self.version() {
            Some((2, _)) if self.0.contains("pro") => (128, 32768, false),
            Some((2, _)) if self.0.contains("lite") => (512, 24576, true),
            Some((2, _)) => (1, 24576, true),
            _ => (128, 32768, false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Model;

    #[test]
    fn versions_are_read_from_names() {
        for (name, version) in [
            ("gemini-2.5-flash", Some((2, 5))),
            ("gemini-3-pro-preview", Some((3, 0))),
            ("gemini-3.1-pro-preview", Some((3, 1))),
            ("gemini-4-argon", Some((4, 0))),
            ("gemini-flash-latest", Some((u32::MAX, 0))),
            ("gemma-3-27b-it", None),
        ] {
            assert_eq!(Model(name).version(), version, "{name}");
        }
    }
}
