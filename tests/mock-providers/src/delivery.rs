//! Delivers an answer the way the scenario wants it: whole, slow, cut, garbled, or not at all.

use crate::form::Form;
use crate::problem::Problem;
use crate::provider::{Answer, Provider};
use crate::scenario::{Ending, Instead, Scenario};
use crate::sse::{Event, Piece};
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use futures_util::stream;
use std::io::Write;
use std::time::Duration;

const JSON: &str = "application/json";
const HTML: &str = "<!DOCTYPE html>\n<html><head><title>Bad gateway</title></head>\
    <body><h1>Something is in the way</h1></body></html>\n";
/// What is written before a cut must be on its way when the connection goes.
const BEFORE_ABRUPT_END: Duration = Duration::from_millis(30);

/// Delivers the answer to one request.
pub struct Delivery<'a> {
    provider: &'a dyn Provider,
    request_id: String,
}

/// A body in pieces, and how it ends.
struct Pieces {
    pieces: Vec<Piece>,
    /// The length that is promised, if one is.
    length: Option<usize>,
    abrupt: bool,
    gap: Duration,
}

impl<'a> Delivery<'a> {
    /// A delivery with a request id of its own.
    pub fn new(provider: &'a dyn Provider) -> Self {
        Self { provider, request_id: provider.request_id() }
    }

    /// The provider's error.
    pub fn problem(&self, problem: &Problem) -> Response {
        self.error(problem, &Scenario::default())
    }

    /// The answer, or what the scenario wants instead.
    pub async fn answer(&self, answer: Answer) -> Response {
        let scenario = &answer.scenario;
        if let Err(problem) = self.grantable(&answer) {
            return self.problem(&problem);
        }
        tokio::time::sleep(scenario.delay).await;
        match scenario.instead {
            None => self.content(&answer),
            Some(Instead::Hang | Instead::Reset) => std::future::pending().await,
            Some(Instead::Error(status)) => {
                let in_list = answer.events.is_some() && answer.form == Form::JsonList;
                let problem = Problem { status, in_list, ..self.problem_of(&answer, status) };
                self.error(&problem, scenario)
            }
            Some(Instead::Html(status)) => self.whole(status, "text/html; charset=utf-8", HTML.into(), scenario),
            Some(Instead::Garbage) => {
                let garbage = Bytes::from_static(b"\x00\xff{\"not\": json,,, \xc3\x28");
                self.whole(200, JSON, garbage, scenario)
            }
            Some(Instead::Empty) => self.whole(200, JSON, Bytes::new(), scenario),
        }
    }

    /// Whether the form of the answer's stream, if there is one, allows for what is wished.
    fn grantable(&self, answer: &Answer) -> Result<(), Problem> {
        if answer.events.is_some()
            && answer.form != Form::Sse
            && let Some(name) = answer.scenario.wire.sse_only()
        {
            let kind = answer.form.content_type();
            return Err(Problem::invalid(format!(
                "mock: scenario `{name}`: only server-sent events have it, not {kind}"
            )));
        }
        match &answer.scenario.midstream {
            Some(name) if self.midstream_error(answer).is_none() => {
                Err(Problem::invalid(format!("mock: the error of a stream cannot be `{name}`")))
            }
            _ => Ok(()),
        }
    }

    /// The error in the middle of the stream that is wished, or the usual one.
    fn midstream_error(&self, answer: &Answer) -> Option<Event> {
        let own = Some(&answer.midstream_errors).filter(|errors| !errors.is_empty()).cloned();
        let wished = answer.scenario.midstream.as_deref();
        let errors = own.unwrap_or_else(|| self.provider.midstream_errors());
        errors.into_iter().find(|(name, _)| wished.is_none_or(|wished| wished == *name)).map(|(_, event)| event)
    }

    /// What is said with an error status in an answer's place.
    fn problem_of(&self, answer: &Answer, status: u16) -> Problem {
        answer.problem.map_or_else(|| self.provider.problem(status), |problem| problem(status))
    }

    fn content(&self, answer: &Answer) -> Response {
        let scenario = &answer.scenario;
        let mut response = match &answer.events {
            Some(events) if !scenario.json_for_stream => self.streamed(events.clone(), answer),
            _ if matches!(scenario.ending, Ending::AtOnce | Ending::Error) => {
                self.problem(&Problem::invalid("mock: scenario `error_midstream`: the request asks for no stream"))
            }
            _ => {
                let (kind, bytes) = answer.bytes.clone().unwrap_or_else(|| (JSON, answer.whole.to_string().into()));
                self.whole(200, kind, bytes, scenario)
            }
        };
        add_headers(&mut response, &answer.headers);
        response
    }

    fn error(&self, problem: &Problem, scenario: &Scenario) -> Response {
        let usual = (problem.status == 429).then_some(7);
        let retry_after = scenario.retry_after.or(usual);
        let problem = &Problem { retry_after, ..problem.clone() };
        let mut body = self.provider.problem_body(problem, &self.request_id);
        if problem.in_list {
            body = vec![body].into();
        }
        let mut response = self.whole(problem.status, JSON, body.to_string().into(), scenario);
        if let Some(seconds) = retry_after.filter(|_| self.provider.has_retry_after()) {
            response.headers_mut().insert("retry-after", seconds.into());
        }
        add_headers(&mut response, &self.provider.problem_headers(problem));
        response
    }

    fn whole(&self, status: u16, kind: &'static str, body: Bytes, scenario: &Scenario) -> Response {
        let body = compressed(body, scenario.gzip);
        let promised = body.len();
        let body = match scenario.ending {
            Ending::Cut { .. } => body.slice(..promised / 2),
            _ => body,
        };
        let abrupt = matches!(scenario.ending, Ending::Cut { abrupt: true, .. });
        let length = if abrupt { promised } else { body.len() };
        let pieces = Pieces {
            pieces: scenario.wire.pieces(vec![body.to_vec()]),
            length: Some(length),
            abrupt,
            gap: scenario.wire.gap,
        };
        self.response(status, kind, pieces, scenario)
    }

    fn streamed(&self, events: Vec<Event>, answer: &Answer) -> Response {
        let (form, scenario) = (answer.form, &answer.scenario);
        let half = events.len() / 2;
        let mut kept = events;
        let next = kept.get(half).cloned();
        match scenario.ending {
            Ending::Whole => {}
            Ending::Cut { .. } => kept.truncate(half),
            Ending::AtOnce | Ending::Error => {
                kept.truncate(if scenario.ending == Ending::AtOnce { 0 } else { half });
                kept.extend(self.midstream_error(answer));
            }
        }
        let wire = &scenario.wire;
        let kept = wire.with_keep_alives(kept, &self.provider.keep_alive());
        let mut encoded = form.encode(wire, &kept, 0);
        match (scenario.ending, next) {
            (Ending::Cut { inside_event: true, .. }, Some(next)) => {
                let mut bytes = form.encode(wire, &[next], half).concat();
                bytes.truncate(bytes.len() / 2);
                encoded.push(bytes);
            }
            (Ending::Cut { .. }, _) => {}
            _ => encoded.extend(form.closing().map(<[u8]>::to_vec)),
        }
        if scenario.gzip {
            encoded = vec![compressed(encoded.concat().into(), true).to_vec()];
        }
        let pieces = Pieces {
            pieces: wire.pieces(encoded),
            length: None,
            abrupt: matches!(scenario.ending, Ending::Cut { abrupt: true, .. }),
            gap: wire.gap,
        };
        let mut response = self.response(200, form.content_type(), pieces, scenario);
        if form == Form::Sse {
            response.headers_mut().insert("cache-control", HeaderValue::from_static("no-cache"));
        }
        response
    }

    fn response(&self, status: u16, kind: &'static str, pieces: Pieces, scenario: &Scenario) -> Response {
        let length = pieces.length;
        let mut response = Response::new(pieces.into_body());
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert("content-type", HeaderValue::from_static(kind));
        if let Some(length) = length {
            headers.insert("content-length", length.into());
        }
        if scenario.gzip {
            headers.insert("content-encoding", HeaderValue::from_static("gzip"));
        }
        add_headers(&mut response, &self.provider.usual_headers(&self.request_id));
        let headers = response.headers_mut();
        if scenario.headers_big {
            let padding = HeaderValue::from_str(&"p".repeat(4096)).ok();
            for value in std::iter::repeat_n(padding, 15).flatten() {
                headers.append("x-mock-padding", value);
            }
        }
        response
    }
}

impl Pieces {
    /// Writes each piece as a chunk of its own.
    fn into_body(self) -> Body {
        let Self { pieces, abrupt, gap, .. } = self;
        let mut pieces = pieces.into_iter().peekable();
        let mut pause = None;
        Body::from_stream(stream::unfold(false, move |ended| {
            let piece = pieces.next();
            let waited = std::mem::take(&mut pause);
            pause = piece.as_ref().filter(|piece| piece.ends_event).map(|_| gap);
            async move {
                match waited {
                    Some(gap) if !gap.is_zero() => tokio::time::sleep(gap).await,
                    // Lets the connection flush the chunk before.
                    _ => tokio::task::yield_now().await,
                }
                match piece {
                    Some(piece) => Some((Ok(piece.bytes), false)),
                    None if abrupt && !ended => {
                        tokio::time::sleep(BEFORE_ABRUPT_END).await;
                        Some((Err(std::io::Error::other("cut on purpose")), true))
                    }
                    None => None,
                }
            }
        }))
    }
}

fn add_headers(response: &mut Response, added: &[(&'static str, String)]) {
    for (name, value) in added {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
}

fn compressed(body: Bytes, wanted: bool) -> Bytes {
    if !wanted {
        return body;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail.
    let written = encoder.write_all(&body).and_then(|()| encoder.finish());
    written.map_or(body, Bytes::from)
}
