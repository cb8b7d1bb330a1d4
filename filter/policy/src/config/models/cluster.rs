//! Reads a model's own clusters: those that hold several of its targets.

use super::super::document::Node;
use super::super::rules;
use super::super::value::{Fields, Value, quoted};
use crate::route::{Target, WalkedCluster};

const CLUSTER: &str = "the name of an Envoy cluster that tries the targets in their order, or an object of clusters and \
                       the targets that each tries, in its order";

/// No clusters where there is none, or where something is wrong with them.
pub(super) fn read<D>(fields: &Fields<'_>, targets: &[(&Value<'_>, Target<D>)]) -> Box<[WalkedCluster]> {
    let Some(value) = fields.optional("cluster") else { return Box::default() };
    match value.node {
        Node::Text(_) => {
            let order = targets.iter().map(|(_, target)| target.position).collect();
            let name = value.text_like(&rules::CLUSTER);
            name.map(|name| WalkedCluster { name: name.into(), order }).into_iter().collect()
        }
        Node::Map(_) => {
            let entries = value.entries(CLUSTER).unwrap_or_default();
            if entries.is_empty() {
                value.fail("has no entries; expected at least one cluster");
            }
            entries.iter().filter_map(|(name, order)| read_one(name, order, targets)).collect()
        }
        _ => value.not(CLUSTER).unwrap_or_default(),
    }
}

fn read_one<D>(name: &str, value: &Value<'_>, targets: &[(&Value<'_>, Target<D>)]) -> Option<WalkedCluster> {
    if !(rules::CLUSTER.holds)(name) {
        value.fail(format!("{} is not {}", quoted(name), rules::CLUSTER.expected));
    }
    let items = value.list("a list of targets, in the order in which the cluster tries them")?;
    if items.len() < 2 {
        value.fail("names fewer than two targets, so that there is no other to try");
    }
    let mut order = Vec::with_capacity(items.len());
    for item in &items {
        let wanted = item.text("the name of a target")?;
        match targets.iter().find(|(_, target)| target.name == wanted) {
            None => {
                item.unknown(wanted, "a target of this model", targets.iter().map(|(_, target)| target.name.as_str()))
            }
            Some((_, target)) if order.contains(&target.position) => item.fail("is here twice; keep one"),
            Some((_, target)) => order.push(target.position),
        }
    }
    Some(WalkedCluster { name: name.into(), order: order.into() })
}
