//! Conversations as text, instructions added to them, and answers that no model gave.
#![allow(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

use serde_json::{Value, json};
use tollgate_dialects::{Asked, Dialect, NoAnswer, Peek, RequestBody, StreamBytes, question};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// A conversation in each dialect: instructions, a question, an answer, and a question in two parts.
const CONVERSATIONS: [(Dialect, &str); 6] = [
    (
        Dialect::OpenAi,
        r#"{"model": "m", "messages": [{"role":"system","content":"Be\tkind."},
            {"role":"user","content":"One"}, {"role": "assistant","content" :"Two"},
            {"role":"user","content":[{"type":"text","text":"Three"},{"type":"text","text":"Four"}]}] }"#,
    ),
    (
        Dialect::Responses,
        r#"{"model": "m", "instructions" : "Be\tkind.", "input": [{"role":"user","content":"One"},
            {"role":"assistant","content":[{"type":"output_text","text":"Two"}]},
            {"role":"user","content":[{"type":"input_text","text":"Three"},{"type":"input_text","text":"Four"}]}] }"#,
    ),
    (
        Dialect::Anthropic,
        r#"{"model": "m", "max_tokens": 9, "system" :[{"type":"text","text":"Be\tkind.","cache_control":{"type":"ephemeral"}}],
            "messages": [{"role":"user","content":"One"}, {"role":"assistant","content":"Two"},
            {"role":"user","content":[{"type":"text","text":"Three"},{"type":"text","text":"Four"}]}] }"#,
    ),
    (
        Dialect::Gemini,
        r#"{"systemInstruction" :{"role":"user","parts":[{"text":"Be\tkind."}]},
            "contents": [{"role":"user","parts":[{"text":"One"}]}, {"role":"model","parts":[{"text":"Two"}]},
            {"role":"user","parts":[{"text":"Three"},{"text":"Four"}]}] }"#,
    ),
    (
        Dialect::Bedrock,
        r#"{"system" :[{"text":"Be\tkind."}],
            "messages": [{"role":"user","content":[{"text":"One"}]}, {"role":"assistant","content":[{"text":"Two"}]},
            {"role":"user","content":[{"text":"Three"},{"text":"Four"}]}] }"#,
    ),
    (
        Dialect::Cohere,
        r#"{"model": "m", "messages": [{"role":"system","content":"Be\tkind."},
            {"role":"user","content":"One"}, {"role": "assistant","content" :"Two"},
            {"role":"user","content":[{"type":"text","text":"Three"},{"type":"text","text":"Four"}]}] }"#,
    ),
];

fn asked(dialect: Dialect, stream: bool) -> Asked<'static> {
    let path: &[u8] = match (dialect, stream) {
        (Dialect::Gemini, false) => b"/v1beta/models/m:generateContent",
        (Dialect::Gemini, true) => b"/v1beta/models/m:streamGenerateContent?alt=sse",
        (Dialect::Bedrock, false) => b"/model/m/converse",
        (Dialect::Bedrock, true) => b"/model/m/converse-stream",
        (dialect, _) => return dialect.into(),
    };
    Asked::of(b"POST", path).unwrap()
}

fn peek(dialect: Dialect, body: &str) -> Peek<'_> {
    Peek::new(asked(dialect, false), body.as_bytes()).unwrap_or_else(|error| panic!("{error}: {body}"))
}

fn instructed(dialect: Dialect, body: &str, text: &str) -> String {
    let with = peek(dialect, body).instructed(text).unwrap_or_else(|error| panic!("{error}: {body}"));
    String::from_utf8(with).unwrap()
}

#[test]
fn a_conversation_reads_the_same_in_every_dialect() {
    for (dialect, body) in CONVERSATIONS {
        let peek = peek(dialect, body);
        let spoken = peek.spoken().unwrap();
        assert_eq!(spoken.system(), "Be\tkind.", "{dialect:?}");
        assert_eq!(spoken.last_user_message(), "Three\nFour", "{dialect:?}");
        assert_eq!(spoken.conversation(), "user: One\n\nassistant: Two\n\nuser: Three\nFour", "{dialect:?}");
    }
}

#[test]
fn results_of_tools_are_part_of_the_conversation_and_no_question() {
    let body = r#"{"model":"m","messages":[{"role":"user","content":"Weather?"},
        {"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"w","arguments":"{}"}}]},
        {"role":"tool","tool_call_id":"c","content":"Rain"}]}"#;
    let peek = peek(Dialect::OpenAi, body);
    let spoken = peek.spoken().unwrap();
    assert_eq!(spoken.last_user_message(), "Weather?");
    assert_eq!(spoken.conversation(), "user: Weather?\n\ntool: Rain");
    assert_eq!(spoken.system(), "");
}

#[test]
fn what_cannot_be_read_is_not_judged() {
    let refused = |dialect, body: &str| peek(dialect, body).spoken().unwrap_err().message;
    let twice = r#"{"model":"m","messages":[{"role":"user","content":"harmless","content":"harmful"}]}"#;
    assert!(refused(Dialect::OpenAi, twice).contains("given twice"));
    let kept = r#"{"model":"m","input":"x","previous_response_id":"resp_1"}"#;
    assert!(refused(Dialect::Responses, kept).starts_with("previous_response_id"));
    let body = br#"{"model":"m","input":"x"}"#;
    let embed = RequestBody::new(Asked::of(b"POST", b"/v1/embeddings").unwrap(), body).unwrap();
    assert!(embed.as_conversation().unwrap_err().message.contains("conversations only"));
}

#[test]
fn instructions_are_added_behind_the_clients_own_and_every_other_byte_stays() {
    for (dialect, body) in CONVERSATIONS {
        let with = instructed(dialect, body, "New \"one\"\n");
        let text = r#"New \"one\"\n"#;
        let added = match dialect {
            Dialect::OpenAi | Dialect::Responses | Dialect::Cohere => format!(r"\n\n{text}"),
            Dialect::Anthropic => format!(r#",{{"type":"text","text":"{text}"}}"#),
            Dialect::Gemini | Dialect::Bedrock => format!(r#",{{"text":"{text}"}}"#),
        };
        assert_eq!(with.replacen(&added, "", 1), body, "{dialect:?}");
        let peek = peek(dialect, &with);
        let system = peek.spoken().unwrap().system();
        assert!(system.starts_with("Be\tkind.") && system.ends_with("New \"one\"\n"), "{dialect:?}: {system}");
    }
}

#[test]
fn instructions_become_the_first_where_there_were_none() {
    let cases = [
        (
            Dialect::OpenAi,
            r#"{"model":"m","messages":[ {"role":"user","content":"x"}]}"#,
            r#"{"model":"m","messages":[ {"role":"system","content":"N"},{"role":"user","content":"x"}]}"#,
        ),
        (
            Dialect::Cohere,
            r#"{"model":"m","messages":[{"content":"x","role":"user"}]}"#,
            r#"{"model":"m","messages":[{"role":"system","content":"N"},{"content":"x","role":"user"}]}"#,
        ),
        (Dialect::Responses, r#"{"model":"m","input":"x"}"#, r#"{"instructions":"N","model":"m","input":"x"}"#),
        (
            Dialect::Responses,
            r#"{"model":"m","instructions":null,"input":"x"}"#,
            r#"{"model":"m","instructions":"N","input":"x"}"#,
        ),
        (
            Dialect::Anthropic,
            r#" {"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}]}"#,
            r#" {"system":"N","model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}]}"#,
        ),
        (
            Dialect::Gemini,
            r#"{"contents":[{"parts":[{"text":"x"}]}]}"#,
            r#"{"systemInstruction":{"parts":[{"text":"N"}]},"contents":[{"parts":[{"text":"x"}]}]}"#,
        ),
        (
            Dialect::Bedrock,
            r#"{"messages":[{"role":"user","content":[{"text":"x"}]}]}"#,
            r#"{"system":[{"text":"N"}],"messages":[{"role":"user","content":[{"text":"x"}]}]}"#,
        ),
    ];
    for (dialect, body, expected) in cases {
        assert_eq!(instructed(dialect, body, "N"), expected, "{dialect:?}");
    }
}

#[test]
fn instructions_have_many_forms() {
    let openai = |first: &str| format!(r#"{{"model":"m","messages":[{first},{{"role":"user","content":"x"}}]}}"#);
    let gemini = |instruction: &str| format!(r#"{{{instruction},"contents":[{{"parts":[{{"text":"x"}}]}}]}}"#);
    let anthropic = |system: &str| {
        format!(r#"{{"model":"m","max_tokens":1,"system":{system},"messages":[{{"role":"user","content":"x"}}]}}"#)
    };
    let bedrock =
        |system: &str| format!(r#"{{"system":{system},"messages":[{{"role":"user","content":[{{"text":"x"}}]}}]}}"#);
    let cases = [
        (
            Dialect::OpenAi,
            openai(r#"{"content":[ {"type":"text","text":"O"} ],"role":"developer"}"#),
            openai(r#"{"content":[ {"type":"text","text":"O"} ,{"type":"text","text":"N"}],"role":"developer"}"#),
        ),
        (Dialect::OpenAi, openai(r#"{"role":"system","content":""}"#), openai(r#"{"role":"system","content":"N"}"#)),
        (Dialect::Anthropic, anthropic(r#""O\"""#), anthropic(r#""O\"\n\nN""#)),
        (Dialect::Anthropic, anthropic("[ ]"), anthropic(r#"[ {"type":"text","text":"N"}]"#)),
        (Dialect::Anthropic, anthropic("null"), anthropic(r#""N""#)),
        (Dialect::Bedrock, bedrock("[]"), bedrock(r#"[{"text":"N"}]"#)),
        (Dialect::Bedrock, bedrock("null"), bedrock(r#"[{"text":"N"}]"#)),
        (
            Dialect::Gemini,
            gemini(r#""system_instruction":{"parts":{"text":"O"}}"#),
            gemini(r#""system_instruction":{"parts":[{"text":"O"},{"text":"N"}]}"#),
        ),
        (
            Dialect::Gemini,
            gemini(r#""systemInstruction":{"role":"user"}"#),
            gemini(r#""systemInstruction":{"parts":[{"text":"N"}],"role":"user"}"#),
        ),
        (
            Dialect::Gemini,
            gemini(r#""systemInstruction":{}"#),
            gemini(r#""systemInstruction":{"parts":[{"text":"N"}]}"#),
        ),
        (
            Dialect::Gemini,
            gemini(r#""systemInstruction":{"parts":null}"#),
            gemini(r#""systemInstruction":{"parts":[{"text":"N"}]}"#),
        ),
    ];
    for (dialect, body, expected) in cases {
        assert_eq!(instructed(dialect, &body, "N"), expected, "{dialect:?}");
    }
}

#[test]
fn what_may_hide_instructions_is_not_added_to() {
    let many: Vec<String> = (0..300).map(|number| format!("\"x{number}\":1")).collect();
    let body = format!(r#"{{{},"model":"m","max_tokens":1,"messages":[],"system":"O"}}"#, many.join(","));
    assert!(peek(Dialect::Anthropic, &body).instructed("N").is_err());
    for system in ["5", "true", "{}"] {
        let body = format!(r#"{{"model":"m","system":{system}}}"#);
        assert!(peek(Dialect::Anthropic, &body).instructed("N").is_err(), "{system}");
    }
}

#[test]
fn an_answer_that_no_model_gave_is_whole_and_took_nothing() {
    for (dialect, body) in CONVERSATIONS {
        let answer = peek(dialect, body).own_answer("No \"x\".", "step_1", 7);
        assert_eq!(answer.content_type, "application/json");
        let same = peek(dialect, body).prepare(dialect, "m").unwrap().exchange;
        let reply = same.reply(&answer.body).unwrap();
        assert_eq!(reply.text.as_deref(), Some("No \"x\"."), "{dialect:?}");
        assert_eq!(reply.outcome.usage.unwrap().total(), 0, "{dialect:?}");
        assert_eq!(reply.outcome.finish.unwrap().word(), "stop", "{dialect:?}");
    }
}

/// Read as a provider's stream by a client of another dialect, which knows when one is not complete.
#[test]
fn an_answer_that_no_model_gave_can_be_streamed() {
    for (dialect, body) in CONVERSATIONS {
        let mut body: Value = serde_json::from_str(body).unwrap();
        if !matches!(dialect, Dialect::Gemini | Dialect::Bedrock) {
            body["stream"] = json!(true);
        }
        if dialect == Dialect::OpenAi {
            body["stream_options"] = json!({"include_usage": true});
        }
        let body = body.to_string();
        let peek = Peek::new(asked(dialect, true), body.as_bytes()).unwrap();
        let answer = peek.own_answer("No.", "step_1", 7);
        let exchange = peek.prepare(dialect, "m").unwrap().exchange;
        assert_eq!(answer.content_type, exchange.stream_types().0, "{dialect:?}");

        let other = if dialect == Dialect::OpenAi { Dialect::Anthropic } else { Dialect::OpenAi };
        let asked = r#"{"model":"m","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"x"}]}"#;
        let reader = Peek::new(other, asked.as_bytes()).unwrap();
        let mut stream = reader.prepare(dialect, "m").unwrap().exchange.stream(0);
        let StreamBytes::Replaced(mut out) = stream.push(&answer.body) else { panic!("{dialect:?}") };
        out.extend(stream.finish());
        assert!(stream.is_complete() && stream.failure().is_none(), "{dialect:?}");
        assert!(String::from_utf8(out).unwrap().contains("\"No.\""), "{dialect:?}");
        assert_eq!(stream.outcome().usage.unwrap().total(), 0, "{dialect:?}");
    }
}

#[test]
fn a_question_is_one_of_every_providers() {
    for (dialect, prompt) in [
        (Dialect::OpenAi, "/messages/0/content"),
        (Dialect::Anthropic, "/messages/0/content"),
        (Dialect::Gemini, "/contents/0/parts/0/text"),
        (Dialect::Bedrock, "/messages/0/content/0/text"),
        (Dialect::Cohere, "/messages/0/content"),
    ] {
        let body = question("small", "Is \"it\"?\n", 5);
        let prepared = Peek::new(Dialect::OpenAi, &body).unwrap().prepare(dialect, "there").unwrap();
        assert!(prepared.losses.is_empty(), "{dialect:?}");
        let sent: Value = serde_json::from_slice(&prepared.body.unwrap()).unwrap();
        assert_eq!(sent.pointer(prompt), Some(&json!("Is \"it\"?\n")), "{sent}");
    }
}

#[test]
fn a_reply_is_what_the_answer_says_or_nothing() {
    let body = question("small", "?", 5);
    let exchange = Peek::new(Dialect::OpenAi, &body).unwrap().prepare(Dialect::OpenAi, "m").unwrap().exchange;
    let reply = |message: Value, finish: &str| {
        let answer = json!({
            "id": "c", "object": "chat.completion", "created": 1, "model": "m",
            "choices": [{"index": 0, "message": message, "finish_reason": finish}],
            "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
        });
        exchange.reply(answer.to_string().as_bytes()).map(|reply| (reply.text, reply.outcome.usage.unwrap().total()))
    };
    let said = |content: &str| json!({"role": "assistant", "content": content});
    assert_eq!(reply(said("billing"), "stop"), Ok((Some("billing".to_owned()), 5)));
    assert_eq!(reply(said("bil"), "length"), Ok((Some("bil".to_owned()), 5)));
    assert_eq!(reply(said(" \n"), "stop"), Ok((None, 5)));
    assert_eq!(reply(said("I wi"), "content_filter"), Ok((None, 5)));
    assert_eq!(reply(json!({"role": "assistant", "content": "x", "refusal": "No."}), "stop"), Ok((None, 5)));
    assert_eq!(exchange.reply(b"{}").unwrap_err(), NoAnswer::Unreadable);
    let failed = br#"{"error":{"message":"no","type":"server_error","param":null,"code":null}}"#;
    assert!(matches!(exchange.reply(failed).unwrap_err(), NoAnswer::Failed { .. }));
}
