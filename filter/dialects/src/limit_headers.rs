//! How a limit stands, in the headers that each dialect's clients read.

use crate::Dialect;
use std::time::{Duration, SystemTime};

/// How a limit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitStanding {
    /// What it counts.
    pub counted: Counted,
    /// The most there ever is.
    pub limit: u64,
    /// What is left now.
    pub remaining: u64,
    /// When the limit is full again, from now.
    pub reset_after: Duration,
}

/// What the limits count that clients are told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Tokens.
    Tokens,
    /// Requests.
    Requests,
}

/// Names of the headers: limit, remaining, reset.
type Names = [&'static str; 3];

const OPENAI_TOKENS: Names = ["x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"];
const OPENAI_REQUESTS: Names =
    ["x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"];
const ANTHROPIC_TOKENS: Names =
    ["anthropic-ratelimit-tokens-limit", "anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset"];
const ANTHROPIC_REQUESTS: Names = [
    "anthropic-ratelimit-requests-limit",
    "anthropic-ratelimit-requests-remaining",
    "anthropic-ratelimit-requests-reset",
];

impl Dialect {
    /// The headers that tell a client how its limit stands. `now` is Unix time in seconds.
    ///
    /// OpenAI: <https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers>;
    /// Anthropic: <https://platform.claude.com/docs/en/api/rate-limits#response-headers>. Who has none of its
    /// own is given OpenAI's, which most clients know.
    #[must_use]
    pub fn limit_headers(self, standing: &LimitStanding, now: u64) -> [(&'static str, String); 3] {
        let names = match (self, standing.counted) {
            (Self::Anthropic, Counted::Tokens) => ANTHROPIC_TOKENS,
            (Self::Anthropic, Counted::Requests) => ANTHROPIC_REQUESTS,
            (_, Counted::Tokens) => OPENAI_TOKENS,
            (_, Counted::Requests) => OPENAI_REQUESTS,
        };
        let reset = match self {
            Self::Anthropic => rfc3339(now.saturating_add(whole_seconds(standing.reset_after))),
            _ => go_duration(standing.reset_after),
        };
        let [limit, remaining, at] = names;
        [(limit, standing.limit.to_string()), (remaining, standing.remaining.to_string()), (at, reset)]
    }
}

fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs().saturating_add(u64::from(duration.subsec_nanos() > 0))
}

/// Like `6m0s` or `1h2m3s`, and below a second like `12ms`.
fn go_duration(duration: Duration) -> String {
    let seconds = whole_seconds(duration);
    if duration < Duration::from_secs(1) {
        return duration.subsec_millis().to_string() + "ms";
    }
    let (hours, minutes, rest) = (seconds / 3600, seconds % 3600 / 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => rest.to_string() + "s",
        (0, _) => format!("{minutes}m{rest}s"),
        _ => format!("{hours}h{minutes}m{rest}s"),
    }
}

/// Unix seconds as `2026-11-20T09:28:13Z`.
fn rfc3339(seconds: u64) -> String {
    // Past the year 9999, which is as far as the format goes, the moment does not matter.
    let seconds = seconds.min(253_402_300_799);
    let moment = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
    moment.map(|moment| humantime::format_rfc3339_seconds(moment).to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn openai_clients_read_durations() {
        let reset = |millis| go_duration(Duration::from_millis(millis));
        assert_eq!(reset(0), "0ms");
        assert_eq!(reset(12), "12ms");
        assert_eq!(reset(1_001), "2s");
        assert_eq!(reset(360_000), "6m0s");
        assert_eq!(reset(3_723_000), "1h2m3s");
    }

    #[test]
    fn anthropic_clients_read_moments() {
        for (seconds, expected) in
            [(0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"), (u64::MAX, "9999-12-31T23:59:59Z")]
        {
            assert_eq!(rfc3339(seconds), expected);
        }
    }

    #[test]
    fn each_dialect_has_its_own_names() {
        let tokens =
            LimitStanding { counted: Counted::Tokens, limit: 100, remaining: 40, reset_after: Duration::from_secs(36) };
        let requests = LimitStanding { counted: Counted::Requests, ..tokens };
        let [limit, rest, reset] = Dialect::OpenAi.limit_headers(&tokens, 0);
        assert_eq!(limit, ("x-ratelimit-limit-tokens", "100".to_owned()));
        assert_eq!(rest, ("x-ratelimit-remaining-tokens", "40".to_owned()));
        assert_eq!(reset, ("x-ratelimit-reset-tokens", "36s".to_owned()));
        let [_, rest, reset] = Dialect::Anthropic.limit_headers(&tokens, 0);
        assert_eq!(rest, ("anthropic-ratelimit-tokens-remaining", "40".to_owned()));
        assert_eq!(reset, ("anthropic-ratelimit-tokens-reset", "1970-01-01T00:00:36Z".to_owned()));
        let [limit, ..] = Dialect::Cohere.limit_headers(&requests, 0);
        assert_eq!(limit.0, "x-ratelimit-limit-requests");
        let [limit, ..] = Dialect::Anthropic.limit_headers(&requests, 0);
        assert_eq!(limit.0, "anthropic-ratelimit-requests-limit");
    }
}
