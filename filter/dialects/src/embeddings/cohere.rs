//! `POST /v2/embed` (<https://docs.cohere.com/reference/embed>).

use super::read_answer::read_answer;
use super::vector::Vector;
use super::{Codec, Encodings, Names, Piece, Purpose, Request, Truncation, Vectors, purpose_from, purpose_word};
use crate::Dialect;
use crate::exchange::Told;
use crate::json::{Few, Raw, RequestError, Text, Writer, parse, required, shape};
use crate::neutral::Losses;
use crate::upstream::Target;

pub(super) static CODEC: Codec =
    Codec { dialect: Dialect::Cohere, read_request, write_request, read_answer, write_answer };

static NAMES: Names =
    Names { input: "texts", purpose: "input_type", truncation: "truncate", user: "user", title: "title" };

/// `input_type`, both ways. The first row that fits is taken.
pub(super) const PURPOSES: &[(&str, Purpose)] = &[
    ("search_document", Purpose::Document),
    ("search_query", Purpose::Query),
    ("classification", Purpose::Classification),
    ("clustering", Purpose::Clustering),
    ("search_query", Purpose::QuestionAnswering),
    ("search_query", Purpose::FactVerification),
    ("search_query", Purpose::CodeQuery),
];

shape! {
    EmbedRequest {
        model: Text<'a>,
        texts: Few<Raw<'a>>,
        images: Few<Raw<'a>>,
        inputs: Few<Raw<'a>>,
        input_type: Text<'a>,
        output_dimension: u64,
        embedding_types: Few<Raw<'a>>,
        truncate: Text<'a>,
    }
}
shape! {
    /// An input, a piece of one, or what holds an image's URL.
    Nested {
        content: Few<Raw<'a>>,
        kind as "type": Text<'a>,
        text: Text<'a>,
        image_url: Raw<'a>,
        url: Text<'a>,
    }
}

fn read_request(body: &str) -> Result<Request<'_>, RequestError> {
    let asked: EmbedRequest<'_> = parse(body)?;
    let mut losses = Losses::default();
    losses.add_unknown("", &asked.unknown);
    let mut inputs = Vec::new();
    let texts = asked.texts.into_iter().flatten().map(|text| ("texts", text));
    let images = asked.images.into_iter().flatten().map(|image| ("images", image));
    let mixed = asked.inputs.into_iter().flatten().map(|input| ("inputs", input));
    for (name, input) in texts.chain(images).chain(mixed) {
        let read = match name {
            "texts" => parse(input.get()).map(|text| vec![Piece::Text(text)]),
            "images" => parse(input.get()).and_then(Piece::from_data_url).map(|image| vec![image]),
            _ => read_input(input, &mut losses),
        };
        inputs.push(read.map_err(|error| error.under(name))?);
    }
    Ok(Request {
        names: &NAMES,
        inputs,
        dimensions: asked.output_dimension,
        encodings: read_types(asked.embedding_types)?,
        purpose: asked.input_type.map(|word| read_purpose(&word)).transpose()?.flatten(),
        truncation: asked.truncate.map(|word| read_truncation(&word)).transpose()?,
        title: None,
        user: None,
        losses,
    })
}

fn read_input<'a>(input: Raw<'a>, losses: &mut Losses) -> Result<Vec<Piece<'a>>, RequestError> {
    let input: Nested<'a> = parse(input.get())?;
    losses.add_unknown("inputs", &input.unknown);
    let mut pieces = Vec::new();
    for piece in input.content.into_iter().flatten() {
        let piece: Nested<'a> = parse(piece.get())?;
        losses.add_unknown("inputs.content", &piece.unknown);
        pieces.push(match piece.kind.as_deref() {
            Some("text") => Piece::Text(required(piece.text, "content.text")?),
            Some("image_url") => {
                let image: Nested<'a> = parse(required(piece.image_url, "content.image_url")?.get())?;
                losses.add_unknown("inputs.content.image_url", &image.unknown);
                Piece::from_data_url(required(image.url, "content.image_url.url")?)?
            }
            _ => return Err(RequestError::shape("content.type", "expected text or image_url")),
        });
    }
    Ok(pieces)
}

/// Numbers of less than 32 bits are not what other models give.
fn read_types(types: Option<Few<Raw<'_>>>) -> Result<Encodings, RequestError> {
    let mut encodings = Encodings { float: false, base64: false };
    for kind in types.into_iter().flatten() {
        match kind.get().trim_matches('"') {
            "float" => encodings.float = true,
            "base64" => encodings.base64 = true,
            _ => return Err(RequestError::unsupported("embedding_types", "this target gives float and base64 only")),
        }
    }
    Ok(if encodings.float || encodings.base64 { encodings } else { Encodings::default() })
}

/// An image says by itself that it is one.
fn read_purpose(word: &str) -> Result<Option<Purpose>, RequestError> {
    match purpose_from(PURPOSES, word) {
        None if word == "image" => Ok(None),
        None => Err(RequestError::unsupported("input_type", "this target knows no such type")),
        purpose => Ok(purpose),
    }
}

fn read_truncation(word: &str) -> Result<Truncation, RequestError> {
    match word {
        "NONE" => Ok(Truncation::Refused),
        "START" => Ok(Truncation::Start),
        "END" => Ok(Truncation::End),
        _ => Err(RequestError::shape("truncate", "expected NONE, START or END")),
    }
}

/// Appends what this API and Cohere's on Bedrock have in common.
///
/// A text without a purpose is taken for a document: Cohere wants one, and texts that are all embedded as
/// documents can be compared. One that is too long is refused unless the client says otherwise.
pub(super) fn write_members(request: &mut Request<'_>, cuts: [&'static str; 2], w: &mut Writer<'_>) {
    let text = |pieces: &Vec<Piece<'_>>| matches!(&**pieces, [Piece::Text(_)]);
    let image = |pieces: &Vec<Piece<'_>>| matches!(&**pieces, [Piece::Image { .. }]);
    let pieces = || request.inputs.iter().flatten();
    if request.inputs.iter().all(text) {
        w.key("texts").array(|w| pieces().for_each(|piece| write_piece(piece, w)));
    } else if request.inputs.iter().all(image) {
        w.key("images").array(|w| pieces().for_each(|piece| write_piece(piece, w)));
    } else {
        w.key("inputs").array(|w| request.inputs.iter().for_each(|input| write_input(input, w)));
    }
    let known = request.purpose.and_then(|purpose| purpose_word(PURPOSES, purpose));
    if request.purpose.is_some() && known.is_none() {
        request.losses.add(request.names.purpose);
    }
    let alone = if request.inputs.iter().all(image) { "image" } else { "search_document" };
    w.key("input_type").string(known.unwrap_or(alone));
    if let Some(dimensions) = request.dimensions {
        w.key("output_dimension").unsigned(dimensions);
    }
    let [start, end] = cuts;
    w.key("truncate").string(match request.truncation {
        None | Some(Truncation::Refused) => "NONE",
        Some(Truncation::Start) => start,
        Some(Truncation::End) => end,
    });
    request.lose_hints();
}

fn write_input(input: &[Piece<'_>], w: &mut Writer<'_>) {
    w.object(|w| {
        w.key("content").array(|w| {
            for piece in input {
                w.object(|w| match piece {
                    Piece::Text(_) => {
                        w.key("type").string("text");
                        write_piece(piece, w.key("text"));
                    }
                    Piece::Image { .. } => {
                        w.key("type").string("image_url");
                        w.key("image_url").object(|w| write_piece(piece, w.key("url")));
                    }
                });
            }
        });
    });
}

fn write_piece(piece: &Piece<'_>, w: &mut Writer<'_>) {
    match piece {
        Piece::Text(text) => w.string(text),
        Piece::Image { media_type, data } => w.concat(&["data:", media_type, ";base64,", data]),
    }
}

fn write_request(request: &mut Request<'_>, target: &Target<'_>, out: &mut Vec<u8>) -> Result<(), RequestError> {
    Writer::new(out).object(|w| {
        w.key("model").string(target.model);
        write_members(request, ["START", "END"], w);
        w.key("embedding_types").array(|w| {
            for (wanted, word) in [(request.encodings.float, "float"), (request.encodings.base64, "base64")] {
                if wanted {
                    w.string(word);
                }
            }
        });
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
        match &answer.id {
            Some(id) => w.key("id").string(id),
            None => w.key("id").concat(&["embed-", &told.now.to_string()]),
        }
        w.key("embeddings").object(|w| {
            let kinds = [
                ("float", encodings.float, Vector::write_floats as fn(&_, &mut _) -> _),
                ("base64", encodings.base64, Vector::write_base64),
            ];
            for (kind, _, write) in kinds.into_iter().filter(|(_, wanted, _)| *wanted) {
                w.key(kind).array(|w| {
                    for vector in &answer.vectors {
                        written = std::mem::replace(&mut written, Ok(())).and_then(|()| write(vector, w));
                    }
                });
            }
        });
        w.key("meta").object(|w| {
            w.key("api_version").object(|w| w.key("version").string("2"));
            if let Some(tokens) = answer.input_tokens {
                w.key("billed_units").object(|w| w.key("input_tokens").unsigned(tokens));
            }
        });
        w.key("response_type").string("embeddings_by_type");
    });
    written
}
