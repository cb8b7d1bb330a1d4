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

use Dialect::{Anthropic, Cohere, OpenAi};

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
