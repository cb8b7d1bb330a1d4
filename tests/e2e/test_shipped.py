"""What `make run` shows: the shipped configuration, both dialects, all four ways."""

import launch
import pytest
import sse

WAYS = [
    ("chat", "gpt-4.1", "openai"),
    ("chat", "claude-sonnet-4-5", "anthropic"),
    ("message", "claude-sonnet-4-5", "anthropic"),
    ("message", "gpt-4.1", "openai"),
]
CUTS = ["split=1", "split=7,crlf", "cr", "nospace", "ping", "multiline", "no_final_blank", "split=3,crlf,nospace,ping"]


@pytest.mark.parametrize("api, model, provider", WAYS)
def test_whole(gateway, unique, api, model, provider):
    answer = getattr(gateway, api)(unique, model=model)
    assert answer.status_code == 200
    body = answer.json()
    text = body["choices"][0]["message"]["content"] if api == "chat" else body["content"][0]["text"]
    assert text == {"openai": "Hello from OpenAI.", "anthropic": "Hello from Anthropic."}[provider]
    assert gateway.received(provider, unique)["json"]["model"] == model


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("api, model, provider", WAYS)
def test_streamed_however_the_provider_cuts_it(gateway, api, model, provider, cut):
    answer = getattr(gateway, api)(model=model, stream=True, mock=f"text=H%C3%A9llo%20%F0%9F%98%80%20there,{cut}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    # In the same dialect even a missing last blank line is passed on as it is.
    text = answer.text if answer.text.endswith(("\n\n", "\r\n\r\n", "\r\r")) else answer.text + "\n\n"
    if api == "chat":
        assert sse.text_of_chunks(sse.chunks(text)) == "Héllo 😀 there"
    else:
        assert sse.text_of_messages(sse.messages(text)) == "Héllo 😀 there"


@pytest.mark.parametrize("api, model, provider", WAYS)
def test_a_stream_comes_event_by_event(gateway, api, model, provider):
    path = "/v1/chat/completions" if api == "chat" else "/v1/messages"
    body = {"model": model, "max_tokens": 100, "stream": True, "messages": [{"role": "user", "content": "Hi"}]}
    headers = {"x-mock": "gap_ms=150", "anthropic-version": "2026-10-21"}
    with gateway.client.stream("POST", path, json=body, headers=headers) as answer:
        pieces = [piece for piece in answer.iter_raw()]
    assert len(pieces) >= 4, "events that come 150 ms apart are not held back for each other"


def test_the_module_is_small():
    assert launch.MODULE.stat().st_size < 1_500_000
