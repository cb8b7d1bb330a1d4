//! One request and its answer, from first header to last byte.
//!
//! [`arrive`] reads the headers, [`forward`] the body, [`route`] finds a target and [`reserve`]s what it takes there,
//! [`address`] sets where it goes, [`answer`] brings the answer back, [`watch`] tells how the target is, [`ending`]
//! settles what it took. [`steps`] come in between for models that have them. A phase holds exactly what is known in it.

mod address;
mod answer;
mod arrive;
mod ending;
mod failure;
mod forward;
mod refused;
mod reserve;
mod route;
mod steps;
mod watch;

use crate::gateway::Gateway;
use crate::host::{Body, Headers, resume_request};
use crate::telemetry::Rejection;
use answer::Answering;
use arrive::Asking;
use forward::Forwarded;
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;
use refused::{LocalError, Refused};
use std::rc::Rc;
use steps::{Held, Stepping};

/// What Envoy calls back on for one stream.
pub(crate) struct Call {
    gateway: Rc<Gateway>,
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
    Answering(Box<Answering>),
    /// Envoy answers by itself; only the words are this filter's.
    Rewording(LocalError),
    /// This filter has answered by itself.
    Replied,
}

impl Call {
    pub(crate) fn new(gateway: Rc<Gateway>) -> Self {
        Self { gateway, phase: Phase::Passing }
    }

    fn refuse(&mut self, refused: &Refused) -> Action {
        self.gateway.metrics.rejection(refused.rejection);
        refused.reply();
        self.phase = Phase::Replied;
        Action::Pause
    }

    /// The body is whole: decide, and send it on.
    fn forward(&mut self) -> Action {
        let Phase::Asking(asking) = std::mem::replace(&mut self.phase, Phase::Replied) else {
            return Action::Continue;
        };
        self.proceed(Ok(Held::from(*asking)))
    }

    /// Sends the request on, unless it must be held for another step, or was refused already.
    fn proceed(&mut self, held: Result<Held, Refused>) -> Action {
        match held.and_then(|held| forward::forward(&self.gateway, held)) {
            Ok(Forwarded::Sent(answering)) => {
                self.phase = Phase::Answering(answering);
                Action::Continue
            }
            Ok(Forwarded::Waiting(stepping)) => {
                self.phase = Phase::Stepping(stepping);
                Action::Pause
            }
            Ok(Forwarded::Answered) => Action::Pause,
            Err(refused) => self.refuse(&refused),
        }
    }
}

impl Context for Call {
    /// A step has answered, or will not.
    fn on_http_call_response(&mut self, token: u32, _: usize, size: usize, _: usize) {
        match std::mem::replace(&mut self.phase, Phase::Replied) {
            Phase::Stepping(stepping) if stepping.underway.token == token => {
                let held = stepping.answered(&self.gateway, size);
                if self.proceed(held) == Action::Continue {
                    resume_request();
                }
            }
            other => self.phase = other,
        }
    }
}

impl HttpContext for Call {
    fn on_http_request_headers(&mut self, _: usize, end_of_stream: bool) -> Action {
        #[cfg(feature = "trap")]
        crate::trap::spring();
        match arrive::arrive(&self.gateway, end_of_stream) {
            arrive::Arrival::Pass => Action::Continue,
            arrive::Arrival::Ask(asking) => {
                self.phase = Phase::Asking(Box::new(asking));
                Action::Pause
            }
            arrive::Arrival::Replied => {
                self.phase = Phase::Replied;
                Action::Pause
            }
            arrive::Arrival::Refused(refused) => self.refuse(&refused),
        }
    }

    fn on_http_request_body(&mut self, _: usize, end_of_stream: bool) -> Action {
        match &mut self.phase {
            Phase::Asking(_) => {
                self.gateway.bodies_come.set(true);
                if end_of_stream { self.forward() } else { Action::Pause }
            }
            Phase::Stepping(_) | Phase::Replied => Action::Pause,
            _ => Action::Continue,
        }
    }

    /// Trailers end a body too, and then no body callback says that it is the last.
    fn on_http_request_trailers(&mut self, _: usize) -> Action {
        self.forward()
    }

    fn on_http_response_headers(&mut self, _: usize, end_of_stream: bool) -> Action {
        match &mut self.phase {
            Phase::Answering(answering) => answering.headers(&self.gateway, end_of_stream),
            Phase::Asking(_) | Phase::Stepping(_) => {
                let dialect = match std::mem::replace(&mut self.phase, Phase::Replied) {
                    Phase::Asking(asking) => asking.dialect,
                    Phase::Stepping(stepping) => stepping.abandoned(&self.gateway),
                    _ => return Action::Continue,
                };
                let error = LocalError { dialect, status: Headers::Response.read().status() };
                if error.status == 413 {
                    self.gateway.metrics.rejection(Rejection::BodyTooLarge);
                }
                self.phase = Phase::Rewording(error);
                if end_of_stream { Action::Continue } else { Action::Pause }
            }
            _ => Action::Continue,
        }
    }

    fn on_http_response_body(&mut self, size: usize, end_of_stream: bool) -> Action {
        match &mut self.phase {
            Phase::Answering(answering) => answering.body(&self.gateway, size, end_of_stream),
            Phase::Rewording(_) if !end_of_stream => Action::Pause,
            Phase::Rewording(error) => {
                error.reword(Body::Response);
                Action::Continue
            }
            _ => Action::Continue,
        }
    }

    fn on_http_response_trailers(&mut self, _: usize) -> Action {
        if let Phase::Answering(answering) = &mut self.phase {
            answering.trailers(&self.gateway);
        }
        Action::Continue
    }

    /// However the stream ended, also when the client left.
    fn on_log(&mut self) {
        match &mut self.phase {
            Phase::Answering(answering) => answering.closed(&self.gateway),
            Phase::Stepping(_) => {
                if let Phase::Stepping(stepping) = std::mem::replace(&mut self.phase, Phase::Replied) {
                    stepping.abandoned(&self.gateway);
                }
            }
            Phase::Asking(_) if !self.gateway.bodies_come.get() => log::warn!(
                "tollgate: a request ended before any of its body came; \
                 is allow_on_headers_stop_iteration: true set on the filter?"
            ),
            _ => {}
        }
    }
}
