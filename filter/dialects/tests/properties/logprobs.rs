//! Log probabilities go from any dialect that has them to any other and on, and nothing of them changes but
//! what the other cannot say.

use crate::check;
use crate::translation::exchange;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use tollgate_dialects::{Dialect, StreamBytes};

const HAVE_THEM: [Dialect; 4] = [Dialect::OpenAi, Dialect::Responses, Dialect::Gemini, Dialect::Cohere];

/// A token, how likely it was, and others in its place.
type Token = (String, f64, Vec<(String, f64)>);

fn tokens() -> impl Strategy<Value = Vec<Token>> {
    let word =
        || select(vec!["Hello", " é", "😀", "\n", "\"quoted\"", "{", " the", "\u{1}", "", "x"]).prop_map(str::to_owned);
    let logprob = || select(vec![0.0, -0.25, -1e-7, -2.876_543_2, -17.5, -9999.0]);
    let others = prop::collection::vec((word(), logprob()), 0..3);
    prop::collection::vec((word(), logprob(), others), 1..8)
}

fn said(tokens: &[Token]) -> String {
    tokens.iter().map(|(token, ..)| &**token).collect()
}

fn of_openai(tokens: &[Token]) -> Value {
    let one = |token: &str, logprob: f64| json!({"token": token, "logprob": logprob, "bytes": token.as_bytes()});
    let list = tokens.iter().map(|(token, logprob, others)| {
        let mut item = one(token, *logprob);
        item["top_logprobs"] = others.iter().map(|(token, logprob)| one(token, *logprob)).collect();
        item
    });
    json!({"content": list.collect::<Vec<_>>(), "refusal": null})
}

/// The tokens in an answer, or in an event of one. Those of a cut piece are the text of its last.
fn read(dialect: Dialect, body: &Value) -> Vec<Token> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let pair = |item: &Value, token: &str, logprob: &str| {
        (item[token].as_str().unwrap().to_owned(), item[logprob].as_f64().unwrap())
    };
    let like_openai = |items: &Value| -> Vec<Token> {
        let others =
            |item: &Value| list(&item["top_logprobs"]).iter().map(|item| pair(item, "token", "logprob")).collect();
        let tokens = list(items).into_iter().map(|item| {
            let (token, logprob) = pair(&item, "token", "logprob");
            assert_eq!(item["bytes"], json!(token.as_bytes()));
            (token, logprob, others(&item))
        });
        tokens.collect()
    };
    match dialect {
        Dialect::OpenAi => like_openai(&body["choices"][0]["logprobs"]["content"]),
        Dialect::Responses if body["type"] == "response.output_text.delta" => like_openai(&body["logprobs"]),
        Dialect::Responses => {
            list(&body["output"]).iter().flat_map(|item| like_openai(&item["content"][0]["logprobs"])).collect()
        }
        Dialect::Gemini => {
            let result = &body["candidates"][0]["logprobsResult"];
            let tokens = list(&result["chosenCandidates"]).into_iter().enumerate().map(|(n, chosen)| {
                let (token, logprob) = pair(&chosen, "token", "logProbability");
                let others = list(&result["topCandidates"][n]["candidates"]);
                (token, logprob, others.iter().map(|other| pair(other, "token", "logProbability")).collect())
            });
            tokens.collect()
        }
        _ => {
            let pieces =
                if body["logprobs"].is_object() { vec![body["logprobs"].clone()] } else { list(&body["logprobs"]) };
            let mut tokens = Vec::new();
            for piece in pieces {
                let logprobs = list(&piece["logprobs"]);
                for (n, logprob) in logprobs.iter().enumerate() {
                    let text = if n + 1 == logprobs.len() { piece["text"].as_str().unwrap() } else { "" };
                    tokens.push((text.to_owned(), logprob.as_f64().unwrap(), Vec::new()));
                }
            }
            tokens
        }
    }
}

/// What is left of `tokens` where one of `dialects` has no place for others.
fn expected(tokens: &[Token], dialects: &[Dialect]) -> Vec<Token> {
    let mut tokens = tokens.to_vec();
    if dialects.contains(&Dialect::Cohere) {
        tokens.iter_mut().for_each(|(.., others)| others.clear());
    }
    tokens
}

fn ways() -> impl Strategy<Value = Vec<Dialect>> {
    let have_them = || select(HAVE_THEM.to_vec());
    prop::collection::vec(have_them(), 1..4).prop_map(|mut way| {
        way.insert(0, Dialect::OpenAi);
        way.dedup();
        way
    })
}

#[test]
fn those_of_an_answer_arrive_wherever_it_goes() {
    check(300, (ways(), tokens()), |(way, tokens)| {
        let message = json!({"role": "assistant", "content": said(&tokens)});
        let choice = json!({"index": 0, "message": message, "logprobs": of_openai(&tokens), "finish_reason": "stop"});
        let mut body = json!({"id": "1", "model": "m", "choices": [choice]}).to_string().into_bytes();
        for step in way.windows(2) {
            body = exchange(step[1], step[0], true).answer(&body, 1).unwrap().body.unwrap();
        }
        // Where nothing is said, there is no text to be of.
        prop_assume!(!said(&tokens).is_empty());
        let read = read(*way.last().unwrap(), &serde_json::from_slice(&body).unwrap());
        prop_assert_eq!(read, expected(&tokens, &way), "{:?}: {}", way, String::from_utf8_lossy(&body));
        Ok(())
    });
}

#[test]
fn those_of_a_stream_arrive_wherever_it_goes_with_the_text_they_are_of() {
    check(300, (ways(), prop::collection::vec(tokens(), 1..4)), |(way, chunks)| {
        let mut stream = String::new();
        for tokens in &chunks {
            let choice = json!({"index": 0, "delta": {"content": said(tokens)}, "logprobs": of_openai(tokens)});
            stream += &format!("data: {}\n\n", json!({"id": "1", "model": "m", "choices": [choice]}));
        }
        let end = json!({"id": "1", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]});
        stream += &format!("data: {end}\n\ndata: [DONE]\n\n");
        for step in way.windows(2) {
            let mut translation = exchange(step[1], step[0], true).stream(1);
            let StreamBytes::Replaced(mut out) = translation.push(stream.as_bytes()) else { panic!("not translated") };
            out.extend(translation.finish());
            prop_assert!(translation.is_complete());
            stream = String::from_utf8(out).unwrap();
        }
        let home = *way.last().unwrap();
        let data = stream.lines().filter_map(|line| line.strip_prefix("data: ")).filter(|data| *data != "[DONE]");
        let events: Vec<Value> = data.map(|data| serde_json::from_str(data).unwrap()).collect();
        let told: Vec<Token> = events
            .iter()
            .filter(|event| event["type"] != "response.completed")
            .flat_map(|event| read(home, event))
            .collect();
        prop_assert_eq!(told, expected(&chunks.concat(), &way), "{:?}: {}", way, stream);
        if let Some(whole) = events.iter().find(|event| event["type"] == "response.completed") {
            prop_assert_eq!(read(home, &whole["response"]), expected(&chunks.concat(), &way));
        }
        Ok(())
    });
}
