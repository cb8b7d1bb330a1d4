//! Counting a request's input tokens before it is sent.
//!
//! What is counted is a request for an answer, in each API's own envelope, and with only those members that
//! count.

use crate::Dialect;
use crate::exchange::Answer;
use crate::figures::Given;
use crate::json::{Raw, RequestError, Writer, parse, required, shape};
use crate::neutral::{Hints, Request, Sampling};
use crate::patch::{Edit, apply};
use crate::peek::outermost;
use crate::platform::Platform;
use crate::upstream::Target;

shape! {
    /// The objects that hold a request to count.
    Enveloped in camel {
        request as "generateContentRequest": Raw<'a>,
        input: Raw<'a>,
        converse: Raw<'a>,
    }
}

/// How a provider takes what it is to count.
struct Envelope {
    dialect: Dialect,
    /// The only members it takes; all, if there are none.
    members: &'static [&'static str],
    before: &'static str,
    after: &'static str,
}

/// The first is Vertex AI's, which takes the members of a request; Google's own API takes a whole request that
/// names its model (<https://ai.google.dev/api/tokens>,
/// <https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/count-tokens>).
const ENVELOPES: &[Envelope] = &[
    Envelope {
        dialect: Dialect::Gemini,
        members: &["contents", "systemInstruction", "tools", "generationConfig"],
        before: "",
        after: "",
    },
    Envelope { dialect: Dialect::Gemini, members: &[], before: "{\"generateContentRequest\":", after: "}" },
    // <https://platform.claude.com/docs/en/api/messages-count-tokens>
    Envelope {
        dialect: Dialect::Anthropic,
        members: &["model", "messages", "system", "tools", "tool_choice", "thinking", "output_config"],
        before: "",
        after: "",
    },
    // <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html>
    Envelope {
        dialect: Dialect::Bedrock,
        members: &["messages", "system", "toolConfig", "additionalModelRequestFields"],
        before: "{\"input\":{\"converse\":",
        after: "}}",
    },
    // <https://platform.openai.com/docs/api-reference/responses/input-tokens>
    Envelope {
        dialect: Dialect::Responses,
        members: &[
            "model",
            "input",
            "instructions",
            "tools",
            "tool_choice",
            "text",
            "reasoning",
            "parallel_tool_calls",
        ],
        before: "",
        after: "",
    },
];

/// Puts a request to count into the words of `target`'s dialect.
pub(crate) fn translate(
    mut request: Request<'_>,
    target: &Target<'_>,
    out: &mut Vec<u8>,
) -> Result<crate::neutral::Losses, RequestError> {
    let dialect = target.upstream.dialect;
    let on_vertex = matches!(target.upstream.platform, Platform::Vertex { .. });
    let envelopes = ENVELOPES.iter().skip(usize::from(!on_vertex));
    let envelope = envelopes.into_iter().find(|envelope| envelope.dialect == dialect);
    let unserved = || RequestError::unsupported("model", "the provider of this model does not count tokens");
    let envelope = envelope.ok_or_else(unserved)?;
    // None of these is input, so none is missed.
    request.max_output = None;
    request.stop.clear();
    request.sampling = Sampling::default();
    request.choices = None;
    request.hints = Hints::default();
    request.stream = false;
    let mut body = Vec::new();
    (dialect.codec().write_request)(&mut request, target, &mut body)?;
    let body = String::from_utf8(body).unwrap_or_default();
    out.extend_from_slice(envelope.before.as_bytes());
    if envelope.members.is_empty() {
        // Only Google's wants the model inside, and the path has it, too.
        out.extend_from_slice(b"{\"model\":");
        Writer::new(out).concat(&["models/", target.model]);
        out.push(b',');
        out.extend_from_slice(body.strip_prefix('{').unwrap_or_default().as_bytes());
    } else {
        let gone = outermost(&body)?.into_iter().filter(|(key, _)| !envelope.members.contains(&&**key));
        let edits = gone.map(|(_, member)| Edit::Remove { member }).collect();
        out.extend(apply(&body, edits));
    }
    out.extend_from_slice(envelope.after.as_bytes());
    Ok(request.losses)
}

/// The request that a client wants counted.
pub(crate) fn read_request(client: Dialect, body: &str) -> Result<Request<'_>, RequestError> {
    match client {
        Dialect::Anthropic => crate::anthropic::read_counted(body),
        Dialect::Gemini => {
            let enveloped: Enveloped<'_> = parse(body)?;
            let inner = enveloped.request.map_or(body, Raw::get);
            (client.codec().read_request)(inner)
        }
        Dialect::Bedrock => {
            let enveloped: Enveloped<'_> = parse(body)?;
            let unserved = || RequestError::unsupported("input", "only what would be sent to Converse is counted here");
            let input: Enveloped<'_> = parse(enveloped.input.ok_or_else(unserved)?.get())?;
            let inner = input.converse.ok_or_else(unserved)?;
            (client.codec().read_request)(inner.get())
        }
        client => (client.codec().read_request)(body),
    }
}

/// Puts a provider's count into the words of `client`.
pub(crate) fn answer(client: Dialect, body: &str) -> Result<Answer, RequestError> {
    let counted = parse::<Given<'_>>(body)?.counted();
    let tokens = required(counted, "input_tokens")?;
    Ok(Answer { body: Some(said(client, tokens)), ..Answer::default() })
}

/// The answer that says `tokens`.
pub(crate) fn said(client: Dialect, tokens: u64) -> Vec<u8> {
    let mut out = Vec::new();
    Writer::new(&mut out).object(|w| match client {
        Dialect::Gemini => w.key("totalTokens").unsigned(tokens),
        Dialect::Bedrock => w.key("inputTokens").unsigned(tokens),
        Dialect::Responses => {
            w.key("object").string("response.input_tokens");
            w.key("input_tokens").unsigned(tokens);
        }
        _ => w.key("input_tokens").unsigned(tokens),
    });
    out
}
