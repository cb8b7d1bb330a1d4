//! Remembers the requests a provider was sent, for tests to look at.

use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

const KEPT: usize = 1000;

/// A request, as it came.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The provider it came to.
    pub provider: &'static str,
    /// The method.
    pub method: String,
    /// The path, with the query.
    pub path: String,
    /// The headers, in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Recorded {
    fn contains(&self, text: &str) -> bool {
        self.body.contains(text) || self.headers.iter().any(|(name, value)| name.contains(text) || value.contains(text))
    }

    fn json(&self) -> Value {
        json!({
            "provider": self.provider,
            "method": self.method,
            "path": self.path,
            "headers": self.headers,
            "body": self.body,
        })
    }
}

/// The last requests.
#[derive(Debug, Default)]
pub struct Recording(Mutex<VecDeque<Recorded>>);

impl Recording {
    /// Adds a request; the oldest goes when there are too many.
    pub fn add(&self, request: Recorded) {
        let mut requests = self.requests();
        if requests.len() == KEPT {
            requests.pop_front();
        }
        requests.push_back(request);
    }

    /// Forgets all requests.
    pub fn clear(&self) {
        self.requests().clear();
    }

    /// The requests, oldest first, that contain the text in the body or a header.
    pub fn json(&self, containing: Option<&str>) -> Value {
        self.requests()
            .iter()
            .filter(|request| containing.is_none_or(|text| request.contains(text)))
            .map(Recorded::json)
            .collect()
    }

    fn requests(&self) -> MutexGuard<'_, VecDeque<Recorded>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(body: &str) -> Recorded {
        Recorded {
            provider: "openai",
            method: "POST".into(),
            path: "/v1/x?y".into(),
            headers: vec![("x-key".into(), "secret".into())],
            body: body.into(),
        }
    }

    #[test]
    fn keeps_the_last_ones_and_filters() {
        let recording = Recording::default();
        for number in 0..KEPT + 5 {
            recording.add(request(&format!("<{number}>")));
        }
        let count = |text| recording.json(text).as_array().map(Vec::len);
        assert_eq!(count(None), Some(KEPT));
        assert_eq!(count(Some("<4>")), Some(0));
        assert_eq!(count(Some("<5>")), Some(1));
        assert_eq!(count(Some("secret")), Some(KEPT));
        recording.clear();
        assert_eq!(count(None), Some(0));
    }
}
