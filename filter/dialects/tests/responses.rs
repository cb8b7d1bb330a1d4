//! The Responses API on both sides, and what its streams keep.

#![allow(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

use tollgate_dialects::{
    Asked, Dialect, Exchange, Finish, Operation, Peek, Problem, RequestError, Stream, StreamBytes,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use Dialect::{Anthropic, OpenAi, Responses};

const TEXT: &str = include_str!("golden/streams/text.responses.sse");
const TOOLS: &str = include_str!("golden/streams/tools.responses.sse");
const FAILED: &str = include_str!("golden/streams/error.responses.sse");

fn exchange(client: Dialect, provider: Dialect) -> Exchange {
    let body = r#"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}],"input":"x","stream":true}"#;
    Peek::new(client, body.as_bytes()).unwrap().prepare(provider, "m").unwrap().exchange
}

fn run(stream: &mut Stream, bytes: &[u8], size: usize) -> String {
    let mut out = Vec::new();
    for bytes in bytes.chunks(size) {
        match stream.push(bytes) {
            StreamBytes::AsTheyAre => out.extend_from_slice(bytes),
            StreamBytes::Replaced(bytes) => out.extend(bytes),
        }
    }
    out.extend(stream.finish());
    String::from_utf8(out).unwrap()
}

fn prepare(body: &str, provider: Dialect) -> Result<(String, String), RequestError> {
    let prepared = Peek::new(Responses, body.as_bytes()).unwrap().prepare(provider, "m")?;
    Ok((String::from_utf8(prepared.body.unwrap()).unwrap(), prepared.losses.to_header()))
}

#[test]
fn it_is_known_by_its_path() {
    let asked = Asked::of(b"POST", b"/v1/responses").unwrap();
    assert_eq!(asked.operation(), Operation::Generate(Responses));
    assert!(Asked::of(b"POST", b"/v1/responses/resp_1/cancel").is_none());
    assert!(Asked::of(b"GET", b"/v1/responses/resp_1").is_none());
}

#[test]
fn a_peek_sees_model_stream_cap_and_text_but_no_media() {
    let image = format!("data:image/png;base64,{}", "A".repeat(1_000_000));
    let body = format!(
        r#"{{"model":"m","stream":true,"max_output_tokens":50,"temperature":0,"instructions":"{}","input":[{{"role":"user","content":[{{"type":"input_image","image_url":"{image}"}}]}},{{"type":"reasoning","encrypted_content":"{}"}}]}}"#,
        "The ship left the harbour at dawn. ".repeat(100),
        "A".repeat(100_000)
    );
    let peek = Peek::new(Responses, body.as_bytes()).unwrap();
    assert_eq!((peek.model(), peek.stream(), peek.output_cap()), ("m", true, Some(50)));
    assert!(peek.has_sampling());
    let estimate = peek.input_estimate(Dialect::Responses, "m").total();
    assert!((2_300..2_600).contains(&estimate), "{estimate}");
}

#[test]
fn in_the_same_dialect_only_the_model_changes() {
    let body = r#"{"stream":true, "model" : "assistant","input":"x","previous_response_id":"resp_1","tools":[{"type":"web_search"}],"brand_new":[1e5]}"#;
    let peek = Peek::new(Responses, body.as_bytes()).unwrap();
    let prepared = peek.prepare(Responses, "gpt-5.6-sol").unwrap();
    assert_eq!(String::from_utf8(prepared.body.unwrap()).unwrap(), body.replace("assistant", "gpt-5.6-sol"));
    assert!(prepared.losses.is_empty());
}

#[test]
fn in_the_same_dialect_a_stream_passes_byte_for_byte_and_is_watched() {
    for (text, finish) in [(TEXT, Finish::Length), (TOOLS, Finish::ToolCalls)] {
        for size in [1, 5, 1000, text.len()] {
            let mut stream = exchange(Responses, Responses).stream(0);
            assert_eq!(run(&mut stream, text.as_bytes(), size), text);
            let usage = stream.outcome().usage.unwrap();
            assert_eq!((usage.input, usage.cached_input, usage.cache_write), (123, 10, 5));
            assert_eq!((usage.output, usage.reasoning), (45, 7));
            assert_eq!(stream.outcome().finish, Some(finish));
            assert!(stream.is_complete());
        }
    }
}

#[test]
fn in_the_same_dialect_an_answer_passes_and_is_watched() {
    let body = include_str!("golden/responses/tools.responses.json");
    let answer = exchange(Responses, Responses).answer(body.as_bytes(), 0).unwrap();
    assert!(answer.body.is_none());
    assert_eq!((answer.outcome.usage.unwrap().total(), answer.outcome.finish), (168, Some(Finish::ToolCalls)));
    let queued = br#"{"id":"resp_1","status":"queued","output":[],"usage":null}"#;
    let outcome = exchange(Responses, Responses).answer(queued, 0).unwrap().outcome;
    assert_eq!((outcome.usage, outcome.finish), (None, None));
}

#[test]
fn what_a_passing_end_tells_is_read_whatever_else_is_in_it() {
    let text = "data: {\"type\":\"response.completed\",\"response\":{\"status\":\"completed\",\"output\":[{\"type\":\"new\",\"content\":5,\"name\":{}}],\"usage\":{\"input_tokens\":7,\"output_tokens\":2}}}\n\n";
    let mut stream = exchange(Responses, Responses).stream(0);
    assert_eq!(run(&mut stream, text.as_bytes(), 9), text);
    assert_eq!((stream.outcome().usage.unwrap().total(), stream.outcome().finish), (9, Some(Finish::Stop)));
}

#[test]
fn an_error_that_passes_by_is_the_last_word_in_every_form_it_has() {
    let flat = "event: error\ndata: {\"type\":\"error\",\"code\":\"server_error\",\"message\":\"No\",\"param\":null,\"sequence_number\":0}\n\n";
    for text in [FAILED, include_str!("golden/streams/failed.responses.sse"), flat] {
        let mut stream = exchange(Responses, Responses).stream(0);
        assert_eq!(run(&mut stream, text.as_bytes(), 64), text);
        assert!(!stream.is_complete());
    }
    let mut stream = exchange(Anthropic, Responses).stream(0);
    let out = run(&mut stream, flat.as_bytes(), 64);
    assert!(out.ends_with("\"message\":\"No\"},\"request_id\":null}\n\n"), "{out}");
}

#[test]
fn a_stream_that_breaks_off_ends_in_an_error_with_the_next_number() {
    let events: Vec<&str> = TEXT.split_inclusive("\n\n").collect();
    for keep in [0, 1, 4] {
        let mut stream = exchange(Responses, Responses).stream(0);
        let kept = events[..keep].concat();
        let out = run(&mut stream, kept.as_bytes(), 64);
        let rest = out.strip_prefix(&kept).unwrap();
        let start = format!("event: error\ndata: {{\"type\":\"error\",\"sequence_number\":{keep},\"error\":");
        assert!(rest.starts_with(&start) && rest.contains("broke off"), "{rest}");
        assert!(!stream.is_complete());
    }
}

#[test]
fn what_the_server_would_keep_or_run_is_refused() {
    for (members, param) in [
        (r#""previous_response_id":"resp_1""#, "previous_response_id"),
        (r#""conversation":{"id":"conv_1"}"#, "conversation"),
        (r#""prompt":{"id":"pmpt_1"}"#, "prompt"),
        (r#""background":true"#, "background"),
        (r#""moderation":{"model":"omni-moderation-latest"}"#, "moderation"),
        (r#""prompt_cache_options":{"prewarm":true}"#, "prompt_cache_options.prewarm"),
        (r#""tools":[{"type":"custom","name":"a"}]"#, "tools[0].type"),
        (r#""tools":[{"type":"mcp","server_label":"a"}]"#, "tools[0].type"),
        (r#""tools":[{"type":"function","name":"a"}],"tool_choice":{"type":"web_search_preview"}"#, "tool_choice.type"),
    ] {
        let body = format!(r#"{{"model":"m","input":"x",{members}}}"#);
        let error = prepare(&body, Anthropic).unwrap_err();
        assert_eq!((error.problem, error.param.as_deref()), (Problem::Unsupported, Some(param)), "{error}");
    }
    for item in ["compaction", "web_search_call", "custom_tool_call", "configuration_update", "item_reference"] {
        let body = format!(r#"{{"model":"m","input":[{{"role":"user","content":"x"}},{{"type":"{item}","id":"a"}}]}}"#);
        let error = prepare(&body, OpenAi).unwrap_err();
        assert_eq!(error.problem, Problem::Unsupported);
        assert!(error.message.starts_with("input[1]"), "{error}");
    }
}

#[test]
fn a_mistake_is_named_by_its_place() {
    let content = |content: &str| format!(r#""input":[{{"role":"user","content":{content}}}]"#);
    for (members, message) in [
        (r#""tools":[]"#.to_owned(), "input: is required."),
        (r#""input":[]"#.to_owned(), "input: must hold at least one item."),
        (
            r#""input":[{"role":"tool","content":"x"}]"#.to_owned(),
            "input[0].role: expected user, assistant, system or developer.",
        ),
        (r#""input":[{"role":"user"}]"#.to_owned(), "input[0].content: is required."),
        (r#""input":[{"type":"function_call","name":"a"}]"#.to_owned(), "input[0].call_id: is required."),
        (r#""input":[{"type":"function_call_output","call_id":"a"}]"#.to_owned(), "input[0].output: is required."),
        (
            content(r#"[{"type":"text","text":"x"}]"#),
            "input[0].content[0].type: expected input_text, input_image, input_file, output_text or refusal.",
        ),
        (content(r#"[{"type":"input_image"}]"#), "input[0].content[0]: needs image_url or file_id."),
        (
            content(r#"[{"type":"refusal","refusal":"x"}]"#),
            "input[0].content: only the assistant can call tools, think or refuse.",
        ),
        (format!(r#"{},"max_output_tokens":0"#, content("\"x\"")), "max_output_tokens: must be at least 1."),
        (
            format!(r#"{},"reasoning":{{"effort":"huge"}}"#, content("\"x\"")),
            "reasoning.effort: expected none, minimal, low, medium, high, xhigh or max.",
        ),
    ] {
        let error = prepare(&format!(r#"{{"model":"m",{members}}}"#), Anthropic).unwrap_err();
        assert_eq!((error.problem, &*error.message), (Problem::Shape, message));
    }
}

#[test]
fn what_says_nothing_is_no_loss() {
    let body = r#"{"model":"m","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"x"}],"status":"completed","id":"msg_1"}],"store":false,"truncation":"disabled","include":["reasoning.encrypted_content"],"background":false,"metadata":{},"top_logprobs":0,"max_tool_calls":3,"stream_options":{"include_obfuscation":false},"text":{"format":{"type":"text"}},"reasoning":{"effort":null,"summary":null},"tools":[],"service_tier":"auto","previous_response_id":null}"#;
    assert_eq!(prepare(body, Anthropic).unwrap().1, "");
}

/// The pieces that were told, the item, and the whole answer say the same.
#[test]
fn a_call_of_which_nothing_was_said_has_an_empty_object() {
    let text = concat!(
        "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\"}}]}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\n",
        "data: [DONE]\n\n"
    );
    let out = run(&mut exchange(Responses, OpenAi).stream(0), text.as_bytes(), 50);
    assert!(out.contains("\"delta\":\"{}\""), "{out}");
    assert_eq!(out.matches("\"arguments\":\"{}\"").count(), 3);
}

#[test]
fn an_answer_that_is_too_long_to_be_repeated_ends_in_one_error() {
    let piece = "x".repeat(500_000);
    let delta = format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{piece}\"}}}}]}}\n\n");
    let end = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    for (pieces, whole) in [(32, true), (36, false)] {
        let mut stream = exchange(Responses, OpenAi).stream(0);
        let out = run(&mut stream, (delta.repeat(pieces) + end).as_bytes(), 100_000);
        assert_eq!(out.matches("event: response.completed").count(), usize::from(whole));
        assert_eq!(out.matches("event: error").count(), usize::from(!whole));
        assert_eq!(out.matches("event: response.failed").count(), usize::from(!whole));
    }
}

/// Those of a long answer take many times its text, and must not end it.
#[test]
fn log_probabilities_that_are_too_many_to_be_repeated_are_told_once() {
    let tokens = [r#"{"token":"x","logprob":-0.5}"#; 10].join(",");
    let delta = format!(
        "data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{}\"}},\"logprobs\":{{\"content\":[{tokens}]}}}}]}}\n\n",
        "x".repeat(10)
    );
    let end = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    // In the delta, at the end of the text, of the part and of the item, and in the whole answer.
    for (pieces, times) in [(100, 5), (10_000, 1)] {
        let mut stream = exchange(Responses, OpenAi).stream(0);
        let out = run(&mut stream, (delta.repeat(pieces) + end).as_bytes(), 100_000);
        assert_eq!(out.matches("\"token\":\"x\"").count(), 10 * pieces * times);
        assert_eq!(out.matches("event: response.completed").count(), 1);
    }
}

#[test]
fn an_absurd_id_is_not_repeated_in_every_event() {
    let id = "x".repeat(100_000);
    let start = format!("data: {{\"type\":\"message_start\",\"message\":{{\"id\":\"{id}\",\"model\":\"{id}\"}}}}\n\n");
    let delta = "data: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"a\"}}\n\n";
    let text = start + &delta.repeat(1000);
    assert!(run(&mut exchange(Responses, Anthropic).stream(0), text.as_bytes(), 4096).len() < 8 * text.len());
}

#[test]
fn a_call_that_goes_on_after_something_else_is_an_error_rather_than_a_mixture() {
    let text = concat!(
        "data: {\"type\":\"response.output_item.added\",\"item\":{\"type\":\"function_call\",\"call_id\":\"a\",\"name\":\"f\"}}\n\n",
        "data: {\"type\":\"response.output_text.delta\",\"delta\":\"Hm.\"}\n\n",
        "data: {\"type\":\"response.function_call_arguments.delta\",\"delta\":\"{}\"}\n\n",
    );
    let out = run(&mut exchange(Anthropic, Responses).stream(0), text.as_bytes(), 50);
    assert!(out.contains("event: error") && !out.contains("input_json_delta"), "{out}");
}

#[test]
fn answers_that_are_not_the_apis_or_failed_are_unreadable() {
    for body in ["", "<html>", "[]", "null", "{", "{\"output\":5}", "{\"status\":\"completed\"}"] {
        assert!(exchange(Anthropic, Responses).answer(body.as_bytes(), 0).is_err(), "{body:?}");
    }
    let failed = br#"{"status":"failed","error":{"code":"server_error","message":"No"},"output":[]}"#;
    assert!(exchange(Anthropic, Responses).answer(failed, 0).is_err());
    let many = format!(r#"{{"output":[{}{{}}]}}"#, "{},".repeat(1_000_000));
    assert!(exchange(Anthropic, Responses).answer(many.as_bytes(), 0).is_err());
}

#[test]
fn where_a_text_is_from_stays_with_it() {
    let text = concat!(
        "data: {\"type\":\"response.created\",\"response\":{\"id\":\"resp_1\",\"model\":\"m\"}}\n\n",
        "data: {\"type\":\"response.output_item.added\",\"item\":{\"type\":\"message\"}}\n\n",
        "data: {\"type\":\"response.output_text.delta\",\"delta\":\"Hello\"}\n\n",
        "data: {\"type\":\"response.output_text.annotation.added\",\"annotation\":{\"type\":\"url_citation\",\"url\":\"https://example.com\",\"title\":\"E\",\"start_index\":0,\"end_index\":5}}\n\n",
        "data: {\"type\":\"response.completed\",\"response\":{\"status\":\"completed\"}}\n\n",
    );
    // No other dialect of today has a place for it; nothing breaks where there is none.
    for client in [OpenAi, Anthropic] {
        let mut stream = exchange(client, Responses).stream(0);
        assert!(run(&mut stream, text.as_bytes(), 50).contains("Hello"));
        assert!(stream.is_complete());
    }
}
