//! One attempt, on the cluster: the client's request made one for the target, and its answer the client's again.

use super::super::address::{Addressed, address};
use super::super::answer::{Answering, room};
use super::super::ending::Facts;
use super::super::failure;
use super::super::forward::replace_body;
use super::super::refused::Refused;
use super::super::route::{Request, upstream};
use super::Failover;
use super::progress::Progress;
use crate::gateway::tell_soon;
use crate::host::{Body, Clock, RequestHeaders, SharedData, property, random};
use proxy_wasm::types::Action;
use std::rc::Rc;
use tollgate_dialects::{Dialect, Failure, RequestBody};
use tollgate_policy::{Model, Moment, Target};

/// Where Envoy's endpoints say which target they are.
const TARGET: [&str; 5] = ["xds", "upstream_host_metadata", "filter_metadata", "tollgate", "target"];

/// A stream between this Envoy and one target.
pub(in crate::call) struct Attempt {
    failover: Rc<Failover>,
    /// Which attempt this is, once the target has the request.
    number: Option<u32>,
}

/// Why a target is not tried.
enum Unfit {
    /// Envoy does not say which target its endpoint is.
    Unnamed,
    /// The request's conditions leave it out.
    LeftOut,
    /// It cannot be told what the client wants.
    Refused(Refused),
}

impl Attempt {
    /// The request's headers have come. Those of a later attempt are what the one before has left.
    pub(in crate::call) fn begin(failover: Rc<Failover>) -> Self {
        let progress = &mut *failover.progress.borrow_mut();
        match &progress.arrived {
            Some(arrived) => arrived.restore(),
            None => progress.arrived = Some(RequestHeaders::read()),
        }
        Self { failover: failover.clone(), number: None }
    }

    /// The body is whole: make the request one for this target. `is_held`: Envoy's buffer has all of it already, as before
    /// trailers, and what is too large for it in its place ends Envoy.
    pub(in crate::call) fn send(&mut self, is_held: bool) -> Action {
        let progress = &mut *self.failover.progress.borrow_mut();
        match self.failover.make(progress, is_held) {
            Ok(answering) => {
                self.number = Some(progress.sent(answering));
                Action::Continue
            }
            Err(unfit) => {
                self.failover.give_up(progress, &unfit);
                Action::Pause
            }
        }
    }

    pub(in crate::call) fn headers(&self, end_of_stream: bool) -> Action {
        self.with(|attempt| attempt.headers(&self.failover.gateway, end_of_stream))
    }

    pub(in crate::call) fn body(&self, size: usize, end_of_stream: bool) -> Action {
        self.with(|attempt| attempt.body(&self.failover.gateway, size, end_of_stream))
    }

    pub(in crate::call) fn trailers(&self) -> Action {
        self.with(|attempt| attempt.trailers(&self.failover.gateway))
    }

    /// Envoy has done with it. Why, shows when it tries another target, or when the request ends.
    pub(in crate::call) fn done(&self) {
        if let Some(number) = self.number {
            self.failover.progress.borrow_mut().done(number, failure::was_connected());
        }
    }

    fn with(&self, act: impl FnOnce(&mut Answering) -> Action) -> Action {
        let Failover { gateway, dialect, progress, .. } = &*self.failover;
        let progress = &mut *progress.borrow_mut();
        let Some((number, answering)) = self.number.and_then(|number| Some((number, progress.attempt(number)?))) else {
            return Action::Continue;
        };
        let action = act(answering);
        let told = answering.told().cloned();
        // Where Envoy hedges and another one goes on, an error that was held until it was whole ends Envoy 1.40 when it is let
        // go. So it ends the request here, as it would if the other one had been given up.
        if let Some(told) = told.filter(|_| progress.others_go_on(number)) {
            progress.end_with(gateway, number);
            progress.gave_up = true;
            failure::reply_with(*dialect, &told);
            return Action::Pause;
        }
        action
    }
}

impl Failover {
    /// Makes the request one for the target that Envoy has chosen.
    fn make(&self, progress: &mut Progress, is_held: bool) -> Result<Answering, Unfit> {
        let Self { gateway, dialect, caller, headers, is_free, .. } = self;
        progress.go_on(gateway);
        let named = property(TARGET);
        let (model, target) = self.target(&named).ok_or(Unfit::Unnamed)?;
        if !self.fits.contains(&target.position) {
            return Err(Unfit::LeftOut);
        }
        let body = Body::Request.read(usize::MAX);
        let refused = |error| Unfit::Refused(Refused::bad_request(*dialect, error));
        let peek = RequestBody::new(self.asked.clone(), &body).map_err(refused)?;
        // Which targets it may go to was decided when its steps had answered.
        let (dialect, is_free, outputs) = (*dialect, *is_free, &[]);
        let request = Request { gateway, dialect, caller, headers, peek: &peek, model, is_free, outputs };
        let (upstream, target_model) = (upstream(&target.provider), request.name_at(target));
        let prepared = request.prepare(upstream, target_model).map_err(Unfit::Refused)?;
        if is_held && prepared.body.as_ref().is_some_and(|new| new.len() > room(body.len())) {
            return Err(Unfit::Refused(Refused::body_too_large(dialect)));
        }
        let has_sampling = peek.has_sampling();
        let addressed = Addressed { upstream, model: target_model, prepared: &prepared, has_sampling };
        let arrived = progress.arrived.as_ref().unwrap_or(headers);
        address(gateway, &target.provider, arrived, headers, &addressed);
        replace_body(&prepared);
        log::debug!("tollgate: tries {:?} at {} as {target_model:?}", target.name, target.provider.name);
        let input = request.demand(target).all_input().0;
        let facts = Facts::new(model, target, target_model, input, prepared.losses);
        let watched = self.watched(progress, model, target, peek.features().stream);
        Ok(Answering::new(prepared.exchange, facts, watched).one_of_several())
    }

    fn target(&self, name: &[u8]) -> Option<(&Model<Dialect>, &Target<Dialect>)> {
        let model = self.gateway.config.models().find(&self.model)?;
        let target = model.target_at(std::str::from_utf8(name).ok()?)?;
        Some((model, target))
    }

    /// What the attempt has to tell of its target, and holds there: as it was picked, if Envoy has picked the same.
    fn watched(
        &self,
        progress: &mut Progress,
        model: &Model<Dialect>,
        target: &Target<Dialect>,
        stream: bool,
    ) -> tollgate_policy::Attempt {
        let now = Clock::now();
        match progress.picked.take() {
            Some(picked) if progress.reserved_for.target == target.name => return picked,
            // What cannot be given back now is so when the lease ends.
            Some(picked) => drop(picked.end(&SharedData, now)),
            None => {}
        }
        let Self { gateway, .. } = self;
        let moment =
            Moment { store: &SharedData, leases: &gateway.leases, measures: &gateway.measures, now, chance: random() };
        let attempt = gateway.router.attempt(model, target, stream, &moment);
        tell_soon();
        attempt
    }

    /// There is no other target: the client is told why the last one failed, or why this one is not tried.
    fn give_up(&self, progress: &mut Progress, unfit: &Unfit) {
        progress.gave_up = true;
        let failure = match (progress.before.told.take(), unfit) {
            (Some(told), _) => told,
            // Where Envoy hedges, it ends with this one, too.
            (None, _) if progress.is_going_on() => failure::silent(),
            (None, Unfit::Refused(refused)) => return refused.reply(),
            (None, Unfit::LeftOut) => Failure::new(503, "No target that fits this request is left to try."),
            (None, Unfit::Unnamed) => {
                log::warn!(
                    "tollgate: an endpoint of a cluster of several targets names none of the model {:?}; give it \
                     metadata: {{filter_metadata: {{tollgate: {{target: NAME}}}}}}",
                    self.model
                );
                Failure::new(500, "The gateway's cluster for this model is not set up.")
            }
        };
        failure::reply_with(self.dialect, &failure);
    }
}
