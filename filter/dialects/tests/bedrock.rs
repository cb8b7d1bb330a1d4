//! Amazon Bedrock's own dialect: its paths, what a request tells, streams that pass on as they are, and
//! errors.

#![allow(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

#[macro_use]
mod translation;

use tollgate_dialects::{
    Asked, Dialect, Exchange, Failure, Finish, Operation, Peek, Platform, Stream, StreamBytes, Upstream,
};
use translation::event_stream::{chunk, decode, encode};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const BODY: &str = r#"{"messages":[{"role":"user","content":[{"text":"x"}]}]}"#;
const STREAM: &str = include_str!("golden/streams/text.bedrock.txt");
const PROFILE: &str =
    "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0";

fn asked(path: &str) -> Option<Asked<'_>> {
    Asked::of(b"POST", path.as_bytes())
}

fn same() -> Exchange {
    let asked = asked("/model/m/converse-stream").unwrap();
    Peek::new(asked, BODY.as_bytes()).unwrap().prepare(Dialect::Bedrock, "m").unwrap().exchange
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
fn the_path_names_the_model_and_the_stream() {
    // As boto3 sends them.
    let escaped = PROFILE.replace(':', "%3A").replace('/', "%2F");
    for (path, model, stream) in [
        (
            "/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse".to_owned(),
            "anthropic.claude-3-haiku-20240307-v1:0",
            false,
        ),
        (format!("/model/{escaped}/converse-stream"), PROFILE, true),
        (format!("/model/{PROFILE}/converse"), PROFILE, false),
    ] {
        let asked = asked(&path).unwrap();
        assert_eq!(asked.operation(), Operation::Generate(Dialect::Bedrock));
        let peek = Peek::new(asked, BODY.as_bytes()).unwrap();
        assert_eq!((peek.model(), peek.stream()), (model, stream));
    }
    for path in ["/model//converse", "/model/m/invoke", "/model/m/converse/", "/model/%/converse", "/models"] {
        assert_eq!(asked(path), None, "{path}");
    }
}

#[test]
fn the_model_is_one_segment_of_the_providers_path() {
    let path = |stream| Upstream::from(Dialect::Bedrock).path(None, PROFILE, stream);
    let escaped = PROFILE.replace('/', "%2F");
    assert_eq!(path(false), format!("/model/{escaped}/converse"));
    assert_eq!(path(true), format!("/model/{escaped}/converse-stream"));
}

#[test]
fn a_peek_sees_caps_and_sampling_where_they_stand() {
    let body = r#"{"inferenceConfig":{"maxTokens":70,"temperature":0},"messages":[]}"#;
    let peek = Peek::new(asked("/model/m/converse").unwrap(), body.as_bytes()).unwrap();
    assert_eq!(peek.output_cap(), Some(70));
    assert!(peek.has_sampling());
    let twice = r#"{"inferenceConfig":{"maxTokens":1},"inferenceConfig":{"maxTokens":9},"messages":[]}"#;
    assert!(Peek::new(asked("/model/m/converse").unwrap(), twice.as_bytes()).is_err());
}

#[test]
fn the_estimate_takes_bytes_for_media() {
    let image = "A".repeat(1_000_000);
    let body = format!(
        r#"{{"messages":[{{"role":"user","content":[{{"image":{{"format":"png","source":{{"bytes":"{image}"}}}}}}]}}]}}"#
    );
    let peek = Peek::new(asked("/model/m/converse").unwrap(), body.as_bytes()).unwrap();
    assert!(peek.input_estimate(Dialect::Bedrock, "m").total() < 2_000);
}

#[test]
fn the_same_dialect_leaves_the_body_alone() {
    let body = BODY.replace("\"messages\"", "\"brandNew\": {\"x\": 1}, \"messages\"");
    let peek = Peek::new(asked("/model/assistant/converse").unwrap(), body.as_bytes()).unwrap();
    assert!(peek.prepare(Dialect::Bedrock, PROFILE).unwrap().body.is_none());
}

#[test]
fn a_stream_passes_byte_for_byte_and_is_watched() {
    let bytes = encode(STREAM);
    for size in [1, 5, 100, 1000, bytes.len()] {
        let mut stream = same().stream(0);
        assert_eq!(run(&mut stream, &bytes, size), bytes);
        let usage = stream.outcome().usage.unwrap();
        assert_eq!((usage.input, usage.cached_input, usage.cache_write, usage.output), (123, 10, 5, 45));
        assert_eq!(stream.outcome().finish, Some(Finish::Length));
        assert!(stream.is_complete());
    }
    assert_eq!(same().stream(0).push(&bytes), StreamBytes::AsTheyAre);
    assert_eq!(same().stream_types().1, "application/vnd.amazon.eventstream");
}

#[test]
fn a_stream_that_breaks_off_ends_in_an_exception_after_the_last_whole_message() {
    let bytes = encode(STREAM);
    for keep in 0..encode(&STREAM[..STREAM.find("messageStop").unwrap()]).len() {
        let mut stream = same().stream(0);
        let out = decode(&run(&mut stream, &bytes[..keep], 64));
        let (last, passed) =
            out.lines().map(str::to_owned).collect::<Vec<_>>().split_last().map(|(l, p)| (l.clone(), p.len())).unwrap();
        assert!(last.starts_with("!modelStreamErrorException ") && last.contains("broke off"), "{last}");
        assert!(out.lines().take(passed).eq(STREAM.lines().take(passed)), "{out}");
        assert!(!stream.is_complete());
    }
}

#[test]
fn bytes_that_are_no_messages_end_the_stream_in_an_exception() {
    let mut bytes = encode(STREAM);
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    for client in [Dialect::Bedrock, Dialect::OpenAi] {
        let mut stream = match client {
            Dialect::Bedrock => same().stream(0),
            client => translation::exchange(client, Dialect::Bedrock, false).stream(0),
        };
        let out = run(&mut stream, &bytes, 50);
        let out = if client == Dialect::Bedrock { decode(&out) } else { String::from_utf8(out).unwrap() };
        assert_eq!(out.matches("too large, or none").count(), 1, "{out}");
        assert!(!out.contains("stopReason") && !stream.is_complete());
    }
}

#[test]
fn an_exception_passes_and_nothing_is_added_to_it() {
    let bytes = encode(include_str!("golden/streams/error.bedrock.txt"));
    let mut stream = same().stream(0);
    assert_eq!(run(&mut stream, &bytes, 33), bytes);
    assert!(!stream.is_complete());
}

#[test]
fn an_event_is_no_exception_whatever_it_is_called() {
    let bytes = encode("exception/new {}\nmessageStop {\"stopReason\":\"end_turn\"}\n");
    let mut stream = same().stream(0);
    assert_eq!(run(&mut stream, &bytes, 33)[..bytes.len()], bytes);
    assert!(stream.failure().is_none());
}

/// Where the words hold a secret: stars in their place would break the checksums.
#[test]
fn an_exception_is_told_in_other_words_with_checksums_that_are_right() {
    let mut stream = same().stream(0);
    run(&mut stream, &encode(include_str!("golden/streams/error.bedrock.txt")), 33);
    assert!(stream.has_checksums());
    let told = decode(&stream.failure_instead(&Failure::new(500, "Nothing to see")));
    assert!(told.starts_with('!') && told.contains("Nothing to see") && told.lines().count() == 1, "{told}");
}

#[test]
fn malformed_output_is_no_answer_in_another_dialect() {
    let body = br#"{"output":{"message":{"role":"assistant","content":[]}},"stopReason":"malformed_tool_use","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2}}"#;
    assert!(translation::exchange(Dialect::OpenAi, Dialect::Bedrock, false).answer(body, 0).is_err());
    assert_eq!(same().answer(body, 0).unwrap().outcome.finish, Some(Finish::Malformed));
}

#[test]
fn calls_whose_arguments_are_mixed_up_are_an_error() {
    let text = concat!(
        "messageStart {\"role\":\"assistant\"}\n",
        "contentBlockStart {\"contentBlockIndex\":0,\"start\":{\"toolUse\":{\"name\":\"f\",\"toolUseId\":\"a\"}}}\n",
        "contentBlockStart {\"contentBlockIndex\":1,\"start\":{\"toolUse\":{\"name\":\"g\",\"toolUseId\":\"b\"}}}\n",
        "contentBlockDelta {\"contentBlockIndex\":0,\"delta\":{\"toolUse\":{\"input\":\"{}\"}}}\n",
    );
    let mut stream = translation::exchange(Dialect::Anthropic, Dialect::Bedrock, false).stream(0);
    let out = String::from_utf8(run(&mut stream, &encode(text), 50)).unwrap();
    assert!(out.contains("event: error"), "{out}");
}

#[test]
fn redacted_thoughts_that_wait_are_bounded() {
    let piece = "AAAA".repeat(200_000);
    let line = format!(
        "contentBlockDelta {{\"contentBlockIndex\":0,\"delta\":{{\"reasoningContent\":{{\"redactedContent\":\"{piece}\"}}}}}}\n"
    );
    let mut stream = translation::exchange(Dialect::OpenAi, Dialect::Bedrock, false).stream(0);
    let out = String::from_utf8(run(&mut stream, &encode(&line.repeat(4)), 100_000)).unwrap();
    assert!(out.contains("cannot be read"), "{out}");
}

#[test]
fn thoughts_of_other_providers_come_back_to_them() {
    // What a client of this API would send back: the mark is inside the bytes.
    let data = "dG9sbGdhdGUuZ2VtaW5pLkFiQz0=";
    let body = format!(
        r#"{{"messages":[{{"role":"user","content":[{{"text":"x"}}]}},{{"role":"assistant","content":[{{"reasoningContent":{{"redactedContent":"{data}"}}}},{{"text":"y"}}]}},{{"role":"user","content":[{{"text":"z"}}]}}]}}"#
    );
    let peek = Peek::new(asked("/model/m/converse").unwrap(), body.as_bytes()).unwrap();
    let prepared = peek.prepare(Dialect::Anthropic, "claude-sonnet-4-5").unwrap();
    assert_eq!(prepared.losses.to_header(), "messages.thinking_blocks");
    assert!(!String::from_utf8(prepared.body.unwrap()).unwrap().contains("redacted"));
}

#[test]
fn data_that_is_not_base64_is_refused_with_its_place() {
    let body =
        BODY.replace(r#"{"text":"x"}"#, r#"{"text":"x"},{"image":{"format":"png","source":{"bytes":"no base64"}}}"#);
    let peek = Peek::new(asked("/model/m/converse").unwrap(), body.as_bytes()).unwrap();
    let error = peek.prepare(Dialect::OpenAi, "m").unwrap_err();
    assert_eq!(error.param.as_deref(), Some("messages[0].content[1].image.source.bytes"));
    let body = r#"{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,%%%"}}]}]}"#;
    let error = Peek::new(Dialect::OpenAi, body.as_bytes()).unwrap().prepare(Dialect::Anthropic, "m").unwrap_err();
    assert_eq!(error.param.as_deref(), Some("messages[0].content[0].image_url.url"));
    let body = r#"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"a"}}]}]}"#;
    let error = Peek::new(Dialect::Anthropic, body.as_bytes()).unwrap().prepare(Dialect::OpenAi, "m").unwrap_err();
    assert_eq!(error.param.as_deref(), Some("messages[0].content[0].source.data"));
}

#[test]
fn mistakes_in_a_request_are_named_by_their_place() {
    let refusal = |body: &str| {
        let peek = Peek::new(asked("/model/m/converse").unwrap(), body.as_bytes()).unwrap();
        peek.prepare(Dialect::OpenAi, "m").unwrap_err().message
    };
    let content = |block: &str| BODY.replace(r#"{"text":"x"}"#, block);
    assert_eq!(refusal("{}"), "messages: is required.");
    assert_eq!(
        refusal(&content(r#"{"image":{"format":"bmp","source":{"bytes":"AAAA"}}}"#)),
        "messages[0].content[0].image.format: is none that this API lists."
    );
    assert_eq!(
        refusal(&content(r#"{"toolResult":{"toolUseId":"a","content":[{"toolResult":{}}]}}"#)),
        "messages[0].content[0].toolResult.content[0]: a toolResult cannot hold another."
    );
    assert_eq!(
        refusal(&content(r#"{"toolAddition":{"tool":{"name":"a"}}}"#)),
        "messages[0].content[0]: this target cannot change its tools between turns."
    );
    assert!(
        refusal(&content(r#"{"brandNew":{"x":1}}"#)).starts_with("messages[0].content[0]: expected a content block")
    );
    assert_eq!(refusal(&BODY.replace("[{\"role", "[{\"role\":\"user\"},{\"role")), "messages[0].content: is required.");
    let schema =
        r#""outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":"{"}}}},"messages""#;
    assert_eq!(
        refusal(&BODY.replace("\"messages\"", schema)),
        "outputConfig.textFormat.structure.jsonSchema.schema: expected a JSON Schema in a string."
    );
}

#[test]
fn errors_have_the_names_that_sdks_raise() {
    let body = |status| String::from_utf8(Dialect::Bedrock.error_body(&Failure::new(status, "m"))).unwrap();
    for (status, name) in [
        (400, "ValidationException"),
        (401, "UnrecognizedClientException"),
        (403, "AccessDeniedException"),
        (404, "ResourceNotFoundException"),
        (413, "ValidationException"),
        (429, "ThrottlingException"),
        (500, "InternalServerException"),
        (502, "InternalServerException"),
        (503, "ServiceUnavailableException"),
    ] {
        assert_eq!(body(status), format!(r#"{{"__type":"{name}","message":"m"}}"#));
    }
}

#[test]
fn a_providers_error_comes_in_the_clients_words_with_its_status() {
    let exchange = translation::exchange(Dialect::OpenAi, Dialect::Bedrock, false);
    for body in [r#"{"message":"Too many tokens"}"#, r#"{"Message":"Too many tokens","__type":"x"}"#] {
        let read = exchange.failure(429, body.as_bytes());
        assert_eq!((read.failure.status, &*read.failure.message, read.as_it_is), (429, "Too many tokens", false));
    }
    assert!(same().failure(403, br#"{"Message":"no"}"#).as_it_is);
    assert!(!same().failure(403, b"{}").as_it_is);
    assert!(!same().failure(503, b"<html>").as_it_is);
}

#[test]
fn answers_that_are_not_the_apis_are_unreadable() {
    let exchange = translation::exchange(Dialect::OpenAi, Dialect::Bedrock, false);
    for body in ["", "[]", "{}", r#"{"output":{}}"#, r#"{"output":{"message":{"content":5}}}"#] {
        assert!(exchange.answer(body.as_bytes(), 0).is_err(), "{body}");
    }
    let many = format!(r#"{{"output":{{"message":{{"content":[{}{{}}]}}}}}}"#, "{},".repeat(1_000_000));
    assert!(exchange.answer(many.as_bytes(), 0).is_err());
}

/// A stream of a Claude behind `InvokeModelWithResponseStream`: its own events, wrapped one by one.
fn wrapped(events: &str) -> String {
    let data = events.lines().filter_map(|line| line.strip_prefix("data: "));
    data.map(|data| format!("chunk {}\n", chunk(data))).collect()
}

fn behind_invoke(client: Dialect) -> Exchange {
    let body = r#"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}],"stream":true,"stream_options":{"include_usage":true}}"#;
    let claude = Upstream { platform: Platform::Aws, ..Dialect::Anthropic.into() };
    Peek::new(client, body.as_bytes()).unwrap().prepare(claude, "m").unwrap().exchange
}

#[test]
fn a_claudes_own_events_come_out_of_amazons_messages() {
    let events = include_str!("golden/streams/text.anthropic.sse");
    let stream = encode(&wrapped(events));
    for (client, expected) in
        [(Dialect::Anthropic, events), (Dialect::OpenAi, snapshot!("streams/text.anthropic-to-openai"))]
    {
        let exchange = behind_invoke(client);
        assert_eq!(exchange.stream_types(), ("application/vnd.amazon.eventstream", "text/event-stream"));
        for size in [1, 7, 1000, stream.len()] {
            let mut through = exchange.stream(translation::NOW);
            assert_eq!(String::from_utf8(run(&mut through, &stream, size)).unwrap().trim_end(), expected.trim_end());
            assert!(through.is_complete() && through.outcome().usage.is_some());
        }
    }
}

#[test]
fn an_exception_in_amazons_messages_is_the_clients_error() {
    let start = "data: {\"type\":\"message_start\",\"message\":{\"id\":\"a\"}}";
    let text = wrapped(start) + "!throttlingException {\"message\":\"Slow down\"}\n";
    for client in [Dialect::Anthropic, Dialect::OpenAi] {
        let mut stream = behind_invoke(client).stream(0);
        let out = String::from_utf8(run(&mut stream, &encode(&text), 20)).unwrap();
        assert!(out.contains("Slow down") && out.contains("rate_limit"), "{out}");
        assert!(!out.contains("message_stop") && !out.contains("[DONE]"), "{out}");
        assert!(!stream.is_complete());
    }
    let failure = behind_invoke(Dialect::Anthropic).failure(403, br#"{"message":"no access"}"#);
    assert_eq!((&*failure.failure.message, failure.as_it_is), ("no access", false));
}
