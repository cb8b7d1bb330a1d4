//! How function calls and their responses follow each other, and which of them are signed.

use super::*;

fn signed(part: Value, signature: &str) -> Value {
    let mut part = part;
    part["thoughtSignature"] = signature.into();
    part
}

fn asks() -> Value {
    says("user", json!({"text": "Weather?"}))
}

fn with_id(part: Value, id: &str) -> Value {
    let mut part = part;
    for inner in part.as_object_mut().unwrap().values_mut() {
        inner["id"] = id.into();
    }
    part
}

#[test]
fn calls_are_answered_in_the_next_turn() {
    let unequal = "the number of function response parts is equal to the number of function call parts";
    let calls = json!({"role": "model", "parts": [call("a"), call("b")]});
    refused(
        "gemini-2.5-flash",
        vec![
            (
                talk(json!([says("model", call("a")), says("user", response("a"))])),
                "comes immediately after a user turn",
            ),
            (talk(json!([asks(), says("user", response("a"))])), "comes immediately after a function call turn"),
            (talk(json!([asks(), calls, says("user", response("a"))])), unequal),
            (talk(json!([asks(), calls, asks()])), unequal),
            (talk(json!([asks(), calls])), unequal),
            (talk(json!([asks(), says("model", call("a")), says("user", response("b"))])), "response `b` has the name"),
            (
                talk(json!([
                    asks(),
                    says("model", with_id(call("a"), "1")),
                    says("user", with_id(response("a"), "2"))
                ])),
                "functionResponse.id matches functionCall.id",
            ),
            (talk(json!([says("user", call("a"))])), "made by the model"),
            (
                talk(json!([
                    asks(),
                    says("model", call("a")),
                    says("user", json!({"functionResponse": {"name": "a"}}))
                ])),
                "response must be set",
            ),
        ],
    );
    let answers = json!({"role": "user", "parts": [response("b"), response("a"), {"text": "Thanks."}]});
    assert_eq!(ask("gemini-2.5-flash", &talk(json!([asks(), calls, answers]))).err(), None);
}

#[test]
fn calls_of_the_current_turn_are_signed_since_gemini_3() {
    let step = |part: Value| vec![says("model", part), says("user", response("a"))];
    let asked = |steps: Vec<Vec<Value>>| talk(std::iter::once(asks()).chain(steps.concat()).collect());
    let good = signed(call("a"), "c2ln000000000000000000000001");
    let bare = asked(vec![step(call("a"))]);
    assert_eq!(ask("gemini-2.5-flash", &bare).err(), None);
    refused(
        "gemini-3-pro-preview",
        vec![
            (bare.clone(), "function call `default_api:a` , position 2."),
            (asked(vec![step(good.clone()), step(call("a"))]), "position 4."),
            (asked(vec![step(signed(call("a"), "aGVsbG8="))]), "Corrupted thought signature."),
            (asked(vec![step(signed(call("a"), "not base64"))]), "Base64 decoding failed"),
        ],
    );
    let second = json!({"role": "model", "parts": [good, call("b")]});
    let answers = json!({"role": "user", "parts": [response("a"), response("b")]});
    let over = [step(call("a")), vec![says("model", json!({"text": "Sunny."})), asks()]].concat();
    for body in [
        asked(vec![step(good.clone())]),
        asked(vec![step(signed(call("a"), "skip_thought_signature_validator"))]),
        talk(json!([asks(), second, answers])),
        talk(json!([asks(), says("model", good.clone()), says("model", call("b")), answers])),
        talk(std::iter::once(asks()).chain(over).collect()),
    ] {
        assert_eq!(ask("gemini-3-pro-preview", &body).err(), None, "{body}");
    }
    let vertex = super::VERTEX.replace("gemini-2.5-flash", "gemini-3-pro-preview");
    let problem = send(&vertex, &bare, &[("authorization", "Bearer mock-google-token")]).err().unwrap();
    assert!(problem.message.contains("function call `a` in the 2. content block"), "{}", problem.message);
}
