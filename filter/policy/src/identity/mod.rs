//! Who calls.

mod consumer;
mod keys;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

pub(crate) use consumer::{Access, Consumer};
pub(crate) use keys::{Digest, Keys};

use crate::lookup::Lookup;

/// The longest name that a header or a claim may give to a consumer, in bytes.
const LONGEST_NAME: usize = 256;

/// How callers are recognised.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    /// Tried in this order.
    pub(crate) sources: Vec<Source>,
    /// Whether a caller that nothing recognises is refused.
    pub(crate) required: bool,
    pub(crate) consumers: Vec<Arc<Consumer>>,
    pub(crate) by_name: Lookup<Box<str>, usize>,
    /// The position in `consumers` of the entry `*`.
    pub(crate) others: Option<usize>,
    pub(crate) keys: Keys,
}

/// Where a caller's name comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// The digest of the credential belongs to a consumer.
    ApiKey,
    /// A header of this name, in lower case, is the consumer's name. What sets the header must be
    /// trusted: the filter cannot tell whether a client wrote it.
    Header(String),
    /// A claim of this name in the request's JWT is the consumer's name. Envoy has verified the token.
    JwtClaim(String),
}

/// Who calls: a consumer or, without a name, anybody. It outlives the configuration that knew it,
/// because a request does.
#[derive(Debug, Clone)]
pub struct Caller {
    /// A name that a header or a claim gave; a consumer's own otherwise.
    given_name: Option<String>,
    consumer: Option<Arc<Consumer>>,
}

impl Caller {
    /// The consumer's name; `None` for an anonymous caller.
    pub fn name(&self) -> Option<&str> {
        let listed = || self.consumer.as_ref().map(|consumer| consumer.name.as_str());
        self.given_name.as_deref().or_else(listed)
    }

    /// Whether this caller may ask for `model`, by the name that the client sends. A caller
    /// without an entry in `consumers` may use every model.
    pub fn may_use(&self, model: &str) -> bool {
        self.consumer.as_ref().is_none_or(|consumer| consumer.access.allows(model))
    }

    /// The consumer's tags, if it has an entry in `consumers`.
    pub fn tags(&self) -> Option<&BTreeMap<String, String>> {
        self.consumer.as_ref().map(|consumer| &consumer.tags)
    }
}

/// Why a caller is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityError {
    /// Nothing was presented.
    Missing,
    /// Something was presented that belongs to nobody.
    Wrong,
}

impl fmt::Display for IdentityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "no credential was sent; send the API key that this gateway's operator gave you",
            Self::Wrong => "the credential is not known here; check the API key and that it belongs to this gateway",
        })
    }
}

impl std::error::Error for IdentityError {}

impl Identity {
    /// Tries every source in order. One that recognises nobody is passed over, whatever it was
    /// given: a client may well send its own provider key and be known by a header.
    pub(crate) fn identify(
        &self,
        credential: Option<&[u8]>,
        header: &dyn Fn(&str) -> Option<Vec<u8>>,
        jwt_claim: &dyn Fn(&str) -> Option<Vec<u8>>,
    ) -> Result<Caller, IdentityError> {
        let mut refusal = IdentityError::Missing;
        for source in &self.sources {
            let (presented, caller) = match source {
                Source::ApiKey => (credential.is_some(), credential.and_then(|key| self.by_key(key))),
                Source::Header(name) => self.by_value(header(name)),
                Source::JwtClaim(name) => self.by_value(jwt_claim(name)),
            };
            if let Some(caller) = caller {
                return Ok(caller);
            }
            if presented {
                refusal = IdentityError::Wrong;
            }
        }
        if self.required { Err(refusal) } else { Ok(Caller { given_name: None, consumer: None }) }
    }

    /// The headers that name consumers, in lower case.
    pub(crate) fn headers(&self) -> impl Iterator<Item = &str> {
        self.sources.iter().filter_map(|source| match source {
            Source::ApiKey | Source::JwtClaim(_) => None,
            Source::Header(name) => Some(name.as_str()),
        })
    }

    fn by_key(&self, credential: &[u8]) -> Option<Caller> {
        let consumer = self.consumers.get(self.keys.owner(credential)?)?;
        Some(Caller { given_name: None, consumer: Some(consumer.clone()) })
    }

    /// Whether there was a value, and whom it names.
    fn by_value(&self, value: Option<Vec<u8>>) -> (bool, Option<Caller>) {
        (value.is_some(), value.and_then(|value| self.by_name(value)))
    }

    fn by_name(&self, value: Vec<u8>) -> Option<Caller> {
        let name = String::from_utf8(value).ok()?;
        if name.is_empty() || name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
            return None;
        }
        let listed = self.by_name.get(name.as_str()).copied().or(self.others);
        let consumer = listed.and_then(|index| self.consumers.get(index));
        let known = consumer.is_some() || self.consumers.is_empty();
        known.then(|| Caller { given_name: Some(name), consumer: consumer.cloned() })
    }
}
