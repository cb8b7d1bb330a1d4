//! Reads `POST /v1/chat/completions`.

use super::TIERS;
use super::read_messages::ChatMessage;
use super::read_tools::{ChatTool, NamedChoice, read_tool_choice};
use crate::json::{List, OneOrMany, Raw, RequestError, StringOr, Text, parse, required, shape};
use crate::neutral::{Effort, Hints, Losses, OutputFormat, Reasoning, Request, Sampling, Thoughts, Tier};
use std::borrow::Cow;

shape! {
    ChatRequest {
        model: Text<'a>,
        messages: List<ChatMessage<'a>>,
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
        tools: List<ChatTool<'a>>,
        tool_choice: StringOr<'a, NamedChoice<'a>>,
        parallel_tool_calls: bool,
        response_format: ResponseFormat<'a>,
        reasoning_effort: Text<'a>,
        user: Text<'a>,
        safety_identifier: Text<'a>,
        metadata: Raw<'a>,
        service_tier: Text<'a>,
        verbosity: Text<'a>,
        prompt_cache_key: Text<'a>,
        logprobs: bool,
        top_logprobs: u64,
        modalities: Vec<Text<'a>>,
        functions: Raw<'a>,
        function_call: Raw<'a>,
        web_search_options: Raw<'a>,
    }
}
shape! { StreamOptions { include_usage: bool, include_obfuscation: bool } }
shape! { ResponseFormat { kind as "type": Text<'a>, json_schema: JsonSchema<'a> } }
shape! {
    JsonSchema { name: Text<'a>, schema: Raw<'a>, description: Text<'a>, strict: bool }
}

/// Reads a request; an error names the field.
pub(crate) fn read_request(body: &str) -> Result<Request<'_>, RequestError> {
    let chat: ChatRequest<'_> = parse(body)?;
    let mut losses = Losses::default();
    losses.add_unknown("", &chat.unknown);
    refuse_what_no_translation_carries(&chat)?;

    let messages = required(chat.messages, "messages")?.take("messages", &mut losses)?;
    if messages.is_empty() {
        return Err(RequestError::shape("messages", "must hold at least one message"));
    }
    let mut tools = chat.tools.map(|tools| tools.take("tools", &mut losses)).transpose()?.unwrap_or_default();
    let tool_choice = chat.tool_choice.map(|choice| read_tool_choice(choice, &mut tools, &mut losses)).transpose()?;
    if let Some(options) = chat.stream_options {
        losses.add_unknown("stream_options", &options.unknown);
        losses.add_if(options.include_obfuscation.filter(|asked| *asked), "stream_options.include_obfuscation");
    }
    let logprobs = chat.logprobs.unwrap_or(false).then(|| chat.top_logprobs.unwrap_or(0));
    losses.add_if(chat.top_logprobs.filter(|top| *top > 0 && logprobs.is_none()), "top_logprobs");
    let max_output = chat.max_completion_tokens.or(chat.max_tokens);
    if max_output == Some(0) {
        let field = if chat.max_completion_tokens.is_some() { "max_completion_tokens" } else { "max_tokens" };
        return Err(RequestError::shape(field, "must be at least 1"));
    }
    if chat.safety_identifier.is_some() && chat.safety_identifier != chat.user {
        losses.add_if(chat.user.as_ref(), "user");
    }

    Ok(Request {
        messages,
        tools,
        tool_choice,
        parallel_calls: chat.parallel_tool_calls,
        max_output,
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
        output: chat.response_format.map(|format| read_response_format(format, &mut losses)).transpose()?.flatten(),
        reasoning: chat.reasoning_effort.map(|effort| read_effort(&effort, "reasoning_effort")).transpose()?,
        thoughts: Thoughts::Welcome,
        hints: Hints {
            user: chat.safety_identifier.or(chat.user),
            metadata: chat.metadata,
            tier: chat.service_tier.map(|tier| read_tier(&tier)).transpose()?,
            verbosity: chat.verbosity,
            cache_key: chat.prompt_cache_key,
            logprobs,
        },
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

fn read_response_format<'a>(
    format: ResponseFormat<'a>,
    losses: &mut Losses,
) -> Result<Option<OutputFormat<'a>>, RequestError> {
    losses.add_unknown("response_format", &format.unknown);
    match format.kind.as_deref() {
        Some("text") => Ok(None),
        Some("json_object") => Ok(Some(OutputFormat::Json)),
        Some("json_schema") => {
            let missing = || RequestError::shape("response_format.json_schema.schema", "is required");
            let json_schema = format.json_schema.ok_or_else(missing)?;
            losses.add_unknown("response_format.json_schema", &json_schema.unknown);
            Ok(Some(OutputFormat::Schema {
                name: json_schema.name,
                description: json_schema.description,
                schema: Cow::Borrowed(json_schema.schema.ok_or_else(missing)?.get()),
            }))
        }
        _ => Err(RequestError::shape("response_format.type", "expected text, json_object or json_schema")),
    }
}

/// Reads `service_tier`.
pub(crate) fn read_tier(word: &str) -> Result<Tier, RequestError> {
    let expected = "expected auto, default, flex, scale, priority, fast or ultrafast";
    Tier::from_word(&TIERS, word).ok_or_else(|| RequestError::shape("service_tier", expected))
}

/// Reads how much a model is to reason, which stands in `field`.
pub(crate) fn read_effort(effort: &str, field: &'static str) -> Result<Reasoning, RequestError> {
    if effort == "none" {
        return Ok(Reasoning::OFF);
    }
    let expected = "expected none, minimal, low, medium, high, xhigh or max";
    Effort::from_word(effort).map(Reasoning::Effort).ok_or_else(|| RequestError::shape(field, expected))
}
