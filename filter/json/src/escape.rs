//! Escape sequences: what each means, and which characters need one.

use super::plain::{is_special, plain_prefix_near, push_plain};

const HEX: [u8; 16] = *b"0123456789abcdef";

/// Bytes that are copied in one go where runs are short.
const AT_ONCE: usize = 16;

/// What a hexadecimal digit counts; [`NONE`]: it is none. By table, because which digit comes cannot be guessed.
static DIGITS: [u8; 256] = digits();
const NONE: u8 = 0xFF;

#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "evaluated by the compiler")]
const fn digits() -> [u8; 256] {
    let mut digits = [NONE; 256];
    let mut value = 0;
    while value < 16 {
        let digit = HEX[value as usize];
        digits[digit as usize] = value;
        digits[digit.to_ascii_uppercase() as usize] = value;
        value += 1;
    }
    digits
}

/// The character that a backslash and `byte` are.
#[inline]
pub(crate) fn short(byte: u8) -> Option<u8> {
    Some(match byte {
        b'"' | b'\\' | b'/' => byte,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        _ => return None,
    })
}

/// The number that stands behind a backslash and a `u`.
#[inline]
pub(crate) fn code_unit(text: &[u8]) -> Option<u16> {
    let digit = |byte: u8| u16::from(DIGITS.get(usize::from(byte)).copied().unwrap_or(NONE));
    let [a, b, c, d] = text.first_chunk::<4>()?.map(digit);
    // Only what is no digit counts more than 15.
    (a | b | c | d < 16).then_some(a << 12 | b << 8 | c << 4 | d)
}

/// Is it half of a character? Those beyond the first 65536 are two numbers.
#[inline]
pub(crate) fn is_half(unit: u16) -> bool {
    unit & 0xF800 == 0xD800
}

/// The character that two halves are.
pub(crate) fn join(first: u16, second: u16) -> Option<char> {
    char::decode_utf16([first, second]).next()?.ok()
}

/// The character that the escape sequence at the start of `json` means, and how many bytes the sequence takes. `None`:
/// there is none, or it is half of a character.
#[inline]
pub fn escape(json: &[u8]) -> Option<(char, usize)> {
    match json {
        [b'\\', b'u', digits @ ..] => {
            let (character, behind) = number(digits)?;
            Some((character, json.len().saturating_sub(behind.len())))
        }
        [b'\\', byte, ..] => Some((char::from(short(*byte)?), 2)),
        _ => None,
    }
}

/// What `json` means, which stands between the quotes of a string. `None`: it cannot stand there.
pub(crate) fn meaning(json: &str) -> Option<String> {
    let mut rest = json.as_bytes();
    // Nothing means more bytes than it is. Behind it there is space for as much as is copied at once.
    let mut text = vec![0; json.len().checked_add(AT_ONCE)?];
    let mut length = 0usize;
    loop {
        let (plain, after) = rest.split_at_checked(plain_prefix_near(rest))?;
        let place = text.get_mut(length..)?;
        // Calling on to copy a few bytes costs more than the bytes; what is too much is written over.
        match rest.first_chunk::<AT_ONCE>() {
            Some(chunk) if plain.len() <= AT_ONCE => *place.first_chunk_mut()? = *chunk,
            _ => place.get_mut(..plain.len())?.copy_from_slice(plain),
        }
        (rest, length) = (after, length.saturating_add(plain.len()));
        if rest.is_empty() {
            break;
        }
        // Where there is one escape, the next often follows at once.
        while let [b'\\', byte, after @ ..] = rest {
            let place = text.get_mut(length..)?.first_chunk_mut::<4>()?;
            // Most are short, and not worth a call.
            let (bytes, after) = if let Some(means) = short(*byte) {
                *place = [means, 0, 0, 0];
                (1, after)
            } else {
                let (character, escape) = escape(rest)?;
                (character.encode_utf8(place).len(), rest.get(escape..)?)
            };
            (rest, length) = (after, length.saturating_add(bytes));
        }
        // What stands here, if it is no character of its own, is an error.
        if rest.first().is_some_and(is_special) {
            return None;
        }
    }
    text.truncate(length);
    String::from_utf8(text).ok()
}

/// The first character of `text` that is no white space. In JSON, escapes are what they mean.
pub(crate) fn first_visible(text: &str, is_json: bool) -> Option<char> {
    let mut rest = text;
    loop {
        let (character, length) = match rest.chars().next()? {
            '\\' if is_json => escape(rest.as_bytes())?,
            character => (character, character.len_utf8()),
        };
        if !character.is_whitespace() {
            return Some(character);
        }
        rest = rest.get(length..)?;
    }
}

/// How many characters `json` means.
pub(crate) fn characters(json: &str) -> usize {
    let (mut count, mut rest) = (0usize, json.as_bytes());
    while let [byte, after @ ..] = rest {
        let behind = match (byte, after) {
            (b'\\', [b'u', digits @ ..]) if code_unit(digits).is_some_and(is_half) => 11,
            (b'\\', [b'u', ..]) => 5,
            (b'\\', _) => 1,
            _ => 0,
        };
        // A character's first byte is the one that does not go on.
        count = count.saturating_add(usize::from(byte & 0xC0 != 0x80));
        rest = after.get(behind..).unwrap_or_default();
    }
    count
}

/// The character whose number `json` starts with, and what is behind it.
fn number(json: &[u8]) -> Option<(char, &[u8])> {
    let unit = code_unit(json)?;
    let rest = json.get(4..)?;
    if !is_half(unit) {
        return Some((char::from_u32(u32::from(unit))?, rest));
    }
    let second = rest.strip_prefix(b"\\u")?;
    Some((join(unit, code_unit(second)?)?, second.get(4..)?))
}

/// Appends `text` as it stands between the quotes of a string.
pub(crate) fn push_escaped(out: &mut Vec<u8>, text: &str) {
    let mut rest = text.as_bytes();
    loop {
        let (plain, after) = rest.split_at_checked(plain_prefix_near(rest)).unwrap_or((rest, &[]));
        push_plain(out, plain);
        let Some((&byte, after)) = after.split_first() else { return };
        out.push(b'\\');
        match byte {
            b'"' | b'\\' => out.push(byte),
            b'\n' => out.push(b'n'),
            b'\r' => out.push(b'r'),
            b'\t' => out.push(b't'),
            byte => {
                let digit = |nibble: u8| HEX.get(usize::from(nibble)).copied().unwrap_or(b'0');
                out.extend_from_slice(&[b'u', b'0', b'0', digit(byte >> 4), digit(byte & 15)]);
            }
        }
        rest = after;
    }
}
