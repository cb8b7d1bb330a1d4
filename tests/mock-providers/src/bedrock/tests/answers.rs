//! How Bedrock answers, and whom.

use super::*;

#[test]
fn who_asks_is_checked() {
    let body = request(json!({}));
    let problem = |headers: &[(&str, &str)]| {
        let path = format!("/model/{SONNET}/converse");
        bedrock().answer(&arrival(&path, &body, headers)).err().map(|problem| (problem.status, problem.message))
    };
    let signed = |scope: &str| {
        let signature = "0123456789abcdef".repeat(4);
        format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature={signature}")
    };
    let good = signed("AKID/20261101/us-east-1/bedrock/aws4_request");
    let date = ("x-amz-date", "20261101T000000Z");
    assert_eq!(problem(&[JSON, KEY]), None);
    assert_eq!(problem(&[JSON, date, ("authorization", &good)]), None);
    for (headers, message) in [
        (vec![JSON], "Missing Authentication Token"),
        (vec![JSON, ("x-api-key", "right")], "Missing Authentication Token"),
        (vec![JSON, ("authorization", "Bearer wrong")], "Please make sure your API Key is valid."),
        (vec![JSON, KEY, KEY], "more than one Authorization header"),
        (vec![JSON, ("authorization", "right")], "requires 'Credential' parameter"),
        (vec![JSON, ("authorization", "AWS4-HMAC-SHA256 Credential=a")], "requires 'SignedHeaders' parameter"),
        (vec![JSON, ("authorization", &good)], "does not match the signature"),
        (
            vec![JSON, date, ("authorization", &signed("AKID/20261101/us-east-1/s3/aws4_request"))],
            "scoped to correct service: 'bedrock'",
        ),
    ] {
        let (status, said) = problem(&headers).unwrap();
        assert_eq!(status, 403, "{said}");
        assert!(said.contains(message), "{said}");
    }
}

#[test]
fn operations_are_found() {
    let body = request(json!({}));
    let problem = |method: &str, path: &str, query: Option<&str>| {
        let mut arrival = arrival(path, &body, &[JSON, KEY]);
        arrival.method = method.into();
        arrival.query = query.map(String::from);
        bedrock().answer(&arrival).err().map(|problem| problem.status)
    };
    let arn = "arn%3Aaws%3Abedrock%3Aus-east-1%3A%3Afoundation-model%2Fanthropic.claude-sonnet-4-5";
    for (method, path, query, status) in [
        ("POST", "/model/anthropic.claude-sonnet-4-5/converse", None, None),
        ("POST", &format!("/model/{arn}/converse"), None, None),
        ("POST", &format!("/model/{}/converse", arn.replace("%2F", "/")), None, Some(404)),
        ("POST", "/model/anthropic.claude-sonnet-4-5/chat", None, Some(404)),
        ("POST", "/v1/messages", None, Some(404)),
        ("GET", "/model/anthropic.claude-sonnet-4-5/converse", None, Some(405)),
        ("POST", "/model/anthropic.claude-sonnet-4-5/converse", Some("beta=true"), Some(400)),
        ("POST", "/model/anthropic.no-such-model/converse", None, Some(400)),
    ] {
        assert_eq!(problem(method, path, query), status, "{method} {path}");
    }
}

#[test]
fn failures_have_the_services_types() {
    for (status, kind) in [
        (400, "ValidationException"),
        (404, "ResourceNotFoundException"),
        (408, "ModelTimeoutException"),
        (424, "ModelErrorException"),
        (429, "ThrottlingException"),
        (500, "InternalServerException"),
        (503, "ServiceUnavailableException"),
    ] {
        let problem = bedrock().problem(status);
        let headers = bedrock().problem_headers(&problem);
        assert!(headers[0].1.starts_with(&format!("{kind}:")), "{headers:?}");
        assert_eq!(bedrock().problem_body(&problem, "")["message"], problem.message);
    }
    let denied = bedrock().problem(403);
    assert_eq!(bedrock().problem_headers(&denied)[0].1, "AccessDeniedException");
    assert_eq!(bedrock().problem_body(&denied, "")["Message"], denied.message);
    let invalid = check(&json!({}), SONNET).unwrap_err();
    assert!(bedrock().problem_headers(&invalid)[0].1.starts_with("ValidationException"));
}

#[test]
fn whole_answers_say_what_is_wished() {
    let mut body = request(json!({"toolConfig": {"tools": [tool("weather"), tool("time")]},
        "serviceTier": {"type": "flex"}, "additionalModelResponseFieldPaths": ["/stop_sequence"]}));
    assert_eq!(ask("converse", &body).unwrap().whole["output"]["message"]["content"][0]["text"], "Hello from Bedrock.");
    body["messages"][0]["content"][0]["text"] = "[[mock: tools=2 input=123 cached=10 cache_write=5 output=45]]".into();
    let whole = ask("converse", &body).unwrap().whole;
    assert_eq!(whole["stopReason"], "tool_use");
    assert_eq!(whole["output"]["message"]["content"][1]["toolUse"]["name"], "time");
    assert_eq!(whole["serviceTier"]["type"], "flex");
    assert_eq!(whole["additionalModelResponseFields"], json!({"stop_sequence": null}));
    let usage = &whole["usage"];
    let counts = ["inputTokens", "outputTokens", "totalTokens", "cacheReadInputTokens", "cacheWriteInputTokens"];
    assert_eq!(counts.map(|count| usage[count].as_u64().unwrap()), [108, 45, 168, 10, 5]);
    assert_eq!(usage["cacheDetails"], json!([{"ttl": "5m", "inputTokens": 5}]));
    assert!(ask("converse", &body).unwrap().events.is_none());
}

#[test]
fn tools_are_called_once() {
    let asks = says("user", json!([{"text": "[[mock: tools]] Weather?"}]));
    let first = ask("converse", &talk(json!([asks]))).unwrap();
    assert_eq!(first.whole["stopReason"], "tool_use");
    let uses = says("assistant", json!([tool_use("a")]));
    let second = ask("converse", &talk(json!([asks, uses, says("user", json!([result("a")]))]))).unwrap();
    assert_eq!(second.whole["output"]["message"]["content"][0]["text"], "The tool said: sunny");
    let more = json!([result("a"), {"text": "[[mock: tools]]"}]);
    let third = ask("converse", &talk(json!([asks, uses, says("user", more)]))).unwrap();
    assert_eq!(third.whole["stopReason"], "tool_use");
}
