//! Room for what takes the place of a request's body that Envoy has held while a step was asked.
//!
//! While a body comes, Envoy refuses by itself what is larger than its buffer. Later it would do so while this filter is
//! at it, which fails the VM and ends Envoy itself. So room is made in time, with spaces behind the body: they mean nothing
//! in JSON, and go when the body does.

use crate::host::Body;
use tollgate_dialects::Dialect;
use tollgate_policy::Model;

/// What a translation, and the fixed words around what steps say, may add to any body; and of a large one, a part of it.
const MORE: usize = 65_536;
const PART: usize = 4;

/// How much of Envoy's buffer is a body's.
#[derive(Clone, Copy)]
pub(in super::super) struct Space {
    body: usize,
    behind: usize,
}

impl Space {
    /// Makes room behind a body of so many bytes, for what the steps of its model may say and the translation of all of it.
    /// Where there is none, Envoy refuses the request when this callback is over.
    pub(in super::super) fn make(body: usize, model: &Model<Dialect>) -> Self {
        let said = model.steps.iter().map(|step| step.max_output_bytes);
        let behind = said.fold(MORE.saturating_add(body / PART), usize::saturating_add);
        Body::Request.append(&vec![b' '; behind]);
        Self { body, behind }
    }

    /// How long the body is by itself.
    pub(in super::super) const fn body(self) -> usize {
        self.body
    }

    /// How long what takes its place may be.
    pub(in super::super) const fn room(self) -> usize {
        self.body.saturating_add(self.behind)
    }
}
