//! Reads `POST /v1/chat/completions`.

use super::parts::{ChatPart, read_content};
use crate::json::{OneOrMany, RequestError, StringOr, Text, parse, shape};
use crate::neutral::{
    Arguments, Effort, Losses, Message, OutputFormat, Part, Reasoning, Request, Role, Sampling, Tool, ToolCall,
    ToolChoice, ToolResult,
};
use serde_json::value::RawValue;

shape! {
    ChatRequest {
        model: Text<'a>,
        messages: Vec<ChatMessage<'a>>,
        max_completion_tokens: u64,
        max_tokens: u64,
        temperature: f64,
        top_p: f64,
        frequency_penalty: f64,
        presence_penalty: f64,
        seed: f64,
        n: u64,
        stop: OneOrMany<'a, Text<'a>>,
        stream: bool,
        stream_options: StreamOptions<'a>,
        tools: Vec<ChatTool<'a>>,
        tool_choice: StringOr<'a, NamedChoice<'a>>,
        parallel_tool_calls: bool,
        response_format: ResponseFormat<'a>,
        reasoning_effort: Text<'a>,
        user: Text<'a>,
        safety_identifier: Text<'a>,
        modalities: Vec<Text<'a>>,
        functions: &'a RawValue,
        function_call: &'a RawValue,
        web_search_options: &'a RawValue,
    }
}
shape! { StreamOptions { include_usage: bool, include_obfuscation: bool } }
shape! {
    ChatMessage {
        role: Text<'a>,
        content: OneOrMany<'a, ChatPart<'a>>,
        refusal: Text<'a>,
        tool_calls: Vec<ChatToolCall<'a>>,
        tool_call_id: Text<'a>,
        reasoning_content: Text<'a>,
        thinking_blocks: Vec<ThinkingBlock<'a>>,
    }
}
shape! { ThinkingBlock { kind as "type": Text<'a>, thinking: Text<'a>, signature: Text<'a>, data: Text<'a> } }
shape! { ChatToolCall { id: Text<'a>, kind as "type": Text<'a>, function: FunctionCall<'a> } }
shape! { FunctionCall { name: Text<'a>, arguments: Text<'a> } }
shape! { ChatTool { kind as "type": Text<'a>, function: Function<'a> } }
shape! {
    Function { name: Text<'a>, description: Text<'a>, parameters: &'a RawValue, strict: bool }
}
shape! {
    NamedChoice { kind as "type": Text<'a>, function: NamedFunction<'a>, allowed_tools: AllowedTools<'a> }
}
shape! { NamedFunction { name: Text<'a> } }
shape! { AllowedTools { mode: Text<'a>, tools: Vec<NamedChoice<'a>> } }
shape! { ResponseFormat { kind as "type": Text<'a>, json_schema: JsonSchema<'a> } }
shape! {
    JsonSchema { name: Text<'a>, schema: &'a RawValue, description: Text<'a>, strict: bool }
}

/// Reads a request; an error names the field.
pub(crate) fn read_request(body: &str) -> Result<Request<'_>, RequestError> {
    let chat: ChatRequest<'_> = parse(body)?;
    let mut losses = Losses::default();
    losses.add_unknown("", &chat.unknown);
    refuse_what_no_translation_carries(&chat)?;

    let messages = chat.messages.ok_or_else(|| RequestError::shape("messages", "is required"))?;
    if messages.is_empty() {
        return Err(RequestError::shape("messages", "must hold at least one message"));
    }
    let messages = messages
        .into_iter()
        .enumerate()
        .map(|(at, message)| read_message(message, at, &mut losses))
        .collect::<Result<Vec<_>, _>>()?;

    let tools = chat.tools.unwrap_or_default().into_iter().enumerate();
    let mut tools = tools.map(|(at, tool)| read_tool(tool, at, &mut losses)).collect::<Result<Vec<_>, _>>()?;
    let tool_choice = chat.tool_choice.map(|choice| read_tool_choice(choice, &mut tools)).transpose()?;
    losses.add_if(chat.stream_options.and_then(|options| options.include_obfuscation), "stream_options");

    Ok(Request {
        messages,
        tools,
        tool_choice,
        parallel_calls: chat.parallel_tool_calls,
        max_output: chat.max_completion_tokens.or(chat.max_tokens),
        stop: match chat.stop {
            None => Vec::new(),
            Some(StringOr::Text(one)) => vec![one],
            Some(StringOr::Other(many)) => many,
        },
        sampling: Sampling {
            temperature: chat.temperature,
            top_p: chat.top_p,
            top_k: None,
            frequency_penalty: chat.frequency_penalty,
            presence_penalty: chat.presence_penalty,
            seed: chat.seed,
        },
        choices: chat.n,
        output: chat.response_format.map(read_response_format).transpose()?.flatten(),
        reasoning: chat.reasoning_effort.map(|effort| read_effort(&effort)).transpose()?,
        user: chat.safety_identifier.or(chat.user),
        stream: chat.stream.unwrap_or(false),
        losses,
    })
}

/// Parameters that ask for another kind of answer.
fn refuse_what_no_translation_carries(chat: &ChatRequest<'_>) -> Result<(), RequestError> {
    let asks_for_audio = chat.modalities.iter().flatten().any(|modality| &**modality != "text");
    let asked = [
        (asks_for_audio, "modalities", "this target answers in text only"),
        (chat.functions.is_some(), "functions", "is deprecated and not translated; use tools"),
        (chat.function_call.is_some(), "function_call", "is deprecated and not translated; use tool_choice"),
        (chat.web_search_options.is_some(), "web_search_options", "this target cannot search the web for this API"),
    ];
    match asked.into_iter().find(|(asked, ..)| *asked) {
        Some((_, param, message)) => Err(RequestError::unsupported(param, message)),
        None => Ok(()),
    }
}

fn read_message<'a>(message: ChatMessage<'a>, at: usize, losses: &mut Losses) -> Result<Message<'a>, RequestError> {
    losses.add_unknown("messages", &message.unknown);
    let role = message.role.as_deref().unwrap_or_default();
    let role = match role {
        "system" => Role::System,
        "developer" => Role::Developer,
        "user" => Role::User,
        "assistant" => Role::Assistant,
        "tool" => return read_tool_message(message, at, losses),
        _ => {
            let message = "expected developer, system, user, assistant or tool";
            return Err(RequestError::shape(format!("messages[{at}].role"), message));
        }
    };
    let mut parts = Vec::new();
    if role == Role::Assistant {
        read_thinking(message.thinking_blocks, message.reasoning_content, &mut parts, losses);
    }
    read_content(message.content, at, &mut parts, losses)?;
    parts.extend(message.refusal.map(Part::Refusal));
    for (index, call) in message.tool_calls.into_iter().flatten().enumerate() {
        parts.push(Part::ToolCall(read_tool_call(call, at, index)?));
    }
    Ok(Message { role, parts, at })
}

fn read_tool_message<'a>(
    message: ChatMessage<'a>,
    at: usize,
    losses: &mut Losses,
) -> Result<Message<'a>, RequestError> {
    let call_id = message
        .tool_call_id
        .ok_or_else(|| RequestError::shape(format!("messages[{at}].tool_call_id"), "is required with role tool"))?;
    let mut parts = Vec::new();
    read_content(message.content, at, &mut parts, losses)?;
    let result = ToolResult { call_id, parts, is_error: false };
    Ok(Message { role: Role::User, parts: vec![Part::ToolResult(result)], at })
}

/// Thoughts come back in the two forms that gateways and open models use in this dialect.
fn read_thinking<'a>(
    blocks: Option<Vec<ThinkingBlock<'a>>>,
    reasoning: Option<Text<'a>>,
    parts: &mut Vec<Part<'a>>,
    losses: &mut Losses,
) {
    let Some(blocks) = blocks else {
        losses.add_if(reasoning, "messages.reasoning_content");
        return;
    };
    for block in blocks {
        match (block.data, block.signature) {
            (Some(data), _) => parts.push(Part::RedactedThinking(data)),
            (None, signature) => {
                parts.push(Part::Thinking { text: block.thinking.unwrap_or_default(), signature });
            }
        }
    }
}

fn read_tool_call<'a>(call: ChatToolCall<'a>, at: usize, index: usize) -> Result<ToolCall<'a>, RequestError> {
    let path = |field: &str| format!("messages[{at}].tool_calls[{index}].{field}");
    if call.kind.as_deref().is_some_and(|kind| kind != "function") {
        return Err(RequestError::unsupported(path("type"), "only calls of type function can be translated"));
    }
    let function = call.function.ok_or_else(|| RequestError::shape(path("function"), "is required"))?;
    Ok(ToolCall {
        id: call.id.ok_or_else(|| RequestError::shape(path("id"), "is required"))?,
        name: function.name.ok_or_else(|| RequestError::shape(path("function.name"), "is required"))?,
        arguments: Arguments::Text(function.arguments.unwrap_or_default()),
    })
}

fn read_tool<'a>(tool: ChatTool<'a>, at: usize, losses: &mut Losses) -> Result<Tool<'a>, RequestError> {
    if tool.kind.as_deref() != Some("function") {
        let message = "only tools of type function can be translated";
        return Err(RequestError::unsupported(format!("tools[{at}].type"), message));
    }
    let function = tool.function.ok_or_else(|| RequestError::shape(format!("tools[{at}].function"), "is required"))?;
    losses.add_unknown("tools", &tool.unknown);
    losses.add_unknown("tools.function", &function.unknown);
    Ok(Tool {
        name: function.name.ok_or_else(|| RequestError::shape(format!("tools[{at}].function.name"), "is required"))?,
        description: function.description,
        schema: function.parameters,
        strict: function.strict,
    })
}

/// Allowed tools become the only tools: that says the same in every dialect.
fn read_tool_choice<'a>(
    choice: StringOr<'a, NamedChoice<'a>>,
    tools: &mut Vec<Tool<'a>>,
) -> Result<ToolChoice<'a>, RequestError> {
    let expected = "expected none, auto, required, a function or allowed_tools";
    let wrong = || RequestError::shape("tool_choice", expected);
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
    match choice.kind.as_deref() {
        Some("function") => choice.function.and_then(|f| f.name).map(ToolChoice::Named).ok_or_else(wrong),
        Some("allowed_tools") => {
            let allowed = choice.allowed_tools.ok_or_else(wrong)?;
            let names: Vec<Text<'_>> =
                allowed.tools.into_iter().flatten().filter_map(|tool| tool.function?.name).collect();
            tools.retain(|tool| names.contains(&tool.name));
            let must_call = allowed.mode.as_deref() == Some("required");
            Ok(if must_call { ToolChoice::Any } else { ToolChoice::Auto })
        }
        _ => Err(wrong()),
    }
}

fn read_response_format(format: ResponseFormat<'_>) -> Result<Option<OutputFormat<'_>>, RequestError> {
    match format.kind.as_deref() {
        Some("text") => Ok(None),
        Some("json_object") => Ok(Some(OutputFormat::Json)),
        Some("json_schema") => {
            let missing = || RequestError::shape("response_format.json_schema.schema", "is required");
            let json_schema = format.json_schema.ok_or_else(missing)?;
            let schema = json_schema.schema.ok_or_else(missing)?;
            Ok(Some(OutputFormat::Schema { name: json_schema.name, schema }))
        }
        _ => Err(RequestError::shape("response_format.type", "expected text, json_object or json_schema")),
    }
}

fn read_effort(effort: &str) -> Result<Reasoning, RequestError> {
    if effort == "none" {
        return Ok(Reasoning::Off);
    }
    let expected = "expected none, minimal, low, medium, high, xhigh or max";
    Effort::from_word(effort).map(Reasoning::Effort).ok_or_else(|| RequestError::shape("reasoning_effort", expected))
}
