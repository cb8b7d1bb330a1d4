//! What is Gemini's own: models in paths, streams as arrays, either spelling, calls without ids.

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

use serde_json::{Value, json};
use tollgate_dialects::{
    Asked, Credential, Dialect, Exchange, Failure, Finish, Operation, Peek, Stream, StreamBytes, Upstream,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use Dialect::{Anthropic, Gemini, OpenAi};

const TEXT: &str = include_str!("golden/streams/text.gemini.sse");
const TOOLS: &str = include_str!("golden/streams/tools.gemini.sse");
const FAILED: &str = include_str!("golden/streams/error.gemini.sse");
const CUT: &str = include_str!("golden/streams/cut.gemini.sse");
const BODY: &str = r#"{"contents":[{"parts":[{"text":"x"}]}]}"#;

const WHOLE: &str = "/v1beta/models/m:generateContent";
const AS_EVENTS: &str = "/v1beta/models/m:streamGenerateContent?alt=sse";
const AS_ARRAY: &str = "/v1beta/models/m:streamGenerateContent";

fn asked(path: &str) -> Asked<'_> {
    Asked::of(b"POST", path.as_bytes()).unwrap()
}

fn exchange(path: &str, provider: Dialect) -> Exchange {
    Peek::new(asked(path), BODY.as_bytes()).unwrap().prepare(provider, "m").unwrap().exchange
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

fn events(sse: &str) -> Vec<Value> {
    sse.lines().filter_map(|line| line.strip_prefix("data: ")).map(|data| serde_json::from_str(data).unwrap()).collect()
}

/// The request that a provider gets, and what was lost.
fn translated(body: &str, provider: Dialect, model: &str) -> (Value, String) {
    let prepared = Peek::new(asked(WHOLE), body.as_bytes()).unwrap().prepare(provider, model).unwrap();
    (serde_json::from_slice(&prepared.body.unwrap()).unwrap(), prepared.losses.to_header())
}

#[test]
fn the_path_names_the_model_and_how_the_answer_comes() {
    for version in ["v1", "v1beta"] {
        let whole = format!("/{version}/models/gemini-3.8-flash:generateContent");
        let peek = Peek::new(asked(&whole), BODY.as_bytes()).unwrap();
        assert_eq!((peek.model(), peek.stream()), ("gemini-3.8-flash", false));
        let streamed = format!("/{version}/models/a%2Fb:streamGenerateContent?alt=sse&key=k");
        let peek = Peek::new(asked(&streamed), BODY.as_bytes()).unwrap();
        assert_eq!((peek.model(), peek.stream()), ("a/b", true));
        assert_eq!(asked(&streamed).operation(), Operation::Generate(Gemini));
    }
    for path in ["/v1beta/models/m", "/v1beta/models/:generateContent", "/v1beta/models/m:embedText", "/v1beta/m"] {
        assert_eq!(Asked::of(b"POST", path.as_bytes()), None, "{path}");
    }
    let models = Asked::of(b"GET", b"/v1beta/models?pageSize=5").unwrap();
    assert_eq!((models.operation(), models.known_dialect()), (Operation::ListModels, Some(Gemini)));
    assert_eq!(Asked::of(b"GET", b"/v1/models").unwrap().known_dialect(), None);
}

#[test]
fn a_provider_is_asked_for_events_by_its_path_and_shown_its_key_in_a_header() {
    let upstream = Upstream::from(Gemini);
    assert_eq!(upstream.path(None, "gemini-2.5-pro", false), "/v1beta/models/gemini-2.5-pro:generateContent");
    assert_eq!(upstream.path(Some("/v1"), "../x", true), "/v1/models/..%2Fx:streamGenerateContent?alt=sse");
    assert_eq!(upstream.credential(), Credential::Header("x-goog-api-key"));
}

#[test]
fn the_client_is_told_the_type_of_its_own_stream() {
    assert_eq!(exchange(AS_EVENTS, Gemini).stream_types(), ("text/event-stream", "text/event-stream"));
    assert_eq!(exchange(AS_ARRAY, Gemini).stream_types(), ("text/event-stream", "application/json"));
    assert_eq!(exchange(AS_ARRAY, OpenAi).stream_types(), ("text/event-stream", "application/json"));
}

#[test]
fn a_peek_sees_caps_in_either_spelling() {
    for config in [
        r#"{"generationConfig":{"candidateCount":3,"maxOutputTokens":10,"topP":0.5}}"#,
        r#"{"generation_config":{"candidate_count":3,"max_output_tokens":10,"top_p":0.5}}"#,
        r#"{"generationConfig":{"candidate_count":3,"maxOutputTokens":10.0,"temperature":0.5}}"#,
    ] {
        let peek = Peek::new(asked(WHOLE), config.as_bytes()).unwrap();
        assert_eq!((peek.output_cap(), peek.answers(), peek.has_sampling()), (Some(10), 3, true), "{config}");
    }
    for twice in [
        r#"{"generationConfig":{"maxOutputTokens":10,"max_output_tokens":99}}"#,
        r#"{"generationConfig":{"maxOutputTokens":10},"generation_config":{"maxOutputTokens":99}}"#,
    ] {
        let error = Peek::new(asked(WHOLE), twice.as_bytes()).unwrap_err();
        assert!(error.message.ends_with("the same field is given twice."), "{error}");
    }
}

#[test]
fn the_estimate_counts_neither_media_nor_signatures() {
    let estimate = |part: &str| {
        let body = format!(r#"{{"contents":[{{"role":"user","parts":[{part}]}}]}}"#);
        Peek::new(asked(WHOLE), body.as_bytes()).unwrap().input_estimate(Dialect::Gemini, "m").total()
    };
    let long = "A".repeat(100_000);
    let words = estimate(&format!(r#"{{"text":"{}"}}"#, "The ship left the harbour at dawn. ".repeat(100)));
    assert!((720..880).contains(&words), "{words}");
    assert!(estimate(&format!(r#"{{"inlineData":{{"mimeType":"image/png","data":"{long}"}}}}"#)) < 2_000);
    assert!(estimate(&format!(r#"{{"text":"x","thoughtSignature":"{long}"}}"#)) < 10);
    assert!(estimate(&format!(r#"{{"text":"x","thought_signature":"{long}"}}"#)) < 10);
}

#[test]
fn the_same_dialect_leaves_the_body_and_the_answer_alone() {
    let body = r#"{ "contents" : [], "brandNew": {"x":[1e5]} }"#;
    let prepared = Peek::new(asked(WHOLE), body.as_bytes()).unwrap().prepare(Gemini, "other").unwrap();
    assert_eq!(prepared.body, None);
    let answer = include_str!("golden/responses/text.gemini.json");
    let answer = exchange(WHOLE, Gemini).answer(answer.as_bytes(), 0).unwrap();
    assert!(answer.body.is_none());
    assert_eq!(answer.outcome.usage.unwrap().total(), 168);
    assert_eq!(answer.outcome.finish, Some(Finish::Stop));
    let blocked = include_str!("golden/responses/blocked.gemini.json");
    assert_eq!(exchange(WHOLE, Gemini).answer(blocked.as_bytes(), 0).unwrap().outcome.finish, Some(Finish::Refusal));
}

#[test]
fn a_stream_in_the_same_form_passes_byte_for_byte_and_is_watched() {
    for size in [1, 5, 1000, TEXT.len()] {
        let mut stream = exchange(AS_EVENTS, Gemini).stream(0);
        assert_eq!(run(&mut stream, TEXT.as_bytes(), size), TEXT);
        let usage = stream.outcome().usage.unwrap();
        assert_eq!((usage.input, usage.cached_input, usage.output, usage.reasoning), (123, 10, 45, 7));
        assert_eq!(stream.outcome().finish, Some(Finish::Length));
        assert!(stream.is_complete());
    }
    let mut cut = exchange(AS_EVENTS, Gemini).stream(0);
    let out = run(&mut cut, CUT.as_bytes(), 9);
    assert!(out.starts_with(CUT) && out.contains("\"error\":{\"code\":502"), "{out}");
    assert!(!cut.is_complete());
}

#[test]
fn events_become_the_elements_of_an_array_as_they_are() {
    for sse in [TEXT, TOOLS] {
        let expected = events(sse);
        for at in 0..sse.len() {
            let mut stream = exchange(AS_ARRAY, Gemini).stream(0);
            let mut out = Vec::new();
            for bytes in [&sse.as_bytes()[..at], &sse.as_bytes()[at..]] {
                match stream.push(bytes) {
                    StreamBytes::Replaced(bytes) => out.extend(bytes),
                    StreamBytes::AsTheyAre => panic!("a stream of another form is rewritten"),
                }
            }
            out.extend(stream.finish());
            let out = String::from_utf8(out).unwrap();
            assert_eq!(serde_json::from_str::<Vec<Value>>(&out).unwrap(), expected);
            let data: Vec<&str> = sse.lines().filter_map(|line| line.strip_prefix("data: ")).collect();
            assert_eq!(out, format!("[{}\n]", data.join("\n,\n")), "every element is the event's own bytes");
            assert!(stream.is_complete());
            assert_eq!(stream.outcome().usage.unwrap().total(), 168);
        }
    }
}

#[test]
fn an_array_is_closed_whatever_happens() {
    let array = |sse: &str| {
        let mut stream = exchange(AS_ARRAY, Gemini).stream(0);
        let out = run(&mut stream, sse.as_bytes(), 7);
        assert!(!stream.is_complete());
        serde_json::from_str::<Vec<Value>>(&out).unwrap_or_else(|_| panic!("{out}"))
    };
    assert_eq!(array(FAILED), events(FAILED));
    for (sse, before) in [(CUT, 1), ("", 0), ("data: {\"candidates\":[{\"con", 0), ("data: <html>\n\n", 0)] {
        let elements = array(sse);
        assert_eq!(elements.len(), before + 1, "{sse}");
        assert_eq!(elements[before]["error"]["code"], 502, "{sse}");
    }
    let mut whole = exchange(AS_ARRAY, Gemini).stream(0);
    let out = run(&mut whole, TEXT.trim_end().as_bytes(), 50);
    assert_eq!(serde_json::from_str::<Vec<Value>>(&out).unwrap(), events(TEXT), "the last event needs no blank line");
}

#[test]
fn other_dialects_streams_come_as_an_array_where_the_client_wants_one() {
    let sources = [
        (OpenAi, include_str!("golden/streams/tools.openai.sse"), snapshot!("streams/tools.openai-to-gemini")),
        (OpenAi, include_str!("golden/streams/cut.openai.sse"), snapshot!("streams/cut.openai-to-gemini")),
        (Anthropic, include_str!("golden/streams/error.anthropic.sse"), snapshot!("streams/error.anthropic-to-gemini")),
    ];
    for (provider, sse, expected) in sources {
        let out = run(&mut exchange(AS_ARRAY, provider).stream(0), sse.as_bytes(), 11);
        assert_eq!(serde_json::from_str::<Vec<Value>>(&out).unwrap(), events(expected));
    }
    let out = run(&mut exchange(AS_ARRAY, OpenAi).stream(0), b"data: {\"error\":{\"message\":\"No\"}}\n\n", 100);
    assert_eq!(out, "[{\"error\":{\"code\":502,\"message\":\"No\",\"status\":\"INTERNAL\"}}\n]");
}

#[test]
fn results_find_the_oldest_call_of_their_function_and_made_up_ids_are_unique() {
    let body = json!({"contents": [
        {"parts": [{"text": "x"}]},
        {"role": "model", "parts": [
            {"functionCall": {"name": "f"}}, {"functionCall": {"name": "g"}}, {"functionCall": {"name": "f"}},
            {"functionCall": {"id": "call_1", "name": "f"}},
        ]},
        {"role": "user", "parts": [
            {"functionResponse": {"name": "g", "response": {"output": "g"}}},
            {"functionResponse": {"id": "call_1", "name": "f", "response": {"output": "named"}}},
            {"functionResponse": {"name": "f", "response": {"output": "first"}}},
            {"functionResponse": {"name": "f", "response": {"output": "second"}}},
        ]},
        {"role": "model", "parts": [{"functionCall": {"name": "f"}}]},
        {"role": "user", "parts": [{"functionResponse": {"name": "f", "response": {"output": "third"}}}]},
    ]});
    let (sent, _) = translated(&body.to_string(), OpenAi, "gpt-5.4");
    let messages = sent["messages"].as_array().unwrap();
    let ids = |message: &Value| -> Vec<String> {
        let calls = message["tool_calls"].as_array().unwrap();
        calls.iter().map(|call| call["id"].as_str().unwrap().to_owned()).collect()
    };
    let mut all = ids(&messages[1]);
    all.extend(ids(&messages[6]));
    let results: Vec<(&str, &str)> = messages
        .iter()
        .filter(|message| message["role"] == "tool")
        .map(|message| (message["tool_call_id"].as_str().unwrap(), message["content"].as_str().unwrap()))
        .collect();
    let expected = [(1, "g"), (3, "named"), (0, "first"), (2, "second"), (4, "third")];
    assert_eq!(results, expected.map(|(call, text)| (all[call].as_str(), text)));
    let unique: std::collections::BTreeSet<&String> = all.iter().collect();
    assert_eq!((all.len(), unique.len(), all[3].as_str()), (5, 5, "call_1"));
}

#[test]
fn calls_of_answers_get_ids_that_differ_between_answers() {
    let id = |response: &str| {
        let body = json!({
            "candidates": [{"content": {"parts": [{"functionCall": {"name": "f"}}]}, "finishReason": "STOP"}],
            "responseId": response,
        });
        let exchange = Peek::new(OpenAi, br#"{"model":"m","messages":[{"role":"user","content":"x"}]}"#).unwrap();
        let exchange = exchange.prepare(Gemini, "m").unwrap().exchange;
        let answer: Value =
            serde_json::from_slice(&exchange.answer(body.to_string().as_bytes(), 0).unwrap().body.unwrap()).unwrap();
        answer["choices"][0]["message"]["tool_calls"][0]["id"].as_str().unwrap().to_owned()
    };
    assert_eq!(id("a"), "call_a_0");
    assert_ne!(id("a"), id("b"));
}

#[test]
fn errors_name_the_field_and_not_what_is_in_it() {
    let refusal =
        |body: &str| Peek::new(asked(WHOLE), body.as_bytes()).unwrap().prepare(OpenAi, "gpt-5.4").unwrap_err().message;
    let with = |config: &str| {
        refusal(&format!(r#"{{"contents":[{{"parts":[{{"text":"x"}}]}}],"generationConfig":{config}}}"#))
    };
    assert_eq!(refusal("{}"), "contents: is required.");
    assert_eq!(refusal(r#"{"contents":[]}"#), "contents: must hold at least one content with parts.");
    assert_eq!(refusal(r#"{"contents":[{"role":"tool"}]}"#), "contents[0].role: expected user or model.");
    assert_eq!(
        refusal(r#"{"contents":[{"parts":[{"text":"x"},{"text":"x","fileData":{}}]}]}"#),
        "contents[0].parts[1]: expected one of text, inlineData, fileData, functionCall and functionResponse."
    );
    assert_eq!(
        refusal(r#"{"contents":[{"parts":[{"inline_data":{"data":"AAAA"}}]}]}"#),
        "contents[0].parts[0].inlineData.mimeType: is required."
    );
    assert_eq!(
        refusal(r#"{"contents":[{"parts":[{"functionCall":{"name":"f"}}]}]}"#),
        "contents[0].parts[0]: only the model can call functions and think, and only the user can give their results."
    );
    assert_eq!(with(r#"{"topK":1.5}"#), "generationConfig.topK: expected a whole number.");
    assert_eq!(with(r#"{"temperature":"hot"}"#), "generationConfig.temperature: expected a number.");
    assert_eq!(
        with(r#"{"responseSchema":{"type":"STRING"}}"#),
        "generationConfig.responseMimeType: must be application/json for a schema."
    );
    assert_eq!(
        with(r#"{"thinkingConfig":{"thinkingBudget":5,"thinkingLevel":"LOW"}}"#),
        "generationConfig.thinkingConfig.thinkingBudget: cannot be given beside thinkingLevel."
    );
}

#[test]
fn errors_are_read_in_every_form_and_written_with_googles_words() {
    let read = |status, body: &str| exchange(AS_ARRAY, Gemini).failure(status, body.as_bytes());
    let quota = r#"[{"error":{"code":429,"message":"Quota exceeded.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"17s"}]}}]"#;
    let failed = read(429, quota);
    assert_eq!((failed.failure.status, &*failed.failure.message), (429, "Quota exceeded. Please retry in 17s."));
    assert!(failed.as_it_is);
    let key = r#"{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}"#;
    assert_eq!(read(400, key).failure.status, 401);
    assert!(!read(503, "<html>").as_it_is);

    let body = |failure: &Failure| serde_json::from_slice::<Value>(&Gemini.error_body(failure)).unwrap();
    for (status, word) in [
        (400, "INVALID_ARGUMENT"),
        (401, "UNAUTHENTICATED"),
        (403, "PERMISSION_DENIED"),
        (404, "NOT_FOUND"),
        (413, "INVALID_ARGUMENT"),
        (429, "RESOURCE_EXHAUSTED"),
        (502, "INTERNAL"),
        (503, "UNAVAILABLE"),
        (504, "DEADLINE_EXCEEDED"),
    ] {
        let failure = Failure::new(status, "m");
        assert_eq!(body(&failure), json!({"error": {"code": status, "message": "m", "status": word}}));
    }
    let failure = Failure::new(400, "m").with_code("unsupported_parameter");
    assert_eq!(body(&failure)["error"]["details"][0]["reason"], "UNSUPPORTED_PARAMETER");
}

#[test]
fn lists_of_models_have_googles_shape() {
    let models = String::from_utf8(Gemini.models_body(&["a\"b"])).unwrap();
    assert_eq!(
        models,
        r#"{"models":[{"name":"models/a\"b","displayName":"a\"b","supportedGenerationMethods":["generateContent","streamGenerateContent"]}]}"#
    );
}

#[test]
fn a_result_without_its_call_is_refused_by_name() {
    let body =
        br#"{"model":"m","messages":[{"role":"user","content":"x"},{"role":"tool","tool_call_id":"a","content":"b"}]}"#;
    let error = Peek::new(OpenAi, body).unwrap().prepare(Gemini, "gemini-3.8-flash").unwrap_err();
    assert!(
        error.message.starts_with("messages[1]: is the result of a call that is not in this conversation"),
        "{error}"
    );
}

#[test]
fn more_stop_sequences_than_there_can_be_are_refused() {
    let body = br#"{"model":"m","max_tokens":5,"stop_sequences":["a","b","c","d","e","f"],"messages":[{"role":"user","content":"x"}]}"#;
    let error = Peek::new(Anthropic, body).unwrap().prepare(Gemini, "gemini-3.8-flash").unwrap_err();
    assert_eq!(error.message, "stop: this target takes at most 5.");
}

#[test]
fn a_call_that_never_ends_is_an_error_and_not_kept() {
    let start = "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}]}}]}\n\n";
    let more = format!(
        "data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"tool_calls\":[{{\"index\":0,\"function\":{{\"arguments\":\"{}\"}}}}]}}}}]}}\n\n",
        "x".repeat(1_000_000)
    );
    let text = start.to_owned() + &more.repeat(12);
    let out = run(&mut exchange(AS_ARRAY, OpenAi).stream(0), text.as_bytes(), 100_000);
    assert!(out.len() < 1_000, "{}", out.len());
    let elements: Vec<Value> = serde_json::from_str(&out).unwrap();
    assert_eq!(elements[0]["error"]["code"], 502);
}

#[test]
fn answers_that_are_not_the_apis_are_unreadable() {
    for body in ["", "<html>", "[]", "{", "{\"candidates\":5}", "{\"usageMetadata\":{}}", "{}"] {
        let peek = Peek::new(OpenAi, br#"{"model":"m","messages":[{"role":"user","content":"x"}]}"#).unwrap();
        let exchange = peek.prepare(Gemini, "m").unwrap().exchange;
        assert!(exchange.answer(body.as_bytes(), 0).is_err(), "{body:?}");
    }
}
