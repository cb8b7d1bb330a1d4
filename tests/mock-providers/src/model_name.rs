//! Reads versions out of model names, as what is allowed depends on them.

/// The major and minor version in a Claude model's name, if it says one: `claude-opus-4-8` is
/// (4, 8), `claude-3-5-haiku-20241022` is (3, 5), `claude-sonnet-5` is (5, 0).
pub fn claude_version(model: &str) -> Option<(u32, u32)> {
    let mut numbers = model
        .strip_prefix("claude-")?
        .split('-')
        .skip_while(|part| small_number(part).is_none())
        .map_while(small_number);
    let major = numbers.next()?;
    Some((major, numbers.next().unwrap_or(0)))
}

/// Whether an OpenAI model is one that reasons, and so refuses `max_tokens`.
pub fn openai_reasons(model: &str) -> bool {
    let major = |name: &str| -> Option<u32> {
        let digits = name.split(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse().ok()
    };
    match (model.strip_prefix("gpt-"), model.strip_prefix('o')) {
        (Some(rest), _) => major(rest).is_some_and(|major| major >= 5),
        (_, Some(rest)) => major(rest).is_some(),
        _ => false,
    }
}

/// Whether an OpenAI model answers without reasoning, as some do unless they are told an effort. Only then it tells log
/// probabilities, and is told how to sample.
pub fn openai_rests(model: &str, effort: Option<&str>) -> bool {
    let by_itself = ["gpt-5.1", "gpt-5.2", "gpt-5.3", "gpt-5.4"].iter().any(|family| model.starts_with(family));
    !openai_reasons(model) || effort.map_or(by_itself, |effort| effort == "none")
}

/// The efforts that an OpenAI model takes which reasons, least first.
pub fn openai_efforts(model: &str) -> &'static [&'static str] {
    const TO_MAX: &[&str] = &["none", "low", "medium", "high", "xhigh", "max"];
    let is = |families: &[&str]| families.iter().any(|family| model.starts_with(family));
    match model {
        "gpt-5" => &["minimal", "low", "medium", "high"],
        _ if is(&["gpt-5-pro"]) => &["high"],
        _ if model.contains("-pro") => &["medium", "high", "xhigh"],
        _ if is(&["gpt-5-codex", "codex", "o"]) => &["low", "medium", "high"],
        _ if is(&["gpt-5.1-codex-max"]) => &["low", "medium", "high", "xhigh"],
        _ if is(&["gpt-5.1-codex"]) => &["low", "medium", "high"],
        _ if model.contains("codex") => &["low", "medium", "high", "xhigh"],
        _ if is(&["gpt-5-"]) => &["minimal", "low", "medium", "high"],
        _ if is(&["gpt-5.1"]) => &["none", "low", "medium", "high"],
        _ if is(&["gpt-5.2", "gpt-5.3", "gpt-5.4", "gpt-5.5"]) => &["none", "low", "medium", "high", "xhigh"],
        _ if is(&["gpt-6-astra", "gpt-6.1-sol"]) => TO_MAX.split_at(1).1,
        _ => TO_MAX,
    }
}

/// Whether an OpenAI model that reasons takes no functions in Chat Completions meanwhile.
pub fn openai_keeps_tools_from_chat(model: &str) -> bool {
    ["gpt-5.4", "gpt-5.5", "gpt-5.6", "gpt-6"].iter().any(|family| model.starts_with(family))
}

/// Whether a Claude cannot be made to call a tool. Its name has neither region nor version.
pub fn claude_refuses_force(model: &str) -> bool {
    let since = |family: &str| match family {
        "opus" | "sonnet" => Some((5, 5)),
        "fable" | "mythos" => Some((5, 1)),
        _ => None,
    };
    let family = model.split('-').nth(1).and_then(since);
    family.is_some_and(|since| claude_version(model).is_some_and(|version| version >= since))
}

/// A number that is part of a version, not a date.
fn small_number(part: &str) -> Option<u32> {
    part.parse().ok().filter(|number| *number < 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_versions() {
        for (model, version) in [
            ("claude-opus-4-8", Some((4, 8))),
            ("claude-3-5-haiku-20241022", Some((3, 5))),
            ("claude-sonnet-4-20250514", Some((4, 0))),
            ("claude-haiku-4-5-20251001", Some((4, 5))),
            ("claude-sonnet-5", Some((5, 0))),
            ("claude-mythos-preview", None),
            ("gpt-4o", None),
        ] {
            assert_eq!(claude_version(model), version, "{model}");
        }
        for (model, reasons) in
            [("gpt-4o", false), ("gpt-5-mini", true), ("gpt-5.1", true), ("o3", true), ("omni", false)]
        {
            assert_eq!(openai_reasons(model), reasons, "{model}");
        }
        assert!(openai_rests("gpt-5.4", None) && !openai_rests("gpt-5.4", Some("low")));
        assert!(openai_rests("gpt-5.6-sol", Some("none")) && !openai_rests("gpt-5.6-sol", None));
        for (model, least, most) in [
            ("o3", "low", "high"),
            ("gpt-5-mini", "minimal", "high"),
            ("gpt-5-pro", "high", "high"),
            ("gpt-5.1", "none", "high"),
            ("gpt-5.2-codex", "low", "xhigh"),
            ("gpt-6.1-terra", "none", "max"),
            ("gpt-6.1-sol", "low", "max"),
        ] {
            let efforts = openai_efforts(model);
            assert_eq!((efforts.first(), efforts.last()), (Some(&least), Some(&most)), "{model}");
        }
        assert!(claude_refuses_force("claude-opus-5-5") && claude_refuses_force("claude-fable-5-1"));
        assert!(!claude_refuses_force("claude-opus-5") && !claude_refuses_force("claude-haiku-5-5"));
        assert!(openai_keeps_tools_from_chat("gpt-6-sol") && !openai_keeps_tools_from_chat("gpt-5.1"));
        assert!(!openai_rests("o3", None) && openai_rests("gpt-4o", Some("low")));
    }
}
