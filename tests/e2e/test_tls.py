"""Real providers are reached over TLS, and only if they are who they say they are."""

import http.server
import json
import ssl
import threading

import launch
import pytest
import trustme

COMPLETION = {
    "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-4.1",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello over TLS."}, "finish_reason": "stop"}],
}


class Provider(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        body = json.dumps(COMPLETION).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def answer(tmp_path, start, mocks):
    """What a client gets from the shipped TLS cluster when a server with this certificate is behind it."""
    servers = []

    def answer(name, *, trusted):
        authority = trustme.CA()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(context)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        (authority if trusted else trustme.CA()).cert_pem.write_to_path(tmp_path / "ca.pem")

        configuration = launch.localize(launch.shipped(), port=0, mocks={"anthropic": mocks.addresses["anthropic"]})
        cluster = next(c for c in configuration["static_resources"]["clusters"] if c["name"] == "openai")
        (endpoints,) = cluster["load_assignment"]["endpoints"]
        address = endpoints["lb_endpoints"][0]["endpoint"]["address"]["socket_address"]
        assert address == {"address": "api.openai.com", "port_value": 443}
        address.update(address="127.0.0.1", port_value=server.server_address[1])
        tls = cluster["transport_socket"]["typed_config"]["common_tls_context"]["validation_context"]
        tls["trusted_ca"]["filename"] = str(tmp_path / "ca.pem")

        def use(started):
            started.clear()
            started.update(configuration)

        return start(change=use).chat()

    yield answer
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_provider_with_its_own_certificate_is_reached(answer):
    found = answer("api.openai.com", trusted=True)
    assert found.json()["choices"][0]["message"]["content"] == "Hello over TLS."


@pytest.mark.parametrize("name, trusted", [("api.openai.com", False), ("evil.example.com", True)])
def test_anybody_else_is_not(answer, name, trusted):
    found = answer(name, trusted=trusted)
    assert found.status_code == 503
    assert found.json()["error"]["message"] == "The provider could not be reached."
    assert found.headers["retry-after"] == "1"
