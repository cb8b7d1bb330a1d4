//! Bytes per second of a request on its way to a provider, by pair and by size: `make bench`.
//!
//! The same chat is said in each client's dialect. `prose` is what people write; `escapes` has a quote or a
//! line break in every few bytes, as code in JSON has, which is the worst case for a scanner.

#![allow(missing_docs, clippy::arithmetic_side_effects, clippy::panic, clippy::unwrap_used)]

use divan::Bencher;
use divan::counter::BytesCount;
use tollgate_dialects::{Asked, Dialect, Peek};

fn main() {
    divan::main();
}

const SIZES: [usize; 5] = [1 << 10, 8 << 10, 128 << 10, 1 << 20, 4 << 20];
const PROSE: &str = "The ship left the harbour at dawn, and nobody on the quay could say where it was bound. ";
const ESCAPES: &str = "if (a == \"b\") {\n\treturn \"c\\n\";\n}\n";

/// What is measured: who asks, who answers, what is said, and how much of it.
#[derive(Clone, Copy)]
struct Case {
    client: (&'static str, Dialect),
    provider: (&'static str, Dialect),
    text: (&'static str, &'static str),
    size: usize,
}

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { client, provider, text, size } = self;
        write!(f, "{} to {}, {}, {:>4} KiB", client.0, provider.0, text.0, size >> 10)
    }
}

/// Every pair at every size, and the worst case for pairs that stand for the rest.
fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for &client in Dialect::ALL {
        for &provider in Dialect::ALL {
            let is_typical = client.1 == Dialect::OpenAi && matches!(provider.0, "openai" | "anthropic" | "gemini");
            cases.extend(SIZES.map(|size| Case { client, provider, text: ("prose", PROSE), size }));
            if is_typical {
                cases.push(Case { client, provider, text: ("escapes", ESCAPES), size: 128 << 10 });
            }
        }
    }
    cases
}

/// A chat of about `size` bytes in OpenAI's dialect, in turns of a kilobyte.
fn chat(text: &str, size: usize) -> String {
    let turn = serde_json::to_string(&text.repeat((1024 / text.len()).min(size / text.len()).max(1))).unwrap();
    let mut body = String::from(r#"{"model":"m","max_completion_tokens":1000,"messages":["#);
    for index in 0.. {
        let role = if index % 2 == 0 { "user" } else { "assistant" };
        body.push_str(&format!(r#"{{"role":"{role}","content":{turn}}}"#));
        if body.len() >= size && role == "user" {
            break;
        }
        body.push(',');
    }
    body.push_str("]}");
    body
}

fn asked(client: Dialect) -> Asked<'static> {
    match client.name() {
        "gemini" => Asked::of(b"POST", b"/v1beta/models/m:generateContent").unwrap(),
        "bedrock" => Asked::of(b"POST", b"/model/m/converse").unwrap(),
        _ => client.into(),
    }
}

/// The same chat in a client's dialect: what this crate itself would send there.
fn said_by(client: Dialect, chat: &str) -> Vec<u8> {
    let peek = Peek::new(Dialect::OpenAi, chat.as_bytes()).unwrap();
    peek.prepare(client, "another").unwrap().body.unwrap()
}

#[divan::bench(args = cases(), max_time = 0.2)]
fn request(bencher: Bencher<'_, '_>, case: &Case) {
    let body = said_by(case.client.1, &chat(case.text.1, case.size));
    bencher.counter(BytesCount::new(body.len())).bench(|| {
        let peek = Peek::new(asked(case.client.1), divan::black_box(&body)).unwrap();
        peek.prepare(case.provider.1, "another-model").unwrap().body
    });
}
