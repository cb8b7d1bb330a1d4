//! What was read a moment ago of what settled requests have taught.

use std::sync::{Arc, Mutex};

use super::correction;
use crate::table::{Entry, EntryKey, Store, Table};
use crate::units::{SECOND, Timestamp};

/// The corrections that were read last. What requests teach changes them little by little, so that one that is a moment
/// old is as good, and costs no access.
#[derive(Debug, Clone, Default)]
pub(super) struct Remembered(Arc<Mutex<Vec<Known>>>);

/// What was known of one model at one moment.
#[derive(Debug)]
struct Known {
    provider: Box<str>,
    target_model: Box<str>,
    key: EntryKey,
    entry: Option<Entry>,
    read: Timestamp,
}

/// How long it is taken for true.
const MOMENT: u64 = SECOND;
/// Of so many models: wildcards take any name.
const MOST: usize = 16;

impl Remembered {
    /// What is known of a model, and where it lives; nothing if the table cannot be read.
    pub(super) fn of(
        &self,
        [provider, target_model]: [&str; 2],
        table: &Table,
        store: &impl Store,
        now: Timestamp,
    ) -> (EntryKey, Option<Entry>) {
        let read = |key: EntryKey| key.read(store, now).ok().flatten();
        let Ok(mut all) = self.0.try_lock() else {
            let key = correction::key(table, provider, target_model);
            return (key, read(key));
        };
        let is_it = |known: &&mut Known| *known.target_model == *target_model && *known.provider == *provider;
        if let Some(known) = all.iter_mut().find(is_it) {
            if known.read > now || now.nanos_since(known.read) >= MOMENT {
                (known.entry, known.read) = (read(known.key), now);
            }
            return (known.key, known.entry);
        }
        let key = correction::key(table, provider, target_model);
        let entry = read(key);
        if all.len() >= MOST
            && let Some(oldest) = all.iter().enumerate().min_by_key(|(_, known)| known.read).map(|(index, _)| index)
        {
            all.swap_remove(oldest);
        }
        all.push(Known { provider: provider.into(), target_model: target_model.into(), key, entry, read: now });
        (key, entry)
    }
}
