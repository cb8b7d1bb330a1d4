//! Writes `POST /v2/chat`.

use super::models::takes_thinking;
use super::write_messages::{says, write_message};
use crate::json::{RequestError, Scanner, Token, Writer};
use crate::neutral::{
    Document, Effort, Image, Losses, NO_AUDIO, OutputFormat, Part, Reasoning, Request, Role, Source, Thoughts, Tool,
    ToolChoice, refuse_unsaid, unsayable_media,
};
use crate::schema::{COHERE, OF_ANSWER};
use crate::upstream::Target;

/// The most stop sequences this API takes.
const MAX_STOP: usize = 5;

/// Image types this API takes: <https://docs.cohere.com/docs/image-inputs>.
const IMAGE_TYPES: [&str; 4] = ["image/jpeg", "image/png", "image/gif", "image/webp"];

/// Writes `request` for `target`; what could not be said is added to the losses.
pub(crate) fn write_request(
    request: &mut Request<'_>,
    target: &Target<'_>,
    out: &mut Vec<u8>,
) -> Result<(), RequestError> {
    request.forget_citations();
    let mut losses = std::mem::take(&mut request.losses);
    let mut hints = std::mem::take(&mut request.hints);
    check(request, &mut losses)?;
    Writer::new(out).object(|w| {
        w.key("model").string(target.model);
        w.key("messages").array(|w| {
            for message in &request.messages {
                write_message(w, message, &mut losses);
            }
        });
        write_tools(w, request, &mut losses);
        write_format(w, request, &mut losses);
        write_limits(w, request, &mut losses);
        write_thinking(w, request, target.model, &mut losses);
        // Of the answer's own tokens only.
        if hints.take_logprobs(0, &mut losses).is_some() {
            w.key("logprobs").bool(true);
        }
        w.key("stream").bool(request.stream);
    });
    hints.report(&mut losses);
    request.losses = losses;
    Ok(())
}

/// Refuses what would change the answer if it were left out.
fn check(request: &Request<'_>, losses: &mut Losses) -> Result<(), RequestError> {
    if request.stop.len() > MAX_STOP {
        return Err(RequestError::unsupported("stop", "this target takes at most 5 stop sequences"));
    }
    if request.output.is_some() && !request.tools.is_empty() {
        let message = "this target cannot combine JSON output with tools; leave one of them out";
        return Err(RequestError::unsupported("response_format", message));
    }
    if let Some(ToolChoice::Named(name)) = &request.tool_choice
        && !request.tools.is_empty()
        && !request.tools.iter().any(|tool| tool.name == *name)
    {
        return Err(RequestError::shape("tool_choice", "must name a tool that is offered"));
    }
    refuse_unsaid(&request.messages, |part| says(&part), losses)?;
    request.refuse_parts(unsayable)
}

fn unsayable(role: Role, part: &Part<'_>) -> Option<&'static str> {
    unsayable_media(role, part).or_else(|| match part {
        Part::Audio(_) => Some(NO_AUDIO),
        Part::Image(Image { source: Source::Base64 { media_type, .. } }) if !IMAGE_TYPES.contains(&&**media_type) => {
            Some("this target takes images of type jpeg, png, gif or webp")
        }
        Part::Document(Document { source: Source::Base64 { .. } | Source::Url(_), .. }) => {
            Some("this target takes documents as text only")
        }
        _ => None,
    })
}

fn write_tools(w: &mut Writer<'_>, request: &Request<'_>, losses: &mut Losses) {
    if request.tools.is_empty() {
        losses.add_if(request.forced_tool(), "tool_choice");
        return;
    }
    // There is no choice of one tool here, but one tool can be all there is.
    let chosen = |tool: &&Tool<'_>| match &request.tool_choice {
        Some(ToolChoice::Named(name)) => tool.name == *name,
        _ => true,
    };
    let tools = || request.tools.iter().filter(chosen);
    // All tools are strict or none is, and a strict one has something that it requires.
    let is_strict = |tool: &Tool<'_>| tool.strict == Some(true);
    let strict = tools().all(|tool| is_strict(tool) && tool.schema.as_deref().is_some_and(requires_something));
    losses.add_if((!strict && tools().any(is_strict)).then_some(()), "tools.strict");
    w.key("tools").array(|w| tools().for_each(|tool| write_tool(w, tool, strict, losses)));
    if strict {
        w.key("strict_tools").bool(true);
    }
    match &request.tool_choice {
        None | Some(ToolChoice::Auto) => {}
        Some(ToolChoice::None) => w.key("tool_choice").string("NONE"),
        Some(ToolChoice::Any | ToolChoice::Named(_)) => w.key("tool_choice").string("REQUIRED"),
    }
    losses.add_if(request.parallel_calls.filter(|parallel| !parallel), "parallel_tool_calls");
}

fn requires_something(schema: &str) -> bool {
    let mut scanner = Scanner::new(schema);
    while let Ok(Some((token, _))) = scanner.next() {
        if scanner.depth() == 1 && token == Token::Key("required") {
            let _list = scanner.next();
            return matches!(scanner.next(), Ok(Some((Token::String(_), _))));
        }
    }
    false
}

fn write_tool(w: &mut Writer<'_>, tool: &Tool<'_>, strict: bool, losses: &mut Losses) {
    w.object(|w| {
        w.key("type").string("function");
        w.key("function").object(|w| {
            w.key("name").string(&tool.name);
            if let Some(description) = &tool.description {
                w.key("description").string(description);
            }
            // Required here, and never empty.
            w.key("parameters").literal(&COHERE.of_tool(tool, strict, losses));
        });
    });
}

fn write_format(w: &mut Writer<'_>, request: &Request<'_>, losses: &mut Losses) {
    let Some(format) = &request.output else { return };
    w.key("response_format").object(|w| {
        w.key("type").string("json_object");
        if let OutputFormat::Schema { description, schema, .. } = format {
            losses.add_if(description.as_ref(), "response_format.json_schema.description");
            w.key("json_schema").literal(&COHERE.fit(schema, OF_ANSWER, losses));
        }
    });
}

/// What is out of this API's range is brought into it.
fn write_limits(w: &mut Writer<'_>, request: &Request<'_>, losses: &mut Losses) {
    let sampling = &request.sampling;
    if let Some(max) = request.max_output {
        w.key("max_tokens").unsigned(max);
    }
    if !request.stop.is_empty() {
        w.key("stop_sequences").array(|w| request.stop.iter().for_each(|stop| w.string(stop)));
    }
    // All of the mass is asked for by 1, and 0.99 is as much as there is. By itself it is 0.75.
    let top_p = sampling.top_p.map(|top_p| if top_p == 1.0 { 0.99 } else { top_p });
    // One of the two may be given; none is what the other then is by itself.
    let frequency = sampling.frequency_penalty.filter(|penalty| *penalty != 0.0);
    let presence = sampling.presence_penalty.filter(|penalty| *penalty != 0.0);
    let (presence, one_too_many) = if frequency.is_some() { (None, presence) } else { (presence, None) };
    losses.add_if(one_too_many, "presence_penalty");
    for (key, name, number, least, most) in [
        ("temperature", "temperature", sampling.temperature, 0.0, 1.0),
        ("p", "top_p", top_p, 0.01, 0.99),
        ("frequency_penalty", "frequency_penalty", frequency, 0.0, 1.0),
        ("presence_penalty", "presence_penalty", presence, 0.0, 1.0),
    ] {
        if let Some(number) = number {
            losses.add_if((number < least || number > most).then_some(()), name);
            // `clamp` would panic with the two ends in words, which is 14 KB of code.
            w.key(key).float(number.max(least).min(most));
        }
    }
    if let Some(k) = sampling.top_k {
        losses.add_if((k > 500).then_some(()), "top_k");
        w.key("k").unsigned(k.min(500));
    }
    if let Some(seed) = sampling.seed {
        if seed >= 0.0 && seed.fract() == 0.0 {
            losses.add_if(sampling.rounded_seed(), "seed");
            w.key("seed").shortest(seed);
        } else {
            losses.add("seed");
        }
    }
}

/// Effort becomes a budget, without an end for the greatest. Thoughts count towards `max_tokens`: a
/// quarter stays for the answer.
fn write_thinking(w: &mut Writer<'_>, request: &Request<'_>, model: &str, losses: &mut Losses) {
    let Some(reasoning) = request.reasoning else { return };
    reasoning.report_effort(losses);
    if !takes_thinking(model) {
        // What a model does by itself is not lost.
        losses.add_if(reasoning.effort(), "reasoning_effort");
        return;
    }
    let budget = match reasoning {
        Reasoning::Off { .. } => {
            w.key("thinking").object(|w| w.key("type").string("disabled"));
            return;
        }
        Reasoning::Adaptive | Reasoning::Effort(Effort::ExtraHigh | Effort::Max) => None,
        Reasoning::Effort(Effort::Minimal | Effort::Low) => Some(2048),
        Reasoning::Effort(Effort::Medium) => Some(8192),
        Reasoning::Effort(Effort::High) => Some(16_384),
        Reasoning::Budget { tokens, .. } => Some(tokens),
    };
    losses.add_if((request.thoughts == Thoughts::Hidden).then_some(()), "thinking.display");
    let most = request.max_output.map_or(u64::MAX, |max| max.saturating_sub(max.div_ceil(4)));
    let fits = budget.map(|budget| budget.min(most).max(1));
    // An effort is no number of tokens, but a budget is.
    if matches!(reasoning, Reasoning::Budget { .. }) && fits != budget {
        losses.add("reasoning_effort");
    }
    w.key("thinking").object(|w| {
        w.key("type").string("enabled");
        if let Some(budget) = fits {
            w.key("token_budget").unsigned(budget);
        }
    });
}
