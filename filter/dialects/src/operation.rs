//! Which API a request is for, by its method and path.

use crate::Dialect;

/// What a client asks this gateway to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// To have a model answer, in this dialect.
    Generate(Dialect),
    /// To list the models there are.
    ListModels,
}

const OPERATIONS: [(&str, &str, Operation); 3] = [
    ("POST", "/v1/chat/completions", Operation::Generate(Dialect::OpenAi)),
    ("POST", "/v1/messages", Operation::Generate(Dialect::Anthropic)),
    ("GET", "/v1/models", Operation::ListModels),
];

impl Operation {
    /// The operation of a request, or `None` for an API that is not known. `path` is Envoy's
    /// `:path`, query included.
    #[must_use]
    pub fn of(method: &[u8], path: &[u8]) -> Option<Self> {
        let path = path.split(|&b| b == b'?' || b == b'#').next()?;
        let known = OPERATIONS.iter().find(|(m, p, _)| m.as_bytes() == method && p.as_bytes() == path);
        known.map(|&(.., operation)| operation)
    }
}
