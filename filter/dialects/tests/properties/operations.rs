//! What holds for answers holds for everything else that is asked: no input panics, and what is written is
//! JSON of a size that the input bounds.

use crate::bodies::bodies;
use crate::hostile::assert_written;
use crate::seeds::Seed;
use crate::{check, dialects};
use proptest::prelude::*;
use proptest::sample::select;
use std::sync::LazyLock;
use tollgate_dialects::{Asked, Dialect, RequestBody, Told};

/// A path, and a request that it takes.
const REQUESTS: [(&str, &str); 10] = [
    ("/v1/embeddings", r#"{"model":"m","input":["a","é"],"dimensions":2,"encoding_format":"base64","user":"u"}"#),
    ("/v1/embeddings", r#"{"model":"m","input":[[1,2],[3]]}"#),
    (
        "/v2/embed",
        r#"{"model":"m","texts":["a"],"input_type":"search_query","embedding_types":["float","base64"],"truncate":"END"}"#,
    ),
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
];

/// Answers of all the providers.
const ANSWERS: [&str; 8] = [
    r#"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[1.0,-2.5]},{"index":1,"embedding":"AACAPwAAIMA="}],"model":"m","usage":{"prompt_tokens":8}}"#,
    r#"{"id":"x","embeddings":{"float":[[1.0,-2.5],[0.1,1e-5]],"base64":["AACAPwAAIMA="]},"meta":{"billed_units":{"input_tokens":3}}}"#,
    r#"{"embeddings":[{"values":[1.0,2],"statistics":{"token_count":3}}],"usageMetadata":{"promptTokenCount":3}}"#,
    r#"{"predictions":[{"embeddings":{"values":[1.0,2],"statistics":{"token_count":3}}}]}"#,
    r#"{"embedding":[1.0,2],"inputTextTokenCount":3}"#,
    r#"{"id":"r","results":[{"index":1,"relevance_score":0.98},{"index":0,"relevance_score":1e-5}],"meta":{"billed_units":{"search_units":1}}}"#,
    r#"{"model":"m","results":[{"index":0,"document":{"text":"a"},"relevance_score":0.5}],"usage":{"total_tokens":8}}"#,
    r#"{"input_tokens":14}"#,
];

fn seeds(all: impl IntoIterator<Item = (&'static str, &'static str)>) -> Vec<Seed> {
    let seed = |(name, body): (&str, &str)| Seed {
        name: name.to_owned(),
        dialect: Dialect::OpenAi,
        bytes: body.as_bytes().to_vec(),
    };
    all.into_iter().map(seed).collect()
}

static REQUEST_SEEDS: LazyLock<Vec<Seed>> = LazyLock::new(|| seeds(REQUESTS));
static ANSWER_SEEDS: LazyLock<Vec<Seed>> = LazyLock::new(|| seeds(ANSWERS.map(|answer| ("", answer))));

fn models() -> impl Strategy<Value = &'static str> {
    select(vec!["m", "embed-v4.0", "amazon.titan-embed-text-v2:0", "cohere.embed-v4:0", "gemini-embedding-001"])
}

#[test]
fn any_request_is_translated_or_refused() {
    let path = select(REQUESTS.map(|(path, _)| path).to_vec());
    check(1500, (path, dialects(), models(), bodies(&REQUEST_SEEDS)), |(path, provider, model, body)| {
        let asked = Asked::of(b"POST", path.as_bytes()).unwrap();
        let Ok(request) = RequestBody::new(asked, &body) else { return Ok(()) };
        let _ = (request.model(), request.output_cap(), request.answers(), request.input_estimate(provider, model));
        if let Some(answer) = request.answer_here(provider.into(), model) {
            assert_written(&answer, body.len())?;
        }
        match request.prepare(provider.into(), model) {
            Ok(prepared) => assert_written(prepared.body.as_deref().unwrap_or(&body), body.len())?,
            Err(error) => prop_assert!(!error.message.is_empty() && error.message.len() < 1024, "{error}"),
        }
        Ok(())
    });
}

#[test]
fn any_answer_is_read_or_called_unreadable() {
    let request = select(REQUESTS.to_vec());
    check(1500, (request, dialects(), models(), bodies(&ANSWER_SEEDS)), |((path, request), provider, model, body)| {
        let asked = Asked::of(b"POST", path.as_bytes()).unwrap();
        let request = RequestBody::new(asked, request.as_bytes()).unwrap();
        let Ok(prepared) = request.prepare(provider.into(), model) else { return Ok(()) };
        let told = Told { now: 1, model, request: None, input_tokens: Some(1) };
        if let Ok(answer) = prepared.exchange.answer(&body, told) {
            assert_written(answer.body.as_deref().unwrap_or(&body), body.len())?;
        }
        Ok(())
    });
}

/// Forms are read by their bytes.
#[test]
fn any_form_is_patched_or_refused() {
    const FORM: &[u8] = b"--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\nContent-Type: audio/wav\r\n\r\n\0\r\n--b--\r\n";
    let pieces =
        select(vec!["--b", "--b--", "\r\n", "\n", "\r\n\r\n", "name=\"model\"", "\"", ";", "Content-Type: ", "", "\0"]);
    let change = (any::<prop::sample::Index>(), 0..12usize, pieces);
    check(1500, (prop::collection::vec(change, 0..4), dialects()), |(changes, provider)| {
        let mut form = FORM.to_vec();
        for (at, taken, piece) in changes {
            let at = at.index(form.len() + 1);
            form.splice(at..(at + taken).min(form.len()), piece.bytes());
        }
        let asked = Asked::of(b"POST", b"/v1/audio/transcriptions").unwrap();
        let asked = asked.with_content_type(Some(b"multipart/form-data; boundary=b"));
        let Ok(request) = RequestBody::new(asked, &form) else { return Ok(()) };
        let _ = (request.model(), request.input_estimate(provider, "another"));
        if let Ok(prepared) = request.prepare(provider.into(), "another") {
            let body = prepared.body.unwrap_or_else(|| form.clone());
            prop_assert!(body.len() <= form.len() + "another".len());
        }
        Ok(())
    });
}
