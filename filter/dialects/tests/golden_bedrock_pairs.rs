//! Requests between Bedrock and the dialects that are neither of the two most spoken: texts and limits, tools, and schemas.

#![allow(missing_docs)]

#[macro_use]
mod translation;

use tollgate_dialects::Dialect;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use Dialect::{Bedrock, Cohere, Gemini, Responses};

const SONNET: &str = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const GPT: &str = "gpt-5.6-sol";
const FLASH: &str = "gemini-3.8-flash";
const COMMAND: &str = "command-a-03-2025";

golden! {
    responses_text_and_limits_for_bedrock: request("requests/plain.responses.json" => "requests/plain.responses-to-bedrock", Responses, Bedrock, SONNET);
    responses_tools_for_bedrock: request("requests/tools.responses.json" => "requests/tools.responses-to-bedrock", Responses, Bedrock, SONNET);
    responses_json_schema_for_bedrock: request("requests/schema.responses.json" => "requests/schema.responses-to-bedrock", Responses, Bedrock, SONNET);
    gemini_text_and_limits_for_bedrock: request("requests/plain.gemini.json" => "requests/plain.gemini-to-bedrock", Gemini, Bedrock, SONNET);
    gemini_tools_for_bedrock: request("requests/tools.gemini.json" => "requests/tools.gemini-to-bedrock", Gemini, Bedrock, SONNET);
    gemini_json_schema_for_bedrock: request("requests/schema.gemini.json" => "requests/schema.gemini-to-bedrock", Gemini, Bedrock, SONNET);
    cohere_text_and_limits_for_bedrock: request("requests/plain.cohere.json" => "requests/plain.cohere-to-bedrock", Cohere, Bedrock, SONNET);
    cohere_tools_for_bedrock: request("requests/tools.cohere.json" => "requests/tools.cohere-to-bedrock", Cohere, Bedrock, SONNET);
    cohere_json_schema_for_bedrock: request("requests/schema.cohere.json" => "requests/schema.cohere-to-bedrock", Cohere, Bedrock, SONNET);
    bedrock_text_and_limits_for_responses: request("requests/plain.bedrock.json" => "requests/plain.bedrock-to-responses", Bedrock, Responses, GPT);
    bedrock_tools_for_responses: request("requests/tools.bedrock.json" => "requests/tools.bedrock-to-responses", Bedrock, Responses, GPT);
    bedrock_json_schema_for_responses: request("requests/schema.bedrock.json" => "requests/schema.bedrock-to-responses", Bedrock, Responses, GPT);
    bedrock_text_and_limits_for_gemini: request("requests/plain.bedrock.json" => "requests/plain.bedrock-to-gemini", Bedrock, Gemini, FLASH);
    bedrock_tools_for_gemini: request("requests/tools.bedrock.json" => "requests/tools.bedrock-to-gemini", Bedrock, Gemini, FLASH);
    bedrock_json_schema_for_gemini: request("requests/schema.bedrock.json" => "requests/schema.bedrock-to-gemini", Bedrock, Gemini, FLASH);
    bedrock_text_and_limits_for_cohere: request("requests/plain.bedrock.json" => "requests/plain.bedrock-to-cohere", Bedrock, Cohere, COMMAND);
    bedrock_tools_for_cohere: request("requests/tools.bedrock.json" => "requests/tools.bedrock-to-cohere", Bedrock, Cohere, COMMAND);
    bedrock_json_schema_for_cohere: request("requests/schema.bedrock.json" => "requests/schema.bedrock-to-cohere", Bedrock, Cohere, COMMAND);
}
