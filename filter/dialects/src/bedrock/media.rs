//! The formats of images, documents, audio and video, and the media types that other APIs name them by.

use crate::neutral::Source;

/// A format's name here, and its media type. The first row that fits is taken.
pub(super) type Formats = [(&'static str, &'static str)];

pub(super) const IMAGES: &Formats =
    &[("png", "image/png"), ("jpeg", "image/jpeg"), ("gif", "image/gif"), ("webp", "image/webp")];

pub(super) const DOCUMENTS: &Formats = &[
    ("pdf", "application/pdf"),
    ("csv", "text/csv"),
    ("doc", "application/msword"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xls", "application/vnd.ms-excel"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("html", "text/html"),
    ("txt", "text/plain"),
    ("md", "text/markdown"),
];

pub(super) const AUDIO: &Formats = &[
    ("mp3", "audio/mp3"),
    ("mp3", "audio/mpeg"),
    ("opus", "audio/opus"),
    ("wav", "audio/wav"),
    ("wav", "audio/x-wav"),
    ("aac", "audio/aac"),
    ("flac", "audio/flac"),
    ("mp4", "audio/mp4"),
    ("ogg", "audio/ogg"),
    ("mkv", "audio/x-matroska"),
    ("mka", "audio/x-matroska"),
    ("x-aac", "audio/x-aac"),
    ("m4a", "audio/m4a"),
    ("mpeg", "audio/mpeg"),
    ("mpga", "audio/mpeg"),
    ("pcm", "audio/pcm"),
    ("webm", "audio/webm"),
];

pub(super) const VIDEO: &Formats = &[
    ("mp4", "video/mp4"),
    ("mov", "video/quicktime"),
    ("mkv", "video/x-matroska"),
    ("webm", "video/webm"),
    ("flv", "video/x-flv"),
    ("mpeg", "video/mpeg"),
    ("mpg", "video/mpeg"),
    ("wmv", "video/x-ms-wmv"),
    ("three_gp", "video/3gpp"),
];

pub(super) fn media_type(formats: &Formats, format: &str) -> Option<&'static str> {
    formats.iter().find(|(name, _)| *name == format).map(|&(_, media_type)| media_type)
}

/// An image's format and its data, as this API has them.
pub(super) fn as_image<'s>(source: &'s Source<'_>) -> Option<(&'static str, &'s str)> {
    let Source::Base64 { media_type, data } = source else { return None };
    Some((format(IMAGES, media_type)?, data))
}

/// The format of a media type, whose parameters do not matter.
pub(super) fn format(formats: &Formats, media_type: &str) -> Option<&'static str> {
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    formats.iter().find(|(_, known)| known.eq_ignore_ascii_case(media_type)).map(|&(name, _)| name)
}
