//! What routing must know of a request.

use std::collections::BTreeMap;

use super::models::Target;
use crate::limits::{Attributes, Demand};

/// What routing must know of a request. All of it is read from the request before it is translated, so that
/// the same request is routed alike whatever its targets are.
pub struct Ask<'a, D> {
    /// The model by the name that the client sent.
    pub model: &'a str,
    /// The consumer's name; `None` for an anonymous caller.
    pub consumer: Option<&'a str>,
    /// The consumer's tags, if it has any.
    pub tags: Option<&'a BTreeMap<String, String>>,
    /// What it may take at a target, as limits reserve it: tokenizers differ. Asked only of targets where it
    /// counts.
    pub demand: &'a dyn Fn(&Target<D>) -> Demand,
    /// What it makes use of.
    pub features: Features,
    /// What tells this conversation from others, and stays the same in all of its requests: the first user
    /// message, or a hash of it. Needed only where [`Model::needs_conversation`](super::Model::needs_conversation) says so.
    pub conversation: Option<&'a [u8]>,
    /// What the model's steps have said, by position; `None` for one that was skipped.
    pub outputs: &'a [Option<String>],
    /// Its headers and claims, looked up only where a condition asks for them.
    pub attributes: &'a dyn Attributes,
}

/// What a request makes use of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Features {
    /// It holds an image.
    pub images: bool,
    /// It holds audio, or wants it as an answer.
    pub audio: bool,
    /// It holds a document, like a PDF.
    pub documents: bool,
    /// It offers tools.
    pub tools: bool,
    /// It wants JSON, with or without a schema.
    pub structured_output: bool,
    /// It asks for thoughts, or says how many.
    pub reasoning: bool,
    /// It wants the answer as a stream.
    pub stream: bool,
}

impl<D> Ask<'_, D> {
    pub(super) fn tag(&self, name: &str) -> Option<&str> {
        self.tags.and_then(|tags| tags.get(name)).map(String::as_str)
    }
}

// Derived, they would ask the same of `D`.
impl<D> Clone for Ask<'_, D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<D> Copy for Ask<'_, D> {}
