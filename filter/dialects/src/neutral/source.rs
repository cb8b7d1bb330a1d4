//! Where the data of a medium comes from.

use crate::base64::is_base64;
use crate::json::{RequestError, Text};
use std::borrow::Cow;

/// Where an image or a document comes from.
#[derive(Clone, Debug)]
pub(crate) enum Source<'a> {
    Base64 {
        media_type: Cow<'a, str>,
        data: Cow<'a, str>,
    },
    Url(Text<'a>),
    Text(Text<'a>),
    /// A file kept by the provider, which no other provider can read.
    ProviderFile,
}

impl<'a> Source<'a> {
    /// Data, if it is base64.
    pub(crate) fn base64(media_type: Cow<'a, str>, data: Cow<'a, str>) -> Result<Self, RequestError> {
        if is_base64(&data) {
            Ok(Self::Base64 { media_type, data })
        } else {
            Err(RequestError::shape("", "expected base64, with padding and without line breaks"))
        }
    }

    /// What can be fetched by anybody.
    pub(crate) fn url(url: Text<'a>) -> Result<Self, RequestError> {
        if is_on_the_web(&url) { Ok(Self::Url(url)) } else { Err(RequestError::shape("", "expected an http(s) URL")) }
    }
}

/// A client's word for a type of data, if it is one: in a data URI, more than that would be taken for what is behind it.
pub(crate) fn media_type<'a>(word: Text<'a>, field: &'static str) -> Result<Cow<'a, str>, RequestError> {
    if is_media_type(&word) {
        Ok(word.into_cow())
    } else {
        Err(RequestError::shape(field, "expected a media type like image/png"))
    }
}

/// `TYPE/SUBTYPE`, and parameters behind it (<https://www.rfc-editor.org/rfc/rfc6838#section-4.2>).
pub(crate) fn is_media_type(word: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    let (name, parameters) = word.split_once(';').unwrap_or((word, ""));
    name.split_once('/').is_some_and(|(kind, subtype)| is_name(kind) && is_name(subtype))
        && parameters.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b',')
}

/// That it is a URL of HTTP; schemes are written in either case.
pub(crate) fn is_on_the_web(url: &str) -> bool {
    url.split_once("://")
        .is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http"))
}
