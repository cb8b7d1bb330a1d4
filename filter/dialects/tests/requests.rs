//! What a request's body tells, how it is patched, and how it is refused.

#![allow(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

use serde_json::json;
use tollgate_dialects::{Asked, Dialect, Operation, Peek, Problem, RequestError, Upstream};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn patched(dialect: Dialect, body: &str, model: &str) -> Option<String> {
    let prepared = Peek::new(dialect, body.as_bytes()).unwrap().prepare(dialect, model).unwrap();
    prepared.body.map(|body| String::from_utf8(body).unwrap())
}

fn refusal(dialect: Dialect, body: &str) -> RequestError {
    Peek::new(dialect, body.as_bytes()).unwrap_err()
}

fn translation_refusal(client: Dialect, provider: Dialect, body: &str) -> RequestError {
    Peek::new(client, body.as_bytes()).unwrap().prepare(provider, "m").unwrap_err()
}

#[test]
fn operations_are_known_by_method_and_path() {
    let of = |method: &str, path: &str| Asked::of(method.as_bytes(), path.as_bytes()).map(|asked| asked.operation());
    assert_eq!(of("POST", "/v1/chat/completions"), Some(Operation::Generate(Dialect::OpenAi)));
    assert_eq!(of("POST", "/v1/messages?beta=true"), Some(Operation::Generate(Dialect::Anthropic)));
    assert_eq!(of("GET", "/v1/models?limit=5"), Some(Operation::ListModels));
    assert_eq!(of("GET", "/foundation-models"), Some(Operation::ListModels));
    assert_eq!(of("GET", "/v1/chat/completions"), None);
    assert_eq!(of("POST", "/v1/chat/completions/"), None);
    assert_eq!(of("POST", "/v1/files"), None);
}

#[test]
fn a_peek_sees_model_stream_and_caps() {
    let body = br#"{"messages":[],"n":3,"max_completion_tokens":10,"model":"gpt-4\u002e1","stream":true}"#;
    let peek = Peek::new(Dialect::OpenAi, body).unwrap();
    assert_eq!(peek.model(), "gpt-4.1");
    assert!(peek.stream());
    assert_eq!((peek.output_cap(), peek.answers()), (Some(10), 3));
    assert!(!peek.has_sampling());
}

#[test]
fn a_huge_cap_saturates_instead_of_wrapping() {
    let body = br#"{"model":"m","max_tokens":99999999999999999999999999,"n":9}"#;
    assert_eq!(Peek::new(Dialect::OpenAi, body).unwrap().output_cap(), Some(u64::MAX));
}

#[test]
fn a_cap_counts_however_it_is_written() {
    let cap = |members: &str| {
        let body = format!(r#"{{"model":"m",{members}}}"#);
        Peek::new(Dialect::OpenAi, body.as_bytes()).unwrap().output_cap()
    };
    assert_eq!(cap(r#""max_tokens":5e5"#), Some(500_000));
    assert_eq!(cap(r#""max_tokens":100.5"#), Some(101));
    assert_eq!(cap(r#""max_tokens":1e400"#), Some(u64::MAX));
    assert_eq!(cap(r#""max_tokens":-5"#), None);
    assert_eq!(cap(r#""max_tokens":10,"max_completion_tokens":5"#), Some(10));
}

#[test]
fn the_estimate_counts_text_but_not_encoded_media() {
    let estimate = |content: &str| {
        let body = format!(r#"{{"model":"m","messages":[{{"role":"user","content":{content}}}]}}"#);
        Peek::new(Dialect::OpenAi, body.as_bytes()).unwrap().input_estimate(Dialect::OpenAi, "m").total()
    };
    // Eight tokens a sentence.
    let words = "The ship left the harbour at dawn. ".repeat(100);
    assert!((720..880).contains(&estimate(&format!("\"{words}\""))));
    let image = format!("data:image/png;base64,{}", "A".repeat(1_000_000));
    assert!(estimate(&format!(r#"[{{"type":"image_url","image_url":{{"url":"{image}"}}}}]"#)) < 2_000);
    let document = |data: &str| estimate(&format!(r#"[{{"type":"document","source":{{"data":"{data}"}}}}]"#));
    assert!(document(&"A".repeat(1_000_000)) < 2_000);
    assert!(document(&words.repeat(10)) > 7_200);
}

#[test]
fn the_same_dialect_and_model_leave_the_body_alone() {
    let body = r#"{ "model" : "gpt-4.1", "messages":[], "brand_new": {"x":[1]} }"#;
    assert_eq!(patched(Dialect::OpenAi, body, "gpt-4.1"), None);
}

#[test]
fn only_the_model_changes_byte_for_byte() {
    let body = "{\n \"future\": [1e5, \"\\u00e9\"],\t\"model\" : \"assistant\" , \"messages\":[]}";
    let expected = body.replace("\"assistant\"", "\"claude \\\"x\\\"\"");
    assert_eq!(patched(Dialect::Anthropic, body, "claude \"x\"").as_deref(), Some(&*expected));
}

#[test]
fn usage_is_asked_for_in_openai_streams_wherever_the_option_stands() {
    let cases = [
        (r#"{"model":"m","stream":true}"#, r#"{"model":"m","stream_options":{"include_usage":true},"stream":true}"#),
        (
            r#"{"stream":true,"stream_options":null,"model":"m"}"#,
            r#"{"stream":true,"stream_options":{"include_usage":true},"model":"m"}"#,
        ),
        (
            r#"{"stream":true,"stream_options":{},"model":"m"}"#,
            r#"{"stream":true,"stream_options":{"include_usage":true},"model":"m"}"#,
        ),
        (
            r#"{"stream":true,"stream_options":{"include_obfuscation":false},"model":"m"}"#,
            r#"{"stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false},"model":"m"}"#,
        ),
        (
            r#"{"stream":true,"stream_options":{"a":{"include_usage":1},"include_usage":false},"model":"m"}"#,
            r#"{"stream":true,"stream_options":{"a":{"include_usage":1},"include_usage":true},"model":"m"}"#,
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(patched(Dialect::OpenAi, body, "m").as_deref(), Some(expected));
    }
    assert_eq!(
        patched(Dialect::OpenAi, r#"{"model":"m","stream":true,"stream_options":{"include_usage":true}}"#, "m"),
        None
    );
    assert_eq!(patched(Dialect::OpenAi, r#"{"model":"m","stream":false}"#, "m"), None);
    assert_eq!(patched(Dialect::Anthropic, r#"{"model":"m","stream":true}"#, "m"), None);
}

#[test]
fn what_is_not_json_is_refused_with_its_place() {
    let cases: [(&[u8], &str); 8] = [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"hello", "byte 0"),
        (br#"{"model":"m","messages":[}"#, "byte 25"),
        (br#"{"model":"m""#, "ends too early"),
        (br#"{"model":"m"}}"#, "byte 13"),
        (b"{\"model\":\"\xff\"}", "not UTF-8 at byte 10"),
        (br#"["model"]"#, "not a JSON object"),
    ];
    for (body, expected) in cases {
        let error = Peek::new(Dialect::OpenAi, body).unwrap_err();
        assert_eq!(error.problem, Problem::NotJson, "{error}");
        assert!(error.message.contains(expected), "{error} should say {expected}");
    }
}

#[test]
fn nesting_is_bounded() {
    let body = format!(r#"{{"model":"m","messages":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    assert!(refusal(Dialect::OpenAi, &body).message.contains("nesting"));
}

#[test]
fn a_model_that_is_missing_or_no_string_is_refused() {
    for body in [r#"{"messages":[]}"#, r#"{"model":5}"#, r#"{"model":null}"#, r#"{"nested":{"model":"m"}}"#] {
        assert_eq!(refusal(Dialect::Anthropic, body).param.as_deref(), Some("model"), "{body}");
    }
}

/// Which of two the provider would take, nobody knows: it could be the one that was not checked.
#[test]
fn a_field_given_twice_is_refused_however_it_is_written() {
    for body in [
        r#"{"model":"allowed","model":"forbidden"}"#,
        r#"{"model":"allowed","mod\u0065l":"forbidden"}"#,
        r#"{"model":"allowed","MODEL":"forbidden"}"#,
        r#"{"model":"m","N":50}"#,
        r#"{"model":"m","Stream":true}"#,
        r#"{"model":"m","max_tokens":1,"max_tokens":100000}"#,
        r#"{"model":"m","stream_options":{"include_usage":true,"include_usage":false}}"#,
    ] {
        assert_eq!(refusal(Dialect::OpenAi, body).problem, Problem::Shape, "{body}");
    }
}

#[test]
fn a_wrong_shape_names_the_field_and_never_the_prompt() {
    let cases = [
        (r#"{"model":"m","messages":[{"role":"user","content":5}]}"#, "messages[0].content"),
        (r#"{"model":"m","messages":[{"role":"wizard","content":"secret"}]}"#, "messages[0].role"),
        (r#"{"model":"m","messages":"secret"}"#, "messages"),
        (r#"{"model":"m","messages":[]}"#, "messages"),
        (r#"{"model":"m"}"#, "messages"),
        (r#"{"model":"m","messages":[{"role":"tool","content":"secret"}]}"#, "messages[0].tool_call_id"),
        (
            r#"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":{"a":"secret"}}]}]}"#,
            "messages[0].content[0].text",
        ),
        (r#"{"model":"m","messages":[{"role":"user","content":"secret"}],"temperature":"secret"}"#, "temperature"),
        (r#"{"model":"m","messages":[{"role":"user","content":"secret"}],"tool_choice":"secret"}"#, "tool_choice"),
    ];
    for (body, param) in cases {
        let error = translation_refusal(Dialect::OpenAi, Dialect::Anthropic, body);
        assert_eq!((error.problem, error.param.as_deref()), (Problem::Shape, Some(param)), "{error}");
        assert!(!error.message.contains("secret"), "{error}");
    }
}

#[test]
fn what_would_change_the_answer_is_refused() {
    let openai = |rest: &str| format!(r#"{{"model":"m","messages":[{{"role":"user","content":"x"}}],{rest}}}"#);
    let user = |part: &str| format!(r#"{{"model":"m","messages":[{{"role":"user","content":[{part}]}}]}}"#);
    for (body, param) in [
        (openai(r#""n":2"#), "n"),
        (openai(r#""response_format":{"type":"json_object"}"#), "response_format"),
        (openai(r#""stop":["\n"]"#), "stop"),
        (openai(r#""modalities":["text","audio"]"#), "modalities"),
        (openai(r#""functions":[]"#), "functions"),
        (openai(r#""tools":[{"type":"web_search"}]"#), "tools[0].type"),
        (user(r#"{"type":"input_audio","input_audio":{"data":"UklGRg==","format":"wav"}}"#), "messages[0].content"),
        (user(r#"{"type":"file","file":{"file_id":"f"}}"#), "messages[0].content"),
        (user(r#"{"type":"image_url","image_url":{"url":"data:image/bmp;base64,AA=="}}"#), "messages[0].content"),
        (r#"{"model":"m","messages":[{"role":"assistant","content":"x"}]}"#.to_owned(), "messages[0].role"),
    ] {
        let error = translation_refusal(Dialect::OpenAi, Dialect::Anthropic, &body);
        assert_eq!((error.problem, error.param.as_deref()), (Problem::Unsupported, Some(param)), "{error}");
    }
    for (rest, param) in [
        (r#""stop_sequences":["1","2","3","4","5"]"#, "stop_sequences"),
        (r#""tools":[{"type":"web_search_20260209","name":"web_search"}]"#, "tools[0].type"),
        (r#""mcp_servers":[]"#, "mcp_servers"),
    ] {
        let error =
            translation_refusal(Dialect::Anthropic, Dialect::OpenAi, &openai(&format!(r#""max_tokens":9,{rest}"#)));
        assert_eq!((error.problem, error.param.as_deref()), (Problem::Unsupported, Some(param)), "{error}");
    }
}

fn translated(client: Dialect, provider: Dialect, model: &str, body: &str) -> (serde_json::Value, String) {
    let prepared = Peek::new(client, body.as_bytes()).unwrap().prepare(provider, model).unwrap();
    (serde_json::from_slice(&prepared.body.unwrap()).unwrap(), prepared.losses.to_header())
}

fn to_anthropic(model: &str, rest: &str) -> (serde_json::Value, String) {
    let body = format!(r#"{{"model":"m","messages":[{{"role":"user","content":"x"}}],{rest}}}"#);
    translated(Dialect::OpenAi, Dialect::Anthropic, model, &body)
}

#[test]
fn what_is_said_by_the_wrong_side_is_refused_and_not_lost() {
    let image = r#"{"type":"image","source":{"type":"url","url":"https://example.com"}}"#;
    let call = r#"{"type":"tool_use","id":"a","name":"f","input":{}}"#;
    let result = r#"{"type":"tool_result","tool_use_id":"a","content":[{"type":"tool_result","tool_use_id":"b"}]}"#;
    let says = |role: &str, block: &str| format!(r#""messages":[{{"role":"{role}","content":[{block}]}}]"#);
    for (members, problem, param) in [
        (says("system", image), Problem::Shape, "messages[0].content"),
        (says("user", call), Problem::Shape, "messages[0].content"),
        (says("assistant", r#"{"type":"tool_result","tool_use_id":"a"}"#), Problem::Shape, "messages[0].content"),
        (says("assistant", image), Problem::Unsupported, "messages[0].content"),
        (says("user", result), Problem::Shape, "messages[0].content[0].content[0].type"),
        (format!(r#""system":[{image}],{}"#, says("user", image)), Problem::Shape, "system"),
        // More than a media type, which would end the head of a data URI.
        (
            says("user", r#"{"type":"image","source":{"type":"base64","media_type":"image/png,x","data":"AA=="}}"#),
            Problem::Shape,
            "messages[0].content[0].source.media_type",
        ),
        // What neither of them could fetch.
        (says("user", &image.replace("https:", "file:")), Problem::Shape, "messages[0].content[0].source.url"),
    ] {
        let body = format!(r#"{{"model":"m","max_tokens":9,{members}}}"#);
        let error = translation_refusal(Dialect::Anthropic, Dialect::OpenAi, &body);
        assert_eq!((error.problem, error.param.as_deref()), (problem, Some(param)), "{error}");
    }
    let body = r#"{"model":"m","messages":[{"role":"system","content":[{"type":"image_url","image_url":{"url":"https://example.com"}}]}]}"#;
    assert_eq!(translation_refusal(Dialect::OpenAi, Dialect::Anthropic, body).problem, Problem::Shape);
}

/// Sent on, they would be no message at all.
#[test]
fn messages_that_say_nothing_are_refused() {
    let empty = r#"{"model":"m","messages":[{"role":"user"}]}"#;
    for provider in [Dialect::OpenAi, Dialect::Anthropic, Dialect::Gemini] {
        let refusal = translation_refusal(Dialect::Cohere, provider, empty);
        assert_eq!(refusal.message, "messages: must hold at least one message that says something.");
    }
}

#[test]
fn a_wrong_value_is_described_in_the_words_of_json() {
    let body = r#"{"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":"9"}"#;
    let error = translation_refusal(Dialect::OpenAi, Dialect::Anthropic, body);
    assert_eq!(error.message, "max_tokens: expected a whole number.");
    let error = translation_refusal(Dialect::OpenAi, Dialect::Anthropic, &body.replace(r#""9""#, "0"));
    assert_eq!(error.message, "max_tokens: must be at least 1.");
}

#[test]
fn allowed_tools_that_are_not_offered_are_refused() {
    let body = r#"{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"a"}}],"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"b"}}]}}}"#;
    let error = translation_refusal(Dialect::OpenAi, Dialect::Anthropic, body);
    assert_eq!(error.param.as_deref(), Some("tool_choice.allowed_tools.tools"));
}

#[test]
fn nothing_that_is_known_is_lost_unsaid() {
    for (rest, lost) in [
        (r#""tool_choice":"required""#, "tool_choice"),
        (r#""stream_options":{"include_obfuscation":true}"#, "stream_options.include_obfuscation"),
        (r#""stream_options":{"brand_new":1}"#, "stream_options.brand_new"),
        (
            r#""response_format":{"type":"json_schema","json_schema":{"name":"a","description":"b","schema":{}}}"#,
            "response_format.json_schema.description",
        ),
        (r#""user":"ann","safety_identifier":"b""#, "user"),
        (
            r#""tools":[{"type":"function","function":{"name":"a"}}],"tool_choice":{"type":"function","function":{"name":"a"},"new":1}"#,
            "tool_choice.new",
        ),
    ] {
        assert_eq!(to_anthropic("claude-sonnet-4-5", rest).1, lost);
    }
    let long = format!(r#""user":"{}""#, "é".repeat(257));
    let (body, lost) = to_anthropic("claude-sonnet-4-5", &long);
    assert_eq!((body.get("metadata"), &*lost), (None, "user"));
}

#[test]
fn what_says_nothing_is_no_loss() {
    let rest = r#""temperature":1,"top_p":1.0,"store":null,"modalities":["text"],"metadata":{},"frequency_penalty":0,"stream_options":{"include_obfuscation":false}"#;
    let (body, lost) = to_anthropic("claude-opus-4-8", rest);
    assert_eq!((body.get("temperature"), &*lost), (None, ""));
}

#[test]
fn of_temperature_and_top_p_the_one_that_says_something_is_kept() {
    let (body, lost) = to_anthropic("claude-sonnet-4-5", r#""temperature":1,"top_p":0.5"#);
    assert_eq!((body["top_p"].as_f64(), &*lost), (Some(0.5), ""));
    let (body, lost) = to_anthropic("claude-sonnet-4-5", r#""temperature":0.5,"top_p":0.5"#);
    assert_eq!((body["temperature"].as_f64(), &*lost), (Some(0.5), "top_p"));
}

#[test]
fn log_probabilities_are_asked_for_as_far_as_the_target_goes() {
    use Dialect::{Cohere, Gemini, OpenAi, Responses};
    let openai = r#"{"model":"m","messages":[{"role":"user","content":"x"}],"logprobs":true,"top_logprobs":25}"#;
    let responses = r#"{"model":"m","input":"x","store":false,"top_logprobs":25}"#;
    let (model, gemini) = ("gpt-4.1", "gemini-2.5-flash");
    for (client, provider, model, body, key, most) in [
        (OpenAi, Responses, model, openai, "/top_logprobs", json!(20)),
        (OpenAi, Gemini, gemini, openai, "/generationConfig/logprobs", json!(20)),
        (OpenAi, Cohere, "command-a-03-2025", openai, "/logprobs", json!(true)),
        (Responses, OpenAi, model, responses, "/top_logprobs", json!(20)),
    ] {
        let (written, lost) = translated(client, provider, model, body);
        assert_eq!((written.pointer(key), &*lost), (Some(&most), "top_logprobs"), "{client:?} to {provider:?}");
    }
    // Others are told only beside the answer's own.
    let alone = openai.replace(r#""logprobs":true,"#, "");
    let (written, lost) = translated(OpenAi, Responses, model, &alone);
    assert_eq!((written.get("include"), &*lost), (None, "top_logprobs"));
    let effort = openai.replace("25", r#"2,"reasoning_effort":"low""#);
    let (written, lost) = translated(OpenAi, Responses, "gpt-5.4", &effort);
    assert_eq!((&written["include"], &*lost), (&json!(["reasoning.encrypted_content"]), "logprobs"));
}

#[test]
fn no_tool_is_forced_while_thinking() {
    let rest = r#""reasoning_effort":"low","tools":[{"type":"function","function":{"name":"a"}}],"tool_choice":"#;
    for model in ["claude-sonnet-4-5", "claude-opus-4-8"] {
        let (body, lost) = to_anthropic(model, &format!("{rest}\"required\""));
        assert_eq!((body.get("thinking"), &*lost), (None, "reasoning_effort"), "{model}");
        let (body, lost) = to_anthropic(model, &format!("{rest}\"auto\""));
        assert_eq!((body.get("thinking").is_some(), &*lost), (true, ""), "{model}");
    }
}

#[test]
fn thinking_is_switched_off_in_the_words_of_the_model() {
    for (model, switch, lost) in [
        ("claude-sonnet-4-5", None, ""),
        ("claude-opus-5", Some("disabled"), ""),
        ("claude-sonnet-5-5", Some("between_tools"), ""),
        ("claude-opus-5-5", None, "reasoning_effort"),
    ] {
        let (body, dropped) = to_anthropic(model, r#""reasoning_effort":"none""#);
        assert_eq!((body["thinking"]["type"].as_str(), &*dropped), (switch, lost), "{model}");
    }
}

/// What a budget becomes, and whether that is reported: an effort is as near as it gets, and another number
/// is not what was asked for.
#[test]
fn a_budget_is_kept_or_becomes_an_effort_or_is_reported() {
    let cases = [
        ("claude-sonnet-4-5", 3000, 9000, json!([{"type": "enabled", "budget_tokens": 3000}, null]), ""),
        (
            "claude-sonnet-4-5",
            9000,
            8000,
            json!([{"type": "enabled", "budget_tokens": 6000}, null]),
            "reasoning_effort",
        ),
        ("claude-sonnet-4-5", 3000, 1000, json!([null, null]), "reasoning_effort"),
        ("claude-opus-5", 3000, 9000, json!([{"type": "adaptive"}, "low"]), ""),
        ("claude-opus-5", 20_000, 9000, json!([{"type": "adaptive"}, "high"]), ""),
    ];
    for (model, budget, max, expected, lost) in cases {
        let body = json!({"model": "m", "messages": [{"role": "user", "content": "x"}], "max_tokens": max,
            "thinking": {"type": "enabled", "token_budget": budget}});
        let (body, dropped) = translated(Dialect::Cohere, Dialect::Anthropic, model, &body.to_string());
        let said = json!([body.get("thinking"), body.get("output_config").map(|config| &config["effort"])]);
        assert_eq!((said, &*dropped), (expected, lost), "{model} {budget} of {max}");
    }
}

/// The last turn goes on over tool results, and all of it must open with thoughts.
#[test]
fn a_budget_is_given_only_where_the_turn_can_open_with_thoughts() {
    let call = |id: &str, thoughts: &str| {
        format!(
            r#"{{"role":"assistant","content":null{thoughts},"tool_calls":[{{"id":"{id}","type":"function","function":{{"name":"f","arguments":"{{}}"}}}}]}},{{"role":"tool","tool_call_id":"{id}","content":"r"}}"#
        )
    };
    let thoughts = r#","thinking_blocks":[{"type":"thinking","thinking":"t","signature":"s"}]"#;
    let thinks = |turns: &[String], more: &str| {
        let body = format!(
            r#"{{"model":"m","messages":[{{"role":"user","content":"x"}},{}{more}],"reasoning_effort":"low"}}"#,
            turns.join(",")
        );
        translated(Dialect::OpenAi, Dialect::Anthropic, "claude-sonnet-4-5", &body).0.get("thinking").is_some()
    };
    assert!(thinks(&[call("a", thoughts), call("b", thoughts)], ""));
    assert!(thinks(&[call("a", thoughts), call("b", "")], ""));
    assert!(!thinks(&[call("a", ""), call("b", thoughts)], ""));
    assert!(thinks(&[call("a", "")], r#",{"role":"assistant","content":"done"},{"role":"user","content":"y"}"#));
    assert!(thinks(&[call("a", "")], r#",{"role":"user","content":"y"}"#));
}

/// Eight times the work may take eight times as long, and not sixty-four times.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn time_grows_with_the_body_and_not_with_its_square() {
    let instructions = |n: usize| {
        let many = r#"{"role":"system","content":"x"},"#.repeat(n);
        format!(r#"{{"model":"m","messages":[{{"role":"user","content":"x"}},{many}{{"role":"user","content":"y"}}]}}"#)
    };
    let allowed = |n: usize| {
        let tools: Vec<String> =
            (0..n).map(|i| format!(r#"{{"type":"function","function":{{"name":"f{i}"}}}}"#)).collect();
        let tools = tools.join(",");
        format!(
            r#"{{"model":"m","messages":[{{"role":"user","content":"x"}}],"tools":[{tools}],"tool_choice":{{"type":"allowed_tools","allowed_tools":{{"mode":"auto","tools":[{tools}]}}}}}}"#
        )
    };
    let time = |body: String| {
        let once = || {
            let start = std::time::Instant::now();
            Peek::new(Dialect::OpenAi, body.as_bytes()).unwrap().prepare(Dialect::Anthropic, "m").unwrap();
            start.elapsed()
        };
        (0..3).map(|_| once()).min().unwrap()
    };
    assert!(time(instructions(16_000)) < time(instructions(2_000)) * 30);
    assert!(time(allowed(8_000)) < time(allowed(1_000)) * 30);
}

#[test]
fn the_anthropic_version_follows_from_the_request() {
    let version = |sampling, client: Option<&str>| {
        Upstream::from(Dialect::Anthropic).version_header(sampling, client.map(str::as_bytes)).unwrap().1
    };
    assert_eq!(version(false, None), "2026-10-21");
    assert_eq!(version(false, Some("2026-10-21")), "2026-10-21");
    assert_eq!(version(true, Some("2026-10-21")), "2023-06-01");
    assert_eq!(version(false, Some("2023-06-01")), "2023-06-01");
    assert_eq!(version(false, Some("garbage")), "2026-10-21");
    assert_eq!(Upstream::from(Dialect::OpenAi).version_header(true, None), None);
}
