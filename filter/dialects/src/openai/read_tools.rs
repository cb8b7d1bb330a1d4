//! Reads the tools of a request and the choice among them.

use crate::json::{Item, List, Raw, RequestError, StringOr, Text, required, shape};
use crate::neutral::{Losses, Tool, ToolChoice};
use std::borrow::Cow;
use std::collections::BTreeSet;

shape! { ChatTool { kind as "type": Text<'a>, function: Function<'a> } }
shape! {
    Function { name: Text<'a>, description: Text<'a>, parameters: Raw<'a>, strict: bool }
}
shape! {
    NamedChoice { kind as "type": Text<'a>, function: NamedFunction<'a>, allowed_tools: AllowedTools<'a> }
}
shape! { NamedFunction { name: Text<'a> } }
shape! { AllowedTool { kind as "type": Text<'a>, function: NamedFunction<'a> } }
shape! { AllowedTools { mode: Text<'a>, tools: List<AllowedTool<'a>> } }

impl<'a> Item for ChatTool<'a> {
    type Kept = Tool<'a>;

    fn read(self, _: usize, losses: &mut Losses) -> Result<Option<Tool<'a>>, RequestError> {
        if self.kind.as_deref() != Some("function") {
            return Err(RequestError::unsupported("type", "only tools of type function can be translated"));
        }
        let function = required(self.function, "function")?;
        losses.add_unknown("tools", &self.unknown);
        losses.add_unknown("tools.function", &function.unknown);
        Ok(Some(Tool {
            name: required(function.name, "name").map_err(|error| error.under("function"))?,
            description: function.description,
            schema: function.parameters.map(|schema| Cow::Borrowed(schema.get())),
            strict: function.strict,
        }))
    }
}

impl<'a> Item for AllowedTool<'a> {
    type Kept = Cow<'a, str>;

    fn read(self, _: usize, _: &mut Losses) -> Result<Option<Cow<'a, str>>, RequestError> {
        let function = self.function.filter(|_| self.kind.as_deref() == Some("function"));
        Ok(function.and_then(|function| function.name).map(Text::into_cow))
    }
}

/// Reads `tool_choice`, which may leave only some of `tools`.
pub(super) fn read_tool_choice<'a>(
    choice: StringOr<'a, NamedChoice<'a>>,
    tools: &mut Vec<Tool<'a>>,
    losses: &mut Losses,
) -> Result<ToolChoice<'a>, RequestError> {
    let wrong = || RequestError::shape("tool_choice", "expected none, auto, required, a function or allowed_tools");
    let choice = match choice {
        StringOr::Text(word) => {
            return match &*word {
                "none" => Ok(ToolChoice::None),
                "auto" => Ok(ToolChoice::Auto),
                "required" => Ok(ToolChoice::Any),
                _ => Err(wrong()),
            };
        }
        StringOr::Other(choice) => choice,
    };
    losses.add_unknown("tool_choice", &choice.unknown);
    match choice.kind.as_deref() {
        Some("function") => choice.function.and_then(|f| f.name).map(ToolChoice::Named).ok_or_else(wrong),
        Some("allowed_tools") => {
            let allowed = choice.allowed_tools.ok_or_else(wrong)?;
            let names = required(allowed.tools, "tools").and_then(|tools| tools.take("tools", losses));
            let kept = names.and_then(|names| keep_allowed(allowed.mode.as_deref(), names, tools));
            kept.map_err(|error| error.under("tool_choice.allowed_tools"))
        }
        _ => Err(wrong()),
    }
}

/// Allowed tools become the only tools: that says the same in every dialect. `mode` says whether one
/// must be called.
pub(crate) fn keep_allowed<'a>(
    mode: Option<&str>,
    names: impl IntoIterator<Item = Cow<'a, str>>,
    tools: &mut Vec<Tool<'a>>,
) -> Result<ToolChoice<'a>, RequestError> {
    let choice = match mode {
        Some("required") => ToolChoice::Any,
        Some("auto") => ToolChoice::Auto,
        _ => return Err(RequestError::shape("mode", "expected auto or required")),
    };
    let mut allowed = BTreeSet::new();
    allowed.extend(names);
    tools.retain(|tool| allowed.contains(&*tool.name));
    if tools.is_empty() {
        return Err(RequestError::shape("tools", "must name at least one function that is offered"));
    }
    Ok(choice)
}
