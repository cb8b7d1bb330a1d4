//! Makes images: the smallest one there is.

use super::embeddings::{model, silent};
use super::mock_problem;
use super::wording::OpenAiWording;
use crate::problem::Problem;
use crate::provider::{Answer, Arrival};
use crate::shape::Node;
use crate::texts;
use serde_json::{Value, json};

/// One transparent pixel, as PNG.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
const FIELDS: &[&str] = &[
    "prompt",
    "background",
    "complexity",
    "frame_count",
    "frame_duration_ms",
    "model",
    "moderation",
    "n",
    "output_compression",
    "output_format",
    "partial_images",
    "quality",
    "response_format",
    "safety_identifier",
    "size",
    "stream",
    "style",
    "svg",
    "user",
];
/// Fields that must be one of a few texts.
const CHOICES: &[(&str, &[&str])] = &[
    ("background", &["transparent", "opaque", "auto"]),
    ("moderation", &["low", "auto"]),
    ("output_format", &["png", "webp", "jpeg", "gif", "svg"]),
    ("quality", &["low", "medium", "high", "xhigh", "max", "auto", "standard", "hd"]),
    ("response_format", &["url", "b64_json"]),
    ("style", &["vivid", "natural"]),
];

/// The answer to `/v1/images/generations`.
pub fn generate(arrival: &Arrival, body: &Value) -> Result<Answer, Problem> {
    let fields = Node::root(body, &OpenAiWording).object(FIELDS)?;
    let name = match fields.nullable("model") {
        Some(_) => model(&fields)?,
        None => "dall-e-2",
    };
    let prompt = fields.required("prompt")?.string()?;
    let count = fields.nullable("n").map_or(Ok(1), |count| count.integer(1, 10))?;
    for (key, allowed) in CHOICES {
        if let Some(choice) = fields.nullable(key) {
            choice.one_of(allowed)?;
        }
    }
    if let Some(size) = fields.nullable("size") {
        size.string()?;
    }
    let is_old = name.starts_with("dall-e");
    if let Some(format) = fields.nullable("response_format").filter(|_| !is_old) {
        let message = "Unknown parameter: 'response_format'.";
        return Err(format.problem(message).coded("unknown_parameter"));
    }
    if fields.nullable("stream").map(|stream| stream.boolean()).transpose()? == Some(true) {
        return Err(mock_problem("images are not streamed here".into()));
    }
    let by_url = is_old && body.get("response_format").is_none_or(|format| format == "url");
    let image = if by_url { json!({"url": "https://example.com/image.png"}) } else { json!({"b64_json": PIXEL}) };
    let mut whole = json!({"created": 1_760_000_000, "data": vec![image; count.unsigned_abs() as usize]});
    if !is_old {
        let words = texts::count(prompt);
        whole["usage"] = json!({
            "input_tokens": words,
            "input_tokens_details": {"image_tokens": 0, "text_tokens": words},
            "output_tokens": 100 * count,
            "total_tokens": words + 100 * count.unsigned_abs(),
        });
    }
    silent(arrival, body, whole)
}
