//! Thoughts of other providers' models in a request that otherwise passes as it is.
//!
//! A client that has talked to several providers sends back what it was given to keep: thoughts that bear
//! the mark of another provider. This one would refuse them, so they are taken out, and nothing else is.

use super::Span;
use crate::Dialect;
use crate::gemini;
use crate::json::{Scanner, SyntaxError, Token};
use crate::neutral::Signature;
use crate::patch::Edit;
use std::borrow::Cow;

/// Where a dialect's requests have thoughts: the lists inside each other, and what is said to be lost.
struct Place {
    lists: &'static [&'static str],
    loss: &'static str,
}

fn place_of(dialect: Dialect) -> Place {
    let (lists, loss): (&[&str], _) = match dialect {
        Dialect::OpenAi => (&["messages", THINKING_BLOCKS], "messages.thinking_blocks"),
        Dialect::Responses => (&["input"], "input.reasoning"),
        Dialect::Anthropic | Dialect::Cohere => (&["messages", "content"], "messages.content.thinking"),
        Dialect::Gemini => (&["contents", "parts"], "contents.parts.thoughtSignature"),
        Dialect::Bedrock => (&["messages", "content"], "messages.content.reasoningContent"),
    };
    Place { lists, loss }
}

const THINKING_BLOCKS: &str = "thinking_blocks";

/// May a member of this name, which is a string, be a signature or encrypted thoughts?
pub(super) fn is_proof(key: &str, text: &str) -> bool {
    const PROOFS: [&str; 6] =
        ["signature", "data", "encrypted_content", "redactedContent", "thoughtSignature", "thought_signature"];
    (text.starts_with(MARK) || text.starts_with(MARK_IN_BASE64)) && PROOFS.contains(&key)
}

const MARK: &str = Signature::MARK;
/// The same where signatures must be base64.
const MARK_IN_BASE64: &str = "dG9sbGdhdGUu";

/// The changes that take foreign thoughts out of `text`, a request of `dialect` for `model`, and the name of
/// what is lost.
pub(super) fn without_foreign_thoughts(
    text: &str,
    dialect: Dialect,
    model: &str,
) -> Result<(Vec<Edit>, &'static str), SyntaxError> {
    let Place { lists, loss } = place_of(dialect);
    let excuse = if dialect == Dialect::Gemini { gemini::excuse(model) } else { None };
    let in_parts = dialect == Dialect::Gemini;
    let mut hunt = Hunt { scanner: Scanner::new(text), edits: Vec::new(), in_parts, excuse };
    hunt.scanner.next()?;
    hunt.members(lists)?;
    Ok((hunt.edits, loss))
}

struct Hunt<'a> {
    scanner: Scanner<'a>,
    edits: Vec<Edit>,
    /// Signatures stand on parts of all kinds, which stay.
    in_parts: bool,
    /// What stands where a call must be signed and is not.
    excuse: Option<&'static str>,
}

/// What is known of an item.
#[derive(Default)]
struct Item {
    /// The foreign proof: its member, and its value.
    proof: Option<(Span, Span)>,
    /// It stands in a member that holds other things in other items.
    is_data: bool,
    is_redacted: bool,
    is_thought: bool,
    is_call: bool,
    says_anything: bool,
}

impl<'a> Hunt<'a> {
    /// Goes through the members of an object that has been opened, into the list that `lists` names next.
    /// Returns whether nothing is left of what the object is there for.
    fn members(&mut self, lists: &[&str]) -> Result<bool, SyntaxError> {
        let Some((&list, inner)) = lists.split_first() else { return Ok(false) };
        let (mut emptied, mut calls) = (false, false);
        while let Some((Token::Key(key), key_span)) = self.scanner.next()? {
            calls |= key == "tool_calls";
            let before = self.edits.len();
            let Some((token, _)) = self.scanner.next()? else { break };
            if key != list || token != Token::ArrayStart {
                self.skip(token)?;
            } else if self.items(inner)? {
                self.edits.truncate(before);
                let member = Span { start: key_span.start, end: self.scanner.position() };
                self.edits.push(Edit::Remove { member });
                emptied = list != THINKING_BLOCKS;
            }
        }
        Ok(emptied && !calls)
    }

    /// Goes through the items of an array that has been opened. Returns whether all of them go.
    fn items(&mut self, lists: &[&str]) -> Result<bool, SyntaxError> {
        let (mut any, mut all_go) = (false, true);
        while let Some((token, span)) = self.scanner.next()? {
            let before = self.edits.len();
            let goes = match token {
                Token::ArrayEnd => break,
                Token::ObjectStart if lists.is_empty() => self.item()?,
                Token::ObjectStart => self.members(lists)?,
                token => {
                    self.skip(token)?;
                    false
                }
            };
            if goes {
                self.edits.truncate(before);
                self.edits.push(Edit::Remove { member: Span { start: span.start, end: self.scanner.position() } });
            }
            (any, all_go) = (true, all_go && goes);
        }
        Ok(any && all_go)
    }

    /// Goes through an item that has been opened. Returns whether it goes.
    fn item(&mut self) -> Result<bool, SyntaxError> {
        let mut item = Item::default();
        self.look(&mut item)?;
        let Some((member, value)) = item.proof.filter(|_| item.is_redacted || !item.is_data) else { return Ok(false) };
        if !self.in_parts || item.is_thought || !item.says_anything {
            return Ok(true);
        }
        self.edits.push(match self.excuse.filter(|_| item.is_call) {
            Some(excuse) => Edit::Replace { span: value, with: Cow::Owned(format!("\"{excuse}\"")) },
            None => Edit::Remove { member },
        });
        Ok(false)
    }

    fn look(&mut self, item: &mut Item) -> Result<(), SyntaxError> {
        while let Some((Token::Key(key), key_span)) = self.scanner.next()? {
            let Some((token, value)) = self.scanner.next()? else { break };
            match (key, token) {
                (key, Token::String(text)) if is_proof(key, text) => {
                    item.proof = Some((Span { start: key_span.start, end: value.end }, value));
                    item.is_data |= key == "data";
                }
                ("type", Token::String(kind)) => item.is_redacted |= kind == "redacted_thinking",
                ("thought", token) => item.is_thought |= token == Token::True,
                (_, Token::String(text)) => item.says_anything |= !text.is_empty(),
                // Bedrock's.
                ("reasoningContent" | "reasoningText", Token::ObjectStart) => self.look(item)?,
                (key, token) => {
                    item.says_anything = true;
                    item.is_call |= matches!(key, "functionCall" | "function_call");
                    self.skip(token)?;
                }
            }
        }
        Ok(())
    }

    /// Passes over a value whose first token has been read.
    fn skip(&mut self, first: Token<'a>) -> Result<(), SyntaxError> {
        if matches!(first, Token::ObjectStart | Token::ArrayStart) {
            let depth = self.scanner.depth();
            while self.scanner.depth() >= depth && self.scanner.next()?.is_some() {}
        }
        Ok(())
    }
}
