//! `models.embedContent` and `models.batchEmbedContents` (<https://ai.google.dev/api/embeddings>).
//!
//! Vertex AI has the parameters in an object of their own, and no model in the body.

use super::read_answer::read_answer;
use super::{
    Codec, Encodings, Names, Piece, Purpose, Request, Truncation, Vectors, is_on_vertex, purpose_from, purpose_word,
};
use crate::Dialect;
use crate::exchange::Told;
use crate::gemini::{Content, PartShape};
use crate::json::{Few, Item, Raw, RequestError, Text, Writer, parse, required, shape};
use crate::neutral::{Image, Losses, Part, Source};
use crate::upstream::Target;

pub(super) const ONE: Codec = Codec {
    dialect: Dialect::Gemini,
    read_request: |body| read_requests(std::iter::once(body)),
    write_request: write_batch,
    read_answer,
    write_answer: write_one,
};

pub(super) const BATCH: Codec = Codec { read_request: read_batch, write_answer: write_all, ..ONE };

static NAMES: Names =
    Names { input: "content", purpose: "taskType", truncation: "autoTruncate", user: "user", title: "title" };

/// `taskType`, both ways.
const PURPOSES: &[(&str, Purpose)] = &[
    ("RETRIEVAL_DOCUMENT", Purpose::Document),
    ("RETRIEVAL_QUERY", Purpose::Query),
    ("CLASSIFICATION", Purpose::Classification),
    ("CLUSTERING", Purpose::Clustering),
    ("SEMANTIC_SIMILARITY", Purpose::Similarity),
    ("QUESTION_ANSWERING", Purpose::QuestionAnswering),
    ("FACT_VERIFICATION", Purpose::FactVerification),
    ("CODE_RETRIEVAL_QUERY", Purpose::CodeQuery),
];

shape! { Batch { requests: Few<Raw<'a>> } }
shape! {
    /// What is to be embedded and how, and on Vertex AI the object that says how.
    EmbedRequest in camel {
        model: Text<'a>,
        content: Content<'a>,
        task_type as "taskType": Text<'a>,
        title: Text<'a>,
        output_dimensionality as "outputDimensionality": u64,
        auto_truncate as "autoTruncate": bool,
        config as "embedContentConfig": Raw<'a>,
    }
}

fn read_batch(body: &str) -> Result<Request<'_>, RequestError> {
    let batch: Batch<'_> = parse(body)?;
    let requests = required(batch.requests, "requests")?;
    let mut request = read_requests(requests.into_iter().map(Raw::get))?;
    request.losses.add_unknown("", &batch.unknown);
    Ok(request)
}

/// Parameters must be the same for all inputs: no other API takes them for each.
fn read_requests<'a>(requests: impl Iterator<Item = &'a str>) -> Result<Request<'a>, RequestError> {
    let mut all = Request {
        names: &NAMES,
        inputs: Vec::new(),
        dimensions: None,
        encodings: Encodings::default(),
        purpose: None,
        truncation: None,
        title: None,
        user: None,
        losses: Losses::default(),
    };
    for asked in requests {
        let asked: EmbedRequest<'_> = parse(asked)?;
        all.losses.add_unknown("", &asked.unknown);
        let config = asked.config.map(|config| parse::<EmbedRequest<'_>>(config.get())).transpose()?;
        let config = config.unwrap_or_default();
        all.losses.add_unknown("embedContentConfig", &config.unknown);
        let parts = asked.content.and_then(|content| content.parts);
        let input = parts.into_iter().flatten().map(|part| read_part(part, &mut all.losses));
        let input: Vec<_> = input.collect::<Result<_, _>>()?;
        let word = asked.task_type.or(config.task_type);
        let purpose = word.filter(|word| &**word != "TASK_TYPE_UNSPECIFIED").map(|word| {
            let unknown = || RequestError::unsupported("taskType", "this target knows no such type");
            purpose_from(PURPOSES, &word).ok_or_else(unknown)
        });
        let purpose = purpose.transpose()?;
        let size = asked.output_dimensionality.or(config.output_dimensionality);
        let cuts = asked.auto_truncate.or(config.auto_truncate);
        let cuts = cuts.map(|cuts| if cuts { Truncation::End } else { Truncation::Refused });
        let first = all.inputs.is_empty();
        if !first && (all.purpose, all.dimensions, all.truncation) != (purpose, size, cuts) {
            return Err(RequestError::unsupported("requests", "this target takes the same parameters for all inputs"));
        }
        (all.purpose, all.dimensions, all.truncation) = (purpose, size, cuts);
        all.title = asked.title.or(config.title).or(all.title);
        all.inputs.push(input);
    }
    Ok(all)
}

fn read_part<'a>(part: PartShape<'a>, losses: &mut Losses) -> Result<Piece<'a>, RequestError> {
    match part.read(0, losses)?.map(|piece| piece.part) {
        Some(Part::Text(text)) => Ok(Piece::Text(text)),
        Some(Part::Image(Image { source: Source::Base64 { media_type, data } })) => {
            Ok(Piece::Image { media_type, data })
        }
        _ => Err(RequestError::unsupported("content.parts", "this target embeds texts and images only")),
    }
}

fn write_batch(request: &mut Request<'_>, target: &Target<'_>, out: &mut Vec<u8>) -> Result<(), RequestError> {
    request.losses.add_if(request.user.take(), request.names.user);
    let vertex = is_on_vertex(target);
    if !vertex || request.truncation == Some(Truncation::Start) {
        request.lose_truncation();
    }
    Writer::new(out).object(|w| {
        w.key("requests").array(|w| {
            for input in &request.inputs {
                w.object(|w| {
                    if !vertex {
                        w.key("model").concat(&["models/", target.model]);
                    }
                    w.key("content")
                        .object(|w| w.key("parts").array(|w| input.iter().for_each(|piece| write_part(piece, w))));
                    if vertex {
                        w.key("embedContentConfig").object(|w| write_parameters(request, w));
                    } else {
                        write_parameters(request, w);
                    }
                });
            }
        });
    });
    Ok(())
}

fn write_parameters(request: &Request<'_>, w: &mut Writer<'_>) {
    if let Some(word) = request.purpose.and_then(|purpose| purpose_word(PURPOSES, purpose)) {
        w.key("taskType").string(word);
    }
    if let Some(title) = &request.title {
        w.key("title").string(title);
    }
    if let Some(dimensions) = request.dimensions {
        w.key("outputDimensionality").unsigned(dimensions);
    }
    if let Some(truncation) = request.truncation {
        w.key("autoTruncate").bool(truncation == Truncation::End);
    }
}

fn write_part(piece: &Piece<'_>, w: &mut Writer<'_>) {
    w.object(|w| match piece {
        Piece::Text(text) => w.key("text").string(text),
        Piece::Image { media_type, data } => w.key("inlineData").object(|w| {
            w.key("mimeType").string(media_type);
            w.key("data").string(data);
        }),
    });
}

fn write_one(answer: &Vectors<'_>, _: Encodings, _: &Told<'_>, out: &mut Vec<u8>) -> Result<(), RequestError> {
    let vector = answer.vectors.first().ok_or_else(|| RequestError::shape("embedding", "is required"))?;
    let mut written = Ok(());
    Writer::new(out).object(|w| {
        w.key("embedding").object(|w| written = vector.write_floats(w.key("values")));
        write_usage(answer, w);
    });
    written
}

fn write_all(answer: &Vectors<'_>, _: Encodings, _: &Told<'_>, out: &mut Vec<u8>) -> Result<(), RequestError> {
    let mut written = Ok(());
    Writer::new(out).object(|w| {
        w.key("embeddings").array(|w| {
            for vector in &answer.vectors {
                w.object(|w| {
                    w.key("values");
                    written = std::mem::replace(&mut written, Ok(())).and_then(|()| vector.write_floats(w));
                });
            }
        });
        write_usage(answer, w);
    });
    written
}

fn write_usage(answer: &Vectors<'_>, w: &mut Writer<'_>) {
    if let Some(tokens) = answer.input_tokens {
        w.key("usageMetadata").object(|w| {
            w.key("promptTokenCount").unsigned(tokens);
            w.key("totalTokenCount").unsigned(tokens);
        });
    }
}
