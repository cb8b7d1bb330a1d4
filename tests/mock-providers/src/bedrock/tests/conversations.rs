//! What Bedrock refuses and takes of conversations.

use super::*;

#[test]
fn bad_blocks_are_refused() {
    let image = |image: Value| user(json!({"image": image}));
    let document = |name: &str, source: Value| user(json!({"document": {"name": name, "source": source}}));
    let bytes = json!({"bytes": "aGk="});
    refused(
        vec![
            (
                user(json!({"type": "text", "text": "x"})),
                "#/messages/0/content/1: extraneous key [type] is not permitted",
            ),
            (
                user(json!({"image_url": {}})),
                "ContentBlock object at messages.0.content.1 must set one of the following keys: text, image,",
            ),
            (user(json!({"text": "x", "image": {}})), "can set only one of the following keys"),
            (
                user(json!({"text": ""})),
                "ContentBlock object at messages.0.content.1 is blank. Add text to the text field, and try again.",
            ),
            (
                user(json!({"text": " \n"})),
                "The model returned the following errors: messages: text content blocks must contain non-whitespace",
            ),
            (image(json!({"format": "jpg", "source": bytes})), "enum value set: [png, jpeg, gif, webp]"),
            (image(json!({"format": "png", "source": {"bytes": "a"}})), "Invalid base64 data."),
            (image(json!({"format": "png", "source": {"bytes": ""}})), "length greater than or equal to 1"),
            (
                image(json!({"format": "png", "source": {"url": "https://a"}})),
                "at messages.0.content.1.image.source must set one of the following keys: bytes, s3Location.",
            ),
            (document("a.pdf", bytes.clone()), "The document file name can only contain alphanumeric characters"),
            (document("a  b", bytes.clone()), "more than one consecutive whitespace"),
            (document("a", json!({"text": "x"})), "must set one of the following keys: bytes, s3Location."),
            (
                talk(json!([says("user", json!([{"document": {"name": "a", "source": bytes}}]))])),
                "A text block must be included when using documents.",
            ),
            (
                talk(json!([says(
                    "user",
                    json!([{"text": "x"}, {"document": {"name": "a", "source": bytes}},
                    {"document": {"name": "a", "source": bytes}}])
                )])),
                "Document names must be unique.",
            ),
            (user(json!({"cachePoint": {"type": "ephemeral"}})), "enum value set: [default]"),
            (user(json!({"guardContent": {"text": {"text": "x", "qualifiers": ["any"]}}})), "enum value set: [groun"),
            (user(thought()), "User messages cannot contain reasoning content."),
            (user(tool_use("a")), "User messages cannot contain tool uses. Please remove the tool uses and try again."),
            (
                talk(json!([says("user", json!(vec![json!({"cachePoint": {"type": "default"}}); 5]))])),
                "A maximum of 4 blocks with cache_control may be provided. Found 5.",
            ),
        ],
        SONNET,
    );
    let assistant =
        |block: Value| talk(json!([says("user", json!([{"text": "Hi"}])), says("assistant", json!([block]))]));
    let told = |inner: Value| assistant(json!({"reasoningContent": inner}));
    refused(
        vec![
            (assistant(json!({"image": {}})), "Assistant messages cannot contain images"),
            (assistant(result("a")), "Assistant messages cannot contain tool results."),
            (told(json!({"reasoningText": {"text": "x", "signature": "made-up"}})), "Invalid `signature`"),
            (told(json!({"reasoningText": {"text": "x"}})), "signature: Field required"),
            (told(json!({"redactedContent": "aGk="})), "Invalid `data` in `redacted_thinking` block"),
            (
                assistant(json!({"toolUse": {"toolUseId": "a b", "name": "x", "input": {}}})),
                "regular expression pattern: [a-zA-Z0-9_.:-]+",
            ),
            (
                assistant(json!({"toolUse": {"toolUseId": "a", "name": "x", "input": "{}"}})),
                "The format of the value at messages.1.content.0.toolUse.input is invalid. Provide a json object",
            ),
        ],
        SONNET,
    );
}

#[test]
fn turns_are_checked() {
    let asks = says("user", json!([{"text": "Weather?"}]));
    let speaks = says("assistant", json!([{"text": "Hm."}]));
    let uses = says("assistant", json!([tool_use("a"), tool_use("b")]));
    let answers = |blocks: Value| talk(json!([asks, uses, says("user", blocks)]));
    let mut without_tools = answers(json!([result("a"), result("b")]));
    without_tools.as_object_mut().unwrap().remove("toolConfig");
    let failed = |content: Value| answers(json!([{"toolResult": {"toolUseId": "a", "content": content}}, result("b")]));
    refused(
        vec![
            (talk(json!([])), "A conversation must start with a user message."),
            (talk(json!([speaks])), "A conversation must start with a user message."),
            (talk(json!([asks, asks])), "A conversation must alternate between user and assistant roles."),
            (talk(json!([says("tool", json!([]))])), "enum value set: [user, assistant, system]"),
            (talk(json!([says("user", json!([]))])), "The content field in the Message object at messages.0 is empty."),
            (talk(json!([says("user", json!("Hi"))])), "STRING_VALUE can not be converted to a List"),
            (without_tools, "The toolConfig field must be defined when using toolUse and toolResult content blocks."),
            (
                talk(json!([says("user", json!([result("a")]))])),
                "The number of toolResult blocks at messages.0.content exceeds the number of toolUse blocks",
            ),
            (
                answers(json!([result("a")])),
                "Expected toolResult blocks at messages.2.content for the following Ids: b",
            ),
            (answers(json!([result("a"), result("c")])), "for the following Ids: b"),
            (answers(json!([{"text": "Well?"}])), "for the following Ids: a, b"),
            (talk(json!([asks, uses])), "Expected toolResult blocks at messages.2.content for the following Ids: a, b"),
            (
                answers(json!([result("a"), result("a")])),
                "The toolResult blocks at messages.2.content contain duplicate Ids: a",
            ),
            (
                talk(json!([asks, says("assistant", json!([tool_use("a"), tool_use("a")]))])),
                "The toolUse blocks at messages.1.content contain duplicate Ids: a",
            ),
            (answers(json!([{"text": "So:"}, result("a"), result("b")])), "`tool_result` blocks must come first"),
            (
                failed(json!([{"json": "x"}])),
                "The format of the value at messages.2.content.0.toolResult.content.0.json is invalid.",
            ),
            (
                failed(json!([{"text": ""}])),
                "ContentBlock object at messages.2.content.0.toolResult.content.0 is blank.",
            ),
            (failed(json!("sunny")), "STRING_VALUE can not be converted to a List"),
            (talk(json!([asks, says("assistant", json!([{"text": "It is "}]))])), "trailing whitespace"),
            (talk(json!([asks, says("system", json!([{"text": "Be short."}]))])), "role 'system' is not supported"),
        ],
        SONNET,
    );
    refused(
        vec![
            (talk(json!([asks, speaks])), "does not support assistant message prefill"),
            (talk(json!([asks, says("system", json!([{"image": {}}]))])), "System messages cannot contain image."),
        ],
        OPUS,
    );
    taken(vec![talk(json!([asks, says("system", json!([{"text": "Be short."}]))]))], OPUS);
}

#[test]
fn good_conversations_are_taken() {
    let asks = says(
        "user",
        json!([
            {"text": "What is this?"},
            {"image": {"format": "png", "source": {"bytes": "aGk="}}},
            {"image": {"format": "webp", "source": {"s3Location": {"uri": "s3://bucket/a.webp"}}}},
            {"document": {"format": "pdf", "name": "Report (1) [a-b]", "source": {"bytes": "aGk="}}},
            {"document": {"name": "text", "source": {"text": "x"}, "citations": {"enabled": true}}},
            {"guardContent": {"text": {"text": "x", "qualifiers": ["query"]}}},
            {"cachePoint": {"type": "default"}},
        ]),
    );
    let redacted = json!({"reasoningContent": {"redactedContent": "cmVkYWN0ZWQtMQ=="}});
    let speaks =
        says("assistant", json!([thought(), redacted, {"text": "Let me see."}, tool_use("a.1:x"), tool_use("b")]));
    let answers = says(
        "user",
        json!([
            {"toolResult": {"toolUseId": "b", "status": "error", "content": [{"json": {"sky": "grey"}}]}},
            {"toolResult": {"toolUseId": "a.1:x", "content": []}},
            {"text": "Well?"},
        ]),
    );
    taken(
        vec![talk(json!([asks, speaks, answers])), talk(json!([asks, says("assistant", json!([{"text": "It"}]))]))],
        SONNET,
    );
    let plain = json!([{"text": "x"}, {"document": {"name": "text", "source": {"text": "x"}}},
        {"video": {"format": "mp4", "source": {"bytes": "aGk="}}}]);
    taken(vec![talk(json!([says("user", plain)]))], NOVA);
}
