"""The official SDKs of both APIs, each against providers of both dialects."""

import json

import anthropic
import openai
import pytest

PROVIDERS = [("gpt-4.1", "Hello from OpenAI."), ("claude-sonnet-4-6", "Hello from Anthropic.")]
MODELS = [model for model, _ in PROVIDERS]
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


def mock(scenario):
    return {"x-mock": scenario}


@pytest.fixture(scope="module")
def openai_client(gateway):
    with openai.OpenAI(base_url=f"{gateway.url}/v1", api_key="the-clients-own", max_retries=0) as client:
        yield client


@pytest.fixture(scope="module")
def anthropic_client(gateway):
    with anthropic.Anthropic(base_url=gateway.url, api_key="the-clients-own", max_retries=0) as client:
        yield client


USER = [{"role": "user", "content": "Hello"}]


class TestOpenAI:
    """`openai` from PyPI."""

    @pytest.mark.parametrize("model, text", PROVIDERS)
    def test_plain(self, openai_client, model, text):
        answer = openai_client.chat.completions.create(
            model=model, messages=USER, extra_headers=mock("input=123,output=45,cached=10,cache_write=5,reasoning=7")
        )
        assert answer.choices[0].message.content == text
        assert answer.choices[0].finish_reason == "stop"
        usage = answer.usage
        assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (123, 45, 168)
        assert (usage.prompt_tokens_details.cached_tokens, usage.prompt_tokens_details.cache_write_tokens) == (10, 5)
        assert usage.completion_tokens_details.reasoning_tokens == 7
        assert answer._request_id.startswith("req_")

    @pytest.mark.parametrize("model, text", PROVIDERS)
    @pytest.mark.parametrize("include_usage", [True, False])
    def test_streamed(self, openai_client, model, text, include_usage):
        options = {"stream_options": {"include_usage": True}} if include_usage else {}
        stream = openai_client.chat.completions.create(
            model=model, messages=USER, stream=True, extra_headers=mock("input=20,output=6"), **options
        )
        chunks = list(stream)
        assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == text
        assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
        usages = [chunk.usage.total_tokens for chunk in chunks if chunk.usage]
        assert usages == ([26] if include_usage else [])
        assert all(chunk.choices for chunk in chunks) != include_usage

    @pytest.mark.parametrize("model", MODELS)
    @pytest.mark.parametrize("stream", [False, True])
    def test_a_round_trip_with_two_tools(self, openai_client, model, stream):
        tools = [
            {"type": "function", "function": {"name": name, "description": "Looks it up.", "parameters": SCHEMA}}
            for name in ("weather", "time")
        ]
        messages = [{"role": "user", "content": "Paris and Oslo?"}]
        request = {"model": model, "tools": tools, "stream": stream}
        answer = openai_client.chat.completions.create(messages=messages, extra_headers=mock("tools=2"), **request)
        calls = self.join(answer) if stream else [
            (call.id, call.function.name, call.function.arguments) for call in answer.choices[0].message.tool_calls
        ]
        assert [(name, json.loads(arguments)) for _, name, arguments in calls] == [
            ("weather", {"city": "Paris"}), ("time", {"city": "Oslo"}),
        ]
        assert len({call_id for call_id, _, _ in calls}) == 2
        messages.append({"role": "assistant", "tool_calls": [
            {"id": i, "type": "function", "function": {"name": n, "arguments": a}} for i, n, a in calls
        ]})
        messages += [{"role": "tool", "tool_call_id": i, "content": f"result of {n}"} for i, n, _ in calls]
        request["stream"] = False
        answer = openai_client.chat.completions.create(messages=messages, **request)
        assert answer.choices[0].message.content == "The tool said: result of weather | result of time"

    @staticmethod
    def join(stream):
        calls = {}
        for chunk in stream:
            for delta in chunk.choices[0].delta.tool_calls or [] if chunk.choices else []:
                call = calls.setdefault(delta.index, ["", "", ""])
                call[0] += delta.id or ""
                call[1] += delta.function.name or ""
                call[2] += delta.function.arguments or ""
        return [tuple(calls[index]) for index in sorted(calls)]

    @pytest.mark.parametrize("model", MODELS)
    @pytest.mark.parametrize("status, error", [
        (400, openai.BadRequestError), (401, openai.AuthenticationError), (403, openai.PermissionDeniedError),
        (404, openai.NotFoundError), (429, openai.RateLimitError), (500, openai.InternalServerError),
        (503, openai.InternalServerError), (529, openai.InternalServerError),
    ])
    def test_a_providers_error_is_the_sdks_own_class(self, openai_client, model, status, error):
        with pytest.raises(error) as raised:
            openai_client.chat.completions.create(model=model, messages=USER, extra_headers=mock(f"error={status}"))
        assert raised.value.status_code == status
        assert raised.value.body["message"]
        if status == 429:
            assert raised.value.response.headers["retry-after"] == "7"

    @pytest.mark.parametrize("model", MODELS)
    def test_an_error_in_the_middle_of_a_stream(self, openai_client, model):
        stream = openai_client.chat.completions.create(
            model=model, messages=USER, stream=True, extra_headers=mock("error_midstream")
        )
        with pytest.raises(openai.APIError):
            list(stream)

    @pytest.mark.parametrize("model", MODELS)
    def test_a_refusal_is_no_text(self, openai_client, model):
        message = openai_client.chat.completions.create(
            model=model, messages=USER, extra_headers=mock("refusal")
        ).choices[0].message
        assert message.content is None
        assert message.refusal == "I can't help with that."

    def test_models(self, openai_client):
        assert [model.id for model in openai_client.models.list()] == ["assistant", "helper"]


class TestAnthropic:
    """`anthropic` from PyPI, which sends its key as a bearer token and asks for the newest API version."""

    @pytest.mark.parametrize("model, text", PROVIDERS)
    def test_plain(self, anthropic_client, model, text):
        answer = anthropic_client.messages.create(
            model=model, max_tokens=100, messages=USER, system="Be brief.",
            extra_headers=mock("input=123,output=45,cached=10,cache_write=5,reasoning=7"),
        )
        assert (answer.content[0].text, answer.stop_reason) == (text, "end_turn")
        usage = answer.usage
        assert (usage.input_tokens, usage.cache_read_input_tokens, usage.cache_creation_input_tokens) == (108, 10, 5)
        assert (usage.output_tokens, usage.output_tokens_details.thinking_tokens) == (45, 7)
        assert answer._request_id.startswith("req_")

    @pytest.mark.parametrize("model, text", PROVIDERS)
    def test_streamed(self, anthropic_client, model, text):
        with anthropic_client.messages.stream(
            model=model, max_tokens=100, messages=USER, extra_headers=mock("input=20,output=6,cached=4")
        ) as stream:
            assert "".join(stream.text_stream) == text
            message = stream.get_final_message()
        assert (message.usage.input_tokens, message.usage.cache_read_input_tokens) == (16, 4)
        assert message.usage.output_tokens == 6

    @pytest.mark.parametrize("model", MODELS)
    @pytest.mark.parametrize("scenario, arguments", [("tools=2", [{"city": "Paris"}, {"city": "Oslo"}]), ("tools_empty", [{}])])
    @pytest.mark.parametrize("stream", [False, True])
    def test_a_round_trip_with_tools(self, anthropic_client, model, scenario, arguments, stream):
        tools = [{"name": name, "input_schema": SCHEMA} for name in ("weather", "time")]
        messages = [{"role": "user", "content": "Paris and Oslo?"}]
        request = {"model": model, "max_tokens": 100, "tools": tools}
        if stream:
            with anthropic_client.messages.stream(messages=messages, extra_headers=mock(scenario), **request) as events:
                answer = events.get_final_message()
        else:
            answer = anthropic_client.messages.create(messages=messages, extra_headers=mock(scenario), **request)
        calls = [block for block in answer.content if block.type == "tool_use"]
        assert answer.stop_reason == "tool_use"
        assert [call.input for call in calls] == arguments
        results = [{"type": "tool_result", "tool_use_id": call.id, "content": f"result {n}"} for n, call in enumerate(calls)]
        messages += [answer.to_param(), {"role": "user", "content": results}]
        answer = anthropic_client.messages.create(messages=messages, **request)
        expected = " | ".join(f"result {n}" for n in range(len(calls)))
        assert answer.content[0].text == f"The tool said: {expected}"

    @pytest.mark.parametrize("stream", [False, True])
    def test_signed_thoughts_and_tools(self, anthropic_client, stream):
        """Thoughts must come back with their signature, or the provider refuses the next turn."""
        tools = [{"name": "weather", "input_schema": SCHEMA}]
        messages = [{"role": "user", "content": "Paris?"}]
        thinking = {"type": "enabled", "budget_tokens": 1024}
        request = {"model": "claude-sonnet-4-6", "max_tokens": 3000, "tools": tools, "thinking": thinking}
        headers = mock("thinking,tools=1")
        if stream:
            with anthropic_client.messages.stream(messages=messages, extra_headers=headers, **request) as events:
                answer = events.get_final_message()
        else:
            answer = anthropic_client.messages.create(messages=messages, extra_headers=headers, **request)
        assert [block.type for block in answer.content][0] == "thinking"
        call = answer.content[-1]
        result = [{"type": "tool_result", "tool_use_id": call.id, "content": "18"}]
        messages += [answer.to_param(), {"role": "user", "content": result}]
        answer = anthropic_client.messages.create(messages=messages, **request)
        assert answer.content[-1].text == "The tool said: 18"

    @pytest.mark.parametrize("model", MODELS)
    @pytest.mark.parametrize("status, error", [
        (400, anthropic.BadRequestError), (401, anthropic.AuthenticationError), (403, anthropic.PermissionDeniedError),
        (404, anthropic.NotFoundError), (429, anthropic.RateLimitError), (500, anthropic.InternalServerError),
        (529, anthropic.InternalServerError),
    ])
    def test_a_providers_error_is_the_sdks_own_class(self, anthropic_client, model, status, error):
        with pytest.raises(error) as raised:
            anthropic_client.messages.create(
                model=model, max_tokens=9, messages=USER, extra_headers=mock(f"error={status}")
            )
        assert raised.value.status_code == status
        assert raised.value.type and raised.value.api_message
        if status == 429:
            assert raised.value.response.headers["retry-after"] == "7"

    @pytest.mark.parametrize("model", MODELS)
    def test_an_error_in_the_middle_of_a_stream(self, anthropic_client, model):
        with pytest.raises(anthropic.APIStatusError):
            with anthropic_client.messages.stream(
                model=model, max_tokens=9, messages=USER, extra_headers=mock("error_midstream")
            ) as stream:
                stream.get_final_message()

    @pytest.mark.parametrize("model", MODELS)
    def test_a_refusal_is_no_text(self, anthropic_client, model):
        answer = anthropic_client.messages.create(model=model, max_tokens=9, messages=USER, extra_headers=mock("refusal"))
        assert (answer.content, answer.stop_reason) == ([], "refusal")
        assert answer.stop_details.explanation == "I can't help with that."

    def test_models(self, anthropic_client):
        assert [model.id for model in anthropic_client.models.list()] == ["assistant", "helper"]


def test_thoughts_for_an_openai_client_can_be_sent_back(openai_client):
    """The client sends the message back as it got it, with the fields its SDK does not know."""
    tools = [{"type": "function", "function": {"name": "weather", "parameters": SCHEMA}}]
    messages = [{"role": "user", "content": "Paris?"}]
    request = {"model": "claude-sonnet-4-6", "tools": tools, "reasoning_effort": "low"}
    answer = openai_client.chat.completions.create(messages=messages, extra_headers=mock("thinking,tools=1"), **request)
    message = answer.choices[0].message
    assert message.reasoning_content
    messages += [
        message.model_dump(exclude_none=True),
        {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "18"},
    ]
    answer = openai_client.chat.completions.create(messages=messages, **request)
    assert answer.choices[0].message.content == "The tool said: 18"
