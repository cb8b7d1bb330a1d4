//! Writes `POST /v1/chat/completions`.

use super::models::takes_reasoning_effort;
use crate::json::{RequestError, Text, Writer};
use crate::neutral::{
    Arguments, Document, Effort, Image, Losses, Message, OutputFormat, Part, Reasoning, Request, Role, Source, Tool,
    ToolCall, ToolChoice, ToolResult,
};

/// The most stop sequences this API takes.
const MAX_STOP: usize = 4;

/// Writes `request` for `model`; what could not be said is added to the losses.
pub(crate) fn write_request(request: &mut Request<'_>, model: &str, out: &mut Vec<u8>) -> Result<(), RequestError> {
    let mut losses = std::mem::take(&mut request.losses);
    check(request)?;
    Writer::new(out).object(|w| {
        w.key("model").string(model);
        w.key("messages").array(|w| {
            for message in &request.messages {
                write_message(w, message, &mut losses);
            }
        });
        write_limits(w, request, model, &mut losses);
        write_tools(w, request);
        if let Some(OutputFormat::Schema { name, schema }) = &request.output {
            w.key("response_format").object(|w| {
                w.key("type").string("json_schema");
                w.key("json_schema").object(|w| {
                    w.key("name").string(name.as_deref().unwrap_or("answer"));
                    w.key("schema").raw(schema);
                    w.key("strict").bool(true);
                });
            });
        } else if let Some(OutputFormat::Json) = &request.output {
            w.key("response_format").object(|w| {
                w.key("type").string("json_object");
            });
        }
        if let Some(user) = &request.user {
            w.key("user").string(user);
        }
        if request.stream {
            w.key("stream").bool(true);
            w.key("stream_options").object(|w| {
                w.key("include_usage").bool(true);
            });
        }
    });
    request.losses = losses;
    Ok(())
}

/// Refuses what would change the answer if it were left out.
fn check(request: &Request<'_>) -> Result<(), RequestError> {
    if request.stop.len() > MAX_STOP {
        return Err(RequestError::unsupported("stop_sequences", "this target takes at most 4"));
    }
    request.refuse_parts(unsayable)
}

fn unsayable(part: &Part<'_>) -> Option<&'static str> {
    match part {
        Part::Image(Image { source: Source::ProviderFile })
        | Part::Document(Document { source: Source::ProviderFile, .. }) => {
            Some("a file kept by one provider cannot be read by another; send its data")
        }
        Part::Document(Document { source: Source::Url(_), .. }) => {
            Some("this target cannot fetch a document by its URL; send its data")
        }
        _ => None,
    }
}

fn write_message(w: &mut Writer<'_>, message: &Message<'_>, losses: &mut Losses) {
    match message.role {
        Role::System => write_instructions(w, "system", message),
        Role::Developer => write_instructions(w, "developer", message),
        Role::Assistant => write_assistant(w, message, losses),
        Role::User => write_user(w, message, losses),
    }
}

fn write_instructions(w: &mut Writer<'_>, role: &'static str, message: &Message<'_>) {
    w.object(|w| {
        w.key("role").string(role);
        write_texts(w, message);
    });
}

/// One text is a string; several stay apart.
fn write_texts(w: &mut Writer<'_>, message: &Message<'_>) {
    let texts = || message.parts.iter().filter_map(as_text);
    let mut first_two = texts();
    match (first_two.next(), first_two.next()) {
        (None, _) => w.key("content").null(),
        (Some(text), None) => w.key("content").string(text),
        (Some(_), Some(_)) => w.key("content").array(|w| texts().for_each(|text| write_text(w, text))),
    };
}

fn as_text<'p>(part: &'p Part<'_>) -> Option<&'p str> {
    match part {
        Part::Text(text) => Some(text),
        _ => None,
    }
}

fn write_text(w: &mut Writer<'_>, text: &str) {
    w.object(|w| {
        w.key("type").string("text");
        w.key("text").string(text);
    });
}

fn write_assistant(w: &mut Writer<'_>, message: &Message<'_>, losses: &mut Losses) {
    let mut calls = message.parts.iter().filter_map(|part| match part {
        Part::ToolCall(call) => Some(call),
        _ => None,
    });
    let thinks = |part: &Part<'_>| matches!(part, Part::Thinking { .. } | Part::RedactedThinking(_));
    if message.parts.iter().any(thinks) {
        losses.add("messages.content.thinking");
        if message.parts.iter().all(thinks) {
            return;
        }
    }
    w.object(|w| {
        w.key("role").string("assistant");
        write_texts(w, message);
        if let Some(refusal) = message.parts.iter().find_map(|part| match part {
            Part::Refusal(text) => Some(text),
            _ => None,
        }) {
            w.key("refusal").string(refusal);
        }
        if let Some(first) = calls.next() {
            w.key("tool_calls").array(|w| {
                write_tool_call(w, first);
                calls.for_each(|call| write_tool_call(w, call));
            });
        }
    });
}

fn write_tool_call(w: &mut Writer<'_>, call: &ToolCall<'_>) {
    w.object(|w| {
        w.key("id").string(&call.id);
        w.key("type").string("function");
        w.key("function").object(|w| {
            w.key("name").string(&call.name);
            w.key("arguments").string(match &call.arguments {
                Arguments::Text(text) if text.trim().is_empty() => "{}",
                Arguments::Text(text) => text,
                Arguments::Object(object) => object.get(),
            });
        });
    });
}

/// Tool results are messages of their own here and come first; the rest is the user's message.
/// Images inside results, which a tool message cannot hold, open the user's message.
fn write_user(w: &mut Writer<'_>, message: &Message<'_>, losses: &mut Losses) {
    let results = || {
        message.parts.iter().filter_map(|part| match part {
            Part::ToolResult(result) => Some(result),
            _ => None,
        })
    };
    results().for_each(|result| write_tool_result(w, result, losses));
    let moved = || results().flat_map(|result| &result.parts).filter(|part| as_text(part).is_none());
    let said = || message.parts.iter().filter(|part| !matches!(part, Part::ToolResult(_)));
    if moved().next().is_some() {
        losses.add("messages.content.tool_result.content");
    } else if said().next().is_none() {
        return;
    }
    w.object(|w| {
        w.key("role").string("user");
        match (moved().chain(said()).count(), said().next()) {
            (1, Some(Part::Text(text))) => {
                w.key("content").string(text);
            }
            _ => {
                w.key("content").array(|w| moved().chain(said()).for_each(|part| write_part(w, part)));
            }
        }
    });
}

fn write_tool_result(w: &mut Writer<'_>, result: &ToolResult<'_>, losses: &mut Losses) {
    let mut texts: Vec<&str> = Vec::new();
    if result.is_error {
        losses.add("messages.content.tool_result.is_error");
        texts.push("Error: ");
    }
    for text in result.parts.iter().filter_map(as_text) {
        if texts.len() > usize::from(result.is_error) {
            texts.push("\n");
        }
        texts.push(text);
    }
    w.object(|w| {
        w.key("role").string("tool");
        w.key("tool_call_id").string(&result.call_id);
        w.key("content").concat(&texts);
    });
}

fn write_part(w: &mut Writer<'_>, part: &Part<'_>) {
    match part {
        Part::Text(text) => write_text(w, text),
        Part::Image(image) => {
            w.object(|w| {
                w.key("type").string("image_url");
                w.key("image_url").object(|w| write_source(w.key("url"), &image.source));
            });
        }
        Part::Document(Document { source: Source::Text(text), title }) => {
            w.object(|w| {
                w.key("type").string("text");
                match title {
                    Some(title) => w.key("text").concat(&[title, "\n\n", text]),
                    None => w.key("text").string(text),
                };
            });
        }
        Part::Document(document) => {
            w.object(|w| {
                w.key("type").string("file");
                w.key("file").object(|w| {
                    w.key("filename").string(document.title.as_deref().unwrap_or("document.pdf"));
                    write_source(w.key("file_data"), &document.source);
                });
            });
        }
        _ => {}
    }
}

fn write_source(w: &mut Writer<'_>, source: &Source<'_>) {
    match source {
        Source::Base64 { media_type, data } => w.concat(&["data:", media_type, ";base64,", data]),
        Source::Url(url) | Source::Text(url) => w.string(url),
        Source::ProviderFile => w.string(""),
    };
}

fn write_limits(w: &mut Writer<'_>, request: &Request<'_>, model: &str, losses: &mut Losses) {
    if let Some(max) = request.max_output {
        w.key("max_completion_tokens").unsigned(max);
    }
    let sampling = &request.sampling;
    let numbers = [
        ("temperature", sampling.temperature),
        ("top_p", sampling.top_p),
        ("frequency_penalty", sampling.frequency_penalty),
        ("presence_penalty", sampling.presence_penalty),
    ];
    for (key, number) in numbers {
        if let Some(number) = number {
            w.key(key).float(number);
        }
    }
    losses.add_if(sampling.top_k, "top_k");
    if !request.stop.is_empty() {
        w.key("stop").array(|w| request.stop.iter().for_each(|stop| w.string(stop)));
    }
    if let Some(effort) = request.reasoning.and_then(effort_of) {
        if takes_reasoning_effort(model) {
            w.key("reasoning_effort").string(effort.word());
        } else {
            losses.add("thinking");
        }
    }
}

/// A budget in tokens as the nearest step of effort. Off and adaptive are what a model does by
/// itself.
fn effort_of(reasoning: Reasoning) -> Option<Effort> {
    match reasoning {
        Reasoning::Off | Reasoning::Adaptive => None,
        Reasoning::Effort(effort) => Some(effort),
        Reasoning::Budget(0..4096) => Some(Effort::Low),
        Reasoning::Budget(4096..16384) => Some(Effort::Medium),
        Reasoning::Budget(_) => Some(Effort::High),
    }
}

fn write_tools(w: &mut Writer<'_>, request: &Request<'_>) {
    if request.tools.is_empty() {
        return;
    }
    w.key("tools").array(|w| request.tools.iter().for_each(|tool| write_tool(w, tool)));
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

fn write_tool(w: &mut Writer<'_>, tool: &Tool<'_>) {
    w.object(|w| {
        w.key("type").string("function");
        w.key("function").object(|w| {
            w.key("name").string(&tool.name);
            if let Some(description) = &tool.description {
                w.key("description").string(description);
            }
            if let Some(schema) = tool.schema {
                w.key("parameters").raw(schema);
            }
            if let Some(strict) = tool.strict {
                w.key("strict").bool(strict);
            }
        });
    });
}
