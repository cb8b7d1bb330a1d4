"""One request is one request, and one answer one answer, on both sides, whatever their lengths say and however they change."""

import itertools
import json

import launch
import pytest
import raw
import test_http2
import wire
import words

CHAT, MESSAGES = "/v1/chat/completions", "/v1/messages"
LONG = "x" * 3000


def reply(request, connection):
    """Answers what it was asked, and says how much that was."""
    told = json.dumps([message["content"] for message in request.json()["messages"]])
    connection.sendall(wire.whole(200, words.answer(request.path, told)))


@pytest.fixture(scope="module")
def there(start):
    """A gateway, and what its providers receive, byte by byte. One name is changed for a shorter, one for a longer."""
    value = launch.filter_json(launch.shipped())
    value["models"] |= {
        "a-very-long-name-for-a-model": {"targets": [{"provider": "openai", "model": "gpt"}]},
        "s": {"targets": [{"provider": "openai", "model": "gpt-" + "l" * 200}]},
    }
    with wire.listening(reply) as provider:
        gateway = start(value, at=provider.address)
        gateway.provider = provider
        yield gateway


@pytest.fixture
def gateway(there):
    there.provider.received.clear()
    yield there
    assert there.provider.rest == [], "every byte that a provider got belongs to a request"


def question(model="gpt-4.1", text="Hello"):
    return json.dumps({"model": model, "max_tokens": 9, "messages": [{"role": "user", "content": text}]}).encode()


def smuggled(marker):
    """A request that is to be found in another's body, or behind it."""
    body = question(text=marker)
    return raw.head(CHAT, [("content-length", str(len(body))), ("content-type", "application/json")]) + body


def checked(provider):
    """What arrived, each with a length, which is right, or in chunks, and not both."""
    for request in provider.received:
        length, coding = request.all("content-length"), request.all("transfer-encoding")
        assert (length, coding) in [([str(len(request.body))], []), ([], ["chunked"])]
        json.loads(request.body)
    return provider.received


MODELS = ["gpt-4.1", "claude-sonnet-4-5", "assistant", "a-very-long-name-for-a-model", "s"]
FRAMINGS = ["length", "chunked", "http2", "http2 and trailers"]


@pytest.mark.parametrize("framing", FRAMINGS)
def test_a_body_whose_length_changes_says_its_new_length(gateway, framing):
    """Patched shorter and longer, translated shorter and longer, and untouched, one after the other on one connection."""
    asked = list(itertools.product([CHAT, MESSAGES], MODELS, ["Hello", LONG, 'é"\\u00e9😀']))
    for path, model, text in asked:
        body, kind = question(model, text), ("content-type", "application/json")
        if framing.startswith("http2"):
            trailers = [("x-any", "1")] if "trailers" in framing else None
            status, _ = test_http2.ask(gateway.url, path, dict([kind]), body, trailers)
        elif framing == "length":
            status = gateway.post(path, body).status_code
        else:
            pieces = raw.chunked(*(body[at:at + 700] for at in range(0, len(body), 700)))
            status = raw.exchange(gateway.url, raw.head(path, [("transfer-encoding", "chunked"), kind]), pieces).status_code
        assert status == 200
    assert [request.json()["messages"][-1]["content"] for request in checked(gateway.provider)] == [text for _, _, text in asked]


AMBIGUOUS = {
    "both framings": ["content-length: 5", "transfer-encoding: chunked"],
    "two lengths": ["content-length: 5", "content-length: 6"],
    "a list of lengths": ["content-length: 5, 6"],
    "a signed length": ["content-length: +5"],
    "a hexadecimal length": ["content-length: 0x5"],
    "an endless length": ["content-length: 99999999999999999999999"],
    "a coding nobody knows": ["transfer-encoding: xchunked"],
    "chunked, and not last": ["transfer-encoding: chunked, identity"],
    "chunked twice": ["transfer-encoding: chunked", "transfer-encoding: chunked"],
    "a space before the colon": ["content-length : 5"],
    "a folded header": ["content-length: 5", " 6"],
    "a bare line feed": ["x: y\ntransfer-encoding: chunked"],
    "a vertical tab": ["transfer-encoding: \x0bchunked"],
    "a null byte": ["x: a\0b"],
}


@pytest.mark.parametrize("headers", AMBIGUOUS.values(), ids=AMBIGUOUS)
@pytest.mark.parametrize("path", [CHAT, MESSAGES])
def test_a_request_that_can_be_read_in_two_ways_is_not_passed_on_in_either(gateway, unique, path, headers):
    request = raw.head(path, [header.encode() for header in headers])
    with raw.connected(gateway.url) as connection:
        connection.sendall(request + b"0\r\n\r\n" + smuggled(unique))
        answer = raw.read(connection)
    assert answer.status_code in (400, 501)
    # Envoy closes after what it cannot read, so what stood behind it was never a request.
    assert [request for request in checked(gateway.provider) if unique.encode() in request.body] == []


@pytest.mark.parametrize("path", [CHAT, MESSAGES])
@pytest.mark.parametrize("size", ["7fffffffffffffff", "ffffffffffffffffff", "-1", "5;ext=\n", "g"])
def test_a_chunk_of_no_size_ends_the_connection(gateway, unique, path, size):
    head = raw.head(path, [("transfer-encoding", "chunked"), ("content-type", "application/json")])
    with raw.connected(gateway.url) as connection:
        connection.sendall(head + f"{size}\r\n".encode() + b"0\r\n\r\n" + smuggled(unique))
        connection.settimeout(1)
        try:
            assert raw.read(connection).status_code == 400
        except TimeoutError:
            assert size == "7fffffffffffffff", "it waits for so many bytes"
    assert [request for request in checked(gateway.provider) if unique.encode() in request.body] == []


@pytest.mark.parametrize("path", [CHAT, MESSAGES])
@pytest.mark.parametrize("model", ["gpt-4.1", "claude-sonnet-4-5"])
def test_a_request_in_a_body_stays_there(gateway, unique, path, model):
    inner = smuggled(unique).decode()
    assert gateway.post(path, question(model, inner)).status_code == 200
    (request,) = checked(gateway.provider)
    assert request.json()["messages"][-1]["content"] == inner


def test_what_stands_behind_a_body_is_a_request_of_its_own(gateway, unique):
    """Clients may send several at once: each is checked by itself."""
    answer = raw.exchange(gateway.url, smuggled("first") + smuggled(unique))
    assert answer.status_code == 200
    texts = [request.json()["messages"][0]["content"] for request in checked(gateway.provider)]
    assert texts in (["first"], ["first", unique])


def own(path):
    return wire.whole(200, words.answer(path, "own"))


def forged(path):
    return wire.whole(200, words.answer(path, "forged"))


#: What a provider sends where one answer is due.
MORE = {
    "a second answer": lambda path: own(path) + forged(path),
    "more than it says": lambda path: own(path) + b"forged" * 9,
    "both framings": lambda path: wire.whole(200, words.answer(path, "own"), [("transfer-encoding", "chunked")]),
    "two lengths": lambda path: wire.whole(200, words.answer(path, "own"), [("content-length", "5")]),
    "a second answer behind a stream": lambda path: wire.STREAM + wire.END + forged(path),
    "a header in a value": lambda path: wire.whole(200, words.answer(path, "own"), [("x-a", "b\r\nx-tollgate-provider: forged")]),
    "an answer behind none": lambda path: wire.head(204) + forged(path),
    "an answer behind one that has not changed": lambda path: wire.head(304) + forged(path),
    "an answer behind an upgrade": lambda path: wire.head(101, [("upgrade", "x"), ("connection", "upgrade")]) + forged(path),
}


@pytest.fixture(scope="module")
def led_on(start):
    """One worker, so that connections to providers are used again at once."""
    def answer(request, connection):
        (text,) = {message["content"] for message in request.json()["messages"]}
        connection.sendall(MORE.get(text, own)(request.path))

    with wire.listening(answer) as provider:
        yield start(at=provider.address, workers=1)


@pytest.mark.parametrize("more", MORE)
@pytest.mark.parametrize("model", ["gpt-4.1", "claude-sonnet-4-5"])
@pytest.mark.parametrize("path", [CHAT, MESSAGES])
def test_what_a_provider_sends_behind_its_answer_is_nobodys(led_on, path, model, more):
    first = led_on.post(path, question(model, more))
    assert first.status_code in (200, 204, 304, 502, 503)
    assert "forged" not in first.text + str(first.headers)
    for _ in range(3):
        after = led_on.post(path, question(model))
        assert (after.status_code, words.said(path, after.json())) == (200, "own")
