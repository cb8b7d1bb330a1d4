//! `POST /v1/embeddings` (<https://platform.openai.com/docs/api-reference/embeddings>).

use super::cohere::PURPOSES;
use super::read_answer::read_answer;
use super::{Codec, Encodings, Names, Piece, Request, Truncation, Vectors, purpose_from};
use crate::Dialect;
use crate::exchange::Told;
use crate::json::{Few, Raw, RequestError, StringOr, Text, Writer, parse, required, shape};
use crate::neutral::Losses;
use crate::upstream::Target;

pub(super) static CODEC: Codec =
    Codec { dialect: Dialect::OpenAi, read_request, write_request, read_answer, write_answer };

static NAMES: Names =
    Names { input: "input", purpose: "input_type", truncation: "truncate", user: "user", title: "title" };

shape! {
    /// `input_type` is not OpenAI's; compatible servers have it, and mean what Cohere means.
    EmbeddingsRequest {
        model: Text<'a>,
        input: StringOr<'a, Few<Raw<'a>>>,
        dimensions: u64,
        encoding_format: Text<'a>,
        input_type: Text<'a>,
        user: Text<'a>,
    }
}

fn read_request(body: &str) -> Result<Request<'_>, RequestError> {
    let asked: EmbeddingsRequest<'_> = parse(body)?;
    let mut losses = Losses::default();
    losses.add_unknown("", &asked.unknown);
    let inputs = match required(asked.input, "input")? {
        StringOr::Text(text) => vec![vec![Piece::Text(text)]],
        StringOr::Other(inputs) => inputs.into_iter().map(read_input).collect::<Result<_, _>>()?,
    };
    let base64 = match asked.encoding_format.as_deref() {
        None | Some("float") => false,
        Some("base64") => true,
        Some(_) => return Err(RequestError::shape("encoding_format", "expected float or base64")),
    };
    let purpose = asked.input_type.map(|word| {
        let unknown = || RequestError::unsupported("input_type", "this target knows no such type");
        purpose_from(PURPOSES, &word).ok_or_else(unknown)
    });
    Ok(Request {
        names: &NAMES,
        inputs,
        dimensions: asked.dimensions,
        encodings: Encodings { float: !base64, base64 },
        purpose: purpose.transpose()?,
        truncation: None,
        title: None,
        user: asked.user,
        losses,
    })
}

/// Token ids mean something to the models of one vocabulary only.
fn read_input(input: Raw<'_>) -> Result<Vec<Piece<'_>>, RequestError> {
    match input.get().as_bytes().first() {
        Some(b'"') => Ok(vec![Piece::Text(parse(input.get())?)]),
        Some(b'[' | b'-' | b'0'..=b'9') => {
            Err(RequestError::unsupported("input", "this target takes texts, and no token ids"))
        }
        _ => Err(RequestError::shape("input", "expected a string or an array of strings")),
    }
}

fn write_request(request: &mut Request<'_>, target: &Target<'_>, out: &mut Vec<u8>) -> Result<(), RequestError> {
    if request.truncation == Some(Truncation::Refused) {
        request.truncation = None;
    }
    request.lose_truncation();
    request.losses.add_if(request.title.take(), request.names.title);
    request.lose_purpose();
    let texts = request.texts()?;
    Writer::new(out).object(|w| {
        w.key("model").string(target.model);
        match &*texts {
            [text] => w.key("input").string(text),
            texts => w.key("input").array(|w| texts.iter().for_each(|text| w.string(text))),
        }
        if let Some(dimensions) = request.dimensions {
            w.key("dimensions").unsigned(dimensions);
        }
        w.key("encoding_format").string(if request.encodings.float { "float" } else { "base64" });
        if let Some(user) = &request.user {
            w.key("user").string(user);
        }
    });
    Ok(())
}

fn write_answer(
    answer: &Vectors<'_>,
    encodings: Encodings,
    told: &Told<'_>,
    out: &mut Vec<u8>,
) -> Result<(), RequestError> {
    let mut written = Ok(());
    Writer::new(out).object(|w| {
        w.key("object").string("list");
        w.key("data").array(|w| {
            let mut index = 0;
            for vector in &answer.vectors {
                w.object(|w| {
                    w.key("object").string("embedding");
                    w.key("index").unsigned(index);
                    w.key("embedding");
                    written = std::mem::replace(&mut written, Ok(())).and_then(|()| vector.write(encodings, w));
                });
                index = index.saturating_add(1);
            }
        });
        w.key("model").string(answer.model.as_deref().unwrap_or(told.model));
        let tokens = answer.input_tokens.unwrap_or(0);
        w.key("usage").object(|w| {
            w.key("prompt_tokens").unsigned(tokens);
            w.key("total_tokens").unsigned(tokens);
        });
    });
    written
}
