//! A request for an answer, in no provider's words.

use super::{Hints, Losses, Message, Part, Role};
use crate::json::{RequestError, Text};
use std::borrow::Cow;

/// Everything a client asks for. What its dialect said and this cannot hold is in `losses`.
#[derive(Debug, Default)]
pub(crate) struct Request<'a> {
    pub(crate) messages: Vec<Message<'a>>,
    pub(crate) tools: Vec<Tool<'a>>,
    pub(crate) tool_choice: Option<ToolChoice<'a>>,
    /// May the model call several tools in one turn?
    pub(crate) parallel_calls: Option<bool>,
    /// The most tokens the answer may have, reasoning included.
    pub(crate) max_output: Option<u64>,
    pub(crate) stop: Vec<Text<'a>>,
    pub(crate) sampling: Sampling,
    /// How many alternative answers.
    pub(crate) choices: Option<u64>,
    pub(crate) output: Option<OutputFormat<'a>>,
    pub(crate) reasoning: Option<Reasoning>,
    pub(crate) thoughts: Thoughts,
    pub(crate) hints: Hints<'a>,
    pub(crate) stream: bool,
    pub(crate) losses: Losses,
}

impl<'a> Request<'a> {
    /// Refuses the request for the first part that `unsayable` gives a reason for, inside tool
    /// results too.
    pub(crate) fn refuse_parts(
        &self,
        unsayable: fn(Role, &Part<'_>) -> Option<&'static str>,
    ) -> Result<(), RequestError> {
        for message in &self.messages {
            for part in &message.parts {
                let inside = if let Part::ToolResult(result) = part { &*result.parts } else { &[] };
                let mut parts = std::iter::once(part).chain(inside);
                if let Some(reason) = parts.find_map(|part| unsayable(message.role, part)) {
                    return Err(RequestError::unsupported(format!("messages[{}].content", message.at), reason));
                }
            }
        }
        Ok(())
    }

    /// For models that do not say what they have from a document: notes that they were to, and forgets it.
    pub(crate) fn forget_citations(&mut self) {
        let Self { messages, losses, .. } = self;
        let mut forget = |part: &mut Part<'_>| {
            if let Part::Document(document) = part
                && std::mem::take(&mut document.cited)
            {
                losses.add("messages.content.citations");
            }
        };
        for part in messages.iter_mut().flat_map(|message| &mut message.parts) {
            match part {
                Part::ToolResult(result) => result.parts.iter_mut().for_each(&mut forget),
                part => forget(part),
            }
        }
    }

    /// The choice of tool, if it forces the model to call one.
    pub(crate) fn forced_tool(&self) -> Option<&ToolChoice<'a>> {
        self.tool_choice.as_ref().filter(|choice| matches!(choice, ToolChoice::Any | ToolChoice::Named(_)))
    }
}

/// How the next token is drawn.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sampling {
    pub(crate) temperature: Option<f64>,
    pub(crate) top_p: Option<f64>,
    pub(crate) top_k: Option<u64>,
    pub(crate) frequency_penalty: Option<f64>,
    pub(crate) presence_penalty: Option<f64>,
    pub(crate) seed: Option<f64>,
}

/// A tool the model may call.
#[derive(Debug)]
pub(crate) struct Tool<'a> {
    pub(crate) name: Text<'a>,
    pub(crate) description: Option<Text<'a>>,
    /// A JSON Schema; absent: no arguments.
    pub(crate) schema: Option<Cow<'a, str>>,
    pub(crate) strict: Option<bool>,
}

#[derive(Debug)]
pub(crate) enum ToolChoice<'a> {
    Auto,
    None,
    /// Some tool, whichever.
    Any,
    Named(Text<'a>),
}

#[derive(Debug)]
pub(crate) enum OutputFormat<'a> {
    /// Any JSON object.
    Json,
    Schema {
        name: Option<Text<'a>>,
        description: Option<Text<'a>>,
        schema: Cow<'a, str>,
    },
}

/// How much the model should think first. An effort as a budget, or a budget as the nearest effort, says
/// the same as nearly as the other API can and is no loss; a number of tokens that is changed is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reasoning {
    /// Not at all. The effort is then one for the answer alone, which Claude knows.
    Off {
        effort: Option<Effort>,
    },
    Effort(Effort),
    /// At most so many tokens. An effort beside it is one for thoughts and answer.
    Budget {
        tokens: u64,
        effort: Option<Effort>,
    },
    /// As the model sees fit.
    Adaptive,
}

impl Reasoning {
    pub(crate) const OFF: Self = Self::Off { effort: None };

    pub(crate) fn budget(tokens: u64) -> Self {
        Self::Budget { tokens, effort: None }
    }

    /// What is said by how thinking is switched, and by an effort.
    pub(crate) fn of(switch: Option<Self>, effort: Option<Effort>) -> Option<Self> {
        let Some(said) = effort else { return switch };
        Some(match switch {
            Some(Self::Off { .. }) => Self::Off { effort },
            Some(Self::Budget { tokens, .. }) => Self::Budget { tokens, effort },
            Some(Self::Effort(_) | Self::Adaptive) | None => Self::Effort(said),
        })
    }

    /// The step of effort in thinking, for models that are told one.
    pub(crate) fn effort(self) -> Option<Effort> {
        match self {
            Self::Off { .. } | Self::Adaptive => None,
            Self::Effort(effort) | Self::Budget { effort: Some(effort), .. } => Some(effort),
            Self::Budget { tokens, effort: None } => Some(Effort::of_budget(tokens)),
        }
    }

    /// Notes what a target with steps of effort is not told.
    pub(crate) fn report_budget(self, losses: &mut Losses) {
        if let Self::Budget { effort: Some(_), .. } = self {
            losses.add("thinking.budget_tokens");
        }
    }

    /// Notes what a target is not told that knows no effort, or none but in thinking.
    pub(crate) fn report_effort(self, losses: &mut Losses) {
        if let Self::Off { effort: Some(_) } | Self::Budget { effort: Some(_), .. } = self {
            losses.add("reasoning_effort");
        }
    }
}

/// Is the client to see what the model thinks?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Thoughts {
    /// As the model has it by itself.
    #[default]
    Unsaid,
    /// The client's API has a place for them, and no word to ask for them.
    Welcome,
    Asked,
    Hidden,
}

impl Thoughts {
    /// By Claude's word for it.
    pub(crate) fn from_word(word: &str) -> Result<Self, RequestError> {
        match word {
            "summarized" => Ok(Self::Asked),
            "omitted" => Ok(Self::Hidden),
            _ => Err(RequestError::shape("display", "expected summarized or omitted")),
        }
    }
}

/// Steps of effort, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Effort {
    Minimal,
    Low,
    Medium,
    High,
    ExtraHigh,
    Max,
}

const EFFORTS: [(&str, Effort); 6] = [
    ("minimal", Effort::Minimal),
    ("low", Effort::Low),
    ("medium", Effort::Medium),
    ("high", Effort::High),
    ("xhigh", Effort::ExtraHigh),
    ("max", Effort::Max),
];

impl Effort {
    /// By the word that OpenAI and Anthropic share.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        EFFORTS.iter().find(|(name, _)| *name == word).map(|&(_, effort)| effort)
    }

    /// The step that is nearest to so many tokens.
    pub(crate) fn of_budget(tokens: u64) -> Self {
        match tokens {
            0..4096 => Self::Low,
            4096..16384 => Self::Medium,
            _ => Self::High,
        }
    }

    pub(crate) fn word(self) -> &'static str {
        EFFORTS.iter().find(|(_, effort)| *effort == self).map_or("medium", |&(name, _)| name)
    }
}
