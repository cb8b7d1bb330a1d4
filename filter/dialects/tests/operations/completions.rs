//! Legacy completions, which are patched.

use super::*;
use tollgate_dialects::{Finish, StreamBytes};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

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
