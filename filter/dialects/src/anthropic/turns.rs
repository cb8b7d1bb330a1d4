//! Puts messages into the order this API wants: instructions apart, turns that alternate, results
//! first.

use crate::json::RequestError;
use crate::neutral::{Losses, Message, Origin, Part, Role, Signature, refuse_unsaid};

/// A conversation as this API takes it.
#[derive(Debug)]
pub(crate) struct Conversation<'r, 'a> {
    pub(crate) system: Vec<&'r Part<'a>>,
    pub(crate) turns: Vec<Turn<'r, 'a>>,
}

/// What one side says before the other does.
#[derive(Debug)]
pub(crate) struct Turn<'r, 'a> {
    pub(crate) role: Role,
    pub(crate) parts: Vec<&'r Part<'a>>,
    pub(crate) at: usize,
}

/// What a model takes of a conversation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Takes {
    /// Instructions in the middle.
    pub(crate) system_messages: bool,
    /// Thoughts that Claude signed.
    pub(crate) thoughts: bool,
}

/// Arranges `messages`. Instructions in the middle stay there where the model takes them, and
/// otherwise join those at the start, which is noted.
pub(crate) fn arrange<'r, 'a>(
    messages: &'r [Message<'a>],
    takes: Takes,
    losses: &mut Losses,
) -> Result<Conversation<'r, 'a>, RequestError> {
    let mut system: Vec<&Part<'_>> = Vec::new();
    let mut turns: Vec<Turn<'_, '_>> = Vec::new();
    let thought = |part: &&Part<'_>| matches!(part, Part::Thinking { .. } | Part::RedactedThinking(_));
    let is_left_out = |part: &&Part<'_>| is_blank(part) || (!takes.thoughts && thought(part));
    refuse_unsaid(messages, |part| !is_left_out(&part), losses)?;
    for (message, next) in messages.iter().zip(next_speakers(messages)) {
        let unsigned = message.parts.iter().filter(thought).find(is_left_out);
        losses.add_if(unsigned, "messages.thinking_blocks");
        let mut parts = message.parts.iter().filter(|part| !is_left_out(part)).peekable();
        if parts.peek().is_none() {
            continue;
        }
        let role = match message.role {
            Role::System | Role::Developer if turns.is_empty() => {
                system.extend(parts);
                continue;
            }
            Role::System | Role::Developer => {
                let after_user = turns.last().is_some_and(|turn| turn.role != Role::Assistant);
                let before_assistant = next.is_none_or(|role| role == Role::Assistant);
                if !(takes.system_messages && after_user && before_assistant) {
                    losses.add("messages.role");
                    system.extend(parts);
                    continue;
                }
                Role::System
            }
            role => role,
        };
        match turns.last_mut() {
            Some(turn) if turn.role == role => turn.parts.extend(parts),
            _ => turns.push(Turn { role, parts: parts.collect(), at: message.at }),
        }
    }
    for turn in &mut turns {
        let parts = std::mem::take(&mut turn.parts).into_iter();
        let (results, others): (Vec<_>, Vec<_>) = parts.partition(|part| matches!(part, Part::ToolResult(_)));
        turn.parts = results;
        turn.parts.extend(others);
    }
    match turns.first() {
        None => Err(RequestError::unsupported("messages", "this target needs a message from the user")),
        Some(turn) if turn.role != Role::User => {
            let message = "this target needs the first message to be the user's";
            Err(RequestError::unsupported(format!("messages[{}].role", turn.at), message))
        }
        Some(_) => Ok(Conversation { system, turns }),
    }
}

/// For each message, who speaks next other than by instructions.
fn next_speakers(messages: &[Message<'_>]) -> Vec<Option<Role>> {
    let mut speaker = None;
    let mut next: Vec<Option<Role>> = Vec::with_capacity(messages.len());
    for message in messages.iter().rev() {
        next.push(speaker);
        if !matches!(message.role, Role::System | Role::Developer) {
            speaker = Some(message.role);
        }
    }
    next.reverse();
    next
}

/// This API refuses text blocks that are empty or white space, and thoughts that cannot prove whose
/// they are.
pub(crate) fn is_blank(part: &Part<'_>) -> bool {
    match part {
        Part::Text(text) | Part::Refusal(text) => text.is_blank(),
        Part::Thinking { signature, .. } => signature.as_ref().is_none_or(is_foreign),
        Part::RedactedThinking(data) => is_foreign(data),
        _ => false,
    }
}

fn is_foreign(signature: &Signature<'_>) -> bool {
    signature.for_provider(Origin::Anthropic).is_none()
}
