//! Reads `providers`.

use std::sync::Arc;

use super::document::Node;
use super::value::Value;
use super::{Surroundings, platform, rules};
use crate::provider::{Platform, Provider, ProviderKey, Secret};

/// Providers by name; `None` for one that has errors of its own, so that a reference to it is not
/// reported as well.
pub(super) type Providers<'n, D> = Vec<(&'n str, Option<Arc<Provider<D>>>)>;

const FIELDS: &[&str] = &["dialect", "platform", "server", "cluster", "host", "base_path", "key"];

pub(super) fn read<'n, D: Copy + PartialEq>(all: &Value<'n>, known: &Surroundings<'_, D>) -> Option<Providers<'n, D>> {
    let entries = all.entries("an object of providers")?;
    if entries.is_empty() {
        all.fail("has no entries; expected at least one provider");
    }
    let providers = entries.into_iter().map(|(name, value)| {
        if !(rules::LABEL.holds)(name) {
            value.fail(format!("the provider's key is not {}", rules::LABEL.expected));
        }
        (name, read_one(name, &value, known).map(Arc::new))
    });
    Some(providers.collect())
}

fn read_one<D: Copy + PartialEq>(name: &str, value: &Value<'_>, known: &Surroundings<'_, D>) -> Option<Provider<D>> {
    let fields = value.fields(FIELDS)?;
    let text = |field, rule| fields.optional(field).and_then(|it| it.text_like(rule)).map(Into::into);
    let host = text("host", &rules::HOST);
    let base_path = text("base_path", &rules::BASE_PATH);
    let key = fields.optional("key").map_or(Some(ProviderKey::None), |it| read_key(&it, known.env));
    let dialect = fields.required("dialect", "the name of a dialect");
    let dialect = dialect.and_then(|it| it.choice("a dialect", known.dialects));
    let platform = fields.optional("platform").map_or(Some(Platform::Direct), |it| platform::read(&it, dialect, known));
    let server = fields.optional("server").map(|it| platform::read_server(&it, dialect, known));
    let cluster = fields.required("cluster", rules::CLUSTER.expected);
    let cluster = cluster.and_then(|it| it.text_like(&rules::CLUSTER));
    Some(Provider {
        name: name.into(),
        dialect: dialect?,
        cluster: cluster?.into(),
        host,
        base_path,
        key: key?,
        platform: platform?,
        server: server.flatten(),
    })
}

/// Reads a key. No message shows what it holds, field names included: somebody may have put the
/// key where a name belongs. The one exception is what looks like the name of a variable.
fn read_key(value: &Value<'_>, env: &dyn Fn(&str) -> Option<String>) -> Option<ProviderKey> {
    let fail = |message: String| {
        value.fail(message);
        None
    };
    let fields = match value.node {
        Node::Text(text) if text == "passthrough" => return Some(ProviderKey::Passthrough),
        Node::Map(fields) => fields.as_slice(),
        _ => &[],
    };
    let key = match fields {
        [(field, Node::Text(name))] if field == "env" => {
            if !(rules::VARIABLE.holds)(name) {
                return fail(format!("\"env\" is not {}", rules::VARIABLE.expected));
            }
            match env(name).filter(|key| !key.is_empty()) {
                Some(key) => key,
                None => {
                    return fail(format!(
                        "the environment variable {name} is not set or empty; set it for Envoy \
                         and list it in vm_config.environment_variables"
                    ));
                }
            }
        }
        [(field, Node::Text(key))] if field == "value" => key.clone(),
        _ => {
            return fail(
                "expected {\"env\": NAME}, {\"value\": \"...\"} or \"passthrough\"; leave it out \
                 if Envoy adds the credential"
                    .into(),
            );
        }
    };
    match Secret::parse(key) {
        Some(secret) => Some(ProviderKey::Secret(secret)),
        None => fail(
            "the key cannot be sent in a header; expected at least one character, ASCII only, \
             no line breaks or other control characters"
                .into(),
        ),
    }
}
