//! Checks thought signatures: <https://ai.google.dev/gemini-api/docs/thought-signatures>.
//!
//! Since Gemini 3, the first function call of every step of the current turn has its signature.
//! The turn begins at the last content of a user that is not only function responses.

use super::error::invalid;
use super::model::Model;
use super::surface::Surface;
use super::text;
use super::turns::Turn;
use crate::problem::Problem;
use crate::provider::fresh_id;
use serde_json::Value;

/// What signatures start with; all of them are base64.
const START: &str = "c2ln";
/// What the documentation says to send where there is no signature.
const INSTEAD: &[&str] = &["skip_thought_signature_validator", "context_engineering_is_the_way_to_go"];

/// A signature that was not given before.
pub fn fresh() -> String {
    fresh_id(START)
}

/// Checks the signatures in all turns.
pub fn check(turns: &[Turn<'_>], surface: &Surface, model: &Model<'_>) -> Result<(), Problem> {
    let mut all = turns.iter().flat_map(|turn| &turn.parts);
    if all.any(|(_, part)| part.get("thought_signature").is_some_and(|signature| !is_known(signature))) {
        return Err(invalid("Corrupted thought signature."));
    }
    if !model.needs_signatures() {
        return Ok(());
    }
    let begins = turns.iter().rposition(begins_turn).unwrap_or_default();
    for turn in turns.iter().skip(begins) {
        let first = turn.parts.iter().find(|(_, part)| part.get("function_call").is_some());
        if let Some((index, part)) = first.filter(|(_, part)| part.get("thought_signature").is_none()) {
            let name = part.get("function_call").map(|call| text(call, "name")).unwrap_or_default();
            return Err(missing(name, index + 1, surface));
        }
    }
    Ok(())
}

fn begins_turn(turn: &Turn<'_>) -> bool {
    !turn.of_model && !turn.parts.iter().all(|(_, part)| part.get("function_response").is_some())
}

/// Signatures have only ASCII; a client may have changed their alphabet to that of URLs.
fn is_known(signature: &Value) -> bool {
    signature.as_str().is_some_and(|text| INSTEAD.contains(&text) || text.starts_with(START))
}

fn missing(name: &str, position: usize, surface: &Surface) -> Problem {
    if surface.is_vertex() {
        return invalid(format!(
            "Unable to submit request because function call `{name}` in the {position}. content block is missing a \
             `thought_signature`. Learn more: \
             https://docs.cloud.google.com/vertex-ai/generative-ai/docs/thought-signatures"
        ));
    }
    invalid(format!(
        "Function call is missing a thought_signature in functionCall parts. This is required for tools to work \
         correctly, and missing thought_signature may lead to degraded model performance. Additional data, function \
         call `default_api:{name}` , position {position}. Please refer to \
         https://ai.google.dev/gemini-api/docs/thought-signatures for more details."
    ))
}
