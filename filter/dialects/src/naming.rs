//! Names for what a provider leaves without: an answer's id and model, and its calls' ids.
//!
//! Clients send calls back by their ids, and APIs want ids that stand once in a conversation: an answer's are made of its
//! own id, and that of the provider's for the request.

use crate::calls::fnv1a;
use crate::codec::WriteEvent;
use crate::exchange::Told;
use crate::json::Text;
use crate::neutral::{Event, Part, Response};

/// Longer ids no provider gives.
const LONGEST_ID: usize = 256;

/// The id of an answer whose body says none. Without the request's, it is made of what is known: the time, and the
/// answer itself if it is there.
fn answer_id(told: &Told<'_>, answer: &str) -> String {
    match told.request.filter(|id| !id.is_empty()) {
        Some(id) => id.chars().take(LONGEST_ID).collect(),
        None if answer.is_empty() => format!("{:x}", told.now),
        None => format!("{:x}{:016x}", told.now, fnv1a(answer)),
    }
}

/// The name of a model whose answers say none. One that is addressed by an ARN goes by the end of it: the rest says whose
/// account it is in, which is no client's business.
fn model_name(model: &str) -> &str {
    match model.strip_prefix("arn:") {
        Some(rest) => rest.rsplit(['/', ':']).next().unwrap_or(rest),
        None => model,
    }
}

/// As much of an answer's id as goes into those of its calls: 40 characters that every API takes in them.
fn stem(id: &str) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    id.chars().filter(plain).take(40).collect()
}

fn call_id(stem: &str, index: u64) -> Text<'static> {
    format!("call_{stem}_{index}").into()
}

/// Names what `body` left without a name in its answer.
pub(crate) fn name<'a>(response: &mut Response<'a>, told: &Told<'a>, body: &str) {
    if response.id.is_empty() {
        response.id = answer_id(told, body).into();
    }
    if response.model.is_empty() {
        response.model = model_name(told.model).into();
    }
    let stem = stem(&response.id);
    let calls = response.parts.iter_mut().filter_map(|part| match part {
        Part::ToolCall(call) => Some(call),
        _ => None,
    });
    for (index, call) in (0..).zip(calls).filter(|(_, call)| call.id.is_empty()) {
        call.id = call_id(&stem, index);
    }
}

/// The same for a stream, on its way to whoever writes it.
pub(crate) fn naming(mut write: WriteEvent, told: &Told<'_>) -> WriteEvent {
    let (mut id, model) = (answer_id(told, ""), model_name(told.model).to_owned());
    Box::new(move |event, out| match event {
        Event::Start { id: given, model: said } => {
            if !given.is_empty() {
                id = given.chars().take(LONGEST_ID).collect();
            }
            let model = if said.is_empty() { Text::from(&*model) } else { said.clone() };
            write(&Event::Start { id: Text::from(&*id), model }, out);
        }
        Event::ToolCall { index, id: given, name } if given.is_empty() => {
            write(&Event::ToolCall { index: *index, id: call_id(&stem(&id), *index), name: name.clone() }, out);
        }
        event => write(event, out),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::neutral::{Arguments, ToolCall};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn named(told: &Told<'_>, body: &str) -> (String, String, Vec<String>) {
        let call = |id: &'static str| {
            Part::ToolCall(ToolCall { id: id.into(), name: "f".into(), arguments: Arguments::Text("{}".into()) })
        };
        let mut response = Response { parts: vec![call(""), call("a"), call("")], ..Response::default() };
        name(&mut response, told, body);
        let ids = response.parts.iter().filter_map(|part| match part {
            Part::ToolCall(call) => Some(call.id.to_string()),
            _ => None,
        });
        (response.id.to_string(), response.model.to_string(), ids.collect())
    }

    #[test]
    fn what_has_no_name_gets_one_of_what_is_known() {
        let told = Told { model: "m", request: Some("r.1"), ..Told::from(16) };
        let ids = ["call_r1_0", "a", "call_r1_2"].map(String::from).to_vec();
        assert_eq!(named(&told, "{}"), ("r.1".into(), "m".into(), ids));
        let unknown = Told::from(16);
        assert!(named(&unknown, "{}").0.starts_with("10"));
        assert_ne!(named(&unknown, "{}").0, named(&unknown, "[]").0, "answers of the same second");
    }

    #[test]
    fn an_arn_gives_away_no_account() {
        for (model, called) in [
            ("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2", "a1b2"),
            ("arn:aws:bedrock:us-east-1:123456789012:a1b2", "a1b2"),
            ("us.amazon.nova-pro-v1:0", "us.amazon.nova-pro-v1:0"),
            ("meta-llama/Llama-4", "meta-llama/Llama-4"),
        ] {
            assert_eq!(named(&Told { model, ..Told::from(0) }, "{}").1, called);
        }
    }

    #[test]
    fn what_has_a_name_keeps_it() {
        let mut response = Response { id: "i".into(), model: "n".into(), ..Response::default() };
        name(&mut response, &Told { model: "m", request: Some("r"), ..Told::from(0) }, "{}");
        assert_eq!((&*response.id, &*response.model), ("i", "n"));
    }
}
