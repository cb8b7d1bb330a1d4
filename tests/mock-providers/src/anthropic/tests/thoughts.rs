//! What Anthropic refuses and takes of thinking.

use super::*;

#[test]
fn thinking_is_checked() {
    let enabled = json!({"type": "enabled", "budget_tokens": 1024});
    let with = |extra: Value| {
        let mut body = request(json!({"thinking": enabled, "tools": [tool("weather")]}));
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        body
    };
    let asks = says("user", json!("Weather?"));
    let results = |id: &str| says("user", json!([result(id)]));
    let bare = json!([asks, says("assistant", json!([tool_use("a")])), results("a")]);
    let thoughtful = says("assistant", json!([thought(), tool_use("a")]));
    refused(
        vec![
            (
                with(json!({"thinking": {"type": "enabled", "budget_tokens": 1000}})),
                "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
            ),
            (with(json!({"thinking": {"type": "enabled"}})), "thinking.enabled.budget_tokens: Field required"),
            (with(json!({"max_tokens": 1024})), "`max_tokens` must be greater than"),
            (with(json!({"temperature": 0.5})), "`temperature` may only be set to 1"),
            (with(json!({"top_k": 5})), "`top_k` must be unset"),
            (with(json!({"tool_choice": {"type": "any"}})), "tool_choice forces tool use"),
            (with(json!({"model": "claude-opus-4-7"})), "\"thinking.type.enabled\" is not supported"),
            (with(json!({"model": "claude-sonnet-5"})), "\"thinking.type.enabled\" is not supported"),
            (with(json!({"thinking": {"type": "adaptive"}})), "adaptive thinking is not supported"),
            (with(json!({"thinking": {"type": "on"}})), "thinking: Input tag 'on'"),
            (with(json!({"messages": bare})), "but found `tool_use`"),
        ],
        Version::First,
    );
    let again = says("assistant", json!([tool_use("b")]));
    for body in [
        with(json!({"temperature": 1, "tool_choice": {"type": "auto"}})),
        with(json!({"messages": [asks, thoughtful, results("a")]})),
        with(json!({"messages": [asks, thoughtful, results("a"), again, results("b")]})),
        with(json!({"model": "claude-opus-4-6", "thinking": {"type": "adaptive", "display": "omitted"}})),
        with(json!({"model": "claude-opus-5", "thinking": {"type": "between_tools"}})),
        with(json!({"thinking": {"type": "disabled"}, "messages": bare})),
    ] {
        assert_eq!(validate::check(&body, Version::First, &[]), Ok(()), "{body}");
    }
}
