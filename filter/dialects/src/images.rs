//! Images from words: OpenAI's `POST /v1/images/generations`
//! (<https://platform.openai.com/docs/api-reference/images/create>), and Gemini's models that answer with
//! images (<https://ai.google.dev/gemini-api/docs/image-generation>).

use crate::exchange::{Answer, Told};
use crate::gemini::Generated;
use crate::json::{RequestError, Text, Writer, parse, required, shape};
use crate::neutral::{Failure, Losses, Outcome, Usage};

shape! {
    ImagesRequest {
        model: Text<'a>,
        prompt: Text<'a>,
        n: u64,
        size: Text<'a>,
        quality: Text<'a>,
        background: Text<'a>,
        output_format: Text<'a>,
        response_format: Text<'a>,
        stream: bool,
        moderation: Text<'a>,
    }
}
/// The shapes of image that Gemini draws.
const RATIOS: [(u64, u64); 10] = [(1, 1), (2, 3), (3, 2), (3, 4), (4, 3), (4, 5), (5, 4), (9, 16), (16, 9), (21, 9)];
/// What it calls sizes, by the side of a square of it.
const SIZES: [(u64, &str); 3] = [(1024, "1K"), (2048, "2K"), (4096, "4K")];

/// Puts a request into Gemini's words. Returns what was lost.
pub(crate) fn translate(body: &str, out: &mut Vec<u8>) -> Result<Losses, RequestError> {
    let asked: ImagesRequest<'_> = parse(body)?;
    let mut losses = Losses::default();
    losses.add_unknown("", &asked.unknown);
    let prompt = required(asked.prompt, "prompt")?;
    // What a client leaves to the API is no wish.
    let wish = |value: Option<Text<'_>>, plain: &[&str]| value.filter(|value| !plain.contains(&&**value)).is_some();
    let refusals = [
        ("n", asked.n.is_some_and(|n| n != 1), "this target draws one image; ask for 1"),
        ("stream", asked.stream == Some(true), "this target does not stream images"),
        ("response_format", wish(asked.response_format, &["b64_json"]), "this target gives images as b64_json only"),
        ("output_format", wish(asked.output_format, &["png"]), "this target gives the format it chooses; ask for png"),
        ("background", wish(asked.background, &["auto", "opaque"]), "this target cannot draw on nothing"),
    ];
    if let Some((field, _, reason)) = refusals.into_iter().find(|(_, refused, _)| *refused) {
        return Err(RequestError::unsupported(field, reason));
    }
    losses.add_if(wish(asked.quality, &["auto"]).then_some(()), "quality");
    losses.add_if(wish(asked.moderation, &["auto"]).then_some(()), "moderation");
    let size = asked.size.filter(|size| &**size != "auto").map(|size| read_size(&size, &mut losses)).transpose()?;
    Writer::new(out).object(|w| {
        w.key("contents").array(|w| {
            w.object(|w| {
                w.key("role").string("user");
                w.key("parts").array(|w| w.object(|w| w.key("text").string(&prompt)));
            });
        });
        w.key("generationConfig").object(|w| {
            w.key("responseModalities").array(|w| w.string("IMAGE"));
            if let Some(((width, height), size)) = size {
                w.key("imageConfig").object(|w| {
                    w.key("aspectRatio").concat(&[&width.to_string(), ":", &height.to_string()]);
                    if size != "1K" {
                        w.key("imageSize").string(size);
                    }
                });
            }
        });
    });
    Ok(losses)
}

/// The shape and the class of a size. Only squares are drawn to the pixel.
fn read_size(size: &str, losses: &mut Losses) -> Result<((u64, u64), &'static str), RequestError> {
    let sides = size.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    let (width, height): (u64, u64) =
        sides.ok_or_else(|| RequestError::shape("size", "expected auto or WIDTHxHEIGHT"))?;
    let fits = |(w, h): &(u64, u64)| width > 0 && width.checked_mul(*h) == height.checked_mul(*w);
    let ratio = RATIOS.into_iter().find(fits).ok_or_else(|| {
        RequestError::unsupported(
            "size",
            "this target draws 1:1, 2:3, 3:2, 3:4, 4:3, 4:5, 5:4, 9:16, 16:9 and 21:9 only",
        )
    })?;
    // Sizes are by area: 1536x864 is nearer to one of 1024x1024 than to one of twice the sides.
    let area = width.saturating_mul(height);
    let (side, class) = SIZES
        .into_iter()
        .find(|(side, _)| area <= side.saturating_mul(*side).saturating_mul(2))
        .ok_or_else(|| RequestError::unsupported("size", "this target draws no larger images than 4096x4096"))?;
    if (width, height) != (side, side) {
        losses.add("size");
    }
    Ok((ratio, class))
}

/// Puts Gemini's answer into OpenAI's words. One without an image is a refusal, which is an error there.
pub(crate) fn answer(body: &str, told: &Told<'_>) -> Result<Answer, RequestError> {
    let mut generated: Generated<'_> = parse(body)?;
    let usage = generated.usage.as_ref().map(|usage| usage.to_usage());
    let outcome = Outcome { usage, finish: None };
    let candidate = generated.take_candidate();
    let blocked = generated.feedback.and_then(|feedback| feedback.refusal());
    if candidate.is_none() && blocked.is_none() {
        return Err(RequestError::shape("candidates", "must hold a candidate"));
    }
    let candidate = candidate.unwrap_or_default();
    let (mut images, mut words) = (Vec::new(), None);
    for part in candidate.content.and_then(|content| content.parts).into_iter().flatten() {
        // Sketches on the way to the image are thoughts.
        if part.thought != Some(true) {
            words = words.or(part.text);
            images.extend(part.inline_data);
        }
    }
    if images.is_empty() {
        let reason = candidate.finish_message.or(words).or(candidate.finish_reason);
        let reason = reason.as_deref().unwrap_or("no reason was given").trim_end_matches('.');
        let message = blocked.map_or_else(|| format!("The provider drew no image: {reason}."), |it| it.to_string());
        let failure = Failure::new(400, message);
        let refused = Some(failure.with_code("moderation_blocked"));
        return Ok(Answer { outcome, refused, ..Answer::default() });
    }
    let mut out = Vec::with_capacity(body.len());
    Writer::new(&mut out).object(|w| {
        w.key("created").unsigned(told.now);
        w.key("data").array(|w| {
            for image in &images {
                w.object(|w| w.key("b64_json").string(image.data.as_deref().unwrap_or_default()));
            }
        });
        let kind = images.first().and_then(|image| image.mime_type.as_deref()).unwrap_or_default();
        if let Some(format @ ("png" | "jpeg" | "webp")) = kind.strip_prefix("image/") {
            w.key("output_format").string(format);
        }
        if let Some(usage) = &usage {
            write_usage(w, usage);
        }
    });
    Ok(Answer { body: Some(out), outcome, ..Answer::default() })
}

fn write_usage(w: &mut Writer<'_>, usage: &Usage) {
    w.key("usage").object(|w| {
        w.key("input_tokens").unsigned(usage.input);
        w.key("input_tokens_details").object(|w| {
            w.key("text_tokens").unsigned(usage.input);
            w.key("image_tokens").unsigned(0);
        });
        w.key("output_tokens").unsigned(usage.output);
        w.key("total_tokens").unsigned(usage.total());
    });
}
