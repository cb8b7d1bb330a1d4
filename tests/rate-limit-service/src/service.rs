//! The protocol: descriptors in, a verdict on each out.

use crate::protocol::rate_limit_response::rate_limit::Unit;
use crate::protocol::rate_limit_response::{Code, DescriptorStatus, RateLimit};
use crate::protocol::rate_limit_service_server::RateLimitService;
use crate::protocol::{RateLimitDescriptor, RateLimitRequest, RateLimitResponse};
use limitador::AsyncRateLimiter;
use limitador::counter::Counter;
use limitador::errors::LimitadorError;
use limitador::limit::Namespace;
use std::collections::HashMap;
use std::time::Duration;
use tonic::{Request, Response, Status};

/// The service, on the counters of one Redis.
pub struct Service {
    limiter: AsyncRateLimiter,
}

impl Service {
    /// A service that applies this limiter's limits.
    pub fn new(limiter: AsyncRateLimiter) -> Self {
        Self { limiter }
    }

    /// Takes `hits` whatever is left, for what is charged has been used already; 0 only asks.
    async fn judge(
        &self,
        domain: &Namespace,
        entries: &HashMap<String, String>,
        hits: i64,
    ) -> Result<DescriptorStatus, LimitadorError> {
        if hits > 0 {
            self.limiter.update_counters(domain, entries, hits).await?;
        }
        let checked = self.limiter.check_rate_limited_and_update(domain, entries, 0, true).await?;
        let tightest = checked.counters.iter().min_by_key(|counter| counter.remaining());
        Ok(tightest.map_or_else(unlimited, |counter| status(counter, hits)))
    }
}

#[tonic::async_trait]
impl RateLimitService for Service {
    async fn should_rate_limit(
        &self,
        request: Request<RateLimitRequest>,
    ) -> Result<Response<RateLimitResponse>, Status> {
        let request = request.into_inner();
        let domain = Namespace::from(request.domain.as_str());
        let mut statuses = Vec::with_capacity(request.descriptors.len());
        for RateLimitDescriptor { entries, hits_addend } in request.descriptors {
            let entries = entries.into_iter().map(|entry| (entry.key, entry.value)).collect();
            let hits = hits_addend.unwrap_or_else(|| u64::from(request.hits_addend).max(1));
            let hits = i64::try_from(hits).map_err(|_| Status::invalid_argument("hits_addend is too large"))?;
            // Envoy does with this as its `failure_mode_deny` says.
            let status = self.judge(&domain, &entries, hits).await;
            statuses.push(status.map_err(|error| Status::unavailable(error.to_string()))?);
        }
        let over = statuses.iter().any(|status| status.code() == Code::OverLimit);
        let overall_code = if over { Code::OverLimit } else { Code::Ok }.into();
        Ok(Response::new(RateLimitResponse { overall_code, statuses }))
    }
}

/// What is said where no limit applies.
fn unlimited() -> DescriptorStatus {
    DescriptorStatus { code: Code::Ok.into(), ..DescriptorStatus::default() }
}

fn status(counter: &Counter, hits: i64) -> DescriptorStatus {
    let remaining = counter.remaining().unwrap_or_default();
    // Who asks wants to use something: nothing left is too little. What was charged fitted if nothing is missing.
    let over = if hits == 0 { remaining <= 0 } else { remaining < 0 };
    DescriptorStatus {
        code: if over { Code::OverLimit } else { Code::Ok }.into(),
        current_limit: Some(RateLimit {
            requests_per_unit: u32::try_from(counter.max_value()).unwrap_or(u32::MAX),
            unit: unit(counter.seconds()).into(),
        }),
        limit_remaining: u32::try_from(remaining.max(0)).unwrap_or(u32::MAX),
        duration_until_reset: counter.expires_in().map(rounded_up),
    }
}

/// Envoy passes on whole seconds, cut off: rounded up before, so that who waits as told does not come too early.
fn rounded_up(duration: Duration) -> prost_types::Duration {
    let seconds = duration.as_secs() + u64::from(duration.subsec_nanos() > 0);
    prost_types::Duration { seconds: i64::try_from(seconds).unwrap_or(i64::MAX), nanos: 0 }
}

fn unit(seconds: u64) -> Unit {
    match seconds {
        1 => Unit::Second,
        60 => Unit::Minute,
        3_600 => Unit::Hour,
        86_400 => Unit::Day,
        _ => Unit::Unknown,
    }
}
