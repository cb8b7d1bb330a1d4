"""Many streams at once, and readers that do not read: memory is bounded by Envoy's buffers and by what a stream needs."""

import asyncio
import contextlib
import json
import resource
import socket
import time

import changes
import launch
import pytest
import raw
import usage
import wire
import words
from usage import MEBIBYTE

CHAT, MESSAGES = "/v1/chat/completions", "/v1/messages"
WAYS = [(CHAT, "gpt-4.1"), (CHAT, "claude-x"), (MESSAGES, "claude-x"), (MESSAGES, "gpt-4.1")]
BUFFER = MEBIBYTE
STREAMS = 2000


def question(model, path=CHAT):
    body = json.dumps({"model": model, "max_tokens": 9, "stream": True, "messages": [{"role": "user", "content": "Hello"}]}).encode()
    return raw.head(path, [("content-length", str(len(body))), ("content-type", "application/json")]) + body


# Readers that do not read

LARGE = 48 * MEBIBYTE
PIECE = 32_768
READERS = 6


@pytest.fixture(scope="module")
def flooding(start):
    """A provider that streams as fast as it can be read, and counts how much of it went out."""
    def flood(request, connection):
        path = request.path
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
        event = wire.chunk(words.words(path, "x" * PIECE))
        connection.sendall(wire.STREAM + b"".join(map(wire.chunk, words.beginning(path))))
        for _ in range(LARGE // PIECE):
            connection.sendall(event)
            flood.sent += PIECE
        connection.sendall(b"".join(map(wire.chunk, words.ending(path))) + wire.END)

    flood.sent = 0
    value = launch.filter_json(launch.shipped()) | {"limits": []}
    with wire.listening(flood) as provider:
        gateway = start(value, at=provider.address, change=changes.buffers(BUFFER))
        gateway.flood = flood
        yield gateway


def reader(gateway):
    """A connection with little room on its own side."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
    host, port = gateway.url.removeprefix("http://").split(":")
    connection.connect((host, int(port)))
    return connection


@pytest.mark.parametrize("path, model", WAYS)
def test_one_who_does_not_read_holds_the_provider_back_and_no_memory(flooding, path, model):
    """Nothing piles up on the way, and all of it comes when it is read."""
    flooding.flood.sent, memory = 0, usage.resident(flooding)
    with contextlib.ExitStack() as stack:
        readers = [stack.enter_context(reader(flooding)) for _ in range(READERS)]
        for connection in readers:
            connection.sendall(question(model, path))
        sent = -1
        while sent != flooding.flood.sent:
            sent = flooding.flood.sent
            time.sleep(0.5)
        assert sent < READERS * LARGE / 4, "the providers wait"
        grown = usage.resident(flooding) - memory
        # Of each stream: the buffers of both its connections, with what was read beyond their limit, and what kernels hold.
        assert grown < READERS * 4 * BUFFER, grown / MEBIBYTE
        came = 0
        with contextlib.closing(readers.pop()) as connection:
            last = b""
            while not last.endswith(b"0\r\n\r\n"):
                piece = connection.recv(1 << 20)
                assert piece, "it ended before it was whole"
                came, last = came + len(piece), (last + piece)[-16:]
        assert came > LARGE
    print(f"\n{READERS} streams that nobody reads: {grown / READERS / 1024:.0f} KiB each; {sent / READERS / 1024:.0f} KiB of each had left the provider")
    # Those who never read have left.
    deadline = time.monotonic() + 5
    while active(flooding) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert active(flooding) == 0


def active(gateway):
    lines = gateway.envoy.ask(r"/stats?filter=^cluster\.(openai|anthropic)\.upstream_rq_active$").splitlines()
    return sum(int(line.rsplit(" ", 1)[1]) for line in lines)


# Many at once


@pytest.fixture
def descriptors():
    """Two connections for each stream in Envoy, which inherits this, and one here."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(hard, 4 * STREAMS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    assert wanted >= 3 * STREAMS, f"needs {3 * STREAMS} open files, and may have {hard}: raise the hard limit (ulimit -Hn)"
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


class Choir:
    """A provider that begins every stream, and ends all of them when it is told to."""

    def __init__(self):
        self.begun, self.go_on = 0, asyncio.Event()

    async def sing(self, reader, writer):
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            path = head.split(" ")[1]
            length = next(int(line.split(":")[1]) for line in head.split("\r\n") if line.lower().startswith("content-length"))
            await reader.readexactly(length)
            pieces = words.stream(path, "one ", "two ", "three ", "four", tokens=7)
            writer.write(wire.STREAM + b"".join(map(wire.chunk, pieces[:4])))
            await writer.drain()
            self.begun += 1
            await self.go_on.wait()
            writer.write(b"".join(map(wire.chunk, pieces[4:])) + wire.END)
            await writer.drain()
        writer.close()


def test_two_thousand_streams_are_held_and_finished(start, descriptors):
    async def everything():
        choir = Choir()
        server = await asyncio.start_server(choir.sing, "127.0.0.1", 0, backlog=STREAMS)
        address = "127.0.0.1:%d" % server.sockets[0].getsockname()[1]
        value = launch.filter_json(launch.shipped())
        value["limits"] = [{"name": "places", "per": [], "concurrent": STREAMS}]
        gateway = await asyncio.to_thread(start, value, at=address)
        host, port = gateway.url.removeprefix("http://").split(":")

        async def stream(number):
            path, model = WAYS[number % len(WAYS)]
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(question(model, path))
            begun = await reader.readuntil(b"two")
            came.append(begun)
            rest = await reader.readuntil(b"0\r\n\r\n")
            writer.close()
            return begun.startswith(b"HTTP/1.1 200") and b"four" in rest and (b"[DONE]" in rest or b"message_stop" in rest)

        async def until(condition, seconds=60):
            deadline = time.monotonic() + seconds
            while not condition():
                assert time.monotonic() < deadline
                await asyncio.sleep(0.05)

        came, memory = [], usage.resident(gateway)
        singing = [asyncio.create_task(stream(number)) for number in range(STREAMS)]
        await until(lambda: len(came) == STREAMS or any(task.done() for task in singing))
        assert (len(came), choir.begun) == (STREAMS, STREAMS), "all are open at once"
        each = (usage.resident(gateway) - memory) / STREAMS
        print(f"\n{STREAMS} open streams: {each / 1024:.0f} KiB of memory each")
        assert each < 128 * 1024
        # One more finds no place; it is told so, and nobody is disturbed.
        refused = await asyncio.to_thread(gateway.chat)
        assert refused.status_code == 429
        choir.go_on.set()
        assert await asyncio.gather(*singing) == [True] * STREAMS
        assert (await asyncio.to_thread(gateway.chat, stream=True)).status_code == 200
        await asyncio.to_thread(gateway.envoy.stop)
        server.close()

    asyncio.run(everything())
