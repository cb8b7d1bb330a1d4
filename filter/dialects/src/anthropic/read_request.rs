//! Reads `POST /v1/messages`.

use super::TIERS;
use super::blocks::Content;
use crate::json::{Item, List, Raw, RequestError, Text, parse, required, shape};
use crate::neutral::{
    Effort, Hints, Losses, Message, OutputFormat, Reasoning, Request, Role, Sampling, Thoughts, Tier, Tool, ToolChoice,
    read_content, with_system,
};
use std::borrow::Cow;

shape! {
    MessagesRequest {
        model: Text<'a>,
        max_tokens: u64,
        messages: List<MessageShape<'a>>,
        system: Content<'a>,
        stop_sequences: Vec<Text<'a>>,
        temperature: f64,
        top_p: f64,
        top_k: u64,
        stream: bool,
        tools: List<ToolShape<'a>>,
        tool_choice: Choice<'a>,
        thinking: Thinking<'a>,
        output_config: OutputConfig<'a>,
        metadata: Metadata<'a>,
        service_tier: Text<'a>,
        mcp_servers: Raw<'a>,
    }
}
shape! { MessageShape { role: Text<'a>, content: Content<'a> } }
shape! {
    ToolShape {
        kind as "type": Text<'a>,
        name: Text<'a>,
        description: Text<'a>,
        input_schema: Raw<'a>,
        strict: bool,
    }
}
shape! { Choice { kind as "type": Text<'a>, name: Text<'a>, disable_parallel_tool_use: bool } }
shape! { Thinking { kind as "type": Text<'a>, budget_tokens: u64, display: Text<'a> } }
shape! { OutputConfig { effort: Text<'a>, format: Format<'a> } }
shape! { Format { kind as "type": Text<'a>, schema: Raw<'a> } }
shape! { Metadata { user_id: Text<'a> } }

/// Reads a request; an error names the field.
pub(crate) fn read_request(body: &str) -> Result<Request<'_>, RequestError> {
    read(body, |max_output| match required(max_output, "max_tokens")? {
        0 => Err(RequestError::unsupported("max_tokens", "0 only warms a prompt cache, which this target lacks")),
        max_output => Ok(Some(max_output)),
    })
}

/// Reads a request of which only the input tokens are to be counted: it has no cap on its output.
pub(crate) fn read_counted(body: &str) -> Result<Request<'_>, RequestError> {
    read(body, Ok)
}

fn read(body: &str, cap: fn(Option<u64>) -> Result<Option<u64>, RequestError>) -> Result<Request<'_>, RequestError> {
    let asked: MessagesRequest<'_> = parse(body)?;
    let mut losses = Losses::default();
    losses.add_unknown("", &asked.unknown);
    if asked.mcp_servers.is_some() {
        return Err(RequestError::unsupported("mcp_servers", "this target cannot call MCP servers"));
    }
    let max_output = cap(asked.max_tokens)?;
    let messages = read_messages(asked.system, asked.messages, &mut losses)?;
    let tools = asked.tools.map(|tools| tools.take("tools", &mut losses)).transpose()?.unwrap_or_default();
    let forbids_parallel = asked.tool_choice.as_ref().and_then(|choice| choice.disable_parallel_tool_use);
    if let Some(choice) = &asked.tool_choice {
        losses.add_unknown("tool_choice", &choice.unknown);
    }
    let output = asked.output_config.unwrap_or_default();
    losses.add_unknown("output_config", &output.unknown);
    let (reasoning, thoughts) = read_reasoning(asked.thinking, output.effort, &mut losses)?;
    let metadata = asked.metadata.unwrap_or_default();
    losses.add_unknown("metadata", &metadata.unknown);

    Ok(Request {
        messages,
        tools,
        tool_choice: asked.tool_choice.map(read_tool_choice).transpose()?,
        parallel_calls: forbids_parallel.map(|forbidden| !forbidden),
        max_output,
        stop: asked.stop_sequences.unwrap_or_default(),
        sampling: Sampling {
            temperature: asked.temperature,
            top_p: asked.top_p,
            top_k: asked.top_k,
            ..Sampling::default()
        },
        choices: None,
        output: output.format.map(|format| read_format(format, &mut losses)).transpose()?,
        reasoning,
        thoughts,
        hints: Hints {
            user: metadata.user_id,
            tier: asked.service_tier.map(|tier| read_tier(&tier)).transpose()?,
            ..Hints::default()
        },
        stream: asked.stream.unwrap_or(false),
        losses,
    })
}

fn read_tier(word: &str) -> Result<Tier, RequestError> {
    Tier::from_word(&TIERS, word).ok_or_else(|| RequestError::shape("service_tier", "expected auto or standard_only"))
}

fn read_messages<'a>(
    system: Option<Content<'a>>,
    messages: Option<List<MessageShape<'a>>>,
    losses: &mut Losses,
) -> Result<Vec<Message<'a>>, RequestError> {
    let messages = required(messages, "messages")?.take("messages", losses)?;
    with_system(messages, system.map(|system| read_content(system, "system", losses)).transpose())
}

impl<'a> Item for MessageShape<'a> {
    type Kept = Message<'a>;

    fn read(self, at: usize, losses: &mut Losses) -> Result<Option<Message<'a>>, RequestError> {
        losses.add_unknown("messages", &self.unknown);
        let role = Role::of_turn(self.role.as_deref())?;
        let parts = read_content(required(self.content, "content")?, "content", losses)?;
        Message { role, parts, at }.well_placed().map(Some)
    }
}

impl<'a> Item for ToolShape<'a> {
    type Kept = Tool<'a>;

    fn read(self, _: usize, losses: &mut Losses) -> Result<Option<Tool<'a>>, RequestError> {
        if self.kind.as_deref().is_some_and(|kind| kind != "custom") {
            return Err(RequestError::unsupported("type", "a tool that Anthropic runs cannot be translated"));
        }
        losses.add_unknown("tools", &self.unknown);
        Ok(Some(Tool {
            name: required(self.name, "name")?,
            description: self.description,
            schema: Some(Cow::Borrowed(required(self.input_schema, "input_schema")?.get())),
            strict: self.strict,
        }))
    }
}

fn read_tool_choice(choice: Choice<'_>) -> Result<ToolChoice<'_>, RequestError> {
    match choice.kind.as_deref().unwrap_or_default() {
        "auto" => Ok(ToolChoice::Auto),
        "none" => Ok(ToolChoice::None),
        "any" => Ok(ToolChoice::Any),
        "tool" => required(choice.name, "name").map(ToolChoice::Named).map_err(|error| error.under("tool_choice")),
        _ => Err(RequestError::shape("tool_choice.type", "expected auto, any, tool or none")),
    }
}

fn read_format<'a>(format: Format<'a>, losses: &mut Losses) -> Result<OutputFormat<'a>, RequestError> {
    losses.add_unknown("output_config.format", &format.unknown);
    match (format.kind.as_deref(), format.schema) {
        (Some("json_schema"), Some(schema)) => {
            Ok(OutputFormat::Schema { name: None, description: None, schema: Cow::Borrowed(schema.get()) })
        }
        (Some("json_schema"), None) => Err(RequestError::shape("output_config.format.schema", "is required")),
        _ => Err(RequestError::shape("output_config.format.type", "expected json_schema")),
    }
}

fn read_reasoning(
    thinking: Option<Thinking<'_>>,
    effort: Option<Text<'_>>,
    losses: &mut Losses,
) -> Result<(Option<Reasoning>, Thoughts), RequestError> {
    let unknown = || RequestError::shape("output_config.effort", "expected low, medium, high, xhigh or max");
    let effort = effort.map(|word| Effort::from_word(&word).ok_or_else(unknown)).transpose()?;
    let Some(thinking) = thinking else { return Ok((Reasoning::of(None, effort), Thoughts::Unsaid)) };
    losses.add_unknown("thinking", &thinking.unknown);
    let (switch, thoughts) = read_thinking(thinking.kind, thinking.budget_tokens, thinking.display)
        .map_err(|error| error.under("thinking"))?;
    Ok((Reasoning::of(Some(switch), effort), thoughts))
}

/// Reads the members of `thinking`.
pub(crate) fn read_thinking(
    kind: Option<Text<'_>>,
    budget: Option<u64>,
    display: Option<Text<'_>>,
) -> Result<(Reasoning, Thoughts), RequestError> {
    let switch = match kind.as_deref().unwrap_or_default() {
        "disabled" => Reasoning::OFF,
        "adaptive" | "between_tools" => Reasoning::Adaptive,
        "enabled" => Reasoning::budget(required(budget, "budget_tokens")?),
        _ => return Err(RequestError::shape("type", "expected enabled, adaptive, between_tools or disabled")),
    };
    let thoughts = display.map_or(Ok(Thoughts::Unsaid), |word| Thoughts::from_word(&word))?;
    Ok((switch, thoughts))
}
