//! A request for an answer, in no provider's words.

use super::{Arguments, Citation, Hints, Losses, Signature};
use crate::base64::is_base64;
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

/// Who says a message. Tool results are said by the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    System,
    Developer,
    User,
    Assistant,
}

/// One message. `at` is its index in the client's own list, for errors that name it.
#[derive(Debug)]
pub(crate) struct Message<'a> {
    pub(crate) role: Role,
    pub(crate) parts: Vec<Part<'a>>,
    pub(crate) at: usize,
}

impl Message<'_> {
    /// Refuses a message that holds what its role cannot say.
    pub(crate) fn well_placed(self) -> Result<Self, RequestError> {
        let instructs = matches!(self.role, Role::System | Role::Developer);
        let misplaced = |part: &Part<'_>| match part {
            Part::Text(_) => None,
            _ if instructs => Some("instructions can only be text"),
            Part::ToolResult(_) => (self.role != Role::User).then_some("only the user can give tool results"),
            Part::ToolCall(_) | Part::Thinking { .. } | Part::RedactedThinking(_) | Part::Refusal(_) => {
                (self.role != Role::Assistant).then_some("only the assistant can call tools, think or refuse")
            }
            Part::Image(_) | Part::Document(_) | Part::Audio(_) | Part::Video(_) | Part::Citation(_) => None,
        };
        match self.parts.iter().find_map(misplaced) {
            Some(reason) => Err(RequestError::shape("content", reason)),
            None => Ok(self),
        }
    }
}

/// A piece of a message.
#[derive(Debug)]
pub(crate) enum Part<'a> {
    Text(Text<'a>),
    Refusal(Text<'a>),
    Image(Image<'a>),
    Document(Document<'a>),
    Audio(Source<'a>),
    Video(Source<'a>),
    /// Where the text before it is from.
    Citation(Citation<'a>),
    ToolCall(ToolCall<'a>),
    ToolResult(ToolResult<'a>),
    /// The model's thoughts; the signature proves to their provider that they are its own.
    Thinking {
        text: Text<'a>,
        signature: Option<Signature<'a>>,
    },
    /// Thoughts that only their provider can read.
    RedactedThinking(Signature<'a>),
}

#[derive(Clone, Debug)]
pub(crate) struct Image<'a> {
    pub(crate) source: Source<'a>,
}

#[derive(Debug)]
pub(crate) struct Document<'a> {
    pub(crate) source: Source<'a>,
    pub(crate) title: Option<Text<'a>>,
    /// Is the answer to say what it has from here?
    pub(crate) cited: bool,
}

impl<'a> Document<'a> {
    pub(crate) fn new(source: Source<'a>, title: Option<Text<'a>>) -> Self {
        Self { source, title, cited: false }
    }
}

/// Where an image or a document comes from.
#[derive(Clone, Debug)]
pub(crate) enum Source<'a> {
    Base64 {
        media_type: Cow<'a, str>,
        data: Cow<'a, str>,
    },
    Url(Text<'a>),
    Text(Text<'a>),
    /// A file kept by the provider, which no other provider can read.
    ProviderFile,
}

impl<'a> Source<'a> {
    /// Data, if it is base64.
    pub(crate) fn base64(media_type: Cow<'a, str>, data: Cow<'a, str>) -> Result<Self, RequestError> {
        if is_base64(&data) {
            Ok(Self::Base64 { media_type, data })
        } else {
            Err(RequestError::shape("", "expected base64, with padding and without line breaks"))
        }
    }

    /// What can be fetched by anybody.
    pub(crate) fn url(url: Text<'a>) -> Result<Self, RequestError> {
        if is_on_the_web(&url) { Ok(Self::Url(url)) } else { Err(RequestError::shape("", "expected an http(s) URL")) }
    }
}

/// A client's word for a type of data, if it is one: in a data URI, more than that would be taken for what is behind it.
pub(crate) fn media_type<'a>(word: Text<'a>, field: &'static str) -> Result<Cow<'a, str>, RequestError> {
    if is_media_type(&word) {
        Ok(word.into_cow())
    } else {
        Err(RequestError::shape(field, "expected a media type like image/png"))
    }
}

/// `TYPE/SUBTYPE`, and parameters behind it (<https://www.rfc-editor.org/rfc/rfc6838#section-4.2>).
pub(crate) fn is_media_type(word: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    let (name, parameters) = word.split_once(';').unwrap_or((word, ""));
    name.split_once('/').is_some_and(|(kind, subtype)| is_name(kind) && is_name(subtype))
        && parameters.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b',')
}

/// That it is a URL of HTTP; schemes are written in either case.
pub(crate) fn is_on_the_web(url: &str) -> bool {
    url.split_once("://")
        .is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http"))
}

/// The model asks for a tool to be run.
#[derive(Debug)]
pub(crate) struct ToolCall<'a> {
    pub(crate) id: Text<'a>,
    pub(crate) name: Text<'a>,
    pub(crate) arguments: Arguments<'a>,
}

#[derive(Debug)]
pub(crate) struct ToolResult<'a> {
    pub(crate) call_id: Text<'a>,
    pub(crate) parts: Vec<Part<'a>>,
    pub(crate) is_error: bool,
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
