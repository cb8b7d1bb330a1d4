//! Reads whom a limit is for, and what it counts apart.

use super::super::models::read_pattern;
use super::super::value::{Value, quoted};
use super::rules;
use crate::identity::Identity;
use crate::limits::{Dimension, Match};

const FIELDS: &[&str] = &["consumer", "consumer_tag", "model", "header"];
pub(super) const PER: &str = "a list of \"consumer\", \"model\", \"target\", \"provider\", \"ip\", \"header:NAME\" and \
                              \"jwt:CLAIM\"; [] for one limit that all share";

pub(super) fn read(value: &Value<'_>, identity: &Identity) -> Option<Match> {
    let fields = value.fields(FIELDS)?;
    let mut read = Match::default();
    if let Some(consumer) = fields.optional("consumer") {
        read.consumer = read_consumer(&consumer, identity).map(Into::into);
    }
    if let Some(model) = fields.optional("model") {
        read.model = model.text("a model's name or a pattern").and_then(|text| read_pattern(text, &model));
    }
    if let Some(tags) = fields.optional("consumer_tag") {
        for (tag, value) in tags.entries("an object of tags and their values").unwrap_or_default() {
            read.tags.push((tag.into(), value.text("a string").unwrap_or_default().into()));
        }
    }
    if let Some(headers) = fields.optional("header") {
        for (name, value) in headers.entries("an object of headers and their values").unwrap_or_default() {
            let name = read_header(name, &value).unwrap_or_default();
            if rules::CREDENTIAL_HEADERS.contains(&name.as_str()) {
                // The value is not shown: it may be a credential.
                value.fail("holds credentials, which a configuration must not; match a consumer instead");
            } else {
                read.headers.push((name.into(), value.text("a string").unwrap_or_default().into()));
            }
        }
    }
    Some(read)
}

/// A consumer that nobody can be would never be limited.
pub(in super::super) fn read_consumer<'n>(value: &Value<'n>, identity: &Identity) -> Option<&'n str> {
    let name = value.text_like(&rules::CONSUMER)?;
    let is_open = identity.consumers.is_empty() || identity.others.is_some();
    if !is_open && !identity.by_name.contains_key(name) {
        value.unknown(name, "a consumer", identity.consumers.iter().map(|consumer| consumer.name.as_str()));
    }
    Some(name)
}

pub(super) fn read_per(value: &Value<'_>) -> Option<Vec<Dimension>> {
    Some(value.list(PER)?.iter().filter_map(read_dimension).collect())
}

/// A credential can be counted apart by: only its hash is kept.
fn read_dimension(value: &Value<'_>) -> Option<Dimension> {
    let name = value.text(PER)?;
    if let Some(header) = name.strip_prefix(Dimension::HEADER) {
        return Some(Dimension::Header(read_header(header, value)?.into()));
    }
    if let Some(claim) = name.strip_prefix(Dimension::JWT_CLAIM) {
        if !(rules::CLAIM.holds)(claim) {
            return value.not(rules::CLAIM.expected);
        }
        return Some(Dimension::JwtClaim(claim.into()));
    }
    if let Some((_, dimension)) = Dimension::NAMES.into_iter().find(|(known, _)| *known == name) {
        return Some(dimension);
    }
    let names = Dimension::NAMES.map(|(name, _)| name);
    value.unknown(name, "known here", names.into_iter().chain(["header:NAME", "jwt:CLAIM"]));
    None
}

pub(in super::super) fn read_header(name: &str, value: &Value<'_>) -> Option<String> {
    let name = name.to_ascii_lowercase();
    if !(rules::HEADER.holds)(&name) {
        value.fail(format!("{} is not {}", quoted(&name), rules::HEADER.expected));
        return None;
    }
    if name.starts_with(rules::REMOVED) {
        value.fail(format!("{} never arrives: the filter removes x-tollgate-* headers", quoted(&name)));
        return None;
    }
    Some(name)
}
