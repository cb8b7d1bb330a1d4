//! Errors as this API words them.

use crate::json::{First, Raw, Scanner, StringOr, Text, Token, Writer, parse, shape, unescape};
use crate::neutral::Failure;
use crate::sse;

shape! {
    Body {
        error: StringOr<'a, ErrorShape<'a>>,
        message: Raw<'a>,
        detail: Raw<'a>,
        // Where some servers put it when the answer had begun.
        choices: First<Failed<'a>>,
    }
}
shape! { Failed { error: StringOr<'a, ErrorShape<'a>> } }
shape! { ErrorShape { message: Text<'a>, kind as "type": Text<'a>, code: Raw<'a>, param: Text<'a> } }

/// Status, `type` and `code`, as <https://platform.openai.com/docs/guides/error-codes> has them.
const WORDS: [(u16, &str, Option<&str>); 6] = [
    (401, "invalid_request_error", Some("invalid_api_key")),
    (403, "request_forbidden", None),
    (404, "invalid_request_error", Some("model_not_found")),
    (429, "tokens", Some("rate_limit_exceeded")),
    (400, "invalid_request_error", None),
    (413, "invalid_request_error", None),
];

/// `type` and `code` for a status.
pub(crate) fn words(status: u16) -> (&'static str, Option<&'static str>) {
    let default = if status < 500 { "invalid_request_error" } else { "server_error" };
    WORDS.iter().find(|(known, ..)| *known == status).map_or((default, None), |&(_, kind, code)| (kind, code))
}

/// The status that an error would have had by itself, by its `code` or `type`.
const STATUSES: [(&str, u16); 8] = [
    ("rate_limit_exceeded", 429),
    ("insufficient_quota", 429),
    ("too_many_requests", 429),
    ("tokens", 429),
    ("service_unavailable_error", 503),
    ("server_is_overloaded", 503),
    ("server_error", 500),
    ("upstream_error", 502),
];

/// The status that `word` stands for.
pub(crate) fn status_of(word: &str) -> Option<u16> {
    STATUSES.iter().find(|(name, _)| *name == word).map(|&(_, status)| status)
}

/// Reads an error's body, if it is one of this API's, or in one of the flat forms of other servers:
/// `error` or `message` as a string, or a `detail` of what is wrong where. Status 200 gives way to the error's
/// own, which OpenRouter has as a number: <https://openrouter.ai/docs/api/reference/errors-and-debugging>.
pub(crate) fn read_error(body: &str, status: u16) -> Option<Failure> {
    let body: Body<'_> = parse(body).ok()?;
    let of_status = |own: Option<u16>| if status < 400 { own.unwrap_or(502) } else { status };
    let error = match body.error.or(body.choices.and_then(First::take).and_then(|choice| choice.error)) {
        None => return Some(Failure::new(of_status(None), words_in(body.message.or(body.detail)?.get())?)),
        Some(StringOr::Text(message)) => return Some(Failure::new(of_status(None), &*message)),
        Some(StringOr::Other(error)) => error,
    };
    Some(Failure {
        status: of_status(error.status()),
        message: error.message.as_deref().unwrap_or("The provider gave no reason.").to_owned(),
        code: error.code.and_then(|code| parse::<Text<'_>>(code.get()).ok()).map(|code| code.into_cow().into_owned()),
        param: error.param.map(|param| param.to_string()),
        retry_after: None,
    })
}

impl ErrorShape<'_> {
    /// What the error says of its status: as a number, or by a word.
    fn status(&self) -> Option<u16> {
        let code = self.code.map_or("", Raw::get).trim_matches('"');
        let number = code.parse().ok().filter(|status| (400..600).contains(status));
        number.or_else(|| status_of(code)).or_else(|| status_of(self.kind.as_deref()?))
    }
}

/// Has an error's body the shape that clients of this API know?
pub(crate) fn is_own_error(body: &str) -> bool {
    parse::<Body<'_>>(body).is_ok_and(|body| matches!(body.error, Some(StringOr::Other(_))))
}

/// A string; or of a list like `[{"loc": ["body", "seed"], "msg": "not permitted", "input": ...}]` what is
/// wrong first, and where. The input itself is nobody else's business.
fn words_in(json: &str) -> Option<String> {
    let (mut scanner, mut key) = (Scanner::new(json), "msg");
    let (mut place, mut words) = (String::new(), None);
    while let Ok(Some((token, _))) = scanner.next() {
        match token {
            Token::Key(name) => key = name,
            Token::String(text) if key == "msg" => words = Some(unescape(text)),
            Token::String(text) | Token::Number(text) if key == "loc" => {
                place.push_str(&unescape(text));
                place.push('.');
            }
            Token::ObjectEnd if words.is_some() => break,
            _ => {}
        }
    }
    let place = place.strip_suffix('.').unwrap_or_default();
    words.map(|words| if place.is_empty() { words.into_owned() } else { format!("{place}: {words}") })
}

/// Writes `failure` as a whole body.
pub(crate) fn write_error(failure: &Failure, out: &mut Vec<u8>) {
    let (kind, code) = words(failure.status);
    Writer::new(out).object(|w| {
        w.key("error").object(|w| {
            w.key("message").string(&failure.message);
            w.key("type").string(kind);
            match &failure.param {
                Some(param) => w.key("param").string(param),
                None => w.key("param").null(),
            };
            match failure.code.as_deref().or(code) {
                Some(code) => w.key("code").string(code),
                None => w.key("code").null(),
            };
        });
    });
}

/// Writes `failure` as the last event of a stream.
pub(crate) fn write_error_event(failure: &Failure, out: &mut Vec<u8>) {
    sse::write(out, None, |data| write_error(failure, data));
}
