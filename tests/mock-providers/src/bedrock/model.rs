//! Reads model ids: names, names with a region in front, and ARNs.

use crate::problem::Problem;

/// What a model can do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Family {
    /// Anthropic's.
    Claude,
    /// Amazon's Nova.
    Nova,
    /// Amazon's Titan, for embeddings.
    TitanEmbed,
    /// Cohere's, for embeddings.
    CohereEmbed,
    /// Any other that talks.
    Other,
}

/// A model.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Its id, as it was given.
    pub id: String,
    /// What it can do.
    pub family: Family,
    /// Its maker's name for it, without region and version: `claude-sonnet-4-5-20250929`.
    pub name: String,
}

impl Model {
    /// Reads an id, percent-decoded.
    pub fn read(id: &str) -> Result<Self, Problem> {
        let named = match id.strip_prefix("arn:aws") {
            Some(rest) => resource(rest)?,
            None => id,
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || "-:._".contains(c);
        if !(1..=2048).contains(&named.len()) || !named.chars().all(plain) || named.ends_with("no-such-model") {
            return Err(unknown());
        }
        let after = |marker: &str| named.split_once(marker).map(|(_, name)| unversioned(name).to_string());
        let families = [
            ("anthropic.", Family::Claude),
            ("amazon.nova", Family::Nova),
            ("amazon.titan-embed", Family::TitanEmbed),
            ("cohere.embed", Family::CohereEmbed),
        ];
        let family = families.iter().find(|(marker, _)| named.contains(marker)).map_or(Family::Other, |(_, f)| *f);
        let name = ["anthropic.", "amazon.", "cohere."].iter().find_map(|maker| after(maker));
        Ok(Self { id: id.to_string(), family, name: name.unwrap_or_else(|| named.to_string()) })
    }

    /// Whether it takes and gives messages.
    pub fn talks(&self) -> bool {
        matches!(self.family, Family::Claude | Family::Nova | Family::Other)
    }
}

fn unknown() -> Problem {
    Problem::invalid("The provided model identifier is invalid.")
}

/// The part of an ARN that says which model it is.
fn resource(rest: &str) -> Result<&str, Problem> {
    const KINDS: [&str; 7] = [
        "foundation-model",
        "inference-profile",
        "application-inference-profile",
        "provisioned-model",
        "custom-model-deployment",
        "imported-model",
        "prompt-router",
    ];
    let parts: Vec<_> = rest.splitn(5, ':').collect();
    let [partition, "bedrock", region, account, resource] = parts.as_slice() else { return Err(unknown()) };
    let partition_fits = partition.is_empty() || partition.starts_with('-');
    let account_fits = account.is_empty() || account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    match resource.split_once('/') {
        Some((kind, name)) if KINDS.contains(&kind) && partition_fits && account_fits && !region.is_empty() => Ok(name),
        _ => Err(unknown()),
    }
}

/// Cuts off `:0` and `-v1`.
fn unversioned(name: &str) -> &str {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let name = name.split(':').next().unwrap_or_default();
    match name.rsplit_once("-v") {
        Some((bare, version)) if digits(version) => bare,
        _ => name,
    }
}
