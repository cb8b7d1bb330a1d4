//! Tools, where a model takes them in some ways only.

use super::translated;
use serde_json::{Value, json};
use tollgate_dialects::{
    Dialect::{self, Anthropic, Bedrock, OpenAi, Responses},
    Peek,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// What Claude's clients ask, with a tool and with what `more` says.
fn of_claudes(more: &Value) -> String {
    let mut body = json!({
        "model": "m", "max_tokens": 100, "messages": [{"role": "user", "content": "x"}],
        "tools": [{"name": "f", "input_schema": {"type": "object"}}],
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body.to_string()
}

fn field_refused(client: Dialect, provider: Dialect, model: &str, body: &str) -> Option<String> {
    let prepared = Peek::new(client, body.as_bytes()).unwrap().prepare(provider, model);
    prepared.err().and_then(|error| error.param)
}

/// In Chat Completions OpenAI's newest call tools or reason, and some reason always.
#[test]
fn a_model_that_takes_tools_at_rest_is_told_to_rest() {
    let (plain, thinking) = (json!({}), json!({"thinking": {"type": "adaptive"}, "output_config": {"effort": "low"}}));
    for (model, more, effort, lost) in [
        ("gpt-5.6-sol", &plain, Some("none"), ""),
        ("gpt-5.6-sol", &thinking, Some("none"), "reasoning_effort"),
        ("gpt-6-luna", &thinking, Some("none"), "reasoning_effort"),
        ("gpt-6.1-terra", &plain, Some("none"), ""),
        ("gpt-5.4", &plain, None, ""),
        ("gpt-5.4-mini", &thinking, Some("none"), "reasoning_effort"),
        ("ft:gpt-5.5:acme", &plain, Some("none"), ""),
        ("gpt-5.1", &thinking, Some("low"), ""),
        ("o3", &thinking, Some("low"), ""),
        ("gpt-4.1", &plain, None, ""),
        ("my-deployment", &thinking, Some("low"), ""),
    ] {
        let (body, dropped) = translated(Anthropic, OpenAi, model, &of_claudes(more));
        assert_eq!((body["reasoning_effort"].as_str(), &*dropped), (effort, lost), "{model} {more}");
    }
    for model in ["gpt-6-astra", "gpt-6.1-sol", "gpt-5.4-pro"] {
        assert_eq!(field_refused(Anthropic, OpenAi, model, &of_claudes(&plain)).as_deref(), Some("tools"), "{model}");
        let without = of_claudes(&json!({"tools": []}));
        assert_eq!(field_refused(Anthropic, OpenAi, model, &without), None, "{model}");
    }
}

#[test]
fn in_the_responses_api_tools_and_reasoning_go_together() {
    let body = r#"{"model":"m","messages":[{"role":"user","content":"x"}],"reasoning_effort":"high","tools":[{"type":"function","function":{"name":"f"}}]}"#;
    for model in ["gpt-5.6-sol", "gpt-6.1-sol"] {
        let (body, dropped) = translated(OpenAi, Responses, model, body);
        let said = (body["reasoning"]["effort"].as_str(), body["tools"][0]["name"].as_str());
        assert_eq!((said, &*dropped), ((Some("high"), Some("f")), ""), "{model}");
    }
}

#[test]
fn a_claude_that_cannot_be_made_to_call_a_tool_is_not_asked_to() {
    let on_bedrock = |model: &str| format!("us.anthropic.{model}-v1:0");
    let any = r#""tool_choice":"required""#;
    let named = r#""tool_choice":{"type":"function","function":{"name":"f"}}"#;
    let asks = |choice: &str| {
        format!(
            r#"{{"model":"m","messages":[{{"role":"user","content":"x"}}],"tools":[{{"type":"function","function":{{"name":"f"}}}}],{choice}}}"#
        )
    };
    for choice in [any, named] {
        for model in ["claude-opus-5-5", "claude-sonnet-5-5", "claude-fable-5-1"] {
            for (provider, model) in [(Anthropic, model.to_owned()), (Bedrock, on_bedrock(model))] {
                let field = field_refused(OpenAi, provider, &model, &asks(choice));
                assert_eq!(field.as_deref(), Some("tool_choice"), "{model}");
                // One call at a time is another wish.
                let alone = asks(&format!("{choice},\"parallel_tool_calls\":false"));
                assert_eq!(field_refused(OpenAi, provider, &model, &alone).as_deref(), Some("tool_choice"), "{model}");
            }
        }
        for model in ["claude-opus-5", "claude-haiku-5-5", "claude-mythos-preview", "another"] {
            assert_eq!(field_refused(OpenAi, Anthropic, model, &asks(choice)), None, "{model}");
        }
    }
    for free in [r#""tool_choice":"auto""#, r#""tool_choice":"none""#] {
        assert_eq!(field_refused(OpenAi, Anthropic, "claude-opus-5-5", &asks(free)), None, "{free}");
    }
}
