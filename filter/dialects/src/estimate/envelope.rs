//! What each API puts around what a request says.
//!
//! - OpenAI: <https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken>, for GPT-4o and later
//! - Anthropic: the system prompt for tools, <https://platform.claude.com/docs/en/about-claude/pricing>; the rest is what
//!   is left of its examples of counted requests
//! - Google: what is left of the examples of <https://ai.google.dev/gemini-api/docs/tokens>
//!
//! For the others nothing is published. They are taken to be as OpenAI's, whose form of messages most have.

use super::images::is_named;
use crate::Dialect;

/// Tokens that are in no text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Envelope {
    /// Once, where there are messages.
    pub(super) request: u64,
    /// Around each message, its role included.
    pub(super) message: u64,
    /// Once, where there are tools.
    pub(super) tools: u64,
    /// For each tool, beside what its description and its schema say.
    pub(super) tool: u64,
    /// A page of a document, with its image where the provider looks at that, too.
    pub(super) page: u64,
    /// A second of sound.
    pub(super) second: u64,
}

const OPENAI: Envelope = Envelope { request: 3, message: 4, tools: 12, tool: 10, page: 1200, second: 10 };
const CLAUDE: Envelope = Envelope { request: 4, message: 3, tools: 346, tool: 10, page: 2250, second: 10 };
const GEMINI: Envelope = Envelope { request: 0, message: 1, tools: 0, tool: 10, page: 560, second: 32 };

impl Envelope {
    pub(super) fn of(dialect: Dialect, model: &str) -> Self {
        match dialect {
            Dialect::Anthropic => CLAUDE,
            Dialect::Gemini => GEMINI,
            Dialect::Bedrock if is_named(model, "claude") => CLAUDE,
            Dialect::OpenAi | Dialect::Responses | Dialect::Bedrock | Dialect::Cohere => OPENAI,
        }
    }
}
