//! How much a model shall think, in the words of each.

use super::{to_anthropic, translated};
use serde_json::json;
use tollgate_dialects::Dialect;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

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
        ("claude-opus-5", 3000, 9000, json!([{"type": "adaptive", "display": "summarized"}, "low"]), ""),
        ("claude-opus-5", 20_000, 9000, json!([{"type": "adaptive", "display": "summarized"}, "high"]), ""),
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
