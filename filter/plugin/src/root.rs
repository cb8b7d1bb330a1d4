//! The configuration's life: read when it comes, kept when its successor is wrong.

use crate::call::Call;
use crate::gateway::Gateway;
use crate::host::{Clock, SharedData, follow_log_level};
use proxy_wasm::hostcalls;
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{BufferType, ContextType};
use std::rc::Rc;
use tollgate_policy::Leases;

/// One filter in one VM.
#[derive(Default)]
pub(crate) struct Root {
    gateway: Option<Rc<Gateway>>,
}

impl Context for Root {}

impl RootContext for Root {
    fn on_configure(&mut self, size: usize) -> bool {
        follow_log_level();
        let bytes = hostcalls::get_buffer(BufferType::PluginConfiguration, 0, size).ok().flatten();
        match Gateway::configure(&bytes.unwrap_or_default()) {
            Ok(gateway) => {
                log::info!("tollgate: configuration {:?} is in use", gateway.config.version().unwrap_or("unnamed"));
                self.gateway = Some(Rc::new(gateway));
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
        let Some(gateway) = &self.gateway else { return };
        let renewed = gateway.leases.renew(&SharedData, Clock::now());
        gateway.metrics.contention(renewed.retries);
        if let Some(error) = renewed.failed {
            log::warn!("tollgate: the places of running requests were not renewed: {error}");
        }
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        follow_log_level();
        let gateway = self.gateway.clone()?;
        Some(Box::new(Call::new(gateway)))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}
