"""Every feature of the golden requests, as a provider of the other dialect takes it: the mock refuses what the provider
would refuse."""

import json

import launch
import pytest

GOLDEN = launch.ROOT / "filter" / "dialects" / "tests" / "golden" / "requests"
REQUESTS = {dialect: sorted(GOLDEN.glob(f"*.{dialect}.json")) for dialect in ("openai", "anthropic")}
CLAUDES = ["claude-3-5-haiku-20241022", "claude-sonnet-4-5", "claude-opus-4-6", "claude-opus-5-5"]
GPTS = ["gpt-4.1", "gpt-5.4"]


def name(path):
    return path.name.split(".")[0]


# Structured outputs exist since Claude 4.5.
TO_CLAUDE = [(p, m) for p in REQUESTS["openai"] for m in CLAUDES if (name(p), m) != ("schema", CLAUDES[0])]


@pytest.mark.parametrize("path, model", TO_CLAUDE, ids=lambda it: it if isinstance(it, str) else name(it))
def test_anthropic_takes_what_openai_clients_ask(gateway, path, model):
    body = {**json.loads(path.read_text()), "model": model}
    answer = gateway.post("/v1/chat/completions", body)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("model", GPTS)
@pytest.mark.parametrize("path", REQUESTS["anthropic"], ids=name)
def test_openai_takes_what_anthropic_clients_ask(gateway, path, model):
    body = {**json.loads(path.read_text()), "model": model}
    answer = gateway.post("/v1/messages", body, headers={"anthropic-version": "2023-06-01"})
    assert answer.status_code == 200, answer.text


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
