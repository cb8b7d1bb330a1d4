//! Takes requests in: records them, has the provider check and answer them, and gives tests a look
//! at what came.

use crate::delivery::Delivery;
use crate::encoding::query_value;
use crate::provider::{Arrival, Provider};
use crate::recording::{Recorded, Recording};
use crate::scenario::Instead;
use crate::socket::Socket;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// The most bytes that are read of any body.
const MOST_READ: usize = 64 * 1024 * 1024;

/// A provider that listens, and what it was sent.
#[derive(Clone)]
pub struct Listening {
    provider: Arc<dyn Provider>,
    recording: Arc<Recording>,
}

impl Listening {
    /// A provider that was sent nothing yet.
    pub fn new(provider: Arc<dyn Provider>) -> Self {
        Self { provider, recording: Arc::default() }
    }

    /// Routes every request here; what paths there are is the provider's business.
    pub fn router(self) -> Router {
        Router::new().fallback(take_in).with_state(self)
    }
}

async fn take_in(
    State(listening): State<Listening>,
    ConnectInfo(socket): ConnectInfo<Socket>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let path = head.uri.path().to_string();
    // Servers of one's own say at this path whether they are well.
    if let Some(page) = path.strip_prefix("/__mock/").or((path == "/health").then_some("health")) {
        return for_tests(&listening.recording, &head.method, page, head.uri.query());
    }
    let provider = listening.provider.as_ref();
    let body = to_bytes(Body::new(body), MOST_READ).await.ok();
    listening.recording.add(Recorded {
        provider: provider.name(),
        method: head.method.to_string(),
        path: head.uri.path_and_query().map_or(path.clone(), ToString::to_string),
        headers: listed(&head.headers),
        body: String::from_utf8_lossy(body.as_deref().unwrap_or_default()).into_owned(),
    });

    let delivery = Delivery::new(provider);
    let Some(body) = body.filter(|body| body.len() <= provider.longest_body()) else {
        return delivery.problem(&provider.problem(413));
    };
    let query = head.uri.query().map(String::from);
    let mut headers = head.headers;
    // One provider of several can be told apart.
    if let Some(list) = headers.remove(format!("x-mock-{}", provider.name())) {
        headers.append("x-mock", list);
    }
    let arrival = Arrival { method: head.method.to_string(), path, query, headers, body: body.to_vec() };
    match provider.answer(&arrival) {
        Ok(answer) if answer.scenario.instead == Some(Instead::Reset) => {
            tokio::time::sleep(answer.scenario.delay).await;
            socket.close();
            delivery.answer(answer).await
        }
        Ok(answer) => delivery.answer(answer).await,
        Err(problem) => delivery.problem(&problem),
    }
}

fn listed(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect()
}

/// The pages that only tests see.
fn for_tests(recording: &Recording, method: &Method, page: &str, query: Option<&str>) -> Response {
    match (method, page) {
        (&Method::GET, "health") => "ok\n".into_response(),
        (&Method::GET, "requests") => {
            let text = query_value(query.unwrap_or_default(), "contains");
            let list = recording.json(text.as_deref()).to_string();
            ([(header::CONTENT_TYPE, "application/json")], list).into_response()
        }
        (&Method::DELETE, "requests") => {
            recording.clear();
            StatusCode::NO_CONTENT.into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
