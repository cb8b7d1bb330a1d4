//! Who asks, for what, and where it goes.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// Who asks, for what, and where it goes: all that limits match and count apart.
#[derive(Clone, Copy)]
pub struct Subject<'s> {
    /// The consumer's name; `None` for an anonymous caller.
    pub consumer: Option<&'s str>,
    /// The consumer's tags, if it has any.
    pub tags: Option<&'s BTreeMap<String, String>>,
    /// The model by the name that the client sent: what a limit's `match` is about.
    pub asked: &'s str,
    /// The model by its name in the configuration, wildcard included: what limits count apart. Whoever
    /// invents names under a wildcard must not get a limit of his own for each.
    pub model: &'s str,
    /// The target's name in the configuration, unique within the model.
    pub target: &'s str,
    /// The provider's name in the configuration.
    pub provider: &'s str,
    /// The model's name at the provider: the one that has a price, and a tokenizer.
    pub target_model: &'s str,
    /// What must be looked up, and is only if a limit asks for it.
    pub attributes: &'s dyn Attributes,
}

/// What a request says of itself.
pub trait Attributes {
    /// The value of a request header, by its name in lower case.
    fn header(&self, name: &str) -> Option<Cow<'_, [u8]>>;

    /// The value of a claim of the request's verified JWT.
    fn jwt_claim(&self, name: &str) -> Option<Cow<'_, [u8]>>;

    /// The client's address, without a port.
    fn ip(&self) -> Option<Cow<'_, [u8]>>;
}
