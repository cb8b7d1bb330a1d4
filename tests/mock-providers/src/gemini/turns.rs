//! Checks contents: roles, parts, and that every function call is answered in the turn after it.

use super::error::{at_fault, invalid};
use super::messages::DATA;
use super::model::Model;
use super::signatures;
use super::surface::Surface;
use super::{items, text};
use crate::problem::Problem;
use serde_json::Value;

const UNEQUAL: &str = "Please ensure that the number of function response parts is equal to the number of function \
    call parts of the function call turn.";

/// Contents of one speaker that follow each other: a client may send every chunk of a stream back
/// as a content of its own.
pub struct Turn<'a> {
    /// Whether the model speaks.
    pub of_model: bool,
    /// The parts, and the number of the content that each is in.
    pub parts: Vec<(usize, &'a Value)>,
}

impl<'a> Turn<'a> {
    /// The turns that contents make up.
    pub fn all(contents: &'a [Value]) -> Vec<Self> {
        let mut turns: Vec<Self> = Vec::new();
        for (index, content) in contents.iter().enumerate() {
            let of_model = text(content, "role") == "model";
            let parts = items(content, "parts").iter().map(|part| (index, part));
            match turns.last_mut().filter(|turn| turn.of_model == of_model) {
                Some(turn) => turn.parts.extend(parts),
                None => turns.push(Self { of_model, parts: parts.collect() }),
            }
        }
        turns
    }

    /// The data of one kind in the parts.
    fn holding(&self, data: &str) -> Vec<&'a Value> {
        self.parts.iter().filter_map(|(_, part)| part.get(data)).collect()
    }
}

/// Checks `contents`.
pub fn check(body: &Value, surface: &Surface, model: &Model<'_>) -> Result<(), Problem> {
    let contents = items(body, "contents");
    if contents.is_empty() {
        return Err(at_fault("contents", "contents is not specified"));
    }
    for (index, content) in contents.iter().enumerate() {
        role(content, surface)?;
        parts(content, &format!("contents[{index}]"))?;
    }
    let turns = Turn::all(contents);
    for (index, turn) in turns.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| turns.get(before));
        order(turn, before, turns.get(index + 1))?;
    }
    signatures::check(&turns, surface, model)
}

/// Checks `systemInstruction`: its role is ignored, and it is text.
pub fn check_system(body: &Value) -> Result<(), Problem> {
    let Some(system) = body.get("system_instruction") else { return Ok(()) };
    let parts = items(system, "parts");
    if parts.is_empty() {
        return Err(at_fault("system_instruction.parts", "contents.parts must not be empty."));
    }
    match parts.iter().find(|part| part.get("text").is_none()) {
        Some(_) => Err(invalid("System instruction only supports text.")),
        None => Ok(()),
    }
}

fn role(content: &Value, surface: &Surface) -> Result<(), Problem> {
    match content.get("role").and_then(Value::as_str) {
        Some("user" | "model") => Ok(()),
        None if !surface.is_vertex() => Ok(()),
        _ => Err(invalid("Please use a valid role: user, model.")),
    }
}

fn parts(content: &Value, path: &str) -> Result<(), Problem> {
    let parts = items(content, "parts");
    if parts.is_empty() {
        return Err(at_fault(&format!("{path}.parts"), "contents.parts must not be empty."));
    }
    parts.iter().enumerate().try_for_each(|(index, part)| {
        let path = format!("{path}.parts[{index}]");
        let Some(data) = DATA.iter().find(|data| part.get(**data).is_some()) else {
            return Err(at_fault(
                &format!("{path}.data"),
                "required oneof field 'data' must have one initialized field",
            ));
        };
        let is_user = text(content, "role") != "model";
        let inner = part.get(*data).unwrap_or(&Value::Null);
        match *data {
            "function_call" if is_user => Err(invalid("Please ensure that function calls are made by the model.")),
            "function_response" if !is_user => Err(invalid("Please ensure that function responses are the user's.")),
            "function_call" => named(inner, &format!("{path}.function_call")),
            "function_response" => {
                let path = format!("{path}.function_response");
                named(inner, &path)?;
                match inner.get("response") {
                    Some(_) => Ok(()),
                    None => Err(at_fault(&format!("{path}.response"), "response must be set.")),
                }
            }
            "inline_data" => media(inner, true),
            "file_data" if text(inner, "file_uri").is_empty() => {
                Err(at_fault(&format!("{path}.file_data.file_uri"), "file_uri must be set."))
            }
            "file_data" => media(inner, false),
            _ => Ok(()),
        }
    })
}

fn named(inner: &Value, path: &str) -> Result<(), Problem> {
    if text(inner, "name").is_empty() {
        return Err(at_fault(&format!("{path}.name"), "Name cannot be empty."));
    }
    Ok(())
}

fn media(inner: &Value, needed: bool) -> Result<(), Problem> {
    let kind = text(inner, "mime_type");
    if kind.is_empty() {
        return if needed { Err(invalid("Unable to submit request because it must have a mimeType.")) } else { Ok(()) };
    }
    let known = match kind.split_once('/') {
        Some(("image", kind)) => ["png", "jpeg", "jpg", "webp", "heic", "heif"].contains(&kind),
        Some(("application", kind)) => ["pdf", "json", "xml", "rtf", "x-javascript", "x-python"].contains(&kind),
        Some(("audio" | "video" | "text", _)) => true,
        _ => false,
    };
    if !known {
        return Err(invalid(format!("Unsupported MIME type: {kind}")));
    }
    match inner.get("data") {
        Some(Value::String(data)) if !data.is_empty() => Ok(()),
        _ if !needed => Ok(()),
        _ => Err(invalid("Unable to process input image. Please retry or report in the forum.")),
    }
}

/// Calls come after what a user says, and responses directly after their calls.
fn order(turn: &Turn<'_>, before: Option<&Turn<'_>>, after: Option<&Turn<'_>>) -> Result<(), Problem> {
    let holding = |turn: Option<&Turn<'_>>, data| turn.map_or(0, |turn| turn.holding(data).len());
    let calls = holding(Some(turn), "function_call");
    if calls > 0 && before.is_none() {
        return Err(invalid(
            "Please ensure that function call turn comes immediately after a user turn or after a function response \
             turn.",
        ));
    }
    if calls > 0 && holding(after, "function_response") != calls {
        return Err(invalid(UNEQUAL));
    }
    let mut calls = before.map(|turn| turn.holding("function_call")).unwrap_or_default();
    if calls.is_empty() && holding(Some(turn), "function_response") > 0 {
        return Err(invalid("Please ensure that function response turn comes immediately after a function call turn."));
    }
    turn.holding("function_response").iter().try_for_each(|response| answer(&mut calls, response))
}

/// Takes the call that a response answers: the one of its id, or else of its name. Google's own
/// library sends no ids with responses.
fn answer(calls: &mut Vec<&Value>, response: &Value) -> Result<(), Problem> {
    let same = |key: &str, call: &Value| call.get(key) == response.get(key);
    let anonymous = response.get("id").is_none();
    let found = calls.iter().position(|call| same("name", call) && (anonymous || same("id", call)));
    match found {
        Some(index) => {
            calls.remove(index);
            Ok(())
        }
        None if calls.iter().any(|call| same("name", call)) => {
            Err(invalid("Please ensure that functionResponse.id matches functionCall.id of the function call turn."))
        }
        None => Err(invalid(format!(
            "Please ensure that the function response `{}` has the name of a function call of the function call turn.",
            text(response, "name")
        ))),
    }
}
