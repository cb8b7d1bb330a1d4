//! Reads vectors from the answers of all these APIs: where they stand tells whose answer it is.

use super::Vectors;
use super::vector::Vector;
use crate::figures::Given;
use crate::json::{Few, Raw, RequestError, parse, required, shape};

shape! {
    /// A vector in an object of its own, as OpenAI and Google have it, or vectors by type, as Cohere has them.
    Holder {
        index: u64,
        embedding: Raw<'a>,
        values: Raw<'a>,
        float: Few<Raw<'a>>,
        base64: Few<Raw<'a>>,
    }
}

pub(super) fn read_answer(body: &str) -> Result<Vectors<'_>, RequestError> {
    let mut given: Given<'_> = parse(body)?;
    let input_tokens = given.take_usage().map(|usage| usage.input);
    let mut vectors = Vec::new();
    match (given.data, given.embeddings, given.embedding) {
        // By type, whose vectors are in order.
        (None, Some(by_type), None) if by_type.get().starts_with('{') => {
            let by_type: Holder<'_> = parse(by_type.get())?;
            for vector in required(by_type.float.or(by_type.base64), "embeddings.float")? {
                vectors.push((vectors.len(), Vector::read(vector)?));
            }
        }
        (Some(list), None, None) | (None, Some(list), None) => {
            for holder in parse::<Few<Raw<'_>>>(list.get())? {
                vectors.push(read_one(holder, vectors.len())?);
            }
        }
        (None, None, Some(one)) => vectors.push(read_one(one, 0)?),
        _ => return Err(RequestError::shape("embeddings", "is required")),
    }
    let vectors = in_order(vectors).ok_or_else(|| RequestError::shape("data", "each index must be there once"))?;
    Ok(Vectors { id: given.id, model: given.model, vectors, input_tokens })
}

/// Each vector where its index says, if each place is taken once.
fn in_order(given: Vec<(usize, Vector<'_>)>) -> Option<Vec<Vector<'_>>> {
    let mut places: Vec<_> = given.iter().map(|_| None).collect();
    for (index, vector) in given {
        *places.get_mut(index)? = Some(vector);
    }
    places.into_iter().collect()
}

/// A vector and its index: by itself, or in an object.
fn read_one(json: Raw<'_>, place: usize) -> Result<(usize, Vector<'_>), RequestError> {
    if !json.get().starts_with('{') {
        return Ok((place, Vector::read(json)?));
    }
    let holder: Holder<'_> = parse(json.get())?;
    let index = holder.index.and_then(|index| usize::try_from(index).ok()).unwrap_or(place);
    let vector = Vector::read(required(holder.embedding.or(holder.values), "embedding")?)?;
    Ok((index, vector))
}
