//! No input panics, and what is written is JSON of a size that the input bounds.

use crate::bodies::{bodies, with_long_lists};
use crate::seeds::{REQUESTS, RESPONSES};
use crate::translation::{asked, exchange};
use crate::{check, dialects};
use proptest::prelude::*;
use proptest::sample::select;
use serde::de::IgnoredAny;
use serde_json::json;
use tollgate_dialects::{Dialect, Peek};

/// A body is written in at most so many bytes for each byte that was read, and so many more.
///
/// Real bodies hardly grow: quotes double where an object becomes a string, and no escape is longer than
/// what it was read from. The most grows what says least: each `""` of Cohere's `documents` becomes a
/// document block of Anthropic's, 26 times as long; in every other list it is less than four times.
const BODY_BOUND: (usize, usize) = (27, 2048);

pub(crate) fn assert_written(out: &[u8], read: usize) -> Result<(), TestCaseError> {
    prop_assert!(serde_json::from_slice::<IgnoredAny>(out).is_ok(), "not JSON: {}", String::from_utf8_lossy(out));
    let (times, more) = BODY_BOUND;
    prop_assert!(out.len() <= times * read + more, "{} bytes were made of {read}", out.len());
    Ok(())
}

#[test]
fn any_request_is_translated_or_refused() {
    let models =
        select(vec!["m", "claude-sonnet-4-5", "claude-opus-5", "gpt-5.4", "command-a-03-2025", "gemini-3-pro"]);
    let cases = (dialects(), dialects(), any::<bool>(), models, bodies(&REQUESTS));
    check(2000, cases, |(client, provider, stream, model, body)| {
        let Ok(peek) = Peek::new(asked(client, stream), &body) else { return Ok(()) };
        let _ = (peek.model(), peek.stream(), peek.output_cap(), peek.answers(), peek.input_estimate(provider, model));
        match peek.prepare(provider, model) {
            Ok(prepared) => {
                assert_written(prepared.body.as_deref().unwrap_or(&body), body.len())?;
                let header = prepared.losses.to_header();
                prop_assert!(header.len() < 4096 && header.bytes().all(|b| (0x20..0x7f).contains(&b)), "{header}");
            }
            Err(error) => prop_assert!(!error.message.is_empty() && error.message.len() < 1024, "{error}"),
        }
        Ok(())
    });
}

#[test]
fn any_answer_is_read_or_called_unreadable() {
    check(2000, (dialects(), dialects(), bodies(&RESPONSES), 100..600u16), |(client, provider, body, status)| {
        let exchange = exchange(client, provider, true);
        if let Ok(answer) = exchange.answer(&body, 1) {
            assert_written(answer.body.as_deref().unwrap_or(&body), body.len())?;
        }
        let failure = exchange.failure(status, &body).failure;
        for (_, dialect) in Dialect::ALL {
            assert_written(&dialect.error_body(&failure), body.len())?;
        }
        Ok(())
    });
}

/// Every list of every golden input, with a last item that is there again and again.
#[test]
fn lists_that_go_on_grow_no_faster_than_they_are_long() {
    for (seeds, is_request) in [(&*REQUESTS, true), (&*RESPONSES, false)] {
        for seed in seeds {
            for body in with_long_lists(&seed.bytes) {
                for &(_, other) in Dialect::ALL {
                    let written = if is_request {
                        let prepared =
                            Peek::new(asked(seed.dialect, false), &body).and_then(|peek| peek.prepare(other, "m"));
                        prepared.ok().and_then(|prepared| prepared.body)
                    } else {
                        exchange(other, seed.dialect, true).answer(&body, 1).ok().and_then(|answer| answer.body)
                    };
                    let grown = written.map_or(Ok(()), |written| assert_written(&written, body.len()));
                    grown.unwrap_or_else(|error| panic!("{} for {other:?}: {error}", seed.name));
                }
            }
        }
    }
    let documents = vec![""; 10_000];
    let body = json!({"model": "m", "messages": [{"role": "user", "content": "x"}], "documents": documents});
    let body = body.to_string();
    let peek = Peek::new(asked(Dialect::Cohere, false), body.as_bytes()).unwrap();
    for &(_, provider) in Dialect::ALL {
        let written = peek.prepare(provider, "m").unwrap().body;
        assert_written(written.as_deref().unwrap_or(body.as_bytes()), body.len()).unwrap();
    }
}

/// Each of them quotes all of a long answer.
#[test]
fn citations_that_overlap_do_not_multiply_the_answer() {
    let text = "x".repeat(2000);
    let note = json!({"type": "url_citation", "url": "u", "title": "", "start_index": 0, "end_index": 2000});
    let content = json!({"type": "output_text", "text": text, "annotations": vec![note; 2000]});
    let message = json!({"type": "message", "role": "assistant", "status": "completed", "content": [content]});
    let responses = json!({"object": "response", "id": "r", "model": "m", "status": "completed", "output": [message]});
    let support = json!({"segment": {"startIndex": 0, "endIndex": 2000}, "groundingChunkIndices": vec![0; 2000]});
    let grounding = json!({"groundingChunks": [{"web": {"uri": "u"}}], "groundingSupports": vec![support; 4]});
    let candidate =
        json!({"content": {"parts": [{"text": text}]}, "finishReason": "STOP", "groundingMetadata": grounding});
    for (provider, body) in [(Dialect::Responses, responses), (Dialect::Gemini, json!({"candidates": [candidate]}))] {
        let body = body.to_string();
        for &(_, client) in Dialect::ALL {
            let answer = exchange(client, provider, true).answer(body.as_bytes(), 1).unwrap();
            let written = answer.body.as_deref().unwrap_or(body.as_bytes());
            assert_written(written, body.len()).unwrap_or_else(|error| panic!("{provider:?} to {client:?}: {error}"));
        }
    }
}
