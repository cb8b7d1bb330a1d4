//! Writes `POST /v1/responses`.

use super::write_input::write_message;
use super::{ENCRYPTED_THOUGHTS, LOGPROBS};
use crate::json::{RequestError, Text, Writer};
use crate::neutral::{Hints, Losses, NO_AUDIO, OutputFormat, Part, Request, Role, Tool, ToolChoice, unsayable_media};
use crate::openai::{
    MAX_TOP_LOGPROBS, SchemaOf, Server, TIERS, effort_word, reasons, rests, strictly, takes_reasoning_effort,
    write_parameters, write_sampling,
};
use crate::upstream::Target;

/// The least cap that this API takes.
const LEAST_OUTPUT: u64 = 16;

/// Writes `request` for `target`; what could not be said is added to the losses.
///
/// Nothing is to be kept on the server, so a conversation goes on with what the client holds: a model
/// that reasons is asked for its thoughts in the encrypted form that it takes back. Others refuse to be
/// asked, so names that are not known are asked only if the request wants them to reason. A summary is not
/// asked for: organizations that OpenAI has not verified would be refused all their requests.
pub(crate) fn write_request(
    request: &mut Request<'_>,
    target: &Target<'_>,
    out: &mut Vec<u8>,
) -> Result<(), RequestError> {
    let (model, server) = (target.model, target.upstream.server);
    request.forget_citations();
    let mut losses = std::mem::take(&mut request.losses);
    let mut hints = std::mem::take(&mut request.hints);
    check(request)?;
    let effort = effort_word(request, target, &mut losses);
    let may_reason = takes_reasoning_effort(model);
    Writer::new(out).object(|w| {
        w.key("model").string(model);
        w.key("input").array(|w| {
            for message in &request.messages {
                write_message(w, message, may_reason, &mut losses);
            }
        });
        let rests = rests(model, effort);
        write_limits(w, request, rests, &mut losses);
        if let Some(effort) = effort {
            w.key("reasoning").object(|w| w.key("effort").string(effort));
        }
        w.key("store").bool(false);
        let wants_thoughts = reasons(model) || effort.is_some();
        let logprobs = if rests { hints.take_logprobs(MAX_TOP_LOGPROBS, &mut losses) } else { None };
        if wants_thoughts || logprobs.is_some() {
            let included = [(ENCRYPTED_THOUGHTS, wants_thoughts), (LOGPROBS, logprobs.is_some())];
            w.key("include").array(|w| {
                included.into_iter().filter(|(_, wanted)| *wanted).for_each(|(name, _)| w.string(name));
            });
        }
        if let Some(top) = logprobs.filter(|top| *top > 0) {
            w.key("top_logprobs").unsigned(top);
        }
        write_tools(w, request, server, &mut losses);
        write_text(w, request.output.as_ref(), hints.verbosity.take(), server, &mut losses);
        write_hints(w, hints, &mut losses);
        if request.stream {
            w.key("stream").bool(true);
        }
    });
    request.losses = losses;
    Ok(())
}

/// Refuses what would change the answer if it were left out.
fn check(request: &Request<'_>) -> Result<(), RequestError> {
    if !request.stop.is_empty() {
        return Err(RequestError::unsupported("stop", "this target takes no stop sequences"));
    }
    request.refuse_parts(unsayable)
}

fn unsayable(role: Role, part: &Part<'_>) -> Option<&'static str> {
    if matches!(part, Part::Audio(_)) { Some(NO_AUDIO) } else { unsayable_media(role, part) }
}

fn write_limits(w: &mut Writer<'_>, request: &Request<'_>, rests: bool, losses: &mut Losses) {
    if let Some(max) = request.max_output {
        if max < LEAST_OUTPUT {
            losses.add("max_tokens");
        }
        w.key("max_output_tokens").unsigned(max.max(LEAST_OUTPUT));
    }
    let sampling = &request.sampling;
    let parameters = [("temperature", sampling.temperature, 1.0), ("top_p", sampling.top_p, 1.0)];
    write_sampling(w, &parameters, rests, losses);
    losses.add_if(sampling.top_k, "top_k");
    losses.add_if(sampling.frequency_penalty.filter(|penalty| *penalty != 0.0), "frequency_penalty");
    losses.add_if(sampling.presence_penalty.filter(|penalty| *penalty != 0.0), "presence_penalty");
    losses.add_if(sampling.seed, "seed");
}

fn write_tools(w: &mut Writer<'_>, request: &Request<'_>, server: Option<&Server>, losses: &mut Losses) {
    if request.tools.is_empty() {
        losses.add_if(request.forced_tool(), "tool_choice");
        return;
    }
    w.key("tools").array(|w| request.tools.iter().for_each(|tool| write_tool(w, tool, server, losses)));
    match &request.tool_choice {
        None => {}
        Some(ToolChoice::Auto) => w.key("tool_choice").string("auto"),
        Some(ToolChoice::None) => w.key("tool_choice").string("none"),
        Some(ToolChoice::Any) => w.key("tool_choice").string("required"),
        Some(ToolChoice::Named(name)) => w.key("tool_choice").object(|w| {
            w.key("type").string("function");
            w.key("name").string(name);
        }),
    }
    if let Some(parallel) = request.parallel_calls {
        w.key("parallel_tool_calls").bool(parallel);
    }
}

/// This API is strict with a schema unless it is told not to be, which would make every argument
/// required.
fn write_tool(w: &mut Writer<'_>, tool: &Tool<'_>, server: Option<&Server>, losses: &mut Losses) {
    w.object(|w| {
        w.key("type").string("function");
        w.key("name").string(&tool.name);
        if let Some(description) = &tool.description {
            w.key("description").string(description);
        }
        let wants_strict = tool.strict == Some(true);
        let (schema, strict) = match tool.schema.as_deref() {
            Some(schema) if wants_strict => strictly(schema, SchemaOf::Tool, server, losses),
            schema => (schema.unwrap_or("{}").into(), wants_strict),
        };
        if !write_parameters(w, &schema) {
            w.key("parameters").literal(r#"{"type":"object","properties":{}}"#);
        }
        w.key("strict").bool(strict);
    });
}

fn write_text(
    w: &mut Writer<'_>,
    output: Option<&OutputFormat<'_>>,
    verbosity: Option<Text<'_>>,
    server: Option<&Server>,
    losses: &mut Losses,
) {
    if output.is_some() || verbosity.is_some() {
        w.key("text").object(|w| {
            if let Some(format) = output {
                w.key("format").object(|w| write_format(w, format, server, losses));
            }
            if let Some(verbosity) = verbosity {
                w.key("verbosity").string(&verbosity);
            }
        });
    }
}

fn write_hints(w: &mut Writer<'_>, mut hints: Hints<'_>, losses: &mut Losses) {
    if let Some(user) = hints.user.take() {
        w.key("user").string(&user);
    }
    if let Some(metadata) = hints.metadata.take() {
        w.key("metadata").raw(metadata);
    }
    if let Some(tier) = hints.tier.take() {
        w.key("service_tier").string(tier.word(&TIERS).unwrap_or("auto"));
    }
    if let Some(key) = hints.cache_key.take() {
        w.key("prompt_cache_key").string(&key);
    }
    hints.report(losses);
}

fn write_format(w: &mut Writer<'_>, format: &OutputFormat<'_>, server: Option<&Server>, losses: &mut Losses) {
    match format {
        OutputFormat::Json => w.key("type").string("json_object"),
        OutputFormat::Schema { name, description, schema } => {
            w.key("type").string("json_schema");
            w.key("name").string(name.as_deref().unwrap_or("answer"));
            if let Some(description) = description {
                w.key("description").string(description);
            }
            let (schema, strict) = strictly(schema, SchemaOf::Answer, server, losses);
            w.key("schema").literal(&schema);
            w.key("strict").bool(strict);
        }
    }
}
