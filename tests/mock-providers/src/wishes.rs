//! Collects what a test wishes for, from the `x-mock` header and from markers in texts, into one
//! set of `name` or `name=value` entries. The order they come in does not matter.

use std::collections::BTreeMap;

const OPENING: &str = "[[mock:";
const CLOSING: &str = "]]";

/// The entries collected so far.
#[derive(Debug, Default, Clone)]
pub struct Wishes(BTreeMap<String, Option<String>>);

impl Wishes {
    /// Adds a list: entries separated by commas or spaces.
    pub fn add_list(&mut self, list: &str) -> Result<(), String> {
        let words = list.split([',', ' ', '\t', '\n', '\r']).filter(|word| !word.is_empty());
        for word in words {
            let (name, value) = match word.split_once('=') {
                Some((name, value)) => (name, Some(value.to_string())),
                None => (word, None),
            };
            self.add(name.to_string(), value)?;
        }
        Ok(())
    }

    /// Adds all markers in a text.
    pub fn add_markers(&mut self, text: &str) -> Result<(), String> {
        let mut rest = text;
        while let Some((_, marked)) = rest.split_once(OPENING) {
            let Some((list, after)) = marked.split_once(CLOSING) else {
                return Err(format!("a marker is not closed: {OPENING}{marked}"));
            };
            self.add_list(list)?;
            rest = after;
        }
        Ok(())
    }

    /// Takes an entry back.
    pub fn forget(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// Refuses entries that make no sense where they are wished for; each comes with the reason.
    pub fn refuse(&self, meaningless: &[(&str, &str)]) -> Result<(), String> {
        match meaningless.iter().find(|(name, _)| self.0.contains_key(*name)) {
            Some((name, reason)) => Err(format!("scenario `{name}` makes no sense here: {reason}")),
            None => Ok(()),
        }
    }

    /// All entries, sorted by name.
    pub fn entries(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_deref()))
    }

    fn add(&mut self, name: String, value: Option<String>) -> Result<(), String> {
        match self.0.get(&name) {
            Some(earlier) if *earlier != value => Err(format!("scenario `{name}` is given twice, differently")),
            _ => {
                self.0.insert(name, value);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn collects_in_any_order() {
        let mut one = Wishes::default();
        one.add_list("split=3, crlf  tools").unwrap();
        one.add_markers("Hi [[mock: thinking]] there [[mock:input=7,crlf]]!").unwrap();
        let mut other = Wishes::default();
        other.add_list("input=7 tools thinking crlf split=3").unwrap();
        assert_eq!(one.0, other.0);
    }

    #[test]
    fn refuses_what_makes_no_sense() {
        let mut wishes = Wishes::default();
        wishes.add_list("tools=2").unwrap();
        assert_eq!(wishes.refuse(&[("words", "it is silent")]), Ok(()));
        let refused = wishes.refuse(&[("tools", "it has none")]).unwrap_err();
        assert_eq!(refused, "scenario `tools` makes no sense here: it has none");
    }

    #[test]
    fn refuses_contradictions_and_open_markers() {
        let mut wishes = Wishes::default();
        wishes.add_list("input=1").unwrap();
        assert!(wishes.add_list("input=2").unwrap_err().contains("twice"));
        assert!(wishes.add_markers("[[mock: plain").unwrap_err().contains("not closed"));
    }
}
