//! Reads the tools of a request and the choice among them.

use crate::json::{Item, List, Raw, RequestError, StringOr, Text, required, shape};
use crate::neutral::{Losses, Tool, ToolChoice};
use crate::openai::keep_allowed;
use std::borrow::Cow;

shape! {
    ToolShape {
        kind as "type": Text<'a>,
        name: Text<'a>,
        description: Text<'a>,
        parameters: Raw<'a>,
        strict: bool,
        defer_loading: bool,
        allowed_callers: Vec<Text<'a>>,
    }
}
shape! { ChoiceShape { kind as "type": Text<'a>, name: Text<'a>, mode: Text<'a>, tools: List<AllowedTool<'a>> } }
shape! { AllowedTool { kind as "type": Text<'a>, name: Text<'a> } }

impl<'a> Item for ToolShape<'a> {
    type Kept = Tool<'a>;

    fn read(self, _: usize, losses: &mut Losses) -> Result<Option<Tool<'a>>, RequestError> {
        if self.kind.as_deref() != Some("function") {
            return Err(RequestError::unsupported("type", "only tools of type function can be translated"));
        }
        losses.add_unknown("tools", &self.unknown);
        losses.add_if(self.defer_loading.filter(|deferred| *deferred), "tools.defer_loading");
        let programs = self.allowed_callers.iter().flatten().find(|caller| &***caller != "direct");
        losses.add_if(programs, "tools.allowed_callers");
        Ok(Some(Tool {
            name: required(self.name, "name")?,
            description: self.description,
            schema: self.parameters.map(|schema| std::borrow::Cow::Borrowed(schema.get())),
            strict: self.strict,
        }))
    }
}

impl<'a> Item for AllowedTool<'a> {
    type Kept = Cow<'a, str>;

    fn read(self, _: usize, _: &mut Losses) -> Result<Option<Cow<'a, str>>, RequestError> {
        let is_function = self.kind.as_deref() == Some("function");
        Ok(self.name.filter(|_| is_function).map(Text::into_cow))
    }
}

/// Reads `tool_choice`, which may leave only some of `tools`.
pub(super) fn read_tool_choice<'a>(
    choice: StringOr<'a, ChoiceShape<'a>>,
    tools: &mut Vec<Tool<'a>>,
    losses: &mut Losses,
) -> Result<ToolChoice<'a>, RequestError> {
    let choice = match choice {
        StringOr::Text(word) => {
            return match &*word {
                "none" => Ok(ToolChoice::None),
                "auto" => Ok(ToolChoice::Auto),
                "required" => Ok(ToolChoice::Any),
                _ => {
                    let expected = "expected none, auto, required, a function or allowed_tools";
                    Err(RequestError::shape("tool_choice", expected))
                }
            };
        }
        StringOr::Other(choice) => choice,
    };
    losses.add_unknown("tool_choice", &choice.unknown);
    let chosen = match choice.kind.as_deref().unwrap_or_default() {
        "function" => required(choice.name, "name").map(ToolChoice::Named),
        "allowed_tools" => required(choice.tools, "tools")
            .and_then(|allowed| allowed.take("tools", losses))
            .and_then(|names| keep_allowed(choice.mode.as_deref(), names, tools)),
        _ => Err(RequestError::unsupported("type", "only function and allowed_tools can be translated")),
    };
    chosen.map_err(|error| error.under("tool_choice"))
}
