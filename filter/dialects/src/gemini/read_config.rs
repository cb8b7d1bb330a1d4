//! Reads `generationConfig`.

use super::proto::Number;
use super::schema::{Objects, to_json_schema};
use crate::json::{Raw, RequestError, Text, shape};
use crate::neutral::{Effort, Losses, OutputFormat, Reasoning, Request, Sampling, Thoughts};

shape! {
    Config in camel {
        temperature: Number,
        top_p as "topP": Number,
        top_k as "topK": Number,
        candidate_count as "candidateCount": Number,
        max_output_tokens as "maxOutputTokens": Number,
        stop_sequences as "stopSequences": Vec<Text<'a>>,
        presence_penalty as "presencePenalty": Number,
        frequency_penalty as "frequencyPenalty": Number,
        seed: Number,
        response_mime_type as "responseMimeType": Text<'a>,
        response_schema as "responseSchema": Raw<'a>,
        response_json_schema as "responseJsonSchema": Raw<'a>,
        response_format as "responseFormat": Raw<'a>,
        response_logprobs as "responseLogprobs": bool,
        logprobs: Number,
        thinking_config as "thinkingConfig": ThinkingConfig<'a>,
        response_modalities as "responseModalities": Vec<Text<'a>>,
        speech_config as "speechConfig": Raw<'a>,
        image_config as "imageConfig": Raw<'a>,
        translation_config as "translationConfig": Raw<'a>,
        audio_transcription_config as "audioTranscriptionConfig": Raw<'a>,
    }
}
shape! {
    ThinkingConfig in camel {
        thinking_budget as "thinkingBudget": Number,
        thinking_level as "thinkingLevel": Text<'a>,
        include_thoughts as "includeThoughts": bool,
    }
}

/// Adds what `config` asks for to `request`.
pub(super) fn read_config<'a>(config: Config<'a>, request: &mut Request<'a>) -> Result<(), RequestError> {
    let losses = &mut request.losses;
    losses.add_unknown("generationConfig", &config.unknown);
    refuse_other_answers(&config)?;
    let real = |number: Option<Number>| number.map(|number| number.0);
    let whole = |number: Option<Number>, field| number.map(|number| number.whole(field)).transpose();
    request.sampling = Sampling {
        temperature: real(config.temperature),
        top_p: real(config.top_p),
        top_k: whole(config.top_k, "topK")?,
        frequency_penalty: real(config.frequency_penalty),
        presence_penalty: real(config.presence_penalty),
        seed: real(config.seed),
    };
    request.choices = whole(config.candidate_count, "candidateCount")?;
    request.max_output = whole(config.max_output_tokens, "maxOutputTokens")?;
    if request.max_output == Some(0) {
        return Err(RequestError::shape("maxOutputTokens", "must be at least 1"));
    }
    request.stop = config.stop_sequences.unwrap_or_default();
    request.output = read_format(config.response_mime_type, config.response_schema, config.response_json_schema)?;
    let top = whole(config.logprobs, "logprobs")?;
    request.hints.logprobs = (config.response_logprobs == Some(true)).then(|| top.unwrap_or(0));
    losses.add_if(top.filter(|top| *top > 0 && request.hints.logprobs.is_none()), "logprobs");
    let shows = config.thinking_config.as_ref().and_then(|thinking| thinking.include_thoughts);
    request.thoughts = if shows == Some(true) { Thoughts::Asked } else { Thoughts::Unsaid };
    request.reasoning = config.thinking_config.map(|thinking| read_thinking(thinking, losses)).transpose()?.flatten();
    Ok(())
}

/// Parameters that ask for another kind of answer.
fn refuse_other_answers(config: &Config<'_>) -> Result<(), RequestError> {
    let is_text = |modality: &Text<'_>| matches!(&**modality, "TEXT" | "text" | "MODALITY_UNSPECIFIED");
    let other_modality = config.response_modalities.iter().flatten().any(|modality| !is_text(modality));
    let asked = [
        (other_modality, "responseModalities"),
        (config.speech_config.is_some(), "speechConfig"),
        (config.image_config.is_some(), "imageConfig"),
        (config.translation_config.is_some(), "translationConfig"),
        (config.audio_transcription_config.is_some(), "audioTranscriptionConfig"),
        (config.response_format.is_some(), "responseFormat"),
    ];
    match asked.into_iter().find(|(asked, _)| *asked) {
        Some((_, field)) => Err(RequestError::unsupported(field, "this target answers in text only")),
        None => Ok(()),
    }
}

fn read_format<'a>(
    media_type: Option<Text<'a>>,
    subset: Option<Raw<'a>>,
    whole: Option<Raw<'a>>,
) -> Result<Option<OutputFormat<'a>>, RequestError> {
    let field = "responseMimeType";
    match (media_type.as_deref().unwrap_or_default(), subset, whole) {
        ("" | "text/plain", None, None) => Ok(None),
        ("" | "text/plain", ..) => Err(RequestError::shape(field, "must be application/json for a schema")),
        ("application/json", None, None) => Ok(Some(OutputFormat::Json)),
        ("application/json", Some(schema), None) => read_schema(schema, "responseSchema").map(Some),
        ("application/json", None, Some(schema)) => read_schema(schema, "responseJsonSchema").map(Some),
        ("application/json", Some(_), Some(_)) => {
            Err(RequestError::shape("responseSchema", "cannot be given beside responseJsonSchema"))
        }
        ("text/x.enum", ..) => {
            Err(RequestError::unsupported(field, "this target cannot answer with a bare value; use application/json"))
        }
        _ => Err(RequestError::unsupported(field, "this target answers in text/plain or application/json")),
    }
}

fn read_schema<'a>(schema: Raw<'a>, field: &str) -> Result<OutputFormat<'a>, RequestError> {
    let schema = to_json_schema(schema, Objects::Closed).map_err(|error| error.under(field))?;
    Ok(OutputFormat::Schema { name: None, description: None, schema })
}

fn read_thinking(thinking: ThinkingConfig<'_>, losses: &mut Losses) -> Result<Option<Reasoning>, RequestError> {
    losses.add_unknown("generationConfig.thinkingConfig", &thinking.unknown);
    let wrong = |field: &str, expected: &str| Err(RequestError::shape(format!("thinkingConfig.{field}"), expected));
    match (thinking.thinking_level, thinking.thinking_budget) {
        (Some(_), Some(_)) => wrong("thinkingBudget", "cannot be given beside thinkingLevel"),
        (Some(level), None) if &*level == "THINKING_LEVEL_UNSPECIFIED" => Ok(None),
        (Some(level), None) => match Effort::from_word(&level.to_ascii_lowercase()) {
            Some(effort) => Ok(Some(Reasoning::Effort(effort))),
            None => wrong("thinkingLevel", "expected MINIMAL, LOW, MEDIUM, HIGH or XHIGH"),
        },
        (None, Some(Number(-1.0))) => Ok(Some(Reasoning::Adaptive)),
        (None, Some(budget)) => Ok(Some(match budget.whole("thinkingConfig.thinkingBudget")? {
            0 => Reasoning::OFF,
            budget => Reasoning::budget(budget),
        })),
        // Thoughts are shown only if the model thinks.
        (None, None) => Ok((thinking.include_thoughts == Some(true)).then_some(Reasoning::Adaptive)),
    }
}
