//! One request and its answer, from first header to last byte.
//!
//! [`arrive`] reads the headers, [`forward`] the body, [`route`] finds a target and [`reserve`]s what it takes there,
//! [`address`] sets where it goes, [`answer`] brings the answer back, [`watch`] tells how the target is, [`ending`]
//! settles what it took. [`steps`] come in between for models that have them. A request that several targets may be tried
//! for goes by [`failover`]. A phase holds exactly what is known in it.

mod account;
mod address;
mod answer;
mod arrive;
mod ending;
mod failover;
mod failure;
mod forward;
mod refused;
mod reserve;
mod route;
mod served;
mod shadow;
mod steps;
mod watch;

use crate::gateway::Gateway;
use crate::host::{Body, Clock, Headers, resume_request};
use crate::telemetry::Rejection;
use arrive::Asking;
use failover::{Attempt, Overseen, Place};
use forward::Forwarded;
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;
use refused::{LocalError, Refused};
use served::Served;
use std::rc::Rc;
use steps::{Held, Stepping};
use tollgate_dialects::Dialect;

/// What Envoy calls back on for one stream.
pub(crate) struct Call {
    /// `None`: on a cluster, where requests bring it along.
    gateway: Option<Rc<Gateway>>,
    phase: Phase,
}

/// How far a request has come.
enum Phase {
    /// Not for this filter: it passes untouched.
    Passing,
    /// The headers are held until the body is whole.
    Asking(Box<Asking>),
    /// It is held until a step of its model has answered.
    Stepping(Box<Stepping>),
    /// A provider has it.
    Served(Box<Served>),
    /// The filter on a cluster has it.
    Overseen(Overseen),
    /// This is that filter, and it has one attempt.
    Attempt(Attempt),
    /// Envoy answers by itself; only the words are this filter's.
    Rewording(LocalError),
    /// This filter has answered by itself.
    Replied,
}

impl Call {
    pub(crate) fn new(gateway: Option<Rc<Gateway>>) -> Self {
        Self { gateway, phase: Phase::Passing }
    }

    fn refuse(&mut self, gateway: &Gateway, refused: &Refused) -> Action {
        gateway.metrics.rejection(refused.rejection);
        refused.reply();
        self.phase = Phase::Replied;
        Action::Pause
    }

    /// Something else has ended a request that waited for a step. Returns the client's dialect.
    fn abandon(&self, stepping: Stepping) -> Dialect {
        let Stepping { mut held, underway, .. } = stepping;
        if let Some(gateway) = &self.gateway {
            underway.abandoned(gateway, &mut held.spent);
        }
        held.asking.dialect
    }

    /// The body is whole: decide, and send it on.
    fn forward(&mut self) -> Action {
        let phase = std::mem::replace(&mut self.phase, Phase::Replied);
        let Phase::Asking(asking) = phase else { return Action::Continue };
        self.proceed(Ok(Held::from(*asking)))
    }

    /// Sends the request on, unless it must be held for another step, or was refused already.
    fn proceed(&mut self, held: Result<Held, Refused>) -> Action {
        let Some(gateway) = self.gateway.clone() else { return Action::Continue };
        match held.and_then(|held| forward::forward(&gateway, held)) {
            Ok(Forwarded::Sent(served)) => {
                self.phase = Phase::Served(served);
                Action::Continue
            }
            Ok(Forwarded::Left(failover)) => {
                self.phase = Phase::Overseen(Overseen::new(failover));
                Action::Continue
            }
            Ok(Forwarded::Waiting(stepping)) => {
                self.phase = Phase::Stepping(stepping);
                Action::Pause
            }
            Ok(Forwarded::Answered) => Action::Pause,
            Err(refused) => self.refuse(&gateway, &refused),
        }
    }
}

impl Context for Call {
    /// A step has answered, or will not.
    fn on_http_call_response(&mut self, token: u32, _: usize, size: usize, _: usize) {
        Clock::begin();
        let gateway = self.gateway.clone();
        match (std::mem::replace(&mut self.phase, Phase::Replied), gateway) {
            (Phase::Stepping(stepping), Some(gateway)) if stepping.underway.token == token => {
                let held = stepping.answered(&gateway, size);
                if self.proceed(held) == Action::Continue {
                    resume_request();
                }
            }
            (other, _) => self.phase = other,
        }
    }

    /// A stream on a cluster is not logged.
    fn on_done(&mut self) -> bool {
        Clock::begin();
        if let Phase::Attempt(attempt) = &self.phase {
            attempt.done();
        }
        true
    }
}

impl HttpContext for Call {
    fn on_http_request_headers(&mut self, _: usize, end_of_stream: bool) -> Action {
        Clock::begin();
        #[cfg(feature = "trap")]
        crate::trap::spring();
        match failover::place(self.gateway.as_deref()) {
            Place::Listener => {}
            Place::Cluster(failover) => {
                self.phase = Phase::Attempt(Attempt::begin(failover));
                return Action::Pause;
            }
            Place::Ready => return Action::Continue,
            Place::Lost => {
                self.phase = Phase::Replied;
                failover::lost();
                return Action::Pause;
            }
        }
        let Some(gateway) = self.gateway.clone() else {
            self.phase = Phase::Replied;
            failover::misplaced();
            return Action::Pause;
        };
        match arrive::arrive(&gateway, end_of_stream) {
            arrive::Arrival::Pass => Action::Continue,
            arrive::Arrival::Ask(asking) => {
                self.phase = Phase::Asking(Box::new(asking));
                Action::Pause
            }
            arrive::Arrival::Replied => {
                self.phase = Phase::Replied;
                Action::Pause
            }
            arrive::Arrival::Refused(refused) => self.refuse(&gateway, &refused),
        }
    }

    fn on_http_request_body(&mut self, _: usize, end_of_stream: bool) -> Action {
        Clock::begin();
        match &mut self.phase {
            Phase::Asking(_) => {
                if let Some(gateway) = &self.gateway {
                    gateway.bodies_come.set(true);
                }
                if end_of_stream { self.forward() } else { Action::Pause }
            }
            Phase::Attempt(_) if !end_of_stream => Action::Pause,
            Phase::Attempt(attempt) => attempt.send(false),
            Phase::Stepping(_) | Phase::Replied => Action::Pause,
            _ => Action::Continue,
        }
    }

    /// Trailers end a body too, and then no body callback says that it is the last.
    fn on_http_request_trailers(&mut self, _: usize) -> Action {
        Clock::begin();
        match &mut self.phase {
            Phase::Attempt(attempt) => attempt.send(true),
            Phase::Asking(_) => self.forward(),
            _ => Action::Continue,
        }
    }

    fn on_http_response_headers(&mut self, _: usize, end_of_stream: bool) -> Action {
        Clock::begin();
        match &mut self.phase {
            Phase::Served(served) => served.headers(end_of_stream),
            Phase::Overseen(overseen) => overseen.headers(end_of_stream),
            Phase::Attempt(attempt) => attempt.headers(end_of_stream),
            Phase::Asking(_) | Phase::Stepping(_) => {
                let dialect = match std::mem::replace(&mut self.phase, Phase::Replied) {
                    Phase::Asking(asking) => asking.dialect,
                    Phase::Stepping(stepping) => self.abandon(*stepping),
                    _ => return Action::Continue,
                };
                let error = LocalError { dialect, status: Headers::Response.read().status() };
                if let Some(gateway) = self.gateway.as_ref().filter(|_| error.status == 413) {
                    gateway.metrics.rejection(Rejection::BodyTooLarge);
                }
                self.phase = Phase::Rewording(error);
                if end_of_stream { Action::Continue } else { Action::Pause }
            }
            _ => Action::Continue,
        }
    }

    fn on_http_response_body(&mut self, size: usize, end_of_stream: bool) -> Action {
        Clock::begin();
        match &mut self.phase {
            Phase::Served(served) => served.body(size, end_of_stream),
            Phase::Overseen(overseen) => overseen.body(end_of_stream),
            Phase::Attempt(attempt) => attempt.body(size, end_of_stream),
            Phase::Rewording(_) if !end_of_stream => Action::Pause,
            Phase::Rewording(error) => {
                error.reword(Body::Response);
                Action::Continue
            }
            _ => Action::Continue,
        }
    }

    fn on_http_response_trailers(&mut self, _: usize) -> Action {
        Clock::begin();
        match &mut self.phase {
            Phase::Served(served) => served.trailers(),
            Phase::Overseen(overseen) => {
                overseen.trailers();
                Action::Continue
            }
            Phase::Attempt(attempt) => attempt.trailers(),
            _ => Action::Continue,
        }
    }

    /// However the stream ended, also when the client left.
    fn on_log(&mut self) {
        Clock::begin();
        match &mut self.phase {
            Phase::Served(served) => served.closed(),
            Phase::Overseen(overseen) => overseen.closed(),
            Phase::Stepping(_) => {
                if let Phase::Stepping(stepping) = std::mem::replace(&mut self.phase, Phase::Replied) {
                    self.abandon(*stepping);
                }
            }
            Phase::Asking(_) if self.gateway.as_ref().is_some_and(|gateway| !gateway.bodies_come.get()) => log::warn!(
                "tollgate: a request ended before any of its body came; \
                 is allow_on_headers_stop_iteration: true set on the filter?"
            ),
            _ => {}
        }
    }
}
