//! What a provider answers: ordinary answers of three APIs, whole and as events, made before anybody asks.

use bytes::Bytes;

/// One API's answers.
pub struct Answers {
    pub whole: Bytes,
    /// Before the pieces of text.
    first: Bytes,
    piece: Bytes,
    last: Bytes,
    /// Where the request asks for usage by itself.
    usage: Option<Bytes>,
    end: Bytes,
}

/// The answers of every API, found by path.
pub struct Book {
    openai: Answers,
    anthropic: Answers,
    gemini: Answers,
}

const TEXT: &str = "The filter holds the headers until the body is whole, decides where it goes, and names the \
    cluster in a header that the route reads. What comes back goes to the client as it is, or event by event in the \
    words of the API that it speaks.\n\n1. Read the headers once.\n2. Read the body once.\n3. Change what must change.\n";

impl Book {
    pub fn new() -> Self {
        let text = serde_json::json!(TEXT.repeat(2)).to_string();
        let text = text.trim_matches('"');
        Self { openai: openai(text), anthropic: anthropic(text), gemini: gemini(text) }
    }

    pub fn at(&self, path: &str) -> &Answers {
        if path.contains("enerateContent") {
            &self.gemini
        } else if path.contains("/messages") {
            &self.anthropic
        } else {
            &self.openai
        }
    }
}

impl Answers {
    /// A stream with `pieces` events of text.
    pub fn events(&self, pieces: usize, with_usage: bool) -> Vec<Bytes> {
        let text = std::iter::repeat_n(self.piece.clone(), pieces);
        // The figures come with the end: a gateway that takes them out leaves no longer gap than there is without them.
        let usage = self.usage.iter().filter(|_| with_usage).flatten();
        let end: Bytes = usage.chain(&self.end).copied().collect();
        let rest = [self.last.clone(), end];
        [self.first.clone()].into_iter().chain(text).chain(rest).filter(|event| !event.is_empty()).collect()
    }
}

fn openai(text: &str) -> Answers {
    let chunk = |rest: &str| {
        let head = r#"{"id":"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT","object":"chat.completion.chunk","created":1763600000,"model":"gpt-4.1-2025-04-14","service_tier":"default","system_fingerprint":"fp_b3f1157249""#;
        data(&format!("{head},{rest}}}"))
    };
    let choice = |delta: &str, finish: &str| {
        chunk(&format!(
            r#""choices":[{{"index":0,"delta":{delta},"logprobs":null,"finish_reason":{finish}}}],"usage":null,"obfuscation":"x7Qp""#
        ))
    };
    let usage = r#"{"prompt_tokens":1117,"completion_tokens":146,"total_tokens":1263,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}"#;
    Answers {
        whole: format!(
            r#"{{"id":"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT","object":"chat.completion","created":1763600000,"model":"gpt-4.1-2025-04-14","choices":[{{"index":0,"message":{{"role":"assistant","content":"{text}","refusal":null,"annotations":[]}},"logprobs":null,"finish_reason":"stop"}}],"usage":{usage},"service_tier":"default","system_fingerprint":"fp_b3f1157249"}}"#
        )
        .into(),
        first: choice(r#"{"role":"assistant","content":"","refusal":null}"#, "null"),
        piece: choice(r#"{"content":" answer"}"#, "null"),
        last: choice("{}", r#""stop""#),
        usage: Some(chunk(&format!(r#""choices":[],"usage":{usage},"obfuscation":"x7""#))),
        end: data("[DONE]"),
    }
}

fn anthropic(text: &str) -> Answers {
    let event = |kind: &str, rest: &str| Bytes::from(format!("event: {kind}\ndata: {{\"type\":\"{kind}\"{rest}}}\n\n"));
    let usage = r#""usage":{"input_tokens":1117,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":146,"service_tier":"standard"}"#;
    let message =
        r#""id":"msg_013Zva2CMHLNnXjNJJKqJ2EF","type":"message","role":"assistant","model":"claude-sonnet-5-5""#;
    let start = format!(
        "{}{}",
        String::from_utf8_lossy(&event(
            "message_start",
            &format!(r#","message":{{{message},"content":[],"stop_reason":null,"stop_sequence":null,{usage}}}"#)
        )),
        String::from_utf8_lossy(&event(
            "content_block_start",
            r#","index":0,"content_block":{"type":"text","text":""}"#
        )),
    );
    let last = format!(
        "{}{}",
        String::from_utf8_lossy(&event("content_block_stop", r#","index":0"#)),
        String::from_utf8_lossy(&event(
            "message_delta",
            &format!(r#","delta":{{"stop_reason":"end_turn","stop_sequence":null}},{usage}"#)
        )),
    );
    Answers {
        whole: format!(
            r#"{{{message},"content":[{{"type":"text","text":"{text}"}}],"stop_reason":"end_turn","stop_sequence":null,{usage}}}"#
        )
        .into(),
        first: start.into(),
        piece: event("content_block_delta", r#","index":0,"delta":{"type":"text_delta","text":" answer"}"#),
        last: last.into(),
        usage: None,
        end: event("message_stop", ""),
    }
}

fn gemini(text: &str) -> Answers {
    let answer = |text: &str, finish: &str| {
        format!(
            r#"{{"candidates":[{{"content":{{"parts":[{{"text":"{text}"}}],"role":"model"}}{finish},"index":0}}],"usageMetadata":{{"promptTokenCount":1117,"candidatesTokenCount":146,"totalTokenCount":1263,"promptTokensDetails":[{{"modality":"TEXT","tokenCount":1117}}]}},"modelVersion":"gemini-2.5-flash","responseId":"Zm9vYmFy"}}"#
        )
    };
    Answers {
        whole: answer(text, r#","finishReason":"STOP""#).into(),
        first: data(&answer("The", "")),
        piece: data(&answer(" answer", "")),
        last: data(&answer(".", r#","finishReason":"STOP""#)),
        usage: None,
        end: Bytes::new(),
    }
}

fn data(text: &str) -> Bytes {
    format!("data: {text}\n\n").into()
}
