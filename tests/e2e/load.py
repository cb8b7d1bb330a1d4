"""Many requests from few connections: pipelined, so that the client is not what is measured."""

import asyncio
import collections
import itertools
import json
import re
import threading

STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
#: Only answers that a target gave have it.
TARGET = re.compile(rb"\r\nx-tollgate-target: ([^\r]*)\r\n")
#: Requests that one connection has sent before it reads an answer; Envoy works on one after the other.
DEPTH = 32


def request(path, body, **headers):
    """The bytes of one request."""
    headers = {"host": "tollgate", "content-type": "application/json", "content-length": len(body), **headers}
    lines = [f"POST {path} HTTP/1.1", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


async def _answers(reader, count, pattern):
    """What the pattern, which comes once in each answer's head and in no body, finds in so many answers."""
    found, rest = [], b""
    while len(found) < count:
        piece = await asyncio.wait_for(reader.read(1 << 18), 60)
        if not piece:
            raise ConnectionError(f"the gateway closed a connection: {rest[:300]}")
        rest, end = rest + piece, 0
        for match in pattern.finditer(rest):
            found.append(match[1])
            end = match.end()
        # What was found is not found again; of what was not, the beginning may have come.
        rest = rest[end or max(0, len(rest) - 256):]
    return found


async def _connection(url, requests, pattern, depth, found):
    host, port = url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, port)
    while batch := list(itertools.islice(requests, depth)):
        writer.write(b"".join(request for _, request in batch))
        answers = await _answers(reader, len(batch), pattern)
        found.update(zip((number for number, _ in batch), answers))
    writer.close()


def ask(url, requests, pattern, connections=16, depth=DEPTH):
    """Sends what an iterator yields over so many connections, so many at once over each; gives what the pattern finds in
    each answer, in order."""
    found, requests = {}, enumerate(requests)

    async def everything():
        await asyncio.gather(*(_connection(url, requests, pattern, depth, found) for _ in range(connections)))

    asyncio.run(everything())
    return [answer for _, answer in sorted(found.items())]


def send(url, requests, connections=16, depth=DEPTH):
    """Sends them likewise; counts statuses."""
    return collections.Counter(map(int, ask(url, requests, STATUS, connections, depth)))


class Steady:
    """Requests over few connections for as long as this lasts, each of 50 tokens."""

    def __init__(self, gateway, consumer, model="gpt-4.1"):
        body = json.dumps({"model": model, "max_tokens": 60, "messages": [{"role": "user", "content": "Hello"}]})
        headers = {"x-consumer": consumer, "x-mock": "input=20,output=30"}
        each = request("/v1/chat/completions", body.encode(), **headers)
        self.sent, self.done = 0, threading.Event()

        def requests():
            while not self.done.is_set():
                self.sent += 1
                yield each

        def run():
            self.statuses = send(gateway.url, requests(), connections=8)

        self.thread = threading.Thread(target=run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()
