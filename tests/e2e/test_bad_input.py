"""What clients and providers should not send: each ends with a clear error or cleanly, and the next request works."""

import gzip
import json
import signal
import time

import httpx
import launch
import modules
import pytest
import raw
import sse
from conftest import Gateway

CHAT, MESSAGES = "/v1/chat/completions", "/v1/messages"
PATHS = {"chat": CHAT, "message": MESSAGES}
VERSION = {"anthropic-version": "2026-10-21"}
WAYS = [("chat", "gpt-4.1"), ("chat", "claude-sonnet-4-5"), ("message", "claude-sonnet-4-5"), ("message", "gpt-4.1")]
every_api = pytest.mark.parametrize("path", [CHAT, MESSAGES])
every_way = pytest.mark.parametrize("api, model", WAYS)


@pytest.fixture(autouse=True)
def the_next_request_works(gateway):
    """After each case, on the same connection and on a new one; that no VM failed is asserted when Envoy is stopped."""
    yield
    for headers in [{}, {"connection": "close"}]:
        assert gateway.chat(model="claude-sonnet-4-5", headers=headers).status_code == 200
        assert gateway.message(model="gpt-4.1", headers=headers).status_code == 200


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


# Bodies

HELLO = b'{"model":"gpt-4.1","max_tokens":9,"messages":[{"role":"user","content":"Hello"}]}'
NOT_THIS_API = [
    ("not JSON", b"Hello", "not JSON at byte 0"),
    ("truncated", HELLO[:-2], "not JSON at byte"),
    ("a second value", HELLO + b"{}", "nothing after the value"),
    ("a list", b"[" + HELLO + b"]", "not a JSON object"),
    ("a number", b"17", "not a JSON object"),
    ("only space", b" \r\n\t ", "empty"),
    ("a byte order mark", b"\xef\xbb\xbf" + HELLO, "not JSON at byte 0"),
    ("not UTF-8", HELLO.replace(b"Hello", b"H\xff\xfello"), "not UTF-8 at byte"),
    ("UTF-16", HELLO.decode().encode("utf-16"), "not UTF-8 at byte 0"),
    ("half a character", HELLO.replace(b"Hello", b"\xf0\x9f\x98"), "not UTF-8 at byte"),
    ("a null byte", HELLO.replace(b"Hello", b"\x00"), "not JSON at byte"),
    ("100,000 arrays", b'{"model":"gpt-4.1","messages":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "not JSON at byte"),
    ("100,000 objects", b'{"model":' * 100_000 + b"1" + b"}" * 100_000, "not JSON at byte"),
    ("an open string", b'{"model":"gpt-4.1', "not JSON at byte"),
    ("no model", b'{"messages":[{"role":"user","content":"Hello"}]}', "model: is required"),
    ("a model that is a number", question(model=4), "model: is required and must be a string"),
    ("a model that is null", question(model=None), "model: is required and must be a string"),
    ("a model given twice", HELLO[:-1] + b',"model":"gpt-4o"}', "model: the same field is given twice"),
    ("a model given twice, escaped", HELLO[:-1] + rb',"m\u006fdel":"gpt-4o"}', "model: the same field is given twice"),
    ("a model in capitals", HELLO[:-1] + b',"Model":"gpt-4o"}', "model: must be written in this case"),
    ("max_tokens given twice", HELLO[:-1] + b',"max_tokens":1}', "max_tokens: the same field is given twice"),
    ("stream given twice", HELLO[:-1] + b',"stream":true,"stream":false}', "stream: the same field is given twice"),
]


@pytest.mark.parametrize("body, told", [case[1:] for case in NOT_THIS_API], ids=[case[0] for case in NOT_THIS_API])
@every_api
def test_a_body_that_is_not_this_apis_is_refused_with_the_place(gateway, path, body, told):
    before = rejections(gateway, "bad_request")
    assert told in refused(path, gateway.post(path, body), 400)
    assert rejections(gateway, "bad_request") == before + 1


MISUSED = [
    {"messages": []},
    {"messages": "Hello"},
    {"messages": None},
    {"messages": [7]},
    {"messages": [{"role": "user"}]},
    {"messages": [{"role": 7, "content": "Hello"}]},
    {"messages": [{"role": "user", "content": {"text": "Hello"}}]},
    {"messages": [{"role": "wizard", "content": "Hello"}]},
    {"max_tokens": "many"},
    {"max_tokens": 1.5},
    {"max_tokens": -1},
    {"max_tokens": {}},
    {"temperature": "hot"},
    {"stream": "yes"},
    {"tools": {}},
    {"tools": [None]},
]


@pytest.mark.parametrize("fields", MISUSED, ids=json.dumps)
@every_way
def test_fields_of_a_wrong_type_are_refused_here_or_by_the_provider(gateway, api, model, fields):
    path = PATHS[api]
    answer = gateway.post(path, question(model=model, **fields), headers=VERSION if api == "message" else {})
    message = refused(path, answer, 400)
    assert next(iter(fields)) in message or "role" in message


@every_way
def test_half_a_character_in_escapes_is_refused_here_or_by_the_provider(gateway, api, model):
    path = PATHS[api]
    body = question(model=model).replace(b"Hello", rb"\ud83d")
    refused(path, gateway.post(path, body, headers=VERSION if api == "message" else {}), 400)


@pytest.mark.parametrize("twice", [b'"content":"a","content"', rb'"content":"a","c\u006fntent"'], ids=["", "escaped"])
@pytest.mark.parametrize("api, model", WAYS[1::2])
def test_a_field_given_twice_is_refused_where_one_of_them_would_be_lost(gateway, api, model, twice):
    body = question(model=model).replace(b'"content"', twice)
    answer = gateway.post(PATHS[api], body)
    assert "given twice" in refused(PATHS[api], answer, 400)


HUGE = ["1e30", "18446744073709551616", "18446744073709551615", "9" * 400, "1" + "0" * 5000]


@pytest.mark.parametrize("number", HUGE, ids=lambda number: number[:24])
@every_way
def test_a_huge_output_cap_is_refused(gateway, api, model, number):
    path = PATHS[api]
    body = question(model=model).replace(b'"max_tokens": 9', b'"max_tokens": ' + number.encode())
    message = refused(path, gateway.post(path, body, headers=VERSION if api == "message" else {}), 400)
    assert "max_tokens" in message or "tokens-per-minute" in message


@every_api
def test_no_body_and_an_empty_body_are_refused(gateway, path):
    for parts in [
        (raw.head(path),),
        (raw.head(path, [("content-length", "0")]),),
        (raw.head(path, [("transfer-encoding", "chunked")]), raw.chunked()),
        (raw.head(path, [("transfer-encoding", "chunked")]), raw.chunked(b" ")),
    ]:
        assert "send a json object" in refused(path, raw.exchange(gateway.url, *parts), 400).lower()


@every_api
def test_a_body_that_is_larger_than_the_buffer_is_refused(gateway, path):
    before = rejections(gateway, "body_too_large")
    body = question(messages=[{"role": "user", "content": "x" * 40_000_000}])
    answer = gateway.post(path, body)
    assert "larger" in refused(path, answer, 413, "request_too_large")
    assert rejections(gateway, "body_too_large") == before + 1


@every_api
def test_a_request_that_is_larger_than_its_limit_is_counted_apart(gateway, path):
    before = rejections(gateway, "too_large")
    refused(path, gateway.post(path, question(max_tokens=1_000_001)), 400)
    assert rejections(gateway, "too_large") == before + 1


@every_api
def test_a_body_in_many_chunks_is_read_whole(gateway, unique, path):
    body = question(messages=[{"role": "user", "content": f"{unique} é 😀"}])
    headers = [("transfer-encoding", "chunked"), ("content-type", "application/json"), *VERSION.items()]
    answer = raw.exchange(gateway.url, raw.head(path, headers), raw.chunked(*(bytes([byte]) for byte in body)))
    assert answer.status_code == 200
    assert gateway.received("openai", unique)["json"]["messages"][0]["content"] == f"{unique} é 😀"


@every_api
def test_a_client_that_waits_to_be_asked_for_its_body_is_asked(gateway, path):
    headers = [("expect", "100-continue"), ("content-length", str(len(HELLO))), ("content-type", "application/json")]
    with raw.connected(gateway.url) as connection:
        connection.sendall(raw.head(path, headers))
        assert connection.recv(100).startswith(b"HTTP/1.1 100")
        connection.sendall(HELLO)
        assert raw.read(connection).status_code == 200


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate, gzip"])
@every_api
def test_a_compressed_body_is_refused(gateway, path, encoding):
    answer = gateway.post(path, gzip.compress(HELLO), headers={"content-encoding": encoding})
    assert "content-encoding" in refused(path, answer, 400)


@every_api
def test_a_body_that_says_it_is_not_compressed_is_read(gateway, path):
    assert gateway.post(path, HELLO, headers={"content-encoding": "identity"}).status_code == 200


# Headers

READ_HEADERS = ["authorization", "x-consumer", "anthropic-version", "x-api-key", "content-type", "x-any"]
BYTES = [b"\xff\xfe\x80", b"\xc3\x28", "né😀".encode(), b"a" * 20_000]


@pytest.fixture(scope="module")
def trusting(start):
    """A gateway that reads every header it can: who asks by name or by key, and the key for the provider."""
    value = launch.filter_json(launch.shipped())
    value["identity"] = {"from": ["api_key", {"header": "x-consumer"}]}
    for provider in value["providers"].values():
        provider["key"] = "passthrough"
    return start(value)


@pytest.mark.parametrize("value", BYTES, ids=["no-utf8", "bad-utf8", "utf8", "long"])
@pytest.mark.parametrize("name", READ_HEADERS)
@every_api
def test_headers_of_any_bytes_do_no_harm(trusting, path, name, value):
    """The answer is the provider's, or an error of the client's API."""
    given = value if name != "authorization" else b"Bearer " + value
    usual = {"content-type": "application/json", "authorization": f"Bearer {launch.MOCK_KEYS['OPENAI_API_KEY']}"}
    headers = [("content-length", str(len(HELLO))), (name, given)]
    headers += [header for header in usual.items() if header[0] != name]
    answer = raw.exchange(trusting.url, raw.head(path, headers), HELLO)
    assert answer.status_code in (200, 400, 401)
    if answer.status_code == 200:
        assert answer.json()["choices" if path == CHAT else "content"]
    else:
        assert answer.json()["error"]["message"]
    assert trusting.chat(headers=usual).status_code == 200


@pytest.mark.parametrize("query", BYTES, ids=["no-utf8", "bad-utf8", "utf8", "long"])
@every_api
def test_a_query_of_any_bytes_does_no_harm(gateway, path, query):
    headers = [("content-length", str(len(HELLO))), ("content-type", "application/json"), *VERSION.items()]
    answer = raw.exchange(gateway.url, raw.head(path.encode() + b"?" + query, headers), HELLO)
    assert answer.status_code in (200, 400)


@pytest.fixture(scope="module")
def guarded(start):
    consumers = {"guest": {"models": ["claude-*"]}}
    identity = {"from": [{"header": "x-consumer"}], "required": True}
    return start(launch.filter_json(launch.shipped()) | {"consumers": consumers, "identity": identity})


STRANGERS = [({}, 401, "unauthenticated"), ({"x-consumer": "nobody"}, 401, "unauthenticated")]
GUESTS = [({"x-consumer": "guest"}, 403, "forbidden")]
KINDS = {401: "authentication_error", 403: "permission_error"}


@pytest.mark.parametrize("headers, status, reason", STRANGERS + GUESTS)
def test_who_may_not_is_refused_and_counted(guarded, headers, status, reason):
    before = rejections(guarded, reason)
    refused(MESSAGES, guarded.message(model="gpt-4.1", headers=headers), status, KINDS[status])
    assert guarded.chat(model="gpt-4.1", headers=headers).status_code == status
    assert rejections(guarded, reason) == before + 2
    assert guarded.chat(model="claude-sonnet-4-5", headers={"x-consumer": "guest"}).status_code == 200


@every_api
def test_spoofed_internal_headers_neither_route_nor_reach_the_provider(gateway, unique, path):
    spoofed = {"x-tollgate-cluster": "anthropic", "X-Tollgate-Model": "gpt-4o", "x-tollgate-anything": "1"}
    body = question(messages=[{"role": "user", "content": unique}])
    assert gateway.post(path, body, headers=VERSION | spoofed).status_code == 200
    received = gateway.received("openai", unique)
    assert received["json"]["model"] == "gpt-4.1"
    assert not [name for name in received["headers"] if name.startswith("x-tollgate")]


def test_a_spoofed_cluster_routes_no_unknown_path(gateway):
    answer = gateway.client.get("/__mock/health", headers={"x-tollgate-cluster": "openai"})
    assert answer.status_code == 503


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


# Providers

UNREADABLE = ["garbage", "html", "empty200", "gzip", "cut=clean"]
UNREADABLE_AS_STREAM = ["garbage", "html", "empty200", "gzip"]


@pytest.mark.parametrize(
    "mock, fields",
    [(mock, {}) for mock in UNREADABLE] + [(mock, {"stream": True}) for mock in UNREADABLE_AS_STREAM],
    ids=lambda value: value if isinstance(value, str) else ("streamed" if value else "whole"),
)
@every_way
def test_an_answer_that_cannot_be_read_is_an_error_of_the_clients_api(gateway, api, model, mock, fields):
    answer = getattr(gateway, api)(model=model, mock=mock, **fields)
    assert "cannot be read" in refused(PATHS[api], answer, 502, "api_error")
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("status", [404, 503])
@every_way
def test_an_error_that_cannot_be_read_keeps_its_status(gateway, api, model, status):
    answer = getattr(gateway, api)(model=model, mock=f"html={status}")
    kind = {404: "not_found_error", 503: "api_error"}[status]
    assert str(status) in refused(PATHS[api], answer, status, kind)


@every_way
def test_an_answer_with_60_kib_of_headers_is_an_answer(gateway, api, model):
    answer = getattr(gateway, api)(model=model, mock="headers_big")
    assert answer.status_code == 200
    assert len(answer.headers["x-mock-padding"]) > 60_000
    assert answer.json()["usage"]


@every_way
def test_an_answer_that_breaks_off_is_an_error_that_both_apis_clients_read(gateway, api, model):
    """Its headers have been read then, and Envoy answers by itself, as the shipped configuration words it."""
    answer = getattr(gateway, api)(model=model, mock="cut")
    assert answer.status_code in (502, 503)
    assert answer.headers["content-type"] == "application/json"
    error = {"type": "api_error", "message": answer.json()["error"]["message"], "param": None, "code": None}
    assert answer.json() == {"type": "error", "error": error}
    assert error["message"].startswith("The provider could not answer: ")


BROKEN = ["cut=clean", "half_event", "error_midstream", "cut=clean,crlf,split=3", "half_event,cr"]


@pytest.mark.parametrize("mock", BROKEN)
@every_way
def test_a_stream_that_breaks_off_ends_with_an_error_event_of_the_clients_api(gateway, api, model, mock):
    answer = getattr(gateway, api)(model=model, mock=mock, stream=True)
    assert answer.status_code == 200
    events = sse.events(answer.text)
    assert len(events) > 1, "what came before the end is passed on"
    name, data = events[-1]
    last = json.loads(data)
    assert last["error"]["message"]
    if api == "message":
        assert (name, last["type"]) == ("error", "error")
    else:
        assert "[DONE]" not in answer.text


@every_way
def test_a_stream_whose_connection_breaks_does_not_look_complete(gateway, api, model):
    with pytest.raises(httpx.RemoteProtocolError):
        getattr(gateway, api)(model=model, mock="cut", stream=True)


@every_way
def test_a_whole_answer_where_a_stream_was_asked_for_is_passed_on_or_an_error(gateway, api, model):
    answer = getattr(gateway, api)(model=model, mock="json_for_stream", stream=True)
    path = PATHS[api]
    if (api, model) in WAYS[::2]:
        assert answer.status_code == 200
        assert answer.json()["usage"]
    else:
        refused(path, answer, 502, "api_error")


@pytest.fixture(scope="module")
def narrow(start):
    def with_small_buffers(configuration):
        resources = configuration["static_resources"]
        for buffered in resources["listeners"] + resources["clusters"]:
            buffered["per_connection_buffer_limit_bytes"] = 65536

    return start(change=with_small_buffers)


@every_way
def test_an_answer_that_is_larger_than_the_buffer_is_an_error_that_both_apis_clients_read(narrow, api, model):
    answer = getattr(narrow, api)(model=model, mock="words=40000")
    assert answer.status_code == 500
    assert answer.json()["error"]["message"]


@every_way
def test_a_stream_that_is_larger_than_the_buffer_comes_whole(narrow, api, model):
    answer = getattr(narrow, api)(model=model, mock="words=20000", stream=True)
    if api == "chat":
        text = sse.text_of_chunks(sse.chunks(answer.text))
    else:
        text = sse.text_of_messages(sse.messages(answer.text))
    assert text.endswith("word19999 word20000")


# Clients that leave


@every_api
def test_a_client_that_leaves_in_the_middle_of_its_body_is_forgotten(gateway, path):
    wanted = {"upstream_path": path, "status": 0, "provider": None}
    before = len(gateway.access_lines(**wanted))
    with raw.connected(gateway.url) as connection:
        connection.sendall(raw.head(path, [("content-length", str(len(HELLO)))]) + HELLO[: len(HELLO) // 2])
    await_that(lambda: len(gateway.access_lines(**wanted)) == before + 1)


@pytest.mark.parametrize("mock, stream", [("hang", False), ("hang", True), ("words=400,gap_ms=20", True)])
@every_way
def test_a_client_that_leaves_before_the_end_leaves_nothing_behind(gateway, api, model, mock, stream):
    path = PATHS[api]
    body = question(model=model, stream=stream)
    headers = [("content-length", str(len(body))), ("content-type", "application/json"), *VERSION.items()]
    headers.append(("x-mock", mock))
    with raw.connected(gateway.url) as connection:
        connection.sendall(raw.head(path, headers) + body)
        if mock != "hang":
            assert connection.recv(12) == b"HTTP/1.1 200"
        else:
            await_that(lambda: active(gateway) > 0)
    await_that(lambda: active(gateway) == 0)


def active(gateway):
    lines = gateway.envoy.ask(r"/stats?filter=^cluster\.(openai|anthropic)\.upstream_rq_active$").splitlines()
    return sum(int(line.rsplit(" ", 1)[1]) for line in lines)


def await_that(condition):
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)


# The witness of all of this


@pytest.mark.parametrize("code, failures", [(b"\x41\0", 0), (b"\0", 1)], ids=["returns", "traps"])
def test_a_failure_of_the_vm_would_be_seen(mocks, tmp_path, code, failures):
    (tmp_path / "small.wasm").write_bytes(modules.small(code))
    options = {"port": 0, "mocks": mocks.addresses, "module": tmp_path / "small.wasm"}
    envoy = launch.Envoy(launch.localize(launch.shipped(), **options))
    try:
        small = Gateway(envoy, mocks)
        assert small.chat().status_code == 503
        assert small.trapped() == failures
    finally:
        envoy.stop()


def test_an_envoy_that_ends_would_be_seen(mocks):
    envoy = launch.Envoy(launch.localize(launch.shipped(), port=0, mocks=mocks.addresses))
    try:
        gateway = Gateway(envoy, mocks)
        assert not gateway.has_ended()
        envoy.process.send_signal(signal.SIGSEGV)
        await_that(gateway.has_ended)
    finally:
        envoy.stop()
