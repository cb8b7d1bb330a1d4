"""What OpenAI's and Anthropic's APIs answer, as short as can be. The path that was asked says whose words."""

import json

MESSAGES = "/v1/messages"


def answer(path, text, tokens=1):
    if path.startswith(MESSAGES):
        return {
            "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn", "stop_sequence": None,
            "content": [{"type": "text", "text": text}], "usage": {"input_tokens": tokens, "output_tokens": tokens},
        }
    message = {"role": "assistant", "content": text}
    return {
        "id": "c", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": tokens, "completion_tokens": tokens, "total_tokens": 2 * tokens},
    }


def error(path, message, kind="invalid_request_error"):
    if path.startswith(MESSAGES):
        return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}
    return {"error": {"message": message, "type": kind, "param": None, "code": None}}


def event(path, data):
    name = f"event: {data['type']}\n" if path.startswith(MESSAGES) else ""
    return f"{name}data: {json.dumps(data)}\n\n".encode()


def beginning(path):
    """The events before the first words."""
    if path.startswith(MESSAGES):
        message = {**answer(path, ""), "content": [], "stop_reason": None}
        block = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
        return [event(path, {"type": "message_start", "message": message}), event(path, block)]
    return [_chunk(path, {"role": "assistant", "content": ""})]


def words(path, text):
    """An event that says so."""
    if path.startswith(MESSAGES):
        return event(path, {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}})
    return _chunk(path, {"content": text})


def ending(path, tokens=1):
    """The events after the last words."""
    if path.startswith(MESSAGES):
        delta = {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": {"output_tokens": tokens}}
        return [event(path, each) for each in [{"type": "content_block_stop", "index": 0}, delta, {"type": "message_stop"}]]
    usage = {**answer(path, "", tokens), "object": "chat.completion.chunk", "choices": []}
    return [_chunk(path, {}, "stop"), event(path, usage), b"data: [DONE]\n\n"]


def _chunk(path, delta, finish=None):
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return event(path, {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]})


def stream(path, *texts, tokens=1):
    """A whole stream, event by event."""
    return [*beginning(path), *(words(path, text) for text in texts), *ending(path, tokens)]


def said(path, body):
    """The words of a whole answer, as a client of this path reads it."""
    return body["content"][0]["text"] if path.startswith(MESSAGES) else body["choices"][0]["message"]["content"]
