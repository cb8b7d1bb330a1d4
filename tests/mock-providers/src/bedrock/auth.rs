//! Checks who asks: a Bedrock API key, or a request signed with AWS credentials. Of a signature only
//! the shape is checked, as nobody here knows the secret.

use crate::problem::Problem;
use crate::provider::Arrival;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// Checks the `authorization` header.
pub fn check(arrival: &Arrival, key: &str) -> Result<(), Problem> {
    let mut given = arrival.all("authorization");
    match (given.next(), given.next()) {
        (None, _) => Err(refused("MissingAuthenticationTokenException", "Missing Authentication Token")),
        (Some(_), Some(_)) => Err(refused("IncompleteSignatureException", "Found more than one Authorization header.")),
        (Some(value), None) => match (value.strip_prefix("Bearer "), value.strip_prefix(ALGORITHM)) {
            (Some(token), _) if token == key => Ok(()),
            (Some(_), _) => Err(wrong_key()),
            (None, Some(signature)) => signed(signature, arrival),
            (None, None) => Err(refused(
                "IncompleteSignatureException",
                "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' \
                 parameter. Authorization header requires 'SignedHeaders' parameter.",
            )),
        },
    }
}

/// What is said to a key that is not, or not any longer, valid.
pub fn wrong_key() -> Problem {
    refused("AccessDeniedException", "Authentication failed: Please make sure your API Key is valid.")
}

fn refused(kind: &'static str, message: &str) -> Problem {
    Problem::new(403, kind, message)
}

fn signed(signature: &str, arrival: &Arrival) -> Result<(), Problem> {
    let part = |name: &str| {
        let mut parts = signature.split(',').map(str::trim);
        parts.find_map(|part| part.strip_prefix(name)?.strip_prefix('=')).ok_or_else(|| {
            let message = format!("Authorization header requires '{name}' parameter.");
            refused("IncompleteSignatureException", &message)
        })
    };
    let headers: Vec<_> = part("SignedHeaders")?.split(';').collect();
    let hex = part("Signature")?;
    let scope: Vec<_> = part("Credential")?.split('/').collect();
    let [access_key, date, region, service, "aws4_request"] = scope.as_slice() else {
        return Err(refused(
            "IncompleteSignatureException",
            "Credential must have exactly 5 slash-delimited elements.",
        ));
    };
    if *service != "bedrock" {
        let message = "Credential should be scoped to correct service: 'bedrock'.";
        return Err(refused("InvalidSignatureException", message));
    }
    let is_date = date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit());
    if access_key.is_empty() || region.is_empty() || !is_date {
        return Err(refused("UnrecognizedClientException", "The security token included in the request is invalid."));
    }
    let dated = arrival.header("x-amz-date").is_some_and(|at| at.starts_with(date)) && headers.contains(&"x-amz-date");
    let is_hex = hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    if dated && is_hex && headers.contains(&"host") {
        return Ok(());
    }
    Err(refused(
        "InvalidSignatureException",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access \
         Key and signing method. Consult the service documentation for details.",
    ))
}
