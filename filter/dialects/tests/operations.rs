//! What there is beside answers: embeddings, reranking, legacy completions, images, audio, counting.

#![allow(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

use tollgate_dialects::{
    Asked, Dialect, Exchange, Platform, Prepared, Problem, RequestBody, RequestError, Told, Upstream,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use Dialect::{Anthropic, Bedrock, Cohere, Gemini, OpenAi, Responses};

const VERTEX: Platform<'static> = Platform::Vertex { project: "p", location: "l" };

fn asked(path: &str) -> Asked<'_> {
    Asked::of(b"POST", path.as_bytes()).unwrap_or_else(|| panic!("{path} is not known"))
}

fn prepare(
    path: &str,
    body: &str,
    upstream: impl Into<Upstream<'static>>,
    model: &str,
) -> Result<Prepared, RequestError> {
    RequestBody::new(asked(path), body.as_bytes())?.prepare(upstream.into(), model)
}

/// What a provider gets, and what was lost.
fn sent(path: &str, body: &str, upstream: impl Into<Upstream<'static>>, model: &str) -> (String, String) {
    let prepared = prepare(path, body, upstream, model).unwrap();
    let body = prepared.body.map_or_else(|| body.to_owned(), |body| String::from_utf8(body).unwrap());
    (body, prepared.losses.to_header())
}

fn refused(path: &str, body: &str, upstream: impl Into<Upstream<'static>>, model: &str) -> String {
    prepare(path, body, upstream, model).unwrap_err().message
}

fn exchange(path: &str, body: &str, upstream: impl Into<Upstream<'static>>, model: &str) -> Exchange {
    prepare(path, body, upstream, model).unwrap().exchange
}

/// What the client gets, and how many tokens of input and output were used.
fn answer(exchange: &Exchange, body: &str) -> (String, Option<(u64, u64)>) {
    let told = Told { now: 1_790_000_000, model: "the-model", input_tokens: None };
    let answer = exchange.answer(body.as_bytes(), told).unwrap();
    let usage = answer.outcome.usage.map(|usage| (usage.input, usage.output));
    (answer.body.map_or_else(|| body.to_owned(), |body| String::from_utf8(body).unwrap()), usage)
}

mod embeddings {
    use super::*;

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
            body.input_estimate()
        };
        assert_eq!(estimate(r#""abcdefgh""#), 2);
        assert_eq!(estimate(r#"["abcdefgh","abcdefgh"]"#), 4);
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
        let body =
            r#"{"images":["data:image/png;base64,AAAA"],"model":"m","input_type":"image","output_dimension":256}"#;
        assert_eq!(refused(COHERE, body, OpenAi, "m"), "texts: this target embeds single texts only.");
        let url = body.replace("data:image/png;base64,AAAA", "https://x.test/a.png");
        assert_eq!(refused(COHERE, &url, OpenAi, "m"), "images: an image must be a data: URL.");
    }

    #[test]
    fn what_cannot_be_said_is_refused() {
        let refused = |path: &str, members: &str, upstream| {
            refused(path, &format!(r#"{{"model":"m",{members}}}"#), upstream, "m")
        };
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
        let body =
            r#"{"texts":["one"],"model":"m","input_type":"classification","output_dimension":8,"truncate":"NONE"}"#;
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
        assert_eq!(
            refused(path, &apart, OpenAi, "m"),
            "requests: this target takes the same parameters for all inputs."
        );
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
        let told = Told { now: 0, model: MODEL, input_tokens: Some(5) };
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
}

mod audio {
    use super::*;

    const TYPE: &[u8] = b"multipart/form-data; boundary=\"a b\"";

    fn form(parts: &[(&str, &str)]) -> String {
        let parts = parts
            .iter()
            .map(|(head, content)| format!("--a b\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n"));
        parts.collect::<String>() + "--a b--\r\n"
    }

    fn read(body: &[u8]) -> Result<RequestBody<'_>, RequestError> {
        RequestBody::new(asked("/v1/audio/transcriptions").with_content_type(Some(TYPE)), body)
    }

    fn refusal(body: &str) -> String {
        read(body.as_bytes()).unwrap_err().message
    }

    #[test]
    fn only_the_models_name_changes() {
        let file =
            ("name=\"file\"; filename=\"a.wav\"\r\nContent-Type: audio/wav", "RIFF\r\n--a\u{7f}\r\n\r\nname=\"model\"");
        let body = form(&[("name=model", "listen"), file, ("name=\"language\"", "de")]);
        let read = read(body.as_bytes()).unwrap();
        assert_eq!(read.model(), "listen");
        assert_eq!((read.output_cap(), read.input_estimate()), (Some(0), 1_601));
        let prepared = read.prepare(OpenAi.into(), "gpt-4o-transcribe").unwrap();
        assert_eq!(String::from_utf8(prepared.body.unwrap()).unwrap(), body.replace("listen", "gpt-4o-transcribe"));
        assert_eq!(prepared.exchange.path(&OpenAi.into(), None, "m"), "/v1/audio/transcriptions");
        assert_eq!(prepared.exchange.request_type(), None);
        assert!(read.prepare(OpenAi.into(), "listen").unwrap().body.is_none());
        assert_eq!(
            read.prepare(Anthropic.into(), "m").unwrap_err().message,
            "model: the provider of this model has no API for audio transcription."
        );
    }

    #[test]
    fn a_body_in_which_another_model_could_be_found_is_refused() {
        let twice = "model: the same field is given twice.";
        assert_eq!(refusal(&form(&[("name=\"model\"", "a"), ("name=\"model\"", "a")])), twice);
        let case = "model: must be a text, and written in this case.";
        for head in ["name=\"Model\"", "name=model; filename=x", "name=\"model\"; filename*=x"] {
            assert_eq!(refusal(&form(&[(head, "a")])), case);
        }
        assert_eq!(refusal(&form(&[("name=\"model\"", "")])), case);
        assert_eq!(
            refusal(&form(&[("name=\"file\"; filename=\"model\"", "a")])),
            "model: is required and must be a text."
        );
        let lenient =
            form(&[("name=model", "a"), ("name=x", "\n--a b\nContent-Disposition: form-data; name=model\n\nb")]);
        assert!(refusal(&lenient).contains("a boundary stands in the middle of a part"));
        for head in ["name=x; name*=utf-8''model", "name=\"x\"; name=model", "name=\"x", "name"] {
            assert!(refusal(&form(&[("name=model", "a"), (head, "b")])).contains("a part has no name"), "{head}");
        }
        let folded = form(&[("name=model", "a"), ("x=y;\r\n name: model", "b")]);
        assert!(refusal(&folded).contains("header cannot be read"));
        let encoded = form(&[("name=model\r\nContent-Transfer-Encoding: base64", "YQ==")]);
        assert!(refusal(&encoded).contains("a part is encoded"));
    }

    #[test]
    fn a_body_that_is_cut_or_goes_on_is_refused() {
        let body = form(&[("name=model", "a"), ("name=\"file\"; filename=a", "xyz")]);
        for end in 0..body.len() - 4 {
            assert!(read(&body.as_bytes()[..end]).is_err(), "{end}");
        }
        assert!(read(body.trim_end().as_bytes()).is_ok());
        assert!(refusal(&format!("{body}--a b\r\n")).contains("something follows its end"));
        assert!(refusal(&format!("preamble\r\n{body}")).contains("does not start with the boundary"));
    }

    #[test]
    fn the_boundary_is_the_one_of_the_content_type() {
        let body = form(&[("name=model", "a")]);
        let read = |kind: Option<&'static str>| {
            let asked = asked("/v1/audio/translations").with_content_type(kind.map(str::as_bytes));
            RequestBody::new(asked, body.as_bytes()).map(|read| read.model().to_owned())
        };
        assert_eq!(read(Some("Multipart/Form-Data;charset=utf-8; Boundary=\"a b\"")).unwrap(), "a");
        for kind in [
            None,
            Some("application/json"),
            Some("multipart/form-data"),
            Some("multipart/form-data; boundary=a; boundary=\"a b\""),
            Some("multipart/mixed; boundary=\"a b\""),
        ] {
            assert_eq!(read(kind).unwrap_err().problem, Problem::NotJson, "{kind:?}");
        }
    }

    #[test]
    fn answers_that_are_no_json_pass_unread() {
        let body = form(&[("name=model", "a")]);
        let exchange = read(body.as_bytes()).unwrap().prepare(OpenAi.into(), "m").unwrap().exchange;
        for kind in ["text/plain", "text/event-stream", "application/x-subrip", ""] {
            assert!(exchange.is_opaque(kind.as_bytes()), "{kind}");
        }
        assert!(!exchange.is_opaque(b"application/json; charset=utf-8"));
        let tokens =
            r#"{"text":"Hi.","usage":{"type":"tokens","input_tokens":14,"output_tokens":5,"total_tokens":19}}"#;
        assert_eq!(answer(&exchange, tokens), (tokens.to_owned(), Some((14, 5))));
        let seconds = r#"{"text":"Hi.","usage":{"type":"duration","seconds":9}}"#;
        assert_eq!(answer(&exchange, seconds).1, None);
    }

    #[test]
    fn speech_is_patched_and_its_answer_passes_unread() {
        let body = r#"{"model":"speak","input":"Hello there","voice":"alloy"}"#;
        let (sent, _) = sent("/v1/audio/speech", body, OpenAi, "gpt-4o-mini-tts");
        assert_eq!(sent, body.replace("speak", "gpt-4o-mini-tts"));
        let exchange = exchange("/v1/audio/speech", body, OpenAi, "m");
        assert!(exchange.is_opaque(b"audio/mpeg") && exchange.is_opaque(b"application/json"));
        assert_eq!(exchange.path(&OpenAi.into(), Some("/x"), "m"), "/x/audio/speech");
    }
}

mod completions {
    use super::*;
    use tollgate_dialects::{Finish, StreamBytes};

    const PATH: &str = "/v1/completions";

    #[test]
    fn the_same_dialect_is_patched() {
        let body = r#"{"model":"old","prompt":"Once","stream":true,"echo":true}"#;
        let (sent, _) = sent(PATH, body, OpenAi, "gpt-3.5-turbo-instruct");
        assert_eq!(
            sent,
            r#"{"model":"gpt-3.5-turbo-instruct","stream_options":{"include_usage":true},"prompt":"Once","stream":true,"echo":true}"#
        );
        assert_eq!(exchange(PATH, body, OpenAi, "m").path(&OpenAi.into(), None, "m"), "/v1/completions");
        assert_eq!(
            refused(PATH, body, Anthropic, "m"),
            "model: the provider of this model has no API for legacy completions."
        );
    }

    #[test]
    fn each_prompt_is_answered() {
        let answers = |members: &str| {
            let body = format!(r#"{{"model":"m","max_tokens":5,{members}}}"#);
            let body = RequestBody::new(asked(PATH), body.as_bytes()).unwrap();
            assert_eq!(body.output_cap(), Some(5));
            body.answers()
        };
        assert_eq!(answers(r#""prompt":"a""#), 1);
        assert_eq!(answers(r#""prompt":["a","b"],"n":2,"best_of":3"#), 6);
        assert_eq!(answers(r#""prompt":[1,2,3]"#), 1);
        assert_eq!(answers(r#""prompt":[[1,2],[3]]"#), 2);
    }

    #[test]
    fn usage_is_watched() {
        let body = r#"{"model":"m","prompt":"Once","stream":true}"#;
        let whole = r#"{"id":"c","object":"text_completion","choices":[{"index":0,"text":" upon","finish_reason":"length"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}"#;
        assert_eq!(answer(&exchange(PATH, body, OpenAi, "m"), whole), (whole.to_owned(), Some((1, 2))));

        let mut stream = exchange(PATH, body, OpenAi, "m").stream(0);
        let text = "data: {\"choices\":[{\"index\":0,\"text\":\" upon\",\"finish_reason\":null}],\"usage\":null}\n\ndata: {\"choices\":[{\"index\":0,\"text\":\"\",\"finish_reason\":\"stop\"}],\"usage\":null}\n\n";
        let usage = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\n";
        let end = "data: [DONE]\n\n";
        let StreamBytes::Replaced(out) = stream.push(format!("{text}{usage}{end}").as_bytes()) else { panic!() };
        assert_eq!(String::from_utf8(out).unwrap(), format!("{text}{end}"));
        assert!(stream.is_complete());
        assert_eq!(stream.outcome().usage.unwrap().total(), 3);
        assert_eq!(stream.outcome().finish, Some(Finish::Stop));
    }
}

mod rerank {
    use super::*;

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
}

mod counting {
    use super::*;

    const PATH: &str = "/v1/messages/count_tokens";
    const BODY: &str = r#"{"model":"m","system":"Be brief.","messages":[{"role":"user","content":"Hi"}],"tools":[{"name":"f","input_schema":{"type":"object","properties":{}}}],"tool_choice":{"type":"auto"}}"#;

    fn here(upstream: impl Into<Upstream<'static>>, path: &str, body: &str) -> Option<String> {
        let body = RequestBody::new(asked(path), body.as_bytes()).unwrap();
        body.answer_here(upstream.into(), "m").map(|answer| String::from_utf8(answer).unwrap())
    }

    #[test]
    fn the_same_dialect_is_patched() {
        let (request, _) = sent(PATH, BODY, Anthropic, "claude-sonnet-5");
        assert_eq!(request, BODY.replace("\"m\"", "\"claude-sonnet-5\""));
        let exchange = exchange(PATH, BODY, Anthropic, "m");
        assert_eq!(exchange.path(&Anthropic.into(), None, "m"), "/v1/messages/count_tokens");
        assert_eq!(answer(&exchange, r#"{"input_tokens":9}"#), (r#"{"input_tokens":9}"#.to_owned(), None));
        assert_eq!(here(Anthropic, PATH, BODY), None);
        let vertex = Upstream { dialect: Anthropic, platform: VERTEX, server: None };
        let (request, _) = sent(PATH, BODY, vertex, "c");
        assert!(request.starts_with(r#"{"model":"c","anthropic_version":"vertex-2023-10-16","system""#), "{request}");
        assert_eq!(
            exchange.path(&vertex, None, "c"),
            "/v1/projects/p/locations/l/publishers/anthropic/models/count-tokens:rawPredict"
        );
    }

    #[test]
    fn others_count_in_their_own_words() {
        let (request, _) = sent(PATH, BODY, Gemini, "gemini-2.5-flash");
        assert!(
            request.starts_with(r#"{"generateContentRequest":{"model":"models/gemini-2.5-flash","systemInstruction":"#),
            "{request}"
        );
        assert!(serde_json::from_str::<serde_json::Value>(&request).is_ok());
        let exchange = exchange(PATH, BODY, Gemini, "m");
        assert_eq!(exchange.path(&Gemini.into(), None, "m"), "/v1beta/models/m:countTokens");
        assert_eq!(answer(&exchange, r#"{"totalTokens":7}"#), (r#"{"input_tokens":7}"#.to_owned(), None));

        let vertex = Upstream { dialect: Gemini, platform: VERTEX, server: None };
        let (request, _) = sent(PATH, BODY, vertex, "m");
        let request: serde_json::Value = serde_json::from_str(&request).unwrap();
        let keys: Vec<_> = request.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["systemInstruction", "contents", "tools"]);

        let (request, _) = sent(PATH, BODY, Bedrock, "anthropic.claude-sonnet-4-5");
        let request: serde_json::Value = serde_json::from_str(&request).unwrap();
        let keys: Vec<_> = request["input"]["converse"].as_object().unwrap().keys().collect();
        assert_eq!(keys, ["system", "messages", "toolConfig"]);
        let exchange = super::exchange(PATH, BODY, Bedrock, "m");
        assert_eq!(exchange.path(&Bedrock.into(), None, "a.b:0"), "/model/a.b:0/count-tokens");
        assert_eq!(answer(&exchange, r#"{"inputTokens":7}"#).0, r#"{"input_tokens":7}"#);

        let (request, losses) = sent(PATH, BODY, Responses, "gpt-5.4");
        let request: serde_json::Value = serde_json::from_str(&request).unwrap();
        let keys: Vec<_> = request.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["model", "input", "tools", "tool_choice"]);
        assert_eq!(losses, "");
        let exchange = super::exchange(PATH, BODY, Responses, "m");
        assert_eq!(exchange.path(&Responses.into(), None, "m"), "/v1/responses/input_tokens");
        assert!(exchange.answer(br#"{"x":1}"#, 0).is_err());
    }

    #[test]
    fn who_does_not_count_is_estimated() {
        assert_eq!(here(OpenAi, PATH, BODY).as_deref(), Some(r#"{"input_tokens":7}"#));
        assert!(here(Cohere, PATH, BODY).is_some());
        let aws = Upstream { dialect: Anthropic, platform: Platform::Aws, server: None };
        assert!(here(aws, PATH, BODY).is_some());
        let gemini = r#"{"contents":[{"role":"user","parts":[{"text":"Hi there, you"}]}]}"#;
        assert_eq!(here(Cohere, "/v1beta/models/m:countTokens", gemini).as_deref(), Some(r#"{"totalTokens":8}"#));
    }

    #[test]
    fn other_clients_are_served() {
        let body = r#"{"input":{"converse":{"messages":[{"role":"user","content":[{"text":"Hi"}]}]}}}"#;
        let path = "/model/m/count-tokens";
        let given = r#"{"input_tokens":5}"#;
        assert_eq!(answer(&exchange(path, body, Anthropic, "c"), given).0, r#"{"inputTokens":5}"#);
        assert_eq!(sent(path, body, Bedrock, "c").0, body);

        let path = "/v1beta/models/m:countTokens";
        let body =
            r#"{"generateContentRequest":{"model":"models/m","contents":[{"role":"user","parts":[{"text":"Hi"}]}]}}"#;
        assert_eq!(sent(path, body, Gemini, "g").0, body.replace("models/m", "models/g"));
        let plain = r#"{"contents":[{"role":"user","parts":[{"text":"Hi"}]}]}"#;
        for body in [body, plain] {
            let (request, _) = sent(path, body, Responses, "r");
            let request: serde_json::Value = serde_json::from_str(&request).unwrap();
            assert_eq!(request["input"][0]["role"], "user");
        }
        let (given, _) =
            answer(&exchange(path, body, Responses, "r"), r#"{"input_tokens":5,"object":"response.input_tokens"}"#);
        assert_eq!(given, r#"{"totalTokens":5}"#);

        let body = r#"{"model":"m","input":"Hi"}"#;
        let exchange = exchange("/v1/responses/input_tokens", body, Gemini, "g");
        assert_eq!(
            answer(&exchange, r#"{"totalTokens":5}"#).0,
            r#"{"object":"response.input_tokens","input_tokens":5}"#
        );
    }

    #[test]
    fn counting_reserves_nothing_and_needs_no_cap() {
        let asked = asked(PATH);
        assert!(asked.operation().is_free());
        let body = RequestBody::new(asked, BODY.as_bytes()).unwrap();
        assert_eq!(body.output_cap(), Some(0));
    }
}

mod images {
    use super::*;

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
        assert_eq!(
            refused(r#","response_format":"url""#),
            "response_format: this target gives images as b64_json only."
        );
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
        let blocked =
            r#"{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"usageMetadata":{"promptTokenCount":3}}"#;
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
}
