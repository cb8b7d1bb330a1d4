"""Providers over HTTP/2, whose answers may end with trailers."""

import contextlib
import json
import socket
import threading

import h2.config
import h2.connection
import h2.events
import pytest
import sse

COMPLETION = {
    "id": "c", "model": "m", "choices": [{"index": 0, "message": {"content": "Hi"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 3, "completion_tokens": 4},
}
CHUNK = {"id": "c", "model": "m", "choices": [{"index": 0, "delta": {"content": "Hi"}, "finish_reason": "stop"}]}
ERROR = {"error": {"message": "Slow down", "type": "tokens", "param": None, "code": None}}
ANSWERS = {
    "whole": (200, "application/json", json.dumps(COMPLETION)),
    "garbage": (200, "application/json", "<html>"),
    "error": (429, "application/json", json.dumps(ERROR)),
    "none": (200, "application/json", ""),
    "no stream": (200, "text/event-stream", ""),
    "no error": (429, "application/json", ""),
    "stream": (200, "text/event-stream", f"data: {json.dumps(CHUNK)}\n\ndata: [DONE]\n\n"),
}


def serve(sock):
    """One HTTP/2 connection; x-answer names what each request gets, and trailers follow."""
    connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
    connection.initiate_connection()
    asked = {}
    with sock, contextlib.suppress(OSError):
        sock.sendall(connection.data_to_send())
        while data := sock.recv(65536):
            for event in connection.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    asked[event.stream_id] = dict(event.headers)["x-answer"]
                elif isinstance(event, h2.events.StreamEnded):
                    status, kind, body = ANSWERS[asked[event.stream_id]]
                    connection.send_headers(event.stream_id, [(":status", str(status)), ("content-type", kind)])
                    if body:
                        connection.send_data(event.stream_id, body.encode())
                    connection.send_headers(event.stream_id, [("x-checksum", "1")], end_stream=True)
            sock.sendall(connection.data_to_send())


@pytest.fixture(scope="module")
def gateway(start):
    listener = socket.create_server(("127.0.0.1", 0))

    def accept():
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()

    def over_http2(configuration):
        (cluster,) = [c for c in configuration["static_resources"]["clusters"] if c["name"] == "openai"]
        cluster["load_assignment"]["endpoints"][0]["lb_endpoints"][0]["endpoint"]["address"]["socket_address"] = {
            "address": "127.0.0.1", "port_value": listener.getsockname()[1],
        }
        cluster["typed_extension_protocol_options"] = {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                "explicit_http_config": {"http2_protocol_options": {}},
            }
        }

    yield start(change=over_http2)
    listener.close()


@pytest.mark.parametrize("api", ["chat", "message"])
@pytest.mark.parametrize("answer, status", [("whole", 200), ("garbage", 502), ("error", 429)])
def test_a_whole_answer_may_end_with_trailers(gateway, api, answer, status):
    for _ in range(2):
        found = getattr(gateway, api)(model="gpt-4.1", headers={"x-answer": answer})
        assert found.status_code == status
        body = found.json()
        if answer == "whole":
            text = body["choices"][0]["message"]["content"] if api == "chat" else body["content"][0]["text"]
            assert text == "Hi"
        else:
            assert body["error"]["message"]
            assert ("type" in body) == (api == "message")
    assert gateway.trapped() == 0


@pytest.mark.parametrize("api", ["chat", "message"])
def test_a_stream_may_end_with_trailers(gateway, api):
    found = getattr(gateway, api)(model="gpt-4.1", stream=True, headers={"x-answer": "stream"})
    if api == "chat":
        assert sse.text_of_chunks(sse.chunks(found.text)) == "Hi"
    else:
        assert sse.text_of_messages(sse.messages(found.text)) == "Hi"
    assert gateway.trapped() == 0


@pytest.mark.parametrize("answer, stream, status", [("none", False, 502), ("no stream", True, 200), ("no error", False, 429), ("no error", True, 429)])
def test_trailers_may_come_without_any_body(gateway, answer, stream, status):
    for api in ("chat", "message"):
        found = getattr(gateway, api)(model="gpt-4.1", stream=stream, headers={"x-answer": answer})
        assert found.status_code == status
        if status != 200:
            assert found.json()["error"]["message"]
    assert gateway.trapped() == 0
