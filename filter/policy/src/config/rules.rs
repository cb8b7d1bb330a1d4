//! What texts must look like.

/// A test, and what passes it in words that follow "is not".
pub(super) struct Rule {
    pub(super) holds: fn(&str) -> bool,
    pub(super) expected: &'static str,
}

/// Names that become parts of metrics' names.
pub(super) const LABEL: Rule = Rule {
    holds: |text| (1..=64).contains(&text.len()) && text.bytes().all(is_word),
    expected: "a name; expected 1 to 64 of A-Z a-z 0-9 _ -",
};

/// The configuration's own label.
pub(super) const VERSION: Rule = Rule {
    holds: |text| (1..=64).contains(&text.len()) && text.bytes().all(|byte| is_word(byte) || byte == b'.'),
    expected: "a version; expected 1 to 64 of A-Z a-z 0-9 . _ -",
};

/// Names of Envoy clusters, which travel in a header.
pub(super) const CLUSTER: Rule = Rule { holds: is_graphic, expected: "the name of an Envoy cluster" };

/// Authorities: a host name or address, perhaps with a port.
pub(super) const HOST: Rule = Rule {
    holds: |text| {
        let allowed = |byte: u8| is_word(byte) || b".:[]".contains(&byte);
        !text.is_empty() && text.bytes().all(allowed)
    },
    expected: "a host; expected something like \"api.openai.com\" or \"localhost:8080\"",
};

/// What a provider's paths begin with.
pub(super) const BASE_PATH: Rule = Rule {
    holds: |text| {
        let plain = is_graphic(text) && !text.contains(['?', '#']);
        plain && text.starts_with('/') && !text.ends_with('/')
    },
    expected: "a base path; expected something like \"/v1\": a slash first, none at the end, no query",
};

/// What becomes a segment of a path, as a project or a region.
pub(super) const SEGMENT: Rule = Rule {
    holds: |text| {
        let plain = |byte: u8| is_word(byte) || matches!(byte, b'.' | b':');
        (1..=128).contains(&text.len()) && text.bytes().all(plain) && text.bytes().any(|byte| byte != b'.')
    },
    expected: "fit for a path; expected 1 to 128 of A-Z a-z 0-9 . : _ -",
};

/// Models' names at a provider.
pub(super) const UPSTREAM_MODEL: Rule = Rule {
    holds: |text| !text.is_empty() && !text.contains(char::is_control),
    expected: "the name of a model at the provider",
};

/// Models' names and patterns, which become labels of metrics.
pub(super) const MODEL: Rule = Rule {
    holds: |text| !text.is_empty() && !text.contains(|c: char| c.is_control() || c == ';' || c == '='),
    expected: "a model's name; expected at least one character, no control characters, no ; or =",
};

/// Names of consumers, as headers may give them.
pub(super) const CONSUMER: Rule = Rule {
    holds: |text| (1..=256).contains(&text.len()) && !text.contains(char::is_control),
    expected: "a consumer's name; expected 1 to 256 bytes without control characters",
};

/// Names of environment variables.
pub(super) const VARIABLE: Rule = Rule {
    holds: |text| {
        let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        text.bytes().all(word) && text.bytes().next().is_some_and(|first| !first.is_ascii_digit())
    },
    expected: "the name of an environment variable",
};

/// Names of headers, in lower case.
pub(super) const HEADER: Rule = Rule {
    holds: |text| {
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        !text.is_empty() && text.bytes().all(token)
    },
    expected: "the name of a header",
};

/// Names of claims in a JWT.
pub(super) const CLAIM: Rule = Rule {
    holds: |text| (1..=128).contains(&text.len()) && !text.contains(char::is_control),
    expected: "the name of a JWT claim; expected 1 to 128 bytes without control characters",
};

/// Headers that hold credentials: a consumer must not be named by one, since names are logged, nor
/// must a configuration hold what is in one.
pub(super) const CREDENTIAL_HEADERS: &[&str] =
    &["authorization", "proxy-authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie"];

/// What clients' headers of the filter's own begin with. They are removed before anything reads them.
pub(super) const REMOVED: &str = "x-tollgate-";

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

fn is_graphic(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}
