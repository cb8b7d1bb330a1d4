//! Declares the shape of an API's object once: what is known is read, what is not is remembered.
//!
//! serde's derive either ignores unknown fields in silence or buffers the whole object to keep
//! them. This reads in one pass, borrows, refuses a field that is given twice, and lists the names
//! it did not know, because a translation must not lose anything unsaid.

use super::Text;
use serde_json::value::RawValue;

/// The names of fields that an object had beyond its shape.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unknown<'a>(pub(crate) Vec<Text<'a>>);

/// More names than this are not kept: a client could send any number.
const MAX_UNKNOWN: usize = 32;

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

        impl<'de> serde::Deserialize<'de> for $name<'de> {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Shape;
                impl<'de> serde::de::Visitor<'de> for Shape {
                    type Value = $name<'de>;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                        let mut value = $name::default();
                        while let Some(key) = map.next_key::<$crate::json::Text<'de>>()? {
                            $(let key = $crate::json::$spelling(key);)?
                            $(if &*key == $crate::json::shape!(@name $field $($wire)?) {
                                if value.$field.is_some() {
                                    return Err(serde::de::Error::duplicate_field(
                                        $crate::json::shape!(@name $field $($wire)?),
                                    ));
                                }
                                value.$field = map.next_value()?;
                                continue;
                            })*
                            value.unknown.add(key, map.next_value()?);
                        }
                        Ok(value)
                    }
                }
                deserializer.deserialize_map(Shape)
            }
        }
    };
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $wire:literal) => { $wire };
}
pub(crate) use shape;
