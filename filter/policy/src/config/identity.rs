//! Reads `identity` and `consumers`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::document::Node;
use super::models::read_pattern;
use super::rules;
use super::value::{Value, quoted};
use crate::identity::{Access, Consumer, Digest, Identity, Keys, Source};
use crate::lookup::Lookup;

const FIELDS: &[&str] = &["from", "required"];
const SOURCES: &str = "a source; expected \"api_key\", {\"header\": NAME} or {\"jwt_claim\": NAME}";
const CONSUMER_FIELDS: &[&str] = &["key_sha256", "models", "tags"];
/// The entry for consumers that a header names and that have none of their own.
const OTHERS: &str = "*";

pub(super) fn read(identity: Option<Value<'_>>, consumers: Option<Value<'_>>) -> Identity {
    let mut read = Identity {
        sources: vec![Source::ApiKey],
        required: false,
        consumers: Vec::new(),
        by_name: Lookup::default(),
        others: None,
        keys: Keys::default(),
    };
    if let Some(consumers) = consumers {
        read_consumers(&consumers, &mut read);
    }
    read.required = !read.consumers.is_empty();
    let Some(fields) = identity.and_then(|it| it.fields(FIELDS)) else {
        return read;
    };
    if let Some(required) = fields.optional("required").and_then(|it| it.flag()) {
        read.required = required;
    }
    if let Some(from) = fields.optional("from") {
        let items = from.list("a list of sources").unwrap_or_default();
        read.sources = items.iter().filter_map(read_source).collect();
        if items.is_empty() {
            from.fail("names no source; expected \"api_key\", {\"header\": NAME} or {\"jwt_claim\": NAME}");
        }
    }
    read
}

fn read_source(value: &Value<'_>) -> Option<Source> {
    match value.node {
        Node::Text(name) if name == "api_key" => Some(Source::ApiKey),
        Node::Text(name) => {
            value.unknown(name, "a source", ["api_key"].into_iter());
            None
        }
        Node::Map(_) => {
            let fields = value.fields(&["header", "jwt_claim"])?;
            match (fields.optional("header"), fields.optional("jwt_claim")) {
                (Some(header), None) => read_header(&header),
                (None, Some(claim)) => Some(Source::JwtClaim(claim.text_like(&rules::CLAIM)?.into())),
                (Some(_), Some(_)) => value.not("one source; give \"header\" and \"jwt_claim\" an entry each"),
                (None, None) if fields.doubtful() => None,
                (None, None) => value.not(SOURCES),
            }
        }
        _ => value.not(SOURCES),
    }
}

fn read_header(value: &Value<'_>) -> Option<Source> {
    let name = value.text_like(&rules::HEADER)?.to_ascii_lowercase();
    if name.starts_with(rules::REMOVED) {
        return value.not("a header that can name consumers: the filter removes x-tollgate-* headers");
    }
    if rules::CREDENTIAL_HEADERS.contains(&name.as_str()) {
        return value.not("a header that can name consumers: it holds a credential; use \"api_key\"");
    }
    Some(Source::Header(name))
}

fn read_consumers(all: &Value<'_>, identity: &mut Identity) {
    for (name, value) in all.entries("an object of consumers").unwrap_or_default() {
        if !(rules::CONSUMER.holds)(name) {
            value.fail(format!("{} is not {}", quoted(name), rules::CONSUMER.expected));
        }
        let index = identity.consumers.len();
        let Some(consumer) = read_consumer(name, &value, identity, index) else {
            continue;
        };
        identity.consumers.push(Arc::new(consumer));
        if name == OTHERS {
            identity.others = Some(index);
        } else {
            identity.by_name.insert(name.into(), index);
        }
    }
}

fn read_consumer(name: &str, value: &Value<'_>, identity: &mut Identity, index: usize) -> Option<Consumer> {
    let fields = value.fields(CONSUMER_FIELDS)?;
    if let Some(digests) = fields.optional("key_sha256") {
        if name == OTHERS {
            digests.fail("the entry \"*\" is for consumers that a header names; it cannot have keys");
        }
        for digest in digests.list("a list of SHA-256 digests").unwrap_or_default() {
            read_digest(&digest, identity, index);
        }
    }
    let access = fields.optional("models").map_or(Access::All, |list| {
        let items = list.list("a list of models").unwrap_or_default();
        let patterns = items.iter().filter_map(|item| read_pattern(item.text("a model")?, item));
        Access::Only(patterns.map(|pattern| (pattern, ())).collect())
    });
    let mut tags = BTreeMap::new();
    if let Some(all) = fields.optional("tags") {
        for (tag, value) in all.entries("an object of strings").unwrap_or_default() {
            tags.insert(tag.into(), value.text("a string").unwrap_or_default().into());
        }
    }
    Some(Consumer { name: name.into(), access, tags })
}

/// Messages do not show the digest: it may be the key itself, put here by mistake.
fn read_digest(value: &Value<'_>, identity: &mut Identity, owner: usize) {
    let digest = match value.node {
        Node::Text(hex) => Digest::parse(hex),
        _ => None,
    };
    let Some(digest) = digest else {
        value.fail("expected the SHA-256 of a key as 64 hexadecimal digits: printf %s KEY | sha256sum");
        return;
    };
    if let Err(taken) = identity.keys.add(digest, owner) {
        let other = identity.consumers.get(taken).map(|consumer| consumer.name.as_str());
        let whose = other.map_or("this consumer".into(), |name| format!("consumer {}", quoted(name)));
        value.fail(format!("{whose} has this key already; give each key to one consumer, once"));
    }
}
