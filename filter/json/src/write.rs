//! Writes JSON straight into a buffer, in the order in which it is said.

use super::Raw;
use super::plain::push_plain;
use super::quotable::{Quotable, Quoted};

/// Appends JSON to a buffer. Commas come by themselves.
pub struct Writer<'o> {
    out: &'o mut Vec<u8>,
    /// The next value is the first in its container, or follows its key.
    fresh: bool,
}

impl<'o> Writer<'o> {
    /// Writes behind what `out` holds.
    pub fn new(out: &'o mut Vec<u8>) -> Self {
        Self { out, fresh: true }
    }

    /// An object of what `members` writes.
    pub fn object(&mut self, members: impl FnOnce(&mut Self)) {
        self.open(b'{');
        members(self);
        self.close(b'}');
    }

    /// An array of what `items` writes.
    pub fn array(&mut self, items: impl FnOnce(&mut Self)) {
        self.open(b'[');
        items(self);
        self.close(b']');
    }

    fn open(&mut self, bracket: u8) {
        self.separate();
        self.out.push(bracket);
        self.fresh = true;
    }

    fn close(&mut self, bracket: u8) {
        self.out.push(bracket);
        self.fresh = false;
    }

    /// Names the member whose value comes next. `key` is one of ours and needs no escaping.
    pub fn key(&mut self, key: &'static str) -> &mut Self {
        self.separate();
        self.out.push(b'"');
        push_plain(self.out, key.as_bytes());
        self.out.extend_from_slice(b"\":");
        self.fresh = true;
        self
    }

    /// A string.
    pub fn string(&mut self, text: &(impl Quotable + ?Sized)) {
        text.write(self);
    }

    #[inline(never)]
    pub(crate) fn characters(&mut self, text: &str) {
        self.quoted(Quoted::characters(text));
    }

    pub(crate) fn quoted(&mut self, string: Quoted<'_>) {
        self.separate();
        self.out.push(b'"');
        string.push_to(self.out);
        self.out.push(b'"');
    }

    /// The string that there may be.
    pub fn string_or_null(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.string(text),
            None => self.null(),
        }
    }

    /// One string of several pieces.
    pub fn concat(&mut self, pieces: &[impl Quotable]) {
        self.separate();
        self.out.push(b'"');
        for piece in pieces {
            piece.quoted().push_to(self.out);
        }
        self.out.push(b'"');
    }

    /// A number.
    pub fn unsigned(&mut self, number: u64) {
        self.separate();
        let _ = serde_json::to_writer(&mut *self.out, &number);
    }

    /// A number.
    pub fn signed(&mut self, number: i64) {
        self.separate();
        let _ = serde_json::to_writer(&mut *self.out, &number);
    }

    /// A number; `null` where JSON has none for it.
    pub fn float(&mut self, number: f64) {
        self.separate();
        let _ = serde_json::to_writer(&mut *self.out, &number);
    }

    /// A number, whole where it has no fraction. What the standard library does this with is 14 KB of code.
    pub fn shortest(&mut self, number: f64) {
        // From there on, whole numbers need not be in an `i64`.
        const MOST: f64 = 9.0e18;
        if number.fract() == 0.0 && number.abs() <= MOST { self.signed(number as i64) } else { self.float(number) }
    }

    /// True or false.
    pub fn bool(&mut self, value: bool) {
        self.literal(if value { "true" } else { "false" });
    }

    /// Nothing.
    pub fn null(&mut self) {
        self.literal("null");
    }

    /// Text that is JSON already.
    pub fn raw(&mut self, json: Raw<'_>) {
        self.literal(json.get());
    }

    /// JSON that this crate has checked or made.
    pub fn literal(&mut self, json: &str) {
        self.pieces(&[json]);
    }

    /// JSON that this crate has checked or made, in several pieces.
    pub fn pieces(&mut self, json: &[&str]) {
        self.separate();
        for piece in json {
            self.out.extend_from_slice(piece.as_bytes());
        }
    }

    fn separate(&mut self) {
        if !self.fresh {
            self.out.push(b',');
        }
        self.fresh = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn commas_stand_where_json_wants_them() {
        let mut out = Vec::new();
        Writer::new(&mut out).object(|w| {
            w.key("a").unsigned(1);
            w.key("b").array(|w| {
                w.string("x");
                w.null();
                w.object(|_| ());
            });
            w.key("c").concat(&["y\"", "z"]);
        });
        assert_eq!(String::from_utf8(out).unwrap(), r#"{"a":1,"b":["x",null,{}],"c":"y\"z"}"#);
    }

    #[test]
    fn numbers_are_as_short_as_they_can_be() {
        let written = |number| {
            let mut out = Vec::new();
            Writer::new(&mut out).shortest(number);
            String::from_utf8(out).unwrap()
        };
        let cases = [(0.0, "0"), (-7.0, "-7"), (1.5, "1.5"), (9.0e18, "9000000000000000000"), (1e20, "1e+20")];
        for (number, expected) in cases.into_iter().chain([(1e-10, "1e-10"), (f64::NAN, "null")]) {
            assert_eq!(written(number), expected);
        }
    }

    #[test]
    fn every_character_survives_a_string() {
        let text: String = (0..0x300u32).chain(0x1F600..0x1F610).filter_map(char::from_u32).collect();
        let mut out = Vec::new();
        Writer::new(&mut out).string(&text);
        assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
    }
}
