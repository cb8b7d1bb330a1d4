//! Short texts that are made for one host call: they need no memory of their own.

/// Where a value of the stream's filter state is set: `tollgate.NAME`.
pub(super) struct Path {
    bytes: [u8; LONGEST],
    length: usize,
}

const PREFIX: &[u8; 9] = b"tollgate.";
const LONGEST: usize = 40;

impl Path {
    /// Names are this project's own, and short. A longer one would be cut.
    pub(super) fn of(name: &str) -> Self {
        let mut bytes = [0; LONGEST];
        let length = name.len().min(LONGEST.saturating_sub(PREFIX.len()));
        if let Some((prefix, rest)) = bytes.split_first_chunk_mut()
            && let (Some(place), Some(name)) = (rest.get_mut(..length), name.as_bytes().get(..length))
        {
            *prefix = *PREFIX;
            place.copy_from_slice(name);
        }
        Self { bytes, length: length.saturating_add(PREFIX.len()) }
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// A number as text.
pub(super) struct Decimal {
    digits: [u8; DIGITS],
    /// Where it begins; it ends with the array.
    start: usize,
}

const DIGITS: usize = "18446744073709551615".len();

impl Decimal {
    pub(super) fn of(mut number: u64) -> Self {
        let mut digits = [b'0'; DIGITS];
        let mut start = DIGITS;
        for place in digits.iter_mut().rev() {
            start = start.saturating_sub(1);
            *place = b'0'.saturating_add(u8::try_from(number % 10).unwrap_or_default());
            number /= 10;
            if number == 0 {
                break;
            }
        }
        Self { digits, start }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.digits.get(self.start..).unwrap_or_default()
    }
}
