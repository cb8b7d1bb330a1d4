//! What a client says of thinking, and what each provider's models are told of it.

#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod translation;

use serde_json::{Value, json};
use tollgate_dialects::Dialect::{self, Anthropic, Bedrock, Cohere, Gemini, OpenAi, Responses};
use tollgate_dialects::{Peek, Platform, Server, Upstream};
use translation::asked;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const SONNET_ON_BEDROCK: &str = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const OPUS_ON_BEDROCK: &str = "us.anthropic.claude-opus-4-7-v1:0";

/// A request of `client` that says `more` beside its question.
fn question(client: Dialect, more: &Value) -> String {
    let mut body = match client {
        Gemini => json!({"contents": [{"parts": [{"text": "x"}]}]}),
        Bedrock => json!({"messages": [{"role": "user", "content": [{"text": "x"}]}]}),
        Responses => json!({"model": "m", "input": "x"}),
        _ => json!({"model": "m", "max_tokens": 40_000, "messages": [{"role": "user", "content": "x"}]}),
    };
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body.to_string()
}

/// What a provider is told, and what is reported.
fn told(client: Dialect, more: &Value, provider: impl Into<Upstream<'static>>, model: &'static str) -> (Value, String) {
    let body = question(client, more);
    let prepared = Peek::new(asked(client, false), body.as_bytes()).unwrap().prepare(provider, model).unwrap();
    (serde_json::from_slice(&prepared.body.unwrap()).unwrap(), prepared.losses.to_header())
}

/// How each client says that the model is not to think.
fn offs() -> [(Dialect, Value); 6] {
    [
        (OpenAi, json!({"reasoning_effort": "none"})),
        (Responses, json!({"reasoning": {"effort": "none"}})),
        (Anthropic, json!({"thinking": {"type": "disabled"}})),
        (Gemini, json!({"generationConfig": {"thinkingConfig": {"thinkingBudget": 0}}})),
        (Bedrock, json!({"additionalModelRequestFields": {"thinking": {"type": "disabled"}}})),
        (Cohere, json!({"thinking": {"type": "disabled"}})),
    ]
}

#[test]
fn a_model_of_openais_is_told_not_to_reason_as_far_as_it_can() {
    for (model, effort, lost) in [
        ("gpt-6-sol", Some("none"), ""),
        ("gpt-6-luna", Some("none"), ""),
        ("gpt-5.6-sol", Some("none"), ""),
        ("gpt-5.5-2026-04-23", Some("none"), ""),
        ("gpt-5.1", Some("none"), ""),
        ("gpt-5-mini", Some("minimal"), "reasoning_effort"),
        ("gpt-5-2025-08-07", Some("minimal"), "reasoning_effort"),
        ("gpt-6-astra", Some("low"), "reasoning_effort"),
        ("gpt-6.1-sol", Some("low"), "reasoning_effort"),
        ("gpt-5.2-codex", Some("low"), "reasoning_effort"),
        ("o4-mini", Some("low"), "reasoning_effort"),
        ("gpt-5-pro", Some("high"), "reasoning_effort"),
        ("gpt-5.4-pro", Some("medium"), "reasoning_effort"),
        ("my-deployment", None, "reasoning_effort"),
        // These do not reason.
        ("gpt-4.1", None, ""),
        ("gpt-5-chat-latest", None, ""),
    ] {
        for (client, off) in offs() {
            if client != OpenAi {
                let (body, dropped) = told(client, &off, OpenAi, model);
                assert_eq!((body["reasoning_effort"].as_str(), &*dropped), (effort, lost), "{client:?} to {model}");
            }
            if client != Responses {
                let (body, dropped) = told(client, &off, Responses, model);
                assert_eq!((body["reasoning"]["effort"].as_str(), &*dropped), (effort, lost), "{client:?} to {model}");
            }
        }
    }
}

#[test]
fn a_model_of_openais_is_told_an_effort_that_it_takes() {
    for (model, asked, effort, lost) in [
        ("gpt-5.4", "max", "xhigh", "reasoning_effort"),
        ("gpt-5.1", "xhigh", "high", "reasoning_effort"),
        ("gpt-5-mini", "max", "high", "reasoning_effort"),
        ("gpt-5-pro", "low", "high", "reasoning_effort"),
        ("gpt-6.1-sol", "max", "max", ""),
        ("my-deployment", "max", "max", ""),
    ] {
        let (body, dropped) = told(Anthropic, &json!({"output_config": {"effort": asked}}), OpenAi, model);
        assert_eq!((body["reasoning_effort"].as_str(), &*dropped), (Some(effort), lost), "{model}");
        let (body, dropped) = told(OpenAi, &json!({"reasoning_effort": asked}), Responses, model);
        assert_eq!((body["reasoning"]["effort"].as_str(), &*dropped), (Some(effort), lost), "{model}");
    }
    let least = json!({"generationConfig": {"thinkingConfig": {"thinkingLevel": "MINIMAL"}}});
    let (body, dropped) = told(Gemini, &least, OpenAi, "gpt-5.4");
    assert_eq!((body["reasoning_effort"].as_str(), &*dropped), (Some("low"), "reasoning_effort"));
}

#[test]
fn a_server_is_told_not_to_think_where_it_or_the_model_is_known_to_take_the_word() {
    for (server, model, effort, lost) in [
        ("vllm", "Qwen/Qwen3-8B", Some("none"), ""),
        ("ollama", "qwen3", Some("none"), ""),
        ("openrouter", "openai/gpt-5.6-sol", Some("none"), ""),
        ("groq", "qwen/qwen3-32b", Some("none"), ""),
        ("groq", "openai/gpt-oss-120b", None, "reasoning_effort"),
        ("mistral", "mistral-medium-3-5", Some("none"), ""),
        ("mistral", "mistral-large-2411", None, "reasoning_effort"),
        ("xai", "grok-4.3", Some("none"), ""),
        ("xai", "grok-4", None, "reasoning_effort"),
        ("fireworks", "accounts/fireworks/models/gpt-oss-120b", None, "reasoning_effort"),
    ] {
        let upstream = Upstream { dialect: OpenAi, platform: Platform::Direct, server: Server::named(server) };
        for (client, off) in offs().into_iter().filter(|(client, _)| *client != OpenAi) {
            let (body, dropped) = told(client, &off, upstream, model);
            assert_eq!(
                (body["reasoning_effort"].as_str(), &*dropped),
                (effort, lost),
                "{client:?} to {server}: {model}"
            );
        }
    }
}

/// Log probabilities are told by a model that is told not to reason, and not by one that reasons.
#[test]
fn a_model_that_is_told_not_to_reason_tells_log_probabilities() {
    let asks = |budget: u64| json!({"generationConfig": {"thinkingConfig": {"thinkingBudget": budget}, "responseLogprobs": true, "logprobs": 2}});
    let (body, dropped) = told(Gemini, &asks(0), OpenAi, "gpt-5.6-sol");
    assert_eq!((&body["top_logprobs"], &*dropped), (&json!(2), ""));
    let (body, dropped) = told(Gemini, &asks(0), Responses, "gpt-5.6-sol");
    assert_eq!((&body["top_logprobs"], &*dropped), (&json!(2), ""));
    let (body, dropped) = told(Gemini, &asks(5000), OpenAi, "gpt-5.6-sol");
    assert_eq!((body.get("top_logprobs"), &*dropped), (None, "logprobs"));
}

/// Models refuse to be told how to sample while they reason.
#[test]
fn a_model_that_reasons_is_not_told_how_to_sample() {
    let cold = json!({"temperature": 0.5, "top_p": 0.9, "thinking": {"type": "adaptive"}});
    let own = json!({"temperature": 1, "top_p": 1, "thinking": {"type": "enabled", "budget_tokens": 5000}});
    let off = json!({"temperature": 0.5, "top_p": 0.9, "thinking": {"type": "disabled"}});
    let (told_to, nothing) = ((Some(0.5), Some(0.9)), (None, None));
    for (model, more, sampling, lost) in [
        ("gpt-5.6-sol", &cold, nothing, "temperature, top_p"),
        ("o3", &cold, nothing, "temperature, top_p"),
        ("gpt-5.6-sol", &own, nothing, ""),
        ("gpt-5.6-sol", &off, told_to, ""),
        ("gpt-6-astra", &off, nothing, "reasoning_effort, temperature, top_p"),
        ("gpt-5.4", &cold, told_to, ""),
        ("gpt-4.1", &cold, told_to, ""),
        ("my-deployment", &cold, told_to, ""),
    ] {
        for provider in [OpenAi, Responses] {
            let (body, dropped) = told(Anthropic, more, provider, model);
            let said = (body["temperature"].as_f64(), body["top_p"].as_f64());
            assert_eq!((said, &*dropped), (sampling, lost), "{model} {more}");
        }
    }
}

/// Of a budget and an effort a model is told what it takes; the other is reported.
#[test]
fn a_budget_counts_where_there_are_budgets_and_an_effort_where_there_are_efforts() {
    let anthropic =
        json!({"thinking": {"type": "enabled", "budget_tokens": 2000}, "output_config": {"effort": "high"}});
    let bedrock = json!({
        "inferenceConfig": {"maxTokens": 40_000},
        "additionalModelRequestFields": {"thinking": {"type": "enabled", "budget_tokens": 2000}},
        "outputConfig": {"effort": "high"},
    });
    let budget = json!({"type": "enabled", "budget_tokens": 2000});
    for (client, both) in [(Anthropic, &anthropic), (Bedrock, &bedrock)] {
        let said = |provider, model, pointer: &str| {
            let (body, dropped) = told(client, both, provider, model);
            (body.pointer(pointer).cloned(), dropped)
        };
        let effort_lost = |value| (Some(value), "reasoning_effort".to_owned());
        let budget_lost = |value| (Some(value), "thinking.budget_tokens".to_owned());
        if client == Anthropic {
            let pointer = "/additionalModelRequestFields/thinking";
            assert_eq!(said(Bedrock, SONNET_ON_BEDROCK, pointer), effort_lost(budget.clone()));
            assert_eq!(said(Bedrock, OPUS_ON_BEDROCK, "/outputConfig/effort"), budget_lost(json!("high")));
            let pointer = "/additionalModelRequestFields/reasoning_effort";
            assert_eq!(said(Bedrock, "openai.gpt-oss-120b-1:0", pointer), budget_lost(json!("high")));
        } else {
            assert_eq!(said(Anthropic, "claude-sonnet-4-5", "/thinking"), effort_lost(budget.clone()));
            assert_eq!(said(Anthropic, "claude-opus-4-7", "/output_config/effort"), budget_lost(json!("high")));
        }
        let pointer = "/generationConfig/thinkingConfig/thinkingBudget";
        assert_eq!(said(Gemini, "gemini-2.5-flash", pointer), effort_lost(json!(2000)));
        let pointer = "/generationConfig/thinkingConfig/thinkingLevel";
        assert_eq!(said(Gemini, "gemini-3.8-flash", pointer), budget_lost(json!("HIGH")));
        assert_eq!(said(Cohere, "command-a-reasoning-08-2025", "/thinking/token_budget"), effort_lost(json!(2000)));
        assert_eq!(said(OpenAi, "gpt-5.6-sol", "/reasoning_effort"), budget_lost(json!("high")));
        assert_eq!(said(Responses, "gpt-5.6-sol", "/reasoning/effort"), budget_lost(json!("high")));
    }
}

/// An effort is one for the whole answer, too: it switches no thinking on that is switched off.
#[test]
fn off_stays_off_beside_an_effort() {
    let anthropic = json!({"thinking": {"type": "disabled"}, "output_config": {"effort": "low"}});
    let nova = json!({"additionalModelRequestFields": {"reasoningConfig": {"type": "disabled"}}, "outputConfig": {"effort": "low"}});
    let bedrock =
        json!({"additionalModelRequestFields": {"thinking": {"type": "disabled"}}, "outputConfig": {"effort": "low"}});
    for (client, both) in [(Anthropic, &anthropic), (Bedrock, &bedrock), (Bedrock, &nova)] {
        for (provider, model, pointer, off) in [
            (OpenAi, "gpt-5.6-sol", "/reasoning_effort", Some(json!("none"))),
            (Responses, "gpt-5.6-sol", "/reasoning/effort", Some(json!("none"))),
            (Gemini, "gemini-2.5-flash", "/generationConfig/thinkingConfig", Some(json!({"thinkingBudget": 0}))),
            (Cohere, "command-a-reasoning-08-2025", "/thinking", Some(json!({"type": "disabled"}))),
            (Anthropic, "claude-sonnet-4-5", "/thinking", None),
            (Bedrock, SONNET_ON_BEDROCK, "/additionalModelRequestFields", None),
            (Bedrock, "us.amazon.nova-2-lite-v1:0", "/additionalModelRequestFields", None),
        ] {
            if provider != client {
                let (body, dropped) = told(client, both, provider, model);
                assert_eq!((body.pointer(pointer), &*dropped), (off.as_ref(), "reasoning_effort"), "{model}");
            }
        }
    }
    // Claude takes both.
    let (body, dropped) = told(Anthropic, &anthropic, Bedrock, "us.anthropic.claude-opus-5-v1:0");
    assert_eq!(body["additionalModelRequestFields"], json!({"thinking": {"type": "disabled"}}));
    assert_eq!((body["outputConfig"]["effort"].as_str(), &*dropped), (Some("low"), ""));
    let (body, dropped) = told(Bedrock, &bedrock, Anthropic, "claude-opus-5");
    assert_eq!((&body["thinking"], &body["output_config"]), (&json!({"type": "disabled"}), &json!({"effort": "low"})));
    assert_eq!(dropped, "");
}

/// Claude since 4.7 leaves the text of its thoughts out unless it is asked for.
#[test]
fn thoughts_are_asked_for_where_the_client_is_to_see_them() {
    let summarized = json!({"type": "adaptive", "display": "summarized"});
    let adaptive = json!({"type": "adaptive"});
    for (client, more, expected) in [
        (Gemini, json!({"generationConfig": {"thinkingConfig": {"includeThoughts": true}}}), &summarized),
        (Gemini, json!({"generationConfig": {"thinkingConfig": {"thinkingLevel": "LOW"}}}), &adaptive),
        // These get what a model thinks beside their answer, though their API has no word to ask for it.
        (OpenAi, json!({"reasoning_effort": "high"}), &summarized),
        (Cohere, json!({"thinking": {"type": "enabled"}}), &summarized),
        (Responses, json!({"reasoning": {"effort": "low", "summary": "auto"}}), &summarized),
        (Responses, json!({"reasoning": {"effort": "low", "generate_summary": "concise"}}), &summarized),
        (Responses, json!({"reasoning": {"summary": "auto"}}), &summarized),
        (Responses, json!({"reasoning": {"effort": "low", "summary": null}}), &adaptive),
        (Bedrock, json!({"additionalModelRequestFields": {"thinking": {"type": "adaptive"}}}), &adaptive),
        (Bedrock, json!({"additionalModelRequestFields": {"thinking": summarized}}), &summarized),
    ] {
        for model in ["claude-opus-4-7", "claude-opus-5-5"] {
            let (body, dropped) = told(client, &more, Anthropic, model);
            assert_eq!((&body["thinking"], &*dropped), (expected, ""), "{client:?} {more} to {model}");
        }
        let (body, _) = told(client, &more, Anthropic, "claude-opus-4-6");
        assert_eq!(body["thinking"], adaptive, "older models show them unasked");
        if client != Bedrock {
            let (body, _) = told(client, &more, Bedrock, OPUS_ON_BEDROCK);
            assert_eq!(body["additionalModelRequestFields"]["thinking"], *expected, "{client:?} {more}");
        }
    }
}

#[test]
fn how_thoughts_are_shown_goes_along_or_is_reported() {
    let thinking = |display: &str| json!({"thinking": {"type": "adaptive", "display": display}});
    for display in ["summarized", "omitted"] {
        let (body, dropped) = told(Anthropic, &thinking(display), Bedrock, OPUS_ON_BEDROCK);
        assert_eq!(body["additionalModelRequestFields"], thinking(display));
        assert_eq!(dropped, "");
    }
    let config = |display| told(Anthropic, &thinking(display), Gemini, "gemini-3.8-flash").0["generationConfig"].take();
    assert_eq!(config("summarized"), json!({"maxOutputTokens": 40_000, "thinkingConfig": {"includeThoughts": true}}));
    assert_eq!(config("omitted")["thinkingConfig"].get("includeThoughts"), None);
    let vllm = Upstream { dialect: OpenAi, platform: Platform::Direct, server: Server::named("vllm") };
    for (display, provider, model, lost) in [
        // OpenAI tells nobody what its models think, and a summary is not asked for.
        ("summarized", Upstream::from(OpenAi), "gpt-5.6-sol", "reasoning.summary"),
        ("summarized", Responses.into(), "gpt-5.6-sol", "reasoning.summary"),
        ("omitted", OpenAi.into(), "gpt-5.6-sol", ""),
        ("omitted", Responses.into(), "gpt-5.6-sol", ""),
        ("summarized", vllm, "m", ""),
        ("omitted", vllm, "m", "thinking.display"),
        ("summarized", Cohere.into(), "command-a-reasoning-08-2025", ""),
        ("omitted", Cohere.into(), "command-a-reasoning-08-2025", "thinking.display"),
    ] {
        assert_eq!(told(Anthropic, &thinking(display), provider, model).1, lost, "{display} to {provider:?}");
    }
    let body = question(Anthropic, &thinking("loud"));
    let error = Peek::new(Anthropic, body.as_bytes()).unwrap().prepare(OpenAi, "m").unwrap_err();
    assert_eq!(error.param.as_deref(), Some("thinking.display"));
}
