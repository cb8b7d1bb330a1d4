"""Paths and models by names that mean nothing, something else, or too much: each goes where it should, or nowhere."""

import httpx
import pytest
import raw
from refusals import CHAT, HELLO, VERSION, every_api, question, refused, rejections

pytestmark = pytest.mark.usefixtures("the_next_request_works")

# Paths

SAME = ["{}?beta=true", "{}?a=b&c=%2f..%2f", "{}?", "/v1/x/..{}", "/.{}"]
OTHER = ["/{}", "{}/", "{}/x", "{}%2f", "{}%20", "{}%00", "/v2/..%2f{}", "{};a=b", "{}%3fa=b"]


@pytest.mark.parametrize("written", SAME)
@every_api
def test_paths_that_mean_the_same_are_this_api(gateway, unique, path, written):
    path = {"/v1/x/..{}": path.removeprefix("/v1")}.get(written, path)
    body = question(messages=[{"role": "user", "content": unique}])
    headers = [("content-length", str(len(body))), ("content-type", "application/json"), *VERSION.items()]
    answer = raw.exchange(gateway.url, raw.head(written.format(path), headers), body)
    assert answer.status_code == 200
    assert gateway.received("openai", unique)["path"].split("?")[0] == CHAT


@pytest.mark.parametrize("written", OTHER)
@every_api
def test_paths_that_mean_something_else_go_nowhere(gateway, unique, path, written):
    body = question(messages=[{"role": "user", "content": unique}])
    headers = [("content-length", str(len(body))), ("content-type", "application/json")]
    answer = raw.exchange(gateway.url, raw.head(written.format(path), headers), body)
    assert answer.status_code in (400, 404, 503)
    for provider in ("openai", "anthropic"):
        assert httpx.get(f"http://{gateway.mocks.addresses[provider]}/__mock/requests?contains={unique}").json() == []


def test_one_api_under_the_others_path_is_the_one_that_the_path_ends_in(gateway):
    headers = [("content-length", str(len(HELLO))), ("content-type", "application/json"), *VERSION.items()]
    answer = raw.exchange(gateway.url, raw.head("/v1/chat/completions/../../messages", headers), HELLO)
    assert answer.json()["type"] == "message"
    answer = raw.exchange(gateway.url, raw.head("/v1/messages/%2e%2e/chat/completions", headers), HELLO)
    assert answer.json()["object"] == "chat.completion"


# Models

NAMES = [
    "",
    " ",
    "*",
    "no-such",
    "a\r\nx-injected: 1",
    'a"b\\c',
    "né😀",
    "../../admin",
    "a;reason=b",
    "\x00\x1f\x7f",
    "x" * 100_000,
    "gpt-" + "x" * 100_000,
]


@pytest.mark.parametrize("name", NAMES, ids=lambda name: repr(name)[:20])
@every_api
def test_a_model_of_any_name_is_unknown(gateway, path, name):
    before = rejections(gateway, "unknown_model")
    answer = gateway.post(path, question(model=name))
    message = refused(path, answer, 404, "not_found_error")
    assert "/v1/models" in message
    assert len(answer.content) < 2_000, "what the client sent is not sent back without end"
    assert "x-injected" not in answer.headers
    assert rejections(gateway, "unknown_model") == before + 1


STRANGE = [
    'gpt-"\\',
    "gpt-né😀",
    "gpt-../../admin?x#y",
    "gpt-;reason=b",
    "gpt-" + "x" * 252,
]


@pytest.mark.parametrize("name", ["gpt-a\r\nx-injected: 1", "gpt-\x00", "gpt-\x7f", "gpt-\nconsumer=somebody-else"], ids=repr)
@every_api
def test_a_name_with_control_characters_is_no_models(gateway, path, name):
    answer = gateway.post(path, question(model=name), headers=VERSION)
    assert answer.status_code == 404
    assert "x-injected" not in answer.headers


@pytest.mark.parametrize("name", STRANGE, ids=lambda name: repr(name)[:20])
@every_api
def test_a_name_that_a_pattern_takes_reaches_the_provider_as_it_is(gateway, unique, path, name):
    body = question(model=name, messages=[{"role": "user", "content": unique}])
    answer = gateway.post(path, body, headers=VERSION)
    received = gateway.received("openai", unique)
    assert received["json"]["model"] == name
    assert received["path"] == CHAT
    assert "x-injected" not in answer.headers and "x-injected" not in received["headers"]
    assert answer.status_code == 200
    assert answer.json()["model"] == name
