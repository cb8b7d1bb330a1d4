//! An error on its way to a client, before it is put in that client's words.

/// An error as the client will see it: its status and words; the dialect adds the shape.
///
/// The message never holds a key or a prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The HTTP status.
    pub status: u16,
    /// What went wrong and what to do.
    pub message: String,
    /// A stable word for programs, where the dialect has a place for it and a better one than the
    /// status implies.
    pub code: Option<String>,
    /// The field that is to blame.
    pub param: Option<String>,
    /// When to come back, in seconds, where the provider says it in the body.
    pub retry_after: Option<u64>,
}

impl Failure {
    /// An error with a status and a message.
    pub fn new(status: u16, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), code: None, param: None, retry_after: None }
    }

    /// The same error with a stable word for programs.
    #[must_use]
    pub fn with_code(mut self, code: &str) -> Self {
        self.code = Some(code.to_owned());
        self
    }
}

impl From<crate::json::RequestError> for Failure {
    fn from(error: crate::json::RequestError) -> Self {
        Self { status: 400, message: error.message, code: None, param: error.param, retry_after: None }
    }
}
