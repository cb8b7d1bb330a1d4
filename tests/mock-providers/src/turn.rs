//! What a test wishes for in a conversation: in the header, in the last message of the user, and in the
//! results of tools after it. What earlier messages wished for was for earlier requests.

use crate::provider::Arrival;
use crate::scenario::{SPOKEN, Scenario};
use crate::texts;
use crate::wishes::Wishes;
use serde_json::Value;

/// What there is to read in a message; nothing in those of the model and the operator.
#[derive(Debug, Default)]
pub struct Turn {
    said: Option<Vec<String>>,
    results: Vec<String>,
}

impl Turn {
    /// A message of the user, with the texts of the user's own and those of the tools' results. It is
    /// not the user's own if it has nothing but results, and what is to be seen with them.
    pub fn user(texts: Vec<&str>, results: Vec<String>) -> Self {
        let own = !texts.is_empty() || results.is_empty();
        Self { said: own.then(|| texts.into_iter().map(String::from).collect()), results }
    }

    /// A message that is the result of a tool.
    pub fn result(text: String) -> Self {
        Self { said: None, results: vec![text] }
    }
}

/// Reads the scenario. What is meaningless with the provider comes with the reason.
///
/// Tools that an earlier message wished to be called are not called again once there are results; those
/// that the header wishes are.
pub fn scenario(arrival: &Arrival, turns: &[Turn], meaningless: &[(&str, &str)]) -> Result<Scenario, String> {
    let mut wishes = Wishes::default();
    let last_said = turns.iter().rposition(|turn| turn.said.is_some());
    let recent = turns.split_at(last_said.unwrap_or_default()).1;
    for text in recent.iter().filter_map(|turn| turn.said.as_ref()).flatten() {
        wishes.add_markers(text)?;
    }
    if recent.iter().any(|turn| turn.said.is_none() && !turn.results.is_empty()) {
        wishes.forget("tools");
        wishes.forget("tools_empty");
    }
    for text in recent.iter().flat_map(|turn| &turn.results) {
        wishes.add_markers(text)?;
    }
    for list in arrival.all("x-mock") {
        wishes.add_list(list)?;
    }
    wishes.refuse(meaningless)?;
    Scenario::new(&wishes)
}

/// Reads the scenario of a request that is no conversation: wishes may stand anywhere in its body.
pub fn silent(arrival: &Arrival, body: &Value) -> Result<Scenario, String> {
    scenario(arrival, &[Turn::user(texts::all(body), Vec::new())], SPOKEN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Instead;
    use serde_json::json;

    fn arrival(header: &'static str) -> Arrival {
        let mut arrival = Arrival {
            method: "POST".into(),
            path: "/".into(),
            query: None,
            headers: Default::default(),
            body: Vec::new(),
        };
        arrival.headers.insert("x-mock", axum::http::HeaderValue::from_static(header));
        arrival
    }

    fn read(header: &'static str, turns: &[Turn]) -> Result<Scenario, String> {
        scenario(&arrival(header), turns, &[("cached", "there is no cache")])
    }

    fn asks(text: &str) -> Turn {
        Turn::user(vec![text], vec![])
    }

    #[test]
    fn the_last_message_of_the_user_counts() {
        let turns = [asks("[[mock: words=9]]"), Turn::default(), Turn::user(vec!["a", "[[mock: input=3]]"], vec![])];
        let found = read("output=4", &turns).unwrap();
        assert_eq!((found.words, found.input, found.output), (None, Some(3), Some(4)));
        let image = Turn::user(vec![], vec![]);
        assert_eq!(read("", &[asks("[[mock: words=9]]"), image]).unwrap().words, None);
    }

    #[test]
    fn tools_are_called_until_there_are_results() {
        let asked = || asks("[[mock: tools=2 input=3]]");
        let called = Turn::default;
        assert_eq!(read("", &[asked()]).unwrap().tools, 2);
        let result = Turn::result("18 [[mock: output=4]]".into());
        let answered = read("", &[asked(), called(), result, called()]).unwrap();
        assert_eq!((answered.tools, answered.input, answered.output), (0, Some(3), Some(4)));
        let again = read("", &[asked(), called(), Turn::result("18 [[mock: tools]]".into())]).unwrap();
        assert_eq!(again.tools, 1);
        assert_eq!(read("tools=3", &[asked(), called(), Turn::result("18".into())]).unwrap().tools, 3);
        let both = Turn::user(vec!["[[mock: tools]]"], vec!["18 [[mock: input=3]]".into()]);
        let both = read("", &[asked(), called(), both]).unwrap();
        assert_eq!((both.tools, both.input), (1, Some(3)));
    }

    #[test]
    fn what_is_embedded_may_wish_too() {
        let body = json!({"requests": [{"parts": [{"text": "[[mock: error=429]]"}]}]});
        assert_eq!(silent(&arrival(""), &body).unwrap().instead, Some(Instead::Error(429)));
        assert!(silent(&arrival(""), &json!(["[[mock: words=3]]"])).unwrap_err().contains("no conversation"));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        assert!(read("", &[asks("[[mock: cached=1]]")]).unwrap_err().contains("no cache"));
    }
}
