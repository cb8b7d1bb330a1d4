//! How far a request has come that several targets may be tried for.

use super::super::account::Account;
use super::super::answer::Answering;
use super::super::ending::{Facts, Work};
use crate::gateway::Gateway;
use crate::host::{Clock, RequestHeaders, SharedData};
use crate::usage::consumption;
use std::cmp::Ordering;
use tollgate_dialects::Failure;
use tollgate_policy::{Attempt, Consumption, Fault};

/// How far a request has come.
pub(super) struct Progress {
    pub(super) account: Account,
    /// For which target it was reserved.
    pub(super) reserved_for: Facts,
    /// What it holds there until it is tried.
    pub(super) picked: Option<Attempt>,
    /// The request's headers as they reached the cluster.
    pub(super) arrived: Option<RequestHeaders>,
    /// The attempts that may still answer, the newest last, or the one that has: several only where Envoy hedges.
    tried: Vec<Tried>,
    /// How many attempts there have been.
    count: u32,
    pub(super) before: Before,
    /// The filter on the cluster has answered, because there was no other target.
    pub(super) gave_up: bool,
}

/// One attempt.
struct Tried {
    number: u32,
    answering: Answering,
    /// Envoy has done with it.
    is_done: bool,
}

/// What came of the attempts whose answers the client does not get.
#[derive(Default)]
pub(super) struct Before {
    pub(super) work: Option<Work>,
    pub(super) took: Consumption,
    /// What the client would have been told of the last.
    pub(super) told: Option<Failure>,
}

impl Progress {
    pub(super) fn new(account: Account, reserved_for: Facts, picked: Attempt) -> Self {
        Self {
            account,
            reserved_for,
            picked: Some(picked),
            arrived: None,
            tried: Vec::new(),
            count: 0,
            before: Before::default(),
            gave_up: false,
        }
    }

    /// A target has the request. Returns which attempt that is.
    pub(super) fn sent(&mut self, answering: Answering) -> u32 {
        self.count = self.count.saturating_add(1);
        self.tried.push(Tried { number: self.count, answering, is_done: false });
        self.count
    }

    /// The attempt of this number, as long as its answer may be the client's.
    pub(super) fn attempt(&mut self, number: u32) -> Option<&mut Answering> {
        self.tried.iter_mut().find(|tried| tried.number == number).map(|tried| &mut tried.answering)
    }

    /// Envoy has done with the attempt of this number, and maybe before a provider had it.
    pub(super) fn done(&mut self, number: u32, was_connected: bool) {
        let Some(tried) = self.tried.iter_mut().find(|tried| tried.number == number) else { return };
        tried.is_done = true;
        if tried.answering.over().is_none() && !was_connected {
            tried.answering.never_sent();
        }
    }

    /// Another target is tried. What Envoy has done with has failed; where it hedges, others go on.
    pub(super) fn go_on(&mut self, gateway: &Gateway) {
        let (failed, going_on) = std::mem::take(&mut self.tried).into_iter().partition(|tried| tried.is_done);
        self.tried = going_on;
        let failed: Vec<Tried> = failed;
        for Tried { mut answering, .. } in failed {
            answering.given_up(gateway);
            self.before.told = answering.told().cloned();
            self.passed_over(gateway, answering);
        }
    }

    /// Whether an earlier attempt may still answer.
    pub(super) fn is_going_on(&self) -> bool {
        !self.tried.is_empty()
    }

    /// Whether another attempt than the one of this number may still answer.
    pub(super) fn others_go_on(&self, number: u32) -> bool {
        self.tried.iter().any(|tried| tried.number != number && !tried.is_done)
    }

    /// No other attempt is made. The one whose answer the client gets, or the last if none has one, is what is left: Envoy
    /// ends all others before it lets an answer go. Safe to call again.
    pub(super) fn decide(&mut self, gateway: &Gateway) {
        let answers = self.tried.iter().rfind(|tried| !tried.is_done).or(self.tried.last());
        if let Some(number) = answers.map(|tried| tried.number) {
            self.end_with(gateway, number);
        }
    }

    /// The client gets the answer to the attempt of this number.
    pub(super) fn end_with(&mut self, gateway: &Gateway, number: u32) {
        for mut tried in std::mem::take(&mut self.tried) {
            match tried.number.cmp(&number) {
                Ordering::Equal => self.tried.push(tried),
                Ordering::Less => {
                    // Another one was tried because it took so long.
                    tried.answering.closed(gateway, Some(Fault::Silent));
                    self.passed_over(gateway, tried.answering);
                }
                Ordering::Greater => {
                    tried.answering.closed(gateway, None);
                    self.before.add(&mut tried.answering);
                }
            }
        }
    }

    /// The attempt that is left, and what else there is to settle.
    pub(super) fn settling(&mut self) -> (&mut Account, &Facts, Option<&mut Answering>, &Before) {
        let Self { account, reserved_for, tried, before, .. } = self;
        (account, reserved_for, tried.last_mut().map(|tried| &mut tried.answering), before)
    }

    /// What the client is told of the attempt that is left.
    pub(super) fn told(&self) -> Option<&Failure> {
        self.tried.last().and_then(|tried| tried.answering.told())
    }

    /// A target has failed that another was tried after.
    fn passed_over(&mut self, gateway: &Gateway, mut answering: Answering) {
        if let Some(over) = answering.over() {
            gateway.metrics.failover(&over.facts.provider.name, &over.facts.model, over.facts.own_target());
        }
        self.before.add(&mut answering);
    }

    /// Gives back what is held at targets.
    pub(super) fn forget(&mut self) {
        if let Some(picked) = self.picked.take() {
            // What cannot be given back now is so when the lease ends.
            let _ = picked.end(&SharedData, Clock::now());
        }
        for tried in &mut self.tried {
            tried.answering.forget();
        }
    }
}

impl Before {
    fn add(&mut self, answering: &mut Answering) {
        answering.forget();
        let Some(over) = answering.over() else { return };
        let usage = over.ending.outcome.usage.as_ref().map(consumption).unwrap_or_default();
        self.took = self.took.and(usage);
        self.work = Some(over.ending.work.and(self.work.unwrap_or(Work::None)));
    }
}
