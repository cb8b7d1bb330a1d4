//! How likely the tokens of an answer were. The figures are the same with every provider, so that a test can
//! tell what must come out.

use crate::texts;
use serde_json::{Value, json};

/// A token, and the most likely ones in its place.
pub struct Token<'t> {
    pub text: &'t str,
    pub id: u64,
    pub logprob: f64,
    pub top: Vec<(String, f64)>,
}

/// The tokens of a text, which are what a stream carries at a time, with so many in the place of each.
pub fn tokens(text: &str, top: u64) -> Vec<Token<'_>> {
    let token = |(text, number): (_, u32)| {
        let logprob = -f64::from(number) / 8.0;
        let other = |rank: u32| match rank {
            0 => (String::from(text), logprob),
            rank => (format!("other{rank}"), logprob - f64::from(rank)),
        };
        let top = (0..).take(usize::try_from(top).unwrap_or_default()).map(other).collect();
        Token { text, id: 1000 + u64::from(number), logprob, top }
    };
    texts::fragments(text).into_iter().zip(1..).map(token).collect()
}

/// A list of tokens as both of OpenAI's APIs have it.
pub fn openai(tokens: &[Token<'_>]) -> Value {
    let one = |text: &str, logprob: f64| json!({"token": text, "logprob": logprob, "bytes": text.as_bytes()});
    let token = |token: &Token<'_>| {
        let mut found = one(token.text, token.logprob);
        found["top_logprobs"] = token.top.iter().map(|(text, logprob)| one(text, *logprob)).collect();
        found
    };
    tokens.iter().map(token).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_join_to_the_text_and_the_likeliest_come_first() {
        let found = tokens("Hello é there", 3);
        assert_eq!(found.iter().map(|token| token.text).collect::<String>(), "Hello é there");
        assert_eq!(found[1].logprob, -0.25);
        assert_eq!(found[1].top, [("é ".into(), -0.25), ("other1".into(), -1.25), ("other2".into(), -2.25)]);
        assert!(tokens("Hello", 0)[0].top.is_empty());
    }
}
