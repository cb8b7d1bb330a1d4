"""Bodies made to cost more than their size: they take no more time and memory than others that are as large."""

import gzip
import itertools
import json
import zlib

import launch
import pytest
import usage
import wire
import words
from usage import MEBIBYTE

CHAT, MESSAGES, RESPONSES, COHERE = "/v1/chat/completions", "/v1/messages", "/v1/responses", "/v2/chat"
GEMINI, BEDROCK = "/v1beta/models/{}:generateContent", "/model/{}/converse"
SIZE = MEBIBYTE
#: How much more CPU time than an ordinary body of this size: what is read in detail costs more than one long text.
DEARER = 6
#: What is measured is not below this: the clock ticks every 10 ms.
LEAST = 0.02


def question(text, *, model="gpt-4.1", more=""):
    """A request in the words of OpenAI's and Anthropic's APIs; `APIS` has the others'."""
    return f'{{"model":"{model}","max_tokens":9,"messages":[{{"role":"user","content":{text}}}]{more}}}'.encode()


def fill(piece, around='"{}"', size=SIZE):
    """So many pieces that it is as large as that."""
    count = size // len(piece) + 1
    return around.format((piece * count).rstrip(","))


BOMBS = {
    "nested lists": lambda: question('"x"', more=f',"x":{"[" * 100_000}{"]" * 100_000}'),
    "nested objects": lambda: question('"x"', more=',"x":' + '{"a":' * 100_000 + "1" + "}" * 100_000),
    "nested content": lambda: question('[{"type":"text","text":"x","a":' * 100_000 + "1" + "}]" * 100_000),
    "nesting without end": lambda: question("[" * SIZE),
    "a number of a million digits": lambda: question('"x"', more=f',"seed":{"9" * SIZE}'),
    "a fraction of a million digits": lambda: question('"x"', more=f',"temperature":0.{"9" * SIZE}'),
    "a great exponent": lambda: question('"x"', more=f',"temperature":1e{"9" * SIZE}'),
    "many numbers": lambda: question('"x"', more=fill("1,", ',"x":[{}]')),
    "many empty lists": lambda: question('"x"', more=fill("[],", ',"x":[{}]')),
    "many empty objects": lambda: question(fill("{},", "[{}]").replace("[{}", '[{"type":"text","text":"x"}', 1)),
    "many parts": lambda: question(fill('{"type":"text","text":"x"},', "[{}]")),
    "many messages": lambda: question('"x"').replace(b"]", fill(',{"role":"user","content":"x"}', "{}").encode() + b"]"),
    "many tools": lambda: question('"x"', more=fill('{"type":"function","name":"a","input_schema":{},"function":{"name":"a"}},', ',"tools":[{}]')),
    "many stop sequences": lambda: question('"x"', more=fill('"a",', ',"stop":[{}]')),
    "the same field": lambda: question('"x"', more=fill(',"a":1', "{}")),
    "many fields": lambda: question('"x"', more="".join(f',"a{n}":1' for n in range(SIZE // 10))),
    "many fields that are alike": lambda: question('"x"', more="".join(f',"{"a" * 90}{n}":1' for n in range(SIZE // 100))),
    "escapes": lambda: question(fill("\\u0041")),
    "escapes of escapes": lambda: question(fill("\\\\\\\"")),
    "half characters": lambda: question(fill("\\ud83d")),
    "a model's name of a megabyte": lambda: question('"x"', model="a" * SIZE),
    "a name that a pattern takes, of a megabyte": lambda: question('"x"', model="gpt-" + "a" * SIZE),
    "an escaped name of a megabyte": lambda: question('"x"', model="gpt-" + "\\u0061" * (SIZE // 6)),
    "a field's name of a megabyte": lambda: question('"x"', more=f',"{"a" * SIZE}":1'),
    "white space": lambda: question('"x"', more=" " * SIZE),
    "white space between all": lambda: question('"x"', more=f',"x":[{"1 , " * (SIZE // 4)}1]'),
    "one word over and over": lambda: question(fill("a ")),
    "one letter": lambda: question(fill("a")),
    "letters of other scripts": lambda: question(fill("漢\u0301é😀")),
    "quotes": lambda: question(fill("''``")),
    "an image that is none": lambda: question('[{"type":"image_url","image_url":{"url":"data:image/png;base64,' + "A" * SIZE + '"}}]'),
    "an address of a megabyte": lambda: question('[{"type":"image_url","image_url":{"url":"https://' + "a." * (SIZE // 2) + '"}}]'),
}
#: Paths of all APIs, and what each calls the messages and what is in them.
APIS = {
    CHAT: {}, MESSAGES: {}, RESPONSES: {b'"messages"': b'"input"'}, COHERE: {}, BEDROCK: {},
    GEMINI: {b'"messages"': b'"contents"', b'"user","content"': b'"user","parts"'},
}


@pytest.fixture(scope="module")
def gateway(start):
    """Providers take everything, so that what it costs is what the gateway does."""
    def answer(request, connection):
        connection.sendall(answer.next or wire.whole(200, words.answer(request.path, "x")))

    answer.next = None
    with wire.listening(answer) as provider:
        gateway = start(launch.filter_json(launch.shipped()) | {"limits": []}, at=provider.address, workers=1)
        gateway.answer = answer
        yield gateway


def cost(gateway, ask):
    before = usage.seconds(gateway)
    result = ask()
    return result, usage.seconds(gateway) - before


@pytest.fixture(scope="module")
def ordinary(gateway):
    """CPU time of one long text, of any API: as large as the bombs."""
    body, count = question(fill("How does it go on? ")), 5
    asks = [lambda path=path, model=model: gateway.post(path, body.replace(b"gpt-4.1", model)) for path in (CHAT, MESSAGES) for model in (b"gpt-4.1", b"claude-x")]
    for ask in asks:
        assert ask().status_code == 200
    _, seconds = cost(gateway, lambda: [ask() for ask in asks * count])
    return max(seconds / len(asks) / count, LEAST)


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_body_costs_no_more_than_its_size(gateway, ordinary, bomb):
    body = BOMBS[bomb]()
    memory = usage.resident(gateway)
    for (path, words_of_it), model in itertools.product(APIS.items(), ["gpt-4.1", "claude-x"]):
        path, sent = path.format(model), body.replace(b"gpt-4.1", model.encode())
        for here, there in words_of_it.items():
            sent = sent.replace(here, there)
        answer, seconds = cost(gateway, lambda: gateway.post(path, sent))
        assert answer.status_code in (200, 400, 404), (path, answer.text[:200])
        assert len(answer.content) < 3000 and "\n" not in answer.text
        print(f"{bomb}, {path}, {model}: {seconds / ordinary:.1f} times an ordinary body")
        assert seconds < ordinary * DEARER * max(1, len(sent) / SIZE), (path, model, seconds, ordinary)
    assert usage.resident(gateway) - memory < 64 * MEBIBYTE
    assert gateway.chat().status_code == 200


GZIPPED = gzip.compress(b'{"model":"gpt-4.1","messages":[{"role":"user","content":"' + b"a" * (256 * MEBIBYTE) + b'"}]}', 9)


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "deflate", "br", "zstd", "GZIP", "gzip, gzip", "identity, gzip"])
@pytest.mark.parametrize("path", [CHAT, MESSAGES])
def test_a_clients_compressed_body_is_refused_unopened(gateway, path, encoding):
    memory = usage.resident(gateway)
    answer = gateway.post(path, GZIPPED, headers={"content-encoding": encoding})
    assert answer.status_code == 400 and "content-encoding" in answer.json()["error"]["message"]
    assert usage.resident(gateway) - memory < 16 * MEBIBYTE


@pytest.mark.parametrize("path", [CHAT, MESSAGES])
def test_a_compressed_body_that_does_not_say_so_is_not_json(gateway, path):
    for body in [GZIPPED, zlib.compress(b"{}"), b"\x28\xb5\x2f\xfd" + b"x" * 100]:
        answer = gateway.post(path, body)
        assert answer.status_code == 400 and "not UTF-8" in answer.json()["error"]["message"]


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "deflate"])
@pytest.mark.parametrize("kind", ["application/json", "text/event-stream"])
@pytest.mark.parametrize("status", [200, 400])
def test_a_providers_compressed_body_is_not_opened_either(gateway, encoding, kind, status):
    memory = usage.resident(gateway)
    gateway.answer.next = wire.whole(status, GZIPPED, [("content-encoding", encoding)], kind=kind)
    try:
        for path in [CHAT, MESSAGES]:
            for model in ["gpt-4.1", "claude-x"]:
                answer = gateway.post(path, question('"x"', model=model, more=',"stream":true' if "stream" in kind else ""))
                assert answer.status_code == (502 if status == 200 else 400)
                assert answer.json()["error"]["message"] and "content-encoding" not in answer.headers
    finally:
        gateway.answer.next = None
    assert usage.resident(gateway) - memory < 32 * MEBIBYTE


def answers(path):
    """Answers and streams that are made to cost."""
    whole = json.dumps(words.answer(path, "TEXT"))
    yield "nested", whole[:-1] + ',"x":' + "[" * 100_000 + "]" * 100_000 + "}"
    yield "many parts", whole.replace('"TEXT"', fill('{"type":"text","text":"x"},', "[{}]") if path == CHAT else '"TEXT"')
    yield "escapes", whole.replace("TEXT", "\\u0041" * (SIZE // 6))
    yield "many fields", whole[:-1] + "".join(f',"a{n}":1' for n in range(SIZE // 10)) + "}"
    yield "great numbers", whole.replace(": 1,", ": 1" + "0" * 100_000 + ",")
    yield "the same field", whole[:-1] + ',"usage":{}' * (SIZE // 11) + "}"


@pytest.mark.parametrize("path", [CHAT, MESSAGES])
@pytest.mark.parametrize("bomb", [name for name, _ in answers(CHAT)])
def test_an_answer_costs_no_more_than_its_size(gateway, ordinary, path, bomb):
    said = dict(answers(path))[bomb].encode()
    gateway.answer.next = wire.whole(200, said)
    try:
        for asked in [CHAT, MESSAGES]:
            answer, seconds = cost(gateway, lambda: gateway.post(asked, question('"x"', model="gpt-4.1" if path == CHAT else "claude-x")))
            assert answer.status_code in (200, 400, 502)
            assert seconds < ordinary * DEARER * max(1, len(said) / SIZE), (asked, seconds, ordinary)
    finally:
        gateway.answer.next = None


EVENTS = {
    "one event without end": lambda: b"data: " + b"a" * (20 * MEBIBYTE),
    "one line after another": lambda: b"data: a\n" * (4 * MEBIBYTE),
    "nothing but comments": lambda: b": a\n" * MEBIBYTE,
    "nothing but ends": lambda: b"\n" * (4 * MEBIBYTE),
    "nothing but carriage returns": lambda: b"\r" * (4 * MEBIBYTE),
    "empty events": lambda: b"data:\n\n" * (MEBIBYTE // 2),
    "nested": lambda: b"data: " + b"[" * MEBIBYTE + b"\n\n",
    "null bytes": lambda: b"\0" * (4 * MEBIBYTE),
}


@pytest.mark.parametrize("bomb", EVENTS)
@pytest.mark.parametrize("model", ["gpt-4.1", "claude-x"])
def test_a_stream_costs_no_more_than_its_size(gateway, ordinary, bomb, model):
    events = EVENTS[bomb]()
    memory = usage.resident(gateway)
    gateway.answer.next = wire.STREAM + b"".join(wire.chunk(events[at:at + 16_000]) for at in range(0, len(events), 16_000)) + wire.END
    try:
        for path in [CHAT, MESSAGES]:
            answer, seconds = cost(gateway, lambda: gateway.post(path, question('"x"', model=model, more=',"stream":true')))
            assert answer.status_code in (200, 502)
            assert len(answer.content) < len(events) + 2000
            assert seconds < ordinary * DEARER * max(1, len(events) / SIZE), (path, seconds, ordinary)
    finally:
        gateway.answer.next = None
    assert usage.resident(gateway) - memory < 96 * MEBIBYTE
    assert gateway.chat().status_code == 200


# Patterns. They are prefixes with a star behind them, and never regular expressions.


def test_names_take_as_long_to_look_up_whatever_the_patterns_are(start):
    """Of the kind that makes regular expressions try all combinations: each beginning of a name is a pattern."""
    nasty = ["a" * length + "*" for length in range(1, 250)] + ["(a+)+*", "(a|a)+$*", "[a-*", "\\*", "^.{9999}*", "a?" * 50 + "a" * 50 + "*"]
    value = launch.filter_json(launch.shipped()) | {"limits": []}
    value["models"] = {name: {"targets": [{"provider": "openai"}]} for name in nasty}

    def answer(request, connection):
        connection.sendall(wire.whole(200, words.answer(request.path, "x")))

    with wire.listening(answer) as provider:
        gateway = start(value, at=provider.address, workers=1)
        assert [gateway.chat(model=model).status_code for model in ("(a+)+", "aab", "b", "")] == [200, 200, 404, 404]

        def measured(*models):
            assert {gateway.chat(model=model).status_code for model in models} == {200}
            return cost(gateway, lambda: [gateway.chat(model=model) for model in models * 100])[1] / len(models)

        assert measured("a" * 250 + "!", "a" * 249, "a?" * 100, "(a+)+$", "^.{9999}") < 3 * max(measured("aX"), 10 * LEAST)
