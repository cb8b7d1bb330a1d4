//! What is known of each server that speaks OpenAI's dialect.
//!
//! | server | output cap | unknown members | leaves out, or is told otherwise |
//! | --- | --- | --- | --- |
//! | vLLM | either name | ignored | what OpenAI keeps for itself (users, storage, tiers, caches) |
//! | Ollama | `max_tokens` | ignored | the same, and `n`, `logit_bias`, any choice of tool |
//! | Groq | either name | refused | `n`, log probabilities, penalties; thoughts |
//! | Mistral | `max_tokens` | refused | `stream_options`; `seed` is `random_seed`; call ids have 9 characters |
//! | `DeepSeek` | `max_tokens` | ignored | `seed`, JSON schemas; thinks, unless told not to |
//! | Together | `max_tokens` | passed on | texts are one string; `reasoning.enabled`; `logprobs` is a number |
//! | Fireworks | `max_tokens` | refused | `name` |
//! | `OpenRouter` | either name | passed on | `n` |
//! | xAI | `max_completion_tokens` | passed on | penalties, thoughts |

use super::servers::{OPENAI, Off, Only, Server, Word};

/// Members that servers do not read which neither keep accounts of their users nor answers for later.
const OPENAIS_OWN: &[&str] = &[
    "user",
    "metadata",
    "store",
    "service_tier",
    "verbosity",
    "prompt_cache_key",
    "safety_identifier",
    "modalities",
    "audio",
    "prediction",
    "web_search_options",
];

/// Where the steps of effort are `low`, `medium` and `high`.
const LOW_TO_HIGH: &[Word] = &[
    ("reasoning_effort", "minimal", Some("low")),
    ("reasoning_effort", "xhigh", Some("high")),
    ("reasoning_effort", "max", Some("high")),
];

/// Tiers that only OpenAI has.
const TIERS: &[Word] = &[
    ("service_tier", "default", None),
    ("service_tier", "priority", None),
    ("service_tier", "fast", None),
    ("service_tier", "scale", None),
];

/// `ChatCompletionRequest` in `vllm/entrypoints/openai/chat_completion/protocol.py` allows any member and reads
/// none of these. `developer` depends on the model's template, `system` does not
/// (<https://github.com/vllm-project/vllm/issues/43590>). Newer versions call thoughts `reasoning` and take
/// both names. Effort, `none` too, is told to any model's template
/// (<https://github.com/vllm-project/vllm/pull/43401>).
pub(super) const VLLM: Server = Server {
    name: "vllm",
    developer_role: false,
    lacks: &[OPENAIS_OWN],
    thoughts: Some("reasoning_content"),
    off: Off::Effort,
    ..OPENAI
};

/// `ChatCompletionRequest` in `openai/openai.go` is all that is read
/// (<https://docs.ollama.com/api/openai-compatibility>). The newer cap does nothing
/// (<https://github.com/ollama/ollama/issues/7125>), and neither does the choice of tool
/// (<https://github.com/ollama/ollama/issues/11171>). A tool result in parts loses its call.
pub(super) const OLLAMA: Server = Server {
    name: "ollama",
    cap: Some("max_tokens"),
    developer_role: false,
    lacks: &[OPENAIS_OWN, &["n", "logit_bias", "parallel_tool_calls"]],
    words: &[&[("reasoning_effort", "minimal", Some("low")), ("reasoning_effort", "xhigh", Some("high"))]],
    tool_choice: false,
    thoughts: Some("reasoning"),
    joins_texts: true,
    off: Off::Effort,
    ..OPENAI
};

/// The official SDK's `completion_create_params.py`, without what <https://console.groq.com/docs/openai> says
/// is refused (`n`, `logprobs`, `logit_bias`, `messages[].name`) or not supported (penalties, `metadata`,
/// `store`). Thoughts were refused in messages for long and are not worth an error. Effort:
/// <https://console.groq.com/docs/reasoning>.
pub(super) const GROQ: Server = Server {
    name: "groq",
    base_path: Some("/openai/v1"),
    developer_role: false,
    only: Some(Only {
        request: &[
            "model",
            "messages",
            "stream",
            "stream_options",
            "max_tokens",
            "max_completion_tokens",
            "temperature",
            "top_p",
            "seed",
            "stop",
            "tools",
            "tool_choice",
            "parallel_tool_calls",
            "functions",
            "function_call",
            "response_format",
            "reasoning_effort",
            "reasoning_format",
            "include_reasoning",
            "service_tier",
            "user",
            "citation_options",
            "compound_custom",
            "disable_tool_validation",
            "documents",
            "exclude_domains",
            "include_domains",
            "search_settings",
        ],
        message: &["role", "content", "tool_calls", "tool_call_id"],
    }),
    words: &[LOW_TO_HIGH, TIERS],
    off: Off::EffortOf(&["qwen3"]),
    ..OPENAI
};

/// `ChatCompletionRequest` and the messages of the official SDK; whatever else is said is answered with 422
/// (<https://github.com/BerriAI/litellm/issues/30882>), `stream_options` too: usage comes unasked. Ids of calls
/// are exactly nine letters and digits. Thoughts come and go as parts of the content there, which OpenAI's
/// messages have no place for. Effort: <https://docs.mistral.ai/inference/conversations/reasoning>.
pub(super) const MISTRAL: Server = Server {
    name: "mistral",
    cap: Some("max_tokens"),
    developer_role: false,
    stream_options: false,
    only: Some(Only {
        request: &[
            "model",
            "messages",
            "stream",
            "max_tokens",
            "min_tokens",
            "temperature",
            "top_p",
            "top_k",
            "presence_penalty",
            "frequency_penalty",
            "repetition_penalty",
            "random_seed",
            "stop",
            "n",
            "tools",
            "tool_choice",
            "parallel_tool_calls",
            "response_format",
            "prediction",
            "logprobs",
            "top_logprobs",
            "prompt_logprobs",
            "top_prompt_logprobs",
            "reasoning_effort",
            "prompt_mode",
            "prompt_cache_key",
            "service_tier",
            "metadata",
            "guardrails",
            "safe_prompt",
        ],
        message: &["role", "content", "tool_calls", "tool_call_id", "prefix"],
    }),
    renames: &[("seed", "random_seed")],
    words: &[TIERS, &[("service_tier", "flex", None)]],
    short_call_ids: true,
    off: Off::EffortOf(&["mistral-small-2603", "mistral-small-latest", "mistral-medium-3-5"]),
    ..OPENAI
};

/// <https://api-docs.deepseek.com/guides/thinking_mode>. The newer cap does nothing, and neither do other
/// unknown members (measured in <https://github.com/earendil-works/pi/issues/8018>); a JSON schema is answered with
/// "This `response_format` type is unavailable now".
pub(super) const DEEPSEEK: Server = Server {
    name: "deepseek",
    base_path: Some(""),
    cap: Some("max_tokens"),
    developer_role: false,
    lacks: &[OPENAIS_OWN, &["seed", "logit_bias"]],
    json_schema: false,
    thoughts: Some("reasoning_content"),
    off: Off::Needed("thinking", "{\"type\":\"disabled\"}"),
    joins_texts: true,
    ..OPENAI
};

/// The official SDK's `types/chat`: contents are strings except the user's.
/// <https://docs.together.ai/docs/inference/openai-compatibility>. `logprobs`: <https://docs.together.ai/docs/logprobs>;
/// `true` is refused (<https://github.com/UKGovernmentBEIS/inspect_ai/pull/1613>).
pub(super) const TOGETHER: Server = Server {
    name: "together",
    cap: Some("max_tokens"),
    developer_role: false,
    words: &[LOW_TO_HIGH],
    thoughts: Some("reasoning_content"),
    counts_logprobs: true,
    off: Off::Member("reasoning", "{\"enabled\":false}"),
    joins_texts: true,
    ..OPENAI
};

/// The official SDK's `completion_create_params.py` and `chat_message.py`; whatever else is said is answered
/// with 400, and so are both names of the cap together
/// (<https://docs.fireworks.ai/tools-sdks/openai-compatibility>).
pub(super) const FIREWORKS: Server = Server {
    name: "fireworks",
    base_path: Some("/inference/v1"),
    cap: Some("max_tokens"),
    developer_role: false,
    only: Some(Only {
        request: &[
            "model",
            "messages",
            "stream",
            "stream_options",
            "max_tokens",
            "temperature",
            "top_p",
            "top_k",
            "min_p",
            "typical_p",
            "frequency_penalty",
            "presence_penalty",
            "repetition_penalty",
            "mirostat_lr",
            "mirostat_target",
            "seed",
            "stop",
            "n",
            "tools",
            "tool_choice",
            "parallel_tool_calls",
            "functions",
            "function_call",
            "response_format",
            "prediction",
            "speculation",
            "logit_bias",
            "logprobs",
            "top_logprobs",
            "reasoning_effort",
            "reasoning_history",
            "thinking",
            "prompt_cache_key",
            "prompt_cache_isolation_key",
            "prompt_truncate_len",
            "context_length_exceeded_behavior",
            "service_tier",
            "user",
            "metadata",
            "echo",
            "echo_last",
            "ignore_eos",
            "perf_metrics_in_response",
            "raw_output",
            "return_token_ids",
            "safe_tokenization",
        ],
        message: &["role", "content", "tool_calls", "tool_call_id", "reasoning_content"],
    }),
    words: &[LOW_TO_HIGH],
    thoughts: Some("reasoning_content"),
    ..OPENAI
};

/// `ChatRequest` of the official SDK has no `n`; all else is OpenAI's, with more words. Effort is taken for any model
/// (<https://openrouter.ai/docs/guides/best-practices/reasoning-tokens>).
pub(super) const OPENROUTER: Server = Server {
    name: "openrouter",
    base_path: Some("/api/v1"),
    lacks: &[&["n"]],
    thoughts: Some("reasoning"),
    off: Off::Effort,
    ..OPENAI
};

/// Penalties are refused by every model there is, even 0; the older cap is not respected
/// (<https://github.com/vercel/ai/issues/11202>). Effort: <https://docs.x.ai/docs/guides/reasoning>.
pub(super) const XAI: Server = Server {
    name: "xai",
    cap: Some("max_completion_tokens"),
    developer_role: false,
    lacks: &[&["frequency_penalty", "presence_penalty", "web_search_options", "store", "metadata"]],
    words: &[&[("reasoning_effort", "minimal", Some("low")), ("reasoning_effort", "max", Some("high"))]],
    off: Off::EffortOf(&["grok-4.3"]),
    ..OPENAI
};
