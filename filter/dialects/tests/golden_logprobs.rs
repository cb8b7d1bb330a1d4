//! Log probabilities between all who have them, and to those who have not, as `golden.rs` does it.

#![allow(missing_docs)]

#[macro_use]
mod translation;

use tollgate_dialects::Dialect;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use Dialect::{Anthropic, Bedrock, Cohere, Gemini, OpenAi, Responses};

golden! {
    openai_asks_responses: request("requests/logprobs.openai.json" => "requests/logprobs.openai-to-responses", OpenAi, Responses, "gpt-4.1");
    openai_asks_gemini: request("requests/logprobs.openai.json" => "requests/logprobs.openai-to-gemini", OpenAi, Gemini, "gemini-2.5-flash");
    openai_asks_cohere: request("requests/logprobs.openai.json" => "requests/logprobs.openai-to-cohere", OpenAi, Cohere, "command-a-03-2025");
    openai_asks_anthropic: request("requests/logprobs.openai.json" => "requests/logprobs.openai-to-anthropic", OpenAi, Anthropic, "claude-sonnet-4-5");
    openai_asks_bedrock: request("requests/logprobs.openai.json" => "requests/logprobs.openai-to-bedrock", OpenAi, Bedrock, "us.anthropic.claude-sonnet-4-5-20250929-v1:0");
    responses_asks_openai: request("requests/logprobs.responses.json" => "requests/logprobs.responses-to-openai", Responses, OpenAi, "gpt-4.1");
    responses_asks_gemini: request("requests/logprobs.responses.json" => "requests/logprobs.responses-to-gemini", Responses, Gemini, "gemini-2.5-flash");
    responses_asks_cohere: request("requests/logprobs.responses.json" => "requests/logprobs.responses-to-cohere", Responses, Cohere, "command-a-03-2025");
    gemini_asks_openai: request("requests/logprobs.gemini.json" => "requests/logprobs.gemini-to-openai", Gemini, OpenAi, "gpt-4.1");
    gemini_asks_responses: request("requests/logprobs.gemini.json" => "requests/logprobs.gemini-to-responses", Gemini, Responses, "gpt-4.1");
    gemini_asks_cohere: request("requests/logprobs.gemini.json" => "requests/logprobs.gemini-to-cohere", Gemini, Cohere, "command-a-03-2025");
    cohere_asks_openai: request("requests/logprobs.cohere.json" => "requests/logprobs.cohere-to-openai", Cohere, OpenAi, "gpt-4.1");
    cohere_asks_responses: request("requests/logprobs.cohere.json" => "requests/logprobs.cohere-to-responses", Cohere, Responses, "gpt-4.1");
    cohere_asks_gemini: request("requests/logprobs.cohere.json" => "requests/logprobs.cohere-to-gemini", Cohere, Gemini, "gemini-2.5-flash");
    openai_asks_a_model_that_reasons: request("requests/logprobs.openai.json" => "requests/logprobs.openai-to-responses-o3", OpenAi, Responses, "o3");
    openai_asks_a_newer_gemini: request("requests/logprobs.openai.json" => "requests/logprobs.openai-to-gemini-3", OpenAi, Gemini, "gemini-3.8-flash");

    openai_tells_responses: response("responses/logprobs.openai.json" => "responses/logprobs.openai-to-responses", Responses, OpenAi);
    openai_tells_gemini: response("responses/logprobs.openai.json" => "responses/logprobs.openai-to-gemini", Gemini, OpenAi);
    openai_tells_cohere: response("responses/logprobs.openai.json" => "responses/logprobs.openai-to-cohere", Cohere, OpenAi);
    openai_tells_anthropic: response("responses/logprobs.openai.json" => "responses/logprobs.openai-to-anthropic", Anthropic, OpenAi);
    responses_tells_openai: response("responses/logprobs.responses.json" => "responses/logprobs.responses-to-openai", OpenAi, Responses);
    responses_tells_gemini: response("responses/logprobs.responses.json" => "responses/logprobs.responses-to-gemini", Gemini, Responses);
    responses_tells_cohere: response("responses/logprobs.responses.json" => "responses/logprobs.responses-to-cohere", Cohere, Responses);
    gemini_tells_openai: response("responses/logprobs.gemini.json" => "responses/logprobs.gemini-to-openai", OpenAi, Gemini);
    gemini_tells_responses: response("responses/logprobs.gemini.json" => "responses/logprobs.gemini-to-responses", Responses, Gemini);
    gemini_tells_cohere: response("responses/logprobs.gemini.json" => "responses/logprobs.gemini-to-cohere", Cohere, Gemini);
    cohere_tells_openai: response("responses/logprobs.cohere.json" => "responses/logprobs.cohere-to-openai", OpenAi, Cohere);
    cohere_tells_responses: response("responses/logprobs.cohere.json" => "responses/logprobs.cohere-to-responses", Responses, Cohere);
    cohere_tells_gemini: response("responses/logprobs.cohere.json" => "responses/logprobs.cohere-to-gemini", Gemini, Cohere);

    openai_streams_to_responses: stream("streams/logprobs.openai.sse" => "streams/logprobs.openai-to-responses", Responses, OpenAi);
    openai_streams_to_gemini: stream("streams/logprobs.openai.sse" => "streams/logprobs.openai-to-gemini", Gemini, OpenAi);
    openai_streams_to_cohere: stream("streams/logprobs.openai.sse" => "streams/logprobs.openai-to-cohere", Cohere, OpenAi);
    openai_streams_to_anthropic: stream("streams/logprobs.openai.sse" => "streams/logprobs.openai-to-anthropic", Anthropic, OpenAi);
    responses_streams_to_openai: stream("streams/logprobs.responses.sse" => "streams/logprobs.responses-to-openai", OpenAi, Responses);
    responses_streams_to_gemini: stream("streams/logprobs.responses.sse" => "streams/logprobs.responses-to-gemini", Gemini, Responses);
    responses_streams_to_cohere: stream("streams/logprobs.responses.sse" => "streams/logprobs.responses-to-cohere", Cohere, Responses);
    gemini_streams_to_openai: stream("streams/logprobs.gemini.sse" => "streams/logprobs.gemini-to-openai", OpenAi, Gemini);
    gemini_streams_to_responses: stream("streams/logprobs.gemini.sse" => "streams/logprobs.gemini-to-responses", Responses, Gemini);
    gemini_streams_to_cohere: stream("streams/logprobs.gemini.sse" => "streams/logprobs.gemini-to-cohere", Cohere, Gemini);
    cohere_streams_to_openai: stream("streams/logprobs.cohere.sse" => "streams/logprobs.cohere-to-openai", OpenAi, Cohere);
    cohere_streams_to_responses: stream("streams/logprobs.cohere.sse" => "streams/logprobs.cohere-to-responses", Responses, Cohere);
    cohere_streams_to_gemini: stream("streams/logprobs.cohere.sse" => "streams/logprobs.cohere-to-gemini", Gemini, Cohere);
    responses_told_at_the_end_stream_to_openai: stream("streams/late_logprobs.responses.sse" => "streams/late_logprobs.responses-to-openai", OpenAi, Responses);
    responses_told_whole_stream_to_openai: stream("streams/whole_logprobs.responses.sse" => "streams/whole_logprobs.responses-to-openai", OpenAi, Responses);
    beside_an_image_stream_to_responses: stream("streams/image_logprobs.openai.sse" => "streams/image_logprobs.openai-to-responses", Responses, OpenAi);
    beside_an_image_stream_to_gemini: stream("streams/image_logprobs.openai.sse" => "streams/image_logprobs.openai-to-gemini", Gemini, OpenAi);
    beside_an_image_that_is_lost_stream_to_cohere: stream("streams/image_logprobs.openai.sse" => "streams/image_logprobs.openai-to-cohere", Cohere, OpenAi);
    beside_an_image_that_is_lost_stream_to_anthropic: stream("streams/image_logprobs.openai.sse" => "streams/image_logprobs.openai-to-anthropic", Anthropic, OpenAi);
    openai_in_two_lists_tells_gemini: response("responses/listed_logprobs.openai.json" => "responses/listed_logprobs.openai-to-gemini", Gemini, OpenAi);
    openai_in_other_forms_and_of_other_things_streams_to_cohere: stream("streams/odd_logprobs.openai.sse" => "streams/odd_logprobs.openai-to-cohere", Cohere, OpenAi);
}
