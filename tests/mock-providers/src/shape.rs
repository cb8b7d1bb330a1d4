//! Reads typed fields out of a JSON body, remembering where each is, and refusing what is missing,
//! unknown or of the wrong type in the words of the provider.

use crate::problem::Problem;
use serde_json::{Map, Value};

/// How a provider names places and says what is wrong there.
pub trait Wording: Sync {
    /// The path of a key in an object.
    fn key(&self, path: &str, key: &str) -> String;
    /// The path of an item in an array.
    fn item(&self, path: &str, index: usize) -> String;
    /// A required field is not there.
    fn missing(&self, path: &str) -> Problem;
    /// An object has a field that nobody knows.
    fn unknown(&self, path: &str, key: &str) -> Problem;
    /// A value has the wrong type.
    fn wrong_type(&self, path: &str, expected: &str, found: &Value) -> Problem;
    /// A string is not one of the allowed ones.
    fn not_one_of(&self, path: &str, found: &str, allowed: &[&str]) -> Problem;
    /// A number is below the least or above the greatest allowed one.
    fn out_of_range(&self, path: &str, below: bool, bound: f64) -> Problem;
    /// A string does not match the pattern.
    fn mismatch(&self, path: &str, pattern: &str) -> Problem;
    /// Anything else, said in full.
    fn other(&self, path: &str, message: &str) -> Problem;
}

/// A value in the body, and where it is.
#[derive(Clone)]
pub struct Node<'a> {
    /// The value.
    pub value: &'a Value,
    /// Where it is, as the provider writes it.
    pub path: String,
    wording: &'static dyn Wording,
}

/// An object in the body, all of whose fields are known.
pub struct Fields<'a> {
    map: &'a Map<String, Value>,
    /// Where it is, as the provider writes it.
    pub path: String,
    wording: &'static dyn Wording,
}

impl<'a> Node<'a> {
    /// The whole body.
    pub fn root(value: &'a Value, wording: &'static dyn Wording) -> Self {
        Self { value, path: String::new(), wording }
    }

    /// The same value, its path going through the name of the variant it is.
    pub fn tagged(&self, tag: &str) -> Self {
        Self { path: self.wording.key(&self.path, tag), ..self.clone() }
    }

    /// An object with no other fields than the known ones.
    pub fn object(&self, known: &[&str]) -> Result<Fields<'a>, Problem> {
        let fields = self.open_object()?;
        match fields.map.keys().find(|key| !known.contains(&key.as_str())) {
            Some(key) => Err(self.wording.unknown(&self.path, key)),
            None => Ok(fields),
        }
    }

    /// An object with any fields.
    pub fn open_object(&self) -> Result<Fields<'a>, Problem> {
        match self.value {
            Value::Object(map) => Ok(Fields { map, path: self.path.clone(), wording: self.wording }),
            _ => Err(self.expected("an object")),
        }
    }

    /// A string.
    pub fn string(&self) -> Result<&'a str, Problem> {
        self.value.as_str().ok_or_else(|| self.expected("a string"))
    }

    /// A boolean.
    pub fn boolean(&self) -> Result<bool, Problem> {
        self.value.as_bool().ok_or_else(|| self.expected("a boolean"))
    }

    /// An integer within bounds.
    pub fn integer(&self, least: i64, greatest: i64) -> Result<i64, Problem> {
        let number = self.value.as_i64().ok_or_else(|| self.expected("an integer"))?;
        self.bounded(number as f64, least as f64, greatest as f64)?;
        Ok(number)
    }

    /// A number within bounds.
    pub fn number(&self, least: f64, greatest: f64) -> Result<f64, Problem> {
        let number = self.value.as_f64().ok_or_else(|| self.expected("a number"))?;
        self.bounded(number, least, greatest)?;
        Ok(number)
    }

    fn bounded(&self, number: f64, least: f64, greatest: f64) -> Result<(), Problem> {
        if number < least {
            Err(self.wording.out_of_range(&self.path, true, least))
        } else if number > greatest {
            Err(self.wording.out_of_range(&self.path, false, greatest))
        } else {
            Ok(())
        }
    }

    /// The items of an array.
    pub fn array(&self) -> Result<Vec<Node<'a>>, Problem> {
        let items = self.value.as_array().ok_or_else(|| self.expected("an array"))?;
        Ok(items
            .iter()
            .enumerate()
            .map(|(index, value)| Node { value, path: self.wording.item(&self.path, index), wording: self.wording })
            .collect())
    }

    /// One of the allowed strings.
    pub fn one_of(&self, allowed: &[&str]) -> Result<&'a str, Problem> {
        let found = self.string()?;
        if allowed.contains(&found) { Ok(found) } else { Err(self.wording.not_one_of(&self.path, found, allowed)) }
    }

    /// A name of letters, digits, `_` and `-`.
    pub fn name(&self, longest: usize) -> Result<&'a str, Problem> {
        let name = self.string()?;
        if (1..=longest).contains(&name.len()) && name.bytes().all(is_name_byte) {
            Ok(name)
        } else {
            let pattern = format!("^[a-zA-Z0-9_-]{{1,{longest}}}$");
            Err(self.wording.mismatch(&self.path, &pattern))
        }
    }

    /// A problem with this value, said in full.
    pub fn problem(&self, message: &str) -> Problem {
        self.wording.other(&self.path, message)
    }

    fn expected(&self, what: &str) -> Problem {
        self.wording.wrong_type(&self.path, what, self.value)
    }
}

/// Whether a byte may be in a name or an id.
pub fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

impl<'a> Fields<'a> {
    /// A field that must be there; it may not be null if it is read as anything.
    pub fn required(&self, key: &str) -> Result<Node<'a>, Problem> {
        self.optional(key).ok_or_else(|| self.wording.missing(&self.wording.key(&self.path, key)))
    }

    /// A field that may be left out, but not be null.
    pub fn optional(&self, key: &str) -> Option<Node<'a>> {
        self.map.get(key).map(|value| Node { value, path: self.wording.key(&self.path, key), wording: self.wording })
    }

    /// A field that may be left out or be null.
    pub fn nullable(&self, key: &str) -> Option<Node<'a>> {
        self.optional(key).filter(|node| !node.value.is_null())
    }

    /// All fields.
    pub fn all(&self) -> Vec<(&'a str, Node<'a>)> {
        self.map.keys().filter_map(|key| self.optional(key).map(|node| (key.as_str(), node))).collect()
    }
}
