"""Reads server-sent events as the HTML standard says, so that tests do not repeat the filter's own mistakes."""

import json
import re


def events(text):
    """(name, data) of each event that a blank line ends; what is left over without one is an error."""
    found, name, data = [], None, []
    lines = re.split("\r\n|\n|\r", text)
    assert lines[-1] == "", f"the stream ends inside a line: {lines[-1]!r}"
    for line in lines[:-1]:
        if not line:
            if data:
                found.append((name, "\n".join(data)))
            name, data = None, []
        elif line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif line.startswith("event:"):
            name = line[6:].strip()
    return found


def chunks(text):
    """The chunks of an OpenAI stream that is complete."""
    *found, (_, done) = events(text)
    assert done == "[DONE]"
    return [json.loads(data) for _, data in found]


def messages(text):
    """The events of an Anthropic stream that is complete, each with the name it says it has."""
    found = [(name, json.loads(data)) for name, data in events(text)]
    assert all(name == data["type"] for name, data in found)
    assert found[-1][0] == "message_stop"
    return [data for _, data in found]


def text_of_chunks(found):
    return "".join(choice["delta"].get("content") or "" for chunk in found for choice in chunk["choices"])


def text_of_messages(found):
    deltas = [event["delta"] for event in found if event["type"] == "content_block_delta"]
    return "".join(delta["text"] for delta in deltas if delta["type"] == "text_delta")
