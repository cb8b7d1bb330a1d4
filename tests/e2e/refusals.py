"""Questions as bytes, in either API and to either provider, and errors that are as that API has them."""

import json

import pytest

CHAT, MESSAGES = "/v1/chat/completions", "/v1/messages"
PATHS = {"chat": CHAT, "message": MESSAGES}
VERSION = {"anthropic-version": "2026-10-21"}
WAYS = [("chat", "gpt-4.1"), ("chat", "claude-sonnet-4-5"), ("message", "claude-sonnet-4-5"), ("message", "gpt-4.1")]
HELLO = b'{"model":"gpt-4.1","max_tokens":9,"messages":[{"role":"user","content":"Hello"}]}'
every_api = pytest.mark.parametrize("path", [CHAT, MESSAGES])
every_way = pytest.mark.parametrize("api, model", WAYS)


def refused(path, answer, status, kind=None):
    """The message of an error that has this API's shape."""
    body = answer.json()
    assert answer.status_code == status, body
    assert answer.headers["content-type"] == "application/json"
    if path == MESSAGES:
        assert set(body) == {"type", "error", "request_id"} and body["type"] == "error"
        assert set(body["error"]) == {"type", "message"}
        assert body["error"]["type"] == (kind or "invalid_request_error")
    else:
        assert set(body) == {"error"} and set(body["error"]) == {"message", "type", "param", "code"}
        assert body["error"]["type"] == ("invalid_request_error" if status < 500 else "server_error")
    assert body["error"]["message"] and body["error"]["message"].isprintable()
    return body["error"]["message"]


def question(**fields):
    body = {"model": "gpt-4.1", "max_tokens": 9, "messages": [{"role": "user", "content": "Hello"}], **fields}
    return json.dumps(body).encode()


def rejections(gateway, reason):
    return gateway.counters().get(f'tollgate_rejections{{reason="{reason}"}}', 0)
