//! Which kinds of media a request says that it holds. Not by the data, which may stand elsewhere.

use crate::json::Token;

/// Which kinds of media a request says that it holds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Contents {
    pub(crate) images: bool,
    pub(crate) documents: bool,
    pub(crate) sounds: bool,
}

impl Contents {
    /// Adds a token behind `key`, which stands in no tool's arguments.
    pub(super) fn add(&mut self, key: &str, token: Token<'_>) {
        match (key, token) {
            ("type", Token::String("image" | "image_url" | "input_image")) => self.images = true,
            ("type", Token::String("document" | "input_file")) => self.documents = true,
            ("type", Token::String("input_audio")) => self.sounds = true,
            ("mimeType" | "mime_type", Token::String(kind)) => {
                self.images |= kind.starts_with("image/");
                self.sounds |= kind.starts_with("audio/");
                self.documents |= kind.starts_with("application/") || kind.starts_with("text/");
            }
            // Bedrock's parts say by a name what they are, and so does a file of OpenAI's.
            ("image", Token::ObjectStart) => self.images = true,
            ("document" | "file", Token::ObjectStart) => self.documents = true,
            ("audio", Token::ObjectStart) => self.sounds = true,
            _ => {}
        }
    }
}
