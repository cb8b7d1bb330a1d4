//! What there is beside answers: embeddings, reranking, legacy completions, images, audio, counting.

#![allow(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod audio;
mod completions;
mod counting;
mod embeddings;
mod images;
mod rerank;

use tollgate_dialects::{
    Asked, Dialect, Exchange, Platform, Prepared, Problem, RequestBody, RequestError, Told, Upstream,
};

use Dialect::{Anthropic, Bedrock, Cohere, Gemini, OpenAi, Responses};

const VERTEX: Platform<'static> = Platform::Vertex { project: "p", location: "l" };

fn asked(path: &str) -> Asked<'_> {
    Asked::of(b"POST", path.as_bytes()).unwrap_or_else(|| panic!("{path} is not known"))
}

fn prepare(
    path: &str,
    body: &str,
    upstream: impl Into<Upstream<'static>>,
    model: &str,
) -> Result<Prepared, RequestError> {
    RequestBody::new(asked(path), body.as_bytes())?.prepare(upstream.into(), model)
}

/// What a provider gets, and what was lost.
fn sent(path: &str, body: &str, upstream: impl Into<Upstream<'static>>, model: &str) -> (String, String) {
    let prepared = prepare(path, body, upstream, model).unwrap();
    let body = prepared.body.map_or_else(|| body.to_owned(), |body| String::from_utf8(body).unwrap());
    (body, prepared.losses.to_header())
}

fn refused(path: &str, body: &str, upstream: impl Into<Upstream<'static>>, model: &str) -> String {
    prepare(path, body, upstream, model).unwrap_err().message
}

fn exchange(path: &str, body: &str, upstream: impl Into<Upstream<'static>>, model: &str) -> Exchange {
    prepare(path, body, upstream, model).unwrap().exchange
}

/// What the client gets, and how many tokens of input and output were used.
fn answer(exchange: &Exchange, body: &str) -> (String, Option<(u64, u64)>) {
    let told = Told { now: 1_790_000_000, model: "the-model", request: None, input_tokens: None };
    let answer = exchange.answer(body.as_bytes(), told).unwrap();
    let usage = answer.outcome.usage.map(|usage| (usage.input, usage.output));
    (answer.body.map_or_else(|| body.to_owned(), |body| String::from_utf8(body).unwrap()), usage)
}
