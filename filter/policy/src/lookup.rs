//! Maps whose keys come from the configuration.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

/// A hash map without a random seed: only the configuration decides what is in it, so clients
/// cannot crowd its buckets, and reading the configuration stays free of randomness.
pub(crate) type Lookup<K, V> = HashMap<K, V, BuildHasherDefault<DefaultHasher>>;
