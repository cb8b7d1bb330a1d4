//! Speaks, and writes down what was said.

use super::completions::MEANINGLESS;
use super::embeddings::{model, silent};
use super::validate::no_such_model;
use super::wording::OpenAiWording;
use super::{GREETING, mock_problem};
use crate::multipart::{self, Part};
use crate::plan::{Facts, Plan};
use crate::problem::Problem;
use crate::provider::{Answer, Arrival};
use crate::shape::Node;
use crate::sse::Event;
use crate::texts;
use crate::turn::{self, Turn};
use bytes::Bytes;
use serde_json::{Value, json};

/// The formats of speech, and what they are called in headers.
const SPEECH: &[(&str, &str)] = &[
    ("mp3", "audio/mpeg"),
    ("opus", "audio/opus"),
    ("aac", "audio/aac"),
    ("flac", "audio/flac"),
    ("wav", "audio/wav"),
    ("pcm", "audio/pcm"),
];
const LONGEST_SPEECH: usize = 4096;
/// The fields of a form about what was said.
const FIELDS: &[&str] = &[
    "file",
    "model",
    "chunking_strategy",
    "include[]",
    "keywords[]",
    "known_speaker_names[]",
    "known_speaker_references[]",
    "language",
    "languages[]",
    "prompt",
    "response_format",
    "stream",
    "temperature",
    "timestamp_granularities[]",
];
const FORMATS: &[&str] = &["json", "text", "srt", "verbose_json", "vtt", "diarized_json"];

/// The answer to `/v1/audio/speech`: bytes that are no JSON, and no text.
pub fn speak(arrival: &Arrival, body: &Value) -> Result<Answer, Problem> {
    let known = ["model", "input", "voice", "instructions", "response_format", "speed", "stream_format"];
    let fields = Node::root(body, &OpenAiWording).object(&known)?;
    model(&fields)?;
    let input = fields.required("input")?;
    let length = input.string()?.chars().count();
    if length == 0 || length > LONGEST_SPEECH {
        let message = format!("Invalid 'input': expected a string of 1 to {LONGEST_SPEECH} characters.");
        return Err(input.problem(&message).coded("string_above_max_length"));
    }
    let voice = fields.required("voice")?;
    if !voice.value.is_string() {
        voice.object(&["id"])?.required("id")?.string()?;
    }
    if let Some(speed) = fields.optional("speed") {
        speed.number(0.25, 4.0)?;
    }
    if let Some(form) = fields.optional("stream_format")
        && form.one_of(&["sse", "audio"])? == "sse"
    {
        return Err(mock_problem("speech is not sent as events here".into()));
    }
    let formats: Vec<_> = SPEECH.iter().map(|(name, _)| *name).collect();
    let format = fields.optional("response_format").map_or(Ok("mp3"), |format| format.one_of(&formats))?;
    let kind = SPEECH.iter().find(|(name, _)| *name == format).map_or("audio/mpeg", |(_, kind)| kind);
    let sound: Vec<u8> = b"ID3\x04\x00".iter().copied().chain((0..length).map(|at| (at % 251) as u8 | 0x80)).collect();
    Ok(Answer { bytes: Some((kind, Bytes::from(sound))), ..silent(arrival, body, Value::Null)? })
}

/// The answer to `/v1/audio/transcriptions`. A deployment has a model, whatever the form says.
pub fn transcribe(arrival: &Arrival, deployment: Option<&str>) -> Result<Answer, Problem> {
    let kind = arrival.header("content-type").unwrap_or_default();
    let parts = multipart::parts(kind, &arrival.body)
        .ok_or_else(|| Problem::invalid("Could not parse multipart form").coded("invalid_multipart"))?;
    if let Some(part) = parts.iter().find(|part| !FIELDS.contains(&part.name.as_str())) {
        return Err(Problem::invalid(format!("Unrecognized request argument supplied: {}", part.name)));
    }
    let field = |name: &str| parts.iter().find(|part| part.name == name);
    let model = deployment.or(field("model").map(Part::text));
    let model = model.ok_or_else(|| Problem::invalid("you must provide a model parameter"))?;
    if model == "no-such-model" {
        return Err(no_such_model(model));
    }
    if !model.contains("whisper") && !model.contains("transcribe") && deployment.is_none() {
        let message = format!("The model `{model}` cannot transcribe audio.");
        return Err(Problem::invalid(message).about("model"));
    }
    check_file(field("file"))?;
    let format = field("response_format").map_or("json", Part::text);
    if !FORMATS.contains(&format) {
        let message = format!("Invalid value: '{format}'. Supported values are: {}.", FORMATS.join(", "));
        return Err(Problem::invalid(message).about("response_format"));
    }
    if let Some(temperature) = field("temperature")
        && !temperature.text().parse().is_ok_and(|found: f64| (0.0..=1.0).contains(&found))
    {
        return Err(Problem::invalid("Invalid 'temperature': expected a number between 0 and 1.").about("temperature"));
    }

    let prompt = field("prompt").map(Part::text).unwrap_or_default();
    let asked = [Turn::user(vec![prompt], vec![])];
    let scenario = turn::scenario(arrival, &asked, MEANINGLESS).map_err(mock_problem)?;
    let facts = Facts { tools: vec![], tool_results: vec![], words: texts::count(prompt), greeting: GREETING };
    let plan = Plan::new(&scenario, &facts).map_err(mock_problem)?;
    let text = plan.text.as_deref().unwrap_or_default();
    let usage = match model.contains("whisper") {
        true => json!({"type": "duration", "seconds": 1}),
        false => json!({
            "type": "tokens",
            "input_tokens": plan.usage.input,
            "output_tokens": plan.usage.output,
            "total_tokens": plan.usage.input + plan.usage.output,
        }),
    };
    let streamed = field("stream").is_some_and(|stream| stream.text() == "true") && !model.contains("whisper");
    let events = streamed.then(|| events(text, &usage));
    let timed = json!({"id": 0, "start": 0.0, "end": 1.0, "text": text});
    let (whole, bytes) = match format {
        "json" => (json!({"text": text, "usage": usage}), None),
        "verbose_json" | "diarized_json" => {
            let whole = json!({"task": "transcribe", "language": "english", "duration": 1.0, "text": text,
                "segments": [timed], "usage": usage});
            (whole, None)
        }
        "text" => (Value::Null, Some(format!("{text}\n"))),
        "vtt" => (Value::Null, Some(format!("WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n{text}\n\n"))),
        _ => (Value::Null, Some(format!("1\n00:00:00,000 --> 00:00:01,000\n{text}\n\n"))),
    };
    let bytes = bytes.map(|text| ("text/plain; charset=utf-8", Bytes::from(text)));
    Ok(Answer { bytes, ..Answer::new(whole, events, scenario) })
}

fn check_file(file: Option<&Part<'_>>) -> Result<(), Problem> {
    let Some(file) = file else {
        return Err(Problem::invalid("Missing required parameter: 'file'.").about("file"));
    };
    let known = ["flac", "m4a", "mp3", "mp4", "mpeg", "mpga", "oga", "ogg", "wav", "webm"];
    let ending = file.filename.as_deref().and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending);
    if !ending.is_some_and(|ending| known.contains(&ending)) {
        let message = format!("Invalid file format. Supported formats: {known:?}");
        return Err(Problem::invalid(message).about("file"));
    }
    if file.content.is_empty() {
        return Err(Problem::invalid("Audio file might be corrupted or unsupported").about("file"));
    }
    Ok(())
}

fn events(text: &str, usage: &Value) -> Vec<Event> {
    let event = |data: Value| Event::Data { name: None, data: data.to_string() };
    let pieces = texts::fragments(text).into_iter();
    let deltas = pieces.map(|piece| event(json!({"type": "transcript.text.delta", "delta": piece, "logprobs": []})));
    let done = json!({"type": "transcript.text.done", "text": text, "logprobs": [], "usage": usage});
    deltas.chain([event(done)]).collect()
}
