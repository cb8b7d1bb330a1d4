//! What a request said and the target could not be told, and what an answer said and its client could not.

use crate::json::{Unknown, is_plain};
use std::borrow::Cow;

/// Names of parameters that were dropped or adapted. Short, unique, and safe to put in a header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Losses {
    names: Vec<Cow<'static, str>>,
}

/// More names than this are not listed: a client could send any number of unknown fields.
const MAX_NAMES: usize = 32;

impl Losses {
    /// Nothing was lost.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The names, in the order in which they were met.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| &**name)
    }

    /// All names with commas between them, as the `x-tollgate-dropped` header has them.
    #[must_use]
    pub fn to_header(&self) -> String {
        self.names.join(", ")
    }

    pub(crate) fn add(&mut self, name: impl Into<Cow<'static, str>>) {
        let name = name.into();
        if self.names.len() < MAX_NAMES && !self.names.contains(&name) {
            self.names.push(name);
        }
    }

    /// Notes all that `others` hold, too.
    pub fn add_all(&mut self, others: Self) {
        others.names.into_iter().for_each(|name| self.add(name));
    }

    /// Notes `name` when there was something to lose.
    pub(crate) fn add_if<T>(&mut self, lost: Option<T>, name: &'static str) {
        if lost.is_some() {
            self.add(name);
        }
    }

    /// Notes what of an answer has no place in the client's API, by its provider's name for it.
    pub(crate) fn add_of_answer(&mut self, kind: &str) {
        let kind = if is_plain(kind) { kind } else { "unknown" };
        self.add(format!("answer.{kind}"));
    }

    /// Notes fields that this version does not know, under the path they stood at.
    pub(crate) fn add_unknown(&mut self, path: &'static str, unknown: &Unknown<'_>) {
        for name in &unknown.0 {
            let name = if is_plain(name) { &**name } else { "unknown" };
            let dot = if path.is_empty() { "" } else { "." };
            self.add(format!("{path}{dot}{name}"));
        }
    }
}
