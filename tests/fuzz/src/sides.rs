//! Who asks whom.

use std::sync::LazyLock;
use tollgate_dialects::{Asked, Dialect, Exchange, Peek, Platform, Server, Upstream};

/// Unix time.
pub const NOW: u64 = 1_790_000_000;

pub const DIALECTS: [Dialect; 6] =
    [Dialect::OpenAi, Dialect::Responses, Dialect::Anthropic, Dialect::Gemini, Dialect::Bedrock, Dialect::Cohere];

/// Models of which something is known, and one of which nothing is.
pub const MODELS: [&str; 10] = [
    "m",
    "gpt-5.4",
    "o3",
    "claude-sonnet-4-5",
    "claude-opus-5",
    "claude-3-5-haiku",
    "gemini-3-pro",
    "gemini-2.5-flash",
    "command-a-reasoning-08-2025",
    "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
];

/// Every kind of provider there is, those of the dialects themselves first, in their order.
pub static UPSTREAMS: LazyLock<Vec<Upstream<'static>>> = LazyLock::new(|| {
    let platforms =
        [Platform::Azure { api_version: "v1" }, Platform::Vertex { project: "p", location: "l" }, Platform::Aws];
    let names = ["azure", "vertex", "aws"];
    let mut upstreams: Vec<Upstream<'static>> = DIALECTS.iter().map(|&dialect| dialect.into()).collect();
    for (name, platform) in names.into_iter().zip(platforms) {
        let served = DIALECTS.iter().filter(|dialect| Platform::serves(name, **dialect));
        upstreams.extend(served.map(|&dialect| Upstream { platform, ..dialect.into() }));
    }
    let servers = Server::ALL.iter().map(|server| Upstream { server: Some(server), ..Dialect::OpenAi.into() });
    upstreams.extend(servers);
    upstreams
});

/// A request of `client`, whose path names the model where its API has it there.
pub fn asked(client: Dialect, stream: bool) -> Asked<'static> {
    let path: &[u8] = match (client, stream) {
        (Dialect::Gemini, false) => b"/v1beta/models/m:generateContent",
        (Dialect::Gemini, true) => b"/v1beta/models/m:streamGenerateContent?alt=sse",
        (Dialect::Bedrock, false) => b"/model/m/converse",
        (Dialect::Bedrock, true) => b"/model/m/converse-stream",
        _ => return client.into(),
    };
    Asked::of(b"POST", path).expect("a path that is known")
}

/// Google's clients get one JSON array unless they ask for server-sent events.
pub fn asked_for_array() -> Asked<'static> {
    Asked::of(b"POST", b"/v1beta/models/m:streamGenerateContent").expect("a path that is known")
}

/// The way back for a request of `client` that asked for this.
pub fn exchange(asked: Asked<'_>, client: Dialect, provider: Upstream<'static>, include_usage: bool) -> Exchange {
    let body = match (client, include_usage) {
        (Dialect::Gemini, _) => r#"{"contents":[{"parts":[{"text":"x"}]}]}"#,
        (Dialect::Bedrock, _) => r#"{"messages":[{"role":"user","content":[{"text":"x"}]}]}"#,
        (Dialect::Responses, _) => r#"{"model":"m","input":"x","stream":true}"#,
        (Dialect::OpenAi, true) => {
            r#"{"model":"m","messages":[{"role":"user","content":"x"}],"stream":true,"stream_options":{"include_usage":true}}"#
        }
        _ => r#"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}],"stream":true}"#,
    };
    let peek = Peek::new(asked, body.as_bytes()).expect("a sound request");
    peek.prepare(provider, "m").expect("what every provider takes").exchange
}
