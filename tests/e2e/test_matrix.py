"""Every official SDK against a provider of every dialect: plain, streamed, with tools, and when things go wrong."""

import launch
import pytest
import sdks

#: A provider of each dialect: its greeting, and a model of it that reasons.
PROVIDERS = {
    "openai": ("Hello from OpenAI.", "gpt-5.4"),
    "responses": ("Hello from OpenAI.", "gpt-5.4"),
    "anthropic": ("Hello from Anthropic.", "claude-sonnet-4-6"),
    "gemini": ("Hello from Gemini.", "gemini-3-pro-preview"),
    "bedrock": ("Hello from Bedrock.", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    "cohere": ("Hello from Cohere.", "command-a-reasoning-08-2025"),
}
KEYS = {"responses": "OPENAI_API_KEY"}


@pytest.fixture(scope="module")
def every(start):
    """A gateway with a provider of each dialect; the model `to-DIALECT` leads there."""
    providers = {
        name: {"dialect": name, "cluster": "openai" if name == "responses" else name, "key": {"env": KEYS.get(name, f"{name.upper()}_API_KEY")}}
        for name in PROVIDERS
    }
    models = {f"to-{name}": {"targets": [{"provider": name, "model": model}]} for name, (_, model) in PROVIDERS.items()}
    return start({"providers": providers, "models": models}, base=launch.every_provider)


@pytest.fixture(params=sdks.SDKS)
def sdk(request, every):
    return sdks.SDKS[request.param](every.url)


every_provider = pytest.mark.parametrize("provider", PROVIDERS)
whole_and_streamed = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])


@every_provider
@whole_and_streamed
def test_text_and_usage(sdk, provider, stream):
    greeting, _ = PROVIDERS[provider]
    said = sdk.ask(f"to-{provider}", sdk.user("Hello [[mock: input=123,output=45]]"), stream=stream)
    assert (said.text, said.finish, said.calls) == (greeting, "stop", [])
    assert (said.input, said.output) == (123, 45)


@every_provider
@whole_and_streamed
def test_a_round_trip_with_two_calls_at_once(sdk, provider, stream):
    model = f"to-{provider}"
    turns = sdk.user("Paris and Oslo? [[mock: tools=2]]")
    said = sdk.ask(model, turns, tools=True, stream=stream)
    assert said.finish == "tools"
    assert [call[1:] for call in said.calls] == [("weather", {"city": "Paris"}), ("time", {"city": "Oslo"})]
    assert len({call[0] for call in said.calls}) == 2
    turns = [*sdk.user("Paris and Oslo?"), *said.turn, *sdk.results(said.calls, ["sunny", "noon"])]
    said = sdk.ask(model, turns, tools=True, stream=stream)
    assert (said.text, said.finish) == ("The tool said: sunny | noon", "stop")


@every_provider
@whole_and_streamed
def test_a_call_without_arguments(sdk, provider, stream):
    said = sdk.ask(f"to-{provider}", sdk.user("When? [[mock: tools_empty]]"), tools=True, stream=stream)
    assert [call[1:] for call in said.calls] == [("weather", {})]


@every_provider
@whole_and_streamed
def test_thoughts_and_tools_go_on(sdk, provider, stream):
    """Thoughts come as thoughts, and with their proofs they go back to the provider that had them."""
    model = f"to-{provider}"
    # OpenAI's own Chat Completions neither shows thoughts nor takes them back.
    wishes = "tools=1" if provider == "openai" and type(sdk) is sdks.OpenAI else "thinking,tools=1"
    said = sdk.ask(model, sdk.user(f"Paris? [[mock: {wishes}]]"), tools=True, stream=stream)
    assert "step by step" not in said.text
    turns = [*sdk.user("Paris?"), *said.turn, *sdk.results(said.calls, ["sunny"])]
    assert sdk.ask(model, turns, tools=True, stream=stream).text == "The tool said: sunny"


@every_provider
@whole_and_streamed
def test_an_answer_that_is_cut_by_the_cap(sdk, provider, stream):
    finish = {"openai": "length", "responses": "max_output_tokens", "anthropic": "max_tokens", "gemini": "MAX_TOKENS", "bedrock": "max_tokens", "cohere": "MAX_TOKENS"}
    said = sdk.ask(f"to-{provider}", sdk.user(f"Hello [[mock: finish={finish[provider]}]]"), stream=stream)
    assert said.finish == "length"


@every_provider
@whole_and_streamed
@pytest.mark.parametrize("status", [400, 403, 404, 429, 500])
def test_a_providers_error_is_the_sdks_own_class(sdk, provider, stream, status):
    ask = lambda: sdk.ask(f"to-{provider}", sdk.user(f"Hello [[mock: error={status}]]"), stream=stream)  # noqa: E731
    name, told, message = sdk.failure(ask)
    assert (name, told) == (sdk.errors[status], status)
    assert message


@every_provider
@pytest.mark.parametrize("client", launch.CHAT_PATHS)
def test_when_to_come_back_is_said_in_the_header_that_sdks_read(every, client, provider):
    """Google says it in the body only."""
    content = "Hello [[mock: error=429,retry_after=7]]"
    body = {
        "gemini": {"contents": [{"parts": [{"text": content}]}]},
        "bedrock": {"messages": [{"role": "user", "content": [{"text": content}]}]},
        "responses": {"input": content},
        "anthropic": {"messages": [{"role": "user", "content": content}], "max_tokens": 100},
    }.get(client, {"messages": [{"role": "user", "content": content}]})
    model = f"to-{provider}"
    path = launch.CHAT_PATHS[client].format(model=model)
    answer = every.post(path, body if "model" in path else {**body, "model": model})
    assert answer.status_code == 429
    assert answer.headers.get("retry-after") == "7"


@every_provider
@pytest.mark.parametrize("wish", ["error_midstream", "cut=clean"])
def test_a_stream_that_breaks_does_not_look_finished(sdk, provider, wish):
    with pytest.raises(sdk.broken):
        sdk.ask(f"to-{provider}", sdk.user(f"Hello [[mock: words=40,{wish}]]"), stream=True)
