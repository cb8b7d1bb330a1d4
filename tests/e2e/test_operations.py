"""What there is beside chat, through the official SDKs: embeddings, reranking, completions, images, audio, counting."""

import json
import urllib.parse

import anthropic
import cohere
import google.genai
import httpx
import launch
import openai
import pytest

TITAN = "amazon.titan-embed-text-v2:0"
#: The provider and the model behind each name that a client may ask for.
MODELS = {
    "embed-openai": ("openai", "text-embedding-3-small"),
    "embed-cohere": ("cohere", "embed-v4.0"),
    # Google's SDK takes several contents for one, if a name with gemini in it is not one that it knows.
    "embed-google": ("gemini", "gemini-embedding-001"),
    "embed-titan": ("bedrock", TITAN),
    "embed-bedrock": ("bedrock", "cohere.embed-multilingual-v3"),
    "embed-azure": ("azure", "text-embedding-3-small"),
    "rank-openai": ("openai", "bge-reranker"),
    "rank-cohere": ("cohere", "rerank-v4.0-pro"),
    "old": ("openai", "gpt-3.5-turbo-instruct"),
    "draw": ("openai", "gpt-image-2"),
    "draw-gemini": ("gemini", "gemini-3-pro-image"),
    "listen": ("openai", "gpt-4o-transcribe"),
    "speak": ("openai", "gpt-4o-mini-tts"),
    "claude": ("anthropic", "claude-sonnet-4-6"),
    "gpt": ("openai", "gpt-5.4"),
    "gemini": ("gemini", "gemini-2.5-flash"),
    "command": ("cohere", "command-a-03-2025"),
}
LIMIT = {"name": "tpm", "per": ["model"], "tokens": 100000, "window": "1m"}


@pytest.fixture(scope="module")
def every(start):
    key = lambda name: {"env": f"{name.upper()}_API_KEY"}  # noqa: E731
    names = ("openai", "anthropic", "gemini", "bedrock", "cohere")
    providers = {name: {"dialect": name, "cluster": name, "key": key(name)} for name in names}
    platform = {"azure": {"api_version": "2025-04-01-preview"}}
    providers["azure"] = {"dialect": "openai", "platform": platform, "cluster": "azure", "key": key("azure")}
    models = {name: {"targets": [{"provider": provider, "model": model}]} for name, (provider, model) in MODELS.items()}
    return start({"providers": providers, "models": models, "limits": [LIMIT]}, base=launch.every_provider)


@pytest.fixture
def openai_sdk(every):
    return openai.OpenAI(base_url=f"{every.url}/v1", api_key="the-clients-own", max_retries=0)


@pytest.fixture
def cohere_sdk(every):
    return cohere.ClientV2(api_key="the-clients-own", base_url=every.url)


@pytest.fixture
def google_sdk(every):
    options = google.genai.types.HttpOptions(base_url=every.url)
    return google.genai.Client(api_key="the-clients-own", http_options=options)


def received(every, provider, text):
    """The request that holds `text`, its body as it came."""
    query = urllib.parse.urlencode({"contains": text})
    (request,) = httpx.get(f"http://{every.mocks.addresses[provider]}/__mock/requests?{query}").json()
    return request


many = pytest.mark.parametrize("model", ["embed-openai", "embed-azure", "embed-cohere", "embed-google", "embed-bedrock"])


@many
def test_openais_sdk_embeds_anywhere(openai_sdk, unique, model):
    # The SDK asks for base64 and reads it; with an encoding of its own it reads what it is given.
    default = openai_sdk.embeddings.create(model=model, input=[unique, "two"])
    floats = openai_sdk.embeddings.create(model=model, input=[unique, "two"], encoding_format="float")
    assert [item.index for item in default.data] == [0, 1]
    assert len(default.data[0].embedding) > 4
    for one, other in zip(default.data, floats.data):
        assert one.embedding == pytest.approx(other.embedding, rel=1e-6)
    assert default.data[0].embedding != default.data[1].embedding
    assert default.usage.prompt_tokens == default.usage.total_tokens > 0
    assert default.model == MODELS[model][1]


def test_titan_embeds_one_input(openai_sdk, unique):
    answer = openai_sdk.embeddings.create(model="embed-titan", input=unique, dimensions=256)
    assert len(answer.data) == 1 and len(answer.data[0].embedding) == 256
    with pytest.raises(openai.BadRequestError, match="one input in a request"):
        openai_sdk.embeddings.create(model="embed-titan", input=[unique, "two"])


@many
def test_coheres_sdk_embeds_anywhere(cohere_sdk, unique, model):
    answer = cohere_sdk.embed(
        model=model, texts=[unique, "two"], input_type="search_query", embedding_types=["float"], truncate="NONE"
    )
    assert len(answer.embeddings.float_) == 2 and len(answer.embeddings.float_[0]) > 4
    assert answer.meta.billed_units.input_tokens > 0


@many
def test_googles_sdk_embeds_anywhere(google_sdk, unique, model):
    config = {"task_type": "RETRIEVAL_DOCUMENT"}
    answer = google_sdk.models.embed_content(model=model, contents=[unique, "two"], config=config)
    assert len(answer.embeddings) == 2 and len(answer.embeddings[0].values) > 4


def test_what_embeddings_lose_is_reported(every, unique):
    body = {"model": "embed-google", "input": unique, "user": "u"}
    assert every.post("/v1/embeddings", body).headers["x-tollgate-dropped"] == "user"
    body = {"model": "embed-cohere", "input": [[1, 2, 3]]}
    answer = every.post("/v1/embeddings", body)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "input")


def test_embeddings_reserve_no_output(start, unique):
    """A limit that assumes an output lets an embedding through that has none, and settles to what it took."""
    limit = {**LIMIT, "tokens": 100, "assume_output": 90}
    model = {"targets": [{"provider": "openai", "model": "text-embedding-3-small"}]}
    providers = {"openai": {"dialect": "openai", "cluster": "openai", "key": {"env": "OPENAI_API_KEY"}}}
    gateway = start({"providers": providers, "models": {"e": model}, "limits": [limit]})
    remaining = []
    for _ in range(2):
        answer = gateway.post("/v1/embeddings", {"model": "e", "input": "one two three"})
        assert answer.status_code == 200, answer.text
        remaining.append(int(answer.headers["x-ratelimit-remaining-tokens"]))
    assert 90 < remaining[1] <= remaining[0] <= 97


@pytest.mark.parametrize("model", ["rank-openai", "rank-cohere"])
def test_documents_are_ranked_anywhere(every, cohere_sdk, unique, model):
    documents = ["Berlin", "Paris is the capital of France.", "A capital"]
    query = f"capital of France {unique}"
    answer = cohere_sdk.rerank(model=model, query=query, documents=documents, top_n=2)
    assert [result.index for result in answer.results] == [1, 2]
    assert answer.results[0].relevance_score > answer.results[1].relevance_score
    answer = every.post("/v1/rerank", {"model": model, "query": query, "documents": documents, "top_n": 2})
    assert [result["index"] for result in answer.json()["results"]] == [1, 2]


def test_a_completion_whole_and_streamed(openai_sdk):
    prompt = "Once [[mock: input=12,output=3]]"
    whole = openai_sdk.completions.create(model="old", prompt=prompt)
    assert (whole.choices[0].text, whole.usage.prompt_tokens) == ("Hello from OpenAI.", 12)
    chunks = list(openai_sdk.completions.create(model="old", prompt=prompt, stream=True))
    assert "".join(chunk.choices[0].text for chunk in chunks) == "Hello from OpenAI."
    assert all(chunk.usage is None for chunk in chunks)
    with pytest.raises(openai.BadRequestError, match="no API for legacy completions"):
        openai_sdk.completions.create(model="claude", prompt=prompt)


def test_images(openai_sdk):
    answer = openai_sdk.images.generate(model="draw", prompt="A cat", n=2)
    assert len(answer.data) == 2 and answer.data[0].b64_json
    with pytest.raises(openai.BadRequestError, match="one image"):
        openai_sdk.images.generate(model="draw-gemini", prompt="A cat", n=2)


def test_gemini_draws_for_openais_sdk(scripted, start_scripted):
    providers = {"google": {"dialect": "gemini", "cluster": "openai", "key": {"value": "k"}}}
    models = {"draw": {"targets": [{"provider": "google", "model": "gemini-3-pro-image"}]}}
    gateway = start_scripted({"providers": providers, "models": models})
    sdk = openai.OpenAI(base_url=f"{gateway.url}/v1", api_key="the-clients-own", max_retries=0)

    def draw(body):
        script = {"x-answer": json.dumps({"body": body})}
        return sdk.images.generate(model="draw", prompt="A cat", size="1024x1024", extra_headers=script)

    image = {"inlineData": {"mimeType": "image/png", "data": "AAAA"}}
    usage = {"promptTokenCount": 3, "candidatesTokenCount": 1290}
    answer = draw({"candidates": [{"content": {"parts": [image]}, "finishReason": "STOP"}], "usageMetadata": usage})
    assert scripted.received[-1][0] == "/v1beta/models/gemini-3-pro-image:generateContent"
    assert (answer.data[0].b64_json, answer.usage.output_tokens) == ("AAAA", 1290)
    with pytest.raises(openai.BadRequestError, match="PROHIBITED_CONTENT") as refused:
        draw({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}})
    assert refused.value.code == "moderation_blocked"


def test_only_the_model_changes_in_a_recording(every, openai_sdk, unique):
    sound = bytes(range(256)) * 9 + b"\r\n--not-the-boundary\r\n"
    answer = openai_sdk.audio.transcriptions.create(model="listen", file=("a.wav", sound), prompt=unique)
    assert answer.text == "Hello from OpenAI."
    text = openai_sdk.audio.transcriptions.create(model="listen", file=("a.wav", sound), response_format="text")
    assert "Hello from OpenAI." in text
    assert received(every, "openai", unique)["path"] == "/v1/audio/transcriptions"


def test_a_recording_is_refused_in_openais_words(every, openai_sdk):
    with pytest.raises(openai.BadRequestError, match="no API for audio transcription"):
        openai_sdk.audio.transcriptions.create(model="claude", file=("a.wav", b"RIFF"))
    form = {"files": {"file": b"RIFF"}, "data": {"model": ["listen", "listen"]}}
    answer = every.client.post("/v1/audio/transcriptions", **form)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "model")
    answer = every.client.post("/v1/audio/transcriptions", content=b"{}", headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_request_error")


def test_speech_passes_as_it_is(openai_sdk, unique):
    answer = openai_sdk.audio.speech.create(model="speak", voice="alloy", input=unique)
    assert answer.response.headers["content-type"] == "audio/mpeg"
    assert answer.content.startswith(b"ID3") and b"\x80" in answer.content


@pytest.mark.parametrize("model, estimated", [("claude", False), ("gemini", False), ("gpt", True), ("command", True)])
def test_anthropics_sdk_counts_tokens_anywhere(every, model, estimated):
    sdk = anthropic.Anthropic(base_url=every.url, api_key="the-clients-own", max_retries=0)
    messages = [{"role": "user", "content": "One two three four five six seven eight."}]
    tool = {"name": "weather", "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}}}
    answer = sdk.messages.with_raw_response.count_tokens(model=model, system="Be brief.", messages=messages, tools=[tool])
    assert 5 < answer.parse().input_tokens < 60
    assert (answer.headers.get("x-tollgate-estimated") == "true") == estimated


def test_googles_sdk_counts_tokens_where_anthropic_does(google_sdk):
    assert google_sdk.models.count_tokens(model="claude", contents="One two three").total_tokens > 2
    assert google_sdk.models.count_tokens(model="gemini", contents="One two three").total_tokens > 2
