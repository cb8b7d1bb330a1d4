//! Embeddings: between all APIs, in the encoding that the client wants.

use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const PATH: &str = "/v1/embeddings";
const COHERE: &str = "/v2/embed";
/// As OpenAI's SDK sends it.
const ASKED: &str = r#"{"input":["one","two"],"model":"small","dimensions":2,"encoding_format":"base64"}"#;

#[test]
fn the_same_dialect_is_patched() {
    let (sent, losses) = sent(PATH, ASKED, OpenAi, "text-embedding-3-small");
    assert_eq!(sent, ASKED.replace("small", "text-embedding-3-small"));
    assert_eq!(losses, "");
    let exchange = exchange(PATH, ASKED, OpenAi, "m");
    assert_eq!(exchange.path(&OpenAi.into(), None, "m"), "/v1/embeddings");
    let body = r#"{"object":"list","data":[],"model":"m","usage":{"prompt_tokens":8,"total_tokens":8}}"#;
    assert_eq!(answer(&exchange, body), (body.to_owned(), Some((8, 0))));
}

#[test]
fn only_input_is_reserved() {
    let estimate = |input: &str| {
        let body = format!(r#"{{"model":"m","input":{input}}}"#);
        let body = RequestBody::new(asked(PATH), body.as_bytes()).unwrap();
        assert_eq!(body.output_cap(), Some(0));
        body.input_estimate(OpenAi, "m").total()
    };
    assert_eq!(estimate(r#""One small step.""#), 4);
    assert_eq!(estimate(r#"["One small step.","One small step."]"#), 9);
    assert_eq!(estimate("[1,2,3]"), 3);
    assert_eq!(estimate("[[1,2,3],[4,5]]"), 5);
}

#[test]
fn openais_words_are_coheres() {
    let body = r#"{"input":"one","model":"m","dimensions":256,"encoding_format":"base64","user":"u","input_type":"search_query","extra":1}"#;
    let (request, losses) = sent(PATH, body, Cohere, "embed-v4.0");
    assert_eq!(
        request,
        r#"{"model":"embed-v4.0","texts":["one"],"input_type":"search_query","output_dimension":256,"truncate":"NONE","embedding_types":["base64"]}"#
    );
    assert_eq!(losses, "extra, user");
    let exchange = exchange(PATH, body, Cohere, "m");
    assert_eq!(exchange.path(&Cohere.into(), None, "m"), "/v2/embed");
}

#[test]
fn coheres_words_are_openais() {
    let body = r#"{"texts":["one","two"],"model":"m","input_type":"search_document","output_dimension":4,"embedding_types":["float","base64"],"truncate":"END","priority":1}"#;
    let (request, losses) = sent(COHERE, body, OpenAi, "text-embedding-3-small");
    assert_eq!(
        request,
        r#"{"model":"text-embedding-3-small","input":["one","two"],"dimensions":4,"encoding_format":"float"}"#
    );
    assert_eq!(losses, "priority, truncate, input_type");
}

#[test]
fn vectors_come_in_the_encoding_that_was_asked_for() {
    // 1.0, -2.5 and 0.1 as 32-bit floats.
    const BASE64: &str = "AACAPwAAIMDNzMw9";
    let floats = r#"{"id":"x","embeddings":{"float":[[1.0,-2.5,0.1]]},"meta":{"billed_units":{"input_tokens":3}}}"#;
    let asked = |encoding: &str| format!(r#"{{"input":"one","model":"m","encoding_format":"{encoding}"}}"#);
    let (given, usage) = answer(&exchange(PATH, &asked("base64"), Cohere, "m"), floats);
    assert_eq!(
        given,
        format!(
            r#"{{"object":"list","data":[{{"object":"embedding","index":0,"embedding":"{BASE64}"}}],"model":"the-model","usage":{{"prompt_tokens":3,"total_tokens":3}}}}"#
        )
    );
    assert_eq!(usage, Some((3, 0)));
    let (given, _) = answer(&exchange(PATH, &asked("float"), Cohere, "m"), floats);
    assert!(given.contains("\"embedding\":[1.0,-2.5,0.1]"), "{given}");

    let base64 =
        format!(r#"{{"data":[{{"index":0,"embedding":"{BASE64}"}}],"model":"m","usage":{{"prompt_tokens":3}}}}"#);
    let asked = r#"{"texts":["a"],"model":"m","input_type":"classification","embedding_types":["float","base64"]}"#;
    let (given, _) = answer(&exchange(COHERE, asked, OpenAi, "m"), &base64);
    assert_eq!(
        given,
        format!(
            r#"{{"id":"embed-1790000000","embeddings":{{"float":[[1.0,-2.5,0.10000000149011612]],"base64":["{BASE64}"]}},"meta":{{"api_version":{{"version":"2"}},"billed_units":{{"input_tokens":3}}}},"response_type":"embeddings_by_type"}}"#
        )
    );
}

#[test]
fn vectors_are_in_the_order_of_their_inputs() {
    let asked = r#"{"texts":["a","b"],"model":"m"}"#;
    let body = r#"{"data":[{"index":1,"embedding":[2]},{"index":0,"embedding":[1]}],"model":"m"}"#;
    let (given, usage) = answer(&exchange(COHERE, asked, OpenAi, "m"), body);
    assert!(given.contains(r#""float":[[1],[2]]"#), "{given}");
    assert_eq!(usage, None);
}

#[test]
fn images_go_where_they_are_taken() {
    let body = r#"{"images":["data:image/png;base64,AAAA"],"model":"m","input_type":"image","output_dimension":256}"#;
    assert_eq!(refused(COHERE, body, OpenAi, "m"), "texts: this target embeds single texts only.");
    let url = body.replace("data:image/png;base64,AAAA", "https://x.test/a.png");
    assert_eq!(refused(COHERE, &url, OpenAi, "m"), "images: an image must be a data: URL.");
}

#[test]
fn what_cannot_be_said_is_refused() {
    let refused =
        |path: &str, members: &str, upstream| refused(path, &format!(r#"{{"model":"m",{members}}}"#), upstream, "m");
    for ids in ["[1,2]", "[[1,2]]"] {
        assert_eq!(
            refused(PATH, &format!(r#""input":{ids}"#), Cohere),
            "input: this target takes texts, and no token ids."
        );
    }
    assert_eq!(refused(PATH, r#""input":[]"#, Cohere), "input: must not be empty.");
    assert_eq!(refused(PATH, r#""input":[{}]"#, Cohere), "input: expected a string or an array of strings.");
    assert_eq!(
        refused(COHERE, r#""texts":["a"],"embedding_types":["int8"]"#, OpenAi),
        "embedding_types: this target gives float and base64 only."
    );
    assert_eq!(
        refused(PATH, r#""input":"a""#, Anthropic),
        "model: the provider of this model has no API for embeddings."
    );
}

#[test]
fn an_answer_that_is_none_is_not_passed_on() {
    let exchange = exchange(PATH, ASKED, Cohere, "m");
    for body in [
        "",
        "[]",
        "{}",
        r#"{"embeddings":{}}"#,
        r#"{"embeddings":{"float":[[1,"x"]]}}"#,
        r#"{"embeddings":{"float":[7]}}"#,
        r#"{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[2]}]}"#,
        r#"{"data":[{"index":1,"embedding":[1]}]}"#,
    ] {
        assert!(exchange.answer(body.as_bytes(), 0).is_err(), "{body}");
    }
}

#[test]
fn openais_words_are_geminis() {
    let body = r#"{"input":["one","two"],"model":"m","dimensions":256,"user":"u","input_type":"search_query"}"#;
    let (request, losses) = sent(PATH, body, Gemini, "gemini-embedding-001");
    assert_eq!(
        request,
        r#"{"requests":[{"model":"models/gemini-embedding-001","content":{"parts":[{"text":"one"}]},"taskType":"RETRIEVAL_QUERY","outputDimensionality":256},{"model":"models/gemini-embedding-001","content":{"parts":[{"text":"two"}]},"taskType":"RETRIEVAL_QUERY","outputDimensionality":256}]}"#
    );
    assert_eq!(losses, "user");
    let exchange = exchange(PATH, body, Gemini, "m");
    assert_eq!(exchange.path(&Gemini.into(), None, "m"), "/v1beta/models/m:batchEmbedContents");
    let given = r#"{"embeddings":[{"values":[0.5,1]},{"values":[2,3]}],"usageMetadata":{"promptTokenCount":4}}"#;
    assert_eq!(
        answer(&exchange, given),
        (
            r#"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,1]},{"object":"embedding","index":1,"embedding":[2,3]}],"model":"the-model","usage":{"prompt_tokens":4,"total_tokens":4}}"#.to_owned(),
            Some((4, 0))
        )
    );
}

#[test]
fn vertex_has_the_parameters_in_an_object_of_their_own() {
    let vertex = Upstream { dialect: Gemini, platform: VERTEX, server: None };
    let body = r#"{"texts":["one"],"model":"m","input_type":"classification","output_dimension":8,"truncate":"NONE"}"#;
    let (request, losses) = sent(COHERE, body, vertex, "gemini-embedding-2");
    assert_eq!(
        request,
        r#"{"requests":[{"content":{"parts":[{"text":"one"}]},"embedContentConfig":{"taskType":"CLASSIFICATION","outputDimensionality":8,"autoTruncate":false}}]}"#
    );
    assert_eq!(losses, "");
    assert_eq!(
        exchange(COHERE, body, vertex, "m").path(&vertex, None, "m"),
        "/v1/projects/p/locations/l/publishers/google/models/m:batchEmbedContents"
    );
}

/// As Google's SDK sends it.
const BATCH: &str = r#"{"requests": [{"content": {"parts": [{"text": "one"}], "role": "user"}, "taskType": "RETRIEVAL_DOCUMENT", "title": "t", "outputDimensionality": 2, "model": "models/small"}, {"content": {"parts": [{"text": "two"}], "role": "user"}, "taskType": "RETRIEVAL_DOCUMENT", "outputDimensionality": 2, "model": "models/small"}]}"#;

#[test]
fn geminis_words_are_others() {
    let path = "/v1beta/models/small:batchEmbedContents";
    assert_eq!(RequestBody::new(asked(path), BATCH.as_bytes()).unwrap().model(), "small");
    assert_eq!(sent(path, BATCH, Gemini, "large").0, BATCH.replace("models/small", "models/large"));
    assert_eq!(sent(path, BATCH, Gemini, "small").0, BATCH);
    // However the names are spelled.
    let spelled = BATCH.replace("\"requests\"", "\"re\\u0071uests\"").replace("\"model\"", "\"mo\\u0064el\"");
    assert_eq!(sent(path, &spelled, Gemini, "large").0, spelled.replace("models/small", "models/large"));

    let (request, losses) = sent(path, BATCH, Cohere, "embed-v4.0");
    assert_eq!(
        request,
        r#"{"model":"embed-v4.0","texts":["one","two"],"input_type":"search_document","output_dimension":2,"truncate":"NONE","embedding_types":["float"]}"#
    );
    assert_eq!(losses, "title");
    let cohere = r#"{"id":"x","embeddings":{"float":[[1],[2]]},"meta":{"billed_units":{"input_tokens":3}}}"#;
    assert_eq!(
        answer(&exchange(path, BATCH, Cohere, "m"), cohere).0,
        r#"{"embeddings":[{"values":[1]},{"values":[2]}],"usageMetadata":{"promptTokenCount":3,"totalTokenCount":3}}"#
    );
    let apart = BATCH.replacen("DOCUMENT", "QUERY", 1);
    assert_eq!(refused(path, &apart, OpenAi, "m"), "requests: this target takes the same parameters for all inputs.");
}

#[test]
fn one_input_of_geminis_is_one_vector() {
    let path = "/v1beta/models/m:embedContent";
    let body = r#"{"content":{"parts":[{"text":"one"}]},"task_type":"SEMANTIC_SIMILARITY","model":"models/m"}"#;
    let (request, losses) = sent(path, body, OpenAi, "small");
    assert_eq!(request, r#"{"model":"small","input":"one","encoding_format":"float"}"#);
    assert_eq!(losses, "taskType");
    assert_eq!(sent(path, body, Gemini, "x").0, body.replace("models/m", "models/x"));
    assert_eq!(exchange(path, body, Gemini, "x").path(&Gemini.into(), None, "x"), "/v1beta/models/x:embedContent");
    let openai = r#"{"data":[{"index":0,"embedding":[7]}],"usage":{"prompt_tokens":1}}"#;
    assert_eq!(
        answer(&exchange(path, body, OpenAi, "m"), openai).0,
        r#"{"embedding":{"values":[7]},"usageMetadata":{"promptTokenCount":1,"totalTokenCount":1}}"#
    );
}

#[test]
fn an_image_is_one_input_with_its_text() {
    let body = r#"{"inputs":[{"content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}],"model":"m","input_type":"search_document"}"#;
    let (request, _) = sent(COHERE, body, Gemini, "g");
    assert_eq!(
        request,
        r#"{"requests":[{"model":"models/g","content":{"parts":[{"text":"a"},{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]},"taskType":"RETRIEVAL_DOCUMENT"}]}"#
    );
    let gemini = r#"{"content":{"parts":[{"text":"a"},{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]}}"#;
    let (request, _) = sent("/v1/models/m:embedContent", gemini, Cohere, "c");
    assert_eq!(
        request,
        r#"{"model":"c","inputs":[{"content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}],"input_type":"search_document","truncate":"NONE","embedding_types":["float"]}"#
    );
}

#[test]
fn titan_takes_one_input_in_a_request() {
    const TITAN: &str = "amazon.titan-embed-text-v2:0";
    let body = r#"{"input":["one"],"model":"m","dimensions":256,"encoding_format":"float","user":"u"}"#;
    let (request, losses) = sent(PATH, body, Bedrock, TITAN);
    assert_eq!(request, r#"{"inputText":"one","dimensions":256}"#);
    assert_eq!(losses, "user");
    let exchange = exchange(PATH, body, Bedrock, TITAN);
    assert_eq!(exchange.path(&Bedrock.into(), None, TITAN), "/model/amazon.titan-embed-text-v2:0/invoke");
    let (given, usage) = answer(&exchange, r#"{"embedding":[0.25],"inputTextTokenCount":3}"#);
    assert!(given.contains(r#""embedding":[0.25]"#) && given.contains(r#""prompt_tokens":3"#), "{given}");
    assert_eq!(usage, Some((3, 0)));
    let two = body.replace("\"one\"", "\"one\",\"two\"");
    assert_eq!(
        refused(PATH, &two, Bedrock, TITAN),
        "input: this model embeds one input in a request; send each in a request of its own."
    );
    let image = r#"{"inputs":[{"content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}],"model":"m","output_dimension":384}"#;
    assert_eq!(refused(COHERE, image, Bedrock, TITAN), "texts: this target embeds single texts only.");
    assert_eq!(
        sent(COHERE, image, Bedrock, "amazon.titan-embed-image-v1").0,
        r#"{"inputText":"a","inputImage":"AAAA","embeddingConfig":{"outputEmbeddingLength":384}}"#
    );
}

#[test]
fn cohere_on_bedrock_says_in_a_header_what_it_took() {
    const MODEL: &str = "cohere.embed-multilingual-v3";
    let body = r#"{"input":["one","two"],"model":"m","encoding_format":"base64"}"#;
    let (request, _) = sent(PATH, body, Bedrock, MODEL);
    assert_eq!(
        request,
        r#"{"texts":["one","two"],"input_type":"search_document","truncate":"NONE","embedding_types":["float"]}"#
    );
    let exchange = exchange(PATH, body, Bedrock, MODEL);
    let told = Told { now: 0, model: MODEL, request: None, input_tokens: Some(5) };
    for embeddings in [r#"{"float":[[1.0],[2.0]]}"#, "[[1.0],[2.0]]"] {
        let given = format!(r#"{{"embeddings":{embeddings},"id":"x","texts":["one","two"]}}"#);
        let answer = exchange.answer(given.as_bytes(), told).unwrap();
        assert_eq!(answer.outcome.usage.unwrap().input, 5);
        let body = String::from_utf8(answer.body.unwrap()).unwrap();
        assert!(body.contains(r#""embedding":"AACAPw==""#) && body.contains(r#""prompt_tokens":5"#), "{body}");
    }
    let cut = r#"{"texts":["one"],"model":"m","input_type":"clustering","truncate":"END"}"#;
    assert!(sent(COHERE, cut, Bedrock, MODEL).0.contains(r#""truncate":"END""#));
    assert!(sent(COHERE, cut, Bedrock, "us.cohere.embed-v4:0").0.contains(r#""truncate":"RIGHT""#));
    assert_eq!(
        refused(PATH, body, Bedrock, "anthropic.claude-opus-4-8"),
        "model: the provider of this model has no API for embeddings."
    );
}

#[test]
fn azure_has_them_by_deployment() {
    let azure =
        Upstream { dialect: OpenAi, platform: Platform::Azure { api_version: "2025-04-01-preview" }, server: None };
    assert_eq!(
        exchange(PATH, ASKED, azure, "m").path(&azure, None, "small one"),
        "/openai/deployments/small%20one/embeddings?api-version=2025-04-01-preview"
    );
}
