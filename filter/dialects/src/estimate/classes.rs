//! The kinds of bytes that tell where a token is likely to end.
//!
//! Letters stand for themselves, since which two of them meet tells one language from another. What UTF-8 begins a
//! character with names its script; what it goes on with narrows that down to an eighth of the script.

/// How many kinds there are.
pub(crate) const CLASSES: usize = 64;

/// Bytes of one kind, a row each. Bytes in no row are of the last kind.
#[rustfmt::skip]
const KINDS: [&[u8]; 43] = [
    b"a", b"b", b"c", b"d", b"e", b"f", b"g", b"h", b"i", b"jx", b"k", b"l", b"m",
    b"n", b"o", b"p", b"qv", b"r", b"s", b"t", b"u", b"w", b"y", b"z",
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    SPACE, LINE, b"\t", b"0123456789",
    b".,", b"\"'`([{", b")]}:;!?", b"-_", b"/\\", b"=<>+*&|~^%#@$",
    // Where characters go on: eight kinds of eight bytes.
    &[0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87], &[0x88, 0x89, 0x8a, 0x8b, 0x8c, 0x8d, 0x8e, 0x8f],
    &[0x90, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97], &[0x98, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f],
    &[0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7], &[0xa8, 0xa9, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf],
    &[0xb0, 0xb1, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7], &[0xb8, 0xb9, 0xba, 0xbb, 0xbc, 0xbd, 0xbe, 0xbf],
];

const SPACE: &[u8] = b" ";
const LINE: &[u8] = b"\n\r";

/// How the characters of a script begin: the first byte and the last, a row for each kind.
const SCRIPTS: [(u8, u8); 20] = [
    (0xc2, 0xc2), // signs
    (0xc3, 0xc3), // Latin: western Europe
    (0xc4, 0xc5), // Latin: the rest of Europe
    (0xc6, 0xcd), // Latin: Vietnamese and others; marks
    (0xce, 0xcf), // Greek
    (0xd0, 0xd0), // Cyrillic
    (0xd1, 0xd1),
    (0xd2, 0xd7), // Armenian, Hebrew
    (0xd8, 0xd8), // Arabic
    (0xd9, 0xdf),
    (0xe0, 0xe0), // Indic scripts, Thai
    (0xe1, 0xe1), // Georgian, Ethiopic, Khmer; Latin: Vietnamese
    (0xe2, 0xe2), // punctuation, arrows, symbols
    (0xe3, 0xe3), // Kana
    (0xe4, 0xe7), // Chinese characters
    (0xe5, 0xe6),
    (0xe8, 0xe9),
    (0xea, 0xed), // Hangul
    (0xee, 0xef), // full-width forms
    (0xf0, 0xf7), // emoji
];

/// The kind of each byte.
pub(crate) const CLASS: [u8; 256] = table();

#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "runs when this is compiled")]
const fn table() -> [u8; 256] {
    assert!(KINDS.len() + SCRIPTS.len() < CLASSES);
    let mut table = [CLASSES as u8 - 1; 256];
    let mut kind = 0;
    while kind < KINDS.len() {
        let mut at = 0;
        while at < KINDS[kind].len() {
            table[KINDS[kind][at] as usize] = kind as u8;
            at += 1;
        }
        kind += 1;
    }
    let mut script = 0;
    while script < SCRIPTS.len() {
        let (mut byte, last) = SCRIPTS[script];
        while byte <= last {
            table[byte as usize] = (KINDS.len() + script) as u8;
            byte += 1;
        }
        script += 1;
    }
    table
}
