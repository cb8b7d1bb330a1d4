"""Many requests from few connections: pipelined, so that the client is not what is measured."""

import asyncio
import collections
import re

STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
#: Requests that one connection has under way at once.
DEPTH = 32


def request(path, body, **headers):
    """The bytes of one request."""
    headers = {"host": "tollgate", "content-type": "application/json", "content-length": len(body), **headers}
    lines = [f"POST {path} HTTP/1.1", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


async def _answers(reader, count):
    """Statuses of so many answers, whose bodies hold no status line."""
    found, rest = [], b""
    while len(found) < count:
        piece = await asyncio.wait_for(reader.read(1 << 18), 60)
        if not piece:
            raise ConnectionError("the gateway closed a connection")
        rest += piece
        for status in STATUS.finditer(rest):
            found.append(int(status[1]))
            end = status.end()
        rest = rest[end:] if STATUS.search(rest) else rest[-16:]
    return found


async def _connection(url, requests, statuses):
    host, port = url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, port)
    batch = []
    for one in requests:
        batch.append(one)
        if len(batch) == DEPTH:
            writer.write(b"".join(batch))
            statuses.update(await _answers(reader, len(batch)))
            batch = []
    if batch:
        writer.write(b"".join(batch))
        statuses.update(await _answers(reader, len(batch)))
    writer.close()


def send(url, requests, connections=16):
    """Sends what an iterator yields over so many connections; counts statuses."""
    statuses, requests = collections.Counter(), iter(requests)

    async def everything():
        await asyncio.gather(*(_connection(url, requests, statuses) for _ in range(connections)))

    asyncio.run(everything())
    return statuses
