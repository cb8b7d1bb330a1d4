//! Images drawn.

use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const PATH: &str = "/v1/images/generations";

fn body(members: &str) -> String {
    format!(r#"{{"model":"m","prompt":"A cat"{members}}}"#)
}

#[test]
fn the_same_dialect_is_patched_and_its_usage_is_read() {
    let body = body(r#","n":3,"size":"1536x1024","stream":true"#);
    let (request, _) = sent(PATH, &body, OpenAi, "gpt-image-2");
    assert_eq!(request, body.replace("\"m\"", "\"gpt-image-2\""));
    let read = RequestBody::new(asked(PATH), body.as_bytes()).unwrap();
    assert_eq!((read.answers(), read.output_cap()), (3, None));
    let exchange = exchange(PATH, &body, OpenAi, "m");
    assert_eq!(exchange.path(&OpenAi.into(), None, "m"), "/v1/images/generations");
    assert!(exchange.is_opaque(b"text/event-stream") && !exchange.is_opaque(b"application/json"));
    let given = r#"{"created":1,"data":[{"b64_json":"AAAA"}],"usage":{"input_tokens":4,"input_tokens_details":{"image_tokens":0,"text_tokens":4},"output_tokens":1000,"total_tokens":1004}}"#;
    assert_eq!(answer(&exchange, given), (given.to_owned(), Some((4, 1000))));
}

#[test]
fn gemini_draws_in_its_own_words() {
    let (request, losses) =
        sent(PATH, &body(r#","size":"auto","quality":"auto","n":1,"response_format":"b64_json""#), Gemini, "g");
    assert_eq!(
        request,
        r#"{"contents":[{"role":"user","parts":[{"text":"A cat"}]}],"generationConfig":{"responseModalities":["IMAGE"]}}"#
    );
    assert_eq!(losses, "");
    let (request, losses) =
        sent(PATH, &body(r#","size":"3072x2048","quality":"high","user":"u","style":"vivid""#), Gemini, "g");
    assert!(request.contains(r#""imageConfig":{"aspectRatio":"3:2","imageSize":"2K"}"#), "{request}");
    assert_eq!(losses, "user, style, quality, size");
    let (request, losses) = sent(PATH, &body(r#","size":"1024x1024""#), Gemini, "g");
    assert!(request.contains(r#""imageConfig":{"aspectRatio":"1:1"}"#), "{request}");
    assert_eq!(losses, "");
    let exchange = exchange(PATH, &body(""), Gemini, "g");
    assert_eq!(exchange.path(&Gemini.into(), None, "g"), "/v1beta/models/g:generateContent");
}

#[test]
fn what_gemini_cannot_draw_is_refused() {
    let refused = |members: &str| refused(PATH, &body(members), Gemini, "g");
    assert_eq!(refused(r#","n":2"#), "n: this target draws one image; ask for 1.");
    assert_eq!(refused(r#","response_format":"url""#), "response_format: this target gives images as b64_json only.");
    assert!(refused(r#","stream":true"#).starts_with("stream: "));
    assert!(refused(r#","output_format":"svg""#).starts_with("output_format: "));
    assert!(refused(r#","background":"transparent""#).starts_with("background: "));
    assert!(refused(r#","size":"1792x1024""#).starts_with("size: this target draws 1:1"));
    assert!(refused(r#","size":"0x0""#).starts_with("size: "));
    assert!(refused(r#","size":"99999999999x99999999999""#).contains("no larger"));
    assert_eq!(refused(r#","size":"large""#), "size: expected auto or WIDTHxHEIGHT.");
}

#[test]
fn geminis_image_is_openais() {
    let given = r#"{"candidates":[{"content":{"parts":[{"thought":true,"inlineData":{"mimeType":"image/png","data":"c2tldGNo"}},{"text":"Here."},{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":1290,"thoughtsTokenCount":10}}"#;
    let (image, usage) = answer(&exchange(PATH, &body(""), Gemini, "g"), given);
    assert_eq!(
        image,
        r#"{"created":1790000000,"data":[{"b64_json":"AAAA"}],"output_format":"png","usage":{"input_tokens":3,"input_tokens_details":{"text_tokens":3,"image_tokens":0},"output_tokens":1300,"total_tokens":1303}}"#
    );
    assert_eq!(usage, Some((3, 1300)));
}

#[test]
fn an_answer_without_an_image_is_an_error() {
    let exchange = exchange(PATH, &body(""), Gemini, "g");
    let blocked = r#"{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"usageMetadata":{"promptTokenCount":3}}"#;
    let silent = r#"{"candidates":[{"finishReason":"IMAGE_SAFETY"}]}"#;
    let words = r#"{"candidates":[{"content":{"parts":[{"text":"I cannot draw that."}]},"finishReason":"STOP"}]}"#;
    for (body, message) in [
        (blocked, "The provider blocked the prompt: PROHIBITED_CONTENT."),
        (silent, "The provider drew no image: IMAGE_SAFETY."),
        (words, "The provider drew no image: I cannot draw that."),
    ] {
        let failure = exchange.answer(body.as_bytes(), 0).unwrap().refused.unwrap();
        assert_eq!((failure.status, failure.code.as_deref()), (400, Some("moderation_blocked")));
        assert_eq!(failure.message, message);
    }
    assert!(exchange.answer(b"{}", 0).is_err());
}
