//! What answers hold beside text and calls: images, audio, citations, and what tools of the provider's own left.

#![allow(missing_docs)]

#[macro_use]
mod translation;

use tollgate_dialects::Dialect;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use Dialect::{Anthropic, Bedrock, Cohere, Gemini, OpenAi, Responses};

golden! {
    image_of_gemini_for_openai: response("responses/image.gemini.json" => "responses/image.gemini-to-openai.json", OpenAi, Gemini);
    image_of_gemini_for_responses: response("responses/image.gemini.json" => "responses/image.gemini-to-responses.json", Responses, Gemini);
    image_of_gemini_for_anthropic: response("responses/image.gemini.json" => "responses/image.gemini-to-anthropic.json", Anthropic, Gemini);
    image_of_gemini_for_bedrock: response("responses/image.gemini.json" => "responses/image.gemini-to-bedrock.json", Bedrock, Gemini);
    image_of_gemini_for_cohere: response("responses/image.gemini.json" => "responses/image.gemini-to-cohere.json", Cohere, Gemini);
    only_image_of_gemini_for_openai: response("responses/only_image.gemini.json" => "responses/only_image.gemini-to-openai.json", OpenAi, Gemini);
    only_image_of_gemini_for_anthropic: response("responses/only_image.gemini.json" => "responses/only_image.gemini-to-anthropic.json", Anthropic, Gemini);
    only_image_of_gemini_for_cohere: response("responses/only_image.gemini.json" => "responses/only_image.gemini-to-cohere.json", Cohere, Gemini);
    image_of_openai_for_responses: response("responses/image.openai.json" => "responses/image.openai-to-responses.json", Responses, OpenAi);
    image_of_openai_for_anthropic: response("responses/image.openai.json" => "responses/image.openai-to-anthropic.json", Anthropic, OpenAi);
    image_of_openai_for_gemini: response("responses/image.openai.json" => "responses/image.openai-to-gemini.json", Gemini, OpenAi);
    image_of_openai_for_bedrock: response("responses/image.openai.json" => "responses/image.openai-to-bedrock.json", Bedrock, OpenAi);
    image_of_responses_for_openai: response("responses/image.responses.json" => "responses/image.responses-to-openai.json", OpenAi, Responses);
    image_of_responses_for_gemini: response("responses/image.responses.json" => "responses/image.responses-to-gemini.json", Gemini, Responses);
    image_of_responses_for_bedrock: response("responses/image.responses.json" => "responses/image.responses-to-bedrock.json", Bedrock, Responses);
    image_of_bedrock_for_openai: response("responses/image.bedrock.json" => "responses/image.bedrock-to-openai.json", OpenAi, Bedrock);
    image_of_bedrock_for_responses: response("responses/image.bedrock.json" => "responses/image.bedrock-to-responses.json", Responses, Bedrock);
    image_of_bedrock_for_gemini: response("responses/image.bedrock.json" => "responses/image.bedrock-to-gemini.json", Gemini, Bedrock);
    audio_of_openai_for_anthropic: response("responses/audio.openai.json" => "responses/audio.openai-to-anthropic.json", Anthropic, OpenAi);
    image_stream_of_gemini_for_openai: stream("streams/image.gemini.sse" => "streams/image.gemini-to-openai.sse", OpenAi, Gemini);
    image_stream_of_gemini_for_responses: stream("streams/image.gemini.sse" => "streams/image.gemini-to-responses.sse", Responses, Gemini);
    image_stream_of_gemini_for_anthropic: stream("streams/image.gemini.sse" => "streams/image.gemini-to-anthropic.sse", Anthropic, Gemini);
    image_stream_of_gemini_for_bedrock: stream("streams/image.gemini.sse" => "streams/image.gemini-to-bedrock.txt", Bedrock, Gemini);
    image_stream_of_gemini_for_cohere: stream("streams/image.gemini.sse" => "streams/image.gemini-to-cohere.sse", Cohere, Gemini);
    only_image_stream_of_gemini_for_anthropic: stream("streams/only_image.gemini.sse" => "streams/only_image.gemini-to-anthropic.sse", Anthropic, Gemini);
    only_image_stream_of_gemini_for_openai: stream("streams/only_image.gemini.sse" => "streams/only_image.gemini-to-openai.sse", OpenAi, Gemini);
    only_image_stream_of_gemini_for_cohere: stream("streams/only_image.gemini.sse" => "streams/only_image.gemini-to-cohere.sse", Cohere, Gemini);
    image_stream_of_openai_for_responses: stream("streams/image.openai.sse" => "streams/image.openai-to-responses.sse", Responses, OpenAi);
    image_stream_of_openai_for_gemini: stream("streams/image.openai.sse" => "streams/image.openai-to-gemini.sse", Gemini, OpenAi);
    image_stream_of_openai_for_bedrock: stream("streams/image.openai.sse" => "streams/image.openai-to-bedrock.txt", Bedrock, OpenAi);
    image_stream_of_responses_for_openai: stream("streams/image.responses.sse" => "streams/image.responses-to-openai.sse", OpenAi, Responses);
    image_stream_of_responses_for_gemini: stream("streams/image.responses.sse" => "streams/image.responses-to-gemini.sse", Gemini, Responses);
    image_stream_of_bedrock_for_openai: stream("streams/image.bedrock.txt" => "streams/image.bedrock-to-openai.sse", OpenAi, Bedrock);
    image_stream_of_bedrock_for_gemini: stream("streams/image.bedrock.txt" => "streams/image.bedrock-to-gemini.sse", Gemini, Bedrock);
    drawn_sent_back_by_openai_to_gemini: request("requests/drawn.openai.json" => "requests/drawn.openai-to-gemini.txt", OpenAi, Gemini, "gemini-3.8-flash-image");
    drawn_sent_back_by_responses_to_gemini: request("requests/drawn.responses.json" => "requests/drawn.responses-to-gemini.txt", Responses, Gemini, "gemini-3.8-flash-image");
    drawn_sent_back_by_openai_to_bedrock: request("requests/drawn.openai.json" => "requests/drawn.openai-to-bedrock.txt", OpenAi, Bedrock, "us.anthropic.claude-sonnet-4-5-20250929-v1:0");

    documents_of_anthropic_for_openai: response("responses/documents.anthropic.json" => "responses/documents.anthropic-to-openai.json", OpenAi, Anthropic);
    documents_of_anthropic_for_responses: response("responses/documents.anthropic.json" => "responses/documents.anthropic-to-responses.json", Responses, Anthropic);
    documents_of_anthropic_for_gemini: response("responses/documents.anthropic.json" => "responses/documents.anthropic-to-gemini.json", Gemini, Anthropic);
    documents_of_anthropic_for_bedrock: response("responses/documents.anthropic.json" => "responses/documents.anthropic-to-bedrock.json", Bedrock, Anthropic);
    documents_of_anthropic_for_cohere: response("responses/documents.anthropic.json" => "responses/documents.anthropic-to-cohere.json", Cohere, Anthropic);
    documents_of_bedrock_for_openai: response("responses/documents.bedrock.json" => "responses/documents.bedrock-to-openai.json", OpenAi, Bedrock);
    documents_of_bedrock_for_anthropic: response("responses/documents.bedrock.json" => "responses/documents.bedrock-to-anthropic.json", Anthropic, Bedrock);
    documents_of_bedrock_for_gemini: response("responses/documents.bedrock.json" => "responses/documents.bedrock-to-gemini.json", Gemini, Bedrock);
    documents_of_bedrock_for_cohere: response("responses/documents.bedrock.json" => "responses/documents.bedrock-to-cohere.json", Cohere, Bedrock);
    documents_of_cohere_for_openai: response("responses/documents.cohere.json" => "responses/documents.cohere-to-openai.json", OpenAi, Cohere);
    documents_of_cohere_for_anthropic: response("responses/documents.cohere.json" => "responses/documents.cohere-to-anthropic.json", Anthropic, Cohere);
    documents_of_cohere_for_gemini: response("responses/documents.cohere.json" => "responses/documents.cohere-to-gemini.json", Gemini, Cohere);
    documents_of_cohere_for_bedrock: response("responses/documents.cohere.json" => "responses/documents.cohere-to-bedrock.json", Bedrock, Cohere);
    documents_of_gemini_for_openai: response("responses/documents.gemini.json" => "responses/documents.gemini-to-openai.json", OpenAi, Gemini);
    documents_of_gemini_for_anthropic: response("responses/documents.gemini.json" => "responses/documents.gemini-to-anthropic.json", Anthropic, Gemini);
    documents_of_gemini_for_bedrock: response("responses/documents.gemini.json" => "responses/documents.gemini-to-bedrock.json", Bedrock, Gemini);
    documents_of_gemini_for_cohere: response("responses/documents.gemini.json" => "responses/documents.gemini-to-cohere.json", Cohere, Gemini);
    documents_stream_of_anthropic_for_bedrock: stream("streams/documents.anthropic.sse" => "streams/documents.anthropic-to-bedrock.txt", Bedrock, Anthropic);
    documents_stream_of_anthropic_for_cohere: stream("streams/documents.anthropic.sse" => "streams/documents.anthropic-to-cohere.sse", Cohere, Anthropic);
    documents_stream_of_anthropic_for_gemini: stream("streams/documents.anthropic.sse" => "streams/documents.anthropic-to-gemini.sse", Gemini, Anthropic);
    documents_stream_of_anthropic_for_openai: stream("streams/documents.anthropic.sse" => "streams/documents.anthropic-to-openai.sse", OpenAi, Anthropic);
    documents_stream_of_bedrock_for_anthropic: stream("streams/documents.bedrock.txt" => "streams/documents.bedrock-to-anthropic.sse", Anthropic, Bedrock);
    documents_stream_of_bedrock_for_responses: stream("streams/documents.bedrock.txt" => "streams/documents.bedrock-to-responses.sse", Responses, Bedrock);
    documents_stream_of_bedrock_for_cohere: stream("streams/documents.bedrock.txt" => "streams/documents.bedrock-to-cohere.sse", Cohere, Bedrock);

    cited_documents_of_anthropic_for_bedrock: request("requests/cited.anthropic.json" => "requests/cited.anthropic-to-bedrock.txt", Anthropic, Bedrock, "us.anthropic.claude-sonnet-4-5-20250929-v1:0");
    cited_documents_of_anthropic_for_nova: request("requests/cited.anthropic.json" => "requests/cited.anthropic-to-bedrock-nova.txt", Anthropic, Bedrock, "amazon.nova-pro-v1:0");
    cited_documents_of_anthropic_for_gemini: request("requests/cited.anthropic.json" => "requests/cited.anthropic-to-gemini.txt", Anthropic, Gemini, "gemini-3.8-flash");
    cited_documents_of_bedrock_for_anthropic: request("requests/cited.bedrock.json" => "requests/cited.bedrock-to-anthropic.txt", Bedrock, Anthropic, "claude-sonnet-4-5");
    cited_documents_of_bedrock_for_openai: request("requests/cited.bedrock.json" => "requests/cited.bedrock-to-openai.txt", Bedrock, OpenAi, "gpt-5.4");
}
