//! What to answer: the scenario a test chose, read from its [`Wishes`].
//!
//! A test chooses with the header `x-mock: NAME, NAME=VALUE, ...`, or `x-mock-PROVIDER` for one
//! provider, or with `[[mock: NAME NAME=VALUE]]` anywhere in the texts of the last user message or
//! of the tool results after it (see [`crate::turn`]). All of them add up, in any order; what is unknown or contradictory is
//! answered with a 400. Texts are URL-encoded.

use crate::encoding::percent_decode;
use crate::sse::{LineEnd, Wire};
use crate::wishes::Wishes;
use std::str::FromStr;
use std::time::Duration;

/// Every scenario there is. A `=` says that it takes a value, `[=…]` that it may.
pub const KNOWN: &[&str] = &[
    "plain",
    "text=TEXT",
    "long",
    "words=N",
    "empty",
    "tools[=N]",
    "tools_empty",
    "thinking",
    "redacted_thinking",
    "refusal",
    "finish=REASON",
    "input=N",
    "output=N",
    "cached=N",
    "cache_write=N",
    "reasoning=N",
    "error=STATUS",
    "retry_after=SECONDS",
    "error_midstream[=NAME]",
    "error_first[=NAME]",
    "cut[=clean]",
    "half_event",
    "slow",
    "delay_ms=N",
    "gap_ms=N",
    "hang",
    "reset",
    "split=N",
    "crlf",
    "cr",
    "nospace",
    "ping",
    "no_final_blank",
    "multiline",
    "garbage",
    "html[=STATUS]",
    "empty200",
    "gzip",
    "json_for_stream",
    "headers_big",
];

const SILENT: &str = "the answer is no conversation";

/// Scenarios about what is said: they make no sense where nothing is.
pub const SPOKEN: &[(&str, &str)] = &[
    ("text", SILENT),
    ("long", SILENT),
    ("words", SILENT),
    ("empty", SILENT),
    ("tools", SILENT),
    ("tools_empty", SILENT),
    ("thinking", SILENT),
    ("redacted_thinking", SILENT),
    ("refusal", SILENT),
    ("finish", SILENT),
    ("output", SILENT),
    ("cached", SILENT),
    ("cache_write", SILENT),
    ("reasoning", SILENT),
    ("error_midstream", SILENT),
    ("error_first", SILENT),
    ("json_for_stream", SILENT),
];

/// Scenarios that cannot be had together.
const EXCLUSIVE: &[&[&str]] = &[
    &["error", "garbage", "html", "empty200", "hang", "reset"],
    &["error_midstream", "cut"],
    &["error_midstream", "half_event"],
    &["error_first", "error_midstream"],
    &["error_first", "cut"],
    &["error_first", "half_event"],
    &["text", "empty", "long"],
    &["text", "empty", "words"],
    &["refusal", "tools"],
    &["refusal", "tools_empty"],
    &["refusal", "text"],
    &["crlf", "cr"],
];

/// What comes instead of the answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Instead {
    /// The provider's own error.
    Error(u16),
    /// Bytes that are not JSON, called JSON.
    Garbage,
    /// An HTML page.
    Html(u16),
    /// Nothing, with a 200.
    Empty,
    /// No answer at all, until the client goes.
    Hang,
    /// No answer, and no connection any more.
    Reset,
}

/// How the answer ends.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Ending {
    /// As it should.
    #[default]
    Whole,
    /// In the middle: after half of the events, or inside an event; with the connection closed
    /// abruptly, or with the HTTP message ended properly.
    Cut {
        /// Whether the connection is closed without ending the HTTP message.
        abrupt: bool,
        /// Whether the last bytes are half of an event.
        inside_event: bool,
    },
    /// With the provider's error event, before any other.
    AtOnce,
    /// With the provider's error event after half of the events.
    Error,
}

/// What to answer with.
#[derive(Debug, Clone, Default)]
pub struct Scenario {
    /// The text of the answer.
    pub text: Option<String>,
    /// How many words the answer has.
    pub words: Option<usize>,
    /// How many tools to call.
    pub tools: usize,
    /// Whether tools are called without arguments.
    pub tools_empty: bool,
    /// Whether to think first.
    pub thinking: bool,
    /// Whether some of the thinking is redacted.
    pub redacted_thinking: bool,
    /// Whether to refuse.
    pub refusal: bool,
    /// The finish or stop reason, in the provider's words.
    pub finish: Option<String>,
    /// All input tokens, cached ones included.
    pub input: Option<u64>,
    /// All output tokens, reasoning included.
    pub output: Option<u64>,
    /// Input tokens read from the cache.
    pub cached: u64,
    /// Input tokens written to the cache.
    pub cache_write: u64,
    /// Output tokens spent on reasoning.
    pub reasoning: Option<u64>,
    /// What comes instead of the answer.
    pub instead: Option<Instead>,
    /// The `retry-after` of an error.
    pub retry_after: Option<u64>,
    /// How the answer ends.
    pub ending: Ending,
    /// The name of the stream's error; without it, it is the usual one.
    pub midstream: Option<String>,
    /// The wait before the headers.
    pub delay: Duration,
    /// How the bytes are written.
    pub wire: Wire,
    /// Whether the body is compressed though nobody asked for it.
    pub gzip: bool,
    /// Whether whole JSON comes though a stream was asked for.
    pub json_for_stream: bool,
    /// Whether the headers are 60 KiB.
    pub headers_big: bool,
}

impl Scenario {
    /// Reads wishes; what is unknown, malformed or contradictory is refused.
    pub fn new(wishes: &Wishes) -> Result<Self, String> {
        let has = |name: &str| wishes.entries().any(|(entry, _)| entry == name);
        for group in EXCLUSIVE {
            let present: Vec<_> = group.iter().copied().filter(|name| has(name)).collect();
            if present.len() > 1 {
                return Err(format!("scenarios exclude each other: {}", present.join(", ")));
            }
        }
        let mut scenario = Self::default();
        for (name, value) in wishes.entries() {
            check_value(name, value)?;
            scenario.wish(name, value.unwrap_or_default())?;
        }
        if scenario.tools_empty && scenario.tools == 0 {
            scenario.tools = 1;
        }
        Ok(scenario)
    }

    fn wish(&mut self, name: &str, value: &str) -> Result<(), String> {
        let number = || read::<u64>(name, value);
        match name {
            "text" => self.text = Some(percent_decode(value)),
            "empty" => self.text = Some(String::new()),
            "long" => self.words = self.words.or(Some(2000)),
            "words" => self.words = Some(read(name, value)?),
            "tools" if value.is_empty() => self.tools = 1,
            "tools" => self.tools = read(name, value)?,
            "tools_empty" => self.tools_empty = true,
            "thinking" => self.thinking = true,
            "redacted_thinking" => self.redacted_thinking = true,
            "refusal" => self.refusal = true,
            "finish" => self.finish = Some(value.to_string()),
            "input" => self.input = Some(number()?),
            "output" => self.output = Some(number()?),
            "cached" => self.cached = number()?,
            "cache_write" => self.cache_write = number()?,
            "reasoning" => self.reasoning = Some(number()?),
            "error" => self.instead = Some(Instead::Error(error_status(name, value)?)),
            "retry_after" => self.retry_after = Some(number()?),
            "garbage" => self.instead = Some(Instead::Garbage),
            "html" if value.is_empty() => self.instead = Some(Instead::Html(200)),
            "html" => self.instead = Some(Instead::Html(read(name, value)?)),
            "empty200" => self.instead = Some(Instead::Empty),
            "hang" => self.instead = Some(Instead::Hang),
            "reset" => self.instead = Some(Instead::Reset),
            "error_midstream" | "error_first" => {
                self.ending = if name == "error_first" { Ending::AtOnce } else { Ending::Error };
                self.midstream = Some(value.to_string()).filter(|name| !name.is_empty());
            }
            "cut" => self.cut(|abrupt, _| *abrupt = value != "clean"),
            "half_event" => self.cut(|_, inside_event| *inside_event = true),
            "slow" => {
                self.delay = self.delay.max(Duration::from_millis(200));
                self.wire.gap = self.wire.gap.max(Duration::from_millis(20));
            }
            "delay_ms" => self.delay = Duration::from_millis(number()?),
            "gap_ms" => self.wire.gap = Duration::from_millis(number()?),
            "split" => self.wire.split = Some(read::<std::num::NonZeroUsize>(name, value)?),
            "crlf" => self.wire.line_end = LineEnd::CrLf,
            "cr" => self.wire.line_end = LineEnd::Cr,
            "nospace" => self.wire.no_space = true,
            "ping" => self.wire.keep_alive = true,
            "no_final_blank" => self.wire.no_final_blank = true,
            "multiline" => self.wire.multiline = true,
            "gzip" => self.gzip = true,
            "json_for_stream" => self.json_for_stream = true,
            "headers_big" => self.headers_big = true,
            _ => {} // `plain`: the default.
        }
        Ok(())
    }

    /// Sets one side of a cut, leaving the other as it is.
    fn cut(&mut self, set: impl Fn(&mut bool, &mut bool)) {
        let (mut abrupt, mut inside_event) = match self.ending {
            Ending::Cut { abrupt, inside_event } => (abrupt, inside_event),
            _ => (false, false),
        };
        set(&mut abrupt, &mut inside_event);
        self.ending = Ending::Cut { abrupt, inside_event };
    }
}

/// Whether the scenario is known, and has a value if and only if it takes one.
fn check_value(name: &str, value: Option<&str>) -> Result<(), String> {
    let known = KNOWN.iter().find(|known| known.split(['=', '[']).next() == Some(name));
    match (known, value) {
        (None, _) => Err(format!("unknown scenario `{name}`; known: {}", KNOWN.join(", "))),
        (Some(known), None) if known.contains('=') && !known.contains('[') => {
            Err(format!("scenario `{name}` needs a value: {known}"))
        }
        (Some(known), Some(_)) if !known.contains('=') => Err(format!("scenario `{name}` takes no value")),
        (Some(_), Some(value)) if name == "cut" && value != "clean" => {
            Err(format!("scenario `cut` cannot be `{value}`: cut[=clean]"))
        }
        _ => Ok(()),
    }
}

fn read<T: FromStr>(name: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("scenario `{name}` cannot be `{value}`"))
}

fn error_status(name: &str, value: &str) -> Result<u16, String> {
    read(name, value).and_then(|status| match status {
        400..=599 => Ok(status),
        _ => Err(format!("scenario `{name}` cannot be `{value}`")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(list: &str) -> Result<Scenario, String> {
        let mut wishes = Wishes::default();
        wishes.add_list(list)?;
        Scenario::new(&wishes)
    }

    #[test]
    fn order_does_not_matter() {
        let cut = Ending::Cut { abrupt: true, inside_event: true };
        assert_eq!(scenario("cut half_event").unwrap().ending, cut);
        assert_eq!(scenario("half_event cut").unwrap().ending, cut);
        for list in ["long words=3", "words=3,long"] {
            assert_eq!(scenario(list).unwrap().words, Some(3));
        }
        for list in ["slow gap_ms=500", "gap_ms=500 slow"] {
            let slow = scenario(list).unwrap();
            assert_eq!(slow.wire.gap, Duration::from_millis(500));
            assert_eq!(slow.delay, Duration::from_millis(200));
        }
        assert_eq!(scenario("tools=2 tools_empty").unwrap().tools, 2);
        assert_eq!(scenario("tools_empty").unwrap().tools, 1);
    }

    #[test]
    fn every_known_scenario_can_be_had() {
        for known in KNOWN {
            let name = known.split(['=', '[']).next().unwrap();
            let word = match known.split_once('=') {
                Some((_, "STATUS" | "STATUS]")) => format!("{name}=503"),
                Some((_, "clean]")) => "cut=clean".into(),
                Some(_) => format!("{name}=3"),
                None => name.into(),
            };
            scenario(&word).unwrap_or_else(|problem| panic!("{word}: {problem}"));
        }
    }

    #[test]
    fn typing_errors_are_refused() {
        for (list, problem) in [
            ("tolos", "unknown scenario `tolos`; known: plain, "),
            ("error", "needs a value"),
            ("error=200", "cannot be `200`"),
            ("split=0", "cannot be `0`"),
            ("crlf=1", "takes no value"),
            ("cut=half", "cannot be `half`"),
            ("garbage,hang", "exclude each other"),
            ("input=many", "cannot be `many`"),
        ] {
            assert!(scenario(list).unwrap_err().contains(problem), "{list}");
        }
    }
}
