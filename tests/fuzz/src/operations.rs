//! What there is beside answers: embeddings, rerank, images, counting, recordings, legacy completions.

use crate::choices::Choices;
use crate::sides::{NOW, UPSTREAMS};
use crate::written::{assert_body, assert_error, assert_json, assert_losses};
use tollgate_dialects::{Asked, Exchange, RequestBody, Told};

/// A path, and a request that it takes.
pub const REQUESTS: [(&str, &str); 16] = [
    ("/v1/embeddings", r#"{"model":"m","input":["a","b"],"dimensions":2,"encoding_format":"base64"}"#),
    ("/v1/embeddings", r#"{"model":"m","input":[[1,2],[3]]}"#),
    ("/v2/embed", r#"{"model":"m","texts":["a"],"input_type":"search_query","embedding_types":["float","base64"]}"#),
    (
        "/v2/embed",
        r#"{"model":"m","inputs":[{"content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}],"input_type":"image"}"#,
    ),
    (
        "/v1beta/models/m:embedContent",
        r#"{"content":{"parts":[{"text":"a"}]},"taskType":"RETRIEVAL_DOCUMENT","title":"t","outputDimensionality":8}"#,
    ),
    (
        "/v1beta/models/m:batchEmbedContents",
        r#"{"requests":[{"model":"models/m","content":{"parts":[{"text":"a"},{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]}}]}"#,
    ),
    ("/v1/rerank", r#"{"model":"m","query":"q","documents":["a",{"text":"b","title":"t"}],"top_n":1}"#),
    ("/v2/rerank", r#"{"model":"m","query":"q","documents":["a","b"],"max_tokens_per_doc":9}"#),
    ("/v1/completions", r#"{"model":"m","prompt":["a","b"],"n":2,"stream":true}"#),
    ("/v1/messages/count_tokens", r#"{"model":"m","messages":[{"role":"user","content":"x"}]}"#),
    ("/v1/responses/input_tokens", r#"{"model":"m","input":"x","instructions":"y"}"#),
    ("/v1beta/models/m:countTokens", r#"{"contents":[{"parts":[{"text":"x"}]}]}"#),
    ("/model/m/count-tokens", r#"{"input":{"converse":{"messages":[{"role":"user","content":[{"text":"x"}]}]}}}"#),
    ("/v1/images/generations", r#"{"model":"m","prompt":"a cat","n":1,"size":"1024x1024","quality":"high"}"#),
    ("/v1/audio/speech", r#"{"model":"m","input":"x","voice":"alloy"}"#),
    (
        "/v1/audio/transcriptions",
        "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\nContent-Type: audio/wav\r\n\r\n\0\r\n--b--\r\n",
    ),
];

/// Answers of all the providers, for clients of any.
pub const ANSWERS: [&str; 9] = [
    r#"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[1.0,-2.5]},{"index":1,"embedding":"AACAPwAAIMA="}],"model":"m","usage":{"prompt_tokens":8}}"#,
    r#"{"id":"x","embeddings":{"float":[[1.0,-2.5],[0.1,1e-5]],"base64":["AACAPwAAIMA="]},"meta":{"billed_units":{"input_tokens":3}}}"#,
    r#"{"embeddings":[{"values":[1.0,2],"statistics":{"token_count":3}}],"usageMetadata":{"promptTokenCount":3}}"#,
    r#"{"predictions":[{"embeddings":{"values":[1.0,2],"statistics":{"token_count":3}}}]}"#,
    r#"{"embedding":[1.0,2],"inputTextTokenCount":3}"#,
    r#"{"id":"r","results":[{"index":1,"relevance_score":0.98},{"index":0,"relevance_score":1e-5}],"meta":{"billed_units":{"search_units":1}}}"#,
    r#"{"model":"m","results":[{"index":0,"document":{"text":"a"},"relevance_score":0.5}],"usage":{"total_tokens":8}}"#,
    r#"{"input_tokens":14}"#,
    r#"{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":9}}"#,
];

/// Models by which Bedrock knows whose API they have.
pub const MODELS: [&str; 6] =
    ["m", "embed-v4.0", "amazon.titan-embed-text-v2:0", "cohere.embed-v4:0", "gemini-embedding-001", "gpt-image-2"];

pub fn check(data: &[u8]) {
    let mut choices = Choices::of(data);
    let (path, canned) = choices.one_of(&REQUESTS);
    let (upstream, model) = (choices.one_of(&UPSTREAMS), choices.one_of(&MODELS));
    let is_answer = choices.flag();
    let bytes = choices.rest();
    let body = if is_answer { canned.as_bytes() } else { bytes };
    let asked = Asked::of(b"POST", path.as_bytes()).expect("a path that is known");
    let asked = asked.with_content_type(Some(b"multipart/form-data; boundary=b"));
    let is_form = asked.operation().takes_form();
    let request = match RequestBody::new(asked, body) {
        Ok(request) => request,
        Err(error) => return assert_error(&error),
    };
    let _ = (request.features(), request.conversation(), request.has_sampling(), request.as_conversation().is_ok());
    assert!(request.answers() >= 1 && (!is_form || request.output_cap() == Some(0)));
    let _ = request.input_estimate(upstream.dialect, model).total();
    if let Some(answer) = request.answer_here(upstream, model) {
        assert_json(&answer);
    }
    let prepared = match request.prepare(upstream, model) {
        Ok(prepared) => prepared,
        Err(error) => return assert_error(&error),
    };
    assert_losses(&prepared.losses);
    match prepared.body {
        Some(out) if is_form => assert!(out.len() <= body.len() + model.len()),
        Some(out) => assert_body(&out, body),
        None => {}
    }
    if is_answer {
        answer(&prepared.exchange, bytes, model);
    }
}

fn answer(exchange: &Exchange, body: &[u8], model: &str) {
    if let Ok(answer) = exchange.answer(body, Told { now: NOW, model, request: None, input_tokens: Some(1) }) {
        if let Some(out) = &answer.body {
            assert_body(out, body);
        }
        assert_losses(&answer.losses);
    }
    let failure = exchange.failure(500, body).failure;
    assert_body(&exchange.client().error_body(&failure), body);
    let _ = exchange.is_opaque(body);
}
