"""All kinds of traffic at once, at full load, while the configuration changes. `make soak MINUTES=30` for longer than the usual seconds."""

import collections
import concurrent.futures
import multiprocessing
import os
import threading
import time

import launch
from discovery import Discovered, await_that
from test_matrix import KEYS
from test_matrix import PROVIDERS as REAL
from traffic import PROVIDERS, Seen, drive

SECONDS = float(os.environ.get("MINUTES", "0.3")) * 60
UPDATE_EVERY = min(10.0, SECONDS / 6)
#: After which memory may not grow any more.
SETTLED = min(300.0, SECONDS / 2)
#: Instead of those that reason, which take fewer parameters.
MODELS = {"openai": "gpt-4.1", "responses": "gpt-4.1"}
DRIVERS, CONNECTIONS = 2, 16
PLACES = 64
BUDGET = 1_000_000_000_000


def configuration():
    providers = {
        name: {"dialect": name, "cluster": "openai" if name == "responses" else name, "key": {"env": KEYS.get(name, f"{name.upper()}_API_KEY")}}
        for name in PROVIDERS
    }
    to = {f"to-{name}": {"targets": [{"provider": name, "model": MODELS.get(name, REAL[name][1])}]} for name in PROVIDERS}
    one, other = {"provider": "anthropic", "model": "claude-sonnet-4-5"}, {"provider": "openai", "model": "gpt-4.1"}
    step = {"name": "intent", "model": "to-openai", "prompt": "What is this?\n\n{{last_user_message}}", "max_output_tokens": 5, "insert": "{{steps.intent}}"}
    models = {
        **to,
        "any": {"targets": [one, other], "cluster": "failover-anthropic", "health": {"cooldown": "1s", "max_cooldown": "1s"}},
        "stepped": {"steps": [step], "targets": [one]},
        "shadowed": {"targets": [other, one | {"shadow": True}]},
        # What a request to it reserves is always the same.
        "probe": {"targets": [{"provider": "openai", "model": "gpt-4.1-mini"}]},
        "vectors": {"targets": [{"provider": "openai", "model": "text-embedding-3-small"}]},
    }
    return {
        "version": "0",
        "providers": providers,
        "models": models,
        "identity": {"from": [{"header": "x-consumer"}], "required": True},
        "prices": {"*": {"input": 2.5, "output": 10}},
        "limits": [
            {"name": "all", "per": ["header:x-kind"], "tokens": BUDGET, "window": "1mo", "align": "calendar"},
            {"name": "tight", "per": ["consumer"], "match": {"header": {"x-tight": "yes"}}, "tokens": 20_000, "window": "1s"},
            {"name": "spend", "per": ["consumer", "model"], "usd": 1_000_000, "window": "1d"},
            {"name": "rate", "per": ["consumer"], "requests": 1_000_000_000, "window": "1m"},
            {"name": "places", "per": [], "concurrent": PLACES},
        ],
    }


def ledger(configuration):
    """Has Envoy write one short line for each request."""
    text = "%RESPONSE_CODE% %REQ(X-KIND)% %FILTER_STATE(wasm.tollgate.charged_tokens:PLAIN)%\n"
    (log,) = launch.manager(configuration)["access_log"]
    log["typed_config"]["log_format"] = {"text_format_source": {"inline_string": text}}


class Updates(threading.Thread):
    """Another version every few seconds, and every third of them wrong."""

    def __init__(self, running, value):
        super().__init__()
        self.running, self.value, self.done = running, value, threading.Event()
        self.good = self.bad = 0

    def run(self):
        number = 0
        while not self.done.wait(UPDATE_EVERY):
            number += 1
            models = {f"model-{number}-{i}": self.value["models"]["any"] for i in range(200)}
            value = self.value | {"version": str(number), "models": self.value["models"] | models}
            if number % 3 == 0:
                self.running.publish(value | {"limtis": []})
                self.bad += 1
            else:
                self.running.publish(value)
                self.good += 1


def left(gateway, kind):
    """What is left of the budget of one kind of traffic."""
    answer = gateway.chat(model="probe", mock="input=0,output=0", headers={"x-consumer": "reader", "x-kind": kind}, max_completion_tokens=1)
    assert answer.status_code == 200, answer.text
    return int(answer.headers["x-ratelimit-remaining-tokens"])


def access_log(gateway):
    """Status, kind and charged tokens of each request of the traffic."""
    lines = [line.split() for line in gateway.envoy.output().splitlines() if line[:1].isdigit()]
    return [(int(status), kind, int(tokens.replace("-", "0"))) for status, kind, tokens in lines if kind != "reader"]


def test_nothing_breaks_grows_or_gets_lost(start, tmp_path):
    value = configuration()
    running = Discovered(start, tmp_path, value, base=lambda: launch.failover(launch.every_provider), adapt=ledger)
    gateway = running.gateway
    before = left(gateway, "reader")
    updates, memory, seen = Updates(running, value), [], Seen()
    began = time.monotonic()
    with concurrent.futures.ProcessPoolExecutor(DRIVERS, multiprocessing.get_context("spawn")) as pool:
        driving = [pool.submit(drive, gateway.url, seed, SECONDS, CONNECTIONS) for seed in range(DRIVERS)]
        updates.start()
        while not all(one.done() for one in driving):
            time.sleep(min(5, SECONDS / 20))
            memory.append((time.monotonic() - began, running.megabytes()))
        updates.done.set()
        updates.join()
        for one in driving:
            seen.add(one.result())
    print(f"\n{seen.sent} requests in {SECONDS:.0f} s, {updates.good} updates and {updates.bad} wrong ones")
    print(f"answers {dict(sorted(seen.statuses.items()))}, kinds {dict(sorted(seen.kinds.items()))}")
    print("MiB", [round(size) for _, size in memory[:: max(1, len(memory) // 20)]])
    # Every answer was what it should be, under every version.
    assert not seen.wrong, f"{len(seen.wrong)}: " + "\n".join(seen.wrong[:3])
    assert not gateway.trapped()
    assert (running.stat("update_success"), running.stat("update_rejected")) == (updates.good + 1, updates.bad)
    # Nothing is held, and nothing grows.
    active = "/stats?filter=^cluster..*(rq_active|rq_pending_active)$"
    await_that(lambda: all(line.endswith(": 0") for line in gateway.envoy.ask(active).splitlines()))
    settled = [size for when, size in memory if when >= SETTLED]
    assert max(settled) < settled[0] + 8
    # What came in went out: as clients saw it, as Envoy's access log has it, and as the filter counts it.
    log, counted = access_log(gateway), gateway.counters()
    answered = collections.Counter(status for status, kind, _ in log if kind not in ("left", "gone"))
    assert answered == seen.statuses
    count = lambda name: sum(count for key, count in counted.items() if key.startswith(name))
    told = sum(status > 0 and kind != "models" for status, kind, _ in log)
    assert count("tollgate_requests") + count("tollgate_rejections") == told + 1 + count("tollgate_steps")
    # To the token: what is gone from each budget is what its requests were charged.
    charged = collections.Counter()
    for _, kind, tokens in log:
        charged[kind] += tokens
    assert {kind: before - left(gateway, kind) for kind in charged} == charged
    assert {kind for kind, tokens in charged.items() if tokens} == set(charged) - {"error", "gone", "models", "wrong"}
    # Every place came back.
    with concurrent.futures.ThreadPoolExecutor(PLACES) as pool:
        asked = [pool.submit(gateway.chat, model="probe", mock="delay_ms=500", headers={"x-consumer": "reader"}) for _ in range(PLACES)]
        assert {one.result().status_code for one in asked} == {200}
