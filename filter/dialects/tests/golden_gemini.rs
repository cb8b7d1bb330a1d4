//! What becomes of requests and answers between Gemini and the others: one expected output per input.

#![allow(missing_docs)]

#[macro_use]
mod translation;

use tollgate_dialects::Dialect;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use Dialect::{Anthropic, Gemini, OpenAi};

const FLASH: &str = "gemini-3.8-flash";
const OLD: &str = "gemini-2.5-flash";
const GPT: &str = "gpt-5.4";
const CLAUDE: &str = "claude-sonnet-4-5";

golden! {
    text_and_limits_for_openai: request("requests/plain.gemini.json" => "requests/plain.gemini-to-openai", Gemini, OpenAi, GPT);
    text_and_limits_for_anthropic: request("requests/plain.gemini.json" => "requests/plain.gemini-to-anthropic", Gemini, Anthropic, CLAUDE);
    one_value_where_several_may_be: request("requests/single_values.gemini.json" => "requests/single_values.gemini-to-openai", Gemini, OpenAi, GPT);
    media_for_openai: request("requests/media.gemini.json" => "requests/media.gemini-to-openai", Gemini, OpenAi, GPT);
    media_for_anthropic: request("requests/media.gemini.json" => "requests/media.gemini-to-anthropic", Gemini, Anthropic, CLAUDE);
    document_by_url_for_openai: request("requests/document_url.gemini.json" => "requests/document_url.gemini-to-openai", Gemini, OpenAi, GPT);
    document_by_url_for_anthropic: request("requests/document_url.gemini.json" => "requests/document_url.gemini-to-anthropic", Gemini, Anthropic, CLAUDE);
    audio_for_openai: request("requests/audio.gemini.json" => "requests/audio.gemini-to-openai", Gemini, OpenAi, GPT);
    audio_for_anthropic: request("requests/audio.gemini.json" => "requests/audio.gemini-to-anthropic", Gemini, Anthropic, CLAUDE);
    video_for_openai: request("requests/video.gemini.json" => "requests/video.gemini-to-openai", Gemini, OpenAi, GPT);
    file_of_google: request("requests/file.gemini.json" => "requests/file.gemini-to-openai", Gemini, OpenAi, GPT);
    tools_for_openai: request("requests/tools.gemini.json" => "requests/tools.gemini-to-openai", Gemini, OpenAi, GPT);
    tools_for_anthropic: request("requests/tools.gemini.json" => "requests/tools.gemini-to-anthropic", Gemini, Anthropic, CLAUDE);
    allowed_tools: request("requests/allowed_tools.gemini.json" => "requests/allowed_tools.gemini-to-openai", Gemini, OpenAi, GPT);
    named_tool: request("requests/named_tool.gemini.json" => "requests/named_tool.gemini-to-anthropic", Gemini, Anthropic, CLAUDE);
    tool_of_google: request("requests/search.gemini.json" => "requests/search.gemini-to-openai", Gemini, OpenAi, GPT);
    schema_for_openai: request("requests/schema.gemini.json" => "requests/schema.gemini-to-openai", Gemini, OpenAi, GPT);
    schema_for_anthropic: request("requests/schema.gemini.json" => "requests/schema.gemini-to-anthropic", Gemini, Anthropic, CLAUDE);
    json_for_openai: request("requests/json.gemini.json" => "requests/json.gemini-to-openai", Gemini, OpenAi, GPT);
    json_for_anthropic: request("requests/json.gemini.json" => "requests/json.gemini-to-anthropic", Gemini, Anthropic, CLAUDE);
    budget_for_openai: request("requests/thinking.gemini.json" => "requests/thinking.gemini-to-openai", Gemini, OpenAi, GPT);
    budget_for_anthropic: request("requests/thinking.gemini.json" => "requests/thinking.gemini-to-anthropic", Gemini, Anthropic, CLAUDE);
    thoughts_for_openai: request("requests/thoughts.gemini.json" => "requests/thoughts.gemini-to-openai", Gemini, OpenAi, GPT);
    thoughts_for_anthropic: request("requests/thoughts.gemini.json" => "requests/thoughts.gemini-to-anthropic", Gemini, Anthropic, CLAUDE);
    losses_for_openai: request("requests/losses.gemini.json" => "requests/losses.gemini-to-openai", Gemini, OpenAi, GPT);
    losses_for_anthropic: request("requests/losses.gemini.json" => "requests/losses.gemini-to-anthropic", Gemini, Anthropic, CLAUDE);
    two_answers: request("requests/two_answers.gemini.json" => "requests/two_answers.gemini-to-anthropic", Gemini, Anthropic, CLAUDE);
    speech: request("requests/speech.gemini.json" => "requests/speech.gemini-to-openai", Gemini, OpenAi, GPT);
    cached: request("requests/cached.gemini.json" => "requests/cached.gemini-to-openai", Gemini, OpenAi, GPT);
    part_of_googles_tools: request("requests/wrong_part.gemini.json" => "requests/wrong_part.gemini-to-openai", Gemini, OpenAi, GPT);
    result_without_call: request("requests/wrong_result.gemini.json" => "requests/wrong_result.gemini-to-openai", Gemini, OpenAi, GPT);
    agent_as_sdks_send_it_for_openai: request("requests/agent.gemini.json" => "requests/agent.gemini-to-openai", Gemini, OpenAi, GPT);
    agent_as_sdks_send_it_for_anthropic: request("requests/agent.gemini.json" => "requests/agent.gemini-to-anthropic", Gemini, Anthropic, CLAUDE);

    openai_text_and_limits: request("requests/plain.openai.json" => "requests/plain.openai-to-gemini", OpenAi, Gemini, OLD);
    openai_sampling_where_there_is_none: request("requests/plain.openai.json" => "requests/plain.openai-to-gemini-3.8", OpenAi, Gemini, FLASH);
    openai_images_and_documents: request("requests/media.openai.json" => "requests/media.openai-to-gemini", OpenAi, Gemini, FLASH);
    openai_tool_calls_and_results: request("requests/tools.openai.json" => "requests/tools.openai-to-gemini", OpenAi, Gemini, FLASH);
    openai_allowed_tools: request("requests/allowed_tools.openai.json" => "requests/allowed_tools.openai-to-gemini", OpenAi, Gemini, FLASH);
    openai_schema_with_bounds: request("requests/bounds.openai.json" => "requests/bounds.openai-to-gemini", OpenAi, Gemini, FLASH);
    openai_json_schema: request("requests/schema.openai.json" => "requests/schema.openai-to-gemini", OpenAi, Gemini, FLASH);
    openai_effort_as_budget: request("requests/reasoning.openai.json" => "requests/reasoning.openai-to-gemini-2.5", OpenAi, Gemini, OLD);
    openai_effort_as_level: request("requests/reasoning.openai.json" => "requests/reasoning.openai-to-gemini", OpenAi, Gemini, FLASH);
    openai_thoughts_of_another: request("requests/thoughts.openai.json" => "requests/thoughts.openai-to-gemini", OpenAi, Gemini, FLASH);
    openai_thoughts_of_its_own: request("requests/gemini_thoughts.openai.json" => "requests/gemini_thoughts.openai-to-gemini", OpenAi, Gemini, FLASH);
    openai_instructions_in_the_middle_move: request("requests/instructions.openai.json" => "requests/instructions.openai-to-gemini", OpenAi, Gemini, FLASH);
    openai_losses: request("requests/losses.openai.json" => "requests/losses.openai-to-gemini", OpenAi, Gemini, FLASH);
    openai_agent_as_sdks_send_it: request("requests/agent.openai.json" => "requests/agent.openai-to-gemini", OpenAi, Gemini, FLASH);

    anthropic_text_and_limits: request("requests/plain.anthropic.json" => "requests/plain.anthropic-to-gemini", Anthropic, Gemini, OLD);
    anthropic_images_and_documents: request("requests/media.anthropic.json" => "requests/media.anthropic-to-gemini", Anthropic, Gemini, FLASH);
    anthropic_media_where_nothing_is_fetched: request("requests/media.anthropic.json" => "requests/media.anthropic-to-gemini-2.0", Anthropic, Gemini, "gemini-2.0-flash");
    anthropic_tool_calls_and_results: request("requests/tools.anthropic.json" => "requests/tools.anthropic-to-gemini", Anthropic, Gemini, FLASH);
    anthropic_results_with_media_for_older_models: request("requests/tools.anthropic.json" => "requests/tools.anthropic-to-gemini-2.5", Anthropic, Gemini, OLD);
    anthropic_thinking_as_level: request("requests/thinking.anthropic.json" => "requests/thinking.anthropic-to-gemini", Anthropic, Gemini, FLASH);
    anthropic_thinking_as_budget: request("requests/thinking.anthropic.json" => "requests/thinking.anthropic-to-gemini-2.5", Anthropic, Gemini, OLD);
    anthropic_thoughts_of_its_own: request("requests/gemini_thoughts.anthropic.json" => "requests/gemini_thoughts.anthropic-to-gemini", Anthropic, Gemini, FLASH);
    anthropic_json_schema: request("requests/schema.anthropic.json" => "requests/schema.anthropic-to-gemini", Anthropic, Gemini, FLASH);
    anthropic_losses: request("requests/losses.anthropic.json" => "requests/losses.anthropic-to-gemini", Anthropic, Gemini, FLASH);
    anthropic_agent_as_sdks_send_it: request("requests/agent.anthropic.json" => "requests/agent.anthropic-to-gemini", Anthropic, Gemini, FLASH);

    text_for_openai: response("responses/text.gemini.json" => "responses/text.gemini-to-openai", OpenAi, Gemini);
    text_for_anthropic: response("responses/text.gemini.json" => "responses/text.gemini-to-anthropic", Anthropic, Gemini);
    calls_for_openai: response("responses/tools.gemini.json" => "responses/tools.gemini-to-openai", OpenAi, Gemini);
    calls_for_anthropic: response("responses/tools.gemini.json" => "responses/tools.gemini-to-anthropic", Anthropic, Gemini);
    length_for_openai: response("responses/length.gemini.json" => "responses/length.gemini-to-openai", OpenAi, Gemini);
    safety_for_openai: response("responses/safety.gemini.json" => "responses/safety.gemini-to-openai", OpenAi, Gemini);
    safety_for_anthropic: response("responses/safety.gemini.json" => "responses/safety.gemini-to-anthropic", Anthropic, Gemini);
    malformed_call_for_openai: response("responses/malformed_call.gemini.json" => "responses/malformed_call.gemini-to-openai", OpenAi, Gemini);
    blocked_for_openai: response("responses/blocked.gemini.json" => "responses/blocked.gemini-to-openai", OpenAi, Gemini);
    blocked_for_anthropic: response("responses/blocked.gemini.json" => "responses/blocked.gemini-to-anthropic", Anthropic, Gemini);
    grounded_for_openai: response("responses/grounded.gemini.json" => "responses/grounded.gemini-to-openai", OpenAi, Gemini);
    openai_text: response("responses/text.openai.json" => "responses/text.openai-to-gemini", Gemini, OpenAi);
    openai_calls: response("responses/tools.openai.json" => "responses/tools.openai-to-gemini", Gemini, OpenAi);
    openai_refusal: response("responses/refusal.openai.json" => "responses/refusal.openai-to-gemini", Gemini, OpenAi);
    anthropic_text: response("responses/text.anthropic.json" => "responses/text.anthropic-to-gemini", Gemini, Anthropic);
    anthropic_calls: response("responses/tools.anthropic.json" => "responses/tools.anthropic-to-gemini", Gemini, Anthropic);
    anthropic_refusal: response("responses/refusal.anthropic.json" => "responses/refusal.anthropic-to-gemini", Gemini, Anthropic);

    text_stream_for_openai: stream("streams/text.gemini.sse" => "streams/text.gemini-to-openai", OpenAi, Gemini);
    text_stream_for_anthropic: stream("streams/text.gemini.sse" => "streams/text.gemini-to-anthropic", Anthropic, Gemini);
    calls_stream_for_openai: stream("streams/tools.gemini.sse" => "streams/tools.gemini-to-openai", OpenAi, Gemini);
    calls_stream_for_anthropic: stream("streams/tools.gemini.sse" => "streams/tools.gemini-to-anthropic", Anthropic, Gemini);
    blocked_stream_for_openai: stream("streams/blocked.gemini.sse" => "streams/blocked.gemini-to-openai", OpenAi, Gemini);
    safety_stream_for_anthropic: stream("streams/safety.gemini.sse" => "streams/safety.gemini-to-anthropic", Anthropic, Gemini);
    error_in_a_stream_for_openai: stream("streams/error.gemini.sse" => "streams/error.gemini-to-openai", OpenAi, Gemini);
    error_in_a_stream_for_anthropic: stream("streams/error.gemini.sse" => "streams/error.gemini-to-anthropic", Anthropic, Gemini);
    cut_stream_for_openai: stream("streams/cut.gemini.sse" => "streams/cut.gemini-to-openai", OpenAi, Gemini);
    stream_that_ends_in_every_chunk: stream("streams/finish_in_every_chunk.gemini.sse" => "streams/finish_in_every_chunk.gemini-to-anthropic", Anthropic, Gemini);
    openai_text_stream: stream("streams/text.openai.sse" => "streams/text.openai-to-gemini", Gemini, OpenAi);
    openai_calls_stream: stream("streams/tools.openai.sse" => "streams/tools.openai-to-gemini", Gemini, OpenAi);
    openai_calls_in_several_lines: stream("streams/lines.openai.sse" => "streams/lines.openai-to-gemini", Gemini, OpenAi);
    openai_refusal_stream: stream("streams/refusal.openai.sse" => "streams/refusal.openai-to-gemini", Gemini, OpenAi);
    openai_error_in_a_stream: stream("streams/error.openai.sse" => "streams/error.openai-to-gemini", Gemini, OpenAi);
    openai_cut_stream: stream("streams/cut.openai.sse" => "streams/cut.openai-to-gemini", Gemini, OpenAi);
    anthropic_text_stream: stream("streams/text.anthropic.sse" => "streams/text.anthropic-to-gemini", Gemini, Anthropic);
    anthropic_calls_stream: stream("streams/tools.anthropic.sse" => "streams/tools.anthropic-to-gemini", Gemini, Anthropic);
    anthropic_error_in_a_stream: stream("streams/error.anthropic.sse" => "streams/error.anthropic-to-gemini", Gemini, Anthropic);
}
