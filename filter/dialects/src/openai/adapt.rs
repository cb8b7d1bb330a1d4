//! Fits a request to an OpenAI-compatible server, whoever wrote it: a client of this dialect, or the
//! translation. As few bytes as can be are changed, so that what is not known here stays.

use super::servers::{Off, Server};
use crate::json::{RequestError, Scanner, Span, Token, is_plain, unescape};
use crate::neutral::Losses;
use crate::patch::Edit;
use std::borrow::Cow;

/// Members that an answer is not right without, and why a server that lacks one cannot give it. What else a
/// server lacks is left out and reported.
const NEEDED: [(&str, &str); 6] = [
    ("n", "this target gives one answer only"),
    ("modalities", "this target answers in text only"),
    ("audio", "this target answers in text only"),
    ("web_search_options", "this target cannot search the web for this API"),
    ("functions", "is deprecated and not taken by this target; use tools"),
    ("function_call", "is deprecated and not taken by this target; use tool_choice"),
];

/// What says no more than the member's absence.
const UNSAID: [(&str, &str); 10] = [
    ("n", "1"),
    ("modalities", "[\"text\"]"),
    ("store", "false"),
    ("logprobs", "false"),
    ("top_logprobs", "0"),
    ("frequency_penalty", "0"),
    ("presence_penalty", "0"),
    ("parallel_tool_calls", "true"),
    ("service_tier", "\"auto\""),
    ("service_tier", "\"default\""),
];

/// More members no API has. What comes behind them is not adapted.
const MOST_MEMBERS: usize = 256;

/// What must change in the request `text` for `server`. What it cannot be told is noted.
pub(crate) fn adapt(server: &Server, text: &str, losses: &mut Losses) -> Result<Vec<Edit>, RequestError> {
    let scanner = Scanner::new(text);
    let mut adapter = Adapter { server, text, scanner, edits: Vec::new(), losses, forgets_thoughts: false };
    adapter.request()?;
    Ok(adapter.edits)
}

pub(super) struct Adapter<'s, 'a> {
    pub(super) server: &'s Server,
    pub(super) text: &'a str,
    pub(super) scanner: Scanner<'a>,
    pub(super) edits: Vec<Edit>,
    pub(super) losses: &'s mut Losses,
    /// Has an earlier turn calls without the thoughts before them?
    pub(super) forgets_thoughts: bool,
}

/// A member of an object, and where it stands.
pub(super) struct Member<'a> {
    pub(super) key: Cow<'a, str>,
    key_span: Span,
    pub(super) value: Span,
    /// The value as it is written.
    pub(super) raw: &'a str,
}

impl<'a> Member<'a> {
    /// Says its value anything that its absence would not?
    pub(super) fn says_anything(&self) -> bool {
        const SHORT: usize = 64;
        if self.raw.len() > SHORT {
            return true;
        }
        let raw: String = self.raw.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        let same_number = |said: &str| raw.parse::<f64>().is_ok_and(|number| said.parse() == Ok(number));
        let unsaid = |(key, said): &(&str, &str)| *key == self.key && (*said == raw || same_number(said));
        // To search the web without options is to search it.
        let empty = matches!(&*raw, "[]" | "{}") && self.key != "web_search_options";
        !empty && raw != "null" && !UNSAID.iter().any(unsaid)
    }

    /// The value between its quotes, if it is a string.
    pub(super) fn string(&self) -> Option<&'a str> {
        self.raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"'))
    }

    /// Does it, as `tool_choice`, force a tool or name the only ones?
    fn forces(&self) -> bool {
        self.raw.starts_with('{') || matches!(self.string(), Some("required" | "any"))
    }
}

fn find<'m, 'a>(members: &'m [Member<'a>], key: &str) -> Option<&'m Member<'a>> {
    members.iter().find(|member| member.key == key)
}

impl<'a> Adapter<'_, 'a> {
    fn request(&mut self) -> Result<(), RequestError> {
        self.scanner.next()?;
        let members = self.members(|adapter, key, token| match (key, token) {
            ("messages", Token::ArrayStart) => adapter.messages(),
            (_, token) => adapter.skip(token),
        })?;
        let off = self.thinks_not(&members);
        for member in &members {
            match &*member.key {
                "reasoning_effort" if off => self.remove(member),
                "stream_options" if !self.server.stream_options => self.remove(member),
                "max_tokens" | "max_completion_tokens" => self.cap(member, &members),
                "logprobs" | "top_logprobs" if self.server.counts_logprobs => self.count_logprobs(member, &members),
                // An empty list is refused by some, and the same as none.
                "tools" if !member.says_anything() => self.remove(member),
                "tools" | "tool_choice" if !self.server.tool_choice => self.choice(member, &members)?,
                "response_format" if !self.server.json_schema && member.raw.contains("\"json_schema\"") => {
                    let reason = "this target cannot hold its answer to a JSON schema";
                    return Err(RequestError::unsupported("response_format", reason));
                }
                _ => self.member(member, &members)?,
            }
        }
        Ok(())
    }

    fn member(&mut self, member: &Member<'a>, all: &[Member<'a>]) -> Result<(), RequestError> {
        let (server, key) = (self.server, &*member.key);
        if let Some((_, name)) = server.renames.iter().find(|(from, _)| *from == key) {
            // Where both names are given, OpenAI's counts.
            if member.says_anything() {
                find(all, name).into_iter().for_each(|twin| self.remove(twin));
                self.rename(member, name);
            } else {
                self.remove(member);
            }
            return Ok(());
        }
        let unknown = server.only.as_ref().is_some_and(|only| !only.request.contains(&key));
        if unknown || server.lacks.iter().any(|some| some.contains(&key)) {
            return match NEEDED.iter().find(|(needed, _)| *needed == key) {
                Some((_, reason)) if member.says_anything() => Err(RequestError::unsupported(key, reason)),
                _ => {
                    self.drop_member("", member);
                    Ok(())
                }
            };
        }
        let word = member.string();
        match server.words.iter().copied().flatten().find(|(of, other, _)| *of == key && Some(*other) == word) {
            None => {}
            Some((.., None)) => self.drop_member("", member),
            Some((of, _, Some(nearest))) => {
                self.losses.add(*of);
                self.replace(member.value, format!("\"{nearest}\""));
            }
        }
        Ok(())
    }

    /// Gives the cap the one name that it has. Where both of OpenAI's are given, the newer one counts.
    fn cap(&mut self, member: &Member<'a>, all: &[Member<'a>]) {
        let Some(name) = self.server.cap else { return };
        let given = |name| find(all, name).filter(|member| member.says_anything());
        match given("max_completion_tokens").or_else(|| given("max_tokens")) {
            Some(counts) if counts.key == member.key => self.rename(member, name),
            _ => self.remove(member),
        }
    }

    /// Where log probabilities are asked for by a number: that of the most likely tokens, or 1 for none but the
    /// answer's own.
    fn count_logprobs(&mut self, member: &Member<'a>, all: &[Member<'a>]) {
        let is_asked = |member: &Member<'_>| member.key == "logprobs" && member.raw == "true";
        match (&*member.key, all.iter().any(is_asked)) {
            ("logprobs", true) => {
                let top = find(all, "top_logprobs").filter(|top| top.says_anything());
                self.replace(member.value, top.map_or("1", |top| top.raw).to_owned());
            }
            ("logprobs", false) if member.says_anything() => {}
            ("logprobs", false) | (_, true) => self.remove(member),
            _ => self.drop_member("", member),
        }
    }

    /// Where no choice of tool is heeded: to choose none is to have none.
    fn choice(&mut self, member: &Member<'a>, all: &[Member<'a>]) -> Result<(), RequestError> {
        match find(all, "tool_choice") {
            Some(choice) if choice.forces() => {
                Err(RequestError::unsupported("tool_choice", "this target cannot be told which tool to call"))
            }
            Some(choice) if choice.string() == Some("none") => {
                self.remove(member);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Tells the server not to think if that is asked for, or if it would refuse the request otherwise.
    fn thinks_not(&mut self, members: &[Member<'a>]) -> bool {
        let (name, value, needed) = match self.server.off {
            Off::Effort | Off::EffortOf(_) => return false,
            Off::Member(name, value) => (name, value, false),
            Off::Needed(name, value) => {
                (name, value, self.forgets_thoughts || find(members, "tool_choice").is_some_and(Member::forces))
            }
        };
        let effort = find(members, "reasoning_effort").filter(|effort| effort.says_anything());
        let asked = effort.is_some_and(|effort| effort.string() == Some("none"));
        let start = self.text.find('{').and_then(|brace| brace.checked_add(1));
        let (Some(start), None, true) = (start, find(members, name), asked || needed) else { return false };
        if !asked {
            self.losses.add(if effort.is_some() { "reasoning_effort" } else { "thinking" });
        }
        self.replace(Span { start, end: start }, format!("\"{name}\":{value},"));
        true
    }

    /// The members of an object behind its opening brace; `read` takes each value whose first token has been
    /// read to its end.
    pub(super) fn members(
        &mut self,
        read: fn(&mut Self, &str, Token<'a>) -> Result<(), RequestError>,
    ) -> Result<Vec<Member<'a>>, RequestError> {
        let mut members = Vec::new();
        while let Some((Token::Key(key), key_span)) = self.scanner.next()? {
            let key = unescape(key);
            let Some((token, Span { start, .. })) = self.scanner.next()? else { break };
            read(self, &key, token)?;
            if members.len() < MOST_MEMBERS {
                let value = Span { start, end: self.scanner.position() };
                let raw = self.text.get(value.start..value.end).unwrap_or_default();
                members.push(Member { key, key_span, value, raw });
            }
        }
        Ok(members)
    }

    /// Goes through an array behind its opening bracket; `read` takes each object in it.
    pub(super) fn objects(
        &mut self,
        read: &mut dyn FnMut(&mut Self) -> Result<(), RequestError>,
    ) -> Result<(), RequestError> {
        while let Some((token, _)) = self.scanner.next()? {
            match token {
                Token::ArrayEnd => break,
                Token::ObjectStart => read(self)?,
                token => self.skip(token)?,
            }
        }
        Ok(())
    }

    /// Goes to the end of a value whose first token has been read.
    pub(super) fn skip(&mut self, first: Token<'a>) -> Result<(), RequestError> {
        if matches!(first, Token::ObjectStart | Token::ArrayStart) {
            let depth = self.scanner.depth();
            while self.scanner.depth() >= depth && self.scanner.next()?.is_some() {}
        }
        Ok(())
    }

    /// Leaves out a member of what stands at `path`, and says so if that is a loss.
    pub(super) fn drop_member(&mut self, path: &str, member: &Member<'a>) {
        if member.says_anything() {
            self.lose(path, &member.key);
        }
        self.remove(member);
    }

    pub(super) fn lose(&mut self, path: &str, key: &str) {
        let key = if is_plain(key) { key } else { "unknown" };
        self.losses.add(format!("{path}{key}"));
    }

    pub(super) fn remove(&mut self, member: &Member<'a>) {
        self.edits.push(Edit::Remove { member: Span { start: member.key_span.start, end: member.value.end } });
    }

    pub(super) fn rename(&mut self, member: &Member<'a>, name: &str) {
        if member.key != name {
            self.replace(member.key_span, format!("\"{name}\""));
        }
    }

    pub(super) fn replace(&mut self, span: Span, with: String) {
        self.edits.push(Edit::Replace { span, with: Cow::Owned(with) });
    }
}
