"""HTTP/1.1 byte by byte, as no client library would send it."""

import contextlib
import http.client
import json
import socket


class Answer:
    """What came back, to be read like httpx's answers."""

    def __init__(self, answer):
        self.status_code, self.content = answer.status, answer.read()
        self.headers = {name.lower(): value for name, value in answer.getheaders()}

    def json(self):
        return json.loads(self.content)


@contextlib.contextmanager
def connected(url):
    """A connection to Envoy that is closed at the end, whatever is still on its way."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        yield connection


def head(path, headers=(), *, method="POST"):
    """A request's first line and headers, each a name and a value or a whole line; text or bytes."""

    def line(header):
        return header if isinstance(header, bytes) else b": ".join(as_bytes(part) for part in header)

    first = b" ".join([as_bytes(method), as_bytes(path), b"HTTP/1.1"])
    return b"\r\n".join([first, b"host: tollgate", *map(line, headers), b"", b""])


def chunked(*chunks):
    return b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in [*chunks, b""])


def exchange(url, *parts):
    """Sends a request and reads its answer."""
    with connected(url) as connection:
        for part in parts:
            connection.sendall(part)
        return read(connection)


def read(connection):
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return Answer(answer)


def as_bytes(part):
    return part if isinstance(part, bytes) else part.encode()
