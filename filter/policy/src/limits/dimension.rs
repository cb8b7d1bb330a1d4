//! What a limit counts apart.

use std::borrow::Cow;

use super::subject::Subject;

/// What a limit counts apart. Requests that lack it, as those without the header, share one limit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dimension {
    /// Each consumer has a limit of its own; all anonymous callers share one.
    Consumer,
    /// Each model has a limit of its own, by its name in the configuration, wildcard included.
    Model,
    /// Each target of each model.
    Target,
    /// Each provider.
    Provider,
    /// Each value of a request header, by its name in lower case.
    Header(Box<str>),
    /// Each value of a claim of the request's JWT.
    JwtClaim(Box<str>),
    /// Each client address.
    Ip,
}

/// A part of the key under which a limit's state lives. Only its hash is kept, however long it is.
pub(super) type KeyPart<'s> = Option<Cow<'s, [u8]>>;

impl Dimension {
    /// Those that are a word.
    pub(crate) const NAMES: [(&str, Self); 5] = [
        ("consumer", Self::Consumer),
        ("model", Self::Model),
        ("target", Self::Target),
        ("provider", Self::Provider),
        ("ip", Self::Ip),
    ];
    /// What stands before a header's name, and before a claim's.
    pub(crate) const HEADER: &str = "header:";
    pub(crate) const JWT_CLAIM: &str = "jwt:";

    /// What it counts apart, whoever asks: a mark of the dimension, so that a consumer and a model of one name do not
    /// meet, nor do values of two headers.
    pub(super) fn mark(&self) -> [KeyPart<'_>; 2] {
        let text = |text| Some(Cow::Borrowed(str::as_bytes(text)));
        match self {
            Self::Consumer => [text("consumer"), None],
            Self::Model => [text("model"), None],
            Self::Target => [text("target"), None],
            Self::Provider => [text("provider"), None],
            Self::Header(name) => [text("header"), text(name)],
            Self::JwtClaim(name) => [text("jwt"), text(name)],
            Self::Ip => [text("ip"), None],
        }
    }

    /// Who asks, as far as it counts that apart.
    pub(super) fn value<'s>(&'s self, subject: &Subject<'s>) -> impl Iterator<Item = KeyPart<'s>> + use<'s> {
        let text = |text: &'s str| Some(Cow::Borrowed(text.as_bytes()));
        let attributes = subject.attributes;
        let (value, within) = match self {
            Self::Consumer => (subject.consumer.and_then(text), None),
            Self::Model => (text(subject.model), None),
            // A target's name is its own within a model only.
            Self::Target => (text(subject.target), Some(text(subject.model))),
            Self::Provider => (text(subject.provider), None),
            Self::Header(name) => (attributes.header(name), None),
            Self::JwtClaim(name) => (attributes.jwt_claim(name), None),
            Self::Ip => (attributes.ip(), None),
        };
        std::iter::once(value).chain(within)
    }
}
