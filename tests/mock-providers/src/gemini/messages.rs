//! The messages of the Gemini API and of Vertex AI, field by field, as google-genai 3.4 writes them.

use super::proto::Kind::{Any, Bool, Bytes, Enum, Float, Int32, Int64, List, Map, Message as Inner, Struct, Text};
use super::proto::{Kind, Message};

/// `generateContent` and `streamGenerateContent`.
pub static GENERATE: Message = Message::new(
    "GenerateContentRequest",
    &[
        ("model", Text),
        ("contents", List(&Inner(&CONTENT))),
        ("system_instruction", Inner(&CONTENT)),
        ("tools", List(&Inner(&TOOL))),
        ("tool_config", Inner(&TOOL_CONFIG)),
        ("safety_settings", List(&Inner(&SAFETY_SETTING))),
        ("generation_config", Inner(&GENERATION_CONFIG)),
        ("cached_content", Text),
        ("labels", Map(&Text)),
        ("service_tier", Enum("ServiceTier", &["unspecified", "flex", "standard", "priority"])),
        ("store", Bool),
        ("continuation_token", Bytes),
    ],
)
.on_vertex(&[("model_armor_config", Struct), ("output_config", Struct)]);

/// `countTokens`.
pub static COUNT_TOKENS: Message = Message::new(
    "CountTokensRequest",
    &[("model", Text), ("contents", List(&Inner(&CONTENT))), ("generate_content_request", Inner(&GENERATE))],
)
.on_vertex(&[
    ("instances", Any),
    ("system_instruction", Inner(&CONTENT)),
    ("tools", List(&Inner(&TOOL))),
    ("generation_config", Inner(&GENERATION_CONFIG)),
]);

/// `embedContent`.
pub static EMBED: Message = Message::new(
    "EmbedContentRequest",
    &[
        ("model", Text),
        ("content", Inner(&CONTENT)),
        ("task_type", TASK),
        ("title", Text),
        ("output_dimensionality", Int32),
    ],
)
.on_vertex(&[("auto_truncate", Bool), ("embed_content_config", Inner(&EMBED_CONFIG))]);

static EMBED_CONFIG: Message = Message::new(
    "EmbedContentConfig",
    &[
        ("task_type", TASK),
        ("title", Text),
        ("output_dimensionality", Int32),
        ("auto_truncate", Bool),
        ("document_ocr", Bool),
        ("audio_track_extraction", Bool),
    ],
);

/// `batchEmbedContents`.
pub static BATCH_EMBED: Message =
    Message::new("BatchEmbedContentsRequest", &[("model", Text), ("requests", List(&Inner(&EMBED)))]);

const TASK: Kind = Enum(
    "TaskType",
    &[
        "TASK_TYPE_UNSPECIFIED",
        "RETRIEVAL_QUERY",
        "RETRIEVAL_DOCUMENT",
        "SEMANTIC_SIMILARITY",
        "CLASSIFICATION",
        "CLUSTERING",
        "QUESTION_ANSWERING",
        "FACT_VERIFICATION",
        "CODE_RETRIEVAL_QUERY",
    ],
);

static CONTENT: Message = Message::new("Content", &[("role", Text), ("parts", List(&Inner(&PART)))]);

/// Of the data, a part has one.
pub const DATA: &[&str] = &[
    "text",
    "inline_data",
    "file_data",
    "function_call",
    "function_response",
    "executable_code",
    "code_execution_result",
    "tool_call",
    "tool_response",
];

static PART: Message = Message::new(
    "Part",
    &[
        ("text", Text),
        ("inline_data", Inner(&BLOB)),
        ("file_data", Inner(&FILE_DATA)),
        ("function_call", Inner(&FUNCTION_CALL)),
        ("function_response", Inner(&FUNCTION_RESPONSE)),
        ("executable_code", Inner(&EXECUTABLE_CODE)),
        ("code_execution_result", Inner(&CODE_EXECUTION_RESULT)),
        ("tool_call", Struct),
        ("tool_response", Struct),
        ("thought", Bool),
        ("thought_signature", Bytes),
        ("video_metadata", Struct),
        ("media_resolution", Inner(&PART_MEDIA_RESOLUTION)),
        ("media_processing", Enum("MediaProcessing", &["MEDIA_PROCESSING_UNSPECIFIED", "STATIC", "AGENTIC"])),
        ("part_metadata", Struct),
        ("audio_transcription", Struct),
        ("speech_metadata", Struct),
        ("document_metadata", Struct),
        ("spreadsheet_metadata", Struct),
        ("audio_metadata", Struct),
    ],
)
.one_of(DATA);

static BLOB: Message =
    Message::new("Blob", &[("mime_type", Text), ("data", Bytes)]).on_vertex(&[("display_name", Text)]);

static FILE_DATA: Message =
    Message::new("FileData", &[("mime_type", Text), ("file_uri", Text)]).on_vertex(&[("display_name", Text)]);

static FUNCTION_CALL: Message = Message::new("FunctionCall", &[("id", Text), ("name", Text), ("args", Struct)])
    .on_vertex(&[("partial_args", Any), ("will_continue", Bool)]);

static FUNCTION_RESPONSE: Message = Message::new(
    "FunctionResponse",
    &[
        ("id", Text),
        ("name", Text),
        ("response", Struct),
        ("parts", List(&Inner(&FUNCTION_RESPONSE_PART))),
        ("will_continue", Bool),
        ("scheduling", Enum("Scheduling", &["SCHEDULING_UNSPECIFIED", "SILENT", "WHEN_IDLE", "INTERRUPT"])),
    ],
);

static FUNCTION_RESPONSE_PART: Message = Message::new(
    "FunctionResponsePart",
    &[
        ("inline_data", Inner(&BLOB)),
        ("media_processing", Text),
        ("media_resolution", Inner(&PART_MEDIA_RESOLUTION)),
        ("video_metadata", Struct),
        ("document_metadata", Struct),
        ("spreadsheet_metadata", Struct),
        ("audio_metadata", Struct),
    ],
)
.on_vertex(&[("file_data", Inner(&FILE_DATA))])
.one_of(&["inline_data", "file_data"]);

static EXECUTABLE_CODE: Message = Message::new(
    "ExecutableCode",
    &[("id", Text), ("language", Enum("Language", &["LANGUAGE_UNSPECIFIED", "PYTHON"])), ("code", Text)],
);

static CODE_EXECUTION_RESULT: Message = Message::new(
    "CodeExecutionResult",
    &[
        ("id", Text),
        (
            "outcome",
            Enum("Outcome", &["OUTCOME_UNSPECIFIED", "OUTCOME_OK", "OUTCOME_FAILED", "OUTCOME_DEADLINE_EXCEEDED"]),
        ),
        ("output", Text),
    ],
);

static PART_MEDIA_RESOLUTION: Message = Message::new(
    "MediaResolution",
    &[
        (
            "level",
            Enum(
                "Level",
                &[
                    "MEDIA_RESOLUTION_UNSPECIFIED",
                    "MEDIA_RESOLUTION_LOW",
                    "MEDIA_RESOLUTION_MEDIUM",
                    "MEDIA_RESOLUTION_HIGH",
                    "MEDIA_RESOLUTION_ULTRA_HIGH",
                ],
            ),
        ),
        ("num_tokens", Int32),
    ],
);

static TOOL: Message = Message::new(
    "Tool",
    &[
        ("function_declarations", List(&Inner(&FUNCTION_DECLARATION))),
        ("google_search", Struct),
        ("google_search_retrieval", Struct),
        ("google_maps", Struct),
        ("code_execution", Struct),
        ("url_context", Struct),
        ("computer_use", Struct),
        ("file_search", Struct),
        ("mcp_servers", List(&Struct)),
    ],
)
.on_vertex(&[
    ("retrieval", Struct),
    ("enterprise_web_search", Struct),
    ("parallel_ai_search", Struct),
    ("exa_ai_search", Struct),
]);

static FUNCTION_DECLARATION: Message = Message::new(
    "FunctionDeclaration",
    &[
        ("name", Text),
        ("description", Text),
        ("behavior", Enum("Behavior", &["UNSPECIFIED", "BLOCKING", "NON_BLOCKING"])),
        ("parameters", Inner(&SCHEMA)),
        ("parameters_json_schema", Any),
        ("response", Inner(&SCHEMA)),
        ("response_json_schema", Any),
    ],
);

/// The types a schema may have.
const TYPES: &[&str] = &["TYPE_UNSPECIFIED", "STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"];

/// The subset of OpenAPI's schemas: no `$ref`, no `const`, no `additionalProperties`, and so on.
static SCHEMA: Message = Message::new(
    "Schema",
    &[
        ("type", Enum("Type", TYPES)),
        ("format", Text),
        ("title", Text),
        ("description", Text),
        ("nullable", Bool),
        ("default", Any),
        ("example", Any),
        ("enum", List(&Text)),
        ("items", Inner(&SCHEMA)),
        ("min_items", Int64),
        ("max_items", Int64),
        ("properties", Map(&Inner(&SCHEMA))),
        ("property_ordering", List(&Text)),
        ("required", List(&Text)),
        ("min_properties", Int64),
        ("max_properties", Int64),
        ("minimum", Float),
        ("maximum", Float),
        ("min_length", Int64),
        ("max_length", Int64),
        ("pattern", Text),
        ("any_of", List(&Inner(&SCHEMA))),
    ],
)
.on_vertex(&[("additional_properties", Any), ("ref", Text), ("defs", Map(&Inner(&SCHEMA)))]);

static TOOL_CONFIG: Message = Message::new(
    "ToolConfig",
    &[
        ("function_calling_config", Inner(&FUNCTION_CALLING_CONFIG)),
        ("retrieval_config", Struct),
        ("include_server_side_tool_invocations", Bool),
    ],
);

static FUNCTION_CALLING_CONFIG: Message = Message::new(
    "FunctionCallingConfig",
    &[
        ("mode", Enum("Mode", &["MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED"])),
        ("allowed_function_names", List(&Text)),
    ],
)
.on_vertex(&[("stream_function_call_arguments", Bool)]);

static SAFETY_SETTING: Message = Message::new(
    "SafetySetting",
    &[
        (
            "category",
            Enum(
                "HarmCategory",
                &[
                    "HARM_CATEGORY_UNSPECIFIED",
                    "HARM_CATEGORY_HARASSMENT",
                    "HARM_CATEGORY_HATE_SPEECH",
                    "HARM_CATEGORY_SEXUALLY_EXPLICIT",
                    "HARM_CATEGORY_DANGEROUS_CONTENT",
                    "HARM_CATEGORY_CIVIC_INTEGRITY",
                    "HARM_CATEGORY_JAILBREAK",
                    "HARM_CATEGORY_IMAGE_HATE",
                    "HARM_CATEGORY_IMAGE_DANGEROUS_CONTENT",
                    "HARM_CATEGORY_IMAGE_HARASSMENT",
                    "HARM_CATEGORY_IMAGE_SEXUALLY_EXPLICIT",
                ],
            ),
        ),
        (
            "threshold",
            Enum(
                "HarmBlockThreshold",
                &[
                    "HARM_BLOCK_THRESHOLD_UNSPECIFIED",
                    "BLOCK_LOW_AND_ABOVE",
                    "BLOCK_MEDIUM_AND_ABOVE",
                    "BLOCK_ONLY_HIGH",
                    "BLOCK_NONE",
                    "OFF",
                ],
            ),
        ),
    ],
)
.on_vertex(&[("method", Enum("HarmBlockMethod", &["HARM_BLOCK_METHOD_UNSPECIFIED", "SEVERITY", "PROBABILITY"]))]);

static GENERATION_CONFIG: Message = Message::new(
    "GenerationConfig",
    &[
        ("temperature", Float),
        ("top_p", Float),
        ("top_k", Int32),
        ("candidate_count", Int32),
        ("max_output_tokens", Int32),
        ("stop_sequences", List(&Text)),
        ("seed", Int32),
        ("presence_penalty", Float),
        ("frequency_penalty", Float),
        ("response_logprobs", Bool),
        ("logprobs", Int32),
        ("response_mime_type", Text),
        ("response_schema", Inner(&SCHEMA)),
        ("response_json_schema", Any),
        ("response_modalities", List(&Enum("Modality", &["MODALITY_UNSPECIFIED", "TEXT", "IMAGE", "AUDIO", "VIDEO"]))),
        (
            "media_resolution",
            Enum(
                "MediaResolution",
                &[
                    "MEDIA_RESOLUTION_UNSPECIFIED",
                    "MEDIA_RESOLUTION_LOW",
                    "MEDIA_RESOLUTION_MEDIUM",
                    "MEDIA_RESOLUTION_HIGH",
                ],
            ),
        ),
        ("speech_config", Struct),
        ("thinking_config", Inner(&THINKING_CONFIG)),
        ("image_config", Struct),
        ("enable_enhanced_civic_answers", Bool),
        ("audio_transcription_config", Struct),
    ],
)
.on_vertex(&[
    ("audio_timestamp", Bool),
    ("enable_affective_dialog", Bool),
    ("model_config", Struct),
    ("routing_config", Struct),
    ("response_format", List(&Struct)),
    ("translation_config", Struct),
]);

static THINKING_CONFIG: Message = Message::new(
    "ThinkingConfig",
    &[
        ("include_thoughts", Bool),
        ("thinking_budget", Int32),
        (
            "thinking_level",
            Enum("ThinkingLevel", &["THINKING_LEVEL_UNSPECIFIED", "MINIMAL", "LOW", "MEDIUM", "HIGH", "XHIGH"]),
        ),
    ],
);
