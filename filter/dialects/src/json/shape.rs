//! Declares the shape of an API's object once: what is known is read, what is not is remembered.
//!
//! serde's derive either ignores unknown fields in silence or buffers the whole object to keep
//! them. This reads in one pass, borrows, refuses a field that is given twice, and lists the names
//! it did not know, because a translation must not lose anything unsaid.

use super::Text;
use serde::de::{Deserialize, Error, MapAccess};
use serde_json::value::RawValue;

/// The names of fields that an object had beyond its shape.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unknown<'a>(pub(crate) Vec<Text<'a>>);

/// More names than this are not kept: a client could send any number.
const MAX_UNKNOWN: usize = 32;

/// A shape being filled from a map of type `A`.
pub(crate) trait Fields<'de, A: MapAccess<'de>> {
    /// Reads the value of the field at `index` of the shape's names.
    fn read(&mut self, index: usize, map: &mut A) -> Result<(), A::Error>;
    fn unknown(&mut self) -> &mut Unknown<'de>;
}

/// Fills `fields` from `map`. `spell` is what is done to a name first.
///
/// This and [`member`] stay out of line: one copy for all shapes, and for each type of value, instead of
/// one for each field of each shape, is a third of the module.
#[inline(never)]
pub(crate) fn read_fields<'de, A: MapAccess<'de>>(
    map: &mut A,
    names: &'static [&'static str],
    spell: fn(Text<'de>) -> Text<'de>,
    fields: &mut dyn Fields<'de, A>,
) -> Result<(), A::Error> {
    let mut seen = 0u64;
    while let Some(name) = map.next_key::<Text<'de>>()? {
        let name = spell(name);
        let Some((index, known)) = names.iter().enumerate().find(|(_, known)| **known == &*name) else {
            let value = map.next_value()?;
            fields.unknown().add(name, value);
            continue;
        };
        let bit = u32::try_from(index).ok().and_then(|index| 1u64.checked_shl(index)).unwrap_or(0);
        if seen & bit != 0 {
            return Err(A::Error::duplicate_field(known));
        }
        seen |= bit;
        fields.read(index, map)?;
    }
    Ok(())
}

/// Reads a value.
#[inline(never)]
pub(crate) fn member<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    map: &mut A,
    value: &mut Option<T>,
) -> Result<(), A::Error> {
    *value = map.next_value()?;
    Ok(())
}

impl<'a> Unknown<'a> {
    pub(crate) fn add(&mut self, name: Text<'a>, value: &RawValue) {
        if says_anything(value) && self.0.len() < MAX_UNKNOWN {
            self.0.push(name);
        }
    }
}

/// Is a value more than `null`, `[]` or `{}`? SDKs write those for what was never set.
pub(crate) fn says_anything(value: &RawValue) -> bool {
    let mut bytes = value.get().bytes().filter(|b| !b.is_ascii_whitespace());
    let start = (bytes.next(), bytes.next());
    !matches!(start, (Some(b'n'), _) | (Some(b'['), Some(b']')) | (Some(b'{'), Some(b'}')))
}

/// A name in `camelCase`, however it is spelled: APIs whose JSON is mapped from protocol buffers take
/// `snake_case`, too.
pub(crate) fn camel(name: Text<'_>) -> Text<'_> {
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
macro_rules! shape {
    ($(#[$meta:meta])* $name:ident $(in $spelling:ident)? { $($field:ident $(as $wire:literal)? : $type:ty),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Default)]
        pub(crate) struct $name<'a> {
            $(pub(crate) $field: Option<$type>,)*
            pub(crate) unknown: $crate::json::Unknown<'a>,
        }

        impl<'de, A: serde::de::MapAccess<'de>> $crate::json::Fields<'de, A> for $name<'de> {
            fn read(&mut self, index: usize, map: &mut A) -> Result<(), A::Error> {
                #[allow(non_camel_case_types, clippy::enum_variant_names, reason = "named as the fields are")]
                enum Field { $($field),* }
                match index {
                    $(index if index == Field::$field as usize => $crate::json::member(map, &mut self.$field),)*
                    _ => Ok(()),
                }
            }

            fn unknown(&mut self) -> &mut $crate::json::Unknown<'de> {
                &mut self.unknown
            }
        }

        impl<'de> serde::Deserialize<'de> for $name<'de> {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Shape;
                impl<'de> serde::de::Visitor<'de> for Shape {
                    type Value = $name<'de>;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                        const NAMES: &[&str] = &[$($crate::json::shape!(@name $field $($wire)?)),*];
                        let mut value = $name::default();
                        $crate::json::read_fields(&mut map, NAMES, $crate::json::shape!(@spell $($spelling)?), &mut value)?;
                        Ok(value)
                    }
                }
                deserializer.deserialize_map(Shape)
            }
        }
    };
    (@spell) => { |name| name };
    (@spell $spelling:ident) => { $crate::json::$spelling };
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $wire:literal) => { $wire };
}
pub(crate) use shape;
