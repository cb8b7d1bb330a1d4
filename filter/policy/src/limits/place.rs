//! Where the state of limits lives.
//!
//! A request mostly meets several limits that count the same thing apart, such as tokens and requests of each
//! consumer. Their entries share a bucket, so that one compare-and-swap takes from all of them.

use std::sync::Arc;

use super::dimension::Dimension;
use super::limit::Limit;
use super::subject::Subject;
use crate::table::{EntryKey, Group, Groups, Table};

/// As many limits share a bucket, about: it must have room for several subjects.
const SHARE: usize = 8;

/// A limit, and its place among those that count the same thing apart.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub(super) limit: Arc<Limit>,
    /// Which of the groups that limits share is its own.
    shared: usize,
    groups: Groups,
    member: u64,
}

impl Placed {
    /// Nothing but the limit itself counts for its place, unless more than a few count the same thing apart: then they
    /// need several buckets. So a limit keeps its state whatever is added or removed beside it.
    pub(super) fn all(limits: &[Arc<Limit>], table: &Table) -> Vec<Self> {
        let mut shared: Vec<(&[Dimension], u64)> = Vec::new();
        let mut placed = Vec::with_capacity(limits.len());
        for limit in limits {
            let alike = limits.iter().filter(|other| other.per() == limit.per()).count();
            let member = table.number(limit.own_parts());
            let bucket = member.checked_rem(alike.div_ceil(SHARE) as u64).unwrap_or_default();
            let groups = table.groups(limit.marks(&bucket.to_le_bytes()));
            let found = shared.iter().position(|it| *it == (limit.per(), bucket));
            if found.is_none() {
                shared.push((limit.per(), bucket));
            }
            let shared = found.unwrap_or(shared.len().saturating_sub(1));
            placed.push(Self { limit: limit.clone(), shared, groups, member });
        }
        placed
    }
}

/// Finds where limits keep their state for one subject.
pub(super) struct Places<'s> {
    subject: &'s Subject<'s>,
    found: Vec<(usize, Group)>,
}

impl<'s> Places<'s> {
    pub(super) const fn new(subject: &'s Subject<'s>) -> Self {
        Self { subject, found: Vec::new() }
    }

    /// Where a limit's state for the subject lives.
    pub(super) fn key(&mut self, placed: &'s Placed) -> EntryKey {
        let group = match self.found.iter().find(|(shared, _)| *shared == placed.shared) {
            Some((_, group)) => *group,
            None => {
                let group = placed.groups.group(placed.limit.values(self.subject));
                self.found.push((placed.shared, group));
                group
            }
        };
        group.member(placed.member)
    }
}
