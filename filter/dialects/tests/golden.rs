//! One input per feature and dialect; one expected output beside it, readable in review.

#![allow(missing_docs)]

#[macro_use]
mod translation;

use tollgate_dialects::Dialect;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use Dialect::{Anthropic, OpenAi};

const NEW: &str = "claude-opus-4-8";
const OLD: &str = "claude-sonnet-4-5";

golden! {
    openai_text_and_limits: request("requests/plain.openai.json" => "requests/plain.openai-to-anthropic", OpenAi, Anthropic, OLD);
    openai_images_and_documents: request("requests/media.openai.json" => "requests/media.openai-to-anthropic", OpenAi, Anthropic, OLD);
    openai_tool_calls_and_results: request("requests/tools.openai.json" => "requests/tools.openai-to-anthropic", OpenAi, Anthropic, OLD);
    openai_allowed_tools: request("requests/allowed_tools.openai.json" => "requests/allowed_tools.openai-to-anthropic", OpenAi, Anthropic, OLD);
    openai_json_schema: request("requests/schema.openai.json" => "requests/schema.openai-to-anthropic", OpenAi, Anthropic, OLD);
    openai_schema_with_bounds: request("requests/bounds.openai.json" => "requests/bounds.openai-to-anthropic", OpenAi, Anthropic, OLD);
    openai_strict_tool: request("requests/strict_tool.openai.json" => "requests/strict_tool.openai-to-anthropic", OpenAi, Anthropic, OLD);
    openai_effort_as_budget: request("requests/reasoning.openai.json" => "requests/reasoning.openai-to-anthropic-4-5", OpenAi, Anthropic, OLD);
    openai_effort_as_effort: request("requests/reasoning.openai.json" => "requests/reasoning.openai-to-anthropic-4-8", OpenAi, Anthropic, NEW);
    openai_effort_where_there_is_none: request("requests/reasoning.openai.json" => "requests/reasoning.openai-to-anthropic-3-5", OpenAi, Anthropic, "claude-3-5-haiku-20241022");
    openai_signed_thoughts: request("requests/thoughts.openai.json" => "requests/thoughts.openai-to-anthropic", OpenAi, Anthropic, OLD);
    openai_instructions_in_the_middle_stay: request("requests/instructions.openai.json" => "requests/instructions.openai-to-anthropic-4-8", OpenAi, Anthropic, NEW);
    openai_instructions_in_the_middle_move: request("requests/instructions.openai.json" => "requests/instructions.openai-to-anthropic-4-5", OpenAi, Anthropic, OLD);
    openai_losses: request("requests/losses.openai.json" => "requests/losses.openai-to-anthropic", OpenAi, Anthropic, OLD);
    openai_agent_as_sdks_send_it: request("requests/agent.openai.json" => "requests/agent.openai-to-anthropic", OpenAi, Anthropic, "claude-sonnet-4-6");

    anthropic_text_and_limits: request("requests/plain.anthropic.json" => "requests/plain.anthropic-to-openai", Anthropic, OpenAi, "gpt-4.1");
    anthropic_images_and_documents: request("requests/media.anthropic.json" => "requests/media.anthropic-to-openai", Anthropic, OpenAi, "gpt-4.1");
    anthropic_tool_calls_and_results: request("requests/tools.anthropic.json" => "requests/tools.anthropic-to-openai", Anthropic, OpenAi, "gpt-4.1");
    anthropic_budget_as_effort: request("requests/thinking.anthropic.json" => "requests/thinking.anthropic-to-openai", Anthropic, OpenAi, "gpt-5.4");
    anthropic_budget_where_there_is_no_effort: request("requests/thinking.anthropic.json" => "requests/thinking.anthropic-to-openai-4-1", Anthropic, OpenAi, "gpt-4.1");
    anthropic_json_schema: request("requests/schema.anthropic.json" => "requests/schema.anthropic-to-openai", Anthropic, OpenAi, "gpt-5.4");
    anthropic_strict_tool: request("requests/strict_tool.anthropic.json" => "requests/strict_tool.anthropic-to-openai", Anthropic, OpenAi, "gpt-5.4");
    anthropic_losses: request("requests/losses.anthropic.json" => "requests/losses.anthropic-to-openai", Anthropic, OpenAi, "gpt-4.1");
    anthropic_agent_as_sdks_send_it: request("requests/agent.anthropic.json" => "requests/agent.anthropic-to-openai", Anthropic, OpenAi, "gpt-5.4");

    text_for_anthropic: response("responses/text.openai.json" => "responses/text.openai-to-anthropic", Anthropic, OpenAi);
    tools_for_anthropic: response("responses/tools.openai.json" => "responses/tools.openai-to-anthropic", Anthropic, OpenAi);
    refusal_for_anthropic: response("responses/refusal.openai.json" => "responses/refusal.openai-to-anthropic", Anthropic, OpenAi);
    answer_of_a_compatible_server_for_anthropic: response("responses/compatible.openai.json" => "responses/compatible.openai-to-anthropic", Anthropic, OpenAi);
    text_for_openai: response("responses/text.anthropic.json" => "responses/text.anthropic-to-openai", OpenAi, Anthropic);
    tools_for_openai: response("responses/tools.anthropic.json" => "responses/tools.anthropic-to-openai", OpenAi, Anthropic);
    refusal_for_openai: response("responses/refusal.anthropic.json" => "responses/refusal.anthropic-to-openai", OpenAi, Anthropic);
    stop_sequence_for_openai: response("responses/stop_sequence.anthropic.json" => "responses/stop_sequence.anthropic-to-openai", OpenAi, Anthropic);

    cited_for_anthropic: response("responses/cited.openai.json" => "responses/cited.openai-to-anthropic", Anthropic, OpenAi);
    cited_for_openai: response("responses/cited.anthropic.json" => "responses/cited.anthropic-to-openai", OpenAi, Anthropic);
    cited_stream_for_anthropic: stream("streams/cited.openai.sse" => "streams/cited.openai-to-anthropic", Anthropic, OpenAi);
    cited_stream_for_openai: stream("streams/cited.anthropic.sse" => "streams/cited.anthropic-to-openai", OpenAi, Anthropic);

    text_stream_for_anthropic: stream("streams/text.openai.sse" => "streams/text.openai-to-anthropic", Anthropic, OpenAi);
    tools_stream_for_anthropic: stream("streams/tools.openai.sse" => "streams/tools.openai-to-anthropic", Anthropic, OpenAi);
    refusal_stream_for_anthropic: stream("streams/refusal.openai.sse" => "streams/refusal.openai-to-anthropic", Anthropic, OpenAi);
    error_in_a_stream_for_anthropic: stream("streams/error.openai.sse" => "streams/error.openai-to-anthropic", Anthropic, OpenAi);
    cut_stream_for_anthropic: stream("streams/cut.openai.sse" => "streams/cut.openai-to-anthropic", Anthropic, OpenAi);
    stream_of_a_compatible_server_for_anthropic: stream("streams/compatible.openai.sse" => "streams/compatible.openai-to-anthropic", Anthropic, OpenAi);
    text_stream_for_openai: stream("streams/text.anthropic.sse" => "streams/text.anthropic-to-openai", OpenAi, Anthropic);
    tools_stream_for_openai: stream("streams/tools.anthropic.sse" => "streams/tools.anthropic-to-openai", OpenAi, Anthropic);
    refusal_stream_for_openai: stream("streams/refusal.anthropic.sse" => "streams/refusal.anthropic-to-openai", OpenAi, Anthropic);
    error_in_a_stream_for_openai: stream("streams/error.anthropic.sse" => "streams/error.anthropic-to-openai", OpenAi, Anthropic);
    cut_stream_for_openai: stream("streams/cut.anthropic.sse" => "streams/cut.anthropic-to-openai", OpenAi, Anthropic);
    stream_of_a_compatible_server_for_openai: stream("streams/compatible.anthropic.sse" => "streams/compatible.anthropic-to-openai", OpenAi, Anthropic);
}
