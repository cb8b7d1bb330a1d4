use super::{ALL, Kind, check};
use serde_json::json;

#[test]
fn compiles() {
    for kind in ALL {
        let _ = check(*kind, &json!({}));
        println!("{kind:?} {:?}", check(*kind, &json!({"x": 1})));
    }
    println!(
        "{:?}",
        check(
            Kind::OpenAiChat,
            &json!({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":5}]}]})
        )
    );
    println!("{:?}", check(Kind::OpenAiChat, &json!({"model":"m","messages":[{"role":"boss","content":"x"}]})));
    println!(
        "{:?}",
        check(
            Kind::AnthropicMessages,
            &json!({"model":"m","max_tokens":5,"messages":[{"role":"user","content":[{"type":"text","text":"x", "cache":5}]}]})
        )
    );
    println!(
        "{:?}",
        check(
            Kind::AnthropicMessages,
            &json!({"model":"m","max_tokens":5,"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"x", "content":[{"type":"image","source":{"type":"base64","media_type":"a","data":"x"}}]}]}]})
        )
    );
}
