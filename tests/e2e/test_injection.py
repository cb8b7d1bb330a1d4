"""What somebody wrote stays what it is: it becomes no path, no header, no line of a log and no cluster."""

import json

import launch
import pytest
import raw
import test_http2
import wire
import words

CHAT, MESSAGES = "/v1/chat/completions", "/v1/messages"
VERSION = {"anthropic-version": "2026-10-21"}


def reply(request, connection):
    """Answers for any API, with what the request's prompt says that it should hold."""
    body = json.loads(request.body)
    spoken = json.dumps(body)
    said = (body.get("messages") or [{}])[-1].get("content", "")
    fields = json.loads(said) if isinstance(said, str) and said.startswith("{") else {}
    if fields:
        connection.sendall(wire.whole(fields.pop("status", 200), fields.pop("body"), fields.items()))
    else:
        connection.sendall(wire.whole(200, words.answer(request.path, "x" if "messages" in body else spoken)))


def configuration():
    value = launch.filter_json(launch.shipped())
    provider = lambda dialect, **more: {"dialect": dialect, "cluster": "openai", "key": {"env": "OPENAI_API_KEY"}, **more}
    value["providers"] |= {
        "gemini": provider("gemini"),
        "bedrock": provider("bedrock"),
        "azure": provider("openai", platform={"azure": {"api_version": "v1"}}, base_path="/tenant"),
        "vertex": provider("anthropic", platform={"vertex": {"project": "acme", "location": "eu"}}),
        "aws": provider("anthropic", platform={"aws": {}}),
    }
    for name in ["gemini", "bedrock", "azure", "vertex", "aws"]:
        value["models"][f"{name}/*"] = {"targets": [{"provider": name}]}
    return value


@pytest.fixture(scope="module")
def there(start):
    with wire.listening(reply) as provider:
        gateway = start(configuration(), at=provider.address, log_level="debug")
        gateway.provider = provider
        yield gateway


@pytest.fixture
def gateway(there):
    there.provider.received.clear()
    yield there
    assert there.provider.rest == []


def question(model="gpt-4.1", text="Hello", **more):
    return {"model": model, "max_tokens": 9, "messages": [{"role": "user", "content": text}], **more}


# Paths

NAMES = [
    "../../admin", "..%2f..%2fadmin", "a/b", "a?key=x", "a#b", "a%00b", "a;b=c", "a:b", "a b", "a\\b", "//evil.example/", "é😀",
    "a%0d%0ax-injected:%201", "a@evil.example", "%", "..", ".", "a&b=c", "a'\"<>", "x" * 200,
]
#: What a path to each has before the model and behind it.
AROUND = {
    "gemini": ("/v1beta/models/", ":generateContent"),
    "bedrock": ("/model/", "/converse"),
    "azure": ("/tenant/openai/deployments/", "/chat/completions?api-version=v1"),
    "vertex": ("/v1/projects/acme/locations/eu/publishers/anthropic/models/", ":rawPredict"),
    "aws": ("/model/", "/invoke"),
}


@pytest.mark.parametrize("provider", AROUND)
@pytest.mark.parametrize("name", NAMES)
def test_a_models_name_is_one_segment_of_a_path_or_goes_nowhere(gateway, provider, name):
    for path in [CHAT, MESSAGES]:
        gateway.post(path, question(f"{provider}/{name}"), headers=VERSION)
    before, behind = AROUND[provider]
    for request in gateway.provider.received:
        middle = request.path.removeprefix(before).removesuffix(behind)
        assert len(before + middle + behind) == len(request.path), request.path
        assert not set(middle) & set("/?#\\ ") and middle not in (".", ".."), request.path
        assert all(name.startswith("x-injected") is False for name, _ in request.headers)


@pytest.mark.parametrize("asked", ["/v1beta/models/{}:generateContent", "/model/{}/converse"])
@pytest.mark.parametrize("name", ["gpt-a%2f..%2f..%2fadmin", "gpt-%2e%2e", "gpt-a%3fkey=x", "gpt-a%23b", "gpt-a%0d%0ax:y", "gpt-%00", "gpt-%ff", "gpt-%252e"])
def test_a_name_in_a_clients_path_is_no_path_either(gateway, asked, name):
    body = {"contents": [{"role": "user", "parts": [{"text": "x"}]}], "messages": [{"role": "user", "content": [{"text": "x"}]}]}
    body.pop("messages" if "Content" in asked else "contents")
    gateway.post(asked.format(name), body)
    assert {request.path for request in gateway.provider.received} <= {CHAT}


# Headers

EVIL = ["a\r\nx-injected: 1", "a\nx-injected: 1", "a\rx-injected: 1", "a\0b", "a\x85x-injected: 1", "a\u2028x-injected: 1", "x" * 70_000]
FIELDS = {
    "model": lambda evil: {"model": evil},
    "a pattern's model": lambda evil: {"model": f"gpt-{evil}"},
    "an unknown field": lambda evil: {evil: 1},
    "an unknown field within": lambda evil: {"messages": [{"role": "user", "content": "x", evil: 1}]},
    "end user": lambda evil: {"user": evil, "metadata": {"user_id": evil}},
    "a tool": lambda evil: {"tools": [{"type": "function", "function": {"name": evil}, "name": evil, "input_schema": {}}]},
    "a role": lambda evil: {"messages": [{"role": evil, "content": "x"}]},
    "a tier": lambda evil: {"service_tier": evil},
    "a kind of content": lambda evil: {"messages": [{"role": "user", "content": [{"type": evil}]}]},
}


@pytest.mark.parametrize("field", FIELDS)
def test_no_field_of_a_request_becomes_a_header(gateway, field):
    for evil in EVIL:
        for path in [CHAT, MESSAGES]:
            for model in ["gpt-4.1", "claude-sonnet-4-5"]:
                answer = gateway.post(path, question(model) | FIELDS[field](evil), headers=VERSION)
                assert "x-injected" not in answer.headers
                assert sum(map(len, answer.headers.values())) < 9000
    for request in gateway.provider.received:
        assert request.all("x-injected") == []


PROVIDERS = {
    "id": lambda evil: {"id": evil},
    "model": lambda evil: {"model": evil},
    "finish": lambda evil: {"stop_reason": evil, "choices": [{"index": 0, "finish_reason": evil, "message": {"role": "assistant", "content": "x"}}]},
    "a kind of content": lambda evil: {"content": [{"type": evil}, {"type": "text", "text": "x"}]},
    "an unknown field": lambda evil: {evil: evil},
    "error": lambda evil: {"error": {"message": evil, "type": evil, "code": evil, "param": evil}, "type": "error"},
}


@pytest.mark.parametrize("field", PROVIDERS)
@pytest.mark.parametrize("status", [200, 400])
def test_no_field_of_an_answer_becomes_a_header(gateway, field, status):
    for evil in EVIL[:-1]:
        for path in [CHAT, MESSAGES]:
            for model, spoken in [("gpt-4.1", CHAT), ("claude-sonnet-4-5", MESSAGES)]:
                says = {"status": status, "body": words.answer(spoken, "x") | PROVIDERS[field](evil)}
                answer = gateway.post(path, question(model, json.dumps(says)), headers=VERSION)
                assert "x-injected" not in answer.headers


@pytest.mark.parametrize("name", ["x-request-id", "request-id", "retry-after", "content-type", "x-tollgate-dropped"])
@pytest.mark.parametrize("value", [b"\xff\xfe", "é".encode(), b"a" * 9000, b"\x01\x1b[31m"], ids=repr)
def test_headers_of_a_provider_of_any_bytes_do_no_harm(gateway, name, value):
    says = {"body": words.answer(CHAT, "x"), name: value.decode("latin-1")}
    for path in [CHAT, MESSAGES]:
        assert gateway.post(path, question("gpt-4.1", json.dumps(says))).status_code in (200, 400, 502, 503)
        assert gateway.post(path, question()).status_code == 200


# Internal headers

SPOOFED = [
    ("x-tollgate-cluster", "anthropic"), ("X-Tollgate-Cluster", "anthropic"), ("X-TOLLGATE-CLUSTER", "anthropic"),
    ("x-tollgate-request", "1"), ("x-tollgate-provider", "anthropic"), ("x-tollgate-", "1"),
]


@pytest.mark.parametrize("path", [CHAT, MESSAGES, "/v1/unknown", "/v1/models"])
@pytest.mark.parametrize("more", [[], [("connection", "x-tollgate-cluster")], [("x-tollgate-cluster", "openai"), ("x-tollgate-cluster", "anthropic")]])
def test_what_only_this_gateway_says_nobody_else_can(gateway, path, more):
    body = json.dumps(question()).encode()
    head = raw.head(path, [("content-length", str(len(body))), *SPOOFED, *more])
    answer = raw.exchange(gateway.url, head, body)
    if path in (CHAT, MESSAGES):
        assert (answer.status_code, answer.headers["x-tollgate-provider"]) == (200, "openai")
    else:
        assert answer.status_code in (404, 503) and gateway.provider.received == []
    assert not [name for request in gateway.provider.received for name, _ in request.headers if "tollgate" in name]


def test_what_only_this_gateway_says_is_not_taken_from_trailers(gateway):
    body = json.dumps(question()).encode()
    status, _ = test_http2.ask(gateway.url, CHAT, {}, body, SPOOFED[:1])
    (request,) = gateway.provider.received
    assert status == 200 and request.path == CHAT
    assert not [name for name, _ in request.headers if "tollgate" in name]


# Logs

FORGED = "a\n[2026-01-01 00:00:00.000][1][warning][wasm] forged-line\x1b[31m"


def test_nothing_that_somebody_sends_begins_a_line_of_a_log(gateway):
    body = json.dumps(question()).encode()
    for evil in [FORGED, FORGED.replace("\n", "\r"), FORGED.replace("\n", "\u2028")]:
        for field in FIELDS.values():
            for path in [CHAT, MESSAGES]:
                gateway.post(path, question("claude-sonnet-4-5") | field(evil), headers=VERSION)
        says = {"status": 400, "body": words.error(CHAT, evil, kind=evil)}
        gateway.chat(json.dumps(says))
        gateway.chat(json.dumps({"body": words.answer(CHAT, "x") | {"model": evil, "id": evil, evil: 1}}))
    for header in [b"\x1bforged-line", b'"}\tforged-line', b"\xff forged-line", b'","consumer":"forged-line']:
        for name in [b"user-agent", b"anthropic-version", b"content-type", b"x-request-id"]:
            raw.exchange(gateway.url, raw.head(CHAT, [("content-length", str(len(body))), (name, header)]), body)
        raw.exchange(gateway.url, raw.head(b"/v1/" + header.replace(b" ", b"").replace(b"\t", b""), [("content-length", str(len(body)))]), body)
    gateway.chat(model="gpt-the-last")
    gateway.access_log(model="gpt-the-last")
    assert gateway.logged('"gpt-the-last"')
    for line in gateway.envoy.log().split("\n"):
        assert line.startswith("[20") or "forged-line" not in line, line
        assert not line.startswith("[2026-01-01"), line
    for line in gateway.envoy.output().strip("\n").split("\n"):
        assert json.loads(line)["consumer"] is None
        assert not [character for character in line if ord(character) < 32]
