//! What is older or smaller than a chat.

use super::*;

fn send(path: &str, kind: &str, body: &[u8], wishes: Option<&str>) -> Result<Answer, Problem> {
    let mut arrival = Arrival {
        method: "POST".into(),
        path: path.into(),
        query: None,
        headers: Default::default(),
        body: body.to_vec(),
    };
    arrival.headers.insert("content-type", kind.parse().unwrap());
    arrival.headers.insert("authorization", "Bearer right".parse().unwrap());
    if let Some(wishes) = wishes {
        arrival.headers.insert("x-mock", wishes.parse().unwrap());
    }
    OpenAi { key: "right".into(), azure_key: "azure".into() }.answer(&arrival)
}

fn post(path: &str, body: Value) -> Result<Answer, Problem> {
    send(path, "application/json", body.to_string().as_bytes(), None)
}

/// Checks that each body is refused with what is expected of its message.
fn refused(path: &str, cases: &[(Value, &str)]) {
    for (body, expected) in cases {
        let problem = post(path, body.clone()).err().unwrap_or_else(|| panic!("taken: {expected}: {body}"));
        assert!(problem.message.contains(expected), "{expected}: {}", problem.message);
    }
}

#[test]
fn texts_and_tokens_are_embedded() {
    let path = "/v1/embeddings";
    let embed = |extra: Value| {
        let mut body = json!({"model": "text-embedding-3-small", "input": "two words"});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        post(path, body).unwrap().whole
    };
    let one = embed(json!({"dimensions": 3}));
    assert_eq!(one["data"][0]["embedding"].as_array().unwrap().len(), 3);
    assert_eq!(one["usage"], json!({"prompt_tokens": 2, "total_tokens": 2}));
    let many = embed(json!({"input": ["a", "b"], "encoding_format": "base64"}));
    assert!(many["data"][1]["embedding"].is_string());
    assert_eq!(embed(json!({"input": [[1, 2], [3]]}))["usage"]["total_tokens"], 3);
    assert_eq!(embed(json!({"input": [1, 2]}))["data"].as_array().unwrap().len(), 1);
    refused(
        path,
        &[
            (json!({"input": "a"}), "you must provide a model parameter"),
            (json!({"model": "m"}), "Missing required parameter: 'input'."),
            (json!({"model": "no-such-model", "input": "a"}), "does not exist"),
            (json!({"model": "m", "input": ""}), "cannot be an empty string"),
            (json!({"model": "m", "input": []}), "'$.input' is invalid"),
            (json!({"model": "m", "input": [true]}), "Invalid type for 'input[0]'"),
            (json!({"model": "m", "input": "a", "input_type": "query"}), "Unrecognized request argument"),
            (json!({"model": "m", "input": "a", "encoding_format": "int8"}), "Invalid value: 'int8'"),
            (json!({"model": "text-embedding-ada-002", "input": "a", "dimensions": 3}), "does not support specifying"),
        ],
    );
}

#[test]
fn prompts_are_completed() {
    let path = "/v1/completions";
    let body = json!({"model": "gpt-3.5-turbo-instruct", "prompt": ["[[mock: text=a+b]]", "x"], "n": 2, "logprobs": 1,
        "stream": true, "stream_options": {"include_usage": true}});
    let answer = post(path, body).unwrap();
    assert_eq!(answer.whole["choices"].as_array().unwrap().len(), 4);
    assert_eq!(
        answer.whole["choices"][3],
        json!({"text": "a b", "index": 3, "logprobs": null, "finish_reason": "stop"})
    );
    let chunks = answer.events.unwrap();
    let Some(Event::Data { data, .. }) = chunks.get(chunks.len() - 2) else { panic!("no usage") };
    assert_eq!(serde_json::from_str::<Value>(data).unwrap()["usage"], answer.whole["usage"]);
    refused(
        path,
        &[
            (json!({"model": "gpt-4o", "prompt": "a"}), "This is a chat model"),
            (json!({"model": "m"}), "Missing required parameter: 'prompt'."),
            (json!({"model": "m", "prompt": "a", "messages": []}), "Unrecognized request argument supplied: messages"),
            (json!({"model": "m", "prompt": "a", "logprobs": 6}), "above maximum"),
            (json!({"model": "m", "prompt": "a", "temperature": 3}), "above maximum"),
            (json!({"model": "m", "prompt": "[[mock: tools]]"}), "makes no sense here"),
        ],
    );
}

#[test]
fn images_are_made() {
    let path = "/v1/images/generations";
    let new = post(path, json!({"model": "gpt-image-1", "prompt": "A cat.", "n": 2})).unwrap().whole;
    assert!(new["data"][1]["b64_json"].is_string() && new["usage"]["total_tokens"].is_u64());
    let old = post(path, json!({"model": "dall-e-3", "prompt": "A cat."})).unwrap().whole;
    assert!(old["data"][0]["url"].is_string());
    refused(
        path,
        &[
            (json!({"model": "gpt-image-1"}), "Missing required parameter: 'prompt'."),
            (json!({"model": "gpt-image-1", "prompt": "a", "response_format": "url"}), "Unknown parameter"),
            (json!({"prompt": "a", "n": 11}), "above maximum"),
            (json!({"prompt": "a", "quality": "best"}), "Invalid value: 'best'"),
        ],
    );
}

#[test]
fn documents_are_ranked() {
    let path = "/v1/rerank";
    let documents = json!(["Berlin", {"text": "Paris is the capital."}]);
    let body = json!({"model": "m", "query": "capital", "documents": documents, "top_n": 1});
    let results = post(path, body).unwrap().whole["results"].clone();
    assert_eq!((&results[0]["index"], &results[0]["document"]["text"]), (&json!(1), &json!("Paris is the capital.")));
    refused(
        path,
        &[
            (json!({"model": "m", "query": "a", "documents": []}), "empty array"),
            (json!({"model": "m", "documents": ["a"]}), "Missing required parameter: 'query'."),
        ],
    );
}

#[test]
fn speech_is_sound() {
    let path = "/v1/audio/speech";
    let answer = post(path, json!({"model": "tts-1", "input": "Hello", "voice": "alloy", "response_format": "wav"}));
    let (kind, bytes) = answer.unwrap().bytes.unwrap();
    assert_eq!(kind, "audio/wav");
    assert!(std::str::from_utf8(&bytes).is_err());
    refused(
        path,
        &[
            (json!({"model": "tts-1", "input": "a"}), "Missing required parameter: 'voice'."),
            (json!({"model": "tts-1", "input": "", "voice": "alloy"}), "Invalid 'input'"),
            (json!({"model": "tts-1", "input": "a", "voice": "alloy", "speed": 5}), "above maximum"),
        ],
    );
}

fn form(fields: &[(&str, &str)], file: Option<&str>) -> Vec<u8> {
    let mut form = String::new();
    for (name, value) in fields {
        form += &format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    if let Some(name) = file {
        form += &format!("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\nsound\r\n");
    }
    (form + "--x--\r\n").into_bytes()
}

#[test]
fn sound_is_written_down() {
    let transcribe = |fields: &[(&str, &str)], file: Option<&str>, wishes: Option<&str>| {
        let kind = "multipart/form-data; boundary=x";
        send("/v1/audio/transcriptions", kind, &form(fields, file), wishes)
    };
    let file = Some("a.wav");
    let plain = transcribe(&[("model", "whisper-1")], file, None).unwrap();
    assert_eq!(plain.whole["text"], "Hello from OpenAI.");
    let text = transcribe(&[("model", "whisper-1"), ("response_format", "text")], file, Some("text=Hi")).unwrap();
    assert_eq!(text.bytes.unwrap().1, "Hi\n");
    let streamed = transcribe(&[("model", "gpt-4o-transcribe"), ("stream", "true")], file, None).unwrap();
    assert_eq!(streamed.events.unwrap().len(), 4);
    for (fields, file, expected) in [
        (vec![], file, "you must provide a model parameter"),
        (vec![("model", "no-such-model")], file, "does not exist"),
        (vec![("model", "my-alias")], file, "The model `my-alias` cannot transcribe audio."),
        (vec![("model", "whisper-1")], None, "Missing required parameter: 'file'."),
        (vec![("model", "whisper-1")], Some("a.txt"), "Invalid file format."),
        (vec![("model", "whisper-1"), ("response_format", "xml")], file, "Invalid value: 'xml'"),
        (vec![("model", "whisper-1"), ("temperature", "2")], file, "between 0 and 1"),
        (vec![("model", "whisper-1"), ("seed", "2")], file, "Unrecognized request argument supplied: seed"),
    ] {
        let problem = transcribe(&fields, file, None).err().unwrap_or_else(|| panic!("taken: {expected}"));
        assert!(problem.message.contains(expected), "{expected}: {}", problem.message);
    }
    let problem = post("/v1/audio/transcriptions", json!({})).err().unwrap();
    assert_eq!(problem.message, "Could not parse multipart form");
}
