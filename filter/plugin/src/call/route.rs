//! Which of a model's targets gets a request: the first in the router's order that can carry it.

use super::refused::Refused;
use super::reserve::give_back;
use crate::gateway::{Gateway, tell_soon};
use crate::host::{Clock, RequestHeaders, SharedData, random};
use crate::telemetry::Rejection;
use tollgate_dialects::{Dialect, Failure, Platform, Prepared, RequestBody, Server, Upstream};
use tollgate_policy::{
    Ask, Attempt, Caller, Demand, Features, Model, Moment, OnLoss, Provider, Reservation, Target, Walk,
};

/// A request that may go to a model.
#[derive(Clone, Copy)]
pub(super) struct Request<'r> {
    pub(super) gateway: &'r Gateway,
    pub(super) dialect: Dialect,
    pub(super) caller: &'r Caller,
    pub(super) headers: &'r RequestHeaders,
    pub(super) peek: &'r RequestBody<'r>,
    pub(super) model: &'r Model<Dialect>,
    /// It takes no tokens.
    pub(super) is_free: bool,
    /// What the model's steps have said.
    pub(super) outputs: &'r [Option<String>],
}

/// Where a request goes.
pub(super) enum Routed<'r> {
    /// Nowhere: this is its answer.
    Here(Vec<u8>),
    To(Box<Sent<'r>>),
}

/// A request that has a target, and a place in the limits.
pub(super) struct Sent<'r> {
    pub(super) target: &'r Target<Dialect>,
    pub(super) upstream: Upstream<'r>,
    /// The model's name there.
    pub(super) target_model: &'r str,
    pub(super) prepared: Prepared,
    pub(super) demand: Demand,
    pub(super) reservation: Reservation,
    pub(super) attempt: Attempt,
    /// Where it goes that other targets can be tried after this one.
    pub(super) walk: Option<Walk<'r>>,
    /// What gets a copy.
    pub(super) shadows: Vec<&'r Target<Dialect>>,
}

impl<'r> Request<'r> {
    /// Finds a target that fits, is well and can carry the request, and reserves what it may take there. A limit that
    /// refuses it ends the search: else a client could use up each target's.
    ///
    /// # Errors
    /// There is none, or a limit refuses it.
    pub(super) fn route(&self) -> Result<Routed<'r>, Refused> {
        let Self { gateway, dialect, caller, headers, peek, model, .. } = *self;
        let now = Clock::now();
        let moment =
            Moment { store: &SharedData, leases: &gateway.leases, measures: &gateway.measures, now, chance: random() };
        let conversation = if model.needs_conversation() { peek.conversation() } else { None };
        let ask = Ask {
            model: peek.model(),
            consumer: caller.name(),
            tags: caller.tags(),
            demand: &|target| self.demand(target),
            features: features(peek),
            conversation: conversation.as_deref(),
            outputs: self.outputs,
            attributes: headers,
        };
        let unroutable = |why| Refused::unroutable(dialect, &why);
        let mut candidates = gateway.router.route(model, &ask, &moment).map_err(unroutable)?;
        let mut first_refusal = None;
        while let Some(target) = candidates.next(&moment) {
            let (upstream, target_model) = (upstream(&target.provider), self.name_at(target));
            if let Some(answer) = peek.answer_here(upstream, target_model) {
                return Ok(Routed::Here(answer));
            }
            let prepared = match self.prepare(upstream, target_model) {
                Ok(prepared) => prepared,
                Err(refused) => {
                    first_refusal.get_or_insert(refused);
                    continue;
                }
            };
            let demand = self.demand(target);
            let reservation = self.reserve(target, &demand)?;
            let Some(attempt) = candidates.take(target, &moment) else {
                give_back(reservation);
                continue;
            };
            tell_soon();
            let walk = candidates.walk(target, &|next| self.carries(next), &moment);
            let shadows = gateway.router.shadows(model, &ask, now);
            let sent = Sent { target, upstream, target_model, prepared, demand, reservation, attempt, walk, shadows };
            return Ok(Routed::To(Box::new(sent)));
        }
        match (candidates.unhealthy(now), first_refusal) {
            (Some(why), _) => Err(unroutable(why)),
            (None, Some(refused)) => Err(refused),
            (None, None) => Err(Refused::unknown_model(dialect, peek.model())),
        }
    }

    /// The model's name at a target.
    pub(super) fn name_at<'n>(&self, target: &'n Target<Dialect>) -> &'n str
    where
        'r: 'n,
    {
        target.model.as_deref().unwrap_or(self.peek.model())
    }

    /// Whether a target can be told what the client wants.
    fn carries(&self, target: &Target<Dialect>) -> bool {
        self.prepare(upstream(&target.provider), self.name_at(target)).is_ok()
    }

    /// The request as it would be for an upstream.
    ///
    /// # Errors
    /// It cannot be told what the client wants.
    pub(super) fn prepare(&self, upstream: Upstream<'_>, model: &str) -> Result<Prepared, Refused> {
        let Self { gateway, dialect, peek, .. } = *self;
        let prepared = peek.prepare(upstream, model).map_err(|error| Refused::bad_request(dialect, error))?;
        if gateway.config.on_loss() == OnLoss::Reject && !prepared.losses.is_empty() {
            let message = format!("The provider of this model cannot be told: {}.", prepared.losses.to_header());
            let failure = Failure::new(400, message).with_code("unsupported_parameter");
            return Err(Refused::new(dialect, Rejection::BadRequest, failure));
        }
        Ok(prepared)
    }
}

/// What a request makes use of, from the dialects' words into the router's.
fn features(peek: &RequestBody<'_>) -> Features {
    let found = peek.features();
    Features {
        images: found.images,
        audio: found.audio,
        documents: found.documents,
        tools: found.tools,
        structured_output: found.structured_output,
        reasoning: found.reasoning,
        stream: found.stream,
    }
}

/// A provider of the configuration, as the dialects know it.
pub(super) fn upstream(provider: &Provider<Dialect>) -> Upstream<'_> {
    let platform = match &provider.platform {
        tollgate_policy::Platform::Direct => Platform::Direct,
        tollgate_policy::Platform::Azure { api_version } => Platform::Azure { api_version },
        tollgate_policy::Platform::Vertex { project, location } => Platform::Vertex { project, location },
        tollgate_policy::Platform::Aws => Platform::Aws,
    };
    Upstream { dialect: provider.dialect, platform, server: provider.server.and_then(Server::named) }
}
