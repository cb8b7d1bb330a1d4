//! How a target is, and what changes that: pure functions on its entry in the table.
//!
//! ```text
//!          fault                time                 one request
//!   Open ---------> Cooling ------------> Due --------------------> Probing
//!    ^                 ^                                             |  |  |
//!    |                 |  its fault: twice as long                   |  |  | its end or its lease's
//!    |                 +---------------------------------------------+  |  +----------------> Due
//!    +------------------------------------------------------------------+
//!                                  its answer
//! ```
//!
//! An entry's `state` is how long before its `expires` the phase ends, in milliseconds, the number of faults in a row,
//! whether the provider itself said how long to stay away, and whether it is a probe whose lease ends then. No entry
//! means open: targets that are well cost nothing. A target that nobody asked for long is forgiven.

use super::{Cooling, Fault};
use crate::table::Entry;
use crate::units::{SECOND, Timestamp};

/// How long a probe has before another may be sent. Its worker may have died.
const PROBE_LEASE: u64 = 30 * SECOND;
/// Beyond the longest cooling, faults in a row are remembered for so long.
const FORGIVEN: u64 = 60 * SECOND;
/// What means what no entry means.
const NOTHING: Entry = Entry { state: 0, expires: Timestamp::from_nanos(0) };

/// How a target is at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::route) enum Phase {
    /// It takes requests.
    Open,
    /// It takes none until then.
    Cooling { until: Timestamp, said: bool },
    /// One request may try it.
    Due,
    /// One request is trying it.
    Probing,
}

/// With what expectations a request was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::route) enum Role {
    /// The target was open.
    Trusting,
    /// It is the one request that tries a target after it has cooled.
    Probe(Lease),
    /// The target was not open, and no other was.
    LastResort,
}

/// Which probe it is: when its lease ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::route) struct Lease(Timestamp);

/// What an entry says.
#[derive(Debug, Clone, Copy)]
struct Record {
    /// When the phase ends.
    until: Timestamp,
    failures: u8,
    said: bool,
    probing: bool,
}

const MILLISECOND: u64 = 1_000_000;
const FAILURES: u64 = 0x3f;

pub(in crate::route) fn phase_of(entry: Option<Entry>, now: Timestamp) -> Phase {
    match entry.map(Record::of) {
        None => Phase::Open,
        Some(record) if record.until <= now => Phase::Due,
        Some(Record { probing: true, .. }) => Phase::Probing,
        Some(record) => Phase::Cooling { until: record.until, said: record.said },
    }
}

/// Makes a request the one that tries the target, if there is none.
pub(super) fn elect(entry: Option<Entry>, now: Timestamp) -> (Option<Entry>, Role) {
    match (phase_of(entry, now), entry) {
        (Phase::Open, _) | (_, None) => (None, Role::Trusting),
        (Phase::Cooling { .. } | Phase::Probing, _) => (None, Role::LastResort),
        (Phase::Due, Some(entry)) => {
            let record = Record { until: now.plus(PROBE_LEASE), probing: true, ..Record::of(entry) };
            let entry = record.entry(entry.expires);
            (Some(entry), Role::Probe(Lease(Record::of(entry).until)))
        }
    }
}

/// After a fault: the new entry, and how long the target is now left alone, if this changed it.
pub(super) fn fault(
    entry: Option<Entry>,
    role: Role,
    fault: &Fault,
    cooling: &Cooling,
    now: Timestamp,
    chance: u64,
) -> (Option<Entry>, Option<u64>) {
    let record = entry.map(Record::of);
    let failures = match (record, role, phase_of(entry, now)) {
        (None, ..) => 1,
        (Some(record), Role::Probe(_), Phase::Probing | Phase::Due | Phase::Open) => record.failures.saturating_add(1),
        // Requests that were under way when it began to cool tell nothing new, however many they are; but
        // what the provider says now counts.
        (Some(record), _, Phase::Cooling { .. } | Phase::Due) if fault.retry_after().is_some() => record.failures,
        (Some(_), ..) => return (None, None),
    };
    let wait = cooling.after(failures, fault.retry_after(), chance);
    let until = now.plus(wait);
    if record.is_some_and(|record| !record.probing && record.until >= until) {
        return (None, None);
    }
    let said = fault.retry_after().is_some_and(|said| !said.is_zero());
    let expires = now.plus(wait).plus(cooling.most).plus(FORGIVEN);
    (Some(Record { until, failures, said, probing: false }.entry(expires)), Some(wait))
}

/// After an answer: the new entry, if it changes. A trusting request may have been sent before the target
/// began to fail, and so shows nothing about one that is not open.
pub(super) const fn answer(entry: Option<Entry>, role: Role) -> Option<Entry> {
    match (entry, role) {
        (Some(_), Role::Probe(_) | Role::LastResort) => Some(NOTHING),
        (None, _) | (_, Role::Trusting) => None,
    }
}

/// After a probe that ended without showing anything: another may be sent.
pub(super) fn release(entry: Option<Entry>, lease: Lease, now: Timestamp) -> Option<Entry> {
    let entry = entry?;
    let record = Record::of(entry);
    let is_own = record.probing && record.until == lease.0;
    let until = now.minus(MILLISECOND);
    is_own.then(|| Record { until, probing: false, ..record }.entry(entry.expires))
}

impl Record {
    const fn of(entry: Entry) -> Self {
        Self {
            until: entry.expires.minus((entry.state >> 8).saturating_mul(MILLISECOND)),
            failures: (entry.state >> 2 & FAILURES) as u8,
            said: entry.state & 2 != 0,
            probing: entry.state & 1 != 0,
        }
    }

    /// In milliseconds, rounded so that the phase does not end too early: nobody is told to come back before it does.
    fn entry(self, expires: Timestamp) -> Entry {
        let failures = u64::from(self.failures).min(FAILURES);
        let rest = expires.nanos_since(self.until) / MILLISECOND;
        let state = rest << 8 | failures << 2 | u64::from(self.said) << 1 | u64::from(self.probing);
        Entry { state, expires }
    }
}
