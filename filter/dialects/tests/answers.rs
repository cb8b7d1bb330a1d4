//! Answers that pass on as they are, answers that cannot be read, and errors.

#![allow(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

use tollgate_dialects::{Asked, Dialect, Exchange, Failure, Finish, NoAnswer, Peek, Stream, StreamBytes};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const OPENAI_STREAM: &str = include_str!("golden/streams/text.openai.sse");
const ANTHROPIC_STREAM: &str = include_str!("golden/streams/text.anthropic.sse");

fn exchange(client: Dialect, provider: Dialect, options: &str) -> Exchange {
    let body = format!(
        r#"{{"model":"m","max_tokens":9,"messages":[{{"role":"user","content":"x"}}],"stream":true{options}}}"#
    );
    Peek::new(client, body.as_bytes()).unwrap().prepare(provider, "m").unwrap().exchange
}

fn same(dialect: Dialect) -> Exchange {
    exchange(dialect, dialect, "")
}

/// The way back where the request passes as it is.
fn pass(dialect: Dialect) -> Exchange {
    let asked = match dialect {
        Dialect::Gemini => Asked::of(b"POST", b"/v1beta/models/m:generateContent").unwrap(),
        dialect => dialect.into(),
    };
    Peek::new(asked, br#"{"model":"m"}"#).unwrap().prepare(dialect, "m").unwrap().exchange
}

fn run(stream: &mut Stream, bytes: &[u8], size: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for bytes in bytes.chunks(size) {
        match stream.push(bytes) {
            StreamBytes::AsTheyAre => out.extend_from_slice(bytes),
            StreamBytes::Replaced(bytes) => out.extend(bytes),
        }
    }
    out.extend(stream.finish());
    out
}

#[test]
fn a_stream_in_the_same_dialect_passes_byte_for_byte_and_is_watched() {
    let asked = exchange(Dialect::OpenAi, Dialect::OpenAi, r#","stream_options":{"include_usage":true}"#);
    for (exchange, text) in [(asked, OPENAI_STREAM), (same(Dialect::Anthropic), ANTHROPIC_STREAM)] {
        for size in [1, 5, 1000, text.len()] {
            let mut stream = exchange.stream(0);
            assert_eq!(run(&mut stream, text.as_bytes(), size), text.as_bytes());
            let usage = stream.outcome().usage.unwrap();
            assert_eq!((usage.input, usage.cached_input, usage.cache_write), (123, 10, 5));
            assert_eq!((usage.output, usage.reasoning), (45, 7));
            assert_eq!(stream.outcome().finish, Some(Finish::Length));
            assert!(stream.is_complete());
        }
    }
}

#[test]
fn usage_that_the_client_did_not_ask_for_is_taken_out_again() {
    let usage_chunk = OPENAI_STREAM.split_inclusive("\n\n").find(|event| event.contains("\"choices\":[]")).unwrap();
    let expected = OPENAI_STREAM.replace(usage_chunk, "");
    for size in [1, 7, OPENAI_STREAM.len()] {
        let mut stream = same(Dialect::OpenAi).stream(0);
        assert_eq!(run(&mut stream, OPENAI_STREAM.as_bytes(), size), expected.as_bytes());
        assert_eq!(stream.outcome().usage.unwrap().total(), 168);
    }
}

#[test]
fn a_stream_that_breaks_off_ends_in_an_error_and_not_in_success() {
    for (dialect, text) in [(Dialect::OpenAi, OPENAI_STREAM), (Dialect::Anthropic, ANTHROPIC_STREAM)] {
        for keep in [0, text.len() / 3, text.len() / 2] {
            let mut stream = same(dialect).stream(0);
            let out = String::from_utf8(run(&mut stream, &text.as_bytes()[..keep], 64)).unwrap();
            let last = out.split("\n\n").filter(|event| !event.is_empty()).last().unwrap();
            assert!(last.contains("\"error\"") && last.contains("broke off"), "{dialect:?} cut at {keep}: {last}");
            assert!(!stream.is_complete());
        }
    }
}

#[test]
fn the_end_is_written_when_a_provider_leaves_it_out() {
    let text = OPENAI_STREAM.replace("data: [DONE]\n\n", "");
    let mut stream = exchange(Dialect::Anthropic, Dialect::OpenAi, "").stream(0);
    let out = String::from_utf8(run(&mut stream, text.as_bytes(), 100)).unwrap();
    assert!(out.ends_with("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"), "{out}");
    assert!(stream.is_complete());
}

#[test]
fn an_end_without_an_answer_is_an_error() {
    let mut stream = exchange(Dialect::Anthropic, Dialect::OpenAi, "").stream(0);
    let out = String::from_utf8(run(&mut stream, b"data: [DONE]\n\n", 100)).unwrap();
    assert!(out.starts_with("event: error\n"), "{out}");
}

#[test]
fn garbage_in_a_translated_stream_is_one_error_and_nothing_after_it() {
    for garbage in ["data: <html>\n\n", "data: {\"choices\":5}\n\n", "data: \u{0}\n\n"] {
        let text = format!("{garbage}{OPENAI_STREAM}");
        let mut stream = exchange(Dialect::Anthropic, Dialect::OpenAi, "").stream(0);
        let out = String::from_utf8(run(&mut stream, text.as_bytes(), 9)).unwrap();
        assert_eq!(out.matches("event: ").count(), 1, "{out}");
        assert!(out.starts_with("event: error\n"));
    }
    let mut stream = exchange(Dialect::OpenAi, Dialect::Anthropic, "").stream(0);
    let out = run(&mut stream, b"data: \xff\xfe\n\n", 9);
    assert!(String::from_utf8(out).unwrap().starts_with("data: {\"error\""));
}

#[test]
fn tool_arguments_out_of_order_are_an_error_rather_than_a_mixture() {
    let call = |index: u64, rest: &str| {
        format!(
            "data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"tool_calls\":[{{\"index\":{index},{rest}}}]}}}}]}}\n\n"
        )
    };
    let text = [
        call(0, r#""id":"a","function":{"name":"f","arguments":"{"}"#),
        call(1, r#""id":"b","function":{"name":"g","arguments":"{"}"#),
        call(0, r#""function":{"arguments":"}"}"#),
    ]
    .concat();
    let mut stream = exchange(Dialect::Anthropic, Dialect::OpenAi, "").stream(0);
    let out = String::from_utf8(run(&mut stream, text.as_bytes(), 50)).unwrap();
    assert!(out.contains("event: error"), "{out}");
}

#[test]
fn arguments_after_something_else_was_said_are_an_error_rather_than_a_mixture() {
    let text = concat!(
        "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\"}}]}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"reasoning\":\"hm\"}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{}\"}}]}}]}\n\n",
    );
    let mut stream = exchange(Dialect::Anthropic, Dialect::OpenAi, "").stream(0);
    let out = String::from_utf8(run(&mut stream, text.as_bytes(), 50)).unwrap();
    assert!(out.contains("event: error") && !out.contains("input_json_delta"), "{out}");
}

#[test]
fn an_event_that_is_too_large_is_one_error() {
    let megabyte = vec![b'x'; 1 << 20];
    for (client, provider) in [(Dialect::OpenAi, Dialect::OpenAi), (Dialect::Anthropic, Dialect::OpenAi)] {
        let mut stream = exchange(client, provider, "").stream(0);
        let out = String::from_utf8(run(&mut stream, &megabyte.repeat(30), 1 << 20)).unwrap();
        assert_eq!(out.matches("too large").count(), 1, "{out}");
    }
}

/// It is the client's to judge: nothing is added to it, and nothing more is kept of it.
#[test]
fn an_event_that_is_too_large_to_watch_passes_all_the_same() {
    let text = format!("data: {}\n\n{ANTHROPIC_STREAM}", "x".repeat(9 << 20));
    let mut stream = same(Dialect::Anthropic).stream(0);
    assert!(run(&mut stream, text.as_bytes(), 1 << 20) == text.as_bytes());
    assert!(!stream.is_complete());
}

#[test]
fn nothing_follows_the_end() {
    for after in [&b"data: \xff\n\n"[..], b"data: {\n\n", b"data: [DONE]\n\n", b"data: {\"error\":\"late\"}\n\n"] {
        let text = [OPENAI_STREAM.as_bytes(), after].concat();
        let mut stream = exchange(Dialect::Anthropic, Dialect::OpenAi, "").stream(0);
        let out = String::from_utf8(run(&mut stream, &text, 1000)).unwrap();
        assert!(out.ends_with("data: {\"type\":\"message_stop\"}\n\n") && !out.contains("error"), "{out}");
        assert!(stream.is_complete());
    }
}

#[test]
fn half_an_event_is_not_passed_on_where_it_can_be_held_back() {
    let half = "data: {\"choices\":[{\"delta\":{\"content\":\"Hel";
    let out = run(&mut same(Dialect::OpenAi).stream(0), half.as_bytes(), 7);
    let out = String::from_utf8(out).unwrap();
    assert!(out.starts_with("data: {\"error\"") && !out.contains("Hel"), "{out}");
    let whole = "data: {\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]}";
    let out = run(&mut same(Dialect::OpenAi).stream(0), whole.as_bytes(), 7);
    assert!(String::from_utf8(out).unwrap().starts_with(&format!("{whole}\n\ndata: {{\"error\"")));
}

#[test]
fn what_a_passing_event_tells_is_read_whatever_else_is_in_it() {
    let text = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":5,\"tool_calls\":[{\"index\":3,\"function\":{\"arguments\":\"}\"}}]},\"finish_reason\":\"tool_calls\"}],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2}}\n\n";
    let mut stream = same(Dialect::OpenAi).stream(0);
    assert_eq!(run(&mut stream, text.as_bytes(), 9), text.as_bytes());
    assert_eq!(stream.outcome().usage.unwrap().total(), 9);
    assert_eq!(stream.outcome().finish, Some(Finish::ToolCalls));
}

#[test]
fn an_empty_word_is_no_end() {
    let text = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"\"}]}\n\n";
    for client in [Dialect::OpenAi, Dialect::Anthropic] {
        let mut stream = exchange(client, Dialect::OpenAi, "").stream(0);
        let out = String::from_utf8(run(&mut stream, text.as_bytes(), 1000)).unwrap();
        assert!(out.contains("broke off") && !stream.is_complete(), "{out}");
    }
}

#[test]
fn an_absurd_id_is_not_repeated_in_every_chunk() {
    let id = "x".repeat(100_000);
    let start = format!("data: {{\"type\":\"message_start\",\"message\":{{\"id\":\"{id}\",\"model\":\"{id}\"}}}}\n\n");
    let delta = "data: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"a\"}}\n\n";
    let text = start + &delta.repeat(1000);
    let mut stream = exchange(Dialect::OpenAi, Dialect::Anthropic, "").stream(0);
    assert!(run(&mut stream, text.as_bytes(), 4096).len() < 8 * text.len());
}

#[test]
fn a_whole_answer_in_the_same_dialect_passes_as_it_is() {
    let body = include_str!("golden/responses/text.openai.json");
    let answer = same(Dialect::OpenAi).answer(body.as_bytes(), 0).unwrap();
    assert!(answer.body.is_none());
    assert_eq!(answer.outcome.usage.unwrap().total(), 168);
    assert_eq!(answer.outcome.finish, Some(Finish::Stop));
    // Fields of tomorrow do not matter.
    assert!(same(Dialect::OpenAi).answer(br#"{"choices":[{"message":{"audio":{}}}],"new":[]}"#, 0).is_ok());
}

#[test]
fn answers_that_are_not_the_apis_are_unreadable() {
    for (client, provider) in [(Dialect::OpenAi, Dialect::OpenAi), (Dialect::Anthropic, Dialect::OpenAi)] {
        for body in ["", "<html>", "[]", "null", "{", "{\"choices\":5}", "\u{1f8b}"] {
            assert!(exchange(client, provider, "").answer(body.as_bytes(), 0).is_err(), "{body:?}");
        }
    }
    assert!(exchange(Dialect::OpenAi, Dialect::Anthropic, "").answer(br#"{"type":"message"}"#, 0).is_err());
    assert!(same(Dialect::OpenAi).answer(b"{\"a\":\"\xff\"}", 0).is_err());
}

#[test]
fn an_answer_cannot_take_memory_without_end() {
    let many = "{},".repeat(1_000_000);
    for (provider, body) in [
        (Dialect::OpenAi, format!(r#"{{"choices":[{many}{{}}]}}"#)),
        (Dialect::OpenAi, format!(r#"{{"choices":[{{"message":{{"tool_calls":[{many}{{}}]}}}}]}}"#)),
        (Dialect::Anthropic, format!(r#"{{"content":[{many}{{}}]}}"#)),
    ] {
        let client = if provider == Dialect::OpenAi { Dialect::Anthropic } else { Dialect::OpenAi };
        assert!(exchange(client, provider, "").answer(body.as_bytes(), 0).is_err());
    }
}

#[test]
fn what_a_stream_keeps_for_later_is_bounded() {
    let piece = "x".repeat(500_000);
    let thought = format!(
        "data: {{\"type\":\"content_block_delta\",\"delta\":{{\"type\":\"thinking_delta\",\"thinking\":\"{piece}\"}}}}\n\n"
    );
    let signature =
        "data: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"signature_delta\",\"signature\":\"s\"}}\n\n";
    for (pieces, signed) in [(4, true), (6, false)] {
        let mut stream = exchange(Dialect::OpenAi, Dialect::Anthropic, "").stream(0);
        let text = thought.repeat(pieces) + signature;
        let out = String::from_utf8(run(&mut stream, text.as_bytes(), 100_000)).unwrap();
        assert_eq!(out.matches("reasoning_content").count(), pieces);
        assert_eq!(out.contains("thinking_blocks"), signed);
    }

    let chunk = |delta: &str| format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{{delta}}}}}]}}\n\n");
    let call = chunk(r#""tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}]"#);
    let text = call + &chunk(&format!(r#""content":"{piece}""#)).repeat(3);
    let mut stream = exchange(Dialect::Anthropic, Dialect::OpenAi, "").stream(0);
    let out = String::from_utf8(run(&mut stream, text.as_bytes(), 100_000)).unwrap();
    assert!(out.contains("event: error") && out.len() < 10_000);
}

#[test]
fn usage_that_makes_no_sense_does_not_break_anything() {
    let body = br#"{"choices":[{"message":{"content":"x"}}],"usage":{"prompt_tokens":-5,"completion_tokens":1e99,"prompt_tokens_details":{"cached_tokens":18446744073709551615}}}"#;
    let answer = exchange(Dialect::Anthropic, Dialect::OpenAi, "").answer(body, 0).unwrap();
    assert_eq!(answer.outcome.usage.unwrap().total(), 1 << 40);
    let body = br#"{"content":[],"usage":{"input_tokens":18446744073709551615,"cache_read_input_tokens":9}}"#;
    assert_eq!(
        exchange(Dialect::OpenAi, Dialect::Anthropic, "").answer(body, 0).unwrap().outcome.usage.unwrap().input,
        (1 << 40) + 9
    );
}

#[test]
fn an_error_of_any_length_becomes_a_short_one() {
    for &(_, dialect) in Dialect::ALL {
        let said = |length: usize| {
            let failure = Failure { code: Some("c".repeat(length)), ..Failure::new(429, "\u{1}".repeat(length)) };
            dialect.error_body(&failure).len()
        };
        assert!(said(1000) > 6000, "it is quoted");
        assert!(said(20_000) < 400 && said(5_000_000) < 400);
    }
}

#[test]
fn a_providers_error_comes_in_the_clients_words_with_its_status() {
    let anthropic = br#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"r"}"#;
    let read = exchange(Dialect::OpenAi, Dialect::Anthropic, "").failure(529, anthropic);
    assert_eq!((read.failure.status, &*read.failure.message, read.as_it_is), (529, "Overloaded", false));
    let body = String::from_utf8(Dialect::OpenAi.error_body(&read.failure)).unwrap();
    assert_eq!(body, r#"{"error":{"message":"Overloaded","type":"server_error","param":null,"code":null}}"#);

    let openai = br#"{"error":{"message":"Slow down","type":"tokens","param":null,"code":"rate_limit_exceeded"}}"#;
    let read = exchange(Dialect::Anthropic, Dialect::OpenAi, "").failure(429, openai);
    let body = String::from_utf8(Dialect::Anthropic.error_body(&read.failure)).unwrap();
    assert_eq!(body, r#"{"type":"error","error":{"type":"rate_limit_error","message":"Slow down"},"request_id":null}"#);
    assert!(same(Dialect::OpenAi).failure(429, openai).as_it_is);
}

/// As OpenRouter answers when a model fails that has begun.
#[test]
fn a_failure_with_a_status_of_success_has_the_status_that_it_names() {
    let cases = [
        (Dialect::OpenAi, r#"{"error":{"code":429,"message":"Slow down","metadata":{}},"user_id":"u"}"#, 429),
        (
            Dialect::OpenAi,
            r#"{"id":"g","choices":[{"index":0,"error":{"code":503,"message":"Slow down"},"finish_reason":"error","message":{"content":""}}]}"#,
            503,
        ),
        (Dialect::OpenAi, r#"{"error":{"code":"rate_limit_exceeded","message":"Slow down"}}"#, 429),
        (Dialect::OpenAi, r#"{"error":{"code":"408","message":"Slow down"}}"#, 408),
        (Dialect::OpenAi, r#"{"error":{"code":0,"message":"Slow down"}}"#, 502),
        (Dialect::OpenAi, r#"{"error":{"code":200,"message":"Slow down"},"choices":[]}"#, 502),
        (Dialect::OpenAi, r#"{"error":"Slow down"}"#, 502),
        (Dialect::Responses, r#"{"error":{"code":"server_error","message":"Slow down"}}"#, 500),
        (Dialect::Anthropic, r#"{"type":"error","error":{"type":"overloaded_error","message":"Slow down"}}"#, 529),
        (Dialect::Gemini, r#"{"error":{"code":503,"message":"Slow down","status":"UNAVAILABLE"}}"#, 503),
    ];
    for (provider, body, status) in cases {
        for client in [Dialect::OpenAi, Dialect::Anthropic, provider] {
            let exchange = if client == provider { pass(provider) } else { exchange(client, provider, "") };
            let no_answer = exchange.answer(body.as_bytes(), 0).unwrap_err();
            assert_eq!(no_answer, NoAnswer::Failed { status, usage: None }, "{client:?} {body}");
            let failure = exchange.failure(status, body.as_bytes()).failure;
            assert_eq!((failure.status, &*failure.message), (status, "Slow down"));
        }
    }
    let billed = br#"{"error":{"code":502,"message":"No"},"usage":{"prompt_tokens":7,"completion_tokens":2}}"#;
    let no_answer = same(Dialect::OpenAi).answer(billed, 0).unwrap_err();
    assert!(matches!(no_answer, NoAnswer::Failed { status: 502, usage: Some(usage) } if usage.total() == 9));
    assert_eq!(same(Dialect::OpenAi).answer(b"<html>", 0).unwrap_err(), NoAnswer::Unreadable);
}

#[test]
fn a_failure_in_the_first_event_of_a_stream_is_told_as_what_it_is() {
    let first = r#"{"id":"g","error":{"code":429,"message":"Slow down"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}"#;
    let mut stream = exchange(Dialect::Anthropic, Dialect::OpenAi, "").stream(0);
    let out = String::from_utf8(run(&mut stream, format!("data: {first}\n\ndata: [DONE]\n\n").as_bytes(), 9)).unwrap();
    let error = r#"{"type":"error","error":{"type":"rate_limit_error","message":"Slow down"},"request_id":null}"#;
    assert_eq!(out, format!("event: error\ndata: {error}\n\n"));
    assert!(!stream.is_complete());
}

#[test]
fn an_error_that_cannot_be_read_still_has_its_status_and_the_clients_shape() {
    let read = same(Dialect::OpenAi).failure(503, b"<html>Service Unavailable</html>");
    assert!(!read.as_it_is);
    assert_eq!(read.failure, Failure::new(503, "The provider answered with status 503 and no readable error."));
}

#[test]
fn lists_of_models_have_each_dialects_shape() {
    let openai = String::from_utf8(Dialect::OpenAi.models_body(&["a\"b"])).unwrap();
    assert_eq!(
        openai,
        r#"{"object":"list","data":[{"id":"a\"b","object":"model","created":0,"owned_by":"tollgate"}]}"#
    );
    let anthropic = String::from_utf8(Dialect::Anthropic.models_body(&[])).unwrap();
    assert_eq!(anthropic, r#"{"data":[],"has_more":false,"first_id":null,"last_id":null}"#);
}
