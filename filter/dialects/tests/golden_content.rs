//! What answers hold beside text and calls: images, audio, citations, and what tools of the provider's own left.

#![allow(missing_docs)]

#[macro_use]
mod translation;

use tollgate_dialects::Dialect;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use Dialect::{Anthropic, Bedrock, Cohere, Gemini, OpenAi, Responses};

golden! {
    image_of_gemini_for_openai: response("responses/image.gemini.json" => "responses/image.gemini-to-openai", OpenAi, Gemini);
    image_of_gemini_for_responses: response("responses/image.gemini.json" => "responses/image.gemini-to-responses", Responses, Gemini);
    image_of_gemini_for_anthropic: response("responses/image.gemini.json" => "responses/image.gemini-to-anthropic", Anthropic, Gemini);
    image_of_gemini_for_bedrock: response("responses/image.gemini.json" => "responses/image.gemini-to-bedrock", Bedrock, Gemini);
    image_of_gemini_for_cohere: response("responses/image.gemini.json" => "responses/image.gemini-to-cohere", Cohere, Gemini);
    only_image_of_gemini_for_openai: response("responses/only_image.gemini.json" => "responses/only_image.gemini-to-openai", OpenAi, Gemini);
    only_image_of_gemini_for_anthropic: response("responses/only_image.gemini.json" => "responses/only_image.gemini-to-anthropic", Anthropic, Gemini);
    only_image_of_gemini_for_cohere: response("responses/only_image.gemini.json" => "responses/only_image.gemini-to-cohere", Cohere, Gemini);
    image_of_openai_for_responses: response("responses/image.openai.json" => "responses/image.openai-to-responses", Responses, OpenAi);
    image_of_openai_for_anthropic: response("responses/image.openai.json" => "responses/image.openai-to-anthropic", Anthropic, OpenAi);
    image_of_openai_for_gemini: response("responses/image.openai.json" => "responses/image.openai-to-gemini", Gemini, OpenAi);
    image_of_openai_for_bedrock: response("responses/image.openai.json" => "responses/image.openai-to-bedrock", Bedrock, OpenAi);
    image_of_responses_for_openai: response("responses/image.responses.json" => "responses/image.responses-to-openai", OpenAi, Responses);
    image_of_responses_for_gemini: response("responses/image.responses.json" => "responses/image.responses-to-gemini", Gemini, Responses);
    image_of_responses_for_bedrock: response("responses/image.responses.json" => "responses/image.responses-to-bedrock", Bedrock, Responses);
    image_of_bedrock_for_openai: response("responses/image.bedrock.json" => "responses/image.bedrock-to-openai", OpenAi, Bedrock);
    image_of_bedrock_for_responses: response("responses/image.bedrock.json" => "responses/image.bedrock-to-responses", Responses, Bedrock);
    image_of_bedrock_for_gemini: response("responses/image.bedrock.json" => "responses/image.bedrock-to-gemini", Gemini, Bedrock);
    audio_of_openai_for_anthropic: response("responses/audio.openai.json" => "responses/audio.openai-to-anthropic", Anthropic, OpenAi);
    image_stream_of_gemini_for_openai: stream("streams/image.gemini.sse" => "streams/image.gemini-to-openai", OpenAi, Gemini);
    image_stream_of_gemini_for_responses: stream("streams/image.gemini.sse" => "streams/image.gemini-to-responses", Responses, Gemini);
    image_stream_of_gemini_for_anthropic: stream("streams/image.gemini.sse" => "streams/image.gemini-to-anthropic", Anthropic, Gemini);
    image_stream_of_gemini_for_bedrock: stream("streams/image.gemini.sse" => "streams/image.gemini-to-bedrock", Bedrock, Gemini);
    image_stream_of_gemini_for_cohere: stream("streams/image.gemini.sse" => "streams/image.gemini-to-cohere", Cohere, Gemini);
    only_image_stream_of_gemini_for_anthropic: stream("streams/only_image.gemini.sse" => "streams/only_image.gemini-to-anthropic", Anthropic, Gemini);
    only_image_stream_of_gemini_for_openai: stream("streams/only_image.gemini.sse" => "streams/only_image.gemini-to-openai", OpenAi, Gemini);
    only_image_stream_of_gemini_for_cohere: stream("streams/only_image.gemini.sse" => "streams/only_image.gemini-to-cohere", Cohere, Gemini);
    image_stream_of_openai_for_responses: stream("streams/image.openai.sse" => "streams/image.openai-to-responses", Responses, OpenAi);
    image_stream_of_openai_for_gemini: stream("streams/image.openai.sse" => "streams/image.openai-to-gemini", Gemini, OpenAi);
    image_stream_of_openai_for_bedrock: stream("streams/image.openai.sse" => "streams/image.openai-to-bedrock", Bedrock, OpenAi);
    image_stream_of_responses_for_openai: stream("streams/image.responses.sse" => "streams/image.responses-to-openai", OpenAi, Responses);
    image_stream_of_responses_for_gemini: stream("streams/image.responses.sse" => "streams/image.responses-to-gemini", Gemini, Responses);
    image_stream_of_bedrock_for_openai: stream("streams/image.bedrock.txt" => "streams/image.bedrock-to-openai", OpenAi, Bedrock);
    image_stream_of_bedrock_for_gemini: stream("streams/image.bedrock.txt" => "streams/image.bedrock-to-gemini", Gemini, Bedrock);
    drawn_sent_back_by_openai_to_gemini: request("requests/drawn.openai.json" => "requests/drawn.openai-to-gemini", OpenAi, Gemini, "gemini-3.8-flash-image");
    drawn_sent_back_by_responses_to_gemini: request("requests/drawn.responses.json" => "requests/drawn.responses-to-gemini", Responses, Gemini, "gemini-3.8-flash-image");
    drawn_sent_back_by_openai_to_bedrock: request("requests/drawn.openai.json" => "requests/drawn.openai-to-bedrock", OpenAi, Bedrock, "us.anthropic.claude-sonnet-4-5-20250929-v1:0");

    documents_of_anthropic_for_openai: response("responses/documents.anthropic.json" => "responses/documents.anthropic-to-openai", OpenAi, Anthropic);
    documents_of_anthropic_for_responses: response("responses/documents.anthropic.json" => "responses/documents.anthropic-to-responses", Responses, Anthropic);
    documents_of_anthropic_for_gemini: response("responses/documents.anthropic.json" => "responses/documents.anthropic-to-gemini", Gemini, Anthropic);
    documents_of_anthropic_for_bedrock: response("responses/documents.anthropic.json" => "responses/documents.anthropic-to-bedrock", Bedrock, Anthropic);
    documents_of_anthropic_for_cohere: response("responses/documents.anthropic.json" => "responses/documents.anthropic-to-cohere", Cohere, Anthropic);
    documents_of_bedrock_for_openai: response("responses/documents.bedrock.json" => "responses/documents.bedrock-to-openai", OpenAi, Bedrock);
    documents_of_bedrock_for_anthropic: response("responses/documents.bedrock.json" => "responses/documents.bedrock-to-anthropic", Anthropic, Bedrock);
    documents_of_bedrock_for_gemini: response("responses/documents.bedrock.json" => "responses/documents.bedrock-to-gemini", Gemini, Bedrock);
    documents_of_bedrock_for_cohere: response("responses/documents.bedrock.json" => "responses/documents.bedrock-to-cohere", Cohere, Bedrock);
    documents_of_cohere_for_openai: response("responses/documents.cohere.json" => "responses/documents.cohere-to-openai", OpenAi, Cohere);
    documents_of_cohere_for_anthropic: response("responses/documents.cohere.json" => "responses/documents.cohere-to-anthropic", Anthropic, Cohere);
    documents_of_cohere_for_gemini: response("responses/documents.cohere.json" => "responses/documents.cohere-to-gemini", Gemini, Cohere);
    documents_of_cohere_for_bedrock: response("responses/documents.cohere.json" => "responses/documents.cohere-to-bedrock", Bedrock, Cohere);
    documents_of_gemini_for_openai: response("responses/documents.gemini.json" => "responses/documents.gemini-to-openai", OpenAi, Gemini);
    documents_of_gemini_for_anthropic: response("responses/documents.gemini.json" => "responses/documents.gemini-to-anthropic", Anthropic, Gemini);
    documents_of_gemini_for_bedrock: response("responses/documents.gemini.json" => "responses/documents.gemini-to-bedrock", Bedrock, Gemini);
    documents_of_gemini_for_cohere: response("responses/documents.gemini.json" => "responses/documents.gemini-to-cohere", Cohere, Gemini);
    documents_stream_of_anthropic_for_bedrock: stream("streams/documents.anthropic.sse" => "streams/documents.anthropic-to-bedrock", Bedrock, Anthropic);
    documents_stream_of_anthropic_for_cohere: stream("streams/documents.anthropic.sse" => "streams/documents.anthropic-to-cohere", Cohere, Anthropic);
    documents_stream_of_anthropic_for_gemini: stream("streams/documents.anthropic.sse" => "streams/documents.anthropic-to-gemini", Gemini, Anthropic);
    documents_stream_of_anthropic_for_openai: stream("streams/documents.anthropic.sse" => "streams/documents.anthropic-to-openai", OpenAi, Anthropic);
    documents_stream_of_bedrock_for_anthropic: stream("streams/documents.bedrock.txt" => "streams/documents.bedrock-to-anthropic", Anthropic, Bedrock);
    documents_stream_of_bedrock_for_responses: stream("streams/documents.bedrock.txt" => "streams/documents.bedrock-to-responses", Responses, Bedrock);
    documents_stream_of_bedrock_for_cohere: stream("streams/documents.bedrock.txt" => "streams/documents.bedrock-to-cohere", Cohere, Bedrock);

    cited_documents_of_anthropic_for_bedrock: request("requests/cited.anthropic.json" => "requests/cited.anthropic-to-bedrock", Anthropic, Bedrock, "us.anthropic.claude-sonnet-4-5-20250929-v1:0");
    cited_documents_of_anthropic_for_nova: request("requests/cited.anthropic.json" => "requests/cited.anthropic-to-bedrock-nova", Anthropic, Bedrock, "amazon.nova-pro-v1:0");
    cited_documents_of_anthropic_for_gemini: request("requests/cited.anthropic.json" => "requests/cited.anthropic-to-gemini", Anthropic, Gemini, "gemini-3.8-flash");
    cited_documents_of_bedrock_for_anthropic: request("requests/cited.bedrock.json" => "requests/cited.bedrock-to-anthropic", Bedrock, Anthropic, "claude-sonnet-4-5");
    cited_documents_of_bedrock_for_openai: request("requests/cited.bedrock.json" => "requests/cited.bedrock-to-openai", Bedrock, OpenAi, "gpt-5.4");
}
