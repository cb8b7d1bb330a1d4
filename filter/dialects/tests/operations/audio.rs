//! Audio: bodies of several parts, and answers that pass unread.

use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

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
    assert_eq!((read.output_cap(), read.input_estimate(OpenAi, "m").total()), (Some(0), 1_601));
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
    assert_eq!(refusal(&form(&[("name=\"file\"; filename=\"model\"", "a")])), "model: is required and must be a text.");
    let lenient = form(&[("name=model", "a"), ("name=x", "\n--a b\nContent-Disposition: form-data; name=model\n\nb")]);
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
    let tokens = r#"{"text":"Hi.","usage":{"type":"tokens","input_tokens":14,"output_tokens":5,"total_tokens":19}}"#;
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
