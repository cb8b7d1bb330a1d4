//! The reader and the scanner beside `serde_json`: the same documents are JSON to them, and mean the same.

use crate::choices::Choices;
use crate::written::assert_json;
use serde::de::IgnoredAny;
use serde_json::Value;
use std::collections::BTreeMap;
use tollgate_json::{
    Failed, Ignored, Parse, Raw, Reader, Scanner, Text, Token, Writer, object, parse, path_at, unescape,
};

/// Containers inside each other, at most.
const DEEPEST: usize = 127;

pub fn check(data: &[u8]) {
    let mut choices = Choices::of(data);
    let offset = usize::from(choices.byte());
    let Ok(text) = std::str::from_utf8(choices.rest()) else { return };
    let is_json = serde_json::from_str::<IgnoredAny>(text).is_ok() && depth(text) <= DEEPEST;
    let scanned = scan(text);
    assert_eq!(scanned.is_some(), is_json, "scanned");
    assert_eq!(parse::<Ignored>(text).is_ok(), is_json, "passed by");
    assert_eq!(parse::<Raw<'_>>(text).is_ok(), is_json, "as it is written");
    let value = serde_json::from_str::<Value>(text).ok();
    let tree = parse::<Tree<'_>>(text).ok();
    assert_eq!(tree.is_some(), value.is_some() && is_json, "read");
    if let (Some(tree), Some(value)) = (&tree, &value) {
        assert!(tree.means(value), "{tree:?} is not {value:?}");
    }
    if let Some(raw) = scanned {
        assert_eq!(raw, text.trim_matches([' ', '\t', '\n', '\r']));
        assert_eq!(object(text), Some(raw).filter(|raw| raw.starts_with('{')));
    } else {
        assert_eq!(object(text), None);
    }
    let path = path_at(text, offset);
    assert!(path.bytes().all(|byte| byte.is_ascii_graphic()) && path.len() <= 67 * DEEPEST, "{path}");
    assert_string(text);
}

/// The value as it is written, if the text is one; every token stands where its span says.
fn scan(text: &str) -> Option<&str> {
    let mut scanner = Scanner::new(text);
    let (first, start) = scanner.next().ok()??;
    let mut skipping = Scanner::new(text);
    skipping.next().ok()?;
    let skipped = skipping.skip(first);
    let mut last = start;
    let mut next = scanner.next();
    while let Ok(Some((token, span))) = next {
        assert!(last.end <= span.start && span.start < span.end);
        if let Token::Key(inside) | Token::String(inside) = token {
            assert_eq!(&text[span.start + 1..span.end - 1], inside);
        }
        last = span;
        next = scanner.next();
    }
    next.ok()?;
    assert_eq!((skipped, skipping.position()), (Some(()), last.end));
    text.get(start.start..last.end)
}

/// How many containers stand inside each other in JSON.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The text between quotes: what it means, how long it is, and what becomes of it when it is written.
fn assert_string(inside: &str) {
    let json = format!("\"{inside}\"");
    let (read, meaning) = (parse::<Text<'_>>(&json).ok(), serde_json::from_str::<String>(&json).ok());
    assert_eq!(read.as_ref().map(|text| (**text).to_owned()), meaning);
    let written = |write: &dyn Fn(&mut Writer<'_>)| {
        let mut out = Vec::new();
        write(&mut Writer::new(&mut out));
        assert_json(&out);
        serde_json::from_slice::<String>(&out).expect("a string")
    };
    if let (Some(text), Some(meaning)) = (read, meaning) {
        assert_eq!(unescape(inside), meaning);
        assert_eq!(text.characters(), meaning.chars().count() as u64);
        assert_eq!((text.is_empty(), text.is_blank()), (meaning.is_empty(), meaning.trim().is_empty()));
        assert_eq!(text.first_visible(), meaning.trim_start().chars().next());
        assert_eq!(written(&|w| w.string(&text)), meaning);
        assert_eq!(written(&|w| w.string(&*meaning)), meaning);
    }
    assert_eq!(written(&|w| w.string(inside)), inside);
    let _ = unescape(inside);
}

/// Any value.
#[derive(Debug)]
enum Tree<'a> {
    Null,
    Bool(bool),
    Number(&'a str),
    Text(Text<'a>),
    List(Vec<Tree<'a>>),
    Map(Vec<(Text<'a>, Tree<'a>)>),
}

impl<'a> Parse<'a> for Tree<'a> {
    fn parse(reader: &mut Reader<'a>) -> Result<Self, Failed> {
        if reader.null()? {
            return Ok(Self::Null);
        }
        if reader.is_next(b'{') {
            let mut members = Vec::new();
            reader.members(&mut |name, reader| {
                members.push((name, Self::parse(reader)?));
                Ok(())
            })?;
            return Ok(Self::Map(members));
        }
        if reader.is_next(b'[') {
            return Vec::parse(reader).map(Self::List);
        }
        if reader.is_next(b'"') {
            return reader.text().map(Self::Text);
        }
        if reader.is_next(b't') || reader.is_next(b'f') {
            return reader.bool().map(Self::Bool);
        }
        reader.convert("a number", |reader| {
            let number = reader.number("a number")?;
            Ok(number.parse().ok().filter(|value: &f64| value.is_finite()).map(|_| Self::Number(number)))
        })
    }
}

impl Tree<'_> {
    /// Is it what `serde_json` makes of the same text?
    fn means(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Null, Value::Null) => true,
            (Self::Bool(one), Value::Bool(other)) => one == other,
            (Self::Number(one), Value::Number(other)) => {
                let (Ok(one), Some(other)) = (one.parse::<f64>(), other.as_f64()) else { return false };
                // `serde_json` reads the last digit in haste.
                one == other || ((one - other) / one).abs() < 1e-12
            }
            (Self::Text(one), Value::String(other)) => **one == **other,
            (Self::List(one), Value::Array(other)) => {
                one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.means(other))
            }
            // Of a name that is there twice, the last counts.
            (Self::Map(one), Value::Object(other)) => {
                let one: BTreeMap<&str, &Self> = one.iter().map(|(name, value)| (&**name, value)).collect();
                other.iter().all(|(name, value)| one.get(&**name).is_some_and(|one| one.means(value)))
            }
            _ => false,
        }
    }
}
