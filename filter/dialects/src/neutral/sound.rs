//! What no provider of another API could make sense of, whichever it is.

use super::{Calls, Part, Request};
use crate::json::RequestError;

impl Request<'_> {
    /// Refuses several answers, of which only one could be brought back, messages of which nothing would be
    /// left, results that are no results, and results of tools that nobody called. `choices` is what the client calls the number of answers.
    pub(crate) fn check(&self, choices: &'static str) -> Result<(), RequestError> {
        if self.choices.is_some_and(|choices| choices != 1) {
            return Err(RequestError::unsupported(choices, "one answer can be translated; ask for 1"));
        }
        if self.messages.iter().all(|message| message.parts.is_empty()) {
            return Err(RequestError::shape("messages", "must hold at least one message that says something"));
        }
        let mut calls = Calls::default();
        for message in &self.messages {
            for part in &message.parts {
                match part {
                    Part::ToolCall(call) => calls.add(&call.id, ()),
                    Part::ToolResult(result) if calls.find(&result.call_id).is_none() => {
                        let place = format!("messages[{}]", message.at);
                        return Err(RequestError::shape(
                            place,
                            "is the result of a call that is not in this conversation",
                        ));
                    }
                    Part::ToolResult(result) if !result.parts.iter().all(is_found) => {
                        let place = format!("messages[{}].content", message.at);
                        return Err(RequestError::shape(place, "a tool result holds text, images and documents"));
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

/// Can a tool have found it?
fn is_found(part: &Part<'_>) -> bool {
    match part {
        Part::Text(_) | Part::Image(_) | Part::Document(_) | Part::Audio(_) | Part::Video(_) | Part::Citation(_) => {
            true
        }
        Part::Refusal(_)
        | Part::ToolCall(_)
        | Part::ToolResult(_)
        | Part::Thinking { .. }
        | Part::RedactedThinking(_) => false,
    }
}
