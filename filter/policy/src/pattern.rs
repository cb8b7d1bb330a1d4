//! Name patterns: exact, `prefix*`, `*`.

use std::fmt;

use crate::lookup::Lookup;
use crate::sort::distinct;

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

impl Pattern {
    pub(crate) fn matches(&self, name: &str) -> bool {
        match self {
            Self::Exact(exact) => **exact == *name,
            Self::Prefix(prefix) => name.starts_with(&**prefix),
            Self::Any => true,
        }
    }

    /// The pattern of the names that both match; `None` if there are none.
    pub(crate) fn both(&self, other: &Self) -> Option<Self> {
        let narrower = match (self, other) {
            (Self::Any, narrower) | (narrower, Self::Any) => narrower,
            (Self::Exact(name), wider) | (wider, Self::Exact(name)) => {
                return wider.matches(name).then(|| Self::Exact(name.clone()));
            }
            (Self::Prefix(a), Self::Prefix(b)) if a.starts_with(&**b) => self,
            (Self::Prefix(a), Self::Prefix(b)) if b.starts_with(&**a) => other,
            (Self::Prefix(_), Self::Prefix(_)) => return None,
        };
        Some(narrower.clone())
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(name) => f.write_str(name),
            Self::Prefix(prefix) => write!(f, "{prefix}*"),
            Self::Any => f.write_str("*"),
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

impl<T> Default for Patterns<T> {
    fn default() -> Self {
        Self { exact: Lookup::default(), prefixes: Lookup::default(), lengths: Vec::new(), any: None }
    }
}

impl<T> FromIterator<(Pattern, T)> for Patterns<T> {
    fn from_iter<I: IntoIterator<Item = (Pattern, T)>>(pairs: I) -> Self {
        let mut patterns = Self::default();
        for (pattern, value) in pairs {
            match pattern {
                Pattern::Exact(name) => drop(patterns.exact.insert(name, value)),
                Pattern::Prefix(prefix) => drop(patterns.prefixes.insert(prefix, value)),
                Pattern::Any => patterns.any = Some(value),
            }
        }
        patterns.lengths = distinct(patterns.prefixes.keys().map(|prefix| prefix.len()));
        patterns.lengths.reverse();
        patterns
    }
}

impl<T> Patterns<T> {
    /// The value of the most specific pattern that matches: exact, longest prefix, any.
    pub(crate) fn find(&self, name: &str) -> Option<&T> {
        self.exact.get(name).or_else(|| self.find_wide(name))
    }

    fn find_wide(&self, name: &str) -> Option<&T> {
        // `get` refuses a length that ends inside a character: no prefix can end there either.
        let mut beginnings = self.lengths.iter().filter_map(|&length| name.get(..length));
        beginnings.find_map(|beginning| self.prefixes.get(beginning)).or(self.any.as_ref())
    }

    /// Whether every name that `pattern` matches has a value. There are more names under a prefix than
    /// finitely many longer patterns could match, so that one as wide must be there.
    pub(crate) fn cover(&self, pattern: &Pattern) -> bool {
        match pattern {
            Pattern::Exact(name) => self.find(name).is_some(),
            Pattern::Prefix(prefix) => self.find_wide(prefix).is_some(),
            Pattern::Any => self.any.is_some(),
        }
    }
}
