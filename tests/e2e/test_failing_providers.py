"""Providers that fail at random, under load. `MINUTES=5` for longer than the usual seconds."""

import collections
import concurrent.futures
import itertools
import os
import random
import time

import httpx
import orders
import sse
from usage import MEBIBYTE, resident

SECONDS = float(os.environ.get("MINUTES", "0.25")) * 60
PROVIDERS = ["anthropic", "openai", "gemini"]
#: What can go wrong before an answer begins. All of it is another target's turn.
FAULTS = ["error=429", "error=429,retry_after=1", "error=500", "error=503", "error=529", "garbage", "html", "empty200", "hang", "reset"]
#: Of an answer that comes whole, also that it does not; of a stream, that it begins with an error.
FAULTS_OF = {False: [*FAULTS, "cut", "half_event"], True: [*FAULTS, "error_first"]}
PER_TRY = 0.5
PLACES = 24


def configuration():
    keys = {name: {"env": f"{name.upper()}_API_KEY"} for name in PROVIDERS}
    targets = [{"provider": name, "model": f"model-of-{name}"} for name in PROVIDERS]
    quick = {"cooldown": "1s", "max_cooldown": "1s"}
    return {
        "providers": {name: {"dialect": name, "cluster": name, "key": keys[name]} for name in PROVIDERS},
        "models": {
            "any": {"strategy": "weighted", "targets": targets, "cluster": orders.every(PROVIDERS), "health": quick},
            # What is reserved for a request depends on whose words it is in; for this one, it is always the same.
            "probe": {"targets": [{"provider": "openai", "model": "gpt-4.1"}]},
        },
        "limits": [
            {"name": "exact", "per": [], "match": {"header": {"x-kind": "exact"}}, "tokens": 1_000_000_000, "window": "1mo", "align": "calendar"},
            {"name": "places", "per": [], "concurrent": PLACES},
        ],
    }


def impatient(configuration):
    orders.impatient(configuration, PER_TRY)


class Client:
    """Asks for an answer of its own, and says what came of it."""

    def __init__(self, url, seed, until):
        self.random, self.until = random.Random(seed), until
        self.http = httpx.Client(base_url=url, timeout=30)
        self.used, self.seen = 0, collections.Counter()

    def run(self):
        for number in itertools.count():
            if time.monotonic() > self.until:
                return self
            self.one(number)

    def one(self, number):
        choose = self.random
        faulty = choose.sample(PROVIDERS, choose.choice([0, 1, 1, 2]))
        stream = choose.random() < 0.5
        faults = {name: choose.choice(FAULTS_OF[stream]) for name in faulty}
        cut = stream and choose.random() < 0.1
        text, input_tokens, output_tokens = f"{id(self)}-{number}", choose.randrange(1, 500), choose.randrange(1, 50)
        wish = f"text={text},input={input_tokens},output={output_tokens}"
        mock = {f"x-mock-{name}": faults.get(name, wish + (",cut=clean" if cut else "")) for name in PROVIDERS}
        ask = self.openai if choose.random() < 0.5 else self.anthropic
        began = time.monotonic()
        said = ask(stream, {**mock, "x-kind": "cut" if cut else "exact"}, cut)
        took = time.monotonic() - began
        hangs = sum(fault == "hang" for fault in faults.values())
        assert took < hangs * PER_TRY + 3, (took, faults)
        if not cut:
            assert said == text, (said, text)
            self.used += input_tokens + output_tokens
        self.seen["cut" if cut else f"{len(faults)} faulty"] += 1

    def openai(self, stream, headers, cut):
        body = {"model": "any", "stream": stream, "messages": [{"role": "user", "content": "Go on"}], "max_tokens": 600}
        answer = self.http.post("/v1/chat/completions", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        if cut:
            assert '"error"' in answer.text and "[DONE]" not in answer.text
            return None
        return sse.text_of_chunks(sse.chunks(answer.text)) if stream else answer.json()["choices"][0]["message"]["content"]

    def anthropic(self, stream, headers, cut):
        body = {"model": "any", "stream": stream, "messages": [{"role": "user", "content": "Go on"}], "max_tokens": 600}
        answer = self.http.post("/v1/messages", json=body, headers={**headers, "anthropic-version": "2026-10-21"})
        assert answer.status_code == 200, answer.text
        if cut:
            assert "event: error" in answer.text and "message_stop" not in answer.text
            return None
        if not stream:
            return "".join(block["text"] for block in answer.json()["content"])
        deltas = [data["delta"] for data in sse.messages(answer.text) if data["type"] == "content_block_delta"]
        return "".join(delta["text"] for delta in deltas)


def test_every_request_that_some_target_can_serve_succeeds(start):
    gateway = start(configuration(), base=lambda: orders.with_clusters(orders.every(PROVIDERS)), change=impatient)
    remaining = lambda: int(gateway.chat(model="probe", headers={"x-kind": "exact"}, mock="input=0,output=0").headers["x-ratelimit-remaining-tokens"])
    before = remaining()
    until = time.monotonic() + SECONDS
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        running = [pool.submit(Client(gateway.url, seed, until).run) for seed in range(12)]
        time.sleep(SECONDS * 0.4)
        memory = resident(gateway)
        clients = [client.result() for client in running]
    assert resident(gateway) - memory < 16 * MEBIBYTE
    seen = sum((client.seen for client in clients), collections.Counter())
    print(f"\n{sum(seen.values())} requests: {dict(seen)}")
    assert seen["2 faulty"] > 20 and seen["cut"] > 5
    # To the token.
    time.sleep(0.2)
    assert before - remaining() == sum(client.used for client in clients)
    # Each failure was followed by one retry, and by nothing else.
    retries = sum(int(line.rsplit(" ", 1)[1]) for line in gateway.envoy.ask("/stats?filter=cluster.failover-.*.upstream_rq_retry$").splitlines())
    failovers = sum(count for name, count in gateway.counters().items() if name.startswith("tollgate_failovers"))
    assert retries == failovers > 0
    # Nothing is held.
    active = gateway.envoy.ask("/stats?filter=cluster..*(rq_active|rq_pending_active)$").splitlines()
    assert not [line for line in active if not line.endswith(": 0")]
    with concurrent.futures.ThreadPoolExecutor(PLACES) as pool:
        asked = [pool.submit(gateway.chat, model="any", mock="delay_ms=300") for _ in range(PLACES)]
        assert {one.result().status_code for one in asked} == {200}
