//! Checks images and files in a request, which both APIs take as data or by address.

use crate::base64;
use crate::problem::Problem;
use crate::shape::Node;

const IMAGES: &[&str] = &["png", "jpeg", "gif", "webp"];

/// Checks the address of an image. `data` is what the API calls one that holds the image.
pub fn image_url(node: &Node<'_>, data: &str) -> Result<(), Problem> {
    let url = node.string()?;
    let valid = match url.strip_prefix("data:image/").and_then(|rest| rest.split_once(";base64,")) {
        Some((kind, data)) => IMAGES.contains(&kind) && base64::is_valid(data),
        None => url.starts_with("https://") || url.starts_with("http://"),
    };
    if valid {
        return Ok(());
    }
    let message = format!(
        "Invalid '{}'. Expected a valid URL or base64-encoded {data} of an image of type {}.",
        node.path,
        IMAGES.join(", ")
    );
    Err(node.problem(&message))
}

/// Checks the data of a file.
pub fn file_data(node: &Node<'_>, data: &str) -> Result<(), Problem> {
    let uri = node.string()?.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,"));
    if uri.is_some_and(|(kind, data)| kind.contains('/') && base64::is_valid(data)) {
        return Ok(());
    }
    let message = format!(
        "Invalid '{}'. Expected a base64-encoded {data} with a MIME type (e.g. \
         'data:application/pdf;base64,aW1nIGJ5dGVzIGhlcmU=').",
        node.path
    );
    Err(node.problem(&message))
}
