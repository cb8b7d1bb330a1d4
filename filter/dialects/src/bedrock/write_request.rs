//! Writes `POST /model/{modelId}/converse` and `/converse-stream`.

use super::TIERS;
use super::media::{AUDIO, DOCUMENTS, IMAGES, VIDEO, format};
use super::model_fields::ModelFields;
use super::models::Family;
use super::write_blocks::{Blocks, write_text};
use super::write_tools::Tools;
use crate::anthropic::turns::{Takes, Turn, arrange};
use crate::json::{Raw, RequestError, Scanner, Token, Writer, unescape};
use crate::neutral::{
    Document, Effort, Hints, Image, Losses, OF_USERS_ONLY, OutputFormat, PROVIDER_FILE, Part, Request, Role, Source,
};
use crate::schema::{ANTHROPIC, OF_ANSWER};
use crate::upstream::Target;

/// Writes `request` for `target`; what could not be said is added to the losses.
pub(crate) fn write_request(
    request: &mut Request<'_>,
    target: &Target<'_>,
    out: &mut Vec<u8>,
) -> Result<(), RequestError> {
    let family = Family::of(target.model);
    if !family.may_be_claude() {
        request.forget_citations();
    }
    let mut losses = std::mem::take(&mut request.losses);
    let hints = std::mem::take(&mut request.hints);
    check(request, &family)?;
    let takes = Takes {
        system_messages: family.claude().is_some_and(|claude| claude.takes_system_messages()),
        thoughts: family.may_be_claude(),
    };
    let conversation = arrange(&request.messages, takes, &mut losses)?;
    check_documents(&conversation.turns)?;
    let (tools, choice) = Tools::plan(request, &family, &conversation.turns, &mut losses)?;
    let mut fields = ModelFields::fit(request, &family, &conversation.turns, &mut losses);
    fields.choice = choice;

    let mut blocks = Blocks::new(losses);
    Writer::new(out).object(|w| {
        if !conversation.system.is_empty() {
            w.key("system").array(|w| conversation.system.iter().for_each(|part| write_instruction(w, part)));
        }
        w.key("messages").array(|w| conversation.turns.iter().for_each(|turn| blocks.write_turn(w, turn)));
        let losses = &mut blocks.losses;
        write_inference(w, request, &fields);
        tools.write(w, losses);
        write_output(w, request, fields.effort_in_api(), losses);
        fields.write(w, &family);
        write_hints(w, hints, losses);
    });
    request.losses = blocks.losses;
    Ok(())
}

fn write_instruction(w: &mut Writer<'_>, part: &Part<'_>) {
    if let Part::Text(text) = part {
        write_text(w, text);
    }
}

/// Refuses what would change the answer if it were left out.
fn check(request: &Request<'_>, family: &Family<'_>) -> Result<(), RequestError> {
    if matches!(request.output, Some(OutputFormat::Json)) {
        let message = "this target has no JSON mode; use json_schema with a schema";
        return Err(RequestError::unsupported("response_format", message));
    }
    let stops_nothing = |stop: &str| stop.is_empty() || (family.claude().is_some() && stop.trim().is_empty());
    if request.stop.iter().any(|stop| stops_nothing(stop)) {
        return Err(RequestError::unsupported("stop", "this target takes no stop sequence of white space only"));
    }
    for message in &request.messages {
        let heard = |part: &Part<'_>| match part {
            Part::ToolResult(result) => result.parts.iter().any(|part| matches!(part, Part::Audio(_))),
            _ => false,
        };
        if message.parts.iter().any(heard) {
            let at = format!("messages[{}].content", message.at);
            return Err(RequestError::unsupported(at, "this target takes no audio in tool results"));
        }
    }
    request.refuse_parts(unsayable)
}

fn unsayable(role: Role, part: &Part<'_>) -> Option<&'static str> {
    let (source, formats, expected) = match part {
        Part::Image(Image { source }) => (source, IMAGES, "this target takes images of type jpeg, png, gif or webp"),
        Part::Document(Document { source, .. }) => {
            (source, DOCUMENTS, "this target takes documents of type pdf, csv, doc, docx, xls, xlsx, html, txt or md")
        }
        Part::Audio(source) => (source, AUDIO, "this target takes no audio of this type"),
        Part::Video(source) => (source, VIDEO, "this target takes no video of this type"),
        _ => return None,
    };
    match source {
        _ if role == Role::Assistant => Some(OF_USERS_ONLY),
        Source::Base64 { media_type, .. } => format(formats, media_type).is_none().then_some(expected),
        Source::Url(_) => Some("this target cannot fetch a URL; send the data itself"),
        Source::ProviderFile => Some(PROVIDER_FILE),
        Source::Text(_) => None,
    }
}

/// The API wants text beside a document.
fn check_documents(turns: &[Turn<'_, '_>]) -> Result<(), RequestError> {
    let is_file = |part: &&Part<'_>| matches!(part, Part::Document(Document { source: Source::Base64 { .. }, .. }));
    let is_text =
        |part: &&Part<'_>| matches!(part, Part::Text(_) | Part::Document(Document { source: Source::Text(_), .. }));
    for turn in turns {
        if turn.parts.iter().any(&is_file) && !turn.parts.iter().any(&is_text) {
            let message = "this target needs text beside a document; say what is to be done with it";
            return Err(RequestError::unsupported(format!("messages[{}].content", turn.at), message));
        }
    }
    Ok(())
}

fn write_inference(w: &mut Writer<'_>, request: &Request<'_>, fields: &ModelFields<'_>) {
    let (temperature, top_p) = (fields.sampling.temperature, fields.sampling.top_p);
    if request.max_output.is_none() && temperature.is_none() && top_p.is_none() && request.stop.is_empty() {
        return;
    }
    w.key("inferenceConfig").object(|w| {
        if let Some(max) = request.max_output {
            w.key("maxTokens").unsigned(max);
        }
        if let Some(temperature) = temperature {
            w.key("temperature").float(temperature);
        }
        if let Some(top_p) = top_p {
            w.key("topP").float(top_p);
        }
        if !request.stop.is_empty() {
            w.key("stopSequences").array(|w| request.stop.iter().for_each(|stop| w.string(stop)));
        }
    });
}

fn write_output(w: &mut Writer<'_>, request: &Request<'_>, effort: Option<Effort>, losses: &mut Losses) {
    let schema = match &request.output {
        Some(OutputFormat::Schema { schema, name, description }) => Some((schema, name, description)),
        _ => None,
    };
    if schema.is_none() && effort.is_none() {
        return;
    }
    w.key("outputConfig").object(|w| {
        if let Some((schema, name, description)) = schema {
            w.key("textFormat").object(|w| {
                w.key("type").string("json_schema");
                w.key("structure").object(|w| {
                    w.key("jsonSchema").object(|w| {
                        w.key("schema").string(&ANTHROPIC.fit(schema, OF_ANSWER, losses));
                        if let Some(name) = name {
                            w.key("name").string(name);
                        }
                        if let Some(description) = description {
                            w.key("description").string(description);
                        }
                    });
                });
            });
        }
        if let Some(effort) = effort {
            w.key("effort").string(effort.word());
        }
    });
}

fn write_hints(w: &mut Writer<'_>, mut hints: Hints<'_>, losses: &mut Losses) {
    if let Some(metadata) = hints.metadata.take_if(|metadata| is_request_metadata(*metadata)) {
        w.key("requestMetadata").raw(metadata);
    }
    if let Some(tier) = hints.tier.take_if(|tier| tier.word(&TIERS).is_some()) {
        w.key("serviceTier").object(|w| w.key("type").string(tier.word(&TIERS).unwrap_or_default()));
    }
    hints.report(losses);
}

/// Up to 16 strings of up to 256 plain characters, as the service model has them.
fn is_request_metadata(metadata: Raw<'_>) -> bool {
    let is_plain = |text: &str| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || c.is_ascii_whitespace() || ":_@$#=/+,-.".contains(c);
        let text = unescape(text);
        text.len() <= 256 && text.chars().all(allowed)
    };
    let mut scanner = Scanner::new(metadata.get());
    let mut keys: usize = 0;
    while let Ok(Some((token, _))) = scanner.next() {
        match token {
            Token::Key(key) if !key.is_empty() && is_plain(key) => keys = keys.saturating_add(1),
            Token::String(value) if is_plain(value) => {}
            Token::ObjectStart if keys == 0 => {}
            Token::ObjectEnd => return (1..=16).contains(&keys),
            _ => return false,
        }
    }
    false
}
