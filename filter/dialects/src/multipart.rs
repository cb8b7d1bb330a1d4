//! Bodies of several parts (`multipart/form-data`, RFC 7578), in which only the model's name is changed.
//!
//! Read strictly: a body in which another reader could find another model is refused.

use crate::codec::StreamForm;
use crate::estimate::Input;
use crate::estimate::InputEstimate;
use crate::exchange::Exchange;
use crate::json::RequestError;
use crate::neutral::Losses;
use crate::operation::Asked;
use crate::peek::Prepared;
use crate::upstream::Upstream;
use crate::{Dialect, Operation};
use memchr::memmem::Finder;
use std::borrow::Cow;
use std::ops::Range;

/// A request's body of several parts, looked at once and not yet changed.
#[derive(Debug)]
pub struct Form<'a> {
    operation: Operation,
    body: &'a [u8],
    model: &'a str,
    span: Range<usize>,
    input: Input,
}

/// The longest boundary there may be.
const LONGEST_BOUNDARY: usize = 70;
/// More parts than this no request has.
const MOST_PARTS: usize = 256;

/// The boundary that a content type of `multipart/form-data` names.
pub(crate) fn boundary(content_type: &[u8]) -> Option<Cow<'_, str>> {
    let (kind, rest) = std::str::from_utf8(content_type).ok()?.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = only_parameter(rest, "boundary")?;
    let fits = !boundary.is_empty() && boundary.len() <= LONGEST_BOUNDARY && !boundary.ends_with(' ');
    let plain = boundary.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
    (fits && plain).then_some(boundary)
}

/// The value of `name` among the parameters of a header, if it is there once. All must be well formed.
fn only_parameter<'p>(mut rest: &'p str, name: &str) -> Option<Cow<'p, str>> {
    let mut found = None;
    loop {
        rest = rest.trim_matches([' ', '\t', ';']);
        if rest.is_empty() {
            return found;
        }
        let (key, after) = rest.split_once('=')?;
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => {
                let (value, after) = quoted_string(quoted)?;
                (Cow::Owned(value), after)
            }
            None => {
                let (value, after) = after.split_once(';').unwrap_or((after, ""));
                (Cow::Borrowed(value.trim()), after)
            }
        };
        // `name*` is the same in another writing, which not every server reads.
        let is_it = key.trim().trim_end_matches('*').eq_ignore_ascii_case(name);
        if is_it && (key.contains('*') || found.replace(value).is_some()) {
            return None;
        }
        rest = after;
    }
}

/// A quoted string behind its opening quote, and what follows it.
fn quoted_string(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return Some((value, text.get(at.saturating_add(1)..)?)),
            // Browsers write `\` as it is, and escape only the quote.
            '\\' if text.get(at.saturating_add(1)..).is_some_and(|rest| rest.starts_with('"')) => {
                value.push('"');
                chars.next();
            }
            char => value.push(char),
        }
    }
    None
}

/// One part: the name it goes by, whether it is a file, and where its content stands.
struct Part<'a> {
    name: Cow<'a, str>,
    is_file: bool,
    content: Range<usize>,
}

fn wrong(message: &str) -> RequestError {
    RequestError::not_json(format_args!("not multipart/form-data: {message}"))
}

/// The parts of `body`, each handed to `see`.
fn parts<'a>(
    body: &'a [u8],
    boundary: &str,
    mut see: impl FnMut(Part<'a>) -> Result<(), RequestError>,
) -> Result<(), RequestError> {
    let delimiter = format!("\r\n--{boundary}");
    let finder = Finder::new(&delimiter);
    // Some servers take these for boundaries, too.
    let lenient = [format!("\n--{boundary}"), format!("\r--{boundary}")];
    let lenient = lenient.each_ref().map(Finder::new);
    // The first delimiter may stand at the very start, where no line ends before it.
    let opening = delimiter.trim_start();
    let mut at = if body.starts_with(opening.as_bytes()) {
        opening.len()
    } else {
        return Err(wrong("it does not start with the boundary of its content-type"));
    };
    for _ in 0..MOST_PARTS {
        let rest = body.get(at..).unwrap_or_default();
        if rest.starts_with(b"--") {
            let epilogue = rest.get(2..).unwrap_or_default();
            return if epilogue.trim_ascii().is_empty() { Ok(()) } else { Err(wrong("something follows its end")) };
        }
        let padding = rest.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let head = at.saturating_add(padding);
        let rest = body.get(head..).unwrap_or_default();
        let rest = rest.strip_prefix(b"\r\n").ok_or_else(|| wrong("a boundary does not end its line"))?;
        let head = head.saturating_add(2);
        let end = finder.find(rest).ok_or_else(|| wrong("it ends too early"))?;
        let part = rest.get(..end).unwrap_or_default();
        if lenient.iter().any(|lenient| lenient.find(part).is_some()) {
            return Err(wrong("a boundary stands in the middle of a part"));
        }
        see(read_part(part, head)?)?;
        at = head.saturating_add(end).saturating_add(delimiter.len());
    }
    Err(wrong("it has too many parts"))
}

/// A part that starts at `at`: its headers, an empty line, its content.
fn read_part(part: &[u8], at: usize) -> Result<Part<'_>, RequestError> {
    let unnamed = || wrong("a part has no name");
    let headers = memchr::memmem::find(part, b"\r\n\r\n").ok_or_else(unnamed)?;
    let lines = part.get(..headers).and_then(|lines| std::str::from_utf8(lines).ok()).ok_or_else(unnamed)?;
    let mut disposition = None;
    for line in lines.split("\r\n") {
        let header = line.split_once(':').filter(|_| !line.starts_with([' ', '\t']) && !line.contains('\n'));
        let (name, value) = header.ok_or_else(|| wrong("a part's header cannot be read"))?;
        let is_disposition = name.trim().eq_ignore_ascii_case("content-disposition");
        if is_disposition && disposition.replace(value).is_some() {
            return Err(wrong("a part has two names"));
        }
        if name.trim().eq_ignore_ascii_case("content-transfer-encoding") && !is_plain_encoding(value) {
            return Err(wrong("a part is encoded"));
        }
    }
    let (kind, parameters) = disposition.and_then(|value| value.split_once(';')).ok_or_else(unnamed)?;
    if !kind.trim().eq_ignore_ascii_case("form-data") {
        return Err(unnamed());
    }
    let start = at.saturating_add(headers).saturating_add(4);
    Ok(Part {
        name: only_parameter(parameters, "name").ok_or_else(unnamed)?,
        is_file: parameters.to_ascii_lowercase().contains("filename"),
        content: start..at.saturating_add(part.len()),
    })
}

fn is_plain_encoding(value: &str) -> bool {
    ["binary", "8bit", "7bit"].iter().any(|plain| value.trim().eq_ignore_ascii_case(plain))
}

impl<'a> Form<'a> {
    /// Scans a body that asks for `asked`.
    ///
    /// # Errors
    /// The body is not of several parts, names no model, or names two.
    pub fn new(asked: &Asked<'_>, body: &'a [u8]) -> Result<Self, RequestError> {
        let boundary = asked.boundary.as_deref().ok_or_else(|| {
            wrong("send the header content-type: multipart/form-data; boundary=..., as OpenAI's SDKs do")
        })?;
        let mut model: Option<(&str, Range<usize>)> = None;
        let mut input = Input::default();
        parts(body, boundary, |part| {
            let content = body.get(part.content.clone()).unwrap_or_default();
            if part.is_file {
                input.add_file();
            }
            let said = std::str::from_utf8(content).ok().filter(|_| !part.is_file);
            if !part.name.eq_ignore_ascii_case("model") {
                input.add_text(said.unwrap_or_default());
                return Ok(());
            }
            // Some servers match names in any case; what they would read must be what is checked here.
            let name = said.filter(|name| !name.is_empty() && part.name == "model");
            let name = name.ok_or_else(|| RequestError::shape("model", "must be a text, and written in this case"))?;
            match model.replace((name, part.content)) {
                Some(_) => Err(RequestError::shape("model", "the same field is given twice")),
                None => Ok(()),
            }
        })?;
        let (model, span) = model.ok_or_else(|| RequestError::shape("model", "is required and must be a text"))?;
        Ok(Self { operation: asked.operation(), body, model, span, input })
    }

    /// The model as the client asks for it.
    #[must_use]
    pub fn model(&self) -> &str {
        self.model
    }

    /// About how many input tokens this will be for `model` at `provider`.
    #[must_use]
    pub fn input_estimate(&self, provider: Dialect, model: &str) -> InputEstimate {
        self.input.tokens(provider, model)
    }

    /// The same request for `model` at `upstream`.
    ///
    /// # Errors
    /// The upstream has no API for this.
    pub fn prepare(&self, upstream: Upstream<'_>, model: &str) -> Result<Prepared, RequestError> {
        let there = self.operation.at(&upstream, model).ok_or_else(|| self.operation.not_served())?;
        let exchange = Exchange::new(self.operation, there, &upstream, StreamForm::Sse);
        let body = (model != self.model).then(|| {
            let mut body = Vec::with_capacity(self.body.len().saturating_add(model.len()));
            body.extend_from_slice(self.body.get(..self.span.start).unwrap_or_default());
            body.extend_from_slice(model.as_bytes());
            body.extend_from_slice(self.body.get(self.span.end..).unwrap_or_default());
            body
        });
        Ok(Prepared { body, losses: Losses::default(), exchange })
    }
}
