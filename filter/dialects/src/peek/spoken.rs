//! What is said in a request, as text, for those who are to judge it without being its target.

use super::Peek;
use crate::Operation;
use crate::json::RequestError;
use crate::neutral::{Message, Part, Role};

/// The texts of a conversation. Images, sounds, documents, calls and thoughts are not among them.
#[derive(Debug)]
pub struct Spoken<'a> {
    messages: Vec<Message<'a>>,
}

impl Peek<'_> {
    /// Is this a request for an answer to what was said?
    pub(crate) fn is_conversation(&self) -> bool {
        matches!(self.operation, Operation::Generate(_))
    }

    /// What is said in the request.
    ///
    /// # Errors
    /// It is no conversation, or one that a provider with another API could not be told: what cannot be read here
    /// would be judged without being known.
    pub fn spoken(&self) -> Result<Spoken<'_>, RequestError> {
        let Operation::Generate(client) = self.operation else { return Err(self.operation.not_served()) };
        let request = (client.codec().read_request)(self.text)?;
        Ok(Spoken { messages: request.messages })
    }
}

impl Spoken<'_> {
    /// The request's instructions.
    #[must_use]
    pub fn system(&self) -> String {
        let mut system = String::new();
        for message in self.messages.iter().filter(|message| is_instruction(message.role)) {
            add(&mut system, "\n\n", &texts(&message.parts));
        }
        system
    }

    /// What the user said last.
    #[must_use]
    pub fn last_user_message(&self) -> String {
        let users = self.messages.iter().rev().filter(|message| message.role == Role::User);
        users.map(|message| texts(&message.parts)).find(|text| !text.is_empty()).unwrap_or_default()
    }

    /// All that was said, a paragraph for each turn, which begins with who says it.
    #[must_use]
    pub fn conversation(&self) -> String {
        let mut all = String::new();
        for message in self.messages.iter().filter(|message| !is_instruction(message.role)) {
            let who = if message.role == Role::User { "user: " } else { "assistant: " };
            for part in &message.parts {
                if let Part::ToolResult(result) = part {
                    turn(&mut all, "tool: ", &texts(&result.parts));
                }
            }
            turn(&mut all, who, &texts(&message.parts));
        }
        all
    }
}

fn is_instruction(role: Role) -> bool {
    matches!(role, Role::System | Role::Developer)
}

fn turn(all: &mut String, who: &str, text: &str) {
    if !text.is_empty() {
        add(all, "\n\n", who);
        all.push_str(text);
    }
}

/// Appends a text; what is between two stands in front of it.
fn add(all: &mut String, between: &str, text: &str) {
    if !all.is_empty() && !text.is_empty() {
        all.push_str(between);
    }
    all.push_str(text);
}

/// The texts among parts, a line for each.
pub(crate) fn texts(parts: &[Part<'_>]) -> String {
    let mut all = String::new();
    for part in parts {
        if let Part::Text(text) | Part::Refusal(text) = part {
            add(&mut all, "\n", text);
        }
    }
    all
}
