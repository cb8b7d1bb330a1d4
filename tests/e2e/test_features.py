"""Every feature of the golden requests, as a provider of each other dialect takes it: the mock refuses what the provider
would refuse, and what the type that its SDK publishes does not hold."""

import json

import launch
import pytest

GOLDEN = launch.ROOT / "filter" / "dialects" / "tests" / "golden" / "requests"
REQUESTS = [path for path in sorted(GOLDEN.glob("*.json")) if path.name.split(".")[1] in launch.CHAT_PATHS]
#: Models of each provider that differ in what they take.
MODELS = {
    "openai": ["gpt-4.1", "gpt-5.4", "gpt-5.6-sol", "gpt-6.1-sol"],
    "responses": ["gpt-4.1", "gpt-5.4", "gpt-6.1-sol"],
    "anthropic": ["claude-3-5-haiku-20241022", "claude-sonnet-4-5", "claude-opus-4-6", "claude-opus-5-5"],
    "gemini": ["gemini-2.5-flash", "gemini-3-pro-preview"],
    "bedrock": ["us.anthropic.claude-sonnet-4-5-20250929-v1:0", "us.anthropic.claude-opus-5-5", "amazon.nova-pro-v1:0"],
    "cohere": ["command-a-03-2025", "command-a-reasoning-08-2025"],
}
#: What only a client can get right: proofs that no model gave, an id given twice, and a word that OpenAI wants.
CLIENTS_OWN = [
    "Invalid `signature` in `thinking`", "Invalid `data` in `redacted_thinking`", "Corrupted thought signature",
    "encrypted content", "`tool_use` ids must be unique", "must contain the word 'json'",
]
CASES = [(provider, model) for provider, models in MODELS.items() for model in models]


@pytest.fixture(scope="module")
def every(start):
    """A gateway with a provider of each dialect, and each of the models by a name that any path takes."""
    key = lambda name: {"env": f"{'OPENAI' if name == 'responses' else name.upper()}_API_KEY"}  # noqa: E731
    cluster = lambda name: "openai" if name == "responses" else name  # noqa: E731
    providers = {name: {"dialect": name, "cluster": cluster(name), "key": key(name)} for name in MODELS}
    models = {
        f"case-{number}": {"targets": [{"provider": provider, "model": model}]}
        for number, (provider, model) in enumerate(CASES)
    }
    return start({"providers": providers, "models": models}, base=launch.every_provider)


@pytest.mark.parametrize("path, case", [
    pytest.param(path, case, id=f"{path.stem}-{model}")
    for path in REQUESTS
    for case, (provider, model) in enumerate(CASES)
    if path.name.split(".")[1] != provider
])
def test_a_provider_takes_what_the_gateway_sends_it(every, path, case):
    """What a provider would refuse, the gateway has refused or adapted before it."""
    client = path.name.split(".")[1]
    body, model = json.loads(path.read_text()), f"case-{case}"
    if "{model}" not in launch.CHAT_PATHS[client]:
        body["model"] = model
    answer = every.post(launch.CHAT_PATHS[client].format(model=model), body, headers={"anthropic-version": "2023-06-01"})
    if answer.status_code == 400 and "x-tollgate-provider" in answer.headers:
        assert any(words in answer.text for words in CLIENTS_OWN), answer.text
    else:
        assert answer.status_code in (200, 400), answer.text


def test_losses_are_reported_to_the_client(gateway):
    answer = gateway.chat(model="claude-sonnet-4-5", seed=7, logit_bias={"1": 2}, temperature=1.7)
    assert answer.headers["x-tollgate-dropped"] == "logit_bias, temperature, seed"


def test_nothing_is_reported_when_nothing_was_lost(gateway):
    assert "x-tollgate-dropped" not in gateway.chat(model="claude-sonnet-4-5", temperature=0).headers


def test_the_same_dialect_arrives_byte_for_byte(gateway, unique):
    body = '{ "model" : "gpt-4.1",\n\t"messages":[{"role":"user","content":"\\u00e9 %s"}] , "temperature":1e0 }' % unique
    assert gateway.post("/v1/chat/completions", body).status_code == 200
    assert gateway.received("openai", unique)["body"] == body


def test_only_the_models_name_is_patched(gateway, unique):
    body = '{ "messages":[{"role":"user","content":"%s"}] , "model" :  "helper","stream":false }' % unique
    assert gateway.post("/v1/chat/completions", body).status_code == 200
    assert gateway.received("openai", unique)["body"] == body.replace('"helper"', '"gpt-4.1-mini"')


@pytest.mark.parametrize("version, sampling, sent", [
    ("2026-10-21", {}, "2026-10-21"),
    ("2023-06-01", {}, "2023-06-01"),
    ("2026-10-21", {"temperature": 0.5}, "2023-06-01"),
])
def test_the_anthropic_version_is_one_that_takes_the_request(gateway, unique, version, sampling, sent):
    answer = gateway.message(unique, headers={"anthropic-version": version}, **sampling)
    assert answer.status_code == 200
    assert gateway.received("anthropic", unique)["headers"]["anthropic-version"] == sent


def test_an_openai_client_may_sample_at_anthropic(gateway, unique):
    assert gateway.chat(unique, model="claude-sonnet-4-5", temperature=0).status_code == 200
    received = gateway.received("anthropic", unique)
    assert received["json"]["temperature"] == 0
    assert received["headers"]["anthropic-version"] == "2023-06-01"
