//! Reads `POST /v2/chat`.

use super::read_messages::{ChatMessage, DocumentShape};
use crate::json::{List, Raw, RequestError, StringOr, Text, parse, required, shape};
use crate::neutral::{
    Document, Hints, Losses, Message, OutputFormat, Part, Reasoning, Request, Role, Sampling, Source, Thoughts,
    ToolChoice,
};
use crate::openai::ChatTool;

shape! {
    ChatRequest {
        model: Text<'a>,
        messages: List<ChatMessage<'a>>,
        stream: bool,
        documents: List<StringOr<'a, DocumentShape<'a>>>,
        citation_options: CitationOptions<'a>,
        tools: List<ChatTool<'a>>,
        strict_tools: bool,
        tool_choice: Text<'a>,
        response_format: ResponseFormat<'a>,
        safety_mode: Text<'a>,
        max_tokens: u64,
        stop_sequences: Vec<Text<'a>>,
        temperature: f64,
        seed: f64,
        frequency_penalty: f64,
        presence_penalty: f64,
        k: u64,
        p: f64,
        logprobs: bool,
        thinking: Thinking<'a>,
        priority: u64,
    }
}
shape! { CitationOptions { mode: Text<'a> } }
shape! { ResponseFormat { kind as "type": Text<'a>, json_schema: Raw<'a>, schema: Raw<'a> } }
shape! { Thinking { kind as "type": Text<'a>, token_budget: u64 } }

/// Reads a request; an error names the field.
pub(crate) fn read_request(body: &str) -> Result<Request<'_>, RequestError> {
    let chat: ChatRequest<'_> = parse(body)?;
    let mut losses = Losses::default();
    losses.add_unknown("", &chat.unknown);

    let mut messages = required(chat.messages, "messages")?.take("messages", &mut losses)?;
    if messages.is_empty() {
        return Err(RequestError::shape("messages", "must hold at least one message"));
    }
    let documents = chat.documents.map(|documents| documents.take("documents", &mut losses)).transpose()?;
    attach(documents.unwrap_or_default(), &mut messages, &mut losses)?;
    if chat.max_tokens == Some(0) {
        return Err(RequestError::shape("max_tokens", "must be at least 1"));
    }
    let mut tools = chat.tools.map(|tools| tools.take("tools", &mut losses)).transpose()?.unwrap_or_default();
    if let Some(strict) = chat.strict_tools {
        tools.iter_mut().for_each(|tool| tool.strict = Some(strict));
    }
    note_what_no_translation_carries(chat.citation_options, chat.safety_mode, chat.priority, &mut losses);

    Ok(Request {
        messages,
        tools,
        tool_choice: chat.tool_choice.map(|choice| read_tool_choice(&choice)).transpose()?,
        max_output: chat.max_tokens,
        stop: chat.stop_sequences.unwrap_or_default(),
        sampling: Sampling {
            temperature: chat.temperature,
            top_p: chat.p,
            // Zero switches it off.
            top_k: chat.k.filter(|k| *k != 0),
            frequency_penalty: chat.frequency_penalty,
            presence_penalty: chat.presence_penalty,
            seed: chat.seed,
        },
        output: chat.response_format.map(|format| read_format(format, &mut losses)).transpose()?.flatten(),
        reasoning: chat.thinking.map(|thinking| read_thinking(thinking, &mut losses)).transpose()?,
        thoughts: Thoughts::Welcome,
        hints: Hints { logprobs: chat.logprobs.unwrap_or(false).then_some(0), ..Hints::default() },
        stream: chat.stream.unwrap_or(false),
        losses,
        ..Request::default()
    })
}

/// Documents go to the user's last message, which they are to help answer. That citations of them
/// will be missing is noted.
fn attach<'a>(
    documents: Vec<(Text<'a>, Option<Text<'a>>)>,
    messages: &mut [Message<'a>],
    losses: &mut Losses,
) -> Result<(), RequestError> {
    if documents.is_empty() {
        return Ok(());
    }
    losses.add("documents");
    let says = |message: &&mut Message<'_>| {
        let result = |part: &Part<'_>| matches!(part, Part::ToolResult(_));
        message.role == Role::User && !message.parts.iter().any(result)
    };
    let Some(question) = messages.iter_mut().rev().find(says) else {
        return Err(RequestError::unsupported("documents", "this target needs a message from the user to put them in"));
    };
    let parts = documents.into_iter().map(|(text, title)| Part::Document(Document::new(Source::Text(text), title)));
    question.parts.splice(0..0, parts);
    Ok(())
}

/// What is there by itself, or off, is not lost.
fn note_what_no_translation_carries(
    citations: Option<CitationOptions<'_>>,
    safety_mode: Option<Text<'_>>,
    priority: Option<u64>,
    losses: &mut Losses,
) {
    let citations = citations.and_then(|options| options.mode);
    losses.add_if(citations.filter(|mode| !matches!(&**mode, "DISABLED" | "OFF")), "citation_options");
    losses.add_if(safety_mode.filter(|mode| &**mode != "CONTEXTUAL"), "safety_mode");
    losses.add_if(priority.filter(|priority| *priority != 0), "priority");
}

fn read_tool_choice(word: &str) -> Result<ToolChoice<'static>, RequestError> {
    match word {
        "REQUIRED" => Ok(ToolChoice::Any),
        "NONE" => Ok(ToolChoice::None),
        _ => Err(RequestError::shape("tool_choice", "expected REQUIRED or NONE")),
    }
}

/// `schema` is how version 1 and the guides of version 2 spell `json_schema`.
fn read_format<'a>(format: ResponseFormat<'a>, losses: &mut Losses) -> Result<Option<OutputFormat<'a>>, RequestError> {
    losses.add_unknown("response_format", &format.unknown);
    match (format.kind.as_deref(), format.json_schema.or(format.schema)) {
        (Some("text"), _) => Ok(None),
        (Some("json_object"), None) => Ok(Some(OutputFormat::Json)),
        (Some("json_object"), Some(schema)) if schema.get().starts_with('{') => Ok(Some(OutputFormat::Schema {
            name: None,
            description: None,
            schema: std::borrow::Cow::Borrowed(schema.get()),
        })),
        (Some("json_object"), Some(_)) => Err(RequestError::shape("response_format.json_schema", "expected an object")),
        _ => Err(RequestError::shape("response_format.type", "expected text or json_object")),
    }
}

fn read_thinking(thinking: Thinking<'_>, losses: &mut Losses) -> Result<Reasoning, RequestError> {
    losses.add_unknown("thinking", &thinking.unknown);
    match (thinking.kind.as_deref(), thinking.token_budget) {
        (Some("disabled"), _) => Ok(Reasoning::OFF),
        (Some("enabled") | None, Some(0)) => Err(RequestError::shape("thinking.token_budget", "must be at least 1")),
        (Some("enabled") | None, Some(budget)) => Ok(Reasoning::budget(budget)),
        (Some("enabled"), None) => Ok(Reasoning::Adaptive),
        _ => Err(RequestError::shape("thinking.type", "expected enabled or disabled")),
    }
}
