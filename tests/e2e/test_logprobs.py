"""Log probabilities, asked for by the official SDK of each API that has them, of a provider of each."""

import cohere
import google.genai
import launch
import openai
import pytest

#: What every mock says of the text, token by token: `tests/mock-providers/src/logprobs.rs`.
TEXT = ["Grüße ", "from ", "the ", "antidisestab", "lishment ", "😀"]
MODELS = {"openai": "gpt-4.1", "responses": "gpt-4.1", "gemini": "gemini-2.5-flash", "cohere": "command-a-03-2025"}
WITHOUT = {"anthropic": "claude-sonnet-4-6", "bedrock": "us.anthropic.claude-sonnet-4-5-20250929-v1:0"}


def expected(top):
    """Each token, how likely it was, and the `top` most likely ones in its place."""
    def place(token, logprob):
        return [(token if rank == 0 else f"other{rank}", logprob - rank) for rank in range(top)]

    return [(token, -number / 8, place(token, -number / 8)) for number, token in enumerate(TEXT, 1)]


@pytest.fixture(scope="module")
def every(start):
    everybody = {**MODELS, **WITHOUT}
    key = lambda name: {"env": f"{'OPENAI' if name == 'responses' else name.upper()}_API_KEY"}  # noqa: E731
    cluster = lambda name: "openai" if name == "responses" else name  # noqa: E731
    providers = {name: {"dialect": name, "cluster": cluster(name), "key": key(name)} for name in everybody}
    models = {f"to-{name}": {"targets": [{"provider": name, "model": model}]} for name, model in everybody.items()}
    return start({"providers": providers, "models": models}, base=launch.every_provider)


def of_openai(tokens):
    for token in tokens:
        assert bytes(token.bytes).decode() == token.token
    return [(token.token, token.logprob, [(other.token, other.logprob) for other in token.top_logprobs]) for token in tokens]


class OpenAI:
    def __init__(self, url):
        self.chat = openai.OpenAI(base_url=f"{url}/v1", api_key="the-clients-own", max_retries=0).chat.completions

    def ask(self, model, text, *, top, stream):
        """The text, and its tokens as `expected` has them."""
        request = {"model": model, "messages": [{"role": "user", "content": text}], "logprobs": True, "top_logprobs": top}
        if stream:
            with self.chat.stream(**request) as events:
                choice = events.get_final_completion().choices[0]
        else:
            choice = self.chat.create(**request).choices[0]
        return choice.message.content, choice.logprobs and of_openai(choice.logprobs.content)


class Responses:
    def __init__(self, url):
        self.responses = openai.OpenAI(base_url=f"{url}/v1", api_key="the-clients-own", max_retries=0).responses

    def ask(self, model, text, *, top, stream):
        request = {"model": model, "input": text, "store": False, "top_logprobs": top}
        request["include"] = ["message.output_text.logprobs"]
        if not stream:
            answer = self.responses.create(**request)
        else:
            with self.responses.stream(**request) as events:
                seen = list(events)
            answer = seen[-1].response
            deltas = [event for event in seen if event.type == "response.output_text.delta"]
            told = [(token.token, token.logprob) for event in deltas for token in event.logprobs]
            (done,) = [event for event in seen if event.type == "response.output_text.done"]
            assert told == [(token.token, token.logprob) for token in done.logprobs]
        (part,) = [part for item in answer.output for part in item.content]
        if stream:
            assert told == [(token.token, token.logprob) for token in part.logprobs]
        return part.text, of_openai(part.logprobs)


class Gemini:
    def __init__(self, url):
        options = google.genai.types.HttpOptions(base_url=url)
        # The SDK closes its connections with its client.
        self.client = google.genai.Client(api_key="the-clients-own", http_options=options)

    def ask(self, model, text, *, top, stream):
        config = google.genai.types.GenerateContentConfig(response_logprobs=True, logprobs=top)
        request = {"model": model, "contents": text, "config": config}
        models = self.client.models
        chunks = list(models.generate_content_stream(**request)) if stream else [models.generate_content(**request)]
        said, tokens = "", []
        for chunk in chunks:
            said += chunk.text or ""
            result = chunk.candidates[0].logprobs_result
            if result is not None:
                places = [place.candidates or [] for place in result.top_candidates or []] or [[]] * len(result.chosen_candidates)
                assert len(places) == len(result.chosen_candidates)
                tokens += [
                    (token.token, token.log_probability, [(other.token, other.log_probability) for other in place])
                    for token, place in zip(result.chosen_candidates, places)
                ]
        return said, tokens


class Cohere:
    def __init__(self, url):
        self.client = cohere.ClientV2(api_key="the-clients-own", base_url=url)

    def ask(self, model, text, *, top, stream):
        """This API has no other tokens."""
        request = {"model": model, "messages": [{"role": "user", "content": text}], "logprobs": True}
        if stream:
            deltas = [event for event in self.client.chat_stream(**request) if event.type == "content-delta"]
            said = "".join(event.delta.message.content.text for event in deltas)
            pieces = [event.logprobs for event in deltas if event.logprobs]
        else:
            answer = self.client.chat(**request)
            said, pieces = answer.message.content[0].text, answer.logprobs or []
        for piece in pieces:
            assert len(piece.logprobs) == 1
        return said, [(piece.text, piece.logprobs[0], []) for piece in pieces]


SDKS = {"openai": OpenAI, "responses": Responses, "gemini": Gemini, "cohere": Cohere}
every_client = pytest.mark.parametrize("client", SDKS)
whole_and_streamed = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])


def asked(text):
    return f"Hello [[mock: text={text.replace(' ', '+')}]]"


@every_client
@pytest.mark.parametrize("provider", MODELS)
@whole_and_streamed
@pytest.mark.parametrize("top", [0, 3])
def test_tokens_are_those_of_the_text_and_as_likely_as_the_provider_says(every, client, provider, stream, top):
    said, tokens = SDKS[client](every.url).ask(f"to-{provider}", asked("".join(TEXT)), top=top, stream=stream)
    assert said == "".join(TEXT) == "".join(token for token, *_ in tokens)
    assert tokens == expected(0 if "cohere" in (client, provider) else top)


@every_client
@pytest.mark.parametrize("provider", WITHOUT)
@whole_and_streamed
def test_a_provider_without_them_answers_without(every, client, provider, stream):
    said, tokens = SDKS[client](every.url).ask(f"to-{provider}", asked("Hello there"), top=0, stream=stream)
    assert (said, tokens or []) == ("Hello there", [])


@pytest.mark.parametrize("provider, dropped", [
    *[(provider, None) for provider in ("openai", "responses", "gemini")],
    ("cohere", "top_logprobs"), ("anthropic", "logprobs"), ("bedrock", "logprobs"),
])
def test_what_a_provider_cannot_be_asked_is_reported(every, provider, dropped):
    answer = every.chat(model=f"to-{provider}", logprobs=True, top_logprobs=2)
    assert answer.headers.get("x-tollgate-dropped") == dropped
