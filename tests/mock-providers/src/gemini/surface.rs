//! Where Gemini is spoken: the Gemini API of AI Studio, and Vertex AI.

use crate::problem::Problem;

/// A surface, and its version.
#[derive(Debug, Clone, PartialEq)]
pub enum Surface {
    /// `generativelanguage.googleapis.com`.
    GeminiApi {
        /// `v1` or `v1beta`.
        version: String,
    },
    /// `aiplatform.googleapis.com`.
    Vertex {
        /// `v1` or `v1beta1`.
        version: String,
    },
}

impl Surface {
    /// Whether this is Vertex AI.
    pub fn is_vertex(&self) -> bool {
        matches!(self, Self::Vertex { .. })
    }

    /// The full name of a type, as errors say it.
    pub fn type_name(&self, name: &str) -> String {
        match self {
            Self::GeminiApi { version } => {
                format!("type.googleapis.com/google.ai.generativelanguage.{version}.{name}")
            }
            Self::Vertex { version } => format!("type.googleapis.com/google.cloud.aiplatform.{version}.{name}"),
        }
    }
}

/// What is asked of a model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Method {
    /// `generateContent`.
    Generate,
    /// `streamGenerateContent`.
    Stream,
    /// `countTokens`.
    CountTokens,
    /// `embedContent`.
    Embed,
    /// `batchEmbedContents`.
    BatchEmbed,
}

const METHODS: &[(&str, Method)] = &[
    ("generateContent", Method::Generate),
    ("streamGenerateContent", Method::Stream),
    ("countTokens", Method::CountTokens),
    ("embedContent", Method::Embed),
    ("batchEmbedContents", Method::BatchEmbed),
];

/// A method of a model.
#[derive(Debug, PartialEq)]
pub struct Operation {
    /// Where.
    pub surface: Surface,
    /// Which model.
    pub model: String,
    /// What.
    pub method: Method,
}

impl Operation {
    /// Reads a path such as `/v1beta/models/MODEL:generateContent`.
    pub fn read(path: &str) -> Option<Self> {
        let (resource, name) = path.strip_prefix('/')?.rsplit_once(':')?;
        let (_, method) = METHODS.iter().find(|(known, _)| *known == name)?;
        let parts: Vec<_> = resource.split('/').collect();
        let (surface, model) = match parts.as_slice() {
            [version @ ("v1" | "v1beta" | "v1alpha"), "models", model] => {
                (Surface::GeminiApi { version: version.to_string() }, model)
            }
            [
                version @ ("v1" | "v1beta1"),
                "projects",
                project,
                "locations",
                location,
                "publishers",
                "google",
                "models",
                model,
            ] if !project.is_empty() && !location.is_empty() => {
                (Surface::Vertex { version: version.to_string() }, model)
            }
            _ => return None,
        };
        Some(Self { surface, model: model.to_string(), method: *method }).filter(|found| !found.model.is_empty())
    }

    /// Refuses the model that does not exist.
    pub fn check_model(&self) -> Result<(), Problem> {
        if self.model != "no-such-model" {
            return Ok(());
        }
        let message = match &self.surface {
            Surface::GeminiApi { version } => format!(
                "models/no-such-model is not found for API version {version}, or is not supported for \
                 generateContent. Call ModelService.ListModels to see the list of available models and their \
                 supported methods."
            ),
            Surface::Vertex { .. } => "Publisher Model `publishers/google/models/no-such-model` was not found or your \
                 project does not have access to it. Please ensure you are using a valid model version."
                .into(),
        };
        Err(Problem::new(404, "NOT_FOUND", message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_surface_model_and_method() {
        let studio = |version: &str| Surface::GeminiApi { version: version.into() };
        let vertex = |version: &str| Surface::Vertex { version: version.into() };
        for (path, surface, method) in [
            ("/v1beta/models/m:generateContent", studio("v1beta"), Method::Generate),
            ("/v1/models/m:streamGenerateContent", studio("v1"), Method::Stream),
            ("/v1/models/m:batchEmbedContents", studio("v1"), Method::BatchEmbed),
            (
                "/v1beta1/projects/p/locations/l/publishers/google/models/m:countTokens",
                vertex("v1beta1"),
                Method::CountTokens,
            ),
        ] {
            assert_eq!(Operation::read(path), Some(Operation { surface, model: "m".into(), method }), "{path}");
        }
        for path in ["/v1/models/m", "/v1/models/:generateContent", "/v2/models/m:generateContent", "/v1/models/m:fly"]
        {
            assert_eq!(Operation::read(path), None, "{path}");
        }
    }
}
