//! What servers answer: errors, usage, and streams that fail.

use super::{prepare, translation};
use Dialect::{Anthropic, OpenAi};
use tollgate_dialects::{Dialect, Exchange, Finish, StreamBytes};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn same() -> Exchange {
    prepare(OpenAi, "openrouter", r#"{"model":"m","stream":true}"#).unwrap().exchange
}

fn to_anthropic() -> Exchange {
    translation::exchange(Anthropic, OpenAi, false)
}

#[test]
fn errors_are_read_in_every_form_servers_give_them() {
    for (body, message) in [
        (r#"{"error":{"message":"No.","type":"BadRequestError","param":null,"code":400}}"#, "No."),
        (r#"{"code":"Client specified an invalid argument","error":"No."}"#, "No."),
        (r#"{"object":"error","message":"No.","type":"invalid_request_error","code":"3230"}"#, "No."),
        (
            r#"{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","messages",0,"name"],"msg":"No.","input":"secret"}]}}"#,
            "body.messages.0.name: No.",
        ),
        (r#"{"detail":[{"msg":"No.","loc":["body"]},{"msg":"Nor that."}]}"#, "body: No."),
        (r#"{"detail":"No."}"#, "No."),
    ] {
        assert_eq!(to_anthropic().failure(400, body.as_bytes()).failure.message, message, "{body}");
        // The client of this API knows one form.
        let own = body.starts_with(r#"{"error":{"#);
        assert_eq!(same().failure(400, body.as_bytes()).as_it_is, own, "{body}");
    }
    for body in [r#"{"message":5}"#, r#"{"detail":[]}"#, "{}", r#"{"message":null}"#] {
        let message = to_anthropic().failure(400, body.as_bytes()).failure.message;
        assert_eq!(message, "The provider answered with status 400 and no readable error.", "{body}");
    }
}

#[test]
fn an_error_is_no_answer_whatever_its_status() {
    for body in [
        r#"{"error":{"code":429,"message":"Slow down"}}"#,
        r#"{"choices":[],"error":{"message":"x"}}"#,
        r#"{"choices":[{"message":{"content":"Hal"},"finish_reason":"error"}]}"#,
        r#"{"choices":[{"message":{"content":"Hal"},"finish_reason":"insufficient_system_resource"}]}"#,
    ] {
        for exchange in [same(), to_anthropic()] {
            assert!(exchange.answer(body.as_bytes(), 0).is_err(), "{body}");
        }
    }
}

fn usage(json: &str) -> (u64, u64, u64, u64) {
    let body = format!(r#"{{"choices":[{{"message":{{"content":"x"}}}}],"usage":{json}}}"#);
    let usage = same().answer(body.as_bytes(), 0).unwrap().outcome.usage.unwrap();
    (usage.input, usage.cached_input, usage.output, usage.reasoning)
}

#[test]
fn usage_is_read_as_every_server_counts() {
    for (json, expected) in [
        (r#"{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"prompt_tokens_details":null}"#, (10, 0, 5, 0)),
        (r#"{"prompt_tokens":10,"completion_tokens":5,"prompt_cache_hit_tokens":4}"#, (10, 4, 5, 0)),
        (r#"{"prompt_tokens":10,"completion_tokens":5,"num_cached_tokens":3}"#, (10, 3, 5, 0)),
        (
            r#"{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"completion_tokens_details":{"reasoning_tokens":2}}"#,
            (10, 0, 5, 2),
        ),
        // xAI's thoughts are not in its completion.
        (
            r#"{"prompt_tokens":10,"completion_tokens":5,"total_tokens":35,"completion_tokens_details":{"reasoning_tokens":20}}"#,
            (10, 0, 25, 20),
        ),
    ] {
        assert_eq!(usage(json), expected, "{json}");
    }
}

#[test]
fn reasons_to_end_are_read_in_every_servers_words() {
    for (word, finish) in
        [("eos", Finish::Stop), ("model_length", Finish::ContextWindow), ("tool_calls", Finish::ToolCalls)]
    {
        let body = format!(r#"{{"choices":[{{"message":{{"content":"x"}},"finish_reason":"{word}"}}]}}"#);
        for exchange in [same(), to_anthropic()] {
            assert_eq!(exchange.answer(body.as_bytes(), 0).unwrap().outcome.finish, Some(finish), "{word}");
        }
    }
}

fn streamed(exchange: &Exchange, text: &str) -> (String, bool) {
    let mut stream = exchange.stream(0);
    let mut out = match stream.push(text.as_bytes()) {
        StreamBytes::AsTheyAre => text.as_bytes().to_vec(),
        StreamBytes::Replaced(bytes) => bytes,
    };
    out.extend(stream.finish());
    (String::from_utf8(out).unwrap(), stream.is_complete())
}

#[test]
fn a_stream_that_failed_is_not_complete_though_it_says_so() {
    let start = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hal\"}}]}\n\n";
    for failed in [
        r#"{"error":{"message":"Broken","type":"InternalServerError","param":null,"code":500}}"#,
        r#"{"choices":[],"error":{"code":502,"message":"Broken"},"usage":{"prompt_tokens":1}}"#,
        r#"{"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}"#,
        r#"{"choices":[{"index":0,"delta":{}}],"x_groq":{"error":"Broken"}}"#,
    ] {
        let text = format!("{start}data: {failed}\n\ndata: [DONE]\n\n");
        let (out, complete) = streamed(&to_anthropic(), &text);
        assert!(!complete && out.contains("event: error") && !out.contains("message_stop"), "{out}");
        let (out, complete) = streamed(&same(), &text);
        assert!(!complete && out.contains(failed), "{out}");
    }
}

#[test]
fn usage_in_the_last_chunk_that_says_something_stays_there() {
    let text = concat!(
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":null}],\"usage\":null}\n\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1}}\n\n",
        "data: [DONE]\n\n",
    );
    assert_eq!(streamed(&same(), text), (text.to_owned(), true));
    let extra = "data: {\"choices\":null,\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1}}\n\ndata: [DONE]";
    assert_eq!(streamed(&same(), &text.replace("data: [DONE]", extra)), (text.to_owned(), true));
}
