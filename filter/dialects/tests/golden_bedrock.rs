//! Amazon Bedrock Converse as a client's API and as a provider's.

#![allow(missing_docs)]

#[macro_use]
mod translation;

use tollgate_dialects::Dialect;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use Dialect::{Anthropic, Bedrock, OpenAi};

const SONNET: &str = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const OPUS: &str =
    "arn:aws:bedrock:us-east-1:123456789012:inference-profile/global.anthropic.claude-opus-4-8-20260528-v1:0";
const HAIKU: &str = "anthropic.claude-3-5-haiku-20241022-v1:0";
const NOVA: &str = "us.amazon.nova-2-lite-v1:0";
const LLAMA: &str = "meta.llama3-3-70b-instruct-v1:0";
const OSS: &str = "openai.gpt-oss-120b-1:0";

golden! {
    bedrock_text_and_limits_for_openai: request("requests/plain.bedrock.json" => "requests/plain.bedrock-to-openai", Bedrock, OpenAi, "gpt-4.1");
    bedrock_media_for_openai: request("requests/media.bedrock.json" => "requests/media.bedrock-to-openai", Bedrock, OpenAi, "gpt-4.1");
    bedrock_tools_for_openai: request("requests/tools.bedrock.json" => "requests/tools.bedrock-to-openai", Bedrock, OpenAi, "gpt-4.1");
    bedrock_named_tool_for_openai: request("requests/one_tool.bedrock.json" => "requests/one_tool.bedrock-to-openai", Bedrock, OpenAi, "gpt-4.1");
    bedrock_no_tool_for_openai: request("requests/no_tool.bedrock.json" => "requests/no_tool.bedrock-to-openai", Bedrock, OpenAi, "gpt-4.1");
    bedrock_thinking_for_openai: request("requests/thinking.bedrock.json" => "requests/thinking.bedrock-to-openai", Bedrock, OpenAi, "gpt-5.4");
    bedrock_effort_for_openai: request("requests/effort.bedrock.json" => "requests/effort.bedrock-to-openai", Bedrock, OpenAi, "gpt-5.4");
    bedrock_json_schema_for_openai: request("requests/schema.bedrock.json" => "requests/schema.bedrock-to-openai", Bedrock, OpenAi, "gpt-5.4");
    bedrock_losses_for_openai: request("requests/losses.bedrock.json" => "requests/losses.bedrock-to-openai", Bedrock, OpenAi, "gpt-5.4");
    bedrock_guardrail_is_refused: request("requests/guardrail.bedrock.json" => "requests/guardrail.bedrock-to-openai", Bedrock, OpenAi, "gpt-4.1");
    bedrock_prompt_is_refused: request("requests/prompt.bedrock.json" => "requests/prompt.bedrock-to-openai", Bedrock, OpenAi, "gpt-4.1");
    bedrock_file_in_s3_is_refused: request("requests/s3.bedrock.json" => "requests/s3.bedrock-to-anthropic", Bedrock, Anthropic, "claude-sonnet-4-5");
    bedrock_audio_for_anthropic: request("requests/audio.bedrock.json" => "requests/audio.bedrock-to-anthropic", Bedrock, Anthropic, "claude-sonnet-4-5");
    bedrock_text_and_limits_for_anthropic: request("requests/plain.bedrock.json" => "requests/plain.bedrock-to-anthropic", Bedrock, Anthropic, "claude-sonnet-4-5");
    bedrock_media_for_anthropic: request("requests/media.bedrock.json" => "requests/media.bedrock-to-anthropic", Bedrock, Anthropic, "claude-sonnet-4-5");
    bedrock_tools_for_anthropic: request("requests/tools.bedrock.json" => "requests/tools.bedrock-to-anthropic", Bedrock, Anthropic, "claude-sonnet-4-5");
    bedrock_named_tool_for_anthropic: request("requests/one_tool.bedrock.json" => "requests/one_tool.bedrock-to-anthropic", Bedrock, Anthropic, "claude-sonnet-4-5");
    bedrock_thinking_for_anthropic: request("requests/thinking.bedrock.json" => "requests/thinking.bedrock-to-anthropic", Bedrock, Anthropic, "claude-sonnet-4-5");
    bedrock_effort_for_anthropic: request("requests/effort.bedrock.json" => "requests/effort.bedrock-to-anthropic", Bedrock, Anthropic, "claude-opus-4-8");
    bedrock_json_schema_for_anthropic: request("requests/schema.bedrock.json" => "requests/schema.bedrock-to-anthropic", Bedrock, Anthropic, "claude-sonnet-4-5");
    bedrock_losses_for_anthropic: request("requests/losses.bedrock.json" => "requests/losses.bedrock-to-anthropic", Bedrock, Anthropic, "claude-opus-4-8");

    openai_text_and_limits: request("requests/plain.openai.json" => "requests/plain.openai-to-bedrock", OpenAi, Bedrock, SONNET);
    openai_text_and_limits_for_others: request("requests/plain.openai.json" => "requests/plain.openai-to-bedrock-llama", OpenAi, Bedrock, LLAMA);
    openai_media_by_url_is_refused: request("requests/media.openai.json" => "requests/media.openai-to-bedrock", OpenAi, Bedrock, SONNET);
    openai_media: request("requests/inline_media.openai.json" => "requests/inline_media.openai-to-bedrock", OpenAi, Bedrock, NOVA);
    openai_one_tool_at_a_time: request("requests/tools.openai.json" => "requests/tools.openai-to-bedrock", OpenAi, Bedrock, SONNET);
    openai_one_tool_at_a_time_where_it_cannot_be_said: request("requests/tools.openai.json" => "requests/tools.openai-to-bedrock-nova", OpenAi, Bedrock, NOVA);
    openai_tool_choice_none: request("requests/no_tool.openai.json" => "requests/no_tool.openai-to-bedrock", OpenAi, Bedrock, SONNET);
    openai_tool_choice_none_where_it_cannot_be_said: request("requests/no_tool.openai.json" => "requests/no_tool.openai-to-bedrock-nova", OpenAi, Bedrock, NOVA);
    openai_calls_without_tools: request("requests/no_tools.openai.json" => "requests/no_tools.openai-to-bedrock", OpenAi, Bedrock, OPUS);
    openai_tools_that_are_not_to_be_used: request("requests/unused_tools.openai.json" => "requests/unused_tools.openai-to-bedrock", OpenAi, Bedrock, LLAMA);
    openai_schema_with_bounds: request("requests/bounds.openai.json" => "requests/bounds.openai-to-bedrock", OpenAi, Bedrock, SONNET);
    openai_strict_tool: request("requests/strict_tool.openai.json" => "requests/strict_tool.openai-to-bedrock", OpenAi, Bedrock, SONNET);
    openai_json_schema: request("requests/schema.openai.json" => "requests/schema.openai-to-bedrock", OpenAi, Bedrock, SONNET);
    openai_effort_as_budget: request("requests/reasoning.openai.json" => "requests/reasoning.openai-to-bedrock-4-5", OpenAi, Bedrock, SONNET);
    openai_effort_as_effort: request("requests/reasoning.openai.json" => "requests/reasoning.openai-to-bedrock-4-8", OpenAi, Bedrock, OPUS);
    openai_effort_where_there_is_none: request("requests/reasoning.openai.json" => "requests/reasoning.openai-to-bedrock-3-5", OpenAi, Bedrock, HAIKU);
    openai_effort_of_nova: request("requests/reasoning.openai.json" => "requests/reasoning.openai-to-bedrock-nova", OpenAi, Bedrock, NOVA);
    openai_effort_of_gpt_oss: request("requests/reasoning.openai.json" => "requests/reasoning.openai-to-bedrock-oss", OpenAi, Bedrock, OSS);
    openai_signed_thoughts: request("requests/thoughts.openai.json" => "requests/thoughts.openai-to-bedrock", OpenAi, Bedrock, SONNET);
    openai_signed_thoughts_for_others: request("requests/thoughts.openai.json" => "requests/thoughts.openai-to-bedrock-nova", OpenAi, Bedrock, NOVA);
    openai_instructions_in_the_middle_stay: request("requests/instructions.openai.json" => "requests/instructions.openai-to-bedrock-4-8", OpenAi, Bedrock, OPUS);
    openai_instructions_in_the_middle_move: request("requests/instructions.openai.json" => "requests/instructions.openai-to-bedrock-4-5", OpenAi, Bedrock, SONNET);
    openai_losses: request("requests/losses.openai.json" => "requests/losses.openai-to-bedrock", OpenAi, Bedrock, SONNET);
    openai_metadata: request("requests/metadata.openai.json" => "requests/metadata.openai-to-bedrock", OpenAi, Bedrock, LLAMA);
    openai_metadata_that_does_not_fit: request("requests/strange_metadata.openai.json" => "requests/strange_metadata.openai-to-bedrock", OpenAi, Bedrock, SONNET);
    openai_agent_as_sdks_send_it: request("requests/agent.openai.json" => "requests/agent.openai-to-bedrock", OpenAi, Bedrock, OPUS);
    anthropic_text_and_limits: request("requests/plain.anthropic.json" => "requests/plain.anthropic-to-bedrock", Anthropic, Bedrock, SONNET);
    anthropic_media: request("requests/inline_media.anthropic.json" => "requests/inline_media.anthropic-to-bedrock", Anthropic, Bedrock, SONNET);
    anthropic_document_alone_is_refused: request("requests/document_alone.anthropic.json" => "requests/document_alone.anthropic-to-bedrock", Anthropic, Bedrock, SONNET);
    anthropic_tools: request("requests/tools.anthropic.json" => "requests/tools.anthropic-to-bedrock", Anthropic, Bedrock, SONNET);
    anthropic_budget: request("requests/thinking.anthropic.json" => "requests/thinking.anthropic-to-bedrock", Anthropic, Bedrock, SONNET);
    anthropic_json_schema: request("requests/schema.anthropic.json" => "requests/schema.anthropic-to-bedrock", Anthropic, Bedrock, SONNET);
    anthropic_sampling_of_nova: request("requests/sampling.anthropic.json" => "requests/sampling.anthropic-to-bedrock-nova", Anthropic, Bedrock, NOVA);
    anthropic_losses: request("requests/losses.anthropic.json" => "requests/losses.anthropic-to-bedrock", Anthropic, Bedrock, OPUS);
    anthropic_agent_as_sdks_send_it: request("requests/agent.anthropic.json" => "requests/agent.anthropic-to-bedrock", Anthropic, Bedrock, OPUS);

    text_for_openai: response("responses/text.bedrock.json" => "responses/text.bedrock-to-openai", OpenAi, Bedrock);
    tools_for_openai: response("responses/tools.bedrock.json" => "responses/tools.bedrock-to-openai", OpenAi, Bedrock);
    guarded_for_openai: response("responses/guarded.bedrock.json" => "responses/guarded.bedrock-to-openai", OpenAi, Bedrock);
    cited_for_openai: response("responses/cited.bedrock.json" => "responses/cited.bedrock-to-openai", OpenAi, Bedrock);
    text_for_anthropic: response("responses/text.bedrock.json" => "responses/text.bedrock-to-anthropic", Anthropic, Bedrock);
    tools_for_anthropic: response("responses/tools.bedrock.json" => "responses/tools.bedrock-to-anthropic", Anthropic, Bedrock);
    cited_for_anthropic: response("responses/cited.bedrock.json" => "responses/cited.bedrock-to-anthropic", Anthropic, Bedrock);
    openai_text_for_bedrock: response("responses/text.openai.json" => "responses/text.openai-to-bedrock", Bedrock, OpenAi);
    openai_tools_for_bedrock: response("responses/tools.openai.json" => "responses/tools.openai-to-bedrock", Bedrock, OpenAi);
    openai_refusal_for_bedrock: response("responses/refusal.openai.json" => "responses/refusal.openai-to-bedrock", Bedrock, OpenAi);
    anthropic_text_for_bedrock: response("responses/text.anthropic.json" => "responses/text.anthropic-to-bedrock", Bedrock, Anthropic);
    anthropic_tools_for_bedrock: response("responses/tools.anthropic.json" => "responses/tools.anthropic-to-bedrock", Bedrock, Anthropic);
    anthropic_refusal_for_bedrock: response("responses/refusal.anthropic.json" => "responses/refusal.anthropic-to-bedrock", Bedrock, Anthropic);
    anthropic_stop_sequence_for_bedrock: response("responses/stop_sequence.anthropic.json" => "responses/stop_sequence.anthropic-to-bedrock", Bedrock, Anthropic);

    text_stream_for_openai: stream("streams/text.bedrock.txt" => "streams/text.bedrock-to-openai", OpenAi, Bedrock);
    tools_stream_for_openai: stream("streams/tools.bedrock.txt" => "streams/tools.bedrock-to-openai", OpenAi, Bedrock);
    error_in_a_stream_for_openai: stream("streams/error.bedrock.txt" => "streams/error.bedrock-to-openai", OpenAi, Bedrock);
    cut_stream_for_openai: stream("streams/cut.bedrock.txt" => "streams/cut.bedrock-to-openai", OpenAi, Bedrock);
    uncounted_stream_for_openai: stream("streams/uncounted.bedrock.txt" => "streams/uncounted.bedrock-to-openai", OpenAi, Bedrock);
    text_stream_for_anthropic: stream("streams/text.bedrock.txt" => "streams/text.bedrock-to-anthropic", Anthropic, Bedrock);
    tools_stream_for_anthropic: stream("streams/tools.bedrock.txt" => "streams/tools.bedrock-to-anthropic", Anthropic, Bedrock);
    cited_stream_for_anthropic: stream("streams/cited.bedrock.txt" => "streams/cited.bedrock-to-anthropic", Anthropic, Bedrock);
    malformed_stream_for_anthropic: stream("streams/malformed.bedrock.txt" => "streams/malformed.bedrock-to-anthropic", Anthropic, Bedrock);
    error_in_a_stream_for_anthropic: stream("streams/error.bedrock.txt" => "streams/error.bedrock-to-anthropic", Anthropic, Bedrock);
    cut_stream_for_anthropic: stream("streams/cut.bedrock.txt" => "streams/cut.bedrock-to-anthropic", Anthropic, Bedrock);
    openai_text_stream_for_bedrock: stream("streams/text.openai.sse" => "streams/text.openai-to-bedrock", Bedrock, OpenAi);
    openai_tools_stream_for_bedrock: stream("streams/tools.openai.sse" => "streams/tools.openai-to-bedrock", Bedrock, OpenAi);
    openai_refusal_stream_for_bedrock: stream("streams/refusal.openai.sse" => "streams/refusal.openai-to-bedrock", Bedrock, OpenAi);
    openai_error_in_a_stream_for_bedrock: stream("streams/error.openai.sse" => "streams/error.openai-to-bedrock", Bedrock, OpenAi);
    openai_cut_stream_for_bedrock: stream("streams/cut.openai.sse" => "streams/cut.openai-to-bedrock", Bedrock, OpenAi);
    openai_stream_of_a_compatible_server_for_bedrock: stream("streams/compatible.openai.sse" => "streams/compatible.openai-to-bedrock", Bedrock, OpenAi);
    anthropic_text_stream_for_bedrock: stream("streams/text.anthropic.sse" => "streams/text.anthropic-to-bedrock", Bedrock, Anthropic);
    anthropic_tools_stream_for_bedrock: stream("streams/tools.anthropic.sse" => "streams/tools.anthropic-to-bedrock", Bedrock, Anthropic);
    anthropic_refusal_stream_for_bedrock: stream("streams/refusal.anthropic.sse" => "streams/refusal.anthropic-to-bedrock", Bedrock, Anthropic);
    anthropic_error_in_a_stream_for_bedrock: stream("streams/error.anthropic.sse" => "streams/error.anthropic-to-bedrock", Bedrock, Anthropic);
    anthropic_cut_stream_for_bedrock: stream("streams/cut.anthropic.sse" => "streams/cut.anthropic-to-bedrock", Bedrock, Anthropic);
}
