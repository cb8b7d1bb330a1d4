//! Checks where images and documents come from.

use super::blocks::cache_control;
use crate::base64;
use crate::problem::Problem;
use crate::shape::{Fields, Node};

const IMAGES: &[&str] = &["image/jpeg", "image/png", "image/gif", "image/webp"];

/// Checks an image block.
pub fn image(node: &Node<'_>) -> Result<(), Problem> {
    let fields = node.object(&["type", "source", "cache_control", "transformations"])?;
    cache_control(&fields)?;
    if let Some(wanted) = fields.nullable("transformations")
        && let Some(oversized) = wanted.object(&["oversized_image"])?.optional("oversized_image")
    {
        oversized.one_of(&["downsize", "error"])?;
    }
    let source = fields.required("source")?;
    let kind = source.open_object()?.required("type")?.one_of(&["base64", "url", "file"])?;
    located(&source.tagged(kind), kind, IMAGES)
}

/// Checks a document block.
pub fn document(node: &Node<'_>) -> Result<(), Problem> {
    let known = ["type", "source", "cache_control", "citations", "context", "title"];
    let fields = node.object(&known)?;
    cache_control(&fields)?;
    for key in ["context", "title"] {
        if let Some(text) = fields.nullable(key) {
            text.string()?;
        }
    }
    if let Some(citations) = fields.nullable("citations")
        && let Some(enabled) = citations.object(&["enabled"])?.optional("enabled")
    {
        enabled.boolean()?;
    }
    let source = fields.required("source")?;
    let kinds = ["base64", "text", "content", "url", "file"];
    let kind = source.open_object()?.required("type")?.one_of(&kinds)?;
    let tagged = source.tagged(kind);
    match kind {
        "text" => {
            let fields = tagged.object(&["type", "media_type", "data"])?;
            fields.required("media_type")?.one_of(&["text/plain"])?;
            fields.required("data")?.string().map(drop)
        }
        "content" => {
            let content = tagged.object(&["type", "content"])?.required("content")?;
            if content.value.is_string() { Ok(()) } else { embedded(&content) }
        }
        _ => located(&tagged, kind, &["application/pdf"]),
    }
}

/// Texts and images that make up a document.
fn embedded(content: &Node<'_>) -> Result<(), Problem> {
    content.array()?.iter().try_for_each(|block| {
        match block.open_object()?.required("type")?.one_of(&["text", "image"])? {
            "image" => image(block),
            _ => {
                let fields = block.object(&["type", "text", "cache_control", "citations"])?;
                fields.required("text")?.string().map(drop)
            }
        }
    })
}

/// Data, an address, or a file that was uploaded.
fn located(source: &Node<'_>, kind: &str, media: &[&str]) -> Result<(), Problem> {
    match kind {
        "base64" => data(&source.object(&["type", "media_type", "data"])?, media),
        "url" => {
            let url = source.object(&["type", "url"])?.required("url")?;
            if url.string()?.starts_with("https://") || url.string()?.starts_with("http://") {
                return Ok(());
            }
            Err(url.problem("Only HTTPS URLs are supported."))
        }
        _ => source.object(&["type", "file_id"])?.required("file_id")?.string().map(drop),
    }
}

fn data(fields: &Fields<'_>, media: &[&str]) -> Result<(), Problem> {
    fields.required("media_type")?.one_of(media)?;
    let data = fields.required("data")?;
    if base64::is_valid(data.string()?) {
        return Ok(());
    }
    Err(data.problem("Invalid base64 data"))
}
