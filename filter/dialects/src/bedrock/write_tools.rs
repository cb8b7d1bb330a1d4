//! Writes the tools of a request and the choice among them.

use super::models::Family;
use crate::anthropic::turns::Turn;
use crate::anthropic::write_request::check_tool_choice;
use crate::json::{RequestError, Writer};
use crate::neutral::{Losses, Part, Request, Tool, ToolChoice};
use crate::schema::ANTHROPIC;
use std::collections::BTreeSet;

/// Tools, and what the API itself is told of the choice.
#[derive(Debug, Default)]
pub(super) struct Tools<'r, 'a> {
    offered: &'r [Tool<'a>],
    /// Tools that were called, where none is offered: without them the calls would be refused.
    called: Vec<&'r str>,
    choice: Option<&'r ToolChoice<'a>>,
}

/// A choice in Claude's own words, for what the API has none. It stands in place of the API's own,
/// because Bedrock refuses the two together.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ClaudeChoice<'r> {
    word: &'static str,
    name: Option<&'r str>,
    one_at_a_time: bool,
}

impl<'r, 'a> Tools<'r, 'a> {
    /// Plans what to say of tools; the choice goes past the API if only the model knows it.
    pub(super) fn plan(
        request: &'r Request<'a>,
        family: &Family<'_>,
        turns: &[Turn<'r, 'a>],
        losses: &mut Losses,
    ) -> Result<(Self, Option<ClaudeChoice<'r>>), RequestError> {
        if let Some(claude) = family.claude() {
            check_tool_choice(request, claude)?;
        }
        let takes_claudes_choice = family.claude().is_some_and(|claude| claude.since(4, 5));
        let choice = request.tool_choice.as_ref();
        if request.tools.is_empty() {
            losses.add_if(request.forced_tool(), "tool_choice");
        }
        if request.tools.is_empty() || matches!(choice, Some(ToolChoice::None)) {
            let called = called(turns);
            if called.is_empty() {
                losses.add_if(request.tools.first(), "tools");
                return Ok((Self::default(), None));
            }
            if !takes_claudes_choice {
                return Err(if request.tools.is_empty() {
                    let reason = "this target wants the tools that the conversation called; offer them";
                    RequestError::unsupported("tools", reason)
                } else {
                    let reason = "this target cannot forbid tools in a conversation that called some";
                    RequestError::unsupported("tool_choice", reason)
                });
            }
            let called = if request.tools.is_empty() { called } else { Vec::new() };
            let none = ClaudeChoice { word: "none", name: None, one_at_a_time: false };
            return Ok((Self { offered: &request.tools, called, choice: None }, Some(none)));
        }
        let tools = Self { offered: &request.tools, called: Vec::new(), choice };
        if request.parallel_calls != Some(false) {
            return Ok((tools, None));
        }
        if !takes_claudes_choice {
            losses.add("parallel_tool_calls");
            return Ok((tools, None));
        }
        let (word, name) = match choice {
            Some(ToolChoice::Any) => ("any", None),
            Some(ToolChoice::Named(name)) => ("tool", Some(&**name)),
            _ => ("auto", None),
        };
        Ok((Self { choice: None, ..tools }, Some(ClaudeChoice { word, name, one_at_a_time: true })))
    }

    /// Writes them, if there are any.
    pub(super) fn write(&self, w: &mut Writer<'_>, losses: &mut Losses) {
        if self.offered.is_empty() && self.called.is_empty() {
            return;
        }
        w.key("toolConfig").object(|w| {
            w.key("tools").array(|w| {
                self.offered.iter().for_each(|tool| write_tool(w, tool, losses));
                let only_named =
                    |name: &&'r str| Tool { name: (*name).into(), description: None, schema: None, strict: None };
                self.called.iter().map(only_named).for_each(|tool| write_tool(w, &tool, losses));
            });
            if let Some(choice) = self.choice {
                write_choice(w.key("toolChoice"), choice);
            }
        });
    }
}

impl ClaudeChoice<'_> {
    pub(super) fn write(&self, w: &mut Writer<'_>) {
        w.key("tool_choice").object(|w| {
            w.key("type").string(self.word);
            if let Some(name) = self.name {
                w.key("name").string(name);
            }
            if self.one_at_a_time {
                w.key("disable_parallel_tool_use").bool(true);
            }
        });
    }
}

/// The names of the tools that were called, in order. Results without their call name none.
fn called<'r>(turns: &[Turn<'r, '_>]) -> Vec<&'r str> {
    let mut seen = BTreeSet::new();
    let called = turns.iter().flat_map(|turn| &turn.parts).filter_map(|part| match part {
        Part::ToolCall(call) => Some(&*call.name),
        _ => None,
    });
    called.filter(|name| seen.insert(*name)).collect()
}

fn write_tool(w: &mut Writer<'_>, tool: &Tool<'_>, losses: &mut Losses) {
    w.object(|w| {
        w.key("toolSpec").object(|w| {
            w.key("name").string(&tool.name);
            if let Some(description) = tool.description.as_ref().filter(|description| !description.is_empty()) {
                w.key("description").string(description);
            }
            let schema = ANTHROPIC.of_tool(tool, tool.strict == Some(true), losses);
            w.key("inputSchema").object(|w| w.key("json").literal(&schema));
            if let Some(strict) = tool.strict {
                w.key("strict").bool(strict);
            }
        });
    });
}

fn write_choice(w: &mut Writer<'_>, choice: &ToolChoice<'_>) {
    w.object(|w| match choice {
        ToolChoice::Any => w.key("any").object(|_| ()),
        ToolChoice::Named(name) => w.key("tool").object(|w| w.key("name").string(name)),
        ToolChoice::Auto | ToolChoice::None => w.key("auto").object(|_| ()),
    });
}
