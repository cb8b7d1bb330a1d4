//! Servers that speak OpenAI's dialect, as far as each wants something otherwise than OpenAI.
//!
//! A row holds what the server's documentation, its own SDK, its source or its recorded answers say. What is
//! not known stays as it is for OpenAI; what depends on the model is the server's to refuse.

use super::server_rows as rows;

/// What a server takes and refuses.
#[derive(Debug, PartialEq, Eq)]
pub struct Server {
    /// Its name in configurations.
    pub name: &'static str,
    /// What its paths begin with, where that is not `/v1`.
    pub(crate) base_path: Option<&'static str>,
    /// The only name that the output cap goes by. The other would be refused, or ignored, and the answer
    /// would have no cap.
    pub(crate) cap: Option<&'static str>,
    /// Is the role `developer` known? Otherwise it is `system`.
    pub(crate) developer_role: bool,
    /// Is `stream_options` taken?
    pub(crate) stream_options: bool,
    /// All that may be said, where whatever else is said is refused.
    pub(crate) only: Option<Only>,
    /// Members that are refused or do nothing, though the server may know them.
    pub(crate) lacks: &'static [&'static [&'static str]],
    /// Members that go by another name: OpenAI's, and the server's.
    pub(crate) renames: &'static [(&'static str, &'static str)],
    /// Words that are not taken: the member, OpenAI's word, and the nearest of the server's, if there is one.
    pub(crate) words: &'static [&'static [Word]],
    /// Can an answer be held to a JSON Schema?
    pub(crate) json_schema: bool,
    /// Is `tool_choice` heeded?
    pub(crate) tool_choice: bool,
    /// The member of a message in which the model gets its thoughts back, if it does.
    pub(crate) thoughts: Option<&'static str>,
    /// Is `logprobs` the number of the most likely tokens, and no `top_logprobs` known?
    pub(crate) counts_logprobs: bool,
    /// How it is told not to think.
    pub(crate) off: Off,
    /// Must a call's id be nine letters and digits?
    pub(crate) short_call_ids: bool,
    /// Must a content of texts only be one string?
    pub(crate) joins_texts: bool,
}

pub(crate) type Word = (&'static str, &'static str, Option<&'static str>);

/// The members that a request and its messages may have.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Only {
    pub(crate) request: &'static [&'static str],
    pub(crate) message: &'static [&'static str],
}

/// How a server is told not to think: by a member and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Off {
    /// In OpenAI's way, by `reasoning_effort`, whatever the model.
    Effort,
    /// In OpenAI's way, by those models that have one of these in their names; others would refuse the request.
    EffortOf(&'static [&'static str]),
    Member(&'static str, &'static str),
    /// It thinks unless told not to, and while it thinks, it refuses forced tools, and calls of earlier turns
    /// that come without the thoughts before them.
    Needed(&'static str, &'static str),
}

/// OpenAI itself, from which every row starts.
pub(super) const OPENAI: Server = Server {
    name: "openai",
    base_path: None,
    cap: None,
    developer_role: true,
    stream_options: true,
    only: None,
    lacks: &[],
    renames: &[],
    words: &[],
    json_schema: true,
    tool_choice: true,
    thoughts: None,
    counts_logprobs: false,
    off: Off::EffortOf(&[]),
    short_call_ids: false,
    joins_texts: false,
};

impl Server {
    /// Every server that is known.
    pub const ALL: &'static [Self] = &[
        rows::VLLM,
        rows::OLLAMA,
        rows::GROQ,
        rows::MISTRAL,
        rows::DEEPSEEK,
        rows::TOGETHER,
        rows::FIREWORKS,
        rows::OPENROUTER,
        rows::XAI,
    ];

    /// The server of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|server| server.name == name)
    }
}
