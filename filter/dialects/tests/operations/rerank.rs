//! Documents ranked.

use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const PATH: &str = "/v1/rerank";
const COHERE: &str = "/v2/rerank";

#[test]
fn the_same_dialect_is_patched() {
    for (path, dialect) in [(PATH, OpenAi), (COHERE, Cohere)] {
        let body = r#"{"model":"best","query":"q","documents":["a","b"],"new":1}"#;
        let (sent, losses) = sent(path, body, dialect, "rerank-v4.0");
        assert_eq!((sent, losses), (body.replace("best", "rerank-v4.0"), String::new()));
        let exchange = exchange(path, body, dialect, "m");
        assert_eq!(exchange.path(&dialect.into(), None, "m"), path);
        let (_, usage) = answer(&exchange, r#"{"results":[],"usage":{"total_tokens":7}}"#);
        assert_eq!(usage, Some((7, 0)));
        let (_, usage) = answer(&exchange, r#"{"results":[],"meta":{"billed_units":{"search_units":1}}}"#);
        assert_eq!(usage, None);
    }
}

#[test]
fn one_dialects_words_are_the_others() {
    let body =
        r#"{"model":"m","query":"q","documents":["a",{"text":"b","title":"t"}],"top_n":1,"return_documents":true}"#;
    let (request, losses) = sent(PATH, body, Cohere, "rerank-v4.0");
    assert_eq!(request, r#"{"model":"rerank-v4.0","query":"q","documents":["a","b"],"top_n":1}"#);
    assert_eq!(losses, "return_documents, documents.title");
    let body = r#"{"model":"m","query":"q","documents":["a"],"max_tokens_per_doc":9,"priority":2}"#;
    let (request, losses) = sent(COHERE, body, OpenAi, "bge");
    assert_eq!(request, r#"{"model":"bge","query":"q","documents":["a"]}"#);
    assert_eq!(losses, "max_tokens_per_doc, priority");
    let image = r#"{"model":"m","query":"q","documents":[{"image":"x"}]}"#;
    assert_eq!(refused(PATH, image, Cohere, "m"), "documents: this target ranks texts only.");
}

#[test]
fn scores_come_back_as_they_were_given() {
    let asked = r#"{"model":"m","query":"q","documents":["a"]}"#;
    let cohere = r#"{"id":"r1","results":[{"index":1,"relevance_score":0.98},{"index":0,"relevance_score":1e-5}],"meta":{"billed_units":{"search_units":1}}}"#;
    let (given, usage) = answer(&exchange(PATH, asked, Cohere, "m"), cohere);
    assert_eq!(
        given,
        r#"{"id":"r1","model":"the-model","results":[{"index":1,"relevance_score":0.98},{"index":0,"relevance_score":1e-5}]}"#
    );
    assert_eq!(usage, None);
    let other = r#"{"model":"bge","results":[{"index":0,"document":{"text":"a"},"relevance_score":0.5}],"usage":{"prompt_tokens":8,"total_tokens":8}}"#;
    let (given, usage) = answer(&exchange(COHERE, asked, OpenAi, "m"), other);
    assert_eq!(
        given,
        r#"{"id":"rerank-1790000000","results":[{"index":0,"relevance_score":0.5}],"meta":{"api_version":{"version":"2"},"tokens":{"input_tokens":8}}}"#
    );
    assert_eq!(usage, Some((8, 0)));
}
