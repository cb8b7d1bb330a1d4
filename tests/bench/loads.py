"""What is asked: ordinary chats of a given size, and streams of a given length."""

import json
import random

WORDS = (
    "the a of to and in that is for it as with on be by this are from at or an which not have can one more when "
    "request response header cluster model token gateway provider stream event filter route answer question please "
    "explain summarize compare configuration latency budget customer invoice contract meeting quarterly report"
).split()
KIB = 1024


def _prose(rng, size):
    """Sentences, with the line breaks and quotes that chats have."""
    out, length = [], 0
    while length < size:
        words = [rng.choice(WORDS) for _ in range(rng.randint(6, 18))]
        if rng.random() < 0.15:
            words[0] = f'"{words[0]}"'
        sentence = " ".join(words).capitalize() + ("." if rng.random() < 0.8 else ".\n\n")
        out.append(sentence)
        length += len(sentence) + 1
    return " ".join(out)[:size]


def chat(model, size, *, events=None, gap_ms=0):
    """An OpenAI client's request of about `size` bytes. With `events`, the answer is a stream of so many pieces, one every
    `gap_ms` milliseconds; the server of bench-load reads that out of the prompt."""
    rng = random.Random(size)
    wish = f"[[bench events={events} gap_ms={gap_ms}]] " if events else ""
    messages = [{"role": "system", "content": wish + "You answer briefly, and say so where you do not know."}]
    request = {"model": model, "messages": messages, "temperature": 0.2, "max_completion_tokens": 1024, "user": "user-1234"}
    if events:
        request["stream"] = True
    turn = max(200, min(4000, size // 6))
    while (left := size - len(json.dumps(request))) > 80:
        role = "user" if len(messages) % 2 else "assistant"
        messages.append({"role": role, "content": _prose(rng, max(20, min(turn, left - 60)))})
    if messages[-1]["role"] != "user":
        messages.append({"role": "user", "content": "Go on."})
    return json.dumps(request, ensure_ascii=False).encode()


#: Name, size of the request, events of the answer, connections.
LOADS = {
    "1 KiB": dict(size=1 * KIB),
    "8 KiB": dict(size=8 * KIB),
    "128 KiB": dict(size=128 * KIB),
    "2 MiB": dict(size=2048 * KIB),
    "20 events": dict(size=1 * KIB, events=20),
    "500 events": dict(size=1 * KIB, events=500),
}
#: Requests per second at which latency is measured: far below what any Envoy here can do.
RATES = {"8 KiB": 300, "128 KiB": 100}
#: Streams that are watched, and what they carry: 10,000 events per second in all. They are as long as answers are, and what
#: a request takes is little of what each of its events takes.
WATCHED = dict(streams=100, events=250, gap_ms=10)
#: Streams that are only open: one event a second.
OPEN = dict(streams=1000, events=600, gap_ms=1000)
