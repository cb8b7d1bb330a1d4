//! One input per feature and dialect; one expected output beside it, readable in review.
//!
//! `UPDATE_GOLDEN=1 cargo test -p tollgate-dialects --test golden` writes the outputs anew; read the
//! difference before you commit it.

#![allow(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

use tollgate_dialects::{Dialect, Exchange, Peek, StreamBytes};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const NOW: u64 = 1_790_000_000;

/// Declares tests: a check, its input file, the file with what must come out, and how to translate.
macro_rules! golden {
    ($($test:ident: $check:ident($input:literal => $expected:literal, $($argument:expr),*);)*) => {
        $(#[test]
        fn $test() {
            let input = include_str!(concat!("golden/", $input));
            let expected = include_str!(concat!("golden/", $expected));
            compare($expected, expected, &$check(input, $($argument),*));
        })*
    };
}

fn compare(file: &str, expected: &str, actual: &str) {
    #[cfg(not(target_arch = "wasm32"))]
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(format!("{}/tests/golden/{file}", env!("CARGO_MANIFEST_DIR")), actual).unwrap();
        return;
    }
    assert!(actual == expected, "{file} is not what was written. Got:\n{actual}");
}

fn pretty(json: &[u8]) -> String {
    let value: serde_json::Value = serde_json::from_slice(json).expect("what is written is JSON");
    serde_json::to_string_pretty(&value).unwrap() + "\n"
}

fn request(input: &str, client: Dialect, provider: Dialect, model: &str) -> String {
    let prepared = Peek::new(client, input.as_bytes()).and_then(|peek| peek.prepare(provider, model));
    match prepared {
        Ok(prepared) => format!("{}dropped: {}\n", pretty(&prepared.body.unwrap()), prepared.losses.to_header()),
        Err(error) => format!("400 {error}\n"),
    }
}

fn exchange(client: Dialect, provider: Dialect, include_usage: bool) -> Exchange {
    let body = format!(
        r#"{{"model":"m","max_tokens":9,"messages":[{{"role":"user","content":"x"}}],"stream":true,"stream_options":{{"include_usage":{include_usage}}}}}"#
    );
    Peek::new(client, body.as_bytes()).unwrap().prepare(provider, "m").unwrap().exchange
}

fn response(input: &str, client: Dialect, provider: Dialect) -> String {
    let answer = exchange(client, provider, true).answer(input.as_bytes(), NOW).unwrap();
    pretty(&answer.body.unwrap())
}

fn stream(input: &str, client: Dialect, provider: Dialect) -> String {
    let whole = cut_stream(input, client, provider, &[]);
    for size in [1, 2, 3, 7, 64] {
        let cuts: Vec<usize> = (0..input.len()).step_by(size).collect();
        assert_eq!(cut_stream(input, client, provider, &cuts), whole, "{size} bytes at a time");
    }
    for at in 0..input.len() {
        assert_eq!(cut_stream(input, client, provider, &[at]), whole, "cut at {at}");
    }
    let crlf = input.replace('\n', "\r\n");
    assert_eq!(cut_stream(&crlf, client, provider, &[5, 6, 7, 100]), whole, "with CRLF");
    let terse = input.replace("data: ", "data:");
    assert_eq!(cut_stream(&terse, client, provider, &[]), whole, "without a space after data:");
    whole
}

fn cut_stream(input: &str, client: Dialect, provider: Dialect, cuts: &[usize]) -> String {
    let mut stream = exchange(client, provider, true).stream(NOW);
    let mut out = Vec::new();
    let mut from = 0;
    for &to in cuts.iter().chain([&input.len()]) {
        match stream.push(&input.as_bytes()[from..to]) {
            StreamBytes::Replaced(bytes) => out.extend(bytes),
            StreamBytes::AsTheyAre => panic!("a translated stream is rewritten"),
        }
        from = to;
    }
    out.extend(stream.finish());
    String::from_utf8(out).unwrap()
}

use Dialect::{Anthropic, OpenAi};

const NEW: &str = "claude-opus-4-8";
const OLD: &str = "claude-sonnet-4-5";

golden! {
    openai_text_and_limits: request("requests/plain.openai.json" => "requests/plain.openai-to-anthropic.txt", OpenAi, Anthropic, OLD);
    openai_images_and_documents: request("requests/media.openai.json" => "requests/media.openai-to-anthropic.txt", OpenAi, Anthropic, OLD);
    openai_tool_calls_and_results: request("requests/tools.openai.json" => "requests/tools.openai-to-anthropic.txt", OpenAi, Anthropic, OLD);
    openai_allowed_tools: request("requests/allowed_tools.openai.json" => "requests/allowed_tools.openai-to-anthropic.txt", OpenAi, Anthropic, OLD);
    openai_json_schema: request("requests/schema.openai.json" => "requests/schema.openai-to-anthropic.txt", OpenAi, Anthropic, OLD);
    openai_effort_as_budget: request("requests/reasoning.openai.json" => "requests/reasoning.openai-to-anthropic-4-5.txt", OpenAi, Anthropic, OLD);
    openai_effort_as_effort: request("requests/reasoning.openai.json" => "requests/reasoning.openai-to-anthropic-4-8.txt", OpenAi, Anthropic, NEW);
    openai_effort_where_there_is_none: request("requests/reasoning.openai.json" => "requests/reasoning.openai-to-anthropic-3-5.txt", OpenAi, Anthropic, "claude-3-5-haiku-20241022");
    openai_signed_thoughts: request("requests/thoughts.openai.json" => "requests/thoughts.openai-to-anthropic.txt", OpenAi, Anthropic, OLD);
    openai_instructions_in_the_middle_stay: request("requests/instructions.openai.json" => "requests/instructions.openai-to-anthropic-4-8.txt", OpenAi, Anthropic, NEW);
    openai_instructions_in_the_middle_move: request("requests/instructions.openai.json" => "requests/instructions.openai-to-anthropic-4-5.txt", OpenAi, Anthropic, OLD);
    openai_losses: request("requests/losses.openai.json" => "requests/losses.openai-to-anthropic.txt", OpenAi, Anthropic, OLD);
    openai_agent_as_sdks_send_it: request("requests/agent.openai.json" => "requests/agent.openai-to-anthropic.txt", OpenAi, Anthropic, "claude-sonnet-4-6");

    anthropic_text_and_limits: request("requests/plain.anthropic.json" => "requests/plain.anthropic-to-openai.txt", Anthropic, OpenAi, "gpt-4.1");
    anthropic_images_and_documents: request("requests/media.anthropic.json" => "requests/media.anthropic-to-openai.txt", Anthropic, OpenAi, "gpt-4.1");
    anthropic_tool_calls_and_results: request("requests/tools.anthropic.json" => "requests/tools.anthropic-to-openai.txt", Anthropic, OpenAi, "gpt-4.1");
    anthropic_budget_as_effort: request("requests/thinking.anthropic.json" => "requests/thinking.anthropic-to-openai.txt", Anthropic, OpenAi, "gpt-5.4");
    anthropic_budget_where_there_is_no_effort: request("requests/thinking.anthropic.json" => "requests/thinking.anthropic-to-openai-4-1.txt", Anthropic, OpenAi, "gpt-4.1");
    anthropic_json_schema: request("requests/schema.anthropic.json" => "requests/schema.anthropic-to-openai.txt", Anthropic, OpenAi, "gpt-5.4");
    anthropic_losses: request("requests/losses.anthropic.json" => "requests/losses.anthropic-to-openai.txt", Anthropic, OpenAi, "gpt-4.1");
    anthropic_agent_as_sdks_send_it: request("requests/agent.anthropic.json" => "requests/agent.anthropic-to-openai.txt", Anthropic, OpenAi, "gpt-5.4");

    text_for_anthropic: response("responses/text.openai.json" => "responses/text.openai-to-anthropic.json", Anthropic, OpenAi);
    tools_for_anthropic: response("responses/tools.openai.json" => "responses/tools.openai-to-anthropic.json", Anthropic, OpenAi);
    refusal_for_anthropic: response("responses/refusal.openai.json" => "responses/refusal.openai-to-anthropic.json", Anthropic, OpenAi);
    answer_of_a_compatible_server_for_anthropic: response("responses/compatible.openai.json" => "responses/compatible.openai-to-anthropic.json", Anthropic, OpenAi);
    text_for_openai: response("responses/text.anthropic.json" => "responses/text.anthropic-to-openai.json", OpenAi, Anthropic);
    tools_for_openai: response("responses/tools.anthropic.json" => "responses/tools.anthropic-to-openai.json", OpenAi, Anthropic);
    refusal_for_openai: response("responses/refusal.anthropic.json" => "responses/refusal.anthropic-to-openai.json", OpenAi, Anthropic);
    stop_sequence_for_openai: response("responses/stop_sequence.anthropic.json" => "responses/stop_sequence.anthropic-to-openai.json", OpenAi, Anthropic);

    text_stream_for_anthropic: stream("streams/text.openai.sse" => "streams/text.openai-to-anthropic.sse", Anthropic, OpenAi);
    tools_stream_for_anthropic: stream("streams/tools.openai.sse" => "streams/tools.openai-to-anthropic.sse", Anthropic, OpenAi);
    refusal_stream_for_anthropic: stream("streams/refusal.openai.sse" => "streams/refusal.openai-to-anthropic.sse", Anthropic, OpenAi);
    error_in_a_stream_for_anthropic: stream("streams/error.openai.sse" => "streams/error.openai-to-anthropic.sse", Anthropic, OpenAi);
    cut_stream_for_anthropic: stream("streams/cut.openai.sse" => "streams/cut.openai-to-anthropic.sse", Anthropic, OpenAi);
    stream_of_a_compatible_server_for_anthropic: stream("streams/compatible.openai.sse" => "streams/compatible.openai-to-anthropic.sse", Anthropic, OpenAi);
    text_stream_for_openai: stream("streams/text.anthropic.sse" => "streams/text.anthropic-to-openai.sse", OpenAi, Anthropic);
    tools_stream_for_openai: stream("streams/tools.anthropic.sse" => "streams/tools.anthropic-to-openai.sse", OpenAi, Anthropic);
    refusal_stream_for_openai: stream("streams/refusal.anthropic.sse" => "streams/refusal.anthropic-to-openai.sse", OpenAi, Anthropic);
    error_in_a_stream_for_openai: stream("streams/error.anthropic.sse" => "streams/error.anthropic-to-openai.sse", OpenAi, Anthropic);
    cut_stream_for_openai: stream("streams/cut.anthropic.sse" => "streams/cut.anthropic-to-openai.sse", OpenAi, Anthropic);
    stream_of_a_compatible_server_for_openai: stream("streams/compatible.anthropic.sse" => "streams/compatible.anthropic-to-openai.sse", OpenAi, Anthropic);
}
