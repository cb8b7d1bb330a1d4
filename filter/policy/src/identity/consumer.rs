//! What the configuration says about a consumer.

use std::collections::BTreeMap;

use crate::pattern::Patterns;

/// One entry of `consumers`.
#[derive(Debug, Clone)]
pub(crate) struct Consumer {
    pub(crate) name: String,
    pub(crate) access: Access,
    pub(crate) tags: BTreeMap<String, String>,
}

/// Which models a consumer may use.
#[derive(Debug, Clone)]
pub(crate) enum Access {
    All,
    Only(Patterns<()>),
}

impl Access {
    pub(crate) fn allows(&self, model: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(patterns) => patterns.find(model).is_some(),
        }
    }
}
