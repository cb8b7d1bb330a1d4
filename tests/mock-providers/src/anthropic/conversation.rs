//! Checks messages: who may speak when, and that tool results follow tool uses at once.

use super::blocks::{self, Block, Speaker};
use super::version::Version;
use crate::model_name::claude_version;
use crate::problem::Problem;
use crate::shape::Node;
use std::collections::HashSet;

/// A message, read.
struct Message<'a> {
    node: Node<'a>,
    speaker: Speaker,
    blocks: Vec<Block<'a>>,
}

/// Checks `messages`.
pub fn check(messages: &Node<'_>, model: &str, version: Version) -> Result<(), Problem> {
    let mut list = Vec::new();
    for node in messages.array()? {
        list.push(read(node, version)?);
    }
    let Some(first) = list.first() else {
        return Err(messages.problem("at least one message is required"));
    };
    if first.speaker != Speaker::User {
        return Err(messages.problem("first message must use the \"user\" role"));
    }
    system_turns(&list, model)?;
    nothing_empty(&list)?;
    tool_turns(&list)?;
    last_word(messages, &list, model)
}

fn read(node: Node<'_>, version: Version) -> Result<Message<'_>, Problem> {
    let fields = node.object(&["role", "content"])?;
    let speaker = match fields.required("role")?.one_of(&["user", "assistant", "system"])? {
        "user" => Speaker::User,
        "assistant" => Speaker::Assistant,
        _ => Speaker::System,
    };
    let blocks = blocks::content(&fields.required("content")?, speaker, version)?;
    Ok(Message { node, speaker, blocks })
}

fn system_turns(list: &[Message<'_>], model: &str) -> Result<(), Problem> {
    let supported = claude_version(model).is_some_and(|v| v >= (4, 8)) && model != "claude-sonnet-5";
    for pair in list.windows(2) {
        let [before, message] = pair else { continue };
        if message.speaker != Speaker::System {
            continue;
        }
        if !supported {
            return Err(message.node.problem("role 'system' is not supported on this model"));
        }
        if before.speaker != Speaker::User {
            let what = "role 'system' must immediately follow a 'user' message";
            return Err(message.node.problem(what));
        }
    }
    Ok(())
}

fn nothing_empty(list: &[Message<'_>]) -> Result<(), Problem> {
    let last = list.len() - 1;
    for (index, message) in list.iter().enumerate() {
        let excused = index == last && message.speaker == Speaker::Assistant;
        if message.blocks.is_empty() && !excused {
            return Err(message.node.problem(
                "all messages must have non-empty content except for the optional final assistant \
                 message",
            ));
        }
    }
    Ok(())
}

fn tool_turns(list: &[Message<'_>]) -> Result<(), Problem> {
    let mut seen = HashSet::new();
    let mut open: Vec<&str> = Vec::new();
    for message in list {
        let mut answered = HashSet::new();
        for result in message.blocks.iter().filter_map(Block::result) {
            if !open.contains(&result) {
                return Err(message.node.tagged("content").problem(&format!(
                    "unexpected `tool_use_id` found in `tool_result` blocks: {result}. Each \
                     `tool_result` block must have a corresponding `tool_use` block in the \
                     previous message."
                )));
            }
            if !answered.insert(result) {
                return Err(message.node.tagged("content").problem(&format!(
                    "each tool_use must have a single result. Found multiple `tool_result` blocks \
                     with id: {result}"
                )));
            }
        }
        let unanswered: Vec<_> = open.iter().filter(|id| !answered.contains(*id)).collect();
        if !unanswered.is_empty() {
            return Err(without_results(&unanswered));
        }
        results_first(message)?;
        open = message.blocks.iter().filter_map(Block::tool_use).collect();
        for id in &open {
            if !seen.insert(*id) {
                let what = "`tool_use` ids must be unique";
                return Err(message.node.tagged("content").problem(what));
            }
        }
    }
    if open.is_empty() { Ok(()) } else { Err(without_results(&open.iter().collect::<Vec<_>>())) }
}

fn without_results(ids: &[&&str]) -> Problem {
    let ids: Vec<&str> = ids.iter().map(|id| **id).collect();
    Problem::invalid(format!(
        "messages: `tool_use` ids were found without `tool_result` blocks immediately after: {}. \
         Each `tool_use` block must have a corresponding `tool_result` block in the next message.",
        ids.join(", ")
    ))
}

fn results_first(message: &Message<'_>) -> Result<(), Problem> {
    let results = message.blocks.iter().filter(|block| block.result().is_some()).count();
    let leading = message.blocks.iter().take_while(|block| block.result().is_some()).count();
    if leading == results {
        return Ok(());
    }
    Err(message.node.tagged("content").problem(
        "`tool_result` blocks must come first in the content of the message after the `tool_use` \
         blocks",
    ))
}

/// A final assistant message is continued, where the model still does so.
fn last_word(messages: &Node<'_>, list: &[Message<'_>], model: &str) -> Result<(), Problem> {
    let Some(last) = list.last().filter(|last| last.speaker == Speaker::Assistant) else {
        return Ok(());
    };
    if claude_version(model) >= Some((4, 6)) {
        return Err(Problem::invalid(
            "This model does not support assistant message prefill. The conversation must end \
             with a user message.",
        ));
    }
    match last.blocks.last() {
        Some(Block::Text(text)) if text.ends_with(char::is_whitespace) => {
            Err(messages.problem("final assistant content cannot end with trailing whitespace"))
        }
        _ => Ok(()),
    }
}
