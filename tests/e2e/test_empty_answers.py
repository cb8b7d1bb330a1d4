"""Answers of headers alone, which cannot be given a body and must become an error all the same."""

import json

import pytest


@pytest.fixture(scope="module")
def gateway(start_scripted):
    return start_scripted()


@pytest.mark.parametrize("model", ["gpt-4.1", "claude-opus-4-6"])
@pytest.mark.parametrize("api", ["chat", "message"])
@pytest.mark.parametrize("status, seen", [(200, 502), (204, 502), (302, 502), (429, 429), (500, 500), (503, 503)])
def test_the_client_gets_an_error_with_the_providers_status_and_delay(gateway, api, model, status, seen):
    script = json.dumps({"status": status, "headers": {"retry-after": "7"}})
    answer = getattr(gateway, api)(model=model, headers={"x-answer": script})
    assert answer.status_code == seen
    assert answer.json()["error"]["message"]
    assert answer.headers["retry-after"] == "7"
