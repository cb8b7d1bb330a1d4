//! Decides what an answer says, in no provider's shape yet.

use crate::scenario::Scenario;
use crate::texts;
use serde_json::{Value, json};

const CITIES: [&str; 4] = ["Paris", "Oslo", "Lima", "Cairo"];
const THOUGHT: &str = "Let me think about this step by step.";

/// What a request says that an answer depends on.
pub struct Facts {
    /// The names of the offered tools; one that must be called comes first.
    pub tools: Vec<String>,
    /// The tool results in the last message.
    pub tool_results: Vec<String>,
    /// How many words the request's texts have.
    pub words: u64,
    /// The plain answer.
    pub greeting: &'static str,
}

/// A tool call.
#[derive(Debug)]
pub struct Call {
    /// The tool's name.
    pub name: String,
    /// The arguments; an empty object if there are none.
    pub arguments: Value,
}

/// Token counts.
#[derive(Debug, PartialEq)]
pub struct Usage {
    /// All input tokens, cached ones included.
    pub input: u64,
    /// All output tokens, reasoning included.
    pub output: u64,
    /// Input tokens read from the cache.
    pub cached: u64,
    /// Input tokens written to the cache.
    pub cache_write: u64,
    /// Output tokens spent on reasoning.
    pub reasoning: u64,
}

/// What an answer says.
#[derive(Debug)]
pub struct Plan {
    /// What is thought first.
    pub thought: Option<&'static str>,
    /// Whether there is redacted thinking.
    pub redacted: bool,
    /// The text; none when only tools are called or the request is refused.
    pub text: Option<String>,
    /// The tool calls.
    pub calls: Vec<Call>,
    /// What a refusal says.
    pub refusal: Option<&'static str>,
    /// The finish or stop reason, if the test chose it.
    pub finish: Option<String>,
    /// The token counts.
    pub usage: Usage,
}

impl Plan {
    /// Plans the answer.
    pub fn new(scenario: &Scenario, facts: &Facts) -> Result<Self, String> {
        let calls = calls(scenario, facts)?;
        let text = text(scenario, facts, !calls.is_empty());
        let thought = scenario.thinking.then_some(THOUGHT);
        let reasoning = scenario.reasoning.unwrap_or(thought.map_or(0, texts::count));
        let spoken = text.as_deref().map_or(0, texts::count) + calls.len() as u64 * 5;
        Ok(Self {
            usage: Usage {
                input: scenario.input.unwrap_or(facts.words).max(scenario.cached + scenario.cache_write),
                output: scenario.output.unwrap_or((spoken + reasoning).max(1)),
                cached: scenario.cached,
                cache_write: scenario.cache_write,
                reasoning,
            },
            thought,
            redacted: scenario.redacted_thinking,
            text,
            calls,
            refusal: scenario.refusal.then_some("I can't help with that."),
            finish: scenario.finish.clone(),
        })
    }
}

fn calls(scenario: &Scenario, facts: &Facts) -> Result<Vec<Call>, String> {
    if scenario.tools > 0 && facts.tools.is_empty() {
        return Err("scenario `tools`: the request offers no tools".into());
    }
    let arguments = |city: &str| if scenario.tools_empty { json!({}) } else { json!({"city": city}) };
    Ok(facts
        .tools
        .iter()
        .cycle()
        .zip(CITIES.iter().cycle())
        .take(scenario.tools)
        .map(|(name, city)| Call { name: name.clone(), arguments: arguments(city) })
        .collect())
}

fn text(scenario: &Scenario, facts: &Facts, calls: bool) -> Option<String> {
    if scenario.text.is_some() {
        return scenario.text.clone();
    }
    if let Some(count) = scenario.words {
        let words: Vec<_> = (1..=count).map(|number| format!("word{number}")).collect();
        return Some(words.join(" "));
    }
    if scenario.refusal || calls {
        return None;
    }
    if facts.tool_results.is_empty() {
        return Some(facts.greeting.to_string());
    }
    Some(format!("The tool said: {}", facts.tool_results.join(" | ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wishes::Wishes;

    fn plan(list: &str, tools: &[&str], results: &[&str]) -> Result<Plan, String> {
        let mut wishes = Wishes::default();
        wishes.add_list(list)?;
        let facts = Facts {
            tools: tools.iter().map(|name| name.to_string()).collect(),
            tool_results: results.iter().map(|result| result.to_string()).collect(),
            words: 4,
            greeting: "Hello.",
        };
        Plan::new(&Scenario::new(&wishes)?, &facts)
    }

    #[test]
    fn says_what_is_asked_for() {
        assert_eq!(plan("", &[], &[]).unwrap().text.as_deref(), Some("Hello."));
        assert_eq!(plan("words=2", &[], &[]).unwrap().text.as_deref(), Some("word1 word2"));
        assert_eq!(plan("empty", &[], &[]).unwrap().text.as_deref(), Some(""));
        let quoted = plan("", &[], &["sunny", "cold"]).unwrap();
        assert_eq!(quoted.text.as_deref(), Some("The tool said: sunny | cold"));
        let refused = plan("refusal", &[], &[]).unwrap();
        assert!(refused.text.is_none() && refused.refusal.is_some());
    }

    #[test]
    fn calls_the_offered_tools() {
        let two = plan("tools=2", &["a", "b"], &[]).unwrap().calls;
        assert_eq!((two[0].name.as_str(), two[1].name.as_str()), ("a", "b"));
        assert_eq!(two[1].arguments, json!({"city": "Oslo"}));
        let same = plan("tools=2 tools_empty", &["a"], &[]).unwrap().calls;
        assert_eq!((same[1].name.as_str(), &same[1].arguments), ("a", &json!({})));
        assert!(plan("tools", &[], &[]).unwrap_err().contains("offers no tools"));
    }

    #[test]
    fn counts_tokens() {
        let usage = plan("input=123 cached=10 cache_write=5 output=45 reasoning=7", &[], &[]);
        let expected = Usage { input: 123, output: 45, cached: 10, cache_write: 5, reasoning: 7 };
        assert_eq!(usage.unwrap().usage, expected);
        assert_eq!(plan("cached=10", &[], &[]).unwrap().usage.input, 10);
        assert_eq!(plan("", &[], &[]).unwrap().usage.input, 4);
    }
}
