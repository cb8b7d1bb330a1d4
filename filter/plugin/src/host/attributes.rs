//! What is known of a request beside its body.

use super::{RequestHeaders, property};
use std::borrow::Cow;
use tollgate_policy::Attributes;

impl Attributes for RequestHeaders {
    fn header(&self, name: &str) -> Option<Cow<'_, [u8]>> {
        self.get_only(name).map(Cow::Borrowed)
    }

    fn jwt_claim(&self, name: &str) -> Option<Cow<'_, [u8]>> {
        jwt_claim(name).map(Cow::Owned)
    }

    fn ip(&self) -> Option<Cow<'_, [u8]>> {
        let mut address = property(["source", "address"]);
        let port = address.iter().rposition(|&byte| byte == b':')?;
        address.truncate(port);
        Some(Cow::Owned(address))
    }
}

/// A claim of the token that Envoy's `jwt_authn` has verified, from where it and Istio put them:
/// `payload_in_metadata: payload`. Claims that are no text name nobody.
pub(crate) fn jwt_claim(name: &str) -> Option<Vec<u8>> {
    let claim = property(["metadata", "filter_metadata", "envoy.filters.http.jwt_authn", "payload", name]);
    Some(claim).filter(|claim| !claim.is_empty())
}
