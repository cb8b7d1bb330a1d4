"""Answers of headers alone, which cannot be given a body and must become an error all the same."""

import http.server
import threading

import launch
import pytest


class Empty(http.server.BaseHTTPRequestHandler):
    """Answers with the status in x-status and nothing else."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(int(self.headers["x-status"]))
        self.send_header("content-length", "0")
        self.send_header("retry-after", "7")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def empty(start):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Empty)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"127.0.0.1:{server.server_address[1]}"
    pointed = launch.localize(launch.shipped(), port=0, mocks={"openai": address, "anthropic": address})
    clusters = pointed["static_resources"]["clusters"]
    yield start(change=lambda configuration: configuration["static_resources"].update(clusters=clusters))
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("model", ["gpt-4.1", "claude-opus-4-6"])
@pytest.mark.parametrize("api", ["chat", "message"])
@pytest.mark.parametrize("status, seen", [(200, 502), (204, 502), (302, 502), (429, 429), (500, 500), (503, 503)])
def test_the_client_gets_an_error_with_the_providers_status_and_delay(empty, api, model, status, seen):
    answer = getattr(empty, api)(model=model, headers={"x-status": str(status)})
    assert answer.status_code == seen
    assert answer.json()["error"]["message"]
    assert answer.headers["retry-after"] == "7"
