//! Reads objects and arrays, each member and item by what reads it.
//!
//! An object's type is a table of names, and what is done with each.

use super::read::{Failed, Reader, Wrong};
use super::scan::MAX_DEPTH;
use super::{Text, Unknown, same_name};

/// A type that is read from an object, member by member.
pub trait Fields<'a> {
    /// Reads the value of the field at `index` of the object's names.
    ///
    /// # Errors
    /// The value is not of the field's type, or not JSON.
    fn parse_field(&mut self, index: usize, reader: &mut Reader<'a>) -> Result<(), Failed>;
    /// Where other names are put.
    fn unknown(&mut self) -> &mut Unknown<'a>;
}

/// The names of an object's fields, and what is done to a name before it is looked up.
pub struct Names {
    /// What a field's index is the index of.
    pub known: &'static [&'static str],
    /// Makes a name that `known` does not have what it has of it.
    pub spell: fn(Text<'_>) -> Text<'_>,
}

impl Names {
    fn index(&self, name: &str) -> Option<usize> {
        self.known.iter().position(|known| same_name(known, name))
    }
}

impl<'a> Reader<'a> {
    /// Fills `fields` from an object.
    ///
    /// # Errors
    /// The value that is next is none, has a field twice, or one that cannot be read.
    pub fn object(&mut self, names: &'static Names, fields: &mut dyn Fields<'a>) -> Result<(), Failed> {
        self.enter(b'{', "an object")?;
        let (mut first, mut seen) = (true, 0u64);
        while self.goes_on(b'}', &mut first)? {
            let start = self.lexer.at;
            let mut name = self.name()?;
            let mut index = names.index(&name);
            if index.is_none() {
                name = (names.spell)(name);
                index = names.index(&name);
            }
            let Some(index) = index else {
                if self.skip()? {
                    fields.unknown().add(name);
                }
                continue;
            };
            let bit = u32::try_from(index).ok().and_then(|index| 1u64.checked_shl(index)).unwrap_or(0);
            if seen & bit != 0 {
                self.wrong = Some((start, Wrong::Twice));
                return Err(Failed);
            }
            seen |= bit;
            fields.parse_field(index, self)?;
        }
        Ok(())
    }

    /// Reads an object of any names, each value by `member`. A name can be there twice.
    ///
    /// # Errors
    /// The value that is next is none, or a member cannot be read.
    pub fn members(&mut self, member: &mut dyn FnMut(Text<'a>, &mut Self) -> Result<(), Failed>) -> Result<(), Failed> {
        self.enter(b'{', "an object")?;
        let mut first = true;
        while self.goes_on(b'}', &mut first)? {
            let name = self.name()?;
            member(name, self)?;
        }
        Ok(())
    }

    /// Reads an array, each item by `item`.
    ///
    /// # Errors
    /// The value that is next is none, or an item cannot be read.
    pub fn array(&mut self, item: &mut dyn FnMut(&mut Self) -> Result<(), Failed>) -> Result<(), Failed> {
        self.enter(b'[', "an array")?;
        let mut first = true;
        while self.goes_on(b']', &mut first)? {
            item(self)?;
        }
        Ok(())
    }

    fn enter(&mut self, open: u8, what: &'static str) -> Result<(), Failed> {
        if !self.is_next(open) {
            return Err(self.expected(what));
        }
        self.lexer.advance();
        self.depth = self.depth.saturating_add(1);
        if self.depth > MAX_DEPTH { Err(Failed) } else { Ok(()) }
    }

    /// Moves on to the next in a container, or over its end.
    fn goes_on(&mut self, close: u8, first: &mut bool) -> Result<bool, Failed> {
        let first = std::mem::take(first);
        if self.is_next(close) {
            self.lexer.advance();
            self.depth = self.depth.saturating_sub(1);
            return Ok(false);
        }
        if !first {
            if !self.is_next(b',') {
                return Err(Failed);
            }
            self.lexer.advance();
            self.lexer.skip_space();
        }
        Ok(true)
    }

    fn name(&mut self) -> Result<Text<'a>, Failed> {
        if !self.is_next(b'"') {
            return Err(Failed);
        }
        let name = self.string()?;
        if !self.is_next(b':') {
            return Err(Failed);
        }
        self.lexer.advance();
        Ok(name)
    }
}
