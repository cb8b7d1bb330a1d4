//! A filter that holds the request until it is whole and copies its body in and out: what a filter costs at least
//! that routes by the body and changes it.

use proxy_wasm::hostcalls::{get_buffer, set_buffer};
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, BufferType, ContextType};

proxy_wasm::main! {{
    proxy_wasm::set_root_context(|_| Box::new(Copying));
}}

struct Copying;

impl Context for Copying {}

impl HttpContext for Copying {
    fn on_http_request_headers(&mut self, _: usize, end_of_stream: bool) -> Action {
        if end_of_stream { Action::Continue } else { Action::Pause }
    }

    fn on_http_request_body(&mut self, size: usize, end_of_stream: bool) -> Action {
        if !end_of_stream {
            return Action::Pause;
        }
        if let Ok(Some(body)) = get_buffer(BufferType::HttpRequestBody, 0, size) {
            let _ = set_buffer(BufferType::HttpRequestBody, 0, usize::MAX, &body);
        }
        Action::Continue
    }
}

impl RootContext for Copying {
    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Copying))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}
