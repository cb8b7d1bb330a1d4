//! What can be written as a string, and how: as it was read, or character by character.

use super::Writer;
use super::escaped::push_escaped;
use super::plain::push_plain;
use std::borrow::Cow;

/// What can be written as a string.
pub trait Quotable {
    /// What stands between the quotes.
    fn quoted(&self) -> Quoted<'_>;

    /// Writes it as a string.
    fn write(&self, w: &mut Writer<'_>) {
        w.quoted(self.quoted());
    }
}

/// What stands between the quotes of a string.
#[derive(Clone, Copy, Debug)]
pub struct Quoted<'a> {
    text: &'a str,
    /// It has been read from between quotes, so it can stand there again as it is.
    is_json: bool,
}

impl<'a> Quoted<'a> {
    pub(crate) fn characters(text: &'a str) -> Self {
        Self { text, is_json: false }
    }

    pub(crate) fn json(text: &'a str) -> Self {
        Self { text, is_json: true }
    }

    pub(crate) fn is_empty(self) -> bool {
        self.text.is_empty()
    }

    pub(crate) fn push_to(self, out: &mut Vec<u8>) {
        if self.is_json {
            push_plain(out, self.text.as_bytes());
        } else {
            push_escaped(out, self.text);
        }
    }
}

impl Quotable for Quoted<'_> {
    fn quoted(&self) -> Quoted<'_> {
        *self
    }
}

impl Quotable for str {
    fn quoted(&self) -> Quoted<'_> {
        Quoted::characters(self)
    }

    // Hundreds of places write a string: what they call takes it as it is.
    fn write(&self, w: &mut Writer<'_>) {
        w.characters(self);
    }
}

impl Quotable for String {
    fn quoted(&self) -> Quoted<'_> {
        Quoted::characters(self)
    }

    fn write(&self, w: &mut Writer<'_>) {
        w.characters(self);
    }
}

impl Quotable for Cow<'_, str> {
    fn quoted(&self) -> Quoted<'_> {
        Quoted::characters(self)
    }

    fn write(&self, w: &mut Writer<'_>) {
        w.characters(self);
    }
}

impl<T: Quotable + ?Sized> Quotable for &T {
    fn quoted(&self) -> Quoted<'_> {
        (**self).quoted()
    }

    fn write(&self, w: &mut Writer<'_>) {
        (**self).write(w);
    }
}
