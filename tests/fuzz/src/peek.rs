//! What is found out about a request before it goes anywhere: by limits, routes and steps.

use crate::choices::Choices;
use crate::sides::{DIALECTS, MODELS, NOW, asked, asked_for_array};
use crate::written::{assert_error, assert_json, show};
use tollgate_dialects::{Dialect, Peek};

/// A body is taken for at most so many tokens for each of its bytes, and so many more: a picture may be large, and its
/// address short.
const TOKENS: (u64, u64) = (1000, 10_000);

const WORDS: &str = "Be \"brief\".\n\u{e9}";

pub fn check(data: &[u8]) {
    let mut choices = Choices::of(data);
    let client = choices.one_of(&DIALECTS);
    let (stream, array, model) = (choices.flag(), choices.flag(), choices.one_of(&MODELS));
    let is_array = array && client == Dialect::Gemini;
    let asked = if is_array { asked_for_array() } else { asked(client, stream) };
    let body = choices.rest();
    let peek = match Peek::new(asked.clone(), body) {
        Ok(peek) => peek,
        Err(error) => return assert_error(&error),
    };
    assert_json(body);
    assert!(peek.model().len() <= body.len().max(1) && peek.answers() >= 1);
    let _ = (peek.output_cap(), peek.has_sampling(), peek.features());
    assert_eq!(peek.conversation(), peek.conversation());
    for provider in DIALECTS {
        let tokens = peek.input_estimate(provider, model).total();
        let (times, more) = TOKENS;
        assert!(tokens <= times * body.len() as u64 + more, "{tokens} tokens in {} bytes", body.len());
    }
    if let Ok(spoken) = peek.spoken() {
        let said = [spoken.system(), spoken.last_user_message(), spoken.conversation()];
        assert!(said.iter().all(|text| text.len() <= 16 * body.len()));
    }
    match peek.instructed(WORDS) {
        Ok(out) => {
            assert_json(&out);
            assert!(out.len() <= body.len() + 2 * WORDS.len() + 128, "{}", show(&out));
            Peek::new(asked, &out).unwrap_or_else(|error| panic!("{error}: {}", show(&out)));
        }
        Err(error) => assert_error(&error),
    }
    if !peek.stream() || is_array {
        assert_json(&peek.own_answer(WORDS, "id", NOW).body);
    }
}
