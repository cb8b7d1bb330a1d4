//! Features that a client opts into by their names.

/// The header with the names.
pub(crate) const BETA_HEADER: &str = "anthropic-beta";

/// What Amazon Bedrock documents. It refuses a request that names any other, and clients that are written for
/// Anthropic's own API name some always
/// (<https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html>,
/// <https://github.com/anthropics/claude-code/issues/49370>).
const ON_BEDROCK: [&str; 14] = [
    "compact-2026-01-12",
    "computer-use-2024-10-22",
    "computer-use-2025-01-24",
    "computer-use-2025-11-24",
    "context-1m-2025-08-07",
    "context-management-2025-06-27",
    "dev-full-thinking-2025-05-14",
    "effort-2025-11-24",
    "fine-grained-tool-streaming-2025-05-14",
    "interleaved-thinking-2025-05-14",
    "output-128k-2025-02-19",
    "token-efficient-tools-2025-02-19",
    "tool-examples-2025-10-29",
    "tool-search-tool-2025-10-19",
];

/// The names in a header.
pub(crate) fn betas(header: &str) -> impl Iterator<Item = &str> {
    header.split(',').map(str::trim).filter(|beta| !beta.is_empty())
}

/// May Amazon Bedrock be told of it?
pub(crate) fn is_on_bedrock(beta: &str) -> bool {
    ON_BEDROCK.contains(&beta)
}
