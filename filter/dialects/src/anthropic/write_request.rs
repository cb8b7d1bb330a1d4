//! Writes `POST /v1/messages`.

use super::TIERS;
use super::models::Model;
use super::sampling::{fit, report_unknown};
use super::thinking::think;
use super::turns::{Takes, arrange};
use super::write_content::{write_part, write_turn};
use crate::json::{RequestError, Writer};
use crate::neutral::{
    Document, Effort, Hints, Image, Losses, NO_AUDIO, NO_VIDEO, OutputFormat, PROVIDER_FILE, Part, Request, Role,
    Source, Tool, ToolChoice,
};
use crate::platform::Platform;
use crate::schema::{ANTHROPIC, OF_ANSWER};
use crate::upstream::Target;

/// Image types this API takes.
const IMAGE_TYPES: [&str; 4] = ["image/jpeg", "image/png", "image/gif", "image/webp"];

/// Writes `request` for `target`; what could not be said is added to the losses.
pub(crate) fn write_request(
    request: &mut Request<'_>,
    target: &Target<'_>,
    out: &mut Vec<u8>,
) -> Result<(), RequestError> {
    let model = target.model;
    let mut losses = std::mem::take(&mut request.losses);
    let hints = std::mem::take(&mut request.hints);
    let kind = Model::named(model);
    check(request)?;
    check_tool_choice(request, &kind)?;
    let takes = Takes { system_messages: kind.takes_system_messages(), thoughts: true };
    let conversation = arrange(&request.messages, takes, &mut losses)?;
    let max_tokens = request.max_output.unwrap_or_else(|| kind.default_max_tokens());
    let thinking = think(request, &kind, max_tokens, &conversation.turns, &mut losses);
    Writer::new(out).object(|w| {
        // Where the path names the model, the body says which version of the API it is for.
        match target.upstream.body_version() {
            Some(version) => w.key("anthropic_version").string(version),
            None => w.key("model").string(model),
        }
        w.key("max_tokens").unsigned(max_tokens);
        match &*conversation.system {
            [] => {}
            [Part::Text(text)] => w.key("system").string(text),
            parts => w.key("system").array(|w| parts.iter().for_each(|part| write_part(w, part, &mut losses))),
        }
        w.key("messages").array(|w| conversation.turns.iter().for_each(|turn| write_turn(w, turn, &mut losses)));
        write_sampling(w, request, &kind, thinking.is_on(), &mut losses);
        write_tools(w, request, &mut losses);
        thinking.write(w);
        write_output_config(w, request, thinking.effort, &mut losses);
        write_hints(w, hints, &mut losses);
        if request.stream && target.upstream.platform != Platform::Aws {
            w.key("stream").bool(true);
        }
    });
    request.losses = losses;
    Ok(())
}

/// Refuses what would change the answer if it were left out.
fn check(request: &Request<'_>) -> Result<(), RequestError> {
    if matches!(request.output, Some(OutputFormat::Json)) {
        let message = "this target has no JSON mode; use json_schema with a schema";
        return Err(RequestError::unsupported("response_format", message));
    }
    if request.stop.iter().any(|stop| stop.trim().is_empty()) {
        return Err(RequestError::unsupported("stop", "this target takes no stop sequence of white space only"));
    }
    request.refuse_parts(unsayable)
}

/// Refuses a choice that forces a tool, if the model takes none.
pub(crate) fn check_tool_choice(request: &Request<'_>, model: &Model<'_>) -> Result<(), RequestError> {
    if model.can_be_forced() || request.tools.is_empty() || request.forced_tool().is_none() {
        return Ok(());
    }
    let message = "this model cannot be made to call a tool; let it choose";
    Err(RequestError::unsupported("tool_choice", message))
}

fn unsayable(_: Role, part: &Part<'_>) -> Option<&'static str> {
    match part {
        Part::Audio(_) => Some(NO_AUDIO),
        Part::Video(_) => Some(NO_VIDEO),
        Part::Image(Image { source: Source::ProviderFile })
        | Part::Document(Document { source: Source::ProviderFile, .. }) => Some(PROVIDER_FILE),
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

fn write_sampling(w: &mut Writer<'_>, request: &Request<'_>, model: &Model<'_>, thinks: bool, losses: &mut Losses) {
    if !request.stop.is_empty() {
        w.key("stop_sequences").array(|w| request.stop.iter().for_each(|stop| w.string(stop)));
    }
    let sampling = fit(&request.sampling, model, thinks, losses);
    report_unknown(&request.sampling, losses);
    if let Some(temperature) = sampling.temperature {
        w.key("temperature").float(temperature);
    }
    if let Some(top_p) = sampling.top_p {
        w.key("top_p").float(top_p);
    }
    if let Some(top_k) = sampling.top_k {
        w.key("top_k").unsigned(top_k);
    }
}

fn write_tools(w: &mut Writer<'_>, request: &Request<'_>, losses: &mut Losses) {
    if request.tools.is_empty() {
        losses.add_if(request.forced_tool(), "tool_choice");
        return;
    }
    w.key("tools").array(|w| request.tools.iter().for_each(|tool| write_tool(w, tool, losses)));
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

fn write_tool(w: &mut Writer<'_>, tool: &Tool<'_>, losses: &mut Losses) {
    w.object(|w| {
        w.key("name").string(&tool.name);
        if let Some(description) = &tool.description {
            w.key("description").string(description);
        }
        // OpenAI takes an empty schema for no parameters; this API wants the type.
        w.key("input_schema").literal(&ANTHROPIC.of_tool(tool, tool.strict == Some(true), losses));
        if let Some(strict) = tool.strict {
            w.key("strict").bool(strict);
        }
    });
}

fn write_output_config(w: &mut Writer<'_>, request: &Request<'_>, effort: Option<Effort>, losses: &mut Losses) {
    let schema = match &request.output {
        Some(OutputFormat::Schema { schema, description, .. }) => {
            losses.add_if(description.as_ref(), "response_format.json_schema.description");
            Some(schema)
        }
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
                w.key("schema").literal(&ANTHROPIC.fit(schema, OF_ANSWER, losses));
            });
        }
    });
}

/// The most characters of `metadata.user_id`.
const MAX_USER: usize = 256;

fn write_hints(w: &mut Writer<'_>, mut hints: Hints<'_>, losses: &mut Losses) {
    if let Some(user) = hints.user.take_if(|user| user.chars().count() <= MAX_USER) {
        w.key("metadata").object(|w| w.key("user_id").string(&user));
    }
    if let Some(tier) = hints.tier.take_if(|tier| tier.word(&TIERS).is_some()) {
        w.key("service_tier").string(tier.word(&TIERS).unwrap_or_default());
    }
    hints.report(losses);
}
