//! An image's width and height, from the first bytes of its file.

/// Markers of a JPEG file that are looked at before giving up. Cameras write about ten before the size.
const MOST_MARKERS: usize = 64;

/// Bytes of a file, by where they stand.
pub(super) trait Bytes {
    /// The byte at `at`.
    fn byte(&self, at: usize) -> Option<u8>;

    /// The `N` bytes from `at`.
    fn bytes<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = self.byte(at.checked_add(index)?)?;
        }
        Some(bytes)
    }
}

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Size {
    fn new(width: impl Into<u32>, height: impl Into<u32>) -> Option<Self> {
        let size = Self { width: width.into(), height: height.into() };
        (size.width > 0 && size.height > 0).then_some(size)
    }
}

/// W3C's Portable Network Graphics, 11.2.1: the first chunk is IHDR.
pub(super) fn png(file: &impl Bytes) -> Option<Size> {
    Size::new(u32::from_be_bytes(file.bytes(16)?), u32::from_be_bytes(file.bytes(20)?))
}

/// GIF89a, 18: the logical screen.
pub(super) fn gif(file: &impl Bytes) -> Option<Size> {
    Size::new(u16::from_le_bytes(file.bytes(6)?), u16::from_le_bytes(file.bytes(8)?))
}

/// RFC 9649: lossy, lossless or extended.
pub(super) fn webp(file: &impl Bytes) -> Option<Size> {
    const FOURTEEN_BITS: u32 = 0x3fff;
    match &file.bytes::<4>(12)? {
        b"VP8 " => Size::new(
            u32::from(u16::from_le_bytes(file.bytes(26)?)) & FOURTEEN_BITS,
            u32::from(u16::from_le_bytes(file.bytes(28)?)) & FOURTEEN_BITS,
        ),
        b"VP8L" => {
            let bits = u32::from_le_bytes(file.bytes(21)?);
            Size::new((bits & FOURTEEN_BITS).wrapping_add(1), (bits >> 14 & FOURTEEN_BITS).wrapping_add(1))
        }
        b"VP8X" => {
            let [w0, w1, w2, h0, h1, h2] = file.bytes(24)?;
            let width = u32::from_le_bytes([w0, w1, w2, 0]).wrapping_add(1);
            Size::new(width, u32::from_le_bytes([h0, h1, h2, 0]).wrapping_add(1))
        }
        _ => None,
    }
}

/// ITU T.81, B.1.1.3: segments until the one that begins a frame. Profiles and thumbnails come before it.
pub(super) fn jpeg(file: &impl Bytes) -> Option<Size> {
    let mut at = 2usize;
    for _ in 0..MOST_MARKERS {
        match file.bytes(at)? {
            // Any marker may have padding before it.
            [0xff, 0xff] => at = at.checked_add(1)?,
            // A frame's start, of any process; the three others of this range are tables.
            [0xff, 0xc0..=0xcf] if !matches!(file.byte(at.checked_add(1)?)?, 0xc4 | 0xc8 | 0xcc) => {
                let height = u16::from_be_bytes(file.bytes(at.checked_add(5)?)?);
                return Size::new(u16::from_be_bytes(file.bytes(at.checked_add(7)?)?), height);
            }
            [0xff, 0x01 | 0xd0..=0xd7] => at = at.checked_add(2)?,
            [0xff, _] => {
                let length = u16::from_be_bytes(file.bytes(at.checked_add(2)?)?);
                at = at.checked_add(2)?.checked_add(usize::from(length))?;
            }
            _ => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    impl Bytes for Vec<u8> {
        fn byte(&self, at: usize) -> Option<u8> {
            self.get(at).copied()
        }
    }

    fn size(width: u32, height: u32) -> Option<Size> {
        Some(Size { width, height })
    }

    #[test]
    fn each_format_says_its_size() {
        let file = [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &640u32.to_be_bytes(), &480u32.to_be_bytes()].concat();
        assert_eq!(png(&file), size(640, 480));
        assert_eq!(png(&file[..22].to_vec()), None);
        assert_eq!(gif(&b"GIF89a\x40\x01\xc8\0".to_vec()), size(320, 200));
        let riff = |chunk: &[u8]| [b"RIFF\0\0\0\0WEBP".as_slice(), chunk].concat();
        assert_eq!(webp(&riff(b"VP8 \0\0\0\0\0\0\0\x9d\x01\x2a\x00\x04\x00\x03")), size(1024, 768));
        assert_eq!(webp(&riff(b"VP8L\0\0\0\0\x2f\xff\xc0\x3f\0")), size(256, 256));
        assert_eq!(webp(&riff(b"VP8X\0\0\0\0\0\0\0\0\xff\x03\0\xff\x02\0")), size(1024, 768));
        assert_eq!(webp(&riff(b"else")), None);
    }

    #[test]
    fn a_jpeg_says_it_behind_what_a_camera_writes_first() {
        let segment = |marker: u8, body: &[u8]| {
            let length = u16::try_from(body.len() + 2).unwrap();
            [&[0xff, marker], length.to_be_bytes().as_slice(), body].concat()
        };
        let frame = segment(0xc2, &[8, 0x03, 0x00, 0x04, 0x00, 3]);
        let start = vec![0xff, 0xd8];
        let thumbnail = segment(0xe1, &[0xaa; 60_000]);
        let tables = segment(0xc4, &[1, 2, 3]);
        let file = [start.clone(), thumbnail, tables, vec![0xff, 0xff], frame.clone()].concat();
        // A padding byte before the frame's marker.
        assert_eq!(jpeg(&file), size(1024, 768));
        assert_eq!(jpeg(&[start.clone(), vec![0xff; 1000]].concat()), None);
        assert_eq!(jpeg(&[start, segment(0xe0, &[0; 14])].concat()), None);
    }
}
