//! Reads `POST /v1/messages`.

use super::blocks::{Block, read_blocks};
use crate::json::{OneOrMany, RequestError, StringOr, Text, parse, shape};
use crate::neutral::{
    Effort, Losses, Message, OutputFormat, Part, Reasoning, Request, Role, Sampling, Tool, ToolChoice,
};
use serde_json::value::RawValue;

shape! {
    MessagesRequest {
        model: Text<'a>,
        max_tokens: u64,
        messages: Vec<MessageShape<'a>>,
        system: OneOrMany<'a, Block<'a>>,
        stop_sequences: Vec<Text<'a>>,
        temperature: f64,
        top_p: f64,
        top_k: u64,
        stream: bool,
        tools: Vec<ToolShape<'a>>,
        tool_choice: Choice<'a>,
        thinking: Thinking<'a>,
        output_config: OutputConfig<'a>,
        metadata: Metadata<'a>,
        mcp_servers: &'a RawValue,
    }
}
shape! { MessageShape { role: Text<'a>, content: OneOrMany<'a, Block<'a>> } }
shape! {
    ToolShape {
        kind as "type": Text<'a>,
        name: Text<'a>,
        description: Text<'a>,
        input_schema: &'a RawValue,
        strict: bool,
    }
}
shape! { Choice { kind as "type": Text<'a>, name: Text<'a>, disable_parallel_tool_use: bool } }
shape! { Thinking { kind as "type": Text<'a>, budget_tokens: u64 } }
shape! { OutputConfig { effort: Text<'a>, format: Format<'a> } }
shape! { Format { kind as "type": Text<'a>, schema: &'a RawValue } }
shape! { Metadata { user_id: Text<'a> } }

/// Reads a request; an error names the field.
pub(crate) fn read_request(body: &str) -> Result<Request<'_>, RequestError> {
    let asked: MessagesRequest<'_> = parse(body)?;
    let mut losses = Losses::default();
    losses.add_unknown("", &asked.unknown);
    if asked.mcp_servers.is_some() {
        return Err(RequestError::unsupported("mcp_servers", "this target cannot call MCP servers"));
    }
    let max_output = asked.max_tokens.ok_or_else(|| RequestError::shape("max_tokens", "is required"))?;
    if max_output == 0 {
        return Err(RequestError::unsupported("max_tokens", "0 only warms a prompt cache, which this target lacks"));
    }
    let turns = asked.messages.ok_or_else(|| RequestError::shape("messages", "is required"))?;
    if turns.is_empty() {
        return Err(RequestError::shape("messages", "must hold at least one message"));
    }
    let mut messages = Vec::with_capacity(turns.len().saturating_add(1));
    messages.extend(read_system(asked.system, &mut losses)?);
    for (at, turn) in turns.into_iter().enumerate() {
        messages.push(read_message(turn, at, &mut losses)?);
    }
    let tools = asked.tools.unwrap_or_default().into_iter().enumerate();
    let tools = tools.map(|(at, tool)| read_tool(tool, at, &mut losses)).collect::<Result<Vec<_>, _>>()?;
    let forbids_parallel = asked.tool_choice.as_ref().and_then(|choice| choice.disable_parallel_tool_use);
    let output = asked.output_config.unwrap_or_default();
    losses.add_unknown("output_config", &output.unknown);
    let metadata = asked.metadata.unwrap_or_default();
    losses.add_unknown("metadata", &metadata.unknown);

    Ok(Request {
        messages,
        tools,
        tool_choice: asked.tool_choice.map(read_tool_choice).transpose()?,
        parallel_calls: forbids_parallel.map(|forbidden| !forbidden),
        max_output: Some(max_output),
        stop: asked.stop_sequences.unwrap_or_default(),
        sampling: Sampling {
            temperature: asked.temperature,
            top_p: asked.top_p,
            top_k: asked.top_k,
            ..Sampling::default()
        },
        choices: None,
        output: output.format.map(read_format).transpose()?,
        reasoning: read_reasoning(asked.thinking, output.effort, &mut losses)?,
        user: metadata.user_id,
        stream: asked.stream.unwrap_or(false),
        losses,
    })
}

fn read_system<'a>(
    system: Option<OneOrMany<'a, Block<'a>>>,
    losses: &mut Losses,
) -> Result<Option<Message<'a>>, RequestError> {
    let parts = match system {
        None => return Ok(None),
        Some(StringOr::Text(text)) => vec![Part::Text(text)],
        Some(StringOr::Other(blocks)) => read_blocks(blocks, &|| "system".to_owned(), losses)?,
    };
    Ok(Some(Message { role: Role::System, parts, at: 0 }))
}

fn read_message<'a>(message: MessageShape<'a>, at: usize, losses: &mut Losses) -> Result<Message<'a>, RequestError> {
    losses.add_unknown("messages", &message.unknown);
    let role = match message.role.as_deref().unwrap_or_default() {
        "user" => Role::User,
        "assistant" => Role::Assistant,
        "system" => Role::System,
        _ => return Err(RequestError::shape(format!("messages[{at}].role"), "expected user, assistant or system")),
    };
    let parts = match message.content {
        None => return Err(RequestError::shape(format!("messages[{at}].content"), "is required")),
        Some(StringOr::Text(text)) => vec![Part::Text(text)],
        Some(StringOr::Other(blocks)) => read_blocks(blocks, &|| format!("messages[{at}].content"), losses)?,
    };
    Ok(Message { role, parts, at })
}

fn read_tool<'a>(tool: ToolShape<'a>, at: usize, losses: &mut Losses) -> Result<Tool<'a>, RequestError> {
    if tool.kind.as_deref().is_some_and(|kind| kind != "custom") {
        let message = "a tool that Anthropic runs cannot be translated";
        return Err(RequestError::unsupported(format!("tools[{at}].type"), message));
    }
    losses.add_unknown("tools", &tool.unknown);
    let missing = |field: &str| RequestError::shape(format!("tools[{at}].{field}"), "is required");
    Ok(Tool {
        name: tool.name.ok_or_else(|| missing("name"))?,
        description: tool.description,
        schema: Some(tool.input_schema.ok_or_else(|| missing("input_schema"))?),
        strict: tool.strict,
    })
}

fn read_tool_choice(choice: Choice<'_>) -> Result<ToolChoice<'_>, RequestError> {
    match choice.kind.as_deref().unwrap_or_default() {
        "auto" => Ok(ToolChoice::Auto),
        "none" => Ok(ToolChoice::None),
        "any" => Ok(ToolChoice::Any),
        "tool" => choice
            .name
            .map(ToolChoice::Named)
            .ok_or_else(|| RequestError::shape("tool_choice.name", "is required with type tool")),
        _ => Err(RequestError::shape("tool_choice.type", "expected auto, any, tool or none")),
    }
}

fn read_format(format: Format<'_>) -> Result<OutputFormat<'_>, RequestError> {
    match (format.kind.as_deref(), format.schema) {
        (Some("json_schema"), Some(schema)) => Ok(OutputFormat::Schema { name: None, schema }),
        (Some("json_schema"), None) => Err(RequestError::shape("output_config.format.schema", "is required")),
        _ => Err(RequestError::shape("output_config.format.type", "expected json_schema")),
    }
}

/// An effort says more than how thinking is switched on.
fn read_reasoning(
    thinking: Option<Thinking<'_>>,
    effort: Option<Text<'_>>,
    losses: &mut Losses,
) -> Result<Option<Reasoning>, RequestError> {
    let effort = effort
        .map(|word| {
            Effort::from_word(&word)
                .map(Reasoning::Effort)
                .ok_or_else(|| RequestError::shape("output_config.effort", "expected low, medium, high, xhigh or max"))
        })
        .transpose()?;
    let Some(thinking) = thinking else { return Ok(effort) };
    losses.add_unknown("thinking", &thinking.unknown);
    match thinking.kind.as_deref().unwrap_or_default() {
        "disabled" => Ok(effort.or(Some(Reasoning::Off))),
        "adaptive" | "between_tools" => Ok(effort.or(Some(Reasoning::Adaptive))),
        "enabled" => {
            let missing = || RequestError::shape("thinking.budget_tokens", "is required with type enabled");
            let budget = thinking.budget_tokens.ok_or_else(missing)?;
            Ok(effort.or(Some(Reasoning::Budget(budget))))
        }
        _ => Err(RequestError::shape("thinking.type", "expected enabled, adaptive, between_tools or disabled")),
    }
}
