"""Bodies that clients should not send: each ends with a clear error, and the next request works."""

import gzip
import json

import pytest
import raw
from refusals import HELLO, PATHS, VERSION, WAYS, every_api, every_way, question, refused, rejections

pytestmark = pytest.mark.usefixtures("the_next_request_works")

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
