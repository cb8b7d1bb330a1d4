//! Something that this gateway asks a model itself, and what it says.

use crate::exchange::{Exchange, NoAnswer};
use crate::json::Writer;
use crate::neutral::{Finish, Outcome, Part};
use crate::peek::texts;

/// What a model has said.
#[derive(Debug)]
pub struct Reply {
    /// Its texts; thoughts and calls are none. `None` where it said nothing, or that it would not.
    pub text: Option<String>,
    /// What the answer tells about itself.
    pub outcome: Outcome,
}

/// The body of an OpenAI client's request that asks `model` for at most `max_output` tokens.
#[must_use]
pub fn question(model: &str, prompt: &str, max_output: u64) -> Vec<u8> {
    let mut out = Vec::with_capacity(prompt.len().saturating_add(128));
    Writer::new(&mut out).object(|w| {
        w.key("model").string(model);
        w.key("max_completion_tokens").unsigned(max_output);
        w.key("messages").array(|w| {
            w.object(|w| {
                w.key("role").string("user");
                w.key("content").string(prompt);
            });
        });
    });
    out
}

impl Exchange {
    /// What a whole answer says.
    ///
    /// # Errors
    /// The body is not an answer of the provider's API, or tells of a failure.
    pub fn reply(&self, body: &[u8]) -> Result<Reply, NoAnswer> {
        let text = std::str::from_utf8(body).map_err(|_| NoAnswer::Unreadable)?;
        let response = (self.provider().codec().read_response)(text).map_err(|_| self.no_answer(body))?;
        let refused = matches!(response.finish, Finish::Refusal | Finish::ContentFilter)
            || response.parts.iter().any(|part| matches!(part, Part::Refusal(_)));
        let text = Some(texts(&response.parts)).filter(|text| !refused && !text.trim().is_empty());
        let outcome = Outcome { usage: Some(response.usage), finish: Some(response.finish) };
        Ok(Reply { text, outcome })
    }
}
