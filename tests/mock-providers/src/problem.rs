//! What a provider finds wrong with a request, before it is put in the provider's own shape.

use serde_json::Value;

/// A refused request.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// The provider's error type.
    pub kind: &'static str,
    /// What is wrong, in the provider's words.
    pub message: String,
    /// The field at fault (OpenAI says it in a field of its own).
    pub param: Option<String>,
    /// OpenAI's error code.
    pub code: Option<&'static str>,
    /// Google's detail.
    pub detail: Option<Box<Value>>,
    /// After how many seconds to try again.
    pub retry_after: Option<u64>,
    /// Whether the error is the only item of a list, as Google's is where a list was asked for.
    pub in_list: bool,
}

impl Problem {
    /// A problem with a status, a type and a message.
    pub fn new(status: u16, kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            message: message.into(),
            param: None,
            code: None,
            detail: None,
            retry_after: None,
            in_list: false,
        }
    }

    /// An invalid request: a 400 with every provider.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "invalid_request_error", message)
    }

    /// Names the field at fault.
    pub fn about(mut self, param: impl Into<String>) -> Self {
        self.param = Some(param.into());
        self
    }

    /// Adds Google's detail.
    pub fn detailed(mut self, detail: Value) -> Self {
        self.detail = Some(Box::new(detail));
        self
    }

    /// Adds OpenAI's error code.
    pub fn coded(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }
}
