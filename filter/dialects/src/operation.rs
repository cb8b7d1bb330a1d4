//! Which API a request is for, by its method and path.

use crate::Dialect;
use crate::codec::StreamForm;
use std::borrow::Cow;

/// What a client asks this gateway to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// To have a model answer, in this dialect.
    Generate(Dialect),
    /// To list the models there are.
    ListModels,
}

/// What a request's path says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked<'p> {
    operation: Operation,
    /// The model, where the API has it in the path.
    pub(crate) model: Option<Cow<'p, str>>,
    /// Where the path decides it.
    pub(crate) stream: Option<bool>,
    pub(crate) form: StreamForm,
}

/// One path of one API. A model stands between `start` and `end`.
struct Route {
    method: &'static str,
    start: &'static str,
    end: Option<&'static str>,
    operation: Operation,
    stream: Option<bool>,
}

const fn post(path: &'static str, operation: Operation) -> Route {
    Route { method: "POST", start: path, end: None, operation, stream: None }
}

/// Amazon Bedrock has the model in the path, where it may be an ARN.
const fn converse(end: &'static str, stream: bool) -> Route {
    let operation = Operation::Generate(Dialect::Bedrock);
    Route { method: "POST", start: "/model/", end: Some(end), operation, stream: Some(stream) }
}

const ROUTES: [Route; 5] = [
    post("/v1/chat/completions", Operation::Generate(Dialect::OpenAi)),
    post("/v1/messages", Operation::Generate(Dialect::Anthropic)),
    converse("/converse", false),
    converse("/converse-stream", true),
    Route { method: "GET", start: "/v1/models", end: None, operation: Operation::ListModels, stream: None },
];

impl<'p> Asked<'p> {
    /// What a request asks for, or `None` for an API that is not known. `path` is Envoy's `:path`,
    /// query included.
    #[must_use]
    pub fn of(method: &[u8], path: &'p [u8]) -> Option<Self> {
        let path = std::str::from_utf8(path).ok()?;
        let path = path.split('#').next().unwrap_or_default();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        ROUTES.iter().filter(|route| route.method.as_bytes() == method).find_map(|route| route.take(path, query))
    }

    /// What is asked for.
    #[must_use]
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// The client's dialect.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match self.operation {
            Operation::Generate(dialect) => dialect,
            Operation::ListModels => Dialect::OpenAi,
        }
    }
}

/// A request for an answer whose body names the model.
impl From<Dialect> for Asked<'_> {
    fn from(dialect: Dialect) -> Self {
        Self { operation: Operation::Generate(dialect), model: None, stream: None, form: StreamForm::Sse }
    }
}

impl Route {
    fn take<'p>(&self, path: &'p str, query: &str) -> Option<Asked<'p>> {
        let rest = path.strip_prefix(self.start)?;
        let model = match self.end {
            None => rest.is_empty().then_some(None)?,
            Some(end) => Some(decode(rest.strip_suffix(end)?)?),
        };
        let form = self.form(query);
        Some(Asked { operation: self.operation, model, stream: self.stream, form })
    }

    /// Gemini streams as an array unless it is asked for server-sent events.
    fn form(&self, query: &str) -> StreamForm {
        let _ = query;
        match self.operation {
            Operation::Generate(Dialect::Bedrock) => StreamForm::EventStream,
            _ => StreamForm::Sse,
        }
    }
}

/// A model's name as a path writes it. `None` if it is none.
fn decode(text: &str) -> Option<Cow<'_, str>> {
    if text.is_empty() {
        return None;
    }
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
            let value = digit()?.checked_mul(16)?.checked_add(digit()?)?;
            bytes.push(u8::try_from(value).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

/// Appends a model's name as a segment of a path: what could end the segment or mean something else
/// is escaped.
pub(crate) fn push_segment(out: &mut String, name: &str) {
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~' | b':' | b'@' | b'.') {
            out.push(char::from(byte));
        } else {
            const HEX: [u8; 16] = *b"0123456789ABCDEF";
            let digit = |nibble: u8| HEX.get(usize::from(nibble)).map_or('0', |&digit| char::from(digit));
            out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    // A segment of dots alone would be taken for a step in the tree.
    if !name.is_empty() && name.bytes().all(|byte| byte == b'.') {
        let from = out.len().saturating_sub(name.len());
        out.truncate(from);
        name.bytes().for_each(|_| out.push_str("%2E"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_models_name_is_one_segment() {
        let segment = |name: &str| {
            let mut out = String::new();
            push_segment(&mut out, name);
            out
        };
        assert_eq!(segment("anthropic.claude-v2:1"), "anthropic.claude-v2:1");
        assert_eq!(segment("../x?y#z%"), "..%2Fx%3Fy%23z%25");
        assert_eq!(segment(".."), "%2E%2E");
        assert_eq!(segment("é\r\n"), "%C3%A9%0D%0A");
        for name in ["arn:aws:bedrock:eu:1:p/x", "é\r\n", "a b"] {
            assert_eq!(decode(&segment(name)).as_deref(), Some(name));
        }
        assert_eq!(decode("%4"), None);
        assert_eq!(decode("%zz"), None);
        assert_eq!(decode(""), None);
    }
}
