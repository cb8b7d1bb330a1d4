//! What the providers' official SDKs say that requests look like: JSON Schemas that
//! `schemas/generate.py` makes of their types. The checks that are written by hand know what types
//! cannot say; these know every field.

mod explain;
mod wider;

use jsonschema::Validator;
use serde_json::Value;
use std::sync::OnceLock;

/// Declares the kinds of requests, each with its file.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $file:literal,)*) => {
        /// A kind of request.
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub enum Kind {
            $($(#[$doc])* $kind,)*
        }

        const SCHEMAS: &[&str] = &[$(include_str!(concat!("../../schemas/", $file, ".json")),)*];
    };
}

kinds! {
    /// OpenAI's Chat Completions.
    OpenAiChat = "openai.chat",
    /// OpenAI's Responses.
    OpenAiResponses = "openai.responses",
    /// OpenAI's embeddings.
    OpenAiEmbeddings = "openai.embeddings",
    /// Anthropic's Messages, in the newest version of the API.
    AnthropicMessages = "anthropic.messages",
    /// Anthropic's Messages with the fields that beta features add.
    AnthropicBetaMessages = "anthropic.beta_messages",
    /// Anthropic's count of tokens.
    AnthropicCountTokens = "anthropic.count_tokens",
    /// The Gemini API's `generateContent`, streamed or not.
    GeminiGenerateContent = "gemini.generate_content",
    /// The same on Vertex.
    VertexGenerateContent = "vertex.generate_content",
    /// Bedrock's Converse.
    BedrockConverse = "bedrock.converse",
    /// Bedrock's ConverseStream.
    BedrockConverseStream = "bedrock.converse_stream",
    /// Cohere's chat, version 2.
    CohereChat = "cohere.chat",
    /// Cohere's embeddings, version 2.
    CohereEmbed = "cohere.embed",
    /// Cohere's rerank, version 2.
    CohereRerank = "cohere.rerank",
}

static VALIDATORS: [OnceLock<Validator>; SCHEMAS.len()] = [const { OnceLock::new() }; SCHEMAS.len()];

/// Checks a whole body. The error says where it is wrong, as a JSON pointer, and how.
pub fn check(kind: Kind, body: &Value) -> Result<(), String> {
    let validator = VALIDATORS[kind as usize].get_or_init(|| compile(SCHEMAS[kind as usize]));
    validator
        .validate(&wider::written_out(kind, body))
        .map_err(|error| format!("mock: not what the SDK's published type takes: {}", explain::explain(&error)))
}

fn compile(schema: &str) -> Validator {
    let schema = serde_json::from_str(schema).expect("schemas/generate.py writes JSON");
    jsonschema::draft202012::new(&schema).expect("schemas/generate.py writes schemas")
}

#[cfg(test)]
mod tests;
