//! One pass over a request's body: what routing and limits must know, and where it stands.

use crate::dialect::Dialect;
use crate::estimate::{MEDIA_TOKENS, MESSAGE_TOKENS, twelfths};
use crate::exchange::Exchange;
use crate::json::{RequestError, Scanner, Span, Token, unescape};
use crate::neutral::Losses;
use crate::patch::{Edit, apply};
use std::borrow::Cow;

/// A request's body, looked at once and not yet changed. The whole body is known to be JSON.
#[derive(Debug)]
pub struct Peek<'a> {
    dialect: Dialect,
    text: &'a str,
    model: Cow<'a, str>,
    model_span: Span,
    members: Members,
    input_twelfths: u64,
    input_whole: u64,
}

/// A request as its provider takes it.
#[derive(Debug)]
pub struct Prepared {
    /// The new body; `None`: the client's body as it is.
    pub body: Option<Vec<u8>>,
    /// What the target could not be told.
    pub losses: Losses,
    /// How to bring the answer back.
    pub exchange: Exchange,
}

/// Members of the outermost object that matter here. A table, because a member given twice must be
/// refused: the provider might take the other one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Member {
    Model,
    Stream,
    MaxTokens,
    MaxCompletionTokens,
    Choices,
    StreamOptions,
    Sampling,
    Other,
}

const MEMBERS: [(&str, Member); 9] = [
    ("model", Member::Model),
    ("stream", Member::Stream),
    ("max_tokens", Member::MaxTokens),
    ("max_completion_tokens", Member::MaxCompletionTokens),
    ("n", Member::Choices),
    ("stream_options", Member::StreamOptions),
    ("temperature", Member::Sampling),
    ("top_p", Member::Sampling),
    ("top_k", Member::Sampling),
];

#[derive(Debug, Default)]
struct Members {
    seen: u16,
    stream: bool,
    max_tokens: Option<u64>,
    max_completion_tokens: Option<u64>,
    choices: Option<u64>,
    sampling: bool,
    stream_options: StreamOptions,
}

/// Where `stream_options` stands, so that it can be patched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum StreamOptions {
    #[default]
    Absent,
    /// Not an object: replaced whole.
    Scalar(Span),
    /// An object without `include_usage`, which goes behind its opening brace.
    Object { inside: usize, empty: bool },
    /// The value of `include_usage`.
    Said { value: Span, included: bool },
}

impl<'a> Peek<'a> {
    /// Scans a request of `dialect`.
    ///
    /// # Errors
    /// The body is not JSON, not an object, names no model, or says something twice.
    pub fn new(dialect: Dialect, body: &'a [u8]) -> Result<Self, RequestError> {
        if body.iter().all(u8::is_ascii_whitespace) {
            return Err(RequestError::not_json("empty; send a JSON object"));
        }
        let text = std::str::from_utf8(body)
            .map_err(|error| RequestError::not_json(format_args!("not UTF-8 at byte {}", error.valid_up_to())))?;
        let mut scan = Scan { scanner: Scanner::new(text), members: Members::default(), twelfths: 0, whole: 0 };
        let model = scan.outermost()?;
        let Some((model, model_span)) = model else {
            return Err(RequestError::shape("model", "is required and must be a string"));
        };
        Ok(Self {
            dialect,
            text,
            model: unescape(model),
            model_span,
            members: scan.members,
            input_twelfths: scan.twelfths,
            input_whole: scan.whole,
        })
    }

    /// The model as the client asks for it.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Does the client want the answer as a stream?
    #[must_use]
    pub fn stream(&self) -> bool {
        self.members.stream
    }

    /// The most output tokens that the request allows each answer.
    #[must_use]
    pub fn output_cap(&self) -> Option<u64> {
        // Where both are given, some servers take the one and some the other.
        self.members.max_completion_tokens.max(self.members.max_tokens)
    }

    /// How many answers the request asks for.
    #[must_use]
    pub fn answers(&self) -> u64 {
        self.members.choices.unwrap_or(1).max(1)
    }

    /// Roughly how many input tokens this will be.
    #[must_use]
    pub fn input_estimate(&self) -> u64 {
        self.input_twelfths.div_ceil(12).saturating_add(self.input_whole)
    }

    /// Does the request say how to sample? Anthropic's API version depends on it.
    #[must_use]
    pub fn has_sampling(&self) -> bool {
        self.members.sampling
    }

    /// Turns the request into one of `target` for `model`: patched where the dialect is the same,
    /// translated where it is not.
    ///
    /// # Errors
    /// The request is not what its API takes, or asks for something that the target cannot do and
    /// that changes the answer.
    pub fn prepare(&self, target: Dialect, model: &str) -> Result<Prepared, RequestError> {
        let include_usage = matches!(self.members.stream_options, StreamOptions::Said { included: true, .. });
        let exchange = Exchange::new(self.dialect, target, self.members.stream, include_usage);
        if target == self.dialect {
            let edits = self.edits(model);
            let body = (!edits.is_empty()).then(|| apply(self.text, edits));
            return Ok(Prepared { body, losses: Losses::default(), exchange });
        }
        let mut request = (self.dialect.codec().read_request)(self.text)?;
        let mut body = Vec::with_capacity(self.text.len());
        (target.codec().write_request)(&mut request, model, &mut body)?;
        Ok(Prepared { body: Some(body), losses: request.losses, exchange })
    }

    fn edits(&self, model: &str) -> Vec<Edit> {
        let mut edits = Vec::new();
        if model != self.model {
            let quoted = serde_json::to_string(model).unwrap_or_default();
            edits.push(Edit { span: self.model_span, replacement: quoted });
        }
        if self.dialect == Dialect::OpenAi && self.members.stream {
            edits.extend(self.ask_for_usage());
        }
        edits
    }

    fn ask_for_usage(&self) -> Option<Edit> {
        let here = |at| Span { start: at, end: at };
        let (span, replacement) = match self.members.stream_options {
            StreamOptions::Said { included: true, .. } => return None,
            StreamOptions::Said { value, .. } => (value, "true"),
            StreamOptions::Scalar(span) => (span, "{\"include_usage\":true}"),
            StreamOptions::Object { inside, empty: true } => (here(inside), "\"include_usage\":true"),
            StreamOptions::Object { inside, empty: false } => (here(inside), "\"include_usage\":true,"),
            StreamOptions::Absent => (here(self.model_span.end), ",\"stream_options\":{\"include_usage\":true}"),
        };
        Some(Edit { span, replacement: replacement.to_owned() })
    }
}

struct Scan<'a> {
    scanner: Scanner<'a>,
    members: Members,
    twelfths: u64,
    whole: u64,
}

impl<'a> Scan<'a> {
    /// Scans everything; returns the model's raw text and span.
    fn outermost(&mut self) -> Result<Option<(&'a str, Span)>, RequestError> {
        match self.scanner.next()? {
            Some((Token::ObjectStart, _)) => {}
            _ => return Err(RequestError::not_json("not a JSON object")),
        }
        let mut model = None;
        while let Some((token, _)) = self.scanner.next()? {
            let Token::Key(key) = token else { continue };
            let member = self.member(&unescape(key))?;
            let Some((token, span)) = self.scanner.next()? else { continue };
            match (member, token) {
                (Member::Model, Token::String(name)) => model = Some((name, span)),
                (Member::Stream, token) => self.members.stream = token == Token::True,
                (Member::MaxTokens, Token::Number(number)) => self.members.max_tokens = whole(number),
                (Member::MaxCompletionTokens, Token::Number(number)) => {
                    self.members.max_completion_tokens = whole(number);
                }
                (Member::Choices, Token::Number(number)) => self.members.choices = whole(number),
                (Member::Sampling, token) => self.members.sampling |= token != Token::Null,
                (Member::StreamOptions, Token::ObjectStart) => self.stream_options(span)?,
                (Member::StreamOptions, _) => self.members.stream_options = StreamOptions::Scalar(span),
                (Member::Other, token) => self.value(token)?,
                _ => self.skip(token)?,
            }
        }
        Ok(model)
    }

    fn member(&mut self, key: &str) -> Result<Member, RequestError> {
        let Some(index) = MEMBERS.iter().position(|(name, _)| *name == key) else {
            // Some servers match names in any case; what they would read must be what is checked here.
            if let Some((name, _)) = MEMBERS.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)) {
                return Err(RequestError::shape(*name, "must be written in lower case"));
            }
            return Ok(Member::Other);
        };
        let bit = u32::try_from(index).ok().and_then(|index| 1u16.checked_shl(index)).unwrap_or(0);
        if self.members.seen & bit != 0 {
            return Err(RequestError::shape(key, "the same field is given twice"));
        }
        self.members.seen |= bit;
        Ok(MEMBERS.get(index).map_or(Member::Other, |&(_, member)| member))
    }

    fn stream_options(&mut self, start: Span) -> Result<(), RequestError> {
        let inside = start.end;
        let mut options = StreamOptions::Object { inside, empty: true };
        let depth = self.scanner.depth();
        while let Some((token, _)) = self.scanner.next()? {
            if self.scanner.depth() < depth {
                break;
            }
            if let StreamOptions::Object { empty, .. } = &mut options {
                *empty = false;
            }
            let Token::Key(key) = token else { continue };
            if self.scanner.depth() > depth || unescape(key) != "include_usage" {
                continue;
            }
            if matches!(options, StreamOptions::Said { .. }) {
                return Err(RequestError::shape("stream_options.include_usage", "the same field is given twice"));
            }
            if let Some((token, value)) = self.scanner.next()? {
                match token {
                    Token::True | Token::False | Token::Null => {
                        options = StreamOptions::Said { value, included: token == Token::True };
                    }
                    _ => return Err(RequestError::shape("stream_options.include_usage", "expected a boolean")),
                }
            }
        }
        self.members.stream_options = options;
        Ok(())
    }

    /// Counts the text of a value whose first token has been read.
    fn value(&mut self, first: Token<'a>) -> Result<(), RequestError> {
        if !matches!(first, Token::ObjectStart | Token::ArrayStart) {
            self.count("", first);
            return Ok(());
        }
        let depth = self.scanner.depth();
        let mut key = "";
        while let Some((token, _)) = self.scanner.next()? {
            match token {
                Token::Key(name) => key = name,
                token => self.count(key, token),
            }
            if self.scanner.depth() < depth {
                break;
            }
        }
        Ok(())
    }

    fn skip(&mut self, first: Token<'a>) -> Result<(), RequestError> {
        let (twelfths, whole) = (self.twelfths, self.whole);
        self.value(first)?;
        (self.twelfths, self.whole) = (twelfths, whole);
        Ok(())
    }

    fn count(&mut self, key: &str, token: Token<'_>) {
        let Token::String(text) = token else { return };
        match key {
            "role" => self.whole = self.whole.saturating_add(MESSAGE_TOKENS),
            "type" | "media_type" | "signature" => {}
            "data" | "file_data" if !is_prose(text) => self.whole = self.whole.saturating_add(MEDIA_TOKENS),
            "url" if text.starts_with("data:") => self.whole = self.whole.saturating_add(MEDIA_TOKENS),
            _ => self.twelfths = self.twelfths.saturating_add(twelfths(text)),
        }
    }
}

/// Is `data` a text, and not an encoded image or document? Encodings have no spaces.
fn is_prose(data: &str) -> bool {
    data.bytes().take(256).any(|b| b == b' ')
}

/// A count, however JSON writes it: rounded up, and capped at the largest there is. A lenient
/// server may take `5e5`, so it must count here. Below zero there is no count.
fn whole(number: &str) -> Option<u64> {
    if number.bytes().all(|b| b.is_ascii_digit()) {
        return Some(number.parse().unwrap_or(u64::MAX));
    }
    let number: f64 = number.parse().ok()?;
    // The cast saturates at both ends.
    (number >= 0.0).then(|| number.ceil() as u64)
}
