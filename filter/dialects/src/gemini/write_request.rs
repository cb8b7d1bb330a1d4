//! Writes `generateContent` and `streamGenerateContent`.

use super::TIERS;
use super::logprobs::MAX_LOGPROBS;
use super::models::Model;
use super::thinking::think;
use super::turns::arrange;
use super::write_content::write_turn;
use crate::json::{RequestError, Writer};
use crate::neutral::{
    Document, Image, Losses, OutputFormat, PROVIDER_FILE, Part, Request, Role, Source, Tool, ToolChoice,
};
use crate::schema::{GEMINI, OF_ANSWER};
use crate::upstream::Target;

/// The most stop sequences this API takes.
const MAX_STOP: usize = 5;
/// The highest temperature.
const MAX_TEMPERATURE: f64 = 2.0;
/// Image types this API takes.
const IMAGE_TYPES: [&str; 6] = ["image/png", "image/jpeg", "image/jpg", "image/webp", "image/heic", "image/heif"];

/// Writes `request` for `target`; what could not be said is added to the losses.
pub(crate) fn write_request(
    request: &mut Request<'_>,
    target: &Target<'_>,
    out: &mut Vec<u8>,
) -> Result<(), RequestError> {
    request.forget_citations();
    let mut losses = std::mem::take(&mut request.losses);
    let mut hints = std::mem::take(&mut request.hints);
    let model = Model::named(target.model);
    check(request, &model)?;
    let conversation = arrange(&request.messages, &model, &mut losses)?;
    let mut config = Vec::new();
    Writer::new(&mut config).object(|w| {
        write_limits(w, request, &model, &mut losses);
        write_format(w, request, &mut losses);
        if let Some(thinking) =
            request.reasoning.and_then(|asked| think(asked, request.thoughts, &model, request.max_output, &mut losses))
        {
            thinking.write(w);
        }
        if model.takes_logprobs()
            && let Some(top) = hints.take_logprobs(MAX_LOGPROBS, &mut losses)
        {
            w.key("responseLogprobs").bool(true);
            if top > 0 {
                w.key("logprobs").unsigned(top);
            }
        }
    });
    Writer::new(out).object(|w| {
        if !conversation.system.is_empty() {
            w.key("systemInstruction").object(|w| {
                w.key("parts").array(|w| conversation.system.iter().for_each(|part| write_instruction(w, part)));
            });
        }
        w.key("contents").array(|w| {
            conversation.turns.iter().for_each(|turn| write_turn(w, turn, &model, &mut losses));
        });
        write_tools(w, request, &mut losses);
        if config != b"{}" {
            w.key("generationConfig").literal(std::str::from_utf8(&config).unwrap_or("{}"));
        }
        if let Some(tier) = hints.tier.take_if(|tier| tier.word(&TIERS).is_some_and(|word| word != "unspecified")) {
            w.key("serviceTier").string(tier.word(&TIERS).unwrap_or_default());
        }
    });
    hints.report(&mut losses);
    request.losses = losses;
    Ok(())
}

/// Refuses what would change the answer if it were left out.
fn check(request: &Request<'_>, model: &Model<'_>) -> Result<(), RequestError> {
    if request.stop.len() > MAX_STOP {
        return Err(RequestError::unsupported("stop", "this target takes at most 5"));
    }
    request.refuse_parts(unsayable)?;
    if model.takes_urls() { Ok(()) } else { request.refuse_parts(by_url) }
}

fn unsayable(_: Role, part: &Part<'_>) -> Option<&'static str> {
    match part {
        Part::Image(Image { source: Source::ProviderFile })
        | Part::Document(Document { source: Source::ProviderFile, .. })
        | Part::Audio(Source::ProviderFile)
        | Part::Video(Source::ProviderFile) => Some(PROVIDER_FILE),
        Part::Image(Image { source: Source::Base64 { media_type, .. } }) if !IMAGE_TYPES.contains(&&**media_type) => {
            Some("this target takes images of type png, jpeg, webp, heic or heif")
        }
        _ => None,
    }
}

fn by_url(_: Role, part: &Part<'_>) -> Option<&'static str> {
    match part {
        Part::Image(Image { source: Source::Url(_) })
        | Part::Document(Document { source: Source::Url(_), .. })
        | Part::Audio(Source::Url(_))
        | Part::Video(Source::Url(_)) => Some("this target cannot fetch a URL; send the data"),
        _ => None,
    }
}

fn write_instruction(w: &mut Writer<'_>, part: &Part<'_>) {
    if let Part::Text(text) = part {
        w.object(|w| w.key("text").string(text));
    }
}

fn write_limits(w: &mut Writer<'_>, request: &Request<'_>, model: &Model<'_>, losses: &mut Losses) {
    if let Some(max) = request.max_output {
        w.key("maxOutputTokens").unsigned(max);
    }
    if !request.stop.is_empty() {
        w.key("stopSequences").array(|w| request.stop.iter().for_each(|stop| w.string(stop)));
    }
    let sampling = &request.sampling;
    if !model.takes_sampling() {
        // 1 is what they do by themselves, as no penalty is.
        losses.add_if(sampling.temperature.filter(|temperature| *temperature != 1.0), "temperature");
        losses.add_if(sampling.top_p.filter(|top_p| *top_p != 1.0), "top_p");
        losses.add_if(sampling.top_k, "top_k");
        losses.add_if(sampling.frequency_penalty.filter(|penalty| *penalty != 0.0), "frequency_penalty");
        losses.add_if(sampling.presence_penalty.filter(|penalty| *penalty != 0.0), "presence_penalty");
    } else {
        if let Some(temperature) = sampling.temperature {
            losses.add_if((temperature > MAX_TEMPERATURE).then_some(()), "temperature");
            w.key("temperature").float(temperature.min(MAX_TEMPERATURE));
        }
        let numbers = [
            ("topP", sampling.top_p),
            ("frequencyPenalty", sampling.frequency_penalty),
            ("presencePenalty", sampling.presence_penalty),
        ];
        for (key, number) in numbers {
            if let Some(number) = number {
                w.key(key).float(number);
            }
        }
        if let Some(top_k) = sampling.top_k {
            w.key("topK").unsigned(top_k);
        }
    }
    match sampling.seed {
        Some(seed) if seed.fract() == 0.0 && seed.abs() <= f64::from(i32::MAX) => w.key("seed").signed(seed as i64),
        seed => losses.add_if(seed, "seed"),
    }
}

fn write_format(w: &mut Writer<'_>, request: &Request<'_>, losses: &mut Losses) {
    let Some(format) = &request.output else { return };
    w.key("responseMimeType").string("application/json");
    if let OutputFormat::Schema { schema, description, .. } = format {
        losses.add_if(description.as_ref(), "response_format.json_schema.description");
        w.key("responseJsonSchema").literal(&GEMINI.fit(schema, OF_ANSWER, losses));
    }
}

fn write_tools(w: &mut Writer<'_>, request: &Request<'_>, losses: &mut Losses) {
    if request.tools.is_empty() {
        losses.add_if(request.forced_tool(), "tool_choice");
        return;
    }
    losses.add_if(request.parallel_calls.filter(|allowed| !allowed), "parallel_tool_calls");
    w.key("tools").array(|w| {
        w.object(|w| {
            w.key("functionDeclarations").array(|w| request.tools.iter().for_each(|tool| write_tool(w, tool, losses)));
        });
    });
    let (mode, name) = match &request.tool_choice {
        None => return,
        Some(ToolChoice::Auto) => ("AUTO", None),
        Some(ToolChoice::None) => ("NONE", None),
        Some(ToolChoice::Any) => ("ANY", None),
        Some(ToolChoice::Named(name)) => ("ANY", Some(name)),
    };
    w.key("toolConfig").object(|w| {
        w.key("functionCallingConfig").object(|w| {
            w.key("mode").string(mode);
            if let Some(name) = name {
                w.key("allowedFunctionNames").array(|w| w.string(name));
            }
        });
    });
}

fn write_tool(w: &mut Writer<'_>, tool: &Tool<'_>, losses: &mut Losses) {
    w.object(|w| {
        w.key("name").string(&tool.name);
        if let Some(description) = &tool.description {
            w.key("description").string(description);
        }
        if let Some(schema) = tool.schema.as_deref().filter(|schema| !is_empty_object(schema)) {
            w.key("parametersJsonSchema").literal(schema);
        }
        losses.add_if(tool.strict.filter(|strict| *strict), "tools.strict");
    });
}

fn is_empty_object(json: &str) -> bool {
    json.strip_prefix('{').is_some_and(|members| members.trim_start().starts_with('}'))
}
