//! Fits the messages of a request to an OpenAI-compatible server.

use super::adapt::{Adapter, Member};
use crate::calls::fnv1a;
use crate::json::{RequestError, Span, Token, unescape};
use std::borrow::Cow;

/// The two names under which servers take and give thoughts.
const THOUGHTS: [&str; 2] = ["reasoning_content", "reasoning"];

impl<'a> Adapter<'_, 'a> {
    pub(super) fn messages(&mut self) -> Result<(), RequestError> {
        self.objects(&mut Self::message)
    }

    fn message(&mut self) -> Result<(), RequestError> {
        let members = self.members(|adapter, key, token| match (key, token) {
            ("tool_calls", Token::ArrayStart) if adapter.server.short_call_ids => adapter.calls(),
            ("content", Token::ArrayStart) if adapter.server.joins_texts => adapter.content(),
            (_, token) => adapter.skip(token),
        })?;
        let given = |key: &str| members.iter().find(|member| member.key == key && member.says_anything());
        let only = self.server.only.as_ref().map(|only| only.message);
        for member in &members {
            match &*member.key {
                "role" if member.string() == Some("developer") && !self.server.developer_role => {
                    self.replace(member.value, "\"system\"".to_owned());
                }
                "tool_call_id" => self.shorten_id(member),
                key if THOUGHTS.contains(&key) => self.thoughts(member, &members),
                // Nobody but OpenAI reads it, and the message may hold nothing else.
                "refusal" if member.says_anything() && given("content").is_none() => {
                    self.lose("messages.", "refusal");
                    members.iter().filter(|other| other.key == "content").for_each(|other| self.remove(other));
                    self.rename(member, "content");
                }
                key if only.is_none_or(|only| only.contains(&key)) => {}
                _ => self.drop_member("messages.", member),
            }
        }
        let has_thoughts = THOUGHTS.iter().any(|key| members.iter().any(|it| it.key == *key && it.raw != "null"));
        self.forgets_thoughts |= given("tool_calls").is_some() && !has_thoughts;
        Ok(())
    }

    /// Thoughts go back by the server's name for them, or not at all.
    fn thoughts(&mut self, member: &Member<'a>, all: &[Member<'a>]) {
        let Some(name) = self.server.thoughts else { return self.drop_member("messages.", member) };
        let given = |key: &str| all.iter().find(|other| other.key == key && other.says_anything());
        match given(name).or_else(|| THOUGHTS.iter().find_map(|key| given(key))) {
            Some(counts) if counts.key == member.key => self.rename(member, name),
            _ => self.remove(member),
        }
    }

    fn calls(&mut self) -> Result<(), RequestError> {
        self.objects(&mut |adapter| {
            let members = adapter.members(|adapter, _, token| adapter.skip(token))?;
            members.iter().filter(|member| member.key == "id").for_each(|id| adapter.shorten_id(id));
            Ok(())
        })
    }

    fn shorten_id(&mut self, id: &Member<'a>) {
        if let Some(raw) = id.string().filter(|_| self.server.short_call_ids)
            && let Some(short) = short_id(&unescape(raw))
        {
            self.replace(id.value, format!("\"{short}\""));
        }
    }

    /// A content that holds texts only becomes one string, a line for each.
    fn content(&mut self) -> Result<(), RequestError> {
        let start = self.scanner.position().saturating_sub(1);
        let mut texts: Vec<&'a str> = Vec::new();
        let mut said_beside: Vec<Cow<'a, str>> = Vec::new();
        let mut only_texts = true;
        self.objects(&mut |adapter| {
            let members = adapter.members(|adapter, _, token| adapter.skip(token))?;
            let of = |key| members.iter().find(|member| member.key == key).and_then(Member::string);
            match (of("type"), of("text")) {
                (Some("text"), Some(text)) if only_texts => texts.push(text),
                _ => only_texts = false,
            }
            let beside = members.into_iter().filter(|it| !matches!(&*it.key, "type" | "text") && it.says_anything());
            said_beside.extend(beside.map(|it| it.key).take(1));
            Ok(())
        })?;
        if only_texts && !texts.is_empty() {
            said_beside.iter().for_each(|key| self.lose("messages.content.", key));
            let span = Span { start, end: self.scanner.position() };
            self.replace(span, format!("\"{}\"", texts.join("\\n")));
        }
        Ok(())
    }
}

/// What stands for an id where ids are exactly nine letters and digits: a hash, so that a result still finds
/// its call, in every request that has them. `None`: the id will do.
fn short_id(id: &str) -> Option<String> {
    const DIGITS: &[u8; 62] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const LENGTH: usize = 9;
    if id.len() == LENGTH && id.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let digits = std::iter::successors(Some(fnv1a(id)), |rest| Some(rest / 62)).take(LENGTH);
    let digit = |rest: u64| usize::try_from(rest % 62).ok().and_then(|digit| DIGITS.get(digit)).copied();
    Some(digits.map(|rest| char::from(digit(rest).unwrap_or(b'0'))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn short_ids_have_nine_letters_and_digits_and_stay_different() {
        assert_eq!(short_id("abcDEF123"), None);
        let ids: Vec<String> = (0..5_000).map(|n| format!("toolu_{n}")).collect();
        let ids = ids.iter().map(String::as_str).chain(["", "abcDEF12", "abc-EF123", "äbcdefgh"]);
        let mut short: Vec<String> = ids.map(|id| short_id(id).unwrap()).collect();
        assert!(short.iter().all(|id| id.len() == 9 && id.bytes().all(|b| b.is_ascii_alphanumeric())));
        let all = short.len();
        short.sort();
        short.dedup();
        assert_eq!(short.len(), all);
    }
}
