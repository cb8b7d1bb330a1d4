//! Reads `POST /v1/responses`.

use super::read_items::{Input, read_input};
use super::read_tools::{ChoiceShape, ToolShape, read_tool_choice};
use super::{ENCRYPTED_THOUGHTS, LOGPROBS};
use crate::json::{Ignored, List, Raw, RequestError, StringOr, Text, parse, required, shape};
use crate::neutral::{Hints, Losses, OutputFormat, Reasoning, Request, Sampling, Thoughts};
use crate::openai::{read_effort, read_tier};

shape! {
    ResponsesRequest {
        model: Text<'a>,
        input: Input<'a>,
        instructions: Text<'a>,
        max_output_tokens: u64,
        temperature: f64,
        top_p: f64,
        stream: bool,
        stream_options: StreamOptions<'a>,
        tools: List<ToolShape<'a>>,
        tool_choice: StringOr<'a, ChoiceShape<'a>>,
        parallel_tool_calls: bool,
        text: TextConfig<'a>,
        reasoning: ReasoningConfig<'a>,
        user: Text<'a>,
        safety_identifier: Text<'a>,
        metadata: Raw<'a>,
        service_tier: Text<'a>,
        prompt_cache_key: Text<'a>,
        prompt_cache_options: CacheOptions<'a>,
        top_logprobs: u64,
        include: Vec<Text<'a>>,
        store: bool,
        truncation: Text<'a>,
        // It counts calls of tools that the provider runs itself, and those are refused.
        max_tool_calls: Ignored,
        background: bool,
        previous_response_id: Raw<'a>,
        conversation: Raw<'a>,
        prompt: Raw<'a>,
        moderation: Raw<'a>,
    }
}
shape! { StreamOptions { include_obfuscation: bool } }
shape! { TextConfig { format: Format<'a>, verbosity: Text<'a> } }
shape! {
    Format { kind as "type": Text<'a>, name: Text<'a>, schema: Raw<'a>, description: Text<'a>, strict: bool }
}
shape! { ReasoningConfig { effort: Text<'a>, summary: Text<'a>, generate_summary: Text<'a> } }
shape! { CacheOptions { prewarm: bool } }

/// Reads a request; an error names the field.
pub(crate) fn read_request(body: &str) -> Result<Request<'_>, RequestError> {
    let asked: ResponsesRequest<'_> = parse(body)?;
    let mut losses = Losses::default();
    losses.add_unknown("", &asked.unknown);
    refuse_what_no_translation_carries(&asked)?;
    note_what_is_harmless(&asked, &mut losses);

    let messages = read_input(asked.instructions, asked.input, &mut losses)?;
    let mut tools = asked.tools.map(|tools| tools.take("tools", &mut losses)).transpose()?.unwrap_or_default();
    let tool_choice = asked.tool_choice.map(|choice| read_tool_choice(choice, &mut tools, &mut losses)).transpose()?;
    if asked.max_output_tokens == Some(0) {
        return Err(RequestError::shape("max_output_tokens", "must be at least 1"));
    }
    let included = asked.include.iter().flatten().any(|name| &**name == LOGPROBS);
    let logprobs = asked.top_logprobs.filter(|top| *top > 0).or(included.then_some(0));
    let text = asked.text.unwrap_or_default();
    losses.add_unknown("text", &text.unknown);
    let (reasoning, thoughts) = read_reasoning(asked.reasoning.unwrap_or_default(), &mut losses)?;

    Ok(Request {
        messages,
        tools,
        tool_choice,
        parallel_calls: asked.parallel_tool_calls,
        max_output: asked.max_output_tokens,
        stop: Vec::new(),
        sampling: Sampling { temperature: asked.temperature, top_p: asked.top_p, ..Sampling::default() },
        choices: None,
        output: text.format.map(|format| read_format(format, &mut losses)).transpose()?.flatten(),
        reasoning,
        thoughts,
        hints: Hints {
            user: asked.safety_identifier.or(asked.user),
            metadata: asked.metadata,
            tier: asked.service_tier.map(|tier| read_tier(&tier)).transpose()?,
            verbosity: text.verbosity,
            cache_key: asked.prompt_cache_key,
            logprobs,
        },
        stream: asked.stream.unwrap_or(false),
        losses,
    })
}

/// Parameters without which the answer would be another one.
fn refuse_what_no_translation_carries(asked: &ResponsesRequest<'_>) -> Result<(), RequestError> {
    let kept = "nothing is kept between requests; send all items in input";
    let prewarms = asked.prompt_cache_options.as_ref().is_some_and(|options| options.prewarm == Some(true));
    let asked = [
        (asked.previous_response_id.is_some(), "previous_response_id", kept),
        (asked.conversation.is_some(), "conversation", kept),
        (asked.prompt.is_some(), "prompt", "this target has no stored prompts; send instructions and input"),
        (asked.background == Some(true), "background", "this target answers at once only"),
        (asked.moderation.is_some(), "moderation", "this target does not moderate on demand"),
        (prewarms, "prompt_cache_options.prewarm", "this target cannot only warm a cache"),
    ];
    match asked.into_iter().find(|(asked, ..)| *asked) {
        Some((_, param, message)) => Err(RequestError::unsupported(param, message)),
        None => Ok(()),
    }
}

/// Parameters without which the answer stays right. That encrypted thoughts be included needs no asking
/// here: a client always gets what a provider wants back.
fn note_what_is_harmless(asked: &ResponsesRequest<'_>, losses: &mut Losses) {
    if let Some(options) = &asked.stream_options {
        losses.add_unknown("stream_options", &options.unknown);
        losses.add_if(options.include_obfuscation.filter(|asked| *asked), "stream_options.include_obfuscation");
    }
    losses.add_if(asked.prompt_cache_options.as_ref(), "prompt_cache_options");
    losses.add_if(asked.store.filter(|store| *store), "store");
    losses.add_if(asked.truncation.as_ref().filter(|mode| &***mode != "disabled"), "truncation");
    let known = [ENCRYPTED_THOUGHTS, LOGPROBS];
    losses.add_if(asked.include.iter().flatten().find(|name| !known.contains(&&***name)), "include");
    if asked.safety_identifier.is_some() && asked.safety_identifier != asked.user {
        losses.add_if(asked.user.as_ref(), "user");
    }
}

fn read_format<'a>(format: Format<'a>, losses: &mut Losses) -> Result<Option<OutputFormat<'a>>, RequestError> {
    losses.add_unknown("text.format", &format.unknown);
    match format.kind.as_deref() {
        Some("text") => Ok(None),
        Some("json_object") => Ok(Some(OutputFormat::Json)),
        Some("json_schema") => Ok(Some(OutputFormat::Schema {
            name: format.name,
            description: format.description,
            schema: std::borrow::Cow::Borrowed(
                required(format.schema, "schema").map_err(|error| error.under("text.format"))?.get(),
            ),
        })),
        _ => Err(RequestError::shape("text.format.type", "expected text, json_object or json_schema")),
    }
}

/// How thoughts are summed up cannot be told to others; the summary is then what they give. To ask for one is to ask
/// for thoughts, as these models have them by themselves.
fn read_reasoning(
    config: ReasoningConfig<'_>,
    losses: &mut Losses,
) -> Result<(Option<Reasoning>, Thoughts), RequestError> {
    losses.add_unknown("reasoning", &config.unknown);
    let effort = config.effort.map(|effort| read_effort(&effort, "reasoning.effort")).transpose()?;
    Ok(match config.summary.or(config.generate_summary) {
        Some(_) => (effort.or(Some(Reasoning::Adaptive)), Thoughts::Asked),
        None => (effort, Thoughts::Unsaid),
    })
}
