//! Which requests are refused and which are taken.

use super::*;

#[test]
fn fields_are_read_as_protobufs_are() {
    let many = request(json!({"foo": 1, "generationConfig": {"bar": 1}}));
    let problem = ask("gemini-2.5-flash", &many).err().unwrap();
    assert_eq!(
        problem.message,
        "Invalid JSON payload received. Unknown name \"foo\": Cannot find field.\n\
         Invalid JSON payload received. Unknown name \"bar\" at 'generation_config': Cannot find field."
    );
    assert_eq!(problem.detail.unwrap()["fieldViolations"][1]["field"], "generation_config");
    let schema = |schema: Value| declares(json!({"name": "f", "parameters": schema}));
    refused(
        "gemini-2.5-flash",
        vec![
            (json!([]), "Root element must be a message."),
            (json!({"contents": "Hi"}), "Invalid value at 'contents' (type.googleapis.com/google.ai"),
            (request(json!({"model_name": "x"})), "Unknown name \"model_name\": Cannot find field."),
            (user(json!({"text": 5})), "Invalid value at 'contents[0].parts[0].text' (TYPE_STRING), 5"),
            (
                user(json!({"text": ["a"]})),
                "Unknown name \"text\" at 'contents[0].parts[0]': Proto field is not repeating",
            ),
            (user(json!({"text": "a", "functionCall": {"name": "f"}})), "oneof field 'data' is already set"),
            (config(json!({"temperature": "hot"})), "Invalid value at 'generation_config.temperature' (TYPE_FLOAT)"),
            (config(json!({"topK": 1.5})), "Invalid value at 'generation_config.top_k' (TYPE_INT32), 1.5"),
            (config(json!({"seed": 3_000_000_000_u32})), "'generation_config.seed' (TYPE_INT32)"),
            (
                schema(
                    json!({"type": "OBJECT", "properties": {"a": {"type": "STRING"}}, "additionalProperties": false}),
                ),
                "Unknown name \"additionalProperties\" at 'tools[0].function_declarations[0].parameters'",
            ),
            (
                schema(json!({"type": "object", "properties": {"a": {"const": 1}}})),
                "Unknown name \"const\" at 'tools[0].function_declarations[0].parameters.properties[0].value'",
            ),
            (
                schema(json!({"type": "OBJECT", "properties": {"a": {"type": ["STRING", "NULL"]}}})),
                "Proto field is not repeating, cannot start list.",
            ),
            (
                schema(json!({"type": "dict"})),
                "Invalid value at 'tools[0].function_declarations[0].parameters.type' \
                 (type.googleapis.com/google.ai.generativelanguage.v1beta.Type), \"dict\"",
            ),
            (
                user(json!({"inlineData": {"mimeType": "image/png", "data": "a b"}})),
                "(TYPE_BYTES), Base64 decoding failed for \"a b\"",
            ),
        ],
    );
    for body in [
        json!({"contents": {"parts": {"text": "Hi"}}, "system_instruction": {"parts": {"text": "Be short."}}}),
        request(json!({"generation_config": {"topP": 1, "max_output_tokens": "10", "seed": null, "top_k": 40.0}})),
        user(json!({"inline_data": {"mime_type": "image/png", "data": "-_-_"}})),
    ] {
        assert_eq!(ask("gemini-2.5-flash", &body).err(), None, "{body}");
    }
}

#[test]
fn bad_requests_are_refused() {
    let string = json!({"type": "STRING"});
    let with =
        |schema: Value| declares(json!({"name": "f", "parameters": {"type": "OBJECT", "properties": {"a": schema}}}));
    let calling =
        |config: Value| request(json!({"tools": [weather()], "toolConfig": {"functionCallingConfig": config}}));
    refused(
        "gemini-2.5-flash",
        vec![
            (json!({}), "contents is not specified"),
            (talk(json!([])), "contents is not specified"),
            (talk(json!([{"role": "user"}])), "contents[0].parts: contents.parts must not be empty."),
            (user(json!({})), "contents[0].parts[0].data: required oneof field 'data'"),
            (talk(json!([says("assistant", json!({"text": "Hi"}))])), "Please use a valid role: user, model."),
            (talk(json!([says("function", response("f"))])), "Please use a valid role: user, model."),
            (request(json!({"systemInstruction": {"parts": []}})), "must not be empty"),
            (user(json!({"inlineData": {"data": "aGk="}})), "must have a mimeType"),
            (
                user(json!({"inlineData": {"mimeType": "image/gif", "data": "aGk="}})),
                "Unsupported MIME type: image/gif",
            ),
            (user(json!({"fileData": {"mimeType": "image/png"}})), "file_uri must be set"),
            (config(json!({"temperature": 2.1})), "temperature must be in the range [0.0, 2.0]"),
            (config(json!({"topP": 1.1})), "top_p must be in the range"),
            (config(json!({"topK": 0})), "top_k must be at least 1"),
            (config(json!({"candidateCount": 9})), "candidate_count must be in the range"),
            (config(json!({"maxOutputTokens": 0})), "max_output_tokens must be at least 1"),
            (config(json!({"stopSequences": ["1", "2", "3", "4", "5", "6"]})), "at most 5"),
            (config(json!({"stopSequences": [""]})), "must not be empty"),
            (config(json!({"logprobs": 3})), "needs response_logprobs"),
            (config(json!({"responseMimeType": "text/html"})), "allowed mimetypes"),
            (config(json!({"responseSchema": string})), "application/json is needed"),
            (
                config(json!({"responseMimeType": "application/json", "responseSchema": string,
                    "responseJsonSchema": {"type": "string"}})),
                "Only one of response_schema and response_json_schema",
            ),
            (
                config(json!({"thinkingConfig": {"thinkingBudget": 100, "thinkingLevel": "LOW"}})),
                "You can only set only one of thinking budget and thinking level.",
            ),
            (config(json!({"thinkingConfig": {"thinkingLevel": "low"}})), "Thinking level is not supported"),
            (config(json!({"thinkingConfig": {"thinkingBudget": 24577}})), "choose a value between 1 and 24576"),
            (declares(json!({"name": "1f"})), "Invalid function name"),
            (declares(json!({"name": "f f"})), "Invalid function name"),
            (request(json!({"tools": [{}]})), "required one_of 'tool_type'"),
            (request(json!({"tools": [weather(), weather()]})), "Duplicate function declaration found: weather"),
            (request(json!({"tools": [weather(), {"googleSearch": {}}]})), "cannot be combined"),
            (declares(json!({"name": "f", "parameters": string})), "parameters schema should be of type OBJECT"),
            (
                declares(json!({"name": "f", "parameters": {"type": "OBJECT"}})),
                "parameters.properties: should be non-empty for OBJECT type",
            ),
            (with(json!({"type": "ARRAY"})), "parameters.properties[a].items: missing field."),
            (with(json!({})), "parameters.properties[a].type: must be specified"),
            (
                with(json!({"type": "STRING", "format": "uri"})),
                "only 'enum' and 'date-time' are supported for STRING type",
            ),
            (with(json!({"type": "BOOLEAN", "enum": ["x"]})), "enum: only allowed for STRING type"),
            (
                declares(json!({"name": "f", "parameters": {"type": "OBJECT", "required": ["b"],
                    "properties": {"a": string}}})),
                "parameters.required[0]: property is not defined",
            ),
            (
                declares(json!({"name": "f", "parametersJsonSchema": {"type": "object"},
                    "parameters": {"type": "OBJECT", "properties": {"a": string}}})),
                "Only one of parameters and parameters_json_schema",
            ),
            (calling(json!({"mode": "AUTO", "allowedFunctionNames": ["weather"]})), "only be set when mode is ANY"),
            (calling(json!({"mode": "ANY", "allowedFunctionNames": ["time"]})), "is not among"),
            (
                request(json!({"toolConfig": {"functionCallingConfig": {"mode": "ANY"}}})),
                "Function calling config is set without function_declarations.",
            ),
            (request(json!({"safetySettings": [{"threshold": "BLOCK_NONE"}]})), "element predicate failed"),
            (
                request(json!({"cachedContent": "cachedContents/x", "tools": [weather()]})),
                "CachedContent can not be used",
            ),
        ],
    );
    refused(
        "gemini-3-pro-preview",
        vec![(config(json!({"thinkingConfig": {"thinkingBudget": 0}})), "Budget 0 is invalid")],
    );
    refused("gemini-2.0-flash", vec![(config(json!({"thinkingConfig": {"thinkingBudget": 100}})), "not enabled")]);
    let missing = ask("no-such-model", &request(json!({}))).err().unwrap();
    assert_eq!((missing.status, missing.kind), (404, "NOT_FOUND"));
}

#[test]
fn good_requests_are_taken() {
    for body in [
        request(json!({"systemInstruction": {"role": "system", "parts": [{"text": "Be short."}]}})),
        config(json!({"temperature": 2, "topP": 0.5, "topK": 40, "candidateCount": 8, "maxOutputTokens": 1,
            "stopSequences": ["a"], "seed": -1, "presencePenalty": -2.0, "frequencyPenalty": 1.5,
            "responseLogprobs": true, "logprobs": 20, "responseModalities": ["TEXT"],
            "thinkingConfig": {"thinkingBudget": -1, "includeThoughts": true}})),
        config(json!({"responseMimeType": "application/json", "responseJsonSchema": {"type": "object",
            "additionalProperties": false, "$defs": {}}})),
        config(json!({"responseMimeType": "application/json", "responseSchema": {"type": "object",
            "properties": {"a": {"anyOf": [{"type": "string"}, {"type": "null"}]}}, "propertyOrdering": ["a"]}})),
        declares(json!({"name": "mcp:tool.x-1", "parametersJsonSchema": {"type": "object", "$schema": "x"}})),
        declares(json!({"name": "f"})),
        request(json!({"tools": [weather()], "toolConfig": {"functionCallingConfig": {"mode": "any",
            "allowedFunctionNames": ["weather"]}}})),
        request(json!({"safetySettings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "OFF"}]})),
        user(json!({"fileData": {"fileUri": "https://example.com/a.pdf"}})),
        user(json!({"inlineData": {"mimeType": "audio/wav", "data": "aGk"}})),
    ] {
        assert_eq!(ask("gemini-2.5-flash", &body).err(), None, "{body}");
    }
}

#[test]
fn vertex_knows_more_fields_and_wants_roles() {
    let token = [("authorization", "Bearer mock-google-token")];
    let more = declares(json!({"name": "f", "parameters": {"type": "OBJECT", "additionalProperties": false,
        "properties": {"a": {"type": "STRING"}}}}));
    assert_eq!(send(VERTEX, &more, &token).err(), None);
    let nobody = talk(json!([{"parts": [{"text": "Hi"}]}]));
    assert_eq!(ask("gemini-2.5-flash", &nobody).err(), None);
    assert!(send(VERTEX, &nobody, &token).err().unwrap().message.contains("valid role"));
}
