//! Reads JSON as a protobuf message the way Google's front end does: names in camel or snake case,
//! a single value where a list is due, numbers as text, nulls as absent; and refuses what it refuses.

use super::error;
use super::surface::Surface;
use crate::problem::Problem;
use serde_json::{Map, Value, json};

/// What a field holds.
pub enum Kind {
    /// Text.
    Text,
    /// Bytes, in base64.
    Bytes,
    /// True or false.
    Bool,
    /// An integer of 32 bits.
    Int32,
    /// An integer of 64 bits.
    Int64,
    /// A number.
    Float,
    /// One of the names, of the type called so.
    Enum(&'static str, &'static [&'static str]),
    /// Another message.
    Message(&'static Message),
    /// Any JSON object.
    Struct,
    /// Any JSON.
    Any,
    /// Many.
    List(&'static Kind),
    /// Many, by name.
    Map(&'static Kind),
}

/// A field's name in snake case, and what it holds.
pub type Field = (&'static str, Kind);

/// A message.
pub struct Message {
    name: &'static str,
    fields: &'static [Field],
    vertex: &'static [Field],
    data: &'static [&'static str],
}

impl Message {
    /// A message that is the same everywhere.
    pub const fn new(name: &'static str, fields: &'static [Field]) -> Self {
        Self { name, fields, vertex: &[], data: &[] }
    }

    /// Fields that only Vertex AI knows.
    pub const fn on_vertex(self, vertex: &'static [Field]) -> Self {
        Self { vertex, ..self }
    }

    /// Fields of which at most one may be set.
    pub const fn one_of(self, data: &'static [&'static str]) -> Self {
        Self { data, ..self }
    }

    fn field(&self, surface: &Surface, key: &str) -> Option<&'static Field> {
        let vertex = self.vertex.iter().filter(|_| surface.is_vertex());
        self.fields.iter().chain(vertex).find(|(name, _)| key == *name || key == camel(name))
    }
}

/// The body as a message, its names in snake case, its lists lists, and its nulls gone.
pub fn read(message: &'static Message, body: &Value, surface: &Surface) -> Result<Value, Problem> {
    let mut reader = Reader { surface, violations: Vec::new() };
    let read = match body {
        Value::Object(map) => reader.message(message, map, ""),
        _ => {
            let what = "Invalid JSON payload received. Unknown name \"\": Root element must be a message.";
            reader.violated("", what.into());
            Value::Null
        }
    };
    if reader.violations.is_empty() { Ok(read) } else { Err(reader.problem()) }
}

/// The name in camel case.
fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_string();
    words.fold(first, |camel, word| {
        let (head, tail) = word.split_at(word.len().min(1));
        format!("{camel}{}{tail}", head.to_uppercase())
    })
}

struct Reader<'a> {
    surface: &'a Surface,
    /// Paths, and what is wrong there: all of it is said at once.
    violations: Vec<(String, String)>,
}

impl Reader<'_> {
    fn problem(self) -> Problem {
        let said: Vec<_> = self.violations.iter().map(|(_, what)| what.as_str()).collect();
        let violations: Vec<_> =
            self.violations.iter().map(|(field, what)| json!({"field": field, "description": what})).collect();
        error::invalid(said.join("\n")).detailed(json!({
            "@type": "type.googleapis.com/google.rpc.BadRequest",
            "fieldViolations": violations,
        }))
    }

    fn violated(&mut self, path: &str, what: String) {
        self.violations.push((path.into(), what));
    }

    fn unknown(&mut self, path: &str, key: &str, what: &str) {
        let at = if path.is_empty() { String::new() } else { format!(" at '{path}'") };
        self.violated(path, format!("Invalid JSON payload received. Unknown name \"{key}\"{at}: {what}"));
    }

    fn invalid(&mut self, path: &str, kind: &str, found: &Value) {
        self.violated(path, format!("Invalid value at '{path}' ({kind}), {found}"));
    }

    fn message(&mut self, message: &'static Message, map: &Map<String, Value>, path: &str) -> Value {
        let mut read = Map::new();
        for (key, value) in map.iter().filter(|(_, value)| !value.is_null()) {
            let Some((name, kind)) = message.field(self.surface, key) else {
                self.unknown(path, key, "Cannot find field.");
                continue;
            };
            let repeats = matches!(kind, Kind::List(_) | Kind::Any | Kind::Struct);
            if value.is_array() && !repeats {
                self.unknown(path, key, "Proto field is not repeating, cannot start list.");
                continue;
            }
            if message.data.contains(name) && read.keys().any(|set| message.data.contains(&set.as_str())) {
                let what = format!("oneof field 'data' is already set. Cannot set '{}'", camel(name));
                self.violated(path, format!("Invalid value at '{path}' (oneof), {what}"));
            }
            let below = if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
            let value = self.value(kind, value, &below);
            if read.insert(name.to_string(), value).is_some() {
                self.unknown(path, key, "Proto field is not repeating, cannot be set twice.");
            }
        }
        read.into()
    }

    fn value(&mut self, kind: &'static Kind, value: &Value, path: &str) -> Value {
        match kind {
            Kind::Any => value.clone(),
            Kind::Message(message) => match value.as_object() {
                Some(map) => self.message(message, map, path),
                None => self.wrong_message(path, &self.surface.type_name(message.name), value),
            },
            Kind::Struct => match value.as_object() {
                Some(_) => value.clone(),
                None => self.wrong_message(path, "type.googleapis.com/google.protobuf.Struct", value),
            },
            Kind::List(kind) => match value.as_array() {
                Some(items) => items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| self.value(kind, item, &format!("{path}[{index}]")))
                    .collect(),
                None => vec![self.value(kind, value, path)].into(),
            },
            Kind::Map(kind) => match value.as_object() {
                Some(map) => map
                    .iter()
                    .enumerate()
                    .map(|(index, (key, value))| {
                        (key.clone(), self.value(kind, value, &format!("{path}[{index}].value")))
                    })
                    .collect::<Map<_, _>>()
                    .into(),
                None => self.wrong_message(path, "Map", value),
            },
            scalar => self.scalar(scalar, value, path),
        }
    }

    fn wrong_message(&mut self, path: &str, name: &str, found: &Value) -> Value {
        self.invalid(path, name, found);
        Value::Null
    }

    fn scalar(&mut self, kind: &'static Kind, value: &Value, path: &str) -> Value {
        let integer = |least: i64, greatest: i64| {
            let whole = value.as_f64().filter(|number| number.fract() == 0.0).map(|number| number as i64);
            let written = value.as_str().and_then(|text| text.parse().ok());
            let number = value.as_i64().or(whole).or(written);
            number.filter(|number| (least..=greatest).contains(number)).map(Value::from)
        };
        let (read, name) = match kind {
            Kind::Bool => (value.as_bool().map(Value::from), "TYPE_BOOL"),
            Kind::Int32 => (integer(i32::MIN.into(), i32::MAX.into()), "TYPE_INT32"),
            Kind::Int64 => (integer(i64::MIN, i64::MAX), "TYPE_INT64"),
            Kind::Float => {
                let written = value.as_str().and_then(|text| text.parse::<f64>().ok());
                (value.as_f64().or(written).map(Value::from), "TYPE_FLOAT")
            }
            Kind::Enum(name, allowed) => {
                let found = value.as_str().and_then(|text| allowed.iter().find(|one| one.eq_ignore_ascii_case(text)));
                if found.is_none() {
                    self.invalid(path, &self.surface.type_name(name), value);
                }
                return found.map_or(Value::Null, |one| (*one).into());
            }
            Kind::Bytes => match value.as_str() {
                Some(text) if is_base64(text) => (Some(value.clone()), "TYPE_BYTES"),
                _ => (None, "TYPE_BYTES"),
            },
            _ => (value.as_str().map(Value::from), "TYPE_STRING"),
        };
        match (read, kind, value) {
            (Some(read), _, _) => read,
            (None, Kind::Bytes, Value::String(_)) => {
                let what = format!("Invalid value at '{path}' (TYPE_BYTES), Base64 decoding failed for {value}");
                self.violated(path, what);
                Value::Null
            }
            _ => {
                self.invalid(path, name, value);
                Value::Null
            }
        }
    }
}

/// Whether a text is base64: of either alphabet, with or without padding.
fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    let padded = padding == 0 || text.len().is_multiple_of(4) && padding <= 2;
    let standard = digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/');
    let of_urls = digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    padded && digits.len() % 4 != 1 && (standard || of_urls)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_of_both_alphabets_is_taken() {
        for good in ["", "aGk=", "aGk", "YQ", "+/+/", "-_-_", "skip_thought_signature_validator"] {
            assert!(is_base64(good), "{good}");
        }
        for bad in ["a", "a===", "+_aa", "aG k", "aGk=\n"] {
            assert!(!is_base64(bad), "{bad}");
        }
        assert_eq!(camel("top_p"), "topP");
        assert_eq!(camel("text"), "text");
    }
}
