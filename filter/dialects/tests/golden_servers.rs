//! Requests that say all there is to say, for each server that speaks OpenAI's dialect.

#![allow(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

#[macro_use]
mod translation;

use Dialect::{Anthropic, OpenAi};
use tollgate_dialects::{Dialect, Server};
use translation::{request, upstream};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

macro_rules! full_requests {
    ($($server:ident: $name:literal;)*) => {
        $(#[test]
        fn $server() {
            let asked = request(include_str!("golden/servers/full.openai.json"), OpenAi, upstream($name), "m");
            assert_golden!(concat!("servers/", $name, ".openai"), &asked);
            let asked = request(include_str!("golden/servers/full.anthropic.json"), Anthropic, upstream($name), "m");
            assert_golden!(concat!("servers/", $name, ".anthropic"), &asked);
        })*

        #[test]
        fn every_server_has_its_files() {
            assert_eq!(Server::ALL.iter().map(|server| server.name).collect::<Vec<_>>(), [$($name),*]);
        }
    };
}

full_requests! {
    vllm: "vllm";
    ollama: "ollama";
    groq: "groq";
    mistral: "mistral";
    deepseek: "deepseek";
    together: "together";
    fireworks: "fireworks";
    openrouter: "openrouter";
    xai: "xai";
}
