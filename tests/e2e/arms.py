"""An OpenAI provider whose models each behave as a test says, and which notes who was asked and when."""

import collections
import http.server
import json
import socket
import threading
import time


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        """Whether it is well: what health checks ask."""
        self.send_response(200 if self.server.arms.is_well else 503)
        self.send_header("content-length", "0")
        self.end_headers()

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        model = request["model"]
        self.server.arms.asked[model].append(time.monotonic())
        behaviour = {"status": 200, "delay": 0, "headers": {}, **self.server.arms.behaviours.get(model, {})}
        if behaviour.get("cut_off"):
            self.close_connection = True
            return
        time.sleep(behaviour["delay"])
        if request.get("stream") and behaviour["status"] == 200:
            return self.stream(model, behaviour)
        answer = {
            "id": "c", "object": "chat.completion", "created": 1, "model": model,
            "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }
        if behaviour["status"] >= 400:
            answer = {"error": {"message": "no", "type": "error", "param": None, "code": None}}
        body = behaviour.get("body", json.dumps(answer)).encode()
        self.send_response(behaviour["status"])
        for name, value in {"content-type": "application/json", "content-length": len(body), **behaviour["headers"]}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def stream(self, model, behaviour):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": model}
        said = {**chunk, "choices": [{"index": 0, "delta": {"role": "assistant", "content": "Hi"}, "finish_reason": None}]}
        self.piece("data: " + json.dumps(said) + "\n\n")
        if behaviour.get("cut"):
            time.sleep(0.05)
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        if error := behaviour.get("error_event"):
            self.piece("data: " + json.dumps({"error": error}) + "\n\n")
        else:
            done = {**chunk, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
            self.piece("data: " + json.dumps(done) + "\n\ndata: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def piece(self, text):
        self.wfile.write(f"{len(text):x}\r\n{text}\r\n".encode())
        self.wfile.flush()

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def handle_error(self, *_):
        """Connections that a test has cut are no errors."""


class Arms:
    """The provider: `behaviours` by model, and when each model was `asked`."""

    def __init__(self):
        self.behaviours, self.asked, self.is_well = {}, collections.defaultdict(list), True
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.arms = self
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def behave(self, model, **behaviour):
        self.behaviours[model] = behaviour

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
