//! Where the state of limits lives.
//!
//! A request mostly meets several limits that count the same thing apart, such as tokens and requests of each
//! consumer. Their entries share a bucket, so that one compare-and-swap takes from all of them.

use std::sync::Arc;

use super::limit::Limit;
use super::subject::Subject;
use crate::table::{EntryKey, Group, Table};

/// As many limits share a bucket, about: it must have room for several subjects.
const SHARE: usize = 8;

/// A limit, and its place among those that count the same thing apart.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub(super) limit: Arc<Limit>,
    /// Zero, unless there are very many that count the same thing apart: then they need several buckets.
    bucket: u64,
    member: u64,
}

impl Placed {
    /// Nothing but the limit itself counts for its place, unless more than a few count the same thing apart: so a limit
    /// keeps its state whatever is added or removed beside it.
    pub(super) fn all(limits: &[Arc<Limit>], table: &Table) -> Vec<Self> {
        let place = |limit: &Arc<Limit>| {
            let alike = limits.iter().filter(|other| other.per() == limit.per()).count();
            let member = table.number(limit.own_parts());
            let bucket = member.checked_rem(alike.div_ceil(SHARE) as u64).unwrap_or_default();
            Self { limit: limit.clone(), bucket, member }
        };
        limits.iter().map(place).collect()
    }
}

/// Finds where limits keep their state for one subject.
pub(super) struct Places<'s, 'l> {
    table: Table,
    subject: &'s Subject<'s>,
    found: Vec<(&'l Placed, Group)>,
}

impl<'s, 'l: 's> Places<'s, 'l> {
    pub(super) const fn new(table: Table, subject: &'s Subject<'s>) -> Self {
        Self { table, subject, found: Vec::new() }
    }

    /// Where a limit's state for the subject lives.
    pub(super) fn key(&mut self, placed: &'l Placed) -> EntryKey {
        let shares =
            |(other, _): &&(&Placed, Group)| other.bucket == placed.bucket && other.limit.per() == placed.limit.per();
        if let Some((_, group)) = self.found.iter().find(shares) {
            return group.member(placed.member);
        }
        let bucket = placed.bucket.to_le_bytes();
        let group = self.table.group(placed.limit.group_parts(&bucket, self.subject));
        self.found.push((placed, group));
        group.member(placed.member)
    }
}
