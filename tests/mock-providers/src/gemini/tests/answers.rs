//! How Gemini answers.

use super::*;
use crate::form::Form;

const KEY: (&str, &str) = ("x-goog-api-key", "right");
const PLAIN: &str = "/v1/models/gemini-2.5-flash:generateContent";

fn marked(scenario: &str, extra: Value) -> Value {
    let mut body = request(extra);
    body["contents"][0]["parts"][0]["text"] = format!("[[mock: {scenario}]]").into();
    body
}

#[test]
fn keys_and_tokens_are_checked() {
    let body = request(json!({}));
    let token = ("authorization", "Bearer mock-google-token");
    let with_key = format!("{PLAIN}?key=right");
    for (path, headers) in [(PLAIN, vec![KEY]), (&with_key, vec![]), (VERTEX, vec![token])] {
        assert_eq!(send(path, &body, &headers).err(), None, "{path}");
    }
    for (path, headers, status) in [
        (PLAIN, vec![], 403),
        (PLAIN, vec![("x-goog-api-key", "wrong")], 400),
        (&with_key, vec![("x-goog-api-key", "wrong")], 400),
        (PLAIN, vec![KEY, token], 401),
        (VERTEX, vec![], 401),
        (VERTEX, vec![KEY], 401),
        (VERTEX, vec![("authorization", "Bearer right")], 401),
    ] {
        assert_eq!(send(path, &body, &headers).err().unwrap().status, status, "{path} {headers:?}");
    }
    let problem = send(PLAIN, &body, &[("x-goog-api-key", "wrong")]).err().unwrap();
    assert_eq!(problem.detail.unwrap()["reason"], "API_KEY_INVALID");
}

#[test]
fn tokens_are_told_to_those_who_ask() {
    let asked = json!({"generationConfig": {"responseLogprobs": true, "logprobs": 1}});
    let answer = send(PLAIN, &marked("text=Let+me", asked.clone()), &[KEY]).unwrap();
    let token =
        |text: &str, number: u64, logprob: f64| json!({"token": text, "tokenId": number, "logProbability": logprob});
    let result = &answer.whole["candidates"][0]["logprobsResult"];
    assert_eq!(result["chosenCandidates"], json!([token("Let ", 1001, -0.125), token("me", 1002, -0.25)]));
    assert_eq!(result["topCandidates"][1]["candidates"], json!([{"token": "me", "logProbability": -0.25}]));
    let silent = send(PLAIN, &marked("text=Let+me", json!({})), &[KEY]).unwrap();
    assert_eq!(silent.whole["candidates"][0].get("logprobsResult"), None);
    let newer = "/v1/models/gemini-3-pro-preview:generateContent";
    assert!(send(newer, &request(asked), &[KEY]).err().unwrap().message.contains("Logprobs is not supported"));
}

#[test]
fn streams_say_what_whole_answers_say() {
    let wish = "thinking tools=3 text=Let+me input=123 cached=10 output=45 reasoning=20";
    let answer = stream("gemini-3-pro-preview", &marked(wish, json!({"tools": [weather()]}))).unwrap();
    let mut parts: Vec<Value> = Vec::new();
    for chunk in chunks(&answer) {
        assert_eq!(chunk["usageMetadata"]["promptTokenCount"], 123);
        let content = &chunk["candidates"][0]["content"];
        for part in content["parts"].as_array().into_iter().flatten() {
            if part == &json!({"text": ""}) {
                continue;
            }
            match parts.last_mut().filter(|last| last.get("text").is_some() && last["thought"] == part["thought"]) {
                Some(last) if part.get("text").is_some() => {
                    last["text"] =
                        format!("{}{}", last["text"].as_str().unwrap(), part["text"].as_str().unwrap()).into();
                }
                _ => parts.push(part.clone()),
            }
        }
    }
    let candidate = &answer.whole["candidates"][0];
    assert_eq!(Value::from(parts), candidate["content"]["parts"]);
    let signed = |index: usize| candidate["content"]["parts"][index].get("thoughtSignature").is_some();
    assert_eq!((0..5).map(signed).collect::<Vec<_>>(), [false, false, true, false, false]);
    assert!(candidate["content"]["parts"][2]["functionCall"]["id"].is_string());
    assert_eq!(candidate["finishReason"], "STOP");
    let last = chunks(&answer).pop().unwrap();
    assert_eq!(last["candidates"][0]["finishReason"], "STOP");
    assert_eq!(last["usageMetadata"], answer.whole["usageMetadata"]);
    for (name, count) in [
        ("promptTokenCount", 123),
        ("cachedContentTokenCount", 10),
        ("candidatesTokenCount", 25),
        ("thoughtsTokenCount", 20),
        ("totalTokenCount", 168),
    ] {
        assert_eq!(last["usageMetadata"][name], count, "{name}");
    }
}

#[test]
fn calls_are_made_once_and_their_answers_quoted() {
    let with = |contents: Value| request(json!({"tools": [weather()], "contents": contents}));
    let asks = says("user", json!({"text": "[[mock: tools]] Weather?"}));
    let first = ask("gemini-2.5-flash", &with(json!([asks]))).unwrap();
    let called = &first.whole["candidates"][0]["content"];
    assert_eq!(called["parts"], json!([{"functionCall": {"name": "weather", "args": {"city": "Paris"}}}]));
    let second = with(json!([asks, called, says("user", response("weather"))]));
    let second = ask("gemini-2.5-flash", &second).unwrap();
    assert_eq!(second.whole["candidates"][0]["content"]["parts"][0]["text"], "The tool said: sunny");
    let never = request(json!({"tools": [weather()], "toolConfig": {"functionCallingConfig": {"mode": "NONE"}},
        "contents": [asks]}));
    assert!(ask("gemini-2.5-flash", &never).err().unwrap().message.contains("offers no tools"));
}

#[test]
fn thoughts_are_shown_to_those_who_ask() {
    let thought = |config: Value| {
        let body = marked("thinking", json!({"generationConfig": config}));
        let whole = ask("gemini-2.5-flash", &body).unwrap().whole;
        assert!(whole["usageMetadata"]["thoughtsTokenCount"].as_u64() > Some(0));
        whole["candidates"][0]["content"]["parts"][0]["thought"] == true
    };
    assert!(thought(json!({})));
    assert!(thought(json!({"thinkingConfig": {"includeThoughts": true}})));
    assert!(!thought(json!({"thinkingConfig": {"thinkingBudget": 100}})));
}

#[test]
fn refused_prompts_have_no_candidates() {
    let answer = stream("gemini-2.5-flash", &marked("refusal", json!({}))).unwrap();
    assert_eq!(answer.whole["promptFeedback"]["blockReason"], "PROHIBITED_CONTENT");
    assert!(answer.whole.get("candidates").is_none());
    assert_eq!(chunks(&answer), [answer.whole]);
}

#[test]
fn streams_are_lists_unless_told_otherwise() {
    let path = |query: &str| format!("/v1beta/models/gemini-2.5-flash:streamGenerateContent{query}");
    let form = |query: &str| send(&path(query), &request(json!({})), &[KEY]).map(|answer| answer.form);
    assert_eq!(form("?alt=sse"), Ok(Form::Sse));
    assert_eq!(form(""), Ok(Form::JsonList));
    assert!(form("?alt=xml").is_err());
    let bad = |query: &str| send(&path(query), &json!({}), &[KEY]).err().unwrap();
    assert!(bad("").in_list && !bad("?alt=sse").in_list);
}

#[test]
fn senseless_wishes_are_refused() {
    for wish in ["cache_write=3", "redacted_thinking"] {
        let problem = ask("gemini-2.5-flash", &marked(wish, json!({}))).err().unwrap();
        assert!(problem.message.contains("makes no sense here"), "{}", problem.message);
    }
}

#[test]
fn errors_look_like_googles() {
    let provider = Gemini { key: "right".into() };
    let problem = Problem { retry_after: Some(7), ..provider.problem(429) };
    let body = provider.problem_body(&problem, "");
    assert_eq!((&body["error"]["code"], &body["error"]["status"]), (&json!(429), &json!("RESOURCE_EXHAUSTED")));
    assert_eq!(
        body["error"]["details"],
        json!([{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "7s"}])
    );
    assert!(!provider.has_retry_after());
}

#[test]
fn tokens_are_counted_and_contents_embedded() {
    let at = |method: &str| format!("/v1beta/models/m:{method}");
    let content = json!({"parts": [{"text": "two words"}]});
    let count = send(&at("countTokens"), &json!({"contents": [content]}), &[KEY]).unwrap().whole;
    assert_eq!(count["totalTokens"], 2);
    let body = json!({"content": content, "taskType": "RETRIEVAL_QUERY", "outputDimensionality": 3});
    let one = send(&at("embedContent"), &body, &[KEY]).unwrap().whole;
    assert_eq!(one["embedding"]["values"].as_array().unwrap().len(), 3);
    let mut inner = body;
    inner["model"] = "models/m".into();
    let many = send(&at("batchEmbedContents"), &json!({"requests": [inner, inner]}), &[KEY]).unwrap().whole;
    assert_eq!(many["embeddings"][1], one["embedding"]);
    assert_eq!(many["usageMetadata"]["promptTokenCount"], 4);
    inner["model"] = "models/other".into();
    assert!(send(&at("batchEmbedContents"), &json!({"requests": [inner]}), &[KEY]).is_err());
    assert!(send(&at("embedContent"), &json!({}), &[KEY]).is_err());
}
