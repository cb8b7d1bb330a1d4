//! Declares the shape of an API's object once: what is known is read, what is not is remembered.
//!
//! serde's derive either ignores unknown fields in silence or buffers the whole object to keep
//! them. This reads in one pass, borrows, refuses a field that is given twice, and lists the names
//! it did not know, because a translation must not lose anything unsaid.

use super::{Failed, Parse, Reader, Text};

/// The names of fields that an object had beyond its shape.
#[derive(Clone, Debug, Default)]
pub struct Unknown<'a>(pub Vec<Text<'a>>);

/// More names than this are not kept: a client could send any number.
const MAX_UNKNOWN: usize = 32;

/// Reads the value of a field that may be `null`. One copy for each type, instead of one for each field of each shape.
///
/// # Errors
/// The value is not of this type, or not JSON.
#[inline(never)]
pub fn member<'a, T: Parse<'a>>(reader: &mut Reader<'a>, value: &mut Option<T>) -> Result<(), Failed> {
    *value = if reader.null()? { None } else { Some(T::parse(reader)?) };
    Ok(())
}

impl<'a> Unknown<'a> {
    /// Keeps another name.
    pub fn add(&mut self, name: Text<'a>) {
        if self.0.len() < MAX_UNKNOWN {
            self.0.push(name);
        }
    }
}

/// Is a value, as JSON, more than `null`, `[]` or `{}`? SDKs write those for what was never set.
pub fn says_anything(json: &str) -> bool {
    let mut bytes = json.bytes().filter(|b| !b.is_ascii_whitespace());
    let start = (bytes.next(), bytes.next());
    !matches!(start, (Some(b'n'), _) | (Some(b'['), Some(b']')) | (Some(b'{'), Some(b'}')))
}

/// A name in `camelCase`, however it is spelled: APIs whose JSON is mapped from protocol buffers take
/// `snake_case`, too.
pub fn camel(name: Text<'_>) -> Text<'_> {
    if !name.contains('_') {
        return name;
    }
    let mut out = String::with_capacity(name.len());
    let mut after_underscore = false;
    for character in name.chars() {
        match character {
            '_' => after_underscore = true,
            character if after_underscore => {
                out.push(character.to_ascii_uppercase());
                after_underscore = false;
            }
            character => out.push(character),
        }
    }
    out.into()
}

/// `shape! { Name { field: Type, renamed as "wire name": Type } }` declares a struct whose fields
/// are all optional (`null` is absent) and which reads itself from JSON. `Name in camel` reads
/// `snake_case` names as the `camelCase` that its fields are declared with.
#[macro_export]
macro_rules! shape {
    ($(#[$meta:meta])* $name:ident $(in $spelling:ident)? { $($field:ident $(as $wire:literal)? : $type:ty),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Default)]
        pub(crate) struct $name<'a> {
            $(pub(crate) $field: Option<$type>,)*
            pub(crate) unknown: $crate::Unknown<'a>,
        }

        impl<'a> $crate::Fields<'a> for $name<'a> {
            fn parse_field(
                &mut self,
                index: usize,
                reader: &mut $crate::Reader<'a>,
            ) -> Result<(), $crate::Failed> {
                #[allow(non_camel_case_types, clippy::enum_variant_names, reason = "named as the fields are")]
                enum Field { $($field),* }
                match index {
                    $(index if index == Field::$field as usize => $crate::member(reader, &mut self.$field),)*
                    _ => Ok(()),
                }
            }

            fn unknown(&mut self) -> &mut $crate::Unknown<'a> {
                &mut self.unknown
            }
        }

        impl<'a> $crate::Parse<'a> for $name<'a> {
            fn parse(reader: &mut $crate::Reader<'a>) -> Result<Self, $crate::Failed> {
                const NAMES: $crate::Names = $crate::Names {
                    known: &[$($crate::shape!(@name $field $($wire)?)),*],
                    spell: $crate::shape!(@spell $($spelling)?),
                };
                let mut value = $name::default();
                reader.object(&NAMES, &mut value)?;
                Ok(value)
            }
        }
    };
    (@spell) => { |name| name };
    (@spell $spelling:ident) => { $crate::$spelling };
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $wire:literal) => { $wire };
}
