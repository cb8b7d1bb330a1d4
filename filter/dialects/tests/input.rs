//! What a request is estimated at: its texts, images, documents, sounds and tools, for whoever gets it.

#![allow(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod translation;

use serde_json::{Value, json};
use tollgate_dialects::{Dialect, Peek};
use translation::asked;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// The first bytes of an image of 640 x 480 pixels.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAoAAAAHgCAIAAAC6s0uz";
const GPT: (Dialect, &str) = (Dialect::OpenAi, "gpt-4o");
const CLAUDE: (Dialect, &str) = (Dialect::Anthropic, "claude-opus-5-5");
const GEMINI: (Dialect, &str) = (Dialect::Gemini, "gemini-3-pro");

fn estimate(client: Dialect, body: &Value, (provider, model): (Dialect, &str)) -> u64 {
    let body = body.to_string();
    Peek::new(asked(client, false), body.as_bytes()).unwrap().input_estimate(provider, model).total()
}

/// What `part` adds to a message of OpenAI's.
fn part(part: Value, target: (Dialect, &str)) -> u64 {
    let body = |parts: Value| json!({"model": "m", "messages": [{"role": "user", "content": parts}]});
    estimate(Dialect::OpenAi, &body(json!([part])), target) - estimate(Dialect::OpenAi, &body(json!([])), target)
}

#[test]
fn an_image_is_priced_by_who_gets_it_in_whatever_api_it_is_sent() {
    let url = format!("data:image/png;base64,{PNG}");
    let content = |part: Value| json!({"model": "m", "messages": [{"role": "user", "content": [part]}]});
    let parts = |part: Value| json!({"contents": [{"role": "user", "parts": [part]}]});
    let requests = [
        (Dialect::OpenAi, content(json!({"type": "image_url", "image_url": {"url": url}}))),
        (Dialect::Cohere, content(json!({"type": "image_url", "image_url": {"url": url}}))),
        (Dialect::Bedrock, content(json!({"image": {"format": "png", "source": {"bytes": PNG}}}))),
        (Dialect::Gemini, parts(json!({"inlineData": {"mimeType": "image/png", "data": PNG}}))),
        (Dialect::Gemini, parts(json!({"inline_data": {"data": PNG, "mime_type": "image/png"}}))),
        (
            Dialect::Anthropic,
            content(json!({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}})),
        ),
        (
            Dialect::Responses,
            json!({"model": "m", "input": [{"role": "user", "content": [{"type": "input_image", "image_url": url}]}]}),
        ),
    ];
    for (client, request) in requests {
        // A message, and 425, 414 or 1120 for the image.
        assert_eq!(estimate(client, &request, GPT), 3 + 4 + 85 + 2 * 170, "{}", client.name());
        assert_eq!(estimate(client, &request, CLAUDE), 4 + 3 + 23 * 18, "{}", client.name());
        assert_eq!(estimate(client, &request, GEMINI), 1 + 1120, "{}", client.name());
    }
}

#[test]
fn openais_detail_counts_wherever_it_stands() {
    let url = format!("data:image/png;base64,{PNG}");
    let image = |members: &str| {
        let image: Value = serde_json::from_str(members).unwrap();
        json!({"type": "image_url", "image_url": image})
    };
    assert_eq!(part(image(&format!(r#"{{"url":"{url}","detail":"low"}}"#)), GPT), 85);
    assert_eq!(part(image(&format!(r#"{{"detail":"low","url":"{url}"}}"#)), GPT), 85);
    assert_eq!(part(image(&format!(r#"{{"url":"{url}","detail":"auto"}}"#)), GPT), 425);
    // It is this image's, and no other's.
    let both = json!([image(&format!(r#"{{"detail":"low","url":"{url}"}}"#)), image(&format!(r#"{{"url":"{url}"}}"#))]);
    assert_eq!(part(both, GPT), 85 + 425);
}

#[test]
fn googles_resolution_is_for_all_of_a_request() {
    let body = |config: Value| json!({"contents": [{"parts": [{"inlineData": {"mimeType": "image/png", "data": PNG}}]}], "generationConfig": config});
    assert_eq!(estimate(Dialect::Gemini, &body(json!({})), GEMINI), 1120);
    let low = body(json!({"mediaResolution": "MEDIA_RESOLUTION_LOW"}));
    assert_eq!(estimate(Dialect::Gemini, &low, GEMINI), 280);
}

#[test]
fn what_is_elsewhere_is_taken_to_be_of_a_usual_size() {
    let image = json!({"type": "image_url", "image_url": {"url": "https://example.com/a.png"}});
    assert_eq!(part(image, GPT), 765);
    let file = json!({"contents": [{"parts": [{"fileData": {"fileUri": "gs://a/b.png", "mimeType": "image/png"}}]}]});
    assert_eq!(estimate(Dialect::Gemini, &file, GPT), 765);
    let source = json!({"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}});
    let body = json!({"model": "m", "messages": [{"role": "user", "content": [source]}]});
    assert_eq!(estimate(Dialect::Anthropic, &body, GPT), 7 + 765);
    let source = json!({"type": "document", "source": {"type": "url", "url": "https://example.com/a.pdf"}});
    let body = json!({"model": "m", "messages": [{"role": "user", "content": [source]}]});
    assert_eq!(estimate(Dialect::Anthropic, &body, GPT), 7 + 1600);
    // An address that nobody fetches is a text.
    let link = json!({"type": "url_citation", "url": "https://example.com/a.png"});
    assert!((5..12).contains(&part(link, GPT)));
}

#[test]
fn documents_are_priced_by_their_bytes_and_sounds_by_their_seconds() {
    let encoded = |start: &str, bytes: usize| format!("{start}{}", "A".repeat(bytes / 3 * 4 - start.len()));
    let pdf = encoded("JVBERi0xLjcK", 300_000);
    let document =
        json!({"type": "file", "file": {"filename": "a", "file_data": format!("data:application/pdf;base64,{pdf}")}});
    // Five pages.
    assert!((5 * 2250..5 * 2250 + 5).contains(&part(document.clone(), CLAUDE)), "{}", part(document, CLAUDE));
    let sound = json!({"type": "input_audio", "input_audio": {"format": "mp3", "data": encoded("SUQzBAAA", 160_000)}});
    assert_eq!(part(sound.clone(), GEMINI), 9 * 32);
    assert_eq!(part(sound, GPT), 9 * 10);
    let text = json!({"type": "text", "text": "data:,this is no file"});
    assert!(part(text, GPT) < 10);
}

#[test]
fn tools_count_with_the_names_of_their_arguments() {
    let schema = json!({"type": "object", "properties": {
        "location": {"type": "string", "description": "The city and state, e.g. San Francisco, CA"},
        "unit": {"type": "string", "description": "The unit of temperature to return", "enum": ["celsius", "fahrenheit"]}
    }, "required": ["location"]});
    let description = "Get the current weather in a given location";
    let question = json!([{"role": "user", "content": "What's the weather like in San Francisco?"}]);
    let openai = json!({"model": "m", "messages": question, "tools": [{"type": "function", "function":
        {"name": "get_current_weather", "description": description, "parameters": schema}}]});
    // OpenAI's cookbook has this at 101 tokens for GPT-4o, with a message of the system that has 11 more.
    let estimated = estimate(Dialect::OpenAi, &openai, GPT);
    assert!((80..115).contains(&estimated), "{estimated}");
    let anthropic = json!({"model": "m", "messages": question, "tools": [
        {"name": "get_current_weather", "description": description, "input_schema": schema}]});
    assert_eq!(estimate(Dialect::Anthropic, &anthropic, GPT), estimated);
    let claude = estimate(Dialect::Anthropic, &anthropic, CLAUDE);
    assert!((400..450).contains(&claude), "{claude}");
    let gemini = json!({"contents": [{"role": "user", "parts": [{"text": "What's the weather like in San Francisco?"}]}],
        "tools": [{"functionDeclarations": [
            {"name": "get_current_weather", "description": description, "parameters": schema}]}]});
    assert_eq!(estimate(Dialect::Gemini, &gemini, GPT), estimated);
}

/// What providers say in their documentation that requests take.
#[test]
fn the_providers_own_examples_are_met() {
    let weather = json!({"type": "object", "required": ["location"], "properties": {
        "location": {"type": "string", "description": "The city and state, e.g. San Francisco, CA"}}});
    let mut units = weather.clone();
    units["properties"]["unit"] = json!(
        {"type": "string", "description": "The unit of temperature to return", "enum": ["celsius", "fahrenheit"]});
    let description = "Get the current weather in a given location";
    let question = json!({"role": "user", "content": "What's the weather like in San Francisco?"});
    let system = "You are a helpful assistant that can answer to questions about the weather.";
    let example =
        |who: &str, content: &str| json!({"role": "system", "name": format!("example_{who}"), "content": content});
    let examples = [
        (
            101,
            GPT,
            json!({"model": "m", "messages": [{"role": "system", "content": system}, question], "tools": [{"type":
                "function", "function": {"name": "get_current_weather", "description": description, "parameters": units}}]}),
        ),
        (
            124,
            GPT,
            json!({"model": "m", "messages": [
                {"role": "system", "content": "You are a helpful, pattern-following assistant that translates corporate jargon into plain English."},
                example("user", "New synergies will help drive top-line growth."),
                example("assistant", "Things working well together will increase revenue."),
                example("user", "Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage."),
                example("assistant", "Let's talk later when we're less busy about how to do better."),
                {"role": "user", "content": "This late pivot means we don't have time to boil the ocean for the client deliverable."}
            ]}),
        ),
        (
            403,
            CLAUDE,
            json!({"model": "m", "messages": [question], "tools": [
                {"name": "get_weather", "description": description, "input_schema": weather}]}),
        ),
        (10, GEMINI, json!({"contents": [{"parts": [{"text": "The quick brown fox jumps over the lazy dog."}]}]})),
    ];
    for (tokens, target, body) in examples {
        let estimated = estimate(target.0, &body, target);
        assert!(estimated.abs_diff(tokens) * 10 <= tokens, "{estimated} for {tokens}: {body}");
    }
}

#[test]
fn what_is_not_for_the_model_costs_nothing() {
    let body = |more: Value| {
        let mut body = json!({"model": "m", "messages": [{"role": "user", "content": "Hello"}]});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        estimate(Dialect::OpenAi, &body, GPT)
    };
    let more = json!({"user": "somebody with a long name", "service_tier": "auto", "metadata": {"a": "b c d e f g"}});
    assert_eq!(body(more), body(json!({})));
}
