//! A filter that asks Envoy all that Tollgate asks it for a request in the same dialect, and does nothing with what it
//! hears: what clients, access logs and other filters are promised costs at least this, however fast the filter is.

use proxy_wasm::hostcalls::{
    define_metric, get_buffer, get_log_level, get_map_bytes, increment_metric, set_map_value, set_property,
};
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, BufferType, ContextType, MapType, MetricType};
use std::hint::black_box;
use std::time::SystemTime;

proxy_wasm::main! {{
    proxy_wasm::set_root_context(|_| Box::new(Calls { counters: [0; 3] }));
}}

const ASKED: [(&str, &str); 6] = [
    ("tollgate.version", "bench"),
    ("tollgate.consumer", "team"),
    ("tollgate.model", "gpt-4.1"),
    ("tollgate.target", "openai"),
    ("tollgate.provider", "openai"),
    ("tollgate.target_model", "gpt-4.1"),
];
const ANSWERED: [(&str, &str); 7] = [
    ("tollgate.charged_tokens", "1909"),
    ("tollgate.input_tokens", "1900"),
    ("tollgate.cached_input_tokens", "0"),
    ("tollgate.output_tokens", "9"),
    ("tollgate.total_tokens", "1909"),
    ("tollgate.finish", "stop"),
    ("tollgate.ttft_ms", "1"),
];
const TOLD: [(&str, &str); 3] =
    [("x-tollgate-provider", "openai"), ("x-tollgate-target", "openai"), ("x-tollgate-model", "gpt-4.1")];

struct Calls {
    counters: [u32; 3],
}

fn publish(properties: &[(&str, &str)]) {
    for (name, value) in properties {
        let _ = set_property(vec![name], Some(value.as_bytes()));
    }
}

impl Context for Calls {}

impl HttpContext for Calls {
    fn on_http_request_headers(&mut self, _: usize, end_of_stream: bool) -> Action {
        let _ = (get_log_level(), get_map_bytes(MapType::HttpRequestHeaders));
        if end_of_stream { Action::Continue } else { Action::Pause }
    }

    fn on_http_request_body(&mut self, size: usize, end_of_stream: bool) -> Action {
        if !end_of_stream {
            return Action::Pause;
        }
        let _ = black_box((get_buffer(BufferType::HttpRequestBody, 0, size), SystemTime::now()));
        let headers = MapType::HttpRequestHeaders;
        let _ = set_map_value(headers, "x-tollgate-cluster", Some("openai"));
        let _ = set_map_value(headers, "authorization", None);
        let _ = set_map_value(headers, ":authority", Some("api.openai.com"));
        let _ = set_map_value(headers, "authorization", Some("Bearer sk-openai"));
        publish(&ASKED);
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let _ = black_box((get_map_bytes(MapType::HttpResponseHeaders), SystemTime::now()));
        for (name, value) in TOLD {
            let _ = set_map_value(MapType::HttpResponseHeaders, name, Some(value));
        }
        Action::Continue
    }

    fn on_http_response_body(&mut self, size: usize, end_of_stream: bool) -> Action {
        if size > 0 {
            let _ = get_buffer(BufferType::HttpResponseBody, 0, size);
        }
        if end_of_stream {
            for counter in self.counters {
                let _ = increment_metric(counter, 1);
            }
            publish(&ANSWERED);
            let _ = black_box(SystemTime::now());
        }
        Action::Continue
    }
}

impl RootContext for Calls {
    fn on_configure(&mut self, _: usize) -> bool {
        let counter = |name| define_metric(MetricType::Counter, name).unwrap_or_default();
        self.counters = ["floor.requests", "floor.input", "floor.output"].map(counter);
        true
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Calls { counters: self.counters }))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}
