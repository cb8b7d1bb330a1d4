//! Writes `POST /v1/messages`.

use super::models::Model;
use super::thinking::{Thinking, think};
use super::turns::{Turn, arrange};
use crate::json::{RequestError, Writer, parse};
use crate::neutral::{Arguments, Document, Image, Losses, OutputFormat, Part, Request, Role, Source, Tool, ToolChoice};
use serde_json::value::RawValue;

/// Image types this API takes.
const IMAGE_TYPES: [&str; 4] = ["image/jpeg", "image/png", "image/gif", "image/webp"];

/// Writes `request` for `model`; what could not be said is added to the losses.
pub(crate) fn write_request(request: &mut Request<'_>, model: &str, out: &mut Vec<u8>) -> Result<(), RequestError> {
    let mut losses = std::mem::take(&mut request.losses);
    let kind = Model::named(model);
    check(request)?;
    let conversation = arrange(&request.messages, &kind, &mut losses)?;
    let max_tokens = request.max_output.unwrap_or_else(|| kind.default_max_tokens());
    let thinking = think(request, &kind, max_tokens, &conversation.turns, &mut losses);
    Writer::new(out).object(|w| {
        w.key("model").string(model);
        w.key("max_tokens").unsigned(max_tokens);
        match &*conversation.system {
            [] => {}
            [Part::Text(text)] => w.key("system").string(text),
            parts => w.key("system").array(|w| parts.iter().for_each(|part| write_part(w, part, &mut losses))),
        }
        w.key("messages").array(|w| conversation.turns.iter().for_each(|turn| write_turn(w, turn, &mut losses)));
        write_sampling(w, request, &kind, thinking.is_some(), &mut losses);
        write_tools(w, request);
        write_thinking(w, request, thinking);
        if let Some(user) = &request.user {
            w.key("metadata").object(|w| w.key("user_id").string(user));
        }
        if request.stream {
            w.key("stream").bool(true);
        }
    });
    request.losses = losses;
    Ok(())
}

/// Refuses what would change the answer if it were left out.
fn check(request: &Request<'_>) -> Result<(), RequestError> {
    if request.choices.is_some_and(|choices| choices != 1) {
        return Err(RequestError::unsupported("n", "this target gives one answer; ask for 1"));
    }
    if matches!(request.output, Some(OutputFormat::Json)) {
        let message = "this target has no JSON mode; use json_schema with a schema";
        return Err(RequestError::unsupported("response_format", message));
    }
    if request.stop.iter().any(|stop| stop.trim().is_empty()) {
        return Err(RequestError::unsupported("stop", "this target takes no stop sequence of white space only"));
    }
    request.refuse_parts(unsayable)
}

fn unsayable(part: &Part<'_>) -> Option<&'static str> {
    match part {
        Part::Audio => Some("this target takes no audio"),
        Part::Image(Image { source: Source::ProviderFile })
        | Part::Document(Document { source: Source::ProviderFile, .. }) => {
            Some("a file kept by one provider cannot be read by another; send its data")
        }
        Part::Image(Image { source: Source::Base64 { media_type, .. } }) if !IMAGE_TYPES.contains(&&**media_type) => {
            Some("this target takes images of type jpeg, png, gif or webp")
        }
        Part::Document(Document { source: Source::Base64 { media_type, .. }, .. })
            if media_type != "application/pdf" =>
        {
            Some("this target takes documents of type application/pdf or as text")
        }
        _ => None,
    }
}

fn write_turn(w: &mut Writer<'_>, turn: &Turn<'_, '_>, losses: &mut Losses) {
    w.object(|w| {
        w.key("role").string(match turn.role {
            Role::Assistant => "assistant",
            Role::User => "user",
            Role::System | Role::Developer => "system",
        });
        match &*turn.parts {
            [Part::Text(text)] => w.key("content").string(text),
            parts => w.key("content").array(|w| parts.iter().for_each(|part| write_part(w, part, losses))),
        }
    });
}

fn write_part(w: &mut Writer<'_>, part: &Part<'_>, losses: &mut Losses) {
    match part {
        Part::Text(text) => write_text(w, text),
        Part::Refusal(text) => {
            losses.add("messages.refusal");
            write_text(w, text);
        }
        Part::Image(image) => w.object(|w| {
            w.key("type").string("image");
            write_source(w, &image.source);
        }),
        Part::Document(document) => w.object(|w| {
            w.key("type").string("document");
            write_source(w, &document.source);
            if let Some(title) = &document.title {
                w.key("title").string(title);
            }
        }),
        Part::ToolCall(call) => w.object(|w| {
            w.key("type").string("tool_use");
            w.key("id").string(&tool_id(&call.id));
            w.key("name").string(&call.name);
            write_arguments(w, &call.arguments, losses);
        }),
        Part::ToolResult(result) => w.object(|w| {
            w.key("type").string("tool_result");
            w.key("tool_use_id").string(&tool_id(&result.call_id));
            match &*result.parts {
                [] => {}
                [Part::Text(text)] => w.key("content").string(text),
                parts => w.key("content").array(|w| parts.iter().for_each(|part| write_part(w, part, losses))),
            }
            if result.is_error {
                w.key("is_error").bool(true);
            }
        }),
        Part::Thinking { text, signature } => w.object(|w| {
            w.key("type").string("thinking");
            w.key("thinking").string(text);
            w.key("signature").string(signature.as_deref().unwrap_or_default());
        }),
        Part::RedactedThinking(data) => w.object(|w| {
            w.key("type").string("redacted_thinking");
            w.key("data").string(data);
        }),
        Part::Audio => {}
    }
}

fn write_text(w: &mut Writer<'_>, text: &str) {
    w.object(|w| {
        w.key("type").string("text");
        w.key("text").string(text);
    });
}

fn write_source(w: &mut Writer<'_>, source: &Source<'_>) {
    w.key("source").object(|w| match source {
        Source::Base64 { media_type, data } => {
            w.key("type").string("base64");
            w.key("media_type").string(media_type);
            w.key("data").string(data);
        }
        Source::Url(url) => {
            w.key("type").string("url");
            w.key("url").string(url);
        }
        Source::Text(text) => {
            w.key("type").string("text");
            w.key("media_type").string("text/plain");
            w.key("data").string(text);
        }
        Source::ProviderFile => {}
    });
}

/// This API wants an object. Text that is none is wrapped, as its documentation of fine-grained tool
/// streaming advises, so that a model's slip does not end a conversation.
fn write_arguments(w: &mut Writer<'_>, arguments: &Arguments<'_>, losses: &mut Losses) {
    let w = w.key("input");
    match arguments {
        Arguments::Object(object) => w.raw(object),
        Arguments::Text(text) if text.trim().is_empty() => w.literal("{}"),
        Arguments::Text(text) => match parse::<&RawValue>(text) {
            Ok(object) if object.get().starts_with('{') => w.raw(object),
            _ => {
                losses.add("messages.tool_calls.function.arguments");
                w.object(|w| w.key("INVALID_JSON").string(text));
            }
        },
    }
}

/// Ids here are made of letters, digits, `_` and `-`. Every other byte becomes `_` and its hex
/// digits, so that different ids stay different and a result still finds its call.
fn tool_id(id: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let mut out = String::with_capacity(id.len());
    for byte in id.bytes() {
        if plain(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("_{byte:02x}"));
        }
    }
    out
}

fn write_sampling(w: &mut Writer<'_>, request: &Request<'_>, model: &Model<'_>, thinks: bool, losses: &mut Losses) {
    let sampling = &request.sampling;
    if !request.stop.is_empty() {
        w.key("stop_sequences").array(|w| request.stop.iter().for_each(|stop| w.string(stop)));
    }
    // Thinking models draw their own way: https://platform.claude.com/docs/en/build-with-claude/thinking
    if model.takes_sampling() && !thinks {
        if let Some(temperature) = sampling.temperature {
            if temperature > 1.0 {
                losses.add("temperature");
            }
            w.key("temperature").float(temperature.min(1.0));
        }
        match sampling.top_p {
            Some(_) if sampling.temperature.is_some() && !model.takes_both_temperature_and_top_p() => {
                losses.add("top_p");
            }
            Some(top_p) => w.key("top_p").float(top_p),
            None => {}
        }
        if let Some(top_k) = sampling.top_k {
            w.key("top_k").unsigned(top_k);
        }
    } else {
        losses.add_if(sampling.temperature, "temperature");
        losses.add_if(sampling.top_p, "top_p");
        losses.add_if(sampling.top_k, "top_k");
    }
    losses.add_if(sampling.frequency_penalty.filter(|penalty| *penalty != 0.0), "frequency_penalty");
    losses.add_if(sampling.presence_penalty.filter(|penalty| *penalty != 0.0), "presence_penalty");
    losses.add_if(sampling.seed, "seed");
}

fn write_tools(w: &mut Writer<'_>, request: &Request<'_>) {
    if request.tools.is_empty() {
        return;
    }
    w.key("tools").array(|w| request.tools.iter().for_each(|tool| write_tool(w, tool)));
    let one_at_a_time = request.parallel_calls == Some(false);
    let (word, name) = match &request.tool_choice {
        None if !one_at_a_time => return,
        None | Some(ToolChoice::Auto) => ("auto", None),
        Some(ToolChoice::Any) => ("any", None),
        Some(ToolChoice::Named(name)) => ("tool", Some(name)),
        Some(ToolChoice::None) => ("none", None),
    };
    w.key("tool_choice").object(|w| {
        w.key("type").string(word);
        if let Some(name) = name {
            w.key("name").string(name);
        }
        if one_at_a_time && word != "none" {
            w.key("disable_parallel_tool_use").bool(true);
        }
    });
}

fn write_tool(w: &mut Writer<'_>, tool: &Tool<'_>) {
    w.object(|w| {
        w.key("name").string(&tool.name);
        if let Some(description) = &tool.description {
            w.key("description").string(description);
        }
        match tool.schema {
            Some(schema) => w.key("input_schema").raw(schema),
            None => w.key("input_schema").literal(r#"{"type":"object","properties":{}}"#),
        }
        if let Some(strict) = tool.strict {
            w.key("strict").bool(strict);
        }
    });
}

fn write_thinking(w: &mut Writer<'_>, request: &Request<'_>, thinking: Option<Thinking>) {
    match thinking {
        None => {}
        Some(Thinking::Budget(budget)) => w.key("thinking").object(|w| {
            w.key("type").string("enabled");
            w.key("budget_tokens").unsigned(budget);
        }),
        Some(Thinking::Adaptive(_)) => w.key("thinking").object(|w| w.key("type").string("adaptive")),
    }
    let effort = match thinking {
        Some(Thinking::Adaptive(effort)) => effort,
        _ => None,
    };
    let schema = match &request.output {
        Some(OutputFormat::Schema { schema, .. }) => Some(schema),
        _ => None,
    };
    if effort.is_none() && schema.is_none() {
        return;
    }
    w.key("output_config").object(|w| {
        if let Some(effort) = effort {
            w.key("effort").string(effort.word());
        }
        if let Some(schema) = schema {
            w.key("format").object(|w| {
                w.key("type").string("json_schema");
                w.key("schema").raw(schema);
            });
        }
    });
}
