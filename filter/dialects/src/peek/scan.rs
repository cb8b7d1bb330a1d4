//! The one pass over a request's body.

use super::foreign::is_proof;
use super::members::{Found, Member, MemberTable, Members, StreamOptions};
use crate::estimate::{Input, NOT_INPUT};
use crate::json::{RequestError, Scanner, Span, Token, unescape};

/// More members no API has. What comes behind them is not patched.
const MOST_MEMBERS: usize = 256;

/// A member of the outermost object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outermost<'a> {
    /// As it is written, escapes and all.
    pub(super) key: &'a str,
    pub(super) key_span: Span,
    pub(super) value: Span,
}

impl Outermost<'_> {
    /// From the key to the end of the value.
    pub(super) fn span(&self) -> Span {
        Span { start: self.key_span.start, end: self.value.end }
    }
}

/// Lists at the top in which APIs take further models: to fall back to, or for a tool to ask.
const FURTHER: [&str; 3] = ["fallbacks", "models", "tools"];

/// What one pass finds.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    scanner: Scanner<'a>,
    table: &'static MemberTable,
    pub(super) members: Members,
    /// The model's raw text, and where it stands.
    pub(super) model: Option<(&'a str, Span)>,
    /// The outermost members.
    pub(super) outermost: Vec<Outermost<'a>>,
    /// What will be input.
    pub(super) input: Input,
    /// How many inputs there are, each of which is answered by itself.
    pub(super) inputs: u64,
    /// Where the requests of a batch name the model.
    pub(super) models: Vec<Span>,
    /// What further models are called, as it is written: those that the provider may ask beside the one that is asked for.
    pub(super) further: Vec<&'a str>,
    /// Something bears the mark of another provider's thoughts.
    pub(super) is_marked: bool,
}

impl<'a> Scan<'a> {
    /// Scans the whole of `text`, in which `table` says what matters.
    pub(super) fn new(table: &'static MemberTable, text: &'a str) -> Result<Self, RequestError> {
        let mut scan = Self {
            scanner: Scanner::new(text),
            table,
            members: Members::default(),
            model: None,
            outermost: Vec::new(),
            input: Input::default(),
            inputs: 0,
            models: Vec::new(),
            further: Vec::new(),
            is_marked: false,
        };
        match scan.scanner.next()? {
            Some((Token::ObjectStart, _)) => scan.object("")?,
            _ => return Err(RequestError::not_json("not a JSON object")),
        }
        // What follows the outermost object must be nothing.
        while scan.scanner.next()?.is_some() {}
        Ok(scan)
    }

    /// Are there more outermost members than are kept?
    pub(super) fn is_cut(&self) -> bool {
        self.outermost.len() >= MOST_MEMBERS
    }

    /// Scans an object whose members matter, behind its opening brace.
    fn object(&mut self, container: &'static str) -> Result<(), RequestError> {
        while let Some((token, key_span)) = self.scanner.next()? {
            let Token::Key(key) = token else { break };
            let found = self.members.find(self.table, container, &unescape(key))?;
            let Some((token, span)) = self.scanner.next()? else { break };
            match (found, token) {
                (Found::Member(Member::Model), Token::String(name)) => self.model = Some((name, span)),
                (Found::Member(Member::StreamOptions), Token::ObjectStart) => self.stream_options(span)?,
                (Found::Member(Member::StreamOptions), Token::ArrayStart) => {
                    return Err(RequestError::shape("stream_options", "expected an object"));
                }
                (Found::Member(Member::StreamOptions), _) => {
                    self.members.stream_options = StreamOptions::Scalar(span);
                }
                (Found::Member(Member::Input), token) => self.inputs(token)?,
                (Found::Member(member), token) => {
                    self.members.take(member, token);
                    self.skip(token)?;
                }
                (Found::Container(inner), Token::ObjectStart) => self.object(inner)?,
                (Found::Other, Token::ArrayStart) if unescape(key) == "requests" => self.requests()?,
                (Found::Other, Token::ArrayStart)
                    if container.is_empty() && FURTHER.contains(&unescape(key).as_ref()) =>
                {
                    self.further()?;
                }
                (Found::Other, token) if container.is_empty() && NOT_INPUT.contains(&key) => self.skip(token)?,
                // At the top no name says anything of the text behind it.
                (Found::Container(_) | Found::Other, token) if container.is_empty() => self.value("", token)?,
                (Found::Container(_) | Found::Other, token) => self.value(key, token)?,
            }
            if container.is_empty() && self.outermost.len() < MOST_MEMBERS {
                let value = Span { start: span.start, end: self.scanner.position() };
                self.outermost.push(Outermost { key, key_span, value });
            }
        }
        Ok(())
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

    /// Counts the text of a value behind `key` whose first token has been read.
    fn value(&mut self, key: &str, first: Token<'a>) -> Result<(), RequestError> {
        self.input.add(key, first, self.scanner.depth());
        if !matches!(first, Token::ObjectStart | Token::ArrayStart) {
            return Ok(());
        }
        self.texts(|_, _, _| ())
    }

    /// Counts texts, and token ids, each of which is one token. Ids that stand alone are one input
    /// together.
    fn inputs(&mut self, first: Token<'a>) -> Result<(), RequestError> {
        if first != Token::ArrayStart {
            self.inputs = 1;
            return self.value("", first);
        }
        let outer = self.scanner.depth();
        let (mut inputs, mut ids) = (0u64, 0u64);
        self.texts(|scan, _, (token, _)| match token {
            Token::Number(_) => ids = ids.saturating_add(1),
            Token::ObjectEnd | Token::ArrayEnd => {}
            Token::ArrayStart if scan.scanner.depth() == outer.saturating_add(1) => inputs = inputs.saturating_add(1),
            Token::String(_) if scan.scanner.depth() == outer => inputs = inputs.saturating_add(1),
            _ => {}
        })?;
        self.inputs = inputs.max(1);
        self.input.add_counted(ids);
        Ok(())
    }

    /// Counts the text of a batch of requests, and notes which models they name.
    fn requests(&mut self) -> Result<(), RequestError> {
        let of_request = self.scanner.depth().saturating_add(1);
        self.texts(|scan, key, (token, span)| {
            if scan.scanner.depth() == of_request && matches!(token, Token::String(_)) && unescape(key) == "model" {
                scan.models.push(span);
            }
        })
    }

    /// Counts the text of a list, and notes which models it names: its items, or what they have as their `model`.
    fn further(&mut self) -> Result<(), RequestError> {
        let items = self.scanner.depth();
        self.input.add("", Token::ArrayStart, items);
        self.texts(|scan, key, (token, _)| {
            let inside = scan.scanner.depth().saturating_sub(items);
            // Deeper are the schemas of functions.
            if let Token::String(name) = token
                && (inside == 0 || (inside <= 2 && unescape(key) == "model"))
            {
                scan.further.push(name);
            }
        })
    }

    /// Counts the text of a container that has been opened; `also` sees its values, each with the key
    /// before it.
    fn texts(&mut self, mut also: impl FnMut(&mut Self, &str, (Token<'a>, Span))) -> Result<(), RequestError> {
        let depth = self.scanner.depth();
        let mut key = "";
        while let Some((token, span)) = self.scanner.next()? {
            let now = self.scanner.depth();
            self.input.add(key, token, now);
            match token {
                Token::Key(name) => key = name,
                token => {
                    if let Token::String(text) = token {
                        self.is_marked |= is_proof(key, text);
                    }
                    also(self, key, (token, span));
                }
            }
            if now < depth {
                break;
            }
        }
        Ok(())
    }

    /// Passes over a value whose first token has been read, and which is no input.
    fn skip(&mut self, first: Token<'a>) -> Result<(), RequestError> {
        if matches!(first, Token::ObjectStart | Token::ArrayStart) {
            let depth = self.scanner.depth();
            while self.scanner.depth() >= depth && self.scanner.next()?.is_some() {}
        }
        Ok(())
    }
}
