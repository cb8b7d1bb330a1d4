//! Bytes per second of a request on its way to a provider, by pair and by size: `make bench-native`.
//!
//! The same chat is said in each client's dialect. `prose` is what people write, `chinese` has three bytes in every
//! character. `code` has an escape in every few bytes, and `escaped` is `chinese` as clients write it that keep to ASCII,
//! nothing but escapes: the worst cases for a scanner. `arguments` is `code` in the arguments of tools' calls, which are
//! JSON in a string of JSON: an API that takes them as an object has to be told what the string means.

#![allow(missing_docs, clippy::arithmetic_side_effects, clippy::panic, clippy::unwrap_used)]

use divan::Bencher;
use divan::counter::BytesCount;
use tollgate_dialects::{Asked, Dialect, Peek};

fn main() {
    divan::main();
}

const SIZES: [usize; 4] = [1 << 10, 8 << 10, 128 << 10, 4 << 20];
const PROSE: Kind = Kind {
    name: "prose",
    text: "The ship left the harbour at dawn, and nobody on the quay could say where it was bound. ",
    only_ascii: false,
    in_call: false,
};
const CODE: Kind = Kind { name: "code", text: "if (a == \"b\") {\n\treturn \"c\\n\";\n}\n", ..PROSE };
const CHINESE: Kind =
    Kind {
        name: "chinese", text: "这艘船在黎明时分离开了港口，码头上没有人知道它要去哪里。", ..PROSE
    };
const ESCAPED: Kind = Kind { name: "escaped", only_ascii: true, ..CHINESE };
const ARGUMENTS: Kind = Kind { name: "arguments", in_call: true, ..CODE };

/// A kind of text.
#[derive(Clone, Copy)]
struct Kind {
    name: &'static str,
    text: &'static str,
    /// Is what is not ASCII written as escapes?
    only_ascii: bool,
    /// Does a model say it to a tool?
    in_call: bool,
}

impl Kind {
    /// About a kilobyte of JSON, or as much as fits into `size`.
    fn turn(self, size: usize) -> String {
        let one = self.quoted(1).len();
        self.quoted((1024 / one).min(size / one).max(1))
    }

    fn quoted(self, times: usize) -> String {
        let mut json = serde_json::to_string(&self.text.repeat(times)).unwrap();
        if self.in_call {
            json = serde_json::to_string(&format!(r#"{{"path":"a.c","content":{json}}}"#)).unwrap();
        }
        if !self.only_ascii {
            return json;
        }
        json.encode_utf16().fold(String::new(), |json, unit| match u8::try_from(unit) {
            Ok(ascii) => json + char::from(ascii).encode_utf8(&mut [0; 4]),
            Err(_) => json + &format!("\\u{unit:04x}"),
        })
    }
}

/// What is measured: who asks, who answers, what is said, and how much of it.
#[derive(Clone, Copy)]
struct Case {
    client: (&'static str, Dialect),
    provider: (&'static str, Dialect),
    kind: Kind,
    size: usize,
}

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { client, provider, kind, size } = self;
        write!(f, "{} to {}, {}, {:>4} KiB", client.0, provider.0, kind.name, size >> 10)
    }
}

/// Every pair, every kind of text, every size.
fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for &client in Dialect::ALL {
        for &provider in Dialect::ALL {
            for kind in [PROSE, CODE, CHINESE, ESCAPED, ARGUMENTS] {
                cases.extend(SIZES.map(|size| Case { client, provider, kind, size }));
            }
        }
    }
    cases
}

/// A chat of about `size` bytes in OpenAI's dialect, in turns of a kilobyte.
fn chat(kind: Kind, size: usize) -> String {
    let turn = kind.turn(size);
    let mut body = String::from(r#"{"model":"m","max_completion_tokens":1000,"#);
    if kind.in_call {
        // Some APIs want the tools that are called to be there.
        body.push_str(r#""tools":[{"type":"function","function":{"name":"write"}}],"#);
    }
    body.push_str(r#""messages":["#);
    for index in 0.. {
        let from_user = index % 2 == 0;
        body.push_str(&match (kind.in_call, from_user) {
            (true, true) if index == 0 => r#"{"role":"user","content":"go on"}"#.to_owned(),
            (false, true) => format!(r#"{{"role":"user","content":{turn}}}"#),
            (false, false) => format!(r#"{{"role":"assistant","content":{turn}}}"#),
            (true, false) => format!(
                r#"{{"role":"assistant","tool_calls":[{{"id":"call_{index}","type":"function","function":{{"name":"write","arguments":{turn}}}}}]}}"#
            ),
            (true, true) => format!(r#"{{"role":"tool","tool_call_id":"call_{}","content":"done"}}"#, index - 1),
        });
        if body.len() >= size && from_user {
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
fn said_by(client: Dialect, chat: String) -> Vec<u8> {
    if client == Dialect::OpenAi {
        return chat.into_bytes();
    }
    let peek = Peek::new(Dialect::OpenAi, chat.as_bytes()).unwrap();
    peek.prepare(client, "another").unwrap().body.unwrap()
}

#[divan::bench(args = cases(), max_time = 0.1)]
fn request(bencher: Bencher<'_, '_>, case: &Case) {
    let body = said_by(case.client.1, chat(case.kind, case.size));
    bencher.counter(BytesCount::new(body.len())).bench(|| {
        let peek = Peek::new(asked(case.client.1), divan::black_box(&body)).unwrap();
        peek.prepare(case.provider.1, "another-model").unwrap().body
    });
}
