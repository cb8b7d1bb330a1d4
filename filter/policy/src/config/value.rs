//! One value of the configuration, which knows its path and reports what is wrong with it.

use std::collections::BTreeSet;

use super::document::Node;
use super::error::Report;
use super::rules::Rule;
use super::spelling::nearest;
use tollgate_json::Writer;

/// How much of a value a message shows, in characters.
const SHOWN: usize = 40;

/// A value, where it stands, and where to report to.
///
/// Everything that reads returns `None` after it has reported.
#[derive(Clone)]
pub(super) struct Value<'n> {
    pub(super) node: &'n Node,
    path: String,
    report: &'n Report,
}

/// The fields of an object whose fields are all known.
pub(super) struct Fields<'n> {
    object: Value<'n>,
    entries: Vec<(&'n str, Value<'n>)>,
    /// A field was not known: it may be the very one that seems to be missing.
    doubtful: bool,
}

impl<'n> Value<'n> {
    pub(super) fn root(node: &'n Node, report: &'n Report) -> Self {
        Self { node, path: String::new(), report }
    }

    /// Reports `message` about this value.
    pub(super) fn fail(&self, message: impl Into<String>) {
        self.report.add(&self.path, message.into());
    }

    /// Reports that this value is not what was expected.
    pub(super) fn not<T>(&self, expected: &str) -> Option<T> {
        self.fail(format!("{} is not {expected}", shown(self.node)));
        None
    }

    /// Reports that `name`, found here, is none of `known`.
    pub(super) fn unknown<'k>(&self, name: &str, kind: &str, known: impl Iterator<Item = &'k str>) {
        let known: Vec<&str> = known.collect();
        self.none_of(name, kind, &known);
    }

    /// The same, compiled once for whatever knows the names.
    fn none_of(&self, name: &str, kind: &str, known: &[&str]) {
        let hint = match nearest(name, known) {
            Some(name) => format!("did you mean {name:?}?"),
            None => {
                let names: Vec<_> = known.iter().map(|name| quoted(name)).collect();
                format!("expected one of {}", names.join(", "))
            }
        };
        self.fail(format!("{} is not {kind}; {hint}", quoted(name)));
    }

    pub(super) fn text(&self, expected: &str) -> Option<&'n str> {
        match self.node {
            Node::Text(text) => Some(text),
            _ => self.not(expected),
        }
    }

    pub(super) fn text_like(&self, rule: &Rule) -> Option<&'n str> {
        let text = self.text(rule.expected)?;
        if (rule.holds)(text) { Some(text) } else { self.not(rule.expected) }
    }

    /// The text that this is, if it is one.
    pub(super) fn choice_name(&self) -> Option<&'n str> {
        if let Node::Text(text) = self.node { Some(text) } else { None }
    }

    pub(super) fn flag(&self) -> Option<bool> {
        match self.node {
            Node::Bool(flag) => Some(*flag),
            _ => self.not("true or false"),
        }
    }

    /// An integer from `least` to `most`.
    pub(super) fn integer(&self, least: u64, most: u64) -> Option<u64> {
        match self.node {
            Node::Integer(number) if (least..=most).contains(number) => Some(*number),
            _ => self.not(&format!("an integer from {least} to {most}")),
        }
    }

    /// A number with at most so many decimals, as an integer of the last of them.
    pub(super) fn decimal(&self, decimals: u32, least: u64, most: u64) -> Option<u64> {
        let one = 10_u64.saturating_pow(decimals);
        let scaled = match self.node {
            Node::Integer(number) => number.checked_mul(one),
            Node::Number(number) => {
                let scaled = (number * one as f64).round();
                // A double is a little off from most decimals; one with more of them is off by more.
                let is_meant = (scaled - number * one as f64).abs() <= scaled.abs() * 1e-12;
                (is_meant && (0.0..=most as f64).contains(&scaled)).then_some(scaled as u64)
            }
            _ => None,
        };
        let in_range = scaled.filter(|scaled| (least..=most).contains(scaled));
        in_range.or_else(|| {
            let (least, most) = (shown_decimal(least, decimals), shown_decimal(most, decimals));
            self.not(&format!("a number from {least} to {most} with at most {decimals} decimals"))
        })
    }

    /// One of a few names, each of which stands for something.
    pub(super) fn choice<T: Copy>(&self, kind: &str, choices: &[(&str, T)]) -> Option<T> {
        let name = self.text("a string")?;
        if let Some((_, choice)) = choices.iter().find(|(known, _)| *known == name) {
            return Some(*choice);
        }
        let known: Vec<&str> = choices.iter().map(|(known, _)| *known).collect();
        self.none_of(name, kind, &known);
        None
    }

    pub(super) fn list(&self, expected: &str) -> Option<Vec<Self>> {
        let Node::List(items) = self.node else {
            return self.not(expected);
        };
        let at = |(index, node)| Value { node, path: format!("{}[{index}]", self.path), ..self.clone() };
        Some(items.iter().enumerate().map(at).collect())
    }

    /// The entries of an object with free keys. A key that appears twice is reported.
    pub(super) fn entries(&self, expected: &str) -> Option<Vec<(&'n str, Self)>> {
        let Node::Map(entries) = self.node else {
            return self.not(expected);
        };
        let mut seen = BTreeSet::new();
        for (key, _) in entries {
            if !seen.insert(key) {
                self.fail(format!("{} appears twice here; keep one", quoted(key)));
            }
        }
        let at = |(key, node): &'n (String, Node)| (key.as_str(), self.child(key, node));
        Some(entries.iter().map(at).collect())
    }

    /// Whether this is an object with such a field.
    pub(super) fn has(&self, name: &str) -> bool {
        matches!(self.node, Node::Map(entries) if entries.iter().any(|(key, _)| key == name))
    }

    /// The fields of an object. A field that is not one of `known` is reported.
    pub(super) fn fields(&self, known: &[&str]) -> Option<Fields<'n>> {
        let mut entries = self.entries("an object")?;
        let before = entries.len();
        entries.retain(|(key, _)| {
            if known.contains(key) {
                return true;
            }
            self.none_of(key, "a field here", known);
            false
        });
        let doubtful = entries.len() < before;
        Some(Fields { object: self.clone(), entries, doubtful })
    }

    fn child(&self, key: &str, node: &'n Node) -> Self {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '*');
        let path = match (key.is_empty() || !key.chars().all(plain), self.path.is_empty()) {
            (true, _) => format!("{}[{}]", self.path, quoted(key)),
            (false, true) => key.into(),
            (false, false) => format!("{}.{key}", self.path),
        };
        Value { node, path, report: self.report }
    }
}

impl<'n> Fields<'n> {
    pub(super) fn optional(&self, name: &str) -> Option<Value<'n>> {
        let entry = self.entries.iter().find(|(key, _)| *key == name);
        entry.map(|(_, value)| value.clone())
    }

    /// Whether a field was not known, and so already reported.
    pub(super) const fn doubtful(&self) -> bool {
        self.doubtful
    }

    pub(super) fn required(&self, name: &str, expected: &str) -> Option<Value<'n>> {
        let value = self.optional(name);
        if value.is_none() && !self.doubtful {
            self.object.child(name, self.object.node).fail(format!("is missing; expected {expected}"));
        }
        value
    }
}

/// An amount of the last of so many decimals.
fn shown_decimal(amount: u64, decimals: u32) -> String {
    let digits = format!("{amount:0>least$}", least = decimals.saturating_add(1) as usize);
    let (whole, rest) = digits.split_at(digits.len().saturating_sub(decimals as usize));
    format!("{whole}.{rest}").trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A number as JSON has it.
fn shown_number(number: f64) -> String {
    let mut json = Vec::new();
    Writer::new(&mut json).shortest(number);
    String::from_utf8(json).unwrap_or_default()
}

/// A value as messages show it.
fn shown(node: &Node) -> String {
    match node {
        Node::Null => "null".into(),
        Node::Bool(flag) => flag.to_string(),
        Node::Integer(number) => number.to_string(),
        Node::Number(number) => shown_number(*number),
        Node::Text(text) => quoted(text),
        Node::List(_) => "a list".into(),
        Node::Map(_) => "an object".into(),
    }
}

/// A text as messages show it: cut, with control characters escaped.
pub(super) fn quoted(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?}", [text.get(..end).unwrap_or_default(), "…"].concat()),
        None => format!("{text:?}"),
    }
}
