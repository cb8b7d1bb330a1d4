//! Escape sequences: what each means, and which characters need one.

pub(crate) const HEX: [u8; 16] = *b"0123456789abcdef";

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

/// The character that a backslash and a byte are; zero: none. By table, for the same reason.
static SHORT: [u8; 256] = shorts();

#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "evaluated by the compiler")]
const fn shorts() -> [u8; 256] {
    let (written, meant) = (b"\"\\/bfnrt", b"\"\\/\x08\x0c\n\r\t");
    let mut shorts = [0; 256];
    let mut index = 0;
    while index < written.len() {
        shorts[written[index] as usize] = meant[index];
        index += 1;
    }
    shorts
}

/// The character that a backslash and `byte` are.
#[inline(always)]
pub(crate) fn short(byte: u8) -> Option<u8> {
    SHORT.get(usize::from(byte)).copied().filter(|means| *means != 0)
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
#[inline]
pub(crate) fn number(json: &[u8]) -> Option<(char, &[u8])> {
    let unit = code_unit(json)?;
    let rest = json.get(4..)?;
    if !is_half(unit) {
        return Some((char::from_u32(u32::from(unit))?, rest));
    }
    let second = rest.strip_prefix(b"\\u")?;
    Some((join(unit, code_unit(second)?)?, second.get(4..)?))
}
