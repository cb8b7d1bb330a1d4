//! Puts messages into the order this API wants: instructions apart, turns that alternate, results
//! first, and proofs on the parts that they belong to.

use super::models::Model;
use crate::json::{RequestError, Text};
use crate::neutral::{Calls, Losses, Message, Origin, Part, Role, Signature, ToolResult, refuse_unsaid};
use std::collections::VecDeque;

/// A conversation as this API takes it.
#[derive(Debug)]
pub(super) struct Conversation<'r, 'a> {
    pub(super) system: Vec<&'r Part<'a>>,
    pub(super) turns: Vec<Turn<'r, 'a>>,
}

/// What one side says before the other does.
#[derive(Debug)]
pub(super) struct Turn<'r, 'a> {
    pub(super) role: Role,
    pub(super) parts: Vec<Said<'r, 'a>>,
}

/// A part and what stands on it.
#[derive(Debug)]
pub(super) struct Said<'r, 'a> {
    /// `None`: an empty text, which is there for its signature.
    pub(super) part: Option<&'r Part<'a>>,
    pub(super) signature: Option<&'r str>,
    /// Whose result it is.
    pub(super) function: &'r str,
}

/// What stands where a signature must and there is none, as in conversations that began with another
/// model: <https://ai.google.dev/gemini-api/docs/thought-signatures#faqs>.
const NO_SIGNATURE: &str = "skip_thought_signature_validator";

/// What a call of `model` must be signed with, where its own signature is missing.
pub(crate) fn excuse(model: &str) -> Option<&'static str> {
    Model::named(model).wants_signatures().then_some(NO_SIGNATURE)
}

/// Arranges `messages`. Instructions in the middle join those at the start, which is noted.
pub(super) fn arrange<'r, 'a>(
    messages: &'r [Message<'a>],
    model: &Model<'_>,
    losses: &mut Losses,
) -> Result<Conversation<'r, 'a>, RequestError> {
    let mut system: Vec<&Part<'_>> = Vec::new();
    refuse_unsaid(messages, |part| !is_empty(part), losses)?;
    let mut merged: Vec<(Role, Vec<(&Part<'_>, usize)>)> = Vec::new();
    for message in messages {
        let parts = message.parts.iter().filter(|part| !is_empty(part));
        match (message.role, merged.last_mut()) {
            (Role::System | Role::Developer, None) => system.extend(parts),
            (Role::System | Role::Developer, Some(_)) => {
                let before = system.len();
                system.extend(parts);
                losses.add_if((system.len() > before).then_some(()), "messages.role");
            }
            (role, Some((last, turn))) if *last == role => turn.extend(parts.map(|part| (part, message.at))),
            (role, _) => {
                let parts: Vec<_> = parts.map(|part| (part, message.at)).collect();
                if !parts.is_empty() {
                    merged.push((role, parts));
                }
            }
        }
    }
    let mut functions = Calls::default();
    let mut turns = Vec::with_capacity(merged.len());
    for (role, parts) in merged {
        let parts = match role {
            Role::Assistant => {
                for (part, _) in &parts {
                    if let Part::ToolCall(call) = part {
                        functions.add(&call.id, &*call.name);
                    }
                }
                sign(parts.iter().map(|(part, _)| *part), losses)
            }
            _ => name_results(parts, &mut functions)?,
        };
        if !parts.is_empty() {
            turns.push(Turn { role, parts });
        }
    }
    if turns.is_empty() {
        return Err(RequestError::unsupported("messages", "this target needs a message from the user"));
    }
    if model.wants_signatures() {
        excuse_missing_signatures(&mut turns);
    }
    Ok(Conversation { system, turns })
}

/// This API refuses parts with nothing in them.
fn is_empty(part: &Part<'_>) -> bool {
    match part {
        Part::Text(text) | Part::Refusal(text) => text.is_empty(),
        Part::Citation(_) => true,
        _ => false,
    }
}

/// Results come first, each with the name of the function that was called.
fn name_results<'r, 'a>(
    parts: Vec<(&'r Part<'a>, usize)>,
    functions: &mut Calls<'r, &'r str>,
) -> Result<Vec<Said<'r, 'a>>, RequestError> {
    let mut said = Vec::with_capacity(parts.len());
    for (part, at) in parts {
        let function = match part {
            Part::ToolResult(ToolResult { call_id, .. }) => functions.find(call_id).copied().ok_or_else(|| {
                let message = "answers a call that the conversation does not hold, and this target needs its name";
                RequestError::unsupported(format!("messages[{at}]"), message)
            })?,
            _ => "",
        };
        said.push(Said { part: Some(part), signature: None, function });
    }
    let (mut said, others): (Vec<_>, Vec<_>) =
        said.into_iter().partition(|said| matches!(said.part, Some(Part::ToolResult(_))));
    said.extend(others);
    Ok(said)
}

/// Puts each signature of Gemini's own on the call behind it, else on the text. Clients that keep
/// signatures apart from the rest lose where they stood; with calls it is always on one of these.
fn sign<'r, 'a: 'r>(parts: impl Iterator<Item = &'r Part<'a>> + Clone, losses: &mut Losses) -> Vec<Said<'r, 'a>> {
    let mut calls = parts.clone().filter(|part| matches!(part, Part::ToolCall(_))).count();
    let mut waiting: VecDeque<&str> = VecDeque::new();
    let mut said: Vec<Said<'_, '_>> = Vec::new();
    let mut say = |part, signature| said.push(Said { part: Some(part), signature, function: "" });
    for part in parts {
        match part {
            Part::Thinking { text, signature } => match own(signature.as_ref()) {
                Some(signature) => {
                    waiting.push_back(signature);
                    if !text.is_empty() {
                        say(part, None);
                    }
                }
                None => losses.add_if(lost(text, signature.as_ref()), "messages.thinking"),
            },
            Part::RedactedThinking(data) => match own(Some(data)) {
                Some(signature) => waiting.push_back(signature),
                None => losses.add("messages.thinking"),
            },
            Part::ToolCall(_) => {
                calls = calls.saturating_sub(1);
                say(part, waiting.pop_front());
            }
            part => say(part, if calls == 0 { waiting.pop_front() } else { None }),
        }
    }
    for signature in waiting {
        match said.last_mut() {
            Some(Said { part: Some(Part::Text(_) | Part::Image(_)), signature: unsigned @ None, .. }) => {
                *unsigned = Some(signature)
            }
            _ => said.push(Said { part: None, signature: Some(signature), function: "" }),
        }
    }
    said
}

fn own<'s>(signature: Option<&'s Signature<'_>>) -> Option<&'s str> {
    signature.and_then(|signature| signature.for_provider(Origin::Gemini))
}

/// Is there anything in a thought that cannot be told?
fn lost(text: &Text<'_>, signature: Option<&Signature<'_>>) -> Option<()> {
    (!text.is_empty() || signature.is_some()).then_some(())
}

/// In the current turn, which began when the user last said something, the first call of each step must
/// have a signature.
fn excuse_missing_signatures(turns: &mut [Turn<'_, '_>]) {
    let only_results =
        |turn: &Turn<'_, '_>| turn.parts.iter().all(|said| matches!(said.part, Some(Part::ToolResult(_))));
    let steps = turns.iter_mut().rev().take_while(|turn| turn.role == Role::Assistant || only_results(turn));
    for step in steps {
        let first = step.parts.iter_mut().find(|said| matches!(said.part, Some(Part::ToolCall(_))));
        if let Some(said @ Said { signature: None, .. }) = first {
            said.signature = Some(NO_SIGNATURE);
        }
    }
}
