//! Embeddings behind Bedrock's `InvokeModel`, whose bodies are each model's own
//! (<https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html>,
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html>).
//!
//! Nobody asks this gateway in these words, so they are not read from clients.

use super::read_answer::read_answer;
use super::{Codec, Piece, Request, cohere};
use crate::Dialect;
use crate::json::{RequestError, Writer};
use crate::upstream::Target;

pub(super) const TITAN: Codec = Codec {
    dialect: Dialect::Bedrock,
    read_request: |_| Err(not_a_clients()),
    write_request: write_titan,
    read_answer,
    write_answer: |_, _, _, _| Err(not_a_clients()),
};

pub(super) const COHERE: Codec = Codec { write_request: write_cohere, ..TITAN };

fn not_a_clients() -> RequestError {
    RequestError::not_json("not of an API for clients")
}

/// One input, and one vector.
fn write_titan(request: &mut Request<'_>, target: &Target<'_>, out: &mut Vec<u8>) -> Result<(), RequestError> {
    let [input] = &*request.inputs else {
        return Err(request.unsupported("this model embeds one input in a request; send each in a request of its own"));
    };
    let takes_images = target.model.contains("titan-embed-image");
    let of = |wanted: fn(&Piece<'_>) -> bool| input.iter().filter(move |piece| wanted(piece)).count();
    let is_text = |piece: &Piece<'_>| matches!(piece, Piece::Text(_));
    let is_image = |piece: &Piece<'_>| matches!(piece, Piece::Image { .. });
    if of(is_text) > 1 || of(is_image) > usize::from(takes_images) {
        return Err(request.unsupported(if takes_images {
            "this model embeds one text, one image, or one of each"
        } else {
            "this target embeds single texts only"
        }));
    }
    Writer::new(out).object(|w| {
        for piece in input {
            match piece {
                Piece::Text(text) => w.key("inputText").string(text),
                Piece::Image { data, .. } => w.key("inputImage").string(data),
            }
        }
        match request.dimensions {
            Some(size) if takes_images => {
                w.key("embeddingConfig").object(|w| w.key("outputEmbeddingLength").unsigned(size));
            }
            Some(size) => w.key("dimensions").unsigned(size),
            None => {}
        }
    });
    request.lose_hints();
    request.lose_purpose();
    request.lose_truncation();
    Ok(())
}

/// The newer models call the ends of a text left and right.
fn write_cohere(request: &mut Request<'_>, target: &Target<'_>, out: &mut Vec<u8>) -> Result<(), RequestError> {
    let third = target.model.contains("-v3");
    Writer::new(out).object(|w| {
        cohere::write_members(request, if third { ["START", "END"] } else { ["LEFT", "RIGHT"] }, w);
        w.key("embedding_types").array(|w| w.string("float"));
    });
    Ok(())
}
