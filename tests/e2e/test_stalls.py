"""Providers that stop at any point, and stay: the client is told in time, and nothing stays taken."""

import json
import threading
import time

import httpx
import launch
import pytest
import wire
import words

CHAT, MESSAGES = "/v1/chat/completions", "/v1/messages"
#: How long nothing may happen, in seconds.
PATIENCE = 1
PLACES = 4
TEXT = "one two three four"


def stages(path, stream):
    """What comes until a provider stops, by where that is."""
    if not stream:
        body = json.dumps(words.answer(path, TEXT)).encode()
        answer = wire.whole(200, body)
        head = len(answer) - len(body)
        return {
            "before the status": b"", "within the status": answer[:10], "within the headers": answer[:40], "after the headers": answer[:head],
            "within the body": answer[:head + len(body) // 2], "before the last byte": answer[:-1],
        }
    events = words.stream(path, *TEXT.split())
    sent = lambda *pieces: wire.STREAM + b"".join(map(wire.chunk, pieces))
    return {
        "before the status": b"", "within the headers": wire.STREAM[:30], "after the headers": wire.STREAM,
        "within the first event": sent(events[0][:20]), "after the first event": sent(events[0]),
        "between events": sent(*events[:4]), "within an event": sent(*events[:4], events[4][:25]),
        "within a chunk": sent(*events[:4]) + wire.chunk(events[4])[:-9],
        "before the end": sent(*events[:-1]), "after the end, without the last chunk": sent(*events),
    }


@pytest.fixture(scope="module")
def gateway(start):
    """Its provider stops at the stage that a prompt names, until it is let go."""
    go_on = threading.Event()

    def stall(request, connection):
        asked = request.json()
        content = asked["messages"][-1]["content"]
        stage = content if isinstance(content, str) else content[0]["text"]
        if stage == "answers":
            connection.sendall(wire.whole(200, words.answer(request.path, TEXT)))
            return True
        connection.sendall(stages(request.path, asked.get("stream", False))[stage])
        go_on.wait(20)
        return False

    def impatient(configuration):
        launch.manager(configuration)["stream_idle_timeout"] = "5s"
        (host,) = launch.manager(configuration)["route_config"]["virtual_hosts"]
        host["routes"][0]["route"]["retry_policy"] = {"per_try_idle_timeout": f"{PATIENCE}s"}

    value = launch.filter_json(launch.shipped())
    value["limits"] = [{"name": "places", "per": [], "concurrent": PLACES}]
    with wire.listening(stall) as provider:
        yield start(value, at=provider.address, change=impatient)
        go_on.set()


def ask(gateway, path, model, stage, stream=False):
    """The status, the text and how long it took. A stream that breaks off ends with what has come."""
    body = {"model": model, "max_tokens": 9, "stream": stream, "messages": [{"role": "user", "content": stage}]}
    began, content = time.monotonic(), b""
    with httpx.Client(base_url=gateway.url, timeout=15) as client, client.stream("POST", path, json=body) as answer:
        try:
            for piece in answer.iter_raw():
                content += piece
        except httpx.RemoteProtocolError:
            content += b" - broken off"
    return answer.status_code, content.decode(), time.monotonic() - began


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("path, model", [(CHAT, "gpt-4.1"), (CHAT, "claude-x"), (MESSAGES, "gpt-4.1")])
def test_a_client_is_told_in_time_wherever_its_provider_stops(gateway, path, model, stream):
    spoken = CHAT if model.startswith("gpt") else MESSAGES
    results = {}

    def at(stage):
        results[stage] = ask(gateway, path, model, stage, stream)

    all_stages = list(stages(spoken, stream))
    for some in (all_stages[at:at + PLACES] for at in range(0, len(all_stages), PLACES)):
        asking = [threading.Thread(target=at, args=[stage]) for stage in some]
        [thread.start() for thread in asking]
        [thread.join() for thread in asking]
        free(gateway)
    for stage, (status, content, seconds) in results.items():
        assert seconds < 8 * PATIENCE, stage
        has_begun = stream and stage not in ("before the status", "within the headers")
        if not has_begun:
            assert (status, bool(json.loads(content)["error"]["message"])) == (504, True), (stage, status, content)
        elif stage.startswith(("after the end", "before the end")):
            assert status == 200 and "four" in content, (stage, content)
        else:
            assert status == 200 and ("broken off" in content or "error" in content), (stage, content)
            assert "[DONE]" not in content and "message_stop" not in content, (stage, content)


def free(gateway):
    """All places can be taken again. Envoy notices some endings a little later than the client."""
    deadline = time.monotonic() + 5
    while True:
        statuses = []
        asking = [threading.Thread(target=lambda: statuses.append(ask(gateway, CHAT, "gpt-4.1", "answers")[0])) for _ in range(PLACES)]
        [thread.start() for thread in asking]
        [thread.join() for thread in asking]
        if statuses == [200] * PLACES:
            return
        assert time.monotonic() < deadline, statuses
