//! Golden files of the Cohere dialect, as client and as provider.

#![allow(missing_docs)]

#[macro_use]
mod translation;

use tollgate_dialects::Dialect;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use Dialect::{Anthropic, Cohere, OpenAi};

const COMMAND: &str = "command-a-03-2025";
const REASONING: &str = "command-a-reasoning-08-2025";
const CLAUDE: &str = "claude-sonnet-4-5";

golden! {
    openai_text_and_limits: request("requests/plain.openai.json" => "requests/plain.openai-to-cohere", OpenAi, Cohere, COMMAND);
    openai_images_and_documents: request("requests/media.openai.json" => "requests/media.openai-to-cohere", OpenAi, Cohere, COMMAND);
    openai_tool_calls_and_results: request("requests/tools.openai.json" => "requests/tools.openai-to-cohere", OpenAi, Cohere, COMMAND);
    openai_allowed_tools: request("requests/allowed_tools.openai.json" => "requests/allowed_tools.openai-to-cohere", OpenAi, Cohere, COMMAND);
    openai_instructions: request("requests/instructions.openai.json" => "requests/instructions.openai-to-cohere", OpenAi, Cohere, COMMAND);
    openai_schema_with_bounds: request("requests/bounds.openai.json" => "requests/bounds.openai-to-cohere", OpenAi, Cohere, COMMAND);
    openai_json_schema: request("requests/schema.openai.json" => "requests/schema.openai-to-cohere", OpenAi, Cohere, COMMAND);
    openai_effort_as_budget: request("requests/reasoning.openai.json" => "requests/reasoning.openai-to-cohere", OpenAi, Cohere, REASONING);
    openai_effort_where_there_is_none: request("requests/reasoning.openai.json" => "requests/reasoning.openai-to-cohere-03-2025", OpenAi, Cohere, COMMAND);
    openai_foreign_thoughts: request("requests/thoughts.openai.json" => "requests/thoughts.openai-to-cohere", OpenAi, Cohere, REASONING);
    openai_losses: request("requests/losses.openai.json" => "requests/losses.openai-to-cohere", OpenAi, Cohere, COMMAND);
    openai_agent_as_sdks_send_it: request("requests/agent.openai.json" => "requests/agent.openai-to-cohere", OpenAi, Cohere, COMMAND);

    anthropic_text_and_limits: request("requests/plain.anthropic.json" => "requests/plain.anthropic-to-cohere", Anthropic, Cohere, COMMAND);
    anthropic_images_and_documents: request("requests/media.anthropic.json" => "requests/media.anthropic-to-cohere", Anthropic, Cohere, COMMAND);
    anthropic_images_and_texts: request("requests/found.anthropic.json" => "requests/found.anthropic-to-cohere", Anthropic, Cohere, COMMAND);
    anthropic_tool_calls_and_results: request("requests/tools.anthropic.json" => "requests/tools.anthropic-to-cohere", Anthropic, Cohere, COMMAND);
    anthropic_budget: request("requests/thinking.anthropic.json" => "requests/thinking.anthropic-to-cohere", Anthropic, Cohere, REASONING);
    anthropic_json_schema: request("requests/schema.anthropic.json" => "requests/schema.anthropic-to-cohere", Anthropic, Cohere, COMMAND);
    anthropic_losses: request("requests/losses.anthropic.json" => "requests/losses.anthropic-to-cohere", Anthropic, Cohere, COMMAND);
    anthropic_agent_as_sdks_send_it: request("requests/agent.anthropic.json" => "requests/agent.anthropic-to-cohere", Anthropic, Cohere, COMMAND);

    text_and_limits_for_openai: request("requests/plain.cohere.json" => "requests/plain.cohere-to-openai", Cohere, OpenAi, "gpt-4.1");
    images_for_openai: request("requests/media.cohere.json" => "requests/media.cohere-to-openai", Cohere, OpenAi, "gpt-4.1");
    documents_for_openai: request("requests/documents.cohere.json" => "requests/documents.cohere-to-openai", Cohere, OpenAi, "gpt-4.1");
    tool_calls_and_results_for_openai: request("requests/tools.cohere.json" => "requests/tools.cohere-to-openai", Cohere, OpenAi, "gpt-4.1");
    json_schema_for_openai: request("requests/schema.cohere.json" => "requests/schema.cohere-to-openai", Cohere, OpenAi, "gpt-5.4");
    budget_for_openai: request("requests/thinking.cohere.json" => "requests/thinking.cohere-to-openai", Cohere, OpenAi, "gpt-5.4");
    losses_for_openai: request("requests/losses.cohere.json" => "requests/losses.cohere-to-openai", Cohere, OpenAi, "gpt-4.1");
    agent_as_sdks_send_it_for_openai: request("requests/agent.cohere.json" => "requests/agent.cohere-to-openai", Cohere, OpenAi, "gpt-5.4");

    text_and_limits_for_anthropic: request("requests/plain.cohere.json" => "requests/plain.cohere-to-anthropic", Cohere, Anthropic, CLAUDE);
    images_for_anthropic: request("requests/media.cohere.json" => "requests/media.cohere-to-anthropic", Cohere, Anthropic, CLAUDE);
    documents_for_anthropic: request("requests/documents.cohere.json" => "requests/documents.cohere-to-anthropic", Cohere, Anthropic, CLAUDE);
    tool_calls_and_results_for_anthropic: request("requests/tools.cohere.json" => "requests/tools.cohere-to-anthropic", Cohere, Anthropic, CLAUDE);
    json_schema_for_anthropic: request("requests/schema.cohere.json" => "requests/schema.cohere-to-anthropic", Cohere, Anthropic, CLAUDE);
    thoughts_come_home_to_anthropic: request("requests/thinking.cohere.json" => "requests/thinking.cohere-to-anthropic", Cohere, Anthropic, CLAUDE);
    losses_for_anthropic: request("requests/losses.cohere.json" => "requests/losses.cohere-to-anthropic", Cohere, Anthropic, CLAUDE);
    agent_as_sdks_send_it_for_anthropic: request("requests/agent.cohere.json" => "requests/agent.cohere-to-anthropic", Cohere, Anthropic, CLAUDE);

    answer_text_for_openai: response("responses/text.cohere.json" => "responses/text.cohere-to-openai", OpenAi, Cohere);
    answer_tools_for_openai: response("responses/tools.cohere.json" => "responses/tools.cohere-to-openai", OpenAi, Cohere);
    answer_reasoning_for_openai: response("responses/reasoning.cohere.json" => "responses/reasoning.cohere-to-openai", OpenAi, Cohere);
    answer_text_for_anthropic: response("responses/text.cohere.json" => "responses/text.cohere-to-anthropic", Anthropic, Cohere);
    answer_tools_for_anthropic: response("responses/tools.cohere.json" => "responses/tools.cohere-to-anthropic", Anthropic, Cohere);
    answer_reasoning_for_anthropic: response("responses/reasoning.cohere.json" => "responses/reasoning.cohere-to-anthropic", Anthropic, Cohere);
    openai_answer_text: response("responses/text.openai.json" => "responses/text.openai-to-cohere", Cohere, OpenAi);
    openai_answer_tools: response("responses/tools.openai.json" => "responses/tools.openai-to-cohere", Cohere, OpenAi);
    openai_answer_refusal: response("responses/refusal.openai.json" => "responses/refusal.openai-to-cohere", Cohere, OpenAi);
    anthropic_answer_text: response("responses/text.anthropic.json" => "responses/text.anthropic-to-cohere", Cohere, Anthropic);
    anthropic_answer_tools: response("responses/tools.anthropic.json" => "responses/tools.anthropic-to-cohere", Cohere, Anthropic);
    anthropic_answer_refusal: response("responses/refusal.anthropic.json" => "responses/refusal.anthropic-to-cohere", Cohere, Anthropic);
    anthropic_answer_stop_sequence: response("responses/stop_sequence.anthropic.json" => "responses/stop_sequence.anthropic-to-cohere", Cohere, Anthropic);

    text_stream_for_openai: stream("streams/text.cohere.sse" => "streams/text.cohere-to-openai", OpenAi, Cohere);
    tools_stream_for_openai: stream("streams/tools.cohere.sse" => "streams/tools.cohere-to-openai", OpenAi, Cohere);
    reasoning_stream_for_openai: stream("streams/reasoning.cohere.sse" => "streams/reasoning.cohere-to-openai", OpenAi, Cohere);
    error_in_a_stream_for_openai: stream("streams/error.cohere.sse" => "streams/error.cohere-to-openai", OpenAi, Cohere);
    cut_stream_for_openai: stream("streams/cut.cohere.sse" => "streams/cut.cohere-to-openai", OpenAi, Cohere);
    text_stream_for_anthropic: stream("streams/text.cohere.sse" => "streams/text.cohere-to-anthropic", Anthropic, Cohere);
    tools_stream_for_anthropic: stream("streams/tools.cohere.sse" => "streams/tools.cohere-to-anthropic", Anthropic, Cohere);
    reasoning_stream_for_anthropic: stream("streams/reasoning.cohere.sse" => "streams/reasoning.cohere-to-anthropic", Anthropic, Cohere);
    error_in_a_stream_for_anthropic: stream("streams/error.cohere.sse" => "streams/error.cohere-to-anthropic", Anthropic, Cohere);
    openai_text_stream: stream("streams/text.openai.sse" => "streams/text.openai-to-cohere", Cohere, OpenAi);
    openai_tools_stream: stream("streams/tools.openai.sse" => "streams/tools.openai-to-cohere", Cohere, OpenAi);
    openai_error_in_a_stream: stream("streams/error.openai.sse" => "streams/error.openai-to-cohere", Cohere, OpenAi);
    openai_cut_stream: stream("streams/cut.openai.sse" => "streams/cut.openai-to-cohere", Cohere, OpenAi);
    anthropic_text_stream: stream("streams/text.anthropic.sse" => "streams/text.anthropic-to-cohere", Cohere, Anthropic);
    anthropic_tools_stream: stream("streams/tools.anthropic.sse" => "streams/tools.anthropic-to-cohere", Cohere, Anthropic);
    anthropic_refusal_stream: stream("streams/refusal.anthropic.sse" => "streams/refusal.anthropic-to-cohere", Cohere, Anthropic);
}
