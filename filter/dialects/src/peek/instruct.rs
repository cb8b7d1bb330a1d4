//! Adds instructions to a request and leaves every other byte as it was.
//!
//! They go behind the client's own, so that what a provider has cached of those stays of use.

use super::scan::{Outermost, Scan};
use super::{Peek, Span};
use crate::json::{RequestError, Scanner, SyntaxError, Token, Writer, unescape};
use crate::patch::{Edit, apply};
use crate::{Dialect, Operation};

/// Where instructions stand in a request, and what they look like.
struct Place {
    member: &'static str,
    /// Before a new part, and behind it.
    part: (&'static str, &'static str),
    /// Before instructions where there are none, and behind them. Theirs is a part, unless a string will do.
    new: (&'static str, &'static str),
    takes_string: bool,
}

const TYPED: (&str, &str) = ("{\"type\":\"text\",\"text\":", "}");
const UNTYPED: (&str, &str) = ("{\"text\":", "}");

fn place(dialect: Dialect) -> Place {
    let string = |member| Place { member, part: TYPED, new: ("", ""), takes_string: true };
    match dialect {
        Dialect::OpenAi | Dialect::Cohere => string("messages"),
        Dialect::Responses => string("instructions"),
        Dialect::Anthropic => string("system"),
        Dialect::Gemini => {
            Place { member: "systemInstruction", part: UNTYPED, new: ("{\"parts\":[", "]}"), takes_string: false }
        }
        Dialect::Bedrock => Place { member: "system", part: UNTYPED, new: ("[", "]"), takes_string: false },
    }
}

impl Peek<'_> {
    /// The request with `text` at the end of its instructions.
    ///
    /// # Errors
    /// It is no conversation, or its instructions are not what its API takes.
    pub fn instructed(&self, text: &str) -> Result<Vec<u8>, RequestError> {
        let Operation::Generate(dialect) = self.operation else { return Err(self.operation.not_served()) };
        let place = place(dialect);
        let mut change = Change { text: self.text, place, words: String::new(), edits: Vec::new() };
        change.words = quoted(text);
        // Where some members are not known, one of them may be the one that counts.
        let done = if self.scan.is_cut() { None } else { change.request(&self.scan.outermost) };
        match done {
            Some(()) => Ok(apply(self.text, change.edits)),
            None => Err(RequestError::shape(change.place.member, "cannot be added to")),
        }
    }
}

/// A string as JSON writes it.
fn quoted(text: &str) -> String {
    let mut out = Vec::new();
    Writer::new(&mut out).string(text);
    String::from_utf8(out).unwrap_or_default()
}

/// What is done to a request. Where nothing can be, it is `None`.
struct Change<'a> {
    text: &'a str,
    place: Place,
    /// What is to be added, as a JSON string.
    words: String,
    edits: Vec<Edit>,
}

impl Change<'_> {
    fn request(&mut self, members: &[Outermost<'_>]) -> Option<()> {
        let named = |member: &&Outermost<'_>| is_name(self.place.member, &unescape(member.key));
        let value = members.iter().find(named).map(|member| member.value);
        match value {
            Some(value) if self.place.member == "messages" => self.messages(value),
            Some(value) => self.instructions(value),
            None if self.place.member == "messages" => None,
            None => {
                let comma = if members.is_empty() { "" } else { "," };
                let new = ["\"", self.place.member, "\":", &self.anew(), comma].concat();
                let inside = self.text.find('{')?.checked_add(1)?;
                self.insert(inside, new)
            }
        }
    }

    /// The first message may be one with instructions; otherwise they become one.
    fn messages(&mut self, list: Span) -> Option<()> {
        let first = first_item(self.at(list)?).ok()??;
        let base = list.start;
        let first = Span { start: base.checked_add(first.start)?, end: base.checked_add(first.end)? };
        let members = Scan::new(&[], self.at(first)?).ok()?.outermost;
        let member = |name| {
            let member = members.iter().find(|member| unescape(member.key) == name)?;
            let start = first.start.checked_add(member.value.start)?;
            Some(Span { start, end: first.start.checked_add(member.value.end)? })
        };
        let role = member("role").and_then(|role| self.at(role));
        match member("content").filter(|content| self.at(*content) != Some("null")) {
            Some(content) if matches!(role, Some("\"system\"" | "\"developer\"")) => self.instructions(content),
            _ => {
                let message = ["{\"role\":\"system\",\"content\":", &self.words, "},"];
                self.insert(first.start, message.concat())
            }
        }
    }

    /// Adds to what is there: a string, parts, an object that holds parts, or nothing.
    fn instructions(&mut self, value: Span) -> Option<()> {
        let last = value.end.checked_sub(1)?;
        let is_empty = self.at(value)?.as_bytes().get(1..)?.trim_ascii_start().len() == 1;
        match self.at(value)?.as_bytes().first()? {
            b'n' => self.replace(value, self.anew()),
            b'"' if self.place.takes_string => {
                let between = if is_empty { "" } else { "\\n\\n" };
                let words = self.words.get(1..self.words.len().checked_sub(1)?)?;
                self.insert(last, [between, words].concat())
            }
            b'[' => self.insert(last, [if is_empty { "" } else { "," }, &self.part()].concat()),
            // Google's: an object whose parts they are, of which one may stand alone.
            b'{' if !self.place.takes_string => {
                let members = Scan::new(&[], self.at(value)?).ok()?.outermost;
                let Some(parts) = members.iter().find(|member| is_name("parts", &unescape(member.key))) else {
                    let comma = if is_empty { "" } else { "," };
                    let new = ["\"parts\":[", &self.part(), "]", comma];
                    return self.insert(value.start.checked_add(1)?, new.concat());
                };
                let start = value.start.checked_add(parts.value.start)?;
                let parts = Span { start, end: value.start.checked_add(parts.value.end)? };
                match self.at(parts)?.as_bytes().first()? {
                    b'[' => self.instructions(parts),
                    b'{' => {
                        self.insert(parts.start, "[".to_owned())?;
                        self.insert(parts.end, [",", &self.part(), "]"].concat())
                    }
                    b'n' => self.replace(parts, ["[", &self.part(), "]"].concat()),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Instructions where there were none.
    fn anew(&self) -> String {
        let (before, behind) = self.place.new;
        if self.place.takes_string { self.words.clone() } else { [before, &self.part(), behind].concat() }
    }

    fn part(&self) -> String {
        let (before, behind) = self.place.part;
        [before, &self.words, behind].concat()
    }

    fn at(&self, span: Span) -> Option<&str> {
        self.text.get(span.start..span.end)
    }

    fn insert(&mut self, at: usize, with: String) -> Option<()> {
        self.replace(Span { start: at, end: at }, with)
    }

    fn replace(&mut self, span: Span, with: String) -> Option<()> {
        self.edits.push(Edit::Replace { span, with: with.into() });
        Some(())
    }
}

/// Is this the name, or, as Google takes it, the same with underscores?
fn is_name(name: &str, key: &str) -> bool {
    name == key || (name == "systemInstruction" && key == "system_instruction")
}

/// Where the first item of a list stands.
fn first_item(list: &str) -> Result<Option<Span>, SyntaxError> {
    let mut scanner = Scanner::new(list);
    let (Some((Token::ArrayStart, _)), Some((Token::ObjectStart, span))) = (scanner.next()?, scanner.next()?) else {
        return Ok(None);
    };
    let depth = scanner.depth();
    while scanner.depth() >= depth && scanner.next()?.is_some() {}
    Ok(Some(Span { start: span.start, end: scanner.position() }))
}
