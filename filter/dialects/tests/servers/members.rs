//! What becomes of the members of a request.

use super::translation::{request, upstream};
use super::{becomes, prepare, text};
use Dialect::{Anthropic, OpenAi, Responses};
use tollgate_dialects::{Dialect, Peek, Problem, Server};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn refused(client: Dialect, server: &str, members: &str) -> Option<String> {
    let body = format!(r#"{{"model":"m","max_tokens":9,"messages":[{{"role":"user","content":"x"}}],{members}}}"#);
    let error = prepare(client, server, &body).err()?;
    assert_eq!(error.problem, Problem::Unsupported, "{error}");
    error.param
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
    let full: serde_json::Value = serde_json::from_str(include_str!("../golden/servers/full.openai.json")).unwrap();
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
    let body = include_str!("../golden/servers/full.openai.json").replace("assistant\",\n  \"mess", "m\",\n  \"mess");
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
    assert!(request(asked, Responses, upstream("together"), "m").contains("\"logprobs\": 4"));
    assert!(request(asked, Responses, upstream("groq"), "m").contains("dropped: logprobs, top_logprobs"));
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
