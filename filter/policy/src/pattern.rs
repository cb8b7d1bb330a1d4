//! Name patterns: exact, `prefix*`, `*`.

use crate::lookup::Lookup;

/// A pattern for model names, as it is written in the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// Matches this name only.
    Exact(Box<str>),
    /// Matches every name that begins with this; never empty.
    Prefix(Box<str>),
    /// Matches every name.
    Any,
}

impl Pattern {
    /// `None` for the empty name and for a `*` anywhere but at the end.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let pattern = match text.strip_suffix('*') {
            Some("") => Self::Any,
            Some(prefix) => Self::Prefix(prefix.into()),
            None => Self::Exact(text.into()),
        };
        match &pattern {
            Self::Exact(name) | Self::Prefix(name) if name.is_empty() || name.contains('*') => None,
            _ => Some(pattern),
        }
    }
}

/// Values by pattern, the most specific pattern first.
///
/// A look-up costs one hash of the name and one of its beginning for each distinct prefix
/// *length*: it does not grow with the number of patterns.
#[derive(Debug, Clone)]
pub(crate) struct Patterns<T> {
    exact: Lookup<Box<str>, T>,
    prefixes: Lookup<Box<str>, T>,
    /// The distinct lengths in `prefixes` in bytes, longest first.
    lengths: Vec<usize>,
    any: Option<T>,
}

impl<T> FromIterator<(Pattern, T)> for Patterns<T> {
    fn from_iter<I: IntoIterator<Item = (Pattern, T)>>(pairs: I) -> Self {
        let mut patterns =
            Self { exact: Lookup::default(), prefixes: Lookup::default(), lengths: Vec::new(), any: None };
        for (pattern, value) in pairs {
            match pattern {
                Pattern::Exact(name) => drop(patterns.exact.insert(name, value)),
                Pattern::Prefix(prefix) => drop(patterns.prefixes.insert(prefix, value)),
                Pattern::Any => patterns.any = Some(value),
            }
        }
        patterns.lengths.extend(patterns.prefixes.keys().map(|prefix| prefix.len()));
        patterns.lengths.sort_unstable_by(|a, b| b.cmp(a));
        patterns.lengths.dedup();
        patterns
    }
}

impl<T> Patterns<T> {
    /// The value of the most specific pattern that matches: exact, longest prefix, any.
    pub(crate) fn find(&self, name: &str) -> Option<&T> {
        // `get` refuses a length that ends inside a character: no prefix can end there either.
        let by_prefix = || {
            let beginnings = self.lengths.iter().filter_map(|&length| name.get(..length));
            beginnings.into_iter().find_map(|beginning| self.prefixes.get(beginning))
        };
        self.exact.get(name).or_else(by_prefix).or(self.any.as_ref())
    }
}
