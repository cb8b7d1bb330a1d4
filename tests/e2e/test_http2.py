"""HTTP/2 clients, whose bodies may end with trailers."""

import json
import socket
import urllib.parse

import h2.config
import h2.connection
import h2.events
import pytest


def ask(url, path, headers, body, trailers=None):
    """One request over HTTP/2; returns the status and the body."""
    address = urllib.parse.urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=15) as sock:
        connection = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        connection.initiate_connection()
        head = [(":method", "POST"), (":path", path), (":authority", address.netloc), (":scheme", "http")]
        connection.send_headers(1, head + list(headers.items()))
        connection.send_data(1, body, end_stream=trailers is None)
        if trailers is not None:
            connection.send_headers(1, trailers, end_stream=True)
        sock.sendall(connection.data_to_send())
        status, answer = None, b""
        while came := sock.recv(65536):
            for event in connection.receive_data(came):
                if isinstance(event, h2.events.ResponseReceived):
                    status = int(dict(event.headers)[":status"])
                elif isinstance(event, h2.events.DataReceived):
                    answer += event.data
                elif isinstance(event, h2.events.StreamReset):
                    raise AssertionError(f"the stream was reset: {event}")
                elif isinstance(event, h2.events.StreamEnded):
                    return status, answer.decode()
            sock.sendall(connection.data_to_send())
        raise ConnectionError("the gateway closed the connection")


@pytest.mark.parametrize("trailers", [None, [("x-checksum", "1")]])
@pytest.mark.parametrize("model, text", [("gpt-4.1", "Hello from OpenAI."), ("claude-opus-4-6", "Hello from Anthropic.")])
def test_a_body_may_end_with_trailers(gateway, model, text, trailers):
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": "Hello"}]}).encode()
    headers = {"content-type": "application/json"}
    status, answer = ask(gateway.url, "/v1/chat/completions", headers, body, trailers)
    assert status == 200, answer
    assert json.loads(answer)["choices"][0]["message"]["content"] == text


def test_an_error_reaches_a_client_that_sends_trailers(gateway):
    status, answer = ask(gateway.url, "/v1/chat/completions", {}, b"{", [("x-checksum", "1")])
    assert (status, json.loads(answer)["error"]["type"]) == (400, "invalid_request_error")
