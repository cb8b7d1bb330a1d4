"""A stock Envoy with the shipped configuration, in front of the mock providers."""

import collections
import functools
import http.server
import json
import pathlib
import re
import sys
import threading
import time
import urllib.parse

import httpx
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "envoy"))
import launch  # noqa: E402

pytest.register_assert_rewrite("refusals")


@pytest.fixture(scope="session")
def mocks():
    running = launch.Mocks()
    yield running
    running.stop()


#: With Envoy 1.37, what is counted on a cluster first is among that cluster's counters.
OF_A_CLUSTER = re.compile('^envoy_cluster_wasmcustom_|,envoy_cluster_name="[^"]*"|{envoy_cluster_name="[^"]*"}$')


class Gateway:
    """An Envoy with Tollgate in it, and a client for it."""

    def __init__(self, envoy, mocks):
        self.envoy = envoy
        self.mocks = mocks
        self.url = envoy.url
        self.client = httpx.Client(base_url=envoy.url, timeout=30)
        #: Its VM fails on purpose.
        self.may_trap = False

    def chat(self, text="Hello", *, model="gpt-4.1", mock="", headers=None, **fields):
        """Asks as an OpenAI client."""
        body = {"model": model, "messages": [{"role": "user", "content": text}], **fields}
        return self.post("/v1/chat/completions", body, mock=mock, headers=headers)

    def message(self, text="Hello", *, model="claude-sonnet-4-5", mock="", headers=None, **fields):
        """Asks as an Anthropic client."""
        body = {"model": model, "max_tokens": 100, "messages": [{"role": "user", "content": text}], **fields}
        headers = {"anthropic-version": "2026-10-21", **(headers or {})}
        return self.post("/v1/messages", body, mock=mock, headers=headers)

    def post(self, path, body, *, mock="", headers=None):
        headers = {"content-type": "application/json", **({"x-mock": mock} if mock else {}), **(headers or {})}
        content = body if isinstance(body, (bytes, str)) else json.dumps(body)
        return self.client.post(path, content=content, headers=headers)

    def all_received(self, provider, text):
        """The requests that hold `text`, as the provider received them."""
        query = urllib.parse.urlencode({"contains": text})
        requests = httpx.get(f"http://{self.mocks.addresses[provider]}/__mock/requests?{query}").json()
        for request in requests:
            request["headers"] = {name: value for name, value in request["headers"]}
            request["json"] = json.loads(request["body"])
        return requests

    def received(self, provider, text):
        """The request that holds `text`, as the provider received it."""
        (request,) = self.all_received(provider, text)
        return request

    def counters(self):
        """The filter's counters, as Prometheus sees them."""
        lines = self.envoy.ask("/stats/prometheus?filter=tollgate_").splitlines()
        found = collections.Counter()
        for line in lines:
            if not line.startswith("#"):
                name, count = line.rsplit(" ", 1)
                found[OF_A_CLUSTER.sub("", name)] += int(count)
        return dict(found)

    def trapped(self):
        """Failures of the VM since Envoy started. Envoy logs each; it counts only some of them, and later."""
        deadline = time.monotonic() + 5
        buffered = "/stats?filter=^filesystem.write_total_buffered$"
        while not self.envoy.ask(buffered).endswith(": 0\n") and time.monotonic() < deadline:
            time.sleep(0.02)
        return len(re.findall(r"Function: \w+ failed", self.envoy.log()))

    def has_ended(self):
        """Envoy is gone, without being told to."""
        return self.envoy.process.poll() is not None

    def logged(self, text):
        """Does `text` come up in Envoy's log? Envoy writes it in batches, so it is given a moment."""
        deadline = time.monotonic() + 3
        while time.monotonic() < deadline:
            if text in self.envoy.log():
                return True
            time.sleep(0.05)
        return False

    def access_lines(self, **fields):
        """The access log's lines with these values, so far."""
        lines = [json.loads(line) for line in self.envoy.output().split("\n") if line.startswith("{")]
        return [line for line in lines if all(line.get(name) == value for name, value in fields.items())]

    def access_log(self, **fields):
        """The one access log line with these values."""
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            if found := self.access_lines(**fields):
                (line,) = found
                return line
            time.sleep(0.05)
        raise AssertionError(f"no access log line with {fields} among {self.access_lines()[-5:]}")


def restricted_calls(log):
    """What a module has asked for that Envoy was told to refuse it."""
    return set(re.findall(r"restricted proxy-wasm capability: (\w+)", log))


@pytest.fixture(scope="session")
def start(mocks):
    """Starts Envoys with the shipped configuration, or another filter configuration in it. `at`: where all providers are."""
    running = []

    def start(filter_json=None, *, base=launch.shipped, at=None, struct=False, change=None, env=None, **options):
        there = dict.fromkeys(mocks.clusters, at) if at else mocks.clusters
        configuration = launch.localize(base(), port=0, mocks=there)
        if filter_json is not None:
            launch.use_filter_json(configuration, filter_json, struct)
        if change:
            change(configuration)
        envoy = launch.Envoy(configuration, env={**launch.MOCK_KEYS, **(env or {})}, **options)
        gateway = Gateway(envoy, mocks)
        running.append(gateway)
        return gateway

    yield start
    alive = [gateway for gateway in running if not gateway.has_ended()]
    ended = [gateway.envoy.log()[-3000:] for gateway in running if gateway.has_ended()]
    failed = [gateway.envoy.log()[-3000:] for gateway in alive if gateway.trapped() and not gateway.may_trap]
    refused = set().union(*(restricted_calls(gateway.envoy.log()) for gateway in alive))
    for gateway in alive:
        gateway.envoy.stop()
    assert not ended, "an Envoy ended in a test\n" + "\n".join(ended)
    assert not failed, "the VM failed in a test\n" + "\n".join(failed)
    assert not refused, "the shipped configuration refuses the module what it asks for"


@pytest.fixture(scope="session")
def gateway(start):
    """The shipped configuration as it is, shared by the tests that leave no trace."""
    return start()


class Scripted(http.server.BaseHTTPRequestHandler):
    """A provider that answers what the request's x-answer says: status, headers and body as JSON."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.server.received.append((self.path, dict(self.headers)))
        script = {"status": 200, "headers": {}, "body": "", "delay": 0, **json.loads(self.headers["x-answer"])}
        time.sleep(script["delay"])
        body = script["body"] if isinstance(script["body"], str) else json.dumps(script["body"])
        self.send_response(script["status"])
        headers = {"content-type": "application/json", "content-length": str(len(body.encode())), **script["headers"]}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def scripted():
    """A provider to be told what to answer; `received` holds path and headers of each request."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Scripted)
    server.received = []
    server.address = f"127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def start_scripted(start, scripted):
    """Starts Envoys whose providers are all the scripted one."""
    return functools.partial(start, at=scripted.address)


@pytest.fixture
def the_next_request_works(gateway):
    """After each case, on the same connection and on a new one; that no VM failed is asserted when Envoy is stopped."""
    yield
    for headers in [{}, {"connection": "close"}]:
        assert gateway.chat(model="claude-sonnet-4-5", headers=headers).status_code == 200
        assert gateway.message(model="gpt-4.1", headers=headers).status_code == 200


@pytest.fixture
def unique():
    """A text that no other request holds."""
    return f"case-{time.monotonic_ns()}"
