//! The configuration's life: read when it comes, kept when its successor is wrong.

use crate::call::Call;
use crate::gateway::Gateway;
use crate::host::follow_log_level;
use proxy_wasm::hostcalls;
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{BufferType, ContextType};
use std::rc::Rc;

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
                true
            }
            Err(errors) => {
                for line in errors.lines() {
                    log::error!("tollgate: {line}");
                }
                false
            }
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
