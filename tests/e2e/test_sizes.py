"""Headers and bodies just below, at and above what Envoy takes."""

import json
import time

import changes
import httpx
import launch
import pytest
import raw
import wire
import words

CHAT, MESSAGES = "/v1/chat/completions", "/v1/messages"
LIMIT = 1 << 20
OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
#: To each provider from each API: by itself, and as first of a cluster of several targets.
WAYS = [(path, model) for path in (CHAT, MESSAGES) for model in ("gpt-4.1", "claude-x", "over-gpt", "over-claude")]
TRAILERS = b"0\r\nx-checksum: 1\r\n\r\n"
every_way = pytest.mark.parametrize("path, model", WAYS)


def answer_of(size, path):
    """An answer, so large."""
    body = json.dumps(words.answer(path, "TEXT"))
    return body.replace("TEXT", "x" * (size - len(body) + len("TEXT"))).encode()


def error_of(size, path):
    """An error, so large, that says little beside its message."""
    body = json.dumps({"message": "TEXT"} if path == CHAT else {"error": {"message": "TEXT"}})
    return body.replace("TEXT", "x" * (size - len(body) + len("TEXT"))).encode()


def burst(connection, path, count, end=wire.END):
    """A stream that says nothing for a moment, and then all of its words at once."""
    connection.sendall(wire.STREAM + wire.chunk(b": wait\n\n"))
    time.sleep(0.2)
    connection.sendall(wire.chunk(b"".join(words.stream(path, *["x"] * count))) + end)


@pytest.fixture(scope="module")
def gateway(start):
    """With buffers of a megabyte, and providers that answer as large, and with as large headers, as a prompt says."""
    def answer(request, connection):
        content = request.json()["messages"][-1]["content"]
        text = content if isinstance(content, str) else content[0]["text"]
        wish = json.loads(text) if text.startswith("{") else {}
        if "burst" in wish:
            return burst(connection, request.path, wish["burst"], TRAILERS if "trailers" in wish else wire.END)
        body = answer_of(wish["size"], request.path) if "size" in wish else words.answer(request.path, "x")
        padding = [(f"x-padding-{number}", "p" * 1000) for number in range(wish.get("headers", 0))]
        if "error" in wish:
            body = error_of(wish["error"], request.path)
        if "trailers" in wish:
            chunked = [("content-type", "application/json"), ("transfer-encoding", "chunked")]
            return connection.sendall(wire.head(200, chunked) + wire.chunk(body) + TRAILERS)
        connection.sendall(wire.whole(400 if "error" in wish else 200, body, padding))

    def small(configuration):
        changes.buffers(LIMIT)(configuration)
        launch.manager(configuration)["http_protocol_options"] = {"enable_trailers": True}
        for cluster in configuration["static_resources"]["clusters"]:
            options = cluster.setdefault("typed_extension_protocol_options", {}).setdefault(OPTIONS, {"@type": f"type.googleapis.com/{OPTIONS}"})
            options["explicit_http_config"] = {"http_protocol_options": {"enable_trailers": True}}

    value = launch.filter_json(launch.shipped()) | {"limits": []}
    targets = [{"provider": "openai", "model": "gpt-4.1"}, {"provider": "anthropic", "model": "claude-x"}]
    step = {"name": "facts", "model": "small", "prompt": "Known? {{system}}", "insert": "Known: {{steps.facts}}"}
    value["models"] |= {
        "over-gpt": {"targets": targets, "cluster": {"failover-openai": ["openai", "anthropic"]}},
        "over-claude": {"targets": targets[::-1], "cluster": {"failover-anthropic": ["anthropic", "openai"]}},
        "small": {"targets": targets[:1]},
        "stepped-gpt": {"targets": targets[:1], "steps": [step]},
        "stepped-quiet": {"targets": targets[:1], "steps": [{name: value for name, value in step.items() if name != "insert"}]},
        "stepped-claude": {"targets": targets[1:], "steps": [step]},
        "stepped-over": {"targets": targets, "steps": [step], "cluster": {"failover-openai": ["openai", "anthropic"]}},
    }
    with wire.listening(answer) as provider:
        gateway = start(value, base=lambda: launch.failover(), at=provider.address, change=small)
        gateway.provider = provider
        yield gateway


def is_translated(path, model):
    return ("claude" in model) != (path == MESSAGES)


def question(model, text="Hello"):
    return json.dumps({"model": model, "max_tokens": 9, "messages": [{"role": "user", "content": text}]}).encode()


def question_of(size, model):
    return question(model, "x" * (size - len(question(model, ""))))


@pytest.mark.parametrize("framing", ["length", "chunked"])
@every_way
def test_a_body_is_taken_up_to_the_limit(gateway, path, model, framing):
    """What it becomes for its provider has to fit as well."""
    longer = 300 if is_translated(path, model) or "over" in model else 0
    for size, status in [(LIMIT - 1 - longer, 200), (LIMIT - longer, 200), (LIMIT + 1, 413), (3 * LIMIT, 413)]:
        body = question_of(size, model)
        assert len(body) == size
        content = body if framing == "length" else (body[at:at + 65_536] for at in range(0, size, 65_536))
        answer = gateway.client.post(path, content=content, headers={"content-type": "application/json"})
        assert answer.status_code == status, size
        if status == 413:
            assert "larger" in answer.json()["error"]["message"]
            assert answer.json().get("type") == ("error" if path == MESSAGES else None)


@every_way
def test_an_answer_is_taken_up_to_the_limit(gateway, path, model):
    """Whatever it becomes for its client."""
    for size, status in [(LIMIT - 1, 200), (LIMIT, 200), (LIMIT + 1, 500), (3 * LIMIT, 500)]:
        answer = gateway.post(path, question(model, json.dumps({"size": size})))
        assert answer.status_code == status, size
        if status == 200:
            assert len(words.said(path, answer.json())) > LIMIT - 1000
        else:
            assert answer.json()["error"]["message"]


@every_way
def test_an_answer_with_trailers_is_taken_as_well(gateway, path, model):
    answer = gateway.post(path, question(model, json.dumps({"size": LIMIT - 1, "trailers": True})))
    assert answer.status_code == 200 and len(words.said(path, answer.json())) > LIMIT - 1000


@every_way
def test_a_request_with_60_kib_of_headers_arrives_and_one_with_more_does_not(gateway, path, model):
    body = question(model)
    for count, status in [(58, 200), (62, 431)]:
        padding = [(f"x-padding-{number}", "p" * (1024 - len(f"x-padding-{number}: \r\n"))) for number in range(count)]
        head = raw.head(path, [("content-length", str(len(body))), ("content-type", "application/json"), *padding])
        assert raw.exchange(gateway.url, head, body).status_code == status
    assert len(gateway.provider.received[-1].all("x-padding-57")[0]) > 1000


@every_way
def test_an_answer_with_60_kib_of_headers_arrives(gateway, path, model):
    answer = gateway.post(path, question(model, json.dumps({"headers": 60})))
    assert answer.status_code == 200 and len(answer.headers["x-padding-59"]) == 1000


@every_way
def test_an_error_is_taken_up_to_the_limit(gateway, path, model):
    """Its words are a provider's, and may become more for its client, too."""
    for size in (LIMIT - 1, LIMIT):
        answer = gateway.post(path, question(model, json.dumps({"error": size})))
        assert answer.status_code == 400 and answer.json()["error"]["message"], size


@every_way
def test_a_stream_begins_however_much_comes_at_once(gateway, path, model):
    """As much as Envoy's buffer holds, if all of it comes in one piece."""
    count = LIMIT // 125 if "claude" in model else LIMIT // 160
    body = json.loads(question(model, json.dumps({"burst": count}))) | {"stream": True}
    answer = gateway.post(path, body)
    assert answer.status_code == 200 and answer.text.count('"x"') == count


@every_way
def test_a_stream_that_ends_with_trailers_at_once_is_whole_or_seen_not_to_be(gateway, path, model):
    body = json.loads(question(model, json.dumps({"burst": 6000, "trailers": True}))) | {"stream": True}
    try:
        answer = gateway.post(path, body)
    except httpx.RemoteProtocolError:
        assert is_translated(path, model) and "over" in model, "only what grows has no room"
    else:
        assert answer.status_code == 200 and answer.text.count('"x"') == 6000


def question_that_grows(size, path, model):
    """Tools that say almost nothing, which take more room in another API."""
    tool = {"type": "function", "function": {"name": "a", "parameters": {}}} if path == CHAT else {"name": "a", "input_schema": {}}
    tools = [tool] * (size // len(json.dumps(tool) + ", "))
    return json.dumps(json.loads(question(model)) | {"tools": tools}).encode()


#: Where a request has been held when it is made one for its provider: for a step, or until its trailers came.
HELD = [(path, model, False) for path in (CHAT, MESSAGES) for model in ("stepped-gpt", "stepped-claude", "stepped-over")]
HELD += [(path, model, True) for path in (CHAT, MESSAGES) for model in ("over-gpt", "over-claude", "stepped-over")]


@pytest.mark.parametrize("path, model, trailers", HELD)
def test_a_request_that_was_held_is_refused_where_there_may_be_no_room_for_what_it_becomes(gateway, path, model, trailers):
    """Envoy would end itself over it."""
    for size, expected in [(1000, {200}), (LIMIT // 2, {200, 413}), (LIMIT * 3 // 4, {200, 413}), (LIMIT - 1000, {200, 413})]:
        body = question_that_grows(size, path, model)
        pieces = [body[at:at + 65_536] for at in range(0, len(body), 65_536)]
        content = raw.chunked(*pieces).removesuffix(wire.END) + (TRAILERS if trailers else wire.END)
        head = raw.head(path, [("transfer-encoding", "chunked"), ("content-type", "application/json")])
        answer = raw.exchange(gateway.url, head, content)
        assert answer.status_code in expected, size
        if answer.status_code == 413:
            assert "larger" in answer.json()["error"]["message"]


@pytest.mark.parametrize("path", [CHAT, MESSAGES])
@pytest.mark.parametrize("model", ["stepped-gpt", "stepped-claude", "stepped-over", "stepped-quiet"])
def test_what_a_step_says_is_inserted_into_a_large_request_and_nothing_stays_behind_it(gateway, path, model):
    answer = gateway.post(path, question_of(LIMIT * 2 // 3, model))
    assert answer.status_code == 200, answer.text
    body = gateway.provider.received[-1].body
    assert (b"Known: x" in body) == (model != "stepped-quiet")
    assert body.endswith(b"}") and len(body) < LIMIT
