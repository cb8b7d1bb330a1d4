//! Reads the tools of a request and the choice among them.

use super::proto::Repeated;
use super::schema::{Objects, to_json_schema};
use crate::json::{Item, Raw, RequestError, Text, required, shape};
use crate::neutral::{Losses, Tool, ToolChoice};
use std::borrow::Cow;
use std::collections::BTreeSet;

shape! {
    ToolShape in camel {
        function_declarations as "functionDeclarations": Repeated<Declaration<'a>>,
        google_search as "googleSearch": Raw<'a>,
        google_search_retrieval as "googleSearchRetrieval": Raw<'a>,
        code_execution as "codeExecution": Raw<'a>,
        url_context as "urlContext": Raw<'a>,
        file_search as "fileSearch": Raw<'a>,
        google_maps as "googleMaps": Raw<'a>,
        computer_use as "computerUse": Raw<'a>,
        mcp_servers as "mcpServers": Raw<'a>,
    }
}
shape! {
    Declaration in camel {
        name: Text<'a>,
        description: Text<'a>,
        parameters: Raw<'a>,
        parameters_json_schema as "parametersJsonSchema": Raw<'a>,
    }
}
shape! { ToolConfig in camel { function_calling_config as "functionCallingConfig": Calling<'a> } }
shape! {
    Calling in camel { mode: Text<'a>, allowed_function_names as "allowedFunctionNames": Vec<Text<'a>> }
}

impl<'a> Item for ToolShape<'a> {
    type Kept = Vec<Tool<'a>>;

    fn read(self, _: usize, losses: &mut Losses) -> Result<Option<Vec<Tool<'a>>>, RequestError> {
        let by_google = [
            ("googleSearch", self.google_search),
            ("googleSearchRetrieval", self.google_search_retrieval),
            ("codeExecution", self.code_execution),
            ("urlContext", self.url_context),
            ("fileSearch", self.file_search),
            ("googleMaps", self.google_maps),
            ("computerUse", self.computer_use),
            ("mcpServers", self.mcp_servers),
        ];
        if let Some((field, _)) = by_google.into_iter().find(|(_, tool)| tool.is_some()) {
            return Err(RequestError::unsupported(field, "a tool that Google runs cannot be translated"));
        }
        losses.add_unknown("tools", &self.unknown);
        let declarations = self.function_declarations.map(|list| list.take("functionDeclarations", losses));
        declarations.transpose()
    }
}

impl<'a> Item for Declaration<'a> {
    type Kept = Tool<'a>;

    fn read(self, _: usize, losses: &mut Losses) -> Result<Option<Tool<'a>>, RequestError> {
        losses.add_unknown("tools.functionDeclarations", &self.unknown);
        let schema = match (self.parameters_json_schema, self.parameters) {
            (Some(schema), None) => Some(Cow::Borrowed(schema.get())),
            (None, Some(schema)) => {
                Some(to_json_schema(schema, Objects::AsTheySay).map_err(|error| error.under("parameters"))?)
            }
            (None, None) => None,
            (Some(_), Some(_)) => {
                return Err(RequestError::shape("parameters", "cannot be given beside parametersJsonSchema"));
            }
        };
        Ok(Some(Tool { name: required(self.name, "name")?, description: self.description, schema, strict: None }))
    }
}

/// Reads `toolConfig`, which may leave only some of `tools`.
pub(super) fn read_tool_choice<'a>(
    config: ToolConfig<'a>,
    tools: &mut Vec<Tool<'a>>,
    losses: &mut Losses,
) -> Result<Option<ToolChoice<'a>>, RequestError> {
    losses.add_unknown("toolConfig", &config.unknown);
    let Some(calling) = config.function_calling_config else { return Ok(None) };
    losses.add_unknown("toolConfig.functionCallingConfig", &calling.unknown);
    let choice = match calling.mode.as_deref().unwrap_or_default().to_ascii_uppercase().as_str() {
        "" | "MODE_UNSPECIFIED" => return Ok(None),
        "AUTO" => return Ok(Some(ToolChoice::Auto)),
        "NONE" => return Ok(Some(ToolChoice::None)),
        "ANY" => ToolChoice::Any,
        "VALIDATED" => {
            losses.add("toolConfig.functionCallingConfig.mode");
            ToolChoice::Auto
        }
        _ => {
            let field = "toolConfig.functionCallingConfig.mode";
            return Err(RequestError::shape(field, "expected AUTO, ANY, NONE or VALIDATED"));
        }
    };
    let allowed = calling.allowed_function_names.unwrap_or_default();
    match (choice, &*allowed) {
        (choice, []) => Ok(Some(choice)),
        (ToolChoice::Any, [name]) => Ok(Some(ToolChoice::Named(name.clone()))),
        (choice, names) => {
            // Allowed tools become the only tools: that says the same in every dialect.
            let mut allowed = BTreeSet::<&str>::new();
            allowed.extend(names.iter().map(|name| &**name));
            tools.retain(|tool| allowed.contains(&*tool.name));
            if tools.is_empty() {
                let field = "toolConfig.functionCallingConfig.allowedFunctionNames";
                return Err(RequestError::shape(field, "must name at least one function that is declared"));
            }
            Ok(Some(choice))
        }
    }
}
