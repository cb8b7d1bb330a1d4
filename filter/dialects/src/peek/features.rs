//! What a request makes use of, beside texts.
//!
//! What stands in messages is found as they are scanned, by the names that parts have. What the outermost members say
//! is read from them again, as they are small, and only where it is asked for.

use super::Peek;
use crate::estimate::Contents;
use crate::json::{Scanner, SyntaxError, Token, unescape};
use crate::{Dialect, Operation};

/// What a request makes use of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Features {
    /// It holds an image.
    pub images: bool,
    /// It holds a sound, or wants one as an answer.
    pub audio: bool,
    /// It holds a document.
    pub documents: bool,
    /// It offers tools.
    pub tools: bool,
    /// It wants JSON, with or without a schema.
    pub structured_output: bool,
    /// It asks for thoughts.
    pub reasoning: bool,
    /// It wants the answer as a stream.
    pub stream: bool,
}

#[derive(Clone, Copy)]
enum Feature {
    Audio,
    /// Audio, if it is named.
    Modalities,
    Documents,
    Tools,
    StructuredOutput,
    Reasoning,
}
use Feature::{Audio, Documents, Modalities, Reasoning, StructuredOutput, Tools};

/// Members by the names of the objects that they stand in, outermost first, and what is used where they say anything.
type Row = (&'static [&'static str], Feature);

const fn rows(dialect: Dialect) -> &'static [Row] {
    match dialect {
        Dialect::OpenAi => &[
            (&["tools"], Tools),
            (&["functions"], Tools),
            (&["response_format"], StructuredOutput),
            (&["reasoning_effort"], Reasoning),
            (&["reasoning"], Reasoning),
            (&["audio"], Audio),
        ],
        Dialect::Responses => {
            &[(&["tools"], Tools), (&["text", "format"], StructuredOutput), (&["reasoning"], Reasoning)]
        }
        Dialect::Anthropic => &[
            (&["tools"], Tools),
            (&["mcp_servers"], Tools),
            (&["output_format"], StructuredOutput),
            (&["output_config", "format"], StructuredOutput),
            (&["output_config", "effort"], Reasoning),
            (&["thinking"], Reasoning),
        ],
        Dialect::Gemini => &[
            (&["tools"], Tools),
            (&["generationConfig", "responseMimeType"], StructuredOutput),
            (&["generationConfig", "responseSchema"], StructuredOutput),
            (&["generationConfig", "responseJsonSchema"], StructuredOutput),
            (&["generationConfig", "_responseJsonSchema"], StructuredOutput),
            (&["generationConfig", "thinkingConfig"], Reasoning),
            (&["generationConfig", "speechConfig"], Audio),
            (&["generationConfig", "responseModalities"], Modalities),
        ],
        Dialect::Bedrock => &[
            (&["toolConfig", "tools"], Tools),
            (&["outputConfig", "textFormat"], StructuredOutput),
            (&["additionalModelRequestFields", "thinking"], Reasoning),
            (&["additionalModelRequestFields", "reasoning_config"], Reasoning),
            (&["additionalModelRequestFields", "reasoningConfig"], Reasoning),
            (&["additionalModelRequestFields", "reasoning_effort"], Reasoning),
            (&["additionalModelRequestFields", "output_config", "effort"], Reasoning),
        ],
        Dialect::Cohere => &[
            (&["tools"], Tools),
            (&["documents"], Documents),
            (&["response_format"], StructuredOutput),
            (&["thinking"], Reasoning),
            (&["reasoning_effort"], Reasoning),
        ],
    }
}

/// Words with which a member says that what it is there for is not wanted.
const OFF: [&str; 5] = ["none", "off", "disabled", "text", "text/plain"];

impl Peek<'_> {
    /// What the request makes use of.
    #[must_use]
    pub fn features(&self) -> Features {
        let Contents { images, documents, sounds } = self.scan.input.contents();
        let mut features = Features { images, documents, audio: sounds, stream: self.stream, ..Features::default() };
        match self.operation {
            Operation::Generate(dialect) | Operation::CountTokens(dialect) => {
                for member in &self.scan.outermost {
                    let value = self.text.get(member.value.start..member.value.end).unwrap_or_default();
                    features.add(&mut rows(dialect).iter().copied(), &unescape(member.key), value);
                }
            }
            Operation::Speak => features.audio = true,
            _ => {}
        }
        features
    }
}

impl Features {
    /// Adds what a member says, for the rest of whose path `rows` stand.
    fn add(&mut self, rows: &mut dyn Iterator<Item = Row>, key: &str, value: &str) {
        let mut inner = Vec::new();
        for (path, feature) in rows {
            match path.split_first() {
                Some((name, [])) if is_name(name, key) && is_wanted(value) => self.set(feature, value),
                Some((name, rest)) if !rest.is_empty() && is_name(name, key) => inner.push((rest, feature)),
                _ => {}
            }
        }
        if !inner.is_empty() {
            // What is no object has no members.
            let _ = members(value, &mut |key, value| self.add(&mut inner.iter().copied(), key, value));
        }
    }

    fn set(&mut self, feature: Feature, value: &str) {
        match feature {
            Audio => self.audio = true,
            Modalities => self.audio |= value.contains("AUDIO"),
            Documents => self.documents = true,
            Tools => self.tools = true,
            StructuredOutput => self.structured_output = true,
            Reasoning => self.reasoning = true,
        }
    }
}

/// Is this the name, in the writing of the table or, as Google takes it, with underscores?
fn is_name(name: &str, key: &str) -> bool {
    name == key || (key.contains('_') && name.eq_ignore_ascii_case(&key.replace('_', "")))
}

/// Does a member's value say that what it is there for is wanted? Nothing, zero, and nothing but such members do not.
fn is_wanted(value: &str) -> bool {
    match value.as_bytes().first() {
        Some(b'"') => !OFF.contains(&value.trim_matches('"')) && value.len() > 2,
        Some(b'[') => value.as_bytes().get(1..).is_some_and(|rest| rest.trim_ascii_start().first() != Some(&b']')),
        Some(b'{') => {
            let (mut any, mut off) = (false, false);
            let read = members(value, &mut |key, value| {
                any |= matches!(value.as_bytes().first(), Some(b'[' | b'{')) || is_wanted(value);
                let is_word = matches!(key, "type" | "effort");
                off |= value == "0" || (is_word && OFF.contains(&value.trim_matches('"')));
            });
            read.is_ok() && any && !off
        }
        _ => !matches!(value, "" | "null" | "false" | "0"),
    }
}

/// Goes through the members of an object: each name, and the text of its value.
fn members<'a>(object: &'a str, each: &mut dyn FnMut(&str, &'a str)) -> Result<(), SyntaxError> {
    let mut scanner = Scanner::new(object);
    if !matches!(scanner.next()?, Some((Token::ObjectStart, _))) {
        return Ok(());
    }
    while let Some((Token::Key(key), _)) = scanner.next()? {
        let Some((token, span)) = scanner.next()? else { break };
        if matches!(token, Token::ObjectStart | Token::ArrayStart) {
            let depth = scanner.depth();
            while scanner.depth() >= depth && scanner.next()?.is_some() {}
        }
        each(&unescape(key), object.get(span.start..scanner.position()).unwrap_or_default());
    }
    Ok(())
}
