//! Servers that speak OpenAI's dialect: what each is told otherwise than OpenAI.

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

use Dialect::{Anthropic, OpenAi, Responses};
use tollgate_dialects::{
    Dialect, Exchange, Finish, Peek, Prepared, Problem, RequestError, Server, StreamBytes, Upstream,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn upstream(server: &str) -> Upstream<'static> {
    let server = Server::named(server).unwrap_or_else(|| panic!("no server {server}"));
    Upstream { server: Some(server), ..OpenAi.into() }
}

fn prepare(client: Dialect, server: &str, body: &str) -> Result<Prepared, RequestError> {
    Peek::new(client, body.as_bytes()).unwrap().prepare(upstream(server), "m")
}

fn text(body: Option<Vec<u8>>) -> Option<String> {
    body.map(|body| String::from_utf8(body).unwrap())
}

/// The members of an OpenAI client's request behind its model, and what was lost of them.
fn patched(server: &str, members: &str) -> (String, String) {
    let prepared = prepare(OpenAi, server, &format!(r#"{{"model":"m",{members}}}"#)).unwrap();
    let body = text(prepared.body).unwrap_or_else(|| format!(r#"{{"model":"m",{members}}}"#));
    let members = body.replacen(r#""model":"m""#, "", 1);
    (members.trim_matches(['{', ',', '}']).to_owned(), prepared.losses.to_header())
}

fn becomes(server: &str, cases: &[(&str, &str, &str)]) {
    for (members, expected, lost) in cases {
        let told = patched(server, &format!("{members},\"top_p\":1"));
        let expected = format!("{expected},\"top_p\":1");
        assert_eq!(told, (expected.trim_start_matches(',').to_owned(), (*lost).to_owned()), "{server}: {members}");
    }
}

fn refused(client: Dialect, server: &str, members: &str) -> Option<String> {
    let body = format!(r#"{{"model":"m","max_tokens":9,"messages":[{{"role":"user","content":"x"}}],{members}}}"#);
    let error = prepare(client, server, &body).err()?;
    assert_eq!(error.problem, Problem::Unsupported, "{error}");
    error.param
}

/// As `translation::request`, for a server.
fn told(input: &str, client: Dialect, server: &str) -> String {
    let prepared = prepare(client, server, input).unwrap();
    format!("{}dropped: {}\n", translation::pretty(&prepared.body.unwrap()), prepared.losses.to_header())
}

macro_rules! full_requests {
    ($($server:ident: $name:literal;)*) => {
        $(#[test]
        fn $server() {
            let asked = told(include_str!("golden/servers/full.openai.json"), OpenAi, $name);
            assert_golden!(concat!("servers/", $name, ".openai"), &asked);
            let asked = told(include_str!("golden/servers/full.anthropic.json"), Anthropic, $name);
            assert_golden!(concat!("servers/", $name, ".anthropic"), &asked);
        })*

        #[test]
        fn every_server_has_its_files() {
            assert_eq!(Server::ALL.iter().map(|server| server.name).collect::<Vec<_>>(), [$($name),*]);
        }
    };
}

full_requests! {
    vllm: "vllm";
    ollama: "ollama";
    groq: "groq";
    mistral: "mistral";
    deepseek: "deepseek";
    together: "together";
    fireworks: "fireworks";
    openrouter: "openrouter";
    xai: "xai";
}

#[test]
fn every_server_has_its_path() {
    for (server, path) in [
        ("vllm", "/v1/chat/completions"),
        ("ollama", "/v1/chat/completions"),
        ("groq", "/openai/v1/chat/completions"),
        ("mistral", "/v1/chat/completions"),
        ("deepseek", "/chat/completions"),
        ("together", "/v1/chat/completions"),
        ("fireworks", "/inference/v1/chat/completions"),
        ("openrouter", "/api/v1/chat/completions"),
        ("xai", "/v1/chat/completions"),
    ] {
        assert_eq!(upstream(server).path(None, "m", false), path, "{server}");
    }
    assert_eq!(upstream("groq").path(Some("/mine"), "m", false), "/mine/chat/completions");
}

#[test]
fn what_a_server_takes_passes_byte_for_byte() {
    let body = r#"{ "model" : "m", "messages":[ {"role":"user","content":"x" } ], "max_tokens": 5 , "temperature":0 }"#;
    for server in Server::ALL.iter().filter(|server| server.name != "xai") {
        assert_eq!(text(prepare(OpenAi, server.name, body).unwrap().body), None, "{}", server.name);
    }
    let unknown = r#"{"model":"m","guided_choice":["a",  "b"],"top_k":5,"messages":[{"role":"user","new":1}]}"#;
    for server in ["vllm", "ollama", "deepseek", "together", "openrouter", "xai"] {
        assert_eq!(text(prepare(OpenAi, server, unknown).unwrap().body), None, "{server}");
    }
}

/// Each member alone, before and behind the model.
#[test]
fn whatever_goes_an_object_is_left() {
    let full: serde_json::Value = serde_json::from_str(include_str!("golden/servers/full.openai.json")).unwrap();
    for server in Server::ALL {
        for (name, value) in full.as_object().unwrap().iter().filter(|(name, _)| *name != "model") {
            for body in [
                format!("{{\"model\":\"a\",\"{name}\":{value}}}"),
                format!("{{\"{name}\" : {value} , \"model\":\"a\"}}"),
                format!("{{\"new\":1,\"{name}\":{value},\"model\":\"a\",\"reasoning_effort\" :\"none\"}}"),
            ] {
                let told = text(prepare(OpenAi, server.name, &body).map_or(None, |it| it.body)).unwrap_or_default();
                assert!(serde_json::from_str::<serde_json::Value>(&told).is_ok_and(|it| it["model"] == "m"), "{told}");
            }
        }
    }
}

#[test]
fn openai_itself_gets_what_the_client_wrote() {
    let body = include_str!("golden/servers/full.openai.json").replace("assistant\",\n  \"mess", "m\",\n  \"mess");
    let prepared = Peek::new(OpenAi, body.as_bytes()).unwrap().prepare(OpenAi, "m").unwrap();
    assert_eq!((prepared.body, prepared.losses.to_header()), (None, String::new()));
}

#[test]
fn the_cap_goes_by_the_servers_name_for_it() {
    for server in ["ollama", "mistral", "deepseek", "together", "fireworks"] {
        becomes(
            server,
            &[
                (r#""max_completion_tokens":5"#, r#""max_tokens":5"#, ""),
                (r#""max_tokens":5"#, r#""max_tokens":5"#, ""),
                (r#""max_tokens":5,"max_completion_tokens":6"#, r#""max_tokens":6"#, ""),
                (r#""max_completion_tokens":6, "max_tokens":5"#, r#""max_tokens":6"#, ""),
                (r#""max_completion_tokens":null,"max_tokens":5"#, r#""max_tokens":5"#, ""),
                (r#""max_completion_tokens":null"#, "", ""),
            ],
        );
    }
    becomes("xai", &[(r#""max_tokens":5"#, r#""max_completion_tokens":5"#, "")]);
    becomes("groq", &[(r#""max_tokens":5"#, r#""max_tokens":5"#, "")]);
}

#[test]
fn members_that_would_be_refused_go_and_are_reported_if_they_said_anything() {
    becomes(
        "mistral",
        &[
            (r#""store":true,"user":"u""#, "", "store, user"),
            (r#""store":false,"user":null,"logit_bias":{}"#, "", ""),
            (r#""new one":1"#, "", "unknown"),
            (r#""seed":5"#, r#""random_seed":5"#, ""),
            (r#""random_seed":6,"seed":5"#, r#""random_seed":5"#, ""),
            (r#""random_seed":6,"seed":null"#, r#""random_seed":6"#, ""),
            (r#""service_tier":"flex""#, "", "service_tier"),
            (r#""service_tier":"default""#, "", ""),
            (r#""service_tier":"standard_only""#, r#""service_tier":"standard_only""#, ""),
        ],
    );
    becomes(
        "xai",
        &[
            (r#""presence_penalty":0.0,"frequency_penalty": 0"#, "", ""),
            (r#""presence_penalty":0.1"#, "", "presence_penalty"),
        ],
    );
    becomes("vllm", &[(r#""tools":[ ]"#, "", "")]);
}

#[test]
fn usage_is_asked_for_only_where_that_may_be_asked() {
    becomes(
        "mistral",
        &[
            (r#""stream":true"#, r#""stream":true"#, ""),
            (r#""stream":true,"stream_options":{"include_usage":true}"#, r#""stream":true"#, ""),
        ],
    );
    let asked = r#""stream_options":{"include_usage":true},"stream":true"#;
    for server in ["vllm", "ollama", "groq", "deepseek", "together", "fireworks", "openrouter", "xai"] {
        becomes(server, &[(r#""stream":true"#, asked, "")]);
    }
}

#[test]
fn an_effort_that_a_server_does_not_know_is_the_nearest_it_knows() {
    let effort = |word: &str| format!("\"reasoning_effort\":\"{word}\"");
    for (server, asked, given) in [
        ("vllm", "minimal", "minimal"),
        ("ollama", "minimal", "low"),
        ("ollama", "xhigh", "high"),
        ("groq", "max", "high"),
        ("groq", "none", "none"),
        ("together", "minimal", "low"),
        ("fireworks", "xhigh", "high"),
        ("openrouter", "max", "max"),
        ("xai", "max", "high"),
        ("deepseek", "xhigh", "xhigh"),
    ] {
        let lost = if asked == given { "" } else { "reasoning_effort" };
        becomes(server, &[(&effort(asked), &effort(given), lost)]);
    }
}

#[test]
fn log_probabilities_are_asked_for_in_the_servers_words() {
    becomes(
        "together",
        &[
            (r#""logprobs":true,"top_logprobs":3"#, r#""logprobs":3"#, ""),
            (r#""top_logprobs":3,"logprobs":true"#, r#""logprobs":3"#, ""),
            (r#""logprobs":true,"top_logprobs":0"#, r#""logprobs":1"#, ""),
            (r#""logprobs":true"#, r#""logprobs":1"#, ""),
            (r#""logprobs":2"#, r#""logprobs":2"#, ""),
            (r#""logprobs":false,"seed":1"#, r#""seed":1"#, ""),
            (r#""top_logprobs":2,"seed":1"#, r#""seed":1"#, "top_logprobs"),
        ],
    );
    becomes("groq", &[(r#""logprobs":true,"top_logprobs":3,"seed":1"#, r#""seed":1"#, "logprobs, top_logprobs")]);
    let asked = r#"{"model":"m","input":"Hi","include":["message.output_text.logprobs"],"top_logprobs":4}"#;
    assert!(told(asked, Responses, "together").contains("\"logprobs\": 4"));
    assert!(told(asked, Responses, "groq").contains("dropped: logprobs, top_logprobs"));
}

#[test]
fn thinking_is_switched_off_in_the_servers_words() {
    let none = r#""reasoning_effort":"none""#;
    let head = |server| {
        let body = format!(r#"{{"model":"m",{none}}}"#);
        text(prepare(OpenAi, server, &body).unwrap().body)
    };
    assert_eq!(head("deepseek").as_deref(), Some(r#"{"thinking":{"type":"disabled"},"model":"m"}"#));
    assert_eq!(head("together").as_deref(), Some(r#"{"reasoning":{"enabled":false},"model":"m"}"#));
    assert_eq!(head("vllm"), None);
    let anthropic =
        r#"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}],"thinking":{"type":"disabled"}}"#;
    let prepared = prepare(Anthropic, "deepseek", anthropic).unwrap();
    assert!(prepared.losses.is_empty());
    assert!(text(prepared.body).unwrap().starts_with(r#"{"thinking":{"type":"disabled"},"model":"m""#));
}

/// DeepSeek thinks unasked, and refuses these requests while it does.
#[test]
fn thinking_is_switched_off_where_the_request_would_be_refused() {
    let call = r#""tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]"#;
    let history = |more: &str| format!(r#""messages":[{{"role":"assistant",{more}{call}}}]"#);
    for (members, off, lost) in [
        (r#""tool_choice":"required""#.to_owned(), true, "thinking"),
        (r#""tool_choice":{"type":"function","function":{"name":"f"}}"#.to_owned(), true, "thinking"),
        (r#""tool_choice":"required","reasoning_effort":"high""#.to_owned(), true, "reasoning_effort"),
        (r#""tool_choice":"auto","reasoning_effort":"high""#.to_owned(), false, ""),
        (history(""), true, "thinking"),
        (history(r#""reasoning_content":null,"#), true, "thinking"),
        (history(r#""reasoning_content":"Hm.","#), false, ""),
        (history(r#""reasoning_content":"","#), false, ""),
        (history("") + r#","thinking":{"type":"enabled"}"#, false, ""),
        (r#""messages":[{"role":"assistant","content":"x","tool_calls":[]}]"#.to_owned(), false, ""),
    ] {
        let prepared = prepare(OpenAi, "deepseek", &format!(r#"{{"model":"m",{members}}}"#)).unwrap();
        let body = text(prepared.body).unwrap_or_default();
        assert_eq!((body.contains("disabled"), &*prepared.losses.to_header()), (off, lost), "{members}");
        assert!(!body.contains("disabled") || !body.contains("reasoning_effort"), "{body}");
    }
}

#[test]
fn what_the_answer_is_not_right_without_is_refused() {
    let schema = r#""response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{}}}"#;
    for (server, members, param) in [
        ("groq", r#""n":2"#, "n"),
        ("ollama", r#""n":2"#, "n"),
        ("openrouter", r#""n":2"#, "n"),
        ("deepseek", schema, "response_format"),
        ("ollama", r#""tools":[{"type":"function"}],"tool_choice":"required""#, "tool_choice"),
        ("ollama", r#""tool_choice":{"type":"function","function":{"name":"f"}}"#, "tool_choice"),
        ("mistral", r#""modalities":["text","audio"]"#, "modalities"),
        ("vllm", r#""audio":{"voice":"alloy"}"#, "audio"),
        ("fireworks", r#""web_search_options":{}"#, "web_search_options"),
        ("mistral", r#""functions":[{"name":"f"}]"#, "functions"),
    ] {
        assert_eq!(refused(OpenAi, server, members).as_deref(), Some(param), "{server}: {members}");
    }
    for (server, members) in [
        ("groq", r#""n":1"#),
        ("vllm", r#""n":2"#),
        ("mistral", r#""modalities":["text"]"#),
        ("vllm", schema),
        ("deepseek", r#""response_format":{"type":"json_object"}"#),
    ] {
        assert_eq!(refused(OpenAi, server, members), None, "{server}: {members}");
    }
    let tools = r#""tools":[{"name":"f","input_schema":{"type":"object","properties":{}}}],"tool_choice":"#;
    assert_eq!(refused(Anthropic, "ollama", &format!(r#"{tools}{{"type":"any"}}"#)).as_deref(), Some("tool_choice"));
    assert_eq!(refused(Anthropic, "vllm", &format!(r#"{tools}{{"type":"any"}}"#)), None);
    let format = r#""output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}}"#;
    assert_eq!(refused(Anthropic, "deepseek", format).as_deref(), Some("response_format"));
}

#[test]
fn no_tools_are_offered_where_none_may_be_called_and_that_cannot_be_said() {
    becomes("ollama", &[(r#""tools":[{"type":"function"}],"tool_choice":"none""#, "", "")]);
    becomes("vllm", &[(r#""tool_choice":"none""#, r#""tool_choice":"none""#, "")]);
}

#[test]
fn messages_are_told_as_the_server_takes_them() {
    let says = |message: &str| format!(r#""messages":[{{{message}}}]"#);
    for (server, message, expected, lost) in [
        ("vllm", r#""role":"developer","content":"x""#, r#""role":"system","content":"x""#, ""),
        ("openrouter", r#""role":"developer","content":"x""#, r#""role":"developer","content":"x""#, ""),
        ("groq", r#""role":"user","name":"ann","content":"x""#, r#""role":"user","content":"x""#, "messages.name"),
        ("groq", r#""reasoning":null,"content":"x""#, r#""content":"x""#, ""),
        ("groq", r#""reasoning":"Hm.","content":"x""#, r#""content":"x""#, "messages.reasoning"),
        ("ollama", r#""reasoning_content":"Hm.","content":"x""#, r#""reasoning":"Hm.","content":"x""#, ""),
        ("ollama", r#""reasoning_content":"Hm.","reasoning":"Hm.""#, r#""reasoning":"Hm.""#, ""),
        ("deepseek", r#""reasoning":"Hm.","reasoning_content":null"#, r#""reasoning_content":"Hm.""#, ""),
        ("xai", r#""reasoning_content":"Hm.","content":"x""#, r#""content":"x""#, "messages.reasoning_content"),
        ("mistral", r#""content":null,"refusal":"No.""#, r#""content":"No.""#, "messages.refusal"),
        ("vllm", r#""role":"assistant","refusal":"No.""#, r#""role":"assistant","content":"No.""#, "messages.refusal"),
        ("mistral", r#""content":"x","refusal":null,"annotations":[]"#, r#""content":"x""#, ""),
        (
            "together",
            r#""content":[{"type":"text","text":"a\n\"b\""}, {"text":"c","type":"text"}]"#,
            r#""content":"a\n\"b\"\nc""#,
            "",
        ),
        (
            "together",
            r#""content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}]"#,
            r#""content":"a""#,
            "messages.content.cache_control",
        ),
        ("together", r#""content":[]"#, r#""content":[]"#, ""),
        (
            "together",
            r#""content":[{"type":"text","text":"a"},{"type":"image_url"}]"#,
            r#""content":[{"type":"text","text":"a"},{"type":"image_url"}]"#,
            "",
        ),
    ] {
        becomes(server, &[(&says(message), &says(expected), lost)]);
    }
}

#[test]
fn a_result_finds_its_call_by_the_id_that_both_get() {
    let history = |id: &str| {
        format!(
            r#""messages":[{{"role":"assistant","tool_calls":[{{"id":"{id}"}}]}},{{"role":"tool","tool_call_id":"{id}"}}]"#
        )
    };
    let id = |given: &str| {
        let (members, lost) = patched("mistral", &history(given));
        assert_eq!(lost, "");
        let (_, rest) = members.split_once("\"id\":\"").unwrap();
        let (id, _) = rest.split_once('"').unwrap();
        assert!(members.contains(&format!("\"tool_call_id\":\"{id}\"")), "{members}");
        id.to_owned()
    };
    assert_eq!(id("abcDEF123"), "abcDEF123");
    assert_eq!(id("call_1").len(), 9);
    assert_ne!(id("call_1"), id("call_2"));
    assert_eq!(id("call_\\u0031"), id("call_1"));
}

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
