//! The answer's headers: what of the provider's the client gets, and what this filter adds.

use super::super::arrive::INTERNAL;
use super::super::failure;
use super::Answering;
use crate::host::{HeaderMap, Headers};
use tollgate_dialects::Dialect;
use tollgate_policy::ProviderKey;

impl Answering {
    /// What a provider tells in headers about the account it was asked from is for the account's
    /// owner, and `x-tollgate-*` is this filter's to say. A request's id goes by the name that the
    /// client looks for.
    pub(super) fn keep_the_providers_own(&self, headers: &HeaderMap) {
        let (provider, client) = (self.exchange.provider(), self.exchange.client());
        let clients_account = self.facts.provider.key == ProviderKey::Passthrough && !self.exchange.translates();
        let about_account = |name: &str| {
            name == "set-cookie" || provider.account_headers().iter().any(|prefix| name.starts_with(prefix))
        };
        let unwanted = |name: &str| name.starts_with(INTERNAL) || (!clients_account && about_account(name));
        for (name, value) in headers.iter() {
            if unwanted(name) || failure::repeats_key(&self.facts, value) {
                Headers::Response.remove(name);
            }
        }
        let (named, wanted) = (provider.request_id_header(), client.request_id_header());
        if named != wanted
            && let Some(id) = headers.get(named)
        {
            Headers::Response.remove(named);
            Headers::Response.set(wanted, &String::from_utf8_lossy(id));
        }
    }

    pub(super) fn expose(&self) {
        let facts = &self.facts;
        Headers::Response.set("x-tollgate-provider", &facts.provider.name);
        Headers::Response.set("x-tollgate-target", &facts.target);
        Headers::Response.set("x-tollgate-model", &facts.target_model);
        self.expose_dropped();
    }

    pub(super) fn expose_dropped(&self) {
        if !self.facts.dropped.is_empty() {
            Headers::Response.set("x-tollgate-dropped", &self.facts.dropped.to_header());
        }
    }
}

/// Bedrock says in a header what an embedding took.
pub(super) fn counted_input(headers: &HeaderMap) -> Option<u64> {
    std::str::from_utf8(headers.get("x-amzn-bedrock-input-token-count")?).ok()?.parse().ok()
}

/// What `provider` calls the request, which answers without an id of their own are named by.
pub(super) fn request_id(provider: Dialect, headers: &HeaderMap) -> Option<String> {
    std::str::from_utf8(headers.get(provider.request_id_header())?).ok().map(String::from)
}
