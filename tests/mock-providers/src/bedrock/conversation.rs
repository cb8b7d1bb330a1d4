//! Checks messages: who may speak when, and that tool results follow tool uses at once.

use super::blocks::{self, Block, Speaker};
use super::model::{Family, Model};
use super::model_says;
use crate::model_name::claude_version;
use crate::problem::Problem;
use crate::shape::Node;
use std::collections::HashSet;

const MOST_DOCUMENTS: usize = 5;

/// A message, read.
struct Message<'a> {
    node: Node<'a>,
    speaker: Speaker,
    blocks: Vec<Block<'a>>,
}

impl<'a> Message<'a> {
    fn uses(&self) -> Vec<&'a str> {
        self.blocks.iter().filter_map(|block| if let Block::ToolUse(id) = block { Some(*id) } else { None }).collect()
    }

    fn results(&self) -> Vec<&'a str> {
        self.blocks
            .iter()
            .filter_map(|block| if let Block::ToolResult(id) = block { Some(*id) } else { None })
            .collect()
    }
}

/// Checks `messages`. Whether tools are offered matters, as without them there are no uses to speak of.
pub fn check(messages: &Node<'_>, model: &Model, tools_offered: bool) -> Result<(), Problem> {
    let mut list = Vec::new();
    for node in messages.array()? {
        list.push(read(node, model)?);
    }
    turns(messages, &list)?;
    system_turns(&list, model)?;
    if !tools_offered && list.iter().any(|message| !message.uses().is_empty() || !message.results().is_empty()) {
        let message = "The toolConfig field must be defined when using toolUse and toolResult content blocks.";
        return Err(messages.problem(message));
    }
    tool_turns(&list)?;
    if model.family == Family::Claude {
        results_first(&list)?;
    }
    documents(&list)?;
    last_word(messages, &list, model)
}

fn read<'a>(node: Node<'a>, model: &Model) -> Result<Message<'a>, Problem> {
    let fields = node.object(&["role", "content"])?;
    let speaker = match fields.required("role")?.one_of(&["user", "assistant", "system"])? {
        "user" => Speaker::User,
        "assistant" => Speaker::Assistant,
        _ => Speaker::System,
    };
    let content = fields.required("content")?.array()?;
    if content.is_empty() {
        return Err(node.problem(&format!(
            "The content field in the Message object at {} is empty. Add a ContentBlock object to the content field \
             and try again.",
            node.path
        )));
    }
    let blocks = content.iter().map(|block| blocks::block(block, speaker, model)).collect::<Result<_, _>>()?;
    Ok(Message { node, speaker, blocks })
}

fn turns(messages: &Node<'_>, list: &[Message<'_>]) -> Result<(), Problem> {
    if list.first().is_none_or(|first| first.speaker != Speaker::User) {
        return Err(messages.problem(
            "A conversation must start with a user message. Try again with a conversation that starts with a user \
             message.",
        ));
    }
    let speakers: Vec<_> = list.iter().map(|message| message.speaker).filter(|s| *s != Speaker::System).collect();
    if speakers.windows(2).any(|pair| matches!(pair, [before, after] if before == after)) {
        return Err(messages.problem(
            "A conversation must alternate between user and assistant roles. Make sure the conversation alternates \
             between user and assistant roles and try again.",
        ));
    }
    Ok(())
}

/// The newest Claude models take the operator's word in the middle of a conversation, after a user's.
fn system_turns(list: &[Message<'_>], model: &Model) -> Result<(), Problem> {
    let claude = model.family == Family::Claude && model.name != "claude-sonnet-5";
    let supported = claude && claude_version(&model.name).is_some_and(|version| version >= (4, 8));
    for pair in list.windows(2) {
        let [before, message] = pair else { continue };
        if message.speaker != Speaker::System {
            continue;
        }
        let path = &message.node.path;
        if !supported {
            return Err(model_says(Problem::invalid(format!("{path}: role 'system' is not supported on this model"))));
        }
        if before.speaker != Speaker::User {
            let message = format!("{path}: role 'system' must immediately follow a 'user' message");
            return Err(model_says(Problem::invalid(message)));
        }
    }
    Ok(())
}

fn tool_turns(list: &[Message<'_>]) -> Result<(), Problem> {
    let mut seen = HashSet::new();
    let mut open: Vec<&str> = Vec::new();
    for message in list.iter().filter(|message| message.speaker != Speaker::System) {
        let path = format!("{}.content", message.node.path);
        let results = message.results();
        no_duplicates(message, &path, "toolResult", &results)?;
        if results.len() > open.len() {
            return Err(message.node.problem(&format!(
                "The number of toolResult blocks at {path} exceeds the number of toolUse blocks of previous turn."
            )));
        }
        unanswered(message, &path, &open, &results)?;
        open = message.uses();
        no_duplicates(message, &path, "toolUse", &open)?;
        if let Some(id) = open.iter().find(|id| !seen.insert(**id)) {
            return Err(model_says(Problem::invalid(format!("{path}: `tool_use` ids must be unique: {id}"))));
        }
    }
    match list.last() {
        Some(last) if !open.is_empty() => {
            let path = format!("messages.{}.content", list.len());
            unanswered(last, &path, &open, &[])
        }
        _ => Ok(()),
    }
}

fn no_duplicates(message: &Message<'_>, path: &str, kind: &str, ids: &[&str]) -> Result<(), Problem> {
    let mut seen = HashSet::new();
    match ids.iter().find(|id| !seen.insert(**id)) {
        Some(id) => Err(message.node.problem(&format!("The {kind} blocks at {path} contain duplicate Ids: {id}"))),
        None => Ok(()),
    }
}

fn unanswered(message: &Message<'_>, path: &str, open: &[&str], results: &[&str]) -> Result<(), Problem> {
    let missing: Vec<_> = open.iter().filter(|id| !results.contains(id)).copied().collect();
    if missing.is_empty() {
        return Ok(());
    }
    let ids = missing.join(", ");
    Err(message.node.problem(&format!("Expected toolResult blocks at {path} for the following Ids: {ids}")))
}

fn results_first(list: &[Message<'_>]) -> Result<(), Problem> {
    let is_result = |block: &&Block<'_>| matches!(block, Block::ToolResult(_));
    for message in list {
        let leading = message.blocks.iter().take_while(is_result).count();
        if leading < message.results().len() {
            return Err(model_says(Problem::invalid(format!(
                "{}.content: `tool_result` blocks must come first in the content of the message after the `tool_use` \
                 blocks",
                message.node.path
            ))));
        }
    }
    Ok(())
}

fn documents(list: &[Message<'_>]) -> Result<(), Problem> {
    let mut names = HashSet::new();
    let mut found = 0;
    for message in list {
        let mut with_text = message.blocks.iter().any(|block| matches!(block, Block::Text(_)));
        for block in &message.blocks {
            let Block::Document(name) = block else { continue };
            found += 1;
            if !std::mem::replace(&mut with_text, true) {
                return Err(message.node.problem("A text block must be included when using documents."));
            }
            if !names.insert(*name) {
                let what = format!("Document names must be unique. Found more than one document named {name}.");
                return Err(message.node.problem(&what));
            }
        }
        if found > MOST_DOCUMENTS {
            let what = format!("The number of documents exceeds the maximum of {MOST_DOCUMENTS}.");
            return Err(message.node.problem(&what));
        }
    }
    Ok(())
}

/// A final assistant message is continued, where Claude still does so.
fn last_word(messages: &Node<'_>, list: &[Message<'_>], model: &Model) -> Result<(), Problem> {
    let Some(last) = list.last().filter(|last| last.speaker == Speaker::Assistant) else {
        return Ok(());
    };
    if model.family != Family::Claude {
        return Ok(());
    }
    if claude_version(&model.name) >= Some((4, 6)) {
        return Err(model_says(Problem::invalid(
            "This model does not support assistant message prefill. The conversation must end with a user message.",
        )));
    }
    match last.blocks.last() {
        Some(Block::Text(text)) if text.ends_with(char::is_whitespace) => {
            let path = &messages.path;
            let message = format!("{path}: final assistant content cannot end with trailing whitespace");
            Err(model_says(Problem::invalid(message)))
        }
        _ => Ok(()),
    }
}
