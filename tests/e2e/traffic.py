"""Traffic of every kind at once, and what must come of each request. Each process drives some connections, and says what it saw."""

import asyncio
import collections
import dataclasses
import json
import random
import time

#: A client of each dialect: where it asks, what a stream of its own ends with, and its body for a text.
CLIENTS = {
    "openai": ("/v1/chat/completions", "/v1/chat/completions", b"[DONE]",
               lambda model, text: {"model": model, "max_tokens": 600, "messages": [{"role": "user", "content": text}]}),
    "responses": ("/v1/responses", "/v1/responses", b'"response.completed"',
                  lambda model, text: {"model": model, "max_output_tokens": 600, "input": text}),
    "anthropic": ("/v1/messages", "/v1/messages", b'"message_stop"',
                  lambda model, text: {"model": model, "max_tokens": 600, "messages": [{"role": "user", "content": text}]}),
    "gemini": ("/v1beta/models/{model}:generateContent", "/v1beta/models/{model}:streamGenerateContent?alt=sse", b'"STOP"',
               lambda model, text: {"contents": [{"role": "user", "parts": [{"text": text}]}]}),
    "bedrock": ("/model/{model}/converse", "/model/{model}/converse-stream", b"messageStop",
                lambda model, text: {"messages": [{"role": "user", "content": [{"text": text}]}]}),
    "cohere": ("/v2/chat", "/v2/chat", b"COMPLETE",
               lambda model, text: {"model": model, "messages": [{"role": "user", "content": text}]}),
}
STREAMED_BY_PATH = {"gemini", "bedrock"}
PROVIDERS = list(CLIENTS)
#: Words of which the larger bodies are.
PROSE = "The quick brown fox jumps over the lazy dog, who \"sleeps\" and dreams of naïve 日本語 🦊. "
SIZES = [100] * 6 + [2_000] * 6 + [8_000] * 4 + [64_000] * 2 + [600_000]


@dataclasses.dataclass
class Request:
    """One request, and what must come of it. `leave`: the client goes after so many bytes of its request (negative) or of
    its answer."""

    kind: str
    path: str
    body: bytes
    headers: dict
    statuses: tuple = (200,)
    holds: tuple = ()
    lacks: tuple = ()
    leave: int = 0
    method: str = "POST"

    def bytes(self):
        headers = {"host": "tollgate", "content-type": "application/json", "content-length": len(self.body), **self.headers}
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + self.body


class Traffic:
    """Requests without end, each another one."""

    def __init__(self, seed):
        self.random, self.seed, self.number = random.Random(seed), seed, 0

    def next(self):
        self.number += 1
        kinds, weights = zip(*KINDS)
        return self.random.choices(kinds, weights)[0](self)

    def chat(self, kind, model, *, stream=None, text=None, client=None, size=None, **wishes):
        """A conversation of any client with a model, and the word that only its answer may hold."""
        choose = self.random
        stream = choose.random() < 0.5 if stream is None else stream
        client = client or choose.choice(PROVIDERS)
        plain, streamed, end, make = CLIENTS[client]
        word = f"w{self.seed}x{self.number}w"
        prose = PROSE * ((size or choose.choice(SIZES)) // len(PROSE) + 1)
        body = make(model, text or prose)
        if stream and client not in STREAMED_BY_PATH:
            body["stream"] = True
        headers = {
            "x-consumer": f"consumer-{choose.randrange(50)}", "x-kind": kind,
            "x-mock": ",".join([f"text={word}", f"input={choose.randrange(1, 500)}", f"output={choose.randrange(1, 50)}",
                                *(f"{name.rstrip('_')}={value}" if value is not None else name for name, value in wishes.items())]),
            **({"anthropic-version": "2026-10-21"} if client == "anthropic" else {}),
        }
        path = (streamed if stream else plain).format(model=model)
        holds = (word.encode(), end) if stream else (word.encode(),)
        return Request(f"{kind}, {'streamed' if stream else 'whole'}", path, json.dumps(body).encode(), headers, holds=holds)

    def pair(self):
        return self.chat("pair", f"to-{self.random.choice(PROVIDERS)}")

    def slow_stream(self):
        request = self.chat("slow", f"to-{self.random.choice(PROVIDERS)}", stream=True, size=100, gap_ms=20)
        return request

    def leaves_early(self):
        request = self.chat("left", f"to-{self.random.choice(PROVIDERS)}", stream=True, size=100, delay_ms=self.random.randrange(30), gap_ms=30)
        request.leave, request.statuses = self.random.choice([1, 300, 600]), (200,)
        return request

    def leaves_at_once(self):
        request = self.chat("gone", f"to-{self.random.choice(PROVIDERS)}", size=8_000)
        request.leave = -self.random.randrange(1, 8_000)
        return request

    def provider_error(self):
        status = self.random.choice([400, 404, 429, 500, 503, 529])
        request = self.chat("error", f"to-{self.random.choice(PROVIDERS)}", size=100)
        request.headers["x-mock"] = f"error={status}"
        request.statuses, request.holds = (status,), ()
        return request

    def unreadable(self):
        request = self.chat("unreadable", f"to-{self.random.choice(PROVIDERS)}", stream=False, size=100)
        request.headers["x-mock"] = self.random.choice(["garbage", "html", "empty200"])
        request.statuses, request.holds = (502,), ()
        return request

    def cut(self):
        request = self.chat("cut", f"to-{self.random.choice(PROVIDERS)}", stream=True, size=100)
        request.headers["x-mock"] = "words=40,cut=clean"
        request.lacks, request.holds = (request.holds[1],), ()
        return request

    def failover(self):
        request = self.chat("failover", "any", client=self.random.choice(["openai", "anthropic", "gemini"]))
        request.headers["x-mock-anthropic"] = self.random.choice(["error=429", "error=500", "error=529", "garbage", "html", "empty200"])
        request.headers["x-mock-openai"] = request.headers.pop("x-mock")
        return request

    def steps(self):
        request = self.chat("steps", "stepped", stream=False, size=100)
        return request

    def shadowed(self):
        return self.chat("shadow", "shadowed", client="openai", size=2_000)

    def limited(self):
        request = self.chat("tight", "to-openai", client=self.random.choice(["openai", "anthropic"]), stream=False, size=2_000)
        request.headers["x-tight"] = "yes"
        request.statuses, request.holds = (200, 429), ()
        return request

    def wrong(self):
        """What no provider ever sees."""
        request = self.chat("wrong", "to-openai", client="openai", stream=False, size=100)
        request.holds = (b'"error"',)
        mistake = self.random.randrange(4)
        if mistake == 0:
            request.body, request.statuses = request.body[:-3], (400,)
        elif mistake == 1:
            request.body, request.statuses = b'{"model": "to-openai", "messages": 7}', (400,)
        elif mistake == 2:
            request.body, request.statuses = request.body.replace(b"to-openai", b"to-nobody"), (404,)
        else:
            request.headers.pop("x-consumer")
            request.statuses = (401,)
        return request

    def embedding(self):
        body = {"model": "vectors", "input": [PROSE, "and this"]}
        return Request("embedding", "/v1/embeddings", json.dumps(body).encode(), {"x-consumer": "consumer-1", "x-kind": "embedding"}, holds=(b'"embedding"',))

    def models(self):
        return Request("models", "/v1/models", b"", {"x-consumer": "consumer-1", "x-kind": "models"}, holds=(b"to-openai",), method="GET")


KINDS = [
    (Traffic.pair, 60), (Traffic.slow_stream, 4), (Traffic.leaves_early, 4), (Traffic.leaves_at_once, 2), (Traffic.provider_error, 5),
    (Traffic.unreadable, 3), (Traffic.cut, 3), (Traffic.failover, 8), (Traffic.steps, 3), (Traffic.shadowed, 3), (Traffic.limited, 6),
    (Traffic.wrong, 4), (Traffic.embedding, 3), (Traffic.models, 1),
]


@dataclasses.dataclass
class Seen:
    """What became of the traffic of one process."""

    sent: int = 0
    kinds: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    #: Of requests whose client stayed.
    statuses: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    wrong: list = dataclasses.field(default_factory=list)

    def add(self, other):
        self.sent += other.sent
        self.kinds += other.kinds
        self.statuses += other.statuses
        self.wrong += other.wrong


async def _body(reader, head):
    """The body that belongs to a head, its chunks put together."""
    fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
    if "content-length" in fields:
        return await reader.readexactly(int(fields["content-length"]))
    pieces = []
    while size := int(await reader.readuntil(b"\r\n"), 16):
        pieces.append((await reader.readexactly(size + 2))[:-2])
    await reader.readexactly(2)
    return b"".join(pieces)


async def _connection(host, port, traffic, until, seen):
    reader = writer = None
    while time.monotonic() < until:
        request = traffic.next()
        if writer is None:
            reader, writer = await asyncio.open_connection(host, port, limit=1 << 22)
        asked = request.bytes()
        seen.kinds[request.kind] += 1
        if request.leave < 0:
            writer.write(asked[: request.leave])
            await writer.drain()
        else:
            seen.sent += 1
            writer.write(asked)
            head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)).decode()
            status = int(head.split(" ", 2)[1])
            if status not in request.statuses:
                body = await asyncio.wait_for(_body(reader, head), 60)
                seen.wrong.append(f"{request.kind} {request.path} {request.headers}: {status} {body[:400]}")
                continue
            if request.leave == 0:
                seen.statuses[status] += 1
                body = await asyncio.wait_for(_body(reader, head), 60)
                missing = [part for part in request.holds if part not in body] + [part for part in request.lacks if part in body]
                if missing:
                    seen.wrong.append(f"{request.kind} {request.path} {request.headers}: {missing} of {body[:4000]}")
                if "connection: close" not in head.lower():
                    continue
            else:
                await asyncio.wait_for(reader.read(request.leave), 60)
        writer.transport.abort()
        writer = None
    if writer:
        writer.close()


def drive(url, seed, seconds, connections):
    """Keeps so many connections busy for that long."""
    host, port = url.removeprefix("http://").split(":")
    seen, traffic, until = Seen(), Traffic(seed), time.monotonic() + seconds

    async def everything():
        await asyncio.gather(*(_connection(host, port, traffic, until, seen) for _ in range(connections)))

    asyncio.run(everything())
    return seen
