//! Reads `contents` into messages: results find their calls, and pieces of one turn come together.

use super::parts::{PartShape, Piece};
use super::proof;
use super::proto::Repeated;
use crate::json::{Item, RequestError, Text, shape};
use crate::neutral::{Losses, Message, Part, Role};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

shape! { Content in camel { role: Text<'a>, parts: Repeated<PartShape<'a>> } }

/// One content.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    role: Role,
    pieces: Vec<Piece<'a>>,
    at: usize,
}

impl<'a> Item for Content<'a> {
    type Kept = Turn<'a>;

    fn read(self, at: usize, losses: &mut Losses) -> Result<Option<Turn<'a>>, RequestError> {
        losses.add_unknown("contents", &self.unknown);
        let role = self.role.as_deref().unwrap_or_default();
        let is = |known: &str| role.eq_ignore_ascii_case(known);
        let role = match () {
            () if role.is_empty() || is("user") || is("function") => Role::User,
            () if is("model") => Role::Assistant,
            () => return Err(RequestError::shape("role", "expected user or model")),
        };
        let pieces = self.parts.map(|parts| parts.take("parts", losses)).transpose()?.unwrap_or_default();
        for (index, piece) in pieces.iter().enumerate() {
            let misplaced = match &piece.part {
                Part::ToolResult(_) => role == Role::Assistant,
                Part::ToolCall(_) | Part::Thinking { .. } => role == Role::User,
                _ => false,
            };
            if misplaced {
                let message = "only the model can call functions and think, and only the user can give their results";
                return Err(RequestError::shape(format!("parts[{index}]"), message));
            }
        }
        Ok(Some(Turn { role, pieces, at }))
    }
}

/// The texts of `systemInstruction`, whose role does not matter.
pub(super) fn read_instructions<'a>(
    content: Content<'a>,
    losses: &mut Losses,
) -> Result<Option<Message<'a>>, RequestError> {
    let pieces = content.parts.map(|parts| parts.take("systemInstruction.parts", losses)).transpose()?;
    let parts: Vec<Part<'_>> = pieces.into_iter().flatten().map(|piece| piece.part).collect();
    if !parts.iter().all(|part| matches!(part, Part::Text(_))) {
        return Err(RequestError::shape("systemInstruction.parts", "instructions can only be text"));
    }
    Ok((!parts.is_empty()).then_some(Message { role: Role::System, parts, at: 0 }))
}

/// Calls that have been made, so that results find theirs. Needed only where one of them has no id.
#[derive(Debug, Default)]
struct Calls<'a> {
    made: u64,
    /// Ids of the conversation's own, which none that is made up may be.
    taken: BTreeSet<Text<'a>>,
    /// The ids of each function's calls, oldest first.
    waiting: BTreeMap<Text<'a>, VecDeque<Text<'a>>>,
    answered: BTreeSet<Text<'a>>,
}

impl<'a> Calls<'a> {
    /// Those of `turns`, none of which is made yet. `None`: all calls and results have an id.
    fn of(turns: &[Turn<'a>]) -> Option<Self> {
        let pieces = || turns.iter().flat_map(|turn| &turn.pieces);
        let lacks_id = |piece: &Piece<'_>| match &piece.part {
            Part::ToolCall(call) => call.id.is_empty(),
            Part::ToolResult(result) => result.call_id.is_empty(),
            _ => false,
        };
        let ids = pieces().filter_map(|piece| match &piece.part {
            Part::ToolCall(call) => Some(call.id.clone()),
            _ => None,
        });
        pieces().any(lacks_id).then(|| {
            let mut calls = Self::default();
            // Collecting them would bring in a sort.
            calls.taken.extend(ids);
            calls
        })
    }

    fn call(&mut self, name: &Text<'a>, id: &mut Text<'a>) {
        while id.is_empty() {
            let made_up = Text::from(format!("call_{}", self.made));
            self.made = self.made.saturating_add(1);
            if !self.taken.contains(&made_up) {
                *id = made_up;
            }
        }
        self.waiting.entry(name.clone()).or_default().push_back(id.clone());
    }

    /// Without an id, a result is of its function's oldest call that has none yet.
    fn answer(&mut self, name: Option<&Text<'a>>, id: &mut Text<'a>) -> Result<(), RequestError> {
        if id.is_empty() {
            let waiting = name.and_then(|name| self.waiting.get_mut(name));
            let next =
                waiting.and_then(|ids| std::iter::from_fn(|| ids.pop_front()).find(|id| !self.answered.contains(id)));
            *id = next.ok_or_else(|| RequestError::shape("", "no call of this function waits for a result"))?;
        }
        self.answered.insert(id.clone());
        Ok(())
    }
}

/// The messages that `turns` are.
pub(super) fn to_messages<'a>(turns: Vec<Turn<'a>>) -> Result<Vec<Message<'a>>, RequestError> {
    let mut calls = Calls::of(&turns);
    let mut messages: Vec<Message<'_>> = Vec::with_capacity(turns.len());
    for Turn { role, pieces, at } in turns {
        if messages.last().is_none_or(|message| message.role != role) {
            messages.push(Message { role, parts: Vec::with_capacity(pieces.len()), at });
        }
        let Some(message) = messages.last_mut() else { continue };
        for (index, mut piece) in pieces.into_iter().enumerate() {
            match (&mut piece.part, &mut calls) {
                (Part::ToolCall(call), Some(calls)) => calls.call(&call.name, &mut call.id),
                (Part::ToolResult(result), Some(calls)) => {
                    let found = calls.answer(piece.result_of.as_ref(), &mut result.call_id);
                    found.map_err(|error| error.under(&format!("contents[{at}].parts[{index}].functionResponse")))?;
                }
                _ => {}
            }
            match (message.parts.last_mut(), &piece.part) {
                // A stream's pieces, as SDKs keep them in their history.
                (Some(Part::Text(before)), Part::Text(text)) if role == Role::Assistant => {
                    before.push_str(text);
                    message.parts.extend(piece.proof);
                }
                _ => proof::push(&mut message.parts, piece.part, piece.proof),
            }
        }
    }
    messages.retain(|message| !message.parts.is_empty());
    Ok(messages)
}
