//! The configuration's life: read when it comes, kept when its successor is wrong.

use crate::call::Call;
use crate::gateway::{self, Gateway};
use crate::host::{Clock, SharedData, follow_log_level};
use crate::shadows;
use proxy_wasm::hostcalls;
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{BufferType, ContextType};
use std::rc::Rc;
use std::time::Duration;
use tollgate_policy::{Leases, Timestamp};

/// Nanoseconds between two renewals at least: it also ticks for other reasons.
const LEAST_BETWEEN: u64 = 5_000_000_000;

/// One filter in one VM.
#[derive(Default)]
pub(crate) struct Root {
    role: Role,
    /// When the places of running requests were renewed.
    renewed: Timestamp,
}

/// What it is there for.
#[derive(Default)]
enum Role {
    /// Nobody has said so yet.
    #[default]
    None,
    /// To serve clients.
    Gateway(Rc<Gateway>),
    /// To serve, on a cluster, what a filter in a listener has left to it.
    OnCluster,
}

impl Context for Root {
    fn on_http_call_response(&mut self, token: u32, _: usize, size: usize, _: usize) {
        Clock::begin();
        shadows::answered(token, size);
    }
}

impl RootContext for Root {
    fn on_configure(&mut self, size: usize) -> bool {
        Clock::begin();
        follow_log_level();
        let bytes = hostcalls::get_buffer(BufferType::PluginConfiguration, 0, size).ok().flatten();
        match Gateway::configure(&bytes.unwrap_or_default()) {
            Ok(None) => {
                self.role = Role::OnCluster;
                true
            }
            Ok(Some(gateway)) => {
                log::info!("tollgate: configuration {:?} is in use", gateway.config.version().unwrap_or("unnamed"));
                self.role = Role::Gateway(Rc::new(gateway));
                // Without it, requests that run for long lose their places.
                hostcalls::set_tick_period(Leases::RENEW_EVERY).is_ok()
            }
            Err(errors) => {
                for line in errors.lines() {
                    log::error!("tollgate: {line}");
                }
                false
            }
        }
    }

    fn on_tick(&mut self) {
        Clock::begin();
        gateway::tell();
        let Role::Gateway(gateway) = &self.role else {
            let _ = hostcalls::set_tick_period(Duration::ZERO);
            return;
        };
        shadows::send();
        let _ = hostcalls::set_tick_period(Leases::RENEW_EVERY);
        let now = Clock::now();
        if now < self.renewed {
            gateway.table.clock_was_set_back(&SharedData, now);
        } else if now.as_nanos().saturating_sub(self.renewed.as_nanos()) < LEAST_BETWEEN {
            return;
        }
        self.renewed = now;
        gateway.measures.forget(now);
        if let Err(error) = gateway.leases.renew(&SharedData, now) {
            log::warn!("tollgate: the places of running requests were not renewed: {error}");
        }
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        follow_log_level();
        match &self.role {
            Role::None => None,
            Role::Gateway(gateway) => Some(Box::new(Call::new(Some(gateway.clone())))),
            Role::OnCluster => Some(Box::new(Call::new(None))),
        }
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}
