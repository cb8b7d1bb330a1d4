//! How clouds address the APIs that they serve for other companies: a row for each.

use crate::operation::push_segment;
use crate::upstream::Call;
use crate::{Dialect, Operation};

/// How a provider's API is addressed: what is in the path and what in the body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Platform<'c> {
    /// As the API's own company serves it.
    #[default]
    Direct,
    /// Azure OpenAI (<https://learn.microsoft.com/azure/ai-services/openai/reference>).
    Azure {
        /// The version in the query.
        api_version: &'c str,
    },
    /// Google's Vertex AI (<https://cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude>).
    Vertex {
        /// The project's id.
        project: &'c str,
        /// A region, or `global`.
        location: &'c str,
    },
    /// Amazon Bedrock's `InvokeModel`, for models with an API of their own
    /// (<https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html>).
    Aws,
}

/// A dialect on Azure: is the deployment in the path, and what follows.
const AZURE: [(Dialect, bool, &str); 2] =
    [(Dialect::OpenAi, true, "/chat/completions"), (Dialect::Responses, false, "/responses")];

/// A dialect on Vertex AI: the model's publisher, and the verbs for whole and for streamed answers.
const VERTEX: [(Dialect, &str, &str, &str); 2] = [
    (Dialect::Anthropic, "anthropic", ":rawPredict", ":streamRawPredict"),
    (Dialect::Gemini, "google", ":generateContent", ":streamGenerateContent?alt=sse"),
];

/// Dialects that have a form for `InvokeModel`.
const AWS: [Dialect; 1] = [Dialect::Anthropic];

impl Platform<'_> {
    /// Does the platform of this name serve `dialect`?
    #[must_use]
    pub fn serves(name: &str, dialect: Dialect) -> bool {
        match name {
            "azure" => AZURE.iter().any(|(served, ..)| *served == dialect),
            "vertex" => VERTEX.iter().any(|(served, ..)| *served == dialect),
            "aws" => AWS.contains(&dialect),
            _ => false,
        }
    }

    /// What the body says of the API's version, where the path names the model.
    pub(crate) fn body_version(&self, dialect: Dialect) -> Option<&'static str> {
        match (dialect, self) {
            (Dialect::Anthropic, Self::Vertex { .. }) => Some("vertex-2023-10-16"),
            (Dialect::Anthropic, Self::Aws) => Some("bedrock-2023-05-31"),
            _ => None,
        }
    }

    /// Appends where requests of `dialect` go. What a platform does not serve is addressed as its own
    /// company would have it.
    pub(crate) fn push_path(&self, dialect: Dialect, call: Call<'_>, path: &mut String) {
        let segments = |path: &mut String, names: &[(&str, &str)]| {
            for (name, value) in names {
                path.push_str(name);
                push_segment(path, value);
            }
        };
        match *self {
            Self::Direct if call.operation.is_generate() => (dialect.codec().path)(call, path),
            Self::Direct => call.operation.push_place(call.model, path),
            Self::Azure { api_version } => {
                let Some((_, deployment, end)) = AZURE.iter().find(|(served, ..)| *served == dialect) else { return };
                path.push_str("/openai");
                if *deployment {
                    segments(path, &[("/deployments/", call.model)]);
                }
                if call.operation.is_generate() {
                    path.push_str(end);
                } else {
                    call.operation.push_place(call.model, path);
                }
                segments(path, &[("?api-version=", api_version)]);
            }
            Self::Vertex { project, location } => {
                let Some((_, publisher, whole, streamed)) = VERTEX.iter().find(|(served, ..)| *served == dialect)
                else {
                    return;
                };
                // This one has a place of its own, and its body names the model.
                let counts = call.operation == Operation::CountTokens(Dialect::Anthropic);
                let model = if counts { "count-tokens" } else { call.model };
                let verb = match call.operation {
                    Operation::Generate(_) if call.stream => *streamed,
                    Operation::Generate(_) => *whole,
                    operation => operation.verb().unwrap_or(*whole),
                };
                let names = [
                    ("/v1/projects/", project),
                    ("/locations/", location),
                    ("/publishers/", *publisher),
                    ("/models/", model),
                ];
                segments(path, &names);
                path.push_str(verb);
            }
            Self::Aws => {
                segments(path, &[("/model/", call.model)]);
                path.push_str(if call.stream { "/invoke-with-response-stream" } else { "/invoke" });
            }
        }
    }
}
