//! What encoded data is, told by how it begins, and not by what is said of it: that may come after it.

use super::header::{self, Bytes, Size};
use std::cell::Cell;

/// What stands in encoded data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    /// An image, and its size where it can be told.
    Image(Option<Size>),
    /// A document of so many bytes.
    Document(u64),
    /// A sound that lasts so many seconds.
    Sound(u64),
    /// Something else.
    Unknown,
}

/// Bytes a second of compressed sound: 128 kbit/s.
const SOUND_RATE: u64 = 16_000;
/// Data that is looked at to tell whether it is base64 or a text.
const TELLING: usize = 64;

/// A kind of file, and what is to be done with it.
#[derive(Clone, Copy)]
enum Format {
    Png,
    Jpeg,
    Gif,
    WebP,
    /// An image whose size is not looked for.
    OtherImage,
    Document,
    Wave,
    Sound,
}

/// What stands at which place of a file, and what it is then.
const FORMATS: [(usize, &[u8], Format); 13] = [
    (0, b"\x89PNG", Format::Png),
    (0, b"\xff\xd8\xff", Format::Jpeg),
    (0, b"GIF8", Format::Gif),
    (8, b"WEBP", Format::WebP),
    (4, b"ftypavi", Format::OtherImage),
    (4, b"ftyphei", Format::OtherImage),
    (4, b"ftypmif", Format::OtherImage),
    (0, b"%PDF", Format::Document),
    (0, b"PK\x03\x04", Format::Document),
    (8, b"WAVE", Format::Wave),
    (0, b"ID3", Format::Sound),
    (0, b"OggS", Format::Sound),
    (0, b"fLaC", Format::Sound),
];

impl Media {
    /// What `data` encodes, which is base64 or a URL that holds it.
    pub(super) fn of(data: &str) -> Self {
        let encoded = payload(data);
        let file = Base64::new(encoded);
        let bytes = u64::try_from(encoded.len() / 4).unwrap_or(0).saturating_mul(3);
        let start: [u8; 12] = file.bytes(0).unwrap_or_default();
        let is = |at: usize, what: &[u8]| start.get(at..).is_some_and(|start| start.starts_with(what));
        let format = FORMATS.iter().find(|(at, what, _)| is(*at, what)).map(|(_, _, format)| format);
        match format {
            Some(Format::Png) => Self::Image(header::png(&file)),
            Some(Format::Jpeg) => Self::Image(header::jpeg(&file)),
            Some(Format::Gif) => Self::Image(header::gif(&file)),
            Some(Format::WebP) => Self::Image(header::webp(&file)),
            Some(Format::OtherImage) => Self::Image(None),
            Some(Format::Document) => Self::Document(bytes),
            Some(Format::Wave) => {
                let rate = file.bytes(28).map_or(0, u32::from_le_bytes);
                Self::Sound(bytes.checked_div(u64::from(rate)).unwrap_or(0))
            }
            Some(Format::Sound) => Self::Sound(bytes / SOUND_RATE),
            // An MP3 without tags begins with a frame.
            None if start.starts_with(b"\xff") => Self::Sound(bytes / SOUND_RATE),
            None => Self::Unknown,
        }
    }
}

/// What a `data:` URL holds, or else all of it.
fn payload(data: &str) -> &str {
    let url = data.strip_prefix("data:").and_then(|url| url.split_once(','));
    url.map_or(data, |(_, payload)| payload)
}

/// Is this base64, or a URL that holds it, and not a text? Of a text the first bytes already have a space, an accent or a
/// punctuation mark.
pub(super) fn is_encoded(data: &str) -> bool {
    let is_digit = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_' | b'=' | b'\\');
    payload(data).bytes().take(TELLING).all(is_digit)
}

/// Base64 of either alphabet as it stands in JSON, decoded byte by byte where it is looked at.
struct Base64<'a> {
    text: &'a [u8],
    /// How many digits stand before which place in `text`: some clients escape every slash.
    known: Cell<(usize, usize)>,
}

impl<'a> Base64<'a> {
    fn new(text: &'a str) -> Self {
        Self { text: text.as_bytes(), known: Cell::new((0, 0)) }
    }

    /// The digit at `at`, not counting backslashes.
    fn digit(&self, at: usize) -> Option<u8> {
        let (mut digits, mut place) = Some(self.known.get()).filter(|(digits, _)| *digits <= at).unwrap_or((0, 0));
        while digits < at {
            let ahead = at.checked_sub(digits)?;
            let end = place.checked_add(ahead)?;
            let escapes = memchr::memchr_iter(b'\\', self.text.get(place..end)?).count();
            digits = digits.checked_add(ahead.checked_sub(escapes)?)?;
            place = end;
        }
        while self.text.get(place) == Some(&b'\\') {
            place = place.checked_add(1)?;
        }
        self.known.set((digits, place));
        self.text.get(place).copied()
    }
}

impl Bytes for Base64<'_> {
    fn byte(&self, at: usize) -> Option<u8> {
        // Three bytes are four digits.
        let first = at.checked_div(3)?.checked_mul(4)?.checked_add(at % 3)?;
        let high = value_of(self.digit(first)?)?;
        let low = value_of(self.digit(first.checked_add(1)?)?)?;
        let pair = u16::from(high) << 6 | u16::from(low);
        let [_, byte] = match at % 3 {
            0 => pair >> 4,
            1 => pair >> 2,
            _ => pair,
        }
        .to_be_bytes();
        Some(byte)
    }
}

fn value_of(digit: u8) -> Option<u8> {
    match digit {
        b'A'..=b'Z' => digit.checked_sub(b'A'),
        b'a'..=b'z' => digit.checked_sub(b'a')?.checked_add(26),
        b'0'..=b'9' => digit.checked_sub(b'0')?.checked_add(52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base64::encode;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn png(width: u32, height: u32) -> String {
        let ihdr = [width.to_be_bytes(), height.to_be_bytes()].concat();
        encode(&[b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &ihdr, &[0; 100]].concat())
    }

    #[test]
    fn data_is_what_it_begins_as() {
        let image = Media::Image(Some(Size { width: 640, height: 480 }));
        assert_eq!(Media::of(&png(640, 480)), image);
        assert_eq!(Media::of(&format!("data:image/png;base64,{}", png(640, 480))), image);
        assert_eq!(Media::of(&encode(b"\x89PNG\r\n\x1a\n\0\0\0\r")), Media::Image(None));
        assert_eq!(Media::of(&encode(&[b"%PDF-1.7".as_slice(), &[0; 2992]].concat())), Media::Document(3000));
        let wave = [b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".as_slice(), &[0; 4], &1000u32.to_le_bytes()];
        assert_eq!(Media::of(&encode(&[wave.concat(), vec![0; 3000]].concat())), Media::Sound(3));
        assert_eq!(Media::of(&encode(&[b"ID3\x04".as_slice(), &[0; 159_998]].concat())), Media::Sound(10));
        assert_eq!(Media::of(&encode(b"something else")), Media::Unknown);
        assert_eq!(Media::of(""), Media::Unknown);
    }

    #[test]
    fn escaped_slashes_are_no_digits() {
        // In a JPEG every marker's first byte is written with a slash.
        let profile = [&[0xff, 0xe1, 0x40, 0x02], [0xff; 0x4000].as_slice()].concat();
        let frame = [0xff, 0xc0, 0, 17, 8, 0x01, 0xe0, 0x02, 0x80, 3];
        let file = encode(&[&[0xff, 0xd8], profile.as_slice(), &frame].concat());
        let image = Media::Image(Some(Size { width: 640, height: 480 }));
        assert_eq!(Media::of(&file), image);
        assert_eq!(Media::of(&file.replace('/', "\\/")), image);
        assert_eq!(Media::of(&file.replace('/', "_").replace('+', "-")), image);
    }

    #[test]
    fn texts_are_told_from_base64() {
        assert!(is_encoded(&png(1, 1)) && is_encoded("data:image/png;base64,iVBOR"));
        for text in ["one two", "häuser", "你好", "data:text/plain,one two", "a,b,c"] {
            assert!(!is_encoded(text), "{text}");
        }
    }
}
