//! Checks images, documents, videos, audio and search results: their formats, and where they come from.

use super::members::{of_characters, text, union};
use super::model::{Family, Model};
use crate::base64;
use crate::problem::Problem;
use crate::shape::{Fields, Node};

const IMAGES: &[&str] = &["png", "jpeg", "gif", "webp"];
const DOCUMENTS: &[&str] = &["pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md"];
const VIDEOS: &[&str] = &["mkv", "mov", "mp4", "webm", "flv", "mpeg", "mpg", "wmv", "three_gp"];
const SOUNDS: &[&str] =
    &["mp3", "opus", "wav", "aac", "flac", "mp4", "ogg", "mkv", "mka", "x-aac", "m4a", "mpeg", "mpga", "pcm", "webm"];

/// Checks an image.
pub fn image(node: &Node<'_>) -> Result<(), Problem> {
    let fields = node.object(&["format", "source", "error"])?;
    fields.required("format")?.one_of(IMAGES)?;
    if let Some(error) = fields.nullable("error") {
        error.object(&["message"])?;
    }
    stored(&fields, "ImageSource")
}

/// Checks a video.
pub fn video(node: &Node<'_>) -> Result<(), Problem> {
    let fields = node.object(&["format", "source"])?;
    fields.required("format")?.one_of(VIDEOS)?;
    stored(&fields, "VideoSource")
}

/// Checks a sound.
pub fn audio(node: &Node<'_>) -> Result<(), Problem> {
    let fields = node.object(&["format", "source", "error"])?;
    fields.required("format")?.one_of(SOUNDS)?;
    stored(&fields, "AudioSource")
}

/// Checks an image that a guardrail looks at.
pub fn guarded_image(node: &Node<'_>) -> Result<(), Problem> {
    let fields = node.object(&["format", "source"])?;
    fields.required("format")?.one_of(&["png", "jpeg"])?;
    let (_, data) = union(&fields.required("source")?, "GuardrailConverseImageSource", &["bytes"])?;
    bytes(&data)
}

/// Checks a document, and gives its name.
pub fn document<'a>(node: &Node<'a>, model: &Model) -> Result<&'a str, Problem> {
    let fields = node.object(&["format", "name", "source", "context", "citations"])?;
    if let Some(format) = fields.nullable("format") {
        format.one_of(DOCUMENTS)?;
    }
    if let Some(context) = fields.nullable("context") {
        context.string()?;
    }
    let cited = citations(&fields)?;
    // Claude takes plain texts as documents only to cite them.
    let plain = cited || model.family != Family::Claude;
    let known: &[&str] = if plain { &["bytes", "s3Location", "text", "content"] } else { &["bytes", "s3Location"] };
    let (kind, source) = union(&fields.required("source")?, "DocumentSource", known)?;
    match kind {
        "bytes" => bytes(&source)?,
        "s3Location" => s3(&source)?,
        "text" => text(&source, 1, usize::MAX).map(drop)?,
        _ => source.array()?.iter().try_for_each(|part| {
            let (_, said) = union(part, "DocumentContentBlock", &["text"])?;
            said.string().map(drop)
        })?,
    }
    name(&fields.required("name")?)
}

fn name<'a>(node: &Node<'a>) -> Result<&'a str, Problem> {
    let name = text(node, 1, 200)?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || c.is_ascii_whitespace() || "-()[]".contains(c);
    let blanks = name.as_bytes().windows(2).any(|pair| pair.iter().all(u8::is_ascii_whitespace));
    if name.chars().all(allowed) && !blanks {
        return Ok(name);
    }
    Err(node.problem(
        "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, \
         parentheses, and square brackets. The name can't contain more than one consecutive whitespace character.",
    ))
}

/// Checks a search result.
pub fn search_result(node: &Node<'_>) -> Result<(), Problem> {
    let fields = node.object(&["source", "title", "content", "citations"])?;
    fields.required("source")?.string()?;
    fields.required("title")?.string()?;
    citations(&fields)?;
    fields
        .required("content")?
        .array()?
        .iter()
        .try_for_each(|part| part.object(&["text"])?.required("text")?.string().map(drop))
}

fn citations(fields: &Fields<'_>) -> Result<bool, Problem> {
    let Some(citations) = fields.nullable("citations") else { return Ok(false) };
    citations.object(&["enabled"])?.required("enabled")?.boolean()
}

/// Bytes, or an object in S3.
fn stored(fields: &Fields<'_>, shape: &str) -> Result<(), Problem> {
    match union(&fields.required("source")?, shape, &["bytes", "s3Location"])? {
        ("bytes", data) => bytes(&data),
        (_, location) => s3(&location),
    }
}

fn s3(node: &Node<'_>) -> Result<(), Problem> {
    let fields = node.object(&["uri", "bucketOwner"])?;
    let uri = fields.required("uri")?;
    if !text(&uri, 1, 1024)?.starts_with("s3://") {
        return Err(uri.problem(&format!("The S3 URI at {} is invalid.", uri.path)));
    }
    match fields.nullable("bucketOwner") {
        Some(owner) => of_characters(&owner, (12, 12), "[0-9]{12}", |c| c.is_ascii_digit()).map(drop),
        None => Ok(()),
    }
}

/// Bytes travel as base64.
pub fn bytes(node: &Node<'_>) -> Result<(), Problem> {
    if base64::is_valid(text(node, 1, usize::MAX)?) {
        return Ok(());
    }
    Err(Problem::new(400, "SerializationException", "Invalid base64 data."))
}
