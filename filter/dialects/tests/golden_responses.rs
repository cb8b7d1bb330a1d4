//! The Responses API to and from the others, as `golden.rs` does it.

#![allow(missing_docs)]

#[macro_use]
mod translation;

use tollgate_dialects::Dialect;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use Dialect::{Anthropic, OpenAi, Responses};

const CLAUDE: &str = "claude-sonnet-4-5";
const GPT: &str = "gpt-5.6-sol";

golden! {
    responses_text_and_limits_for_anthropic: request("requests/plain.responses.json" => "requests/plain.responses-to-anthropic", Responses, Anthropic, CLAUDE);
    responses_text_and_limits_for_openai: request("requests/plain.responses.json" => "requests/plain.responses-to-openai", Responses, OpenAi, GPT);
    responses_instructions_for_anthropic: request("requests/instructions.responses.json" => "requests/instructions.responses-to-anthropic", Responses, Anthropic, CLAUDE);
    responses_instructions_for_openai: request("requests/instructions.responses.json" => "requests/instructions.responses-to-openai", Responses, OpenAi, GPT);
    responses_images_and_documents_for_anthropic: request("requests/media.responses.json" => "requests/media.responses-to-anthropic", Responses, Anthropic, CLAUDE);
    responses_images_and_documents_for_openai: request("requests/media.responses.json" => "requests/media.responses-to-openai", Responses, OpenAi, GPT);
    responses_document_by_its_url_for_anthropic: request("requests/document_url.responses.json" => "requests/document_url.responses-to-anthropic", Responses, Anthropic, CLAUDE);
    responses_document_by_its_url_for_openai: request("requests/document_url.responses.json" => "requests/document_url.responses-to-openai", Responses, OpenAi, GPT);
    responses_file_of_the_provider_for_anthropic: request("requests/file_id.responses.json" => "requests/file_id.responses-to-anthropic", Responses, Anthropic, CLAUDE);
    responses_tool_calls_and_results_for_anthropic: request("requests/tools.responses.json" => "requests/tools.responses-to-anthropic", Responses, Anthropic, CLAUDE);
    responses_tool_calls_and_results_for_openai: request("requests/tools.responses.json" => "requests/tools.responses-to-openai", Responses, OpenAi, GPT);
    responses_allowed_tools_for_anthropic: request("requests/allowed_tools.responses.json" => "requests/allowed_tools.responses-to-anthropic", Responses, Anthropic, CLAUDE);
    responses_tool_that_the_provider_runs_for_anthropic: request("requests/hosted_tool.responses.json" => "requests/hosted_tool.responses-to-anthropic", Responses, Anthropic, CLAUDE);
    responses_state_on_the_server_for_anthropic: request("requests/state.responses.json" => "requests/state.responses-to-anthropic", Responses, Anthropic, CLAUDE);
    responses_reference_to_an_item_for_openai: request("requests/reference.responses.json" => "requests/reference.responses-to-openai", Responses, OpenAi, GPT);
    responses_losses_for_anthropic: request("requests/losses.responses.json" => "requests/losses.responses-to-anthropic", Responses, Anthropic, CLAUDE);
    responses_losses_for_openai: request("requests/losses.responses.json" => "requests/losses.responses-to-openai", Responses, OpenAi, GPT);
    responses_json_schema_for_anthropic: request("requests/schema.responses.json" => "requests/schema.responses-to-anthropic", Responses, Anthropic, CLAUDE);
    responses_json_schema_for_openai: request("requests/schema.responses.json" => "requests/schema.responses-to-openai", Responses, OpenAi, GPT);
    responses_agent_as_sdks_send_it_for_anthropic: request("requests/agent.responses.json" => "requests/agent.responses-to-anthropic", Responses, Anthropic, CLAUDE);
    responses_agent_as_sdks_send_it_for_openai: request("requests/agent.responses.json" => "requests/agent.responses-to-openai", Responses, OpenAi, GPT);
    responses_signed_thoughts_for_anthropic: request("requests/thoughts.responses.json" => "requests/thoughts.responses-to-anthropic", Responses, Anthropic, CLAUDE);
    responses_turns_as_sdks_send_them_back_for_anthropic: request("requests/turns.responses.json" => "requests/turns.responses-to-anthropic", Responses, Anthropic, CLAUDE);
    responses_signed_thoughts_for_openai: request("requests/thoughts.responses.json" => "requests/thoughts.responses-to-openai", Responses, OpenAi, GPT);
    openai_text_and_limits_for_responses: request("requests/plain.openai.json" => "requests/plain.openai-to-responses", OpenAi, Responses, "gpt-4.1");
    openai_instructions_for_responses: request("requests/instructions.openai.json" => "requests/instructions.openai-to-responses", OpenAi, Responses, GPT);
    openai_images_and_documents_for_responses: request("requests/media.openai.json" => "requests/media.openai-to-responses", OpenAi, Responses, GPT);
    openai_tool_calls_and_results_for_responses: request("requests/tools.openai.json" => "requests/tools.openai-to-responses", OpenAi, Responses, GPT);
    openai_allowed_tools_for_responses: request("requests/allowed_tools.openai.json" => "requests/allowed_tools.openai-to-responses", OpenAi, Responses, GPT);
    openai_schema_with_bounds: request("requests/bounds.openai.json" => "requests/bounds.openai-to-responses", OpenAi, Responses, GPT);
    openai_json_schema_for_responses: request("requests/schema.openai.json" => "requests/schema.openai-to-responses", OpenAi, Responses, GPT);
    openai_json_mode_and_hints_for_responses: request("requests/json_mode.openai.json" => "requests/json_mode.openai-to-responses", OpenAi, Responses, "my-deployment");
    openai_effort_for_responses: request("requests/reasoning.openai.json" => "requests/reasoning.openai-to-responses", OpenAi, Responses, GPT);
    openai_losses_for_responses: request("requests/losses.openai.json" => "requests/losses.openai-to-responses", OpenAi, Responses, GPT);
    openai_agent_as_sdks_send_it_for_responses: request("requests/agent.openai.json" => "requests/agent.openai-to-responses", OpenAi, Responses, GPT);
    anthropic_stop_sequences_are_refused_for_responses: request("requests/plain.anthropic.json" => "requests/plain.anthropic-to-responses", Anthropic, Responses, GPT);
    anthropic_images_and_documents_for_responses: request("requests/media.anthropic.json" => "requests/media.anthropic-to-responses", Anthropic, Responses, GPT);
    anthropic_tool_calls_and_results_for_responses: request("requests/tools.anthropic.json" => "requests/tools.anthropic-to-responses", Anthropic, Responses, GPT);
    anthropic_json_schema_for_responses: request("requests/schema.anthropic.json" => "requests/schema.anthropic-to-responses", Anthropic, Responses, GPT);
    anthropic_budget_as_effort_for_responses: request("requests/thinking.anthropic.json" => "requests/thinking.anthropic-to-responses", Anthropic, Responses, GPT);
    anthropic_thoughts_of_openai_for_responses: request("requests/openai_thoughts.anthropic.json" => "requests/openai_thoughts.anthropic-to-responses", Anthropic, Responses, GPT);
    anthropic_losses_for_responses: request("requests/losses.anthropic.json" => "requests/losses.anthropic-to-responses", Anthropic, Responses, GPT);
    anthropic_agent_as_sdks_send_it_for_responses: request("requests/agent.anthropic.json" => "requests/agent.anthropic-to-responses", Anthropic, Responses, GPT);

    text_of_responses_for_anthropic: response("responses/text.responses.json" => "responses/text.responses-to-anthropic", Anthropic, Responses);
    text_of_responses_for_openai: response("responses/text.responses.json" => "responses/text.responses-to-openai", OpenAi, Responses);
    tools_of_responses_for_anthropic: response("responses/tools.responses.json" => "responses/tools.responses-to-anthropic", Anthropic, Responses);
    tools_of_responses_for_openai: response("responses/tools.responses.json" => "responses/tools.responses-to-openai", OpenAi, Responses);
    refusal_of_responses_for_anthropic: response("responses/refusal.responses.json" => "responses/refusal.responses-to-anthropic", Anthropic, Responses);
    refusal_of_responses_for_openai: response("responses/refusal.responses.json" => "responses/refusal.responses-to-openai", OpenAi, Responses);
    length_of_responses_for_anthropic: response("responses/length.responses.json" => "responses/length.responses-to-anthropic", Anthropic, Responses);
    length_of_responses_for_openai: response("responses/length.responses.json" => "responses/length.responses-to-openai", OpenAi, Responses);
    filtered_of_responses_for_anthropic: response("responses/filtered.responses.json" => "responses/filtered.responses-to-anthropic", Anthropic, Responses);
    filtered_of_responses_for_openai: response("responses/filtered.responses.json" => "responses/filtered.responses-to-openai", OpenAi, Responses);
    text_of_anthropic_for_responses: response("responses/text.anthropic.json" => "responses/text.anthropic-to-responses", Responses, Anthropic);
    tools_of_anthropic_for_responses: response("responses/tools.anthropic.json" => "responses/tools.anthropic-to-responses", Responses, Anthropic);
    refusal_of_anthropic_for_responses: response("responses/refusal.anthropic.json" => "responses/refusal.anthropic-to-responses", Responses, Anthropic);
    stop_sequence_of_anthropic_for_responses: response("responses/stop_sequence.anthropic.json" => "responses/stop_sequence.anthropic-to-responses", Responses, Anthropic);
    text_of_openai_for_responses: response("responses/text.openai.json" => "responses/text.openai-to-responses", Responses, OpenAi);
    tools_of_openai_for_responses: response("responses/tools.openai.json" => "responses/tools.openai-to-responses", Responses, OpenAi);
    refusal_of_openai_for_responses: response("responses/refusal.openai.json" => "responses/refusal.openai-to-responses", Responses, OpenAi);
    compatible_of_openai_for_responses: response("responses/compatible.openai.json" => "responses/compatible.openai-to-responses", Responses, OpenAi);

    text_stream_of_responses_for_anthropic: stream("streams/text.responses.sse" => "streams/text.responses-to-anthropic", Anthropic, Responses);
    text_stream_of_responses_for_openai: stream("streams/text.responses.sse" => "streams/text.responses-to-openai", OpenAi, Responses);
    tools_stream_of_responses_for_anthropic: stream("streams/tools.responses.sse" => "streams/tools.responses-to-anthropic", Anthropic, Responses);
    tools_stream_of_responses_for_openai: stream("streams/tools.responses.sse" => "streams/tools.responses-to-openai", OpenAi, Responses);
    refusal_stream_of_responses_for_anthropic: stream("streams/refusal.responses.sse" => "streams/refusal.responses-to-anthropic", Anthropic, Responses);
    refusal_stream_of_responses_for_openai: stream("streams/refusal.responses.sse" => "streams/refusal.responses-to-openai", OpenAi, Responses);
    error_stream_of_responses_for_anthropic: stream("streams/error.responses.sse" => "streams/error.responses-to-anthropic", Anthropic, Responses);
    error_stream_of_responses_for_openai: stream("streams/error.responses.sse" => "streams/error.responses-to-openai", OpenAi, Responses);
    failed_stream_of_responses_for_anthropic: stream("streams/failed.responses.sse" => "streams/failed.responses-to-anthropic", Anthropic, Responses);
    failed_stream_of_responses_for_openai: stream("streams/failed.responses.sse" => "streams/failed.responses-to-openai", OpenAi, Responses);
    cut_stream_of_responses_for_anthropic: stream("streams/cut.responses.sse" => "streams/cut.responses-to-anthropic", Anthropic, Responses);
    cut_stream_of_responses_for_openai: stream("streams/cut.responses.sse" => "streams/cut.responses-to-openai", OpenAi, Responses);
    compatible_stream_of_responses_for_anthropic: stream("streams/compatible.responses.sse" => "streams/compatible.responses-to-anthropic", Anthropic, Responses);
    compatible_stream_of_responses_for_openai: stream("streams/compatible.responses.sse" => "streams/compatible.responses-to-openai", OpenAi, Responses);
    text_stream_of_anthropic_for_responses: stream("streams/text.anthropic.sse" => "streams/text.anthropic-to-responses", Responses, Anthropic);
    tools_stream_of_anthropic_for_responses: stream("streams/tools.anthropic.sse" => "streams/tools.anthropic-to-responses", Responses, Anthropic);
    refusal_stream_of_anthropic_for_responses: stream("streams/refusal.anthropic.sse" => "streams/refusal.anthropic-to-responses", Responses, Anthropic);
    error_stream_of_anthropic_for_responses: stream("streams/error.anthropic.sse" => "streams/error.anthropic-to-responses", Responses, Anthropic);
    cut_stream_of_anthropic_for_responses: stream("streams/cut.anthropic.sse" => "streams/cut.anthropic-to-responses", Responses, Anthropic);
    compatible_stream_of_anthropic_for_responses: stream("streams/compatible.anthropic.sse" => "streams/compatible.anthropic-to-responses", Responses, Anthropic);
    text_stream_of_openai_for_responses: stream("streams/text.openai.sse" => "streams/text.openai-to-responses", Responses, OpenAi);
    tools_stream_of_openai_for_responses: stream("streams/tools.openai.sse" => "streams/tools.openai-to-responses", Responses, OpenAi);
    refusal_stream_of_openai_for_responses: stream("streams/refusal.openai.sse" => "streams/refusal.openai-to-responses", Responses, OpenAi);
    error_stream_of_openai_for_responses: stream("streams/error.openai.sse" => "streams/error.openai-to-responses", Responses, OpenAi);
    cut_stream_of_openai_for_responses: stream("streams/cut.openai.sse" => "streams/cut.openai-to-responses", Responses, OpenAi);
    compatible_stream_of_openai_for_responses: stream("streams/compatible.openai.sse" => "streams/compatible.openai-to-responses", Responses, OpenAi);
}
