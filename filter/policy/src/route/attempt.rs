//! A request at a target, watched for what it tells about the target.

use std::time::Duration;

use super::busy::UnderWay;
use super::health::{self, Fault, Role};
use super::latency;
use crate::table::{Store, TableError};
use crate::units::Timestamp;

/// A request at a target. It stands alone: it can be told how it went after the configuration that made it is
/// gone.
///
/// Tell it when the answer begins, or what went wrong, and that it has ended, however it did. A target that one which is
/// dropped instead has tried is blocked until its lease ends.
#[must_use = "a target that is tried is blocked until the attempt ends"]
#[derive(Debug)]
pub struct Attempt {
    pub(super) health: Option<health::Watch>,
    pub(super) latency: Option<latency::Watch>,
    pub(super) under_way: Option<UnderWay>,
}

impl Attempt {
    /// Whether it is the one request that tries a target that has cooled.
    pub fn is_probe(&self) -> bool {
        matches!(self.role(), Some(Role::Probe(_)))
    }

    /// Whether it was sent to a target that is cooling, because all are.
    pub fn is_last_resort(&self) -> bool {
        self.role() == Some(Role::LastResort)
    }

    fn role(&self) -> Option<Role> {
        self.health.as_ref().map(health::Watch::role)
    }

    /// The answer has begun, and is no error. Only the first time counts.
    ///
    /// # Errors
    /// The first thing that could not be noted. Nothing is lost but what this one request had to tell.
    pub fn answered(&mut self, store: &impl Store, now: Timestamp) -> Result<(), TableError> {
        let latency = self.latency.take().map_or(Ok(()), |watch| watch.answered(store, now));
        latency.and(self.is_well(store, now))
    }

    /// The target answered that the client is at fault: it is well, but how soon it said so tells nothing.
    ///
    /// # Errors
    /// It could not be noted.
    pub fn declined(&mut self, store: &impl Store, now: Timestamp) -> Result<(), TableError> {
        self.latency = None;
        self.is_well(store, now)
    }

    fn is_well(&mut self, store: &impl Store, now: Timestamp) -> Result<(), TableError> {
        self.health.as_mut().map_or(Ok(()), |watch| watch.answered(store, now))
    }

    /// The target failed, before it began to answer or after. Says for how long all workers now leave it
    /// alone, if this request made a difference to that.
    ///
    /// # Errors
    /// It could not be noted.
    pub fn failed(
        &mut self,
        fault: &Fault,
        store: &impl Store,
        now: Timestamp,
        chance: u64,
    ) -> Result<Option<Duration>, TableError> {
        self.latency = None;
        self.health.as_mut().map_or(Ok(None), |watch| watch.failed(fault, store, now, chance))
    }

    /// The request has ended: what it held is free.
    ///
    /// # Errors
    /// The first thing that could not be given back: its lease will end.
    pub fn end(self, store: &impl Store, now: Timestamp) -> Result<(), TableError> {
        let health = self.health.map_or(Ok(()), |watch| watch.end(store, now));
        let under_way = self.under_way.map_or(Ok(()), |under_way| under_way.end(store, now));
        health.and(under_way)
    }
}
