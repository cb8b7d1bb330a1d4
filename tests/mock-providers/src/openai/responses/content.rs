//! Checks what messages and tool outputs are made of.

use super::super::media;
use crate::problem::Problem;
use crate::shape::{Fields, Node};

/// What is said to the model: a text, or parts.
pub fn input(content: &Node<'_>) -> Result<(), Problem> {
    if content.value.is_string() {
        return Ok(());
    }
    content.array()?.iter().try_for_each(|part| {
        match part.open_object()?.required("type")?.one_of(&["input_text", "input_image", "input_file"])? {
            "input_text" => {
                let fields = part.object(&["type", "text", "prompt_cache_breakpoint"])?;
                cache_breakpoint(&fields)?;
                fields.required("text")?.string().map(drop)
            }
            "input_image" => image(part),
            _ => file(part),
        }
    })
}

/// What the model said: a text, or parts.
pub fn output(content: &Node<'_>) -> Result<(), Problem> {
    if content.value.is_string() {
        return Ok(());
    }
    content.array()?.iter().try_for_each(|part| {
        if part.open_object()?.required("type")?.one_of(&["output_text", "refusal"])? == "refusal" {
            return part.object(&["type", "refusal"])?.required("refusal")?.string().map(drop);
        }
        let fields = part.object(&["type", "text", "annotations", "logprobs"])?;
        for key in ["annotations", "logprobs"] {
            if let Some(list) = fields.nullable(key) {
                list.array()?;
            }
        }
        fields.required("text")?.string().map(drop)
    })
}

fn cache_breakpoint(fields: &Fields<'_>) -> Result<(), Problem> {
    let Some(found) = fields.nullable("prompt_cache_breakpoint") else { return Ok(()) };
    let found = found.object(&["mode", "ttl"])?;
    if let Some(ttl) = found.optional("ttl") {
        ttl.one_of(&["30m", "12h"])?;
    }
    found.required("mode")?.one_of(&["explicit"]).map(drop)
}

fn image(part: &Node<'_>) -> Result<(), Problem> {
    let fields = part.object(&["type", "detail", "file_id", "image_url", "prompt_cache_breakpoint"])?;
    cache_breakpoint(&fields)?;
    if let Some(detail) = fields.nullable("detail") {
        detail.one_of(&["low", "high", "auto", "original"])?;
    }
    if let Some(id) = fields.nullable("file_id") {
        return id.string().map(drop);
    }
    media::image_url(&fields.required("image_url")?, "data URL")
}

fn file(part: &Node<'_>) -> Result<(), Problem> {
    let known = ["type", "detail", "file_data", "file_id", "file_url", "filename", "prompt_cache_breakpoint"];
    let fields = part.object(&known)?;
    cache_breakpoint(&fields)?;
    if let Some(detail) = fields.optional("detail") {
        detail.one_of(&["auto", "low", "high"])?;
    }
    for key in ["file_id", "file_url", "filename"] {
        if let Some(text) = fields.nullable(key) {
            text.string()?;
        }
    }
    let given = ["file_data", "file_id", "file_url"].iter().filter(|key| fields.nullable(key).is_some()).count();
    if given != 1 {
        let message = "Exactly one of 'file_data', 'file_id' and 'file_url' is required for an input file.";
        return Err(part.problem(message));
    }
    let Some(data) = fields.optional("file_data") else { return Ok(()) };
    fields.required("filename")?;
    media::file_data(&data, "data URL")
}
