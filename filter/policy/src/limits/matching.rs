//! Whom a limit is for.

use super::subject::Subject;
use crate::pattern::Pattern;

/// Whom a limit is for: everything that is said here must hold. Nothing said means everybody.
#[derive(Debug, Clone, Default)]
pub(crate) struct Match {
    pub(crate) consumer: Option<Box<str>>,
    pub(crate) tags: Vec<(Box<str>, Box<str>)>,
    /// The model by the name that the client sends.
    pub(crate) model: Option<Pattern>,
    /// Headers, by their names in lower case, and their values.
    pub(crate) headers: Vec<(Box<str>, Box<str>)>,
}

impl Match {
    pub(super) fn holds(&self, subject: &Subject<'_>) -> bool {
        let tag = |name: &str| subject.tags.and_then(|tags| tags.get(name)).map(String::as_str);
        self.consumer.as_deref().is_none_or(|consumer| subject.consumer == Some(consumer))
            && self.model.as_ref().is_none_or(|model| model.matches(subject.asked))
            && self.tags.iter().all(|(name, value)| tag(name) == Some(value))
            && self
                .headers
                .iter()
                .all(|(name, value)| subject.attributes.header(name).is_some_and(|found| *found == *value.as_bytes()))
    }
}
