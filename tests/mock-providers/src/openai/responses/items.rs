//! Checks the items of the input: what each may say, and that every tool call is answered.

use super::{ENCRYPTED, content};
use crate::problem::Problem;
use crate::shape::{Fields, Node};
use serde_json::Value;

const LONGEST_CALL_ID: usize = 64;
/// Items about tools that the provider runs.
const BUILT_IN: &[&str] = &[
    "file_search_call",
    "computer_call",
    "computer_call_output",
    "web_search_call",
    "tool_search_call",
    "tool_search_output",
    "additional_tools",
    "configuration_update",
    "compaction",
    "compaction_trigger",
    "image_generation_call",
    "code_interpreter_call",
    "local_shell_call",
    "local_shell_call_output",
    "shell_call",
    "shell_call_output",
    "apply_patch_call",
    "apply_patch_call_output",
    "mcp_list_tools",
    "mcp_approval_request",
    "mcp_approval_response",
    "mcp_call",
    "program",
    "program_output",
];
/// Items that are checked field by field.
const OWN: &[&str] = &[
    "message",
    "function_call",
    "function_call_output",
    "custom_tool_call",
    "custom_tool_call_output",
    "reasoning",
    "item_reference",
];
const STATUSES: &[&str] = &["in_progress", "completed", "incomplete"];

/// Checks `input`. What a former response said is not known here, if there is one.
pub fn check(input: &Node<'_>, has_former: bool) -> Result<(), Problem> {
    if input.value.is_string() {
        return Ok(());
    }
    let items = input.array()?;
    if items.is_empty() && !has_former {
        let message = "Invalid 'input': empty array. Expected an array with minimum length 1, but got an empty array \
             instead.";
        return Err(input.problem(message).coded("empty_array"));
    }
    items.iter().try_for_each(item)?;
    thoughts_lead_somewhere(&items)?;
    calls_are_answered(&items, has_former)
}

/// The type of an item; a message and a reference may leave it out.
pub fn kind(item: &Value) -> &str {
    match item.get("type").and_then(Value::as_str) {
        Some(kind) => kind,
        None if item.get("role").is_some() => "message",
        None if item.get("id").is_some() => "item_reference",
        None => "",
    }
}

fn item(item: &Node<'_>) -> Result<(), Problem> {
    let fields = item.open_object()?;
    match kind(item.value) {
        "message" => message(item),
        "function_call" => {
            let known = ["type", "id", "call_id", "name", "arguments", "status", "caller", "namespace", "async"];
            let fields = identified(item, &known, "fc")?;
            fields.required("name")?.name(64)?;
            fields.required("arguments")?.string()?;
            call_id(&fields)
        }
        "custom_tool_call" => {
            let fields =
                identified(item, &["type", "id", "call_id", "name", "input", "caller", "namespace", "async"], "ctc")?;
            fields.required("name")?.name(64)?;
            fields.required("input")?.string()?;
            call_id(&fields)
        }
        "function_call_output" => {
            let known = ["type", "id", "call_id", "output", "status", "caller", "name", "namespace"];
            let fields = item.object(&known)?;
            content::input(&fields.required("output")?)?;
            call_id(&fields)
        }
        "custom_tool_call_output" => {
            let fields = item.object(&["type", "id", "call_id", "output", "caller"])?;
            content::input(&fields.required("output")?)?;
            call_id(&fields)
        }
        "reasoning" => reasoning(item),
        "item_reference" => item.object(&["type", "id"])?.required("id")?.string().map(drop),
        kind if BUILT_IN.contains(&kind) => Ok(()),
        _ => fields.required("type")?.one_of(&[OWN, BUILT_IN].concat()).map(drop),
    }
}

fn message(item: &Node<'_>) -> Result<(), Problem> {
    let role = item.open_object()?.required("role")?.one_of(&["assistant", "system", "developer", "user"])?;
    if role != "assistant" {
        let fields = identified(item, &["type", "role", "content", "id", "status"], "msg")?;
        return content::input(&fields.required("content")?);
    }
    let fields = identified(item, &["type", "role", "content", "id", "status", "phase"], "msg")?;
    if let Some(phase) = fields.nullable("phase") {
        phase.one_of(&["commentary", "final_answer"])?;
    }
    content::output(&fields.required("content")?)
}

/// An object whose id, if it has one, begins as such ids do.
fn identified<'a>(item: &Node<'a>, known: &[&str], start: &str) -> Result<Fields<'a>, Problem> {
    let fields = item.object(known)?;
    if let Some(status) = fields.nullable("status") {
        status.one_of(STATUSES)?;
    }
    if let Some(id) = fields.nullable("id")
        && !id.string()?.starts_with(start)
    {
        let message = format!("Invalid '{}': '{}'. Expected an ID that begins with '{start}'.", id.path, id.string()?);
        return Err(id.problem(&message));
    }
    Ok(fields)
}

fn call_id(fields: &Fields<'_>) -> Result<(), Problem> {
    let id = fields.required("call_id")?;
    let length = id.string()?.chars().count();
    if length == 0 {
        let message = format!(
            "Invalid '{}': empty string. Expected a string with minimum length 1, but got an empty string instead.",
            id.path
        );
        return Err(id.problem(&message).coded("empty_string"));
    }
    if length <= LONGEST_CALL_ID {
        return Ok(());
    }
    let message = format!(
        "Invalid '{}': string too long. Expected a string with maximum length {LONGEST_CALL_ID}, but got a string with \
         length {length} instead.",
        id.path
    );
    Err(id.problem(&message).coded("string_above_max_length"))
}

fn reasoning(item: &Node<'_>) -> Result<(), Problem> {
    let fields = identified(item, &["type", "id", "summary", "content", "encrypted_content", "status"], "rs")?;
    fields.required("id")?;
    for (list, kind) in
        [(Some(fields.required("summary")?), "summary_text"), (fields.nullable("content"), "reasoning_text")]
    {
        for part in list.map(|list| list.array()).transpose()?.unwrap_or_default() {
            let part = part.object(&["type", "text"])?;
            part.required("type")?.one_of(&[kind])?;
            part.required("text")?.string()?;
        }
    }
    let Some(sealed) = fields.nullable("encrypted_content") else { return Ok(()) };
    if sealed.string()?.starts_with(ENCRYPTED) {
        return Ok(());
    }
    let id = fields.required("id")?.string()?;
    let message = format!("The encrypted content for item {id} could not be verified.");
    Err(sealed.problem(&message).coded("invalid_encrypted_content"))
}

/// After reasoning comes what it led to.
fn thoughts_lead_somewhere(items: &[Node<'_>]) -> Result<(), Problem> {
    for (index, item) in items.iter().enumerate().filter(|(_, item)| kind(item.value) == "reasoning") {
        let next = items.get(index + 1).map(|next| next.value);
        let follows = next.is_some_and(|next| match kind(next) {
            "message" => next.get("role").is_some_and(|role| role == "assistant"),
            kind => !kind.ends_with("_output"),
        });
        if !follows {
            let id = item.value.get("id").and_then(Value::as_str).unwrap_or_default();
            return Err(Problem::invalid(format!(
                "Item '{id}' of type 'reasoning' was provided without its required following item."
            ))
            .about("input"));
        }
    }
    Ok(())
}

fn calls_are_answered(items: &[Node<'_>], has_former: bool) -> Result<(), Problem> {
    let mut open: Vec<&str> = Vec::new();
    for item in items {
        let id = item.value.get("call_id").and_then(Value::as_str).unwrap_or_default();
        match kind(item.value) {
            "function_call" | "custom_tool_call" => open.push(id),
            "function_call_output" | "custom_tool_call_output" => match open.iter().position(|call| *call == id) {
                Some(index) => {
                    open.remove(index);
                }
                None if has_former => {}
                None => {
                    let message = format!("No tool call found for function call output with call_id {id}.");
                    return Err(Problem::invalid(message).about("input"));
                }
            },
            _ => {}
        }
    }
    match open.first() {
        Some(id) => Err(Problem::invalid(format!("No tool output found for function call {id}.")).about("input")),
        None => Ok(()),
    }
}
