//! Writes `POST /v1/chat/completions`.

use super::logprobs::MAX_TOP_LOGPROBS;
use super::models::rests;
use super::reasoning::{beside_tools, effort_word};
use super::sampling::write_sampling;
use super::servers::Server;
use super::strict::{SchemaOf, strictly};
use super::write_messages::{audio_format, write_message};
use super::{TIERS, adapt};
use crate::json::{RequestError, Text, Writer};
use crate::neutral::{
    Document, Hints, Losses, OutputFormat, Part, Request, Role, Source, Tool, ToolChoice, unsayable_media,
};
use crate::patch::apply;
use crate::upstream::Target;

/// The most stop sequences this API takes.
const MAX_STOP: usize = 4;

/// Writes `request` for `target`; what could not be said is added to the losses.
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
    let effort = beside_tools(request, target, effort, &mut losses)?;
    let rests = rests(model, effort);
    Writer::new(out).object(|w| {
        w.key("model").string(model);
        w.key("messages").array(|w| {
            for message in &request.messages {
                write_message(w, message, server.and_then(|server| server.thoughts), &mut losses);
            }
        });
        write_limits(w, request, rests, &mut losses);
        if let Some(effort) = effort {
            w.key("reasoning_effort").string(effort);
        }
        write_tools(w, request, server, &mut losses);
        if let Some(format) = &request.output {
            write_format(w, format, server, &mut losses);
        }
        if rests && let Some(top) = hints.take_logprobs(MAX_TOP_LOGPROBS, &mut losses) {
            w.key("logprobs").bool(true);
            if top > 0 {
                w.key("top_logprobs").unsigned(top);
            }
        }
        write_hints(w, hints, &mut losses);
        if request.stream {
            w.key("stream").bool(true);
            w.key("stream_options").object(|w| {
                w.key("include_usage").bool(true);
            });
        }
    });
    if let Some(server) = server {
        *out = fit(server, out, &mut losses)?;
    }
    request.losses = losses;
    Ok(())
}

/// The request as `server` takes it: by the rules that a client's own request is fitted by.
fn fit(server: &Server, body: &[u8], losses: &mut Losses) -> Result<Vec<u8>, RequestError> {
    let text = std::str::from_utf8(body).unwrap_or_default();
    adapt(server, text, losses).map(|edits| apply(text, edits))
}

/// Refuses what would change the answer if it were left out.
fn check(request: &Request<'_>) -> Result<(), RequestError> {
    if request.choices.is_some_and(|choices| choices != 1) {
        return Err(RequestError::unsupported("n", "of several answers only one can be translated; ask for 1"));
    }
    if request.stop.len() > MAX_STOP {
        return Err(RequestError::unsupported("stop_sequences", "this target takes at most 4"));
    }
    request.refuse_parts(unsayable)
}

fn unsayable(role: Role, part: &Part<'_>) -> Option<&'static str> {
    unsayable_media(role, part).or_else(|| match part {
        Part::Document(Document { source: Source::Url(_), .. }) => {
            Some("this target cannot fetch a document by its URL; send its data")
        }
        Part::Audio(source) if audio_format(source).is_none() => {
            Some("this target takes audio as data of type wav or mp3")
        }
        _ => None,
    })
}

fn write_limits(w: &mut Writer<'_>, request: &Request<'_>, rests: bool, losses: &mut Losses) {
    if let Some(max) = request.max_output {
        w.key("max_completion_tokens").unsigned(max);
    }
    let sampling = &request.sampling;
    let parameters = [
        ("temperature", sampling.temperature, 1.0),
        ("top_p", sampling.top_p, 1.0),
        ("frequency_penalty", sampling.frequency_penalty, 0.0),
        ("presence_penalty", sampling.presence_penalty, 0.0),
    ];
    write_sampling(w, &parameters, rests, losses);
    if let Some(seed) = sampling.seed {
        // As a whole number where it is one.
        losses.add_if(sampling.rounded_seed(), "seed");
        w.key("seed").shortest(seed);
    }
    losses.add_if(sampling.top_k, "top_k");
    if !request.stop.is_empty() {
        w.key("stop").array(|w| request.stop.iter().for_each(|stop| w.string(stop)));
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
    if let Some(verbosity) = hints.verbosity.take() {
        w.key("verbosity").string(&verbosity);
    }
    if let Some(key) = hints.cache_key.take() {
        w.key("prompt_cache_key").string(&key);
    }
    hints.report(losses);
}

fn write_format(w: &mut Writer<'_>, format: &OutputFormat<'_>, server: Option<&Server>, losses: &mut Losses) {
    w.key("response_format").object(|w| match format {
        OutputFormat::Json => w.key("type").string("json_object"),
        OutputFormat::Schema { name, description, schema } => {
            w.key("type").string("json_schema");
            w.key("json_schema").object(|w| {
                w.key("name").string(name.as_deref().unwrap_or("answer"));
                if let Some(description) = description {
                    w.key("description").string(description);
                }
                let (schema, strict) = strictly(schema, SchemaOf::Answer, server, losses);
                w.key("schema").literal(&schema);
                w.key("strict").bool(strict);
            });
        }
    });
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
        Some(ToolChoice::Named(name)) => write_named_choice(w, name),
    }
    if let Some(parallel) = request.parallel_calls {
        w.key("parallel_tool_calls").bool(parallel);
    }
}

fn write_named_choice(w: &mut Writer<'_>, name: &Text<'_>) {
    w.key("tool_choice").object(|w| {
        w.key("type").string("function");
        w.key("function").object(|w| w.key("name").string(name));
    });
}

fn write_tool(w: &mut Writer<'_>, tool: &Tool<'_>, server: Option<&Server>, losses: &mut Losses) {
    w.object(|w| {
        w.key("type").string("function");
        w.key("function").object(|w| {
            w.key("name").string(&tool.name);
            if let Some(description) = &tool.description {
                w.key("description").string(description);
            }
            let mut strict = tool.strict;
            match tool.schema.as_deref() {
                Some(schema) if strict == Some(true) => {
                    let (schema, can_be) = strictly(schema, SchemaOf::Tool, server, losses);
                    write_parameters(w, &schema);
                    strict = Some(can_be);
                }
                Some(schema) => {
                    write_parameters(w, schema);
                }
                None => {}
            }
            if let Some(strict) = strict {
                w.key("strict").bool(strict);
            }
        });
    });
}

/// This API refuses an object schema without `properties`, which is how tools without parameters are
/// often described. Returns whether there were any to write.
pub(crate) fn write_parameters(w: &mut Writer<'_>, schema: &str) -> bool {
    let members = schema.strip_prefix('{').unwrap_or_default().trim_start();
    if members.starts_with('}') {
        return false;
    }
    let w = w.key("parameters");
    if members.is_empty() || members.contains("\"properties\"") {
        w.literal(schema);
    } else {
        w.pieces(&["{\"properties\":{},", members]);
    }
    true
}
