"""A provider byte by byte: what came, as it stood on the wire, and what goes back, as it is written here."""

import contextlib
import json
import socket
import threading


class Request:
    """A request as it came. `headers` are pairs, names in lower case; `body` is what its framing says."""

    def __init__(self, start, headers, body):
        self.start, self.headers, self.body = start, headers, body

    @property
    def path(self):
        return self.start.split(" ")[1]

    def all(self, name):
        return [value for known, value in self.headers if known == name]

    def json(self):
        return json.loads(self.body)


class Wire:
    """Listens. Each request is kept and given to `answer`, with its connection, which goes on unless that returns False."""

    def __init__(self, answer):
        self.answer, self.received = answer, []
        #: What came that is no request.
        self.rest = []
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.address = "127.0.0.1:%d" % self.listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listening.accept()
                threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection):
        with contextlib.suppress(OSError), connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            came = connection.makefile("rb")
            while request := self._request(came):
                self.received.append(request)
                if self.answer(request, connection) is False:
                    return

    def _request(self, came):
        start = came.readline()
        if not start:
            return None
        headers = []
        while (line := came.readline()) not in (b"\r\n", b"\n", b""):
            name, value = line.decode("latin-1").split(":", 1)
            headers.append((name.lower(), value.strip()))
        request = Request(start.decode("latin-1").rstrip(), headers, b"")
        lengths, codings = request.all("content-length"), request.all("transfer-encoding")
        if not start.endswith(b" HTTP/1.1\r\n") or len(lengths) + len(codings) > 1:
            self.rest.append(start + came.read1())
            return None
        request.body = b"".join(_chunks(came)) if codings else came.read(int(lengths[0]) if lengths else 0)
        return request

    def close(self):
        with contextlib.suppress(OSError):
            self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()


def _chunks(came):
    while size := int(came.readline().split(b";")[0], 16):
        yield came.read(size)
        came.readline()
    came.readline()


@contextlib.contextmanager
def listening(answer):
    wire = Wire(answer)
    yield wire
    wire.close()


def head(status, headers=()):
    """An answer's first line and headers."""
    lines = [f"HTTP/1.1 {status} Any", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode()


def whole(status, body, headers=(), kind="application/json"):
    """A whole answer."""
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    return head(status, [("content-type", kind), ("content-length", len(body)), *headers]) + body


def chunk(data):
    return b"%x\r\n%b\r\n" % (len(data), data)


#: How a stream of events begins and ends.
STREAM = head(200, [("content-type", "text/event-stream"), ("transfer-encoding", "chunked")])
END = b"0\r\n\r\n"
