//! Texts with places for what a request and its steps say.

use std::borrow::Cow;

/// A text in which variables are filled in. What is filled in is text, and never read as a template again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Box<[Piece]>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(Box<str>),
    Variable(Variable),
}

/// What can be filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variable {
    /// The request's own instructions.
    System,
    /// What the user said last.
    LastUserMessage,
    /// All that was said, who said it in front.
    Conversation,
    /// What the step at this position has said; nothing if it was skipped.
    Step(usize),
}

/// Variables by their names in configurations.
const VARIABLES: [(&str, Variable); 3] = [
    ("system", Variable::System),
    ("last_user_message", Variable::LastUserMessage),
    ("conversation", Variable::Conversation),
];
/// What a step's output is called, before the step's name.
const OF_STEPS: &str = "steps.";

/// What is wrong with a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mistake<'t> {
    /// A variable that there is not.
    Unknown(&'t str),
    /// A variable that does not end.
    Open,
}

impl Template {
    /// Reads a text with variables in double braces; `steps` are those whose outputs may be among them.
    pub(crate) fn parse<'t>(text: &'t str, steps: &[&str], mistake: &mut dyn FnMut(Mistake<'t>)) -> Self {
        let (mut pieces, mut rest) = (Vec::new(), text);
        while let Some((before, behind)) = rest.split_once("{{") {
            let Some((name, after)) = behind.split_once("}}") else {
                mistake(Mistake::Open);
                break;
            };
            pieces.push(Piece::Text(before.into()));
            match Variable::named(name.trim(), steps) {
                Some(variable) => pieces.push(Piece::Variable(variable)),
                None => mistake(Mistake::Unknown(name.trim())),
            }
            rest = after;
        }
        pieces.push(Piece::Text(rest.into()));
        Self(pieces.into())
    }

    /// Whether it says the same whatever is filled in.
    pub(crate) fn is_constant(&self) -> bool {
        self.0.iter().all(|piece| matches!(piece, Piece::Text(_)))
    }

    /// The text with its variables filled in.
    pub fn render<'v>(&self, value: &dyn Fn(Variable) -> Cow<'v, str>) -> String {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Variable(variable) => text.push_str(&value(*variable)),
            }
        }
        text
    }
}

impl Variable {
    fn named(name: &str, steps: &[&str]) -> Option<Self> {
        if let Some(step) = name.strip_prefix(OF_STEPS) {
            return steps.iter().position(|known| *known == step).map(Self::Step);
        }
        VARIABLES.iter().find(|(known, _)| *known == name).map(|(_, variable)| *variable)
    }

    /// All names that there are behind these steps.
    pub(crate) fn names(steps: &[&str]) -> Vec<String> {
        let own = VARIABLES.iter().map(|(name, _)| (*name).to_owned());
        own.chain(steps.iter().map(|step| [OF_STEPS, step].concat())).collect()
    }
}
