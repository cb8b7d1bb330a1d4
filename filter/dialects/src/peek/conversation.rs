//! What tells a conversation from others: its first user message, which all of its requests hold.

use super::Peek;
use crate::json::{Scanner, SyntaxError, Token};
use crate::{Dialect, Operation};

/// Bytes of the message that are looked at. What comes behind them hardly tells conversations apart.
const LONGEST: usize = 1 << 16;
/// Members that say nothing of their own, or not always the same: clients move marks for caches along.
const APART: [&str; 6] = ["type", "role", "ttl", "id", "status", "detail"];

impl Peek<'_> {
    /// The texts of the first user message; `None` where there is none, or no conversation. The same for each request
    /// of a conversation, whether the text stands alone or in parts.
    #[must_use]
    pub fn conversation(&self) -> Option<Vec<u8>> {
        let Operation::Generate(dialect) = self.operation else { return None };
        let list = match dialect {
            Dialect::Responses => "input",
            Dialect::Gemini => "contents",
            Dialect::OpenAi | Dialect::Anthropic | Dialect::Bedrock | Dialect::Cohere => "messages",
        };
        let value = self.outermost(list)?.value;
        first_user_message(self.text.get(value.start..value.end)?).ok()?
    }
}

/// The first item of a list that nobody but a user said; or a text, if that is all there is.
fn first_user_message(list: &str) -> Result<Option<Vec<u8>>, SyntaxError> {
    let mut scanner = Scanner::new(list);
    match scanner.next()? {
        Some((Token::String(text), _)) => return Ok(texts_of([text])),
        Some((Token::ArrayStart, _)) => {}
        _ => return Ok(None),
    }
    while let Some((token, _)) = scanner.next()? {
        if token == Token::ArrayEnd {
            break;
        }
        let (mut key, mut texts, mut is_user) = ("", Vec::new(), true);
        let (item, mut size) = (scanner.depth(), 0usize);
        while scanner.depth() >= item {
            let Some((token, _)) = scanner.next()? else { break };
            match token {
                Token::Key(name) => key = name,
                Token::String(role) if key == "role" && scanner.depth() == item => is_user = role == "user",
                Token::String(text) if !APART.contains(&key) && size < LONGEST => {
                    size = size.saturating_add(text.len());
                    texts.push(text);
                }
                _ => {}
            }
        }
        if is_user {
            return Ok(texts_of(texts));
        }
    }
    Ok(None)
}

/// `None` if there are none. What stands between them is in no text.
fn texts_of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Option<Vec<u8>> {
    let mut all = Vec::new();
    for text in texts {
        all.extend(text.bytes().take(LONGEST.saturating_sub(all.len())));
        all.push(b'\n');
    }
    (!all.is_empty()).then_some(all)
}
