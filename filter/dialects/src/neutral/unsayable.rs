//! Why some targets cannot be told of a part of a message.

use super::{Document, Image, Part, Role, Source};

/// What only the provider that keeps it could read.
pub(crate) const PROVIDER_FILE: &str = "a file kept by one provider cannot be read by another; send its data";
pub(crate) const NO_AUDIO: &str = "this target takes no audio";
pub(crate) const NO_VIDEO: &str = "this target takes no video";
/// What the other side of a conversation cannot show.
pub(crate) const OF_USERS_ONLY: &str = "this target takes images and documents from the user only";

/// Why an API cannot be told of a part that takes images and documents of the user, and no video.
pub(crate) fn unsayable_media(role: Role, part: &Part<'_>) -> Option<&'static str> {
    match part {
        Part::Image(_) | Part::Document(_) if role == Role::Assistant => Some(OF_USERS_ONLY),
        Part::Image(Image { source: Source::ProviderFile })
        | Part::Document(Document { source: Source::ProviderFile, .. }) => Some(PROVIDER_FILE),
        Part::Video(_) => Some(NO_VIDEO),
        _ => None,
    }
}
