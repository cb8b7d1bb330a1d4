"""Which of a model's targets gets a request: by chance, by what it is, and by how the targets are."""

import base64
import concurrent.futures
import datetime
import json
import re
import socket
import threading
import time

import arms
import httpx
import launch
import pytest

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\0" * 40).decode()
PDF = base64.b64encode(b"%PDF-1.7" + b"\0" * 40).decode()
WAV = base64.b64encode(b"RIFF\0\0\0\0WAVEfmt " + b"\0" * 40).decode()
TOOL = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]


@pytest.fixture(scope="module")
def provider():
    running = arms.Arms()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def routed(start, provider):
    """Starts Envoys with these models, whose provider is `provider`; provider `closed` refuses connections."""
    closed = socket.socket()
    closed.bind(("127.0.0.1", 0))  # and does not listen

    def started(models, workers=4, **more):
        value = launch.filter_json(launch.shipped()) | {"models": models, "limits": []} | more
        value["providers"]["closed"] = {"dialect": "openai", "cluster": "closed"}

        def change(configuration):
            clusters = configuration["static_resources"]["clusters"]
            launch.point_at(next(one for one in clusters if one["name"] == "openai"), provider.address)
            cluster = json.loads(json.dumps(clusters[0])) | {"name": "closed"}
            launch.point_at(cluster, f"127.0.0.1:{closed.getsockname()[1]}")
            clusters.append(cluster)
            # Every worker gets its share of the connections, however few.
            configuration["static_resources"]["listeners"][0]["connection_balance_config"] = {"exact_balance": {}}

        return start(value, change=change, workers=workers)

    yield started
    closed.close()


def to(name, **more):
    return {"provider": "openai", "name": name, "model": name, **more}


def target_of(answer):
    assert answer.status_code == 200, answer.text
    return answer.headers["x-tollgate-target"]


def by_target(gateway, model):
    """Requests by target, as Prometheus sees them."""
    found = {}
    for name, count in gateway.counters().items():
        if name.startswith("tollgate_requests") and f'model="{model}"' in name:
            target = re.search(r'target="([^"]*)"', name)
            key = target[1] if target else re.search(r'provider="([^"]*)"', name)[1]
            found[key] = found.get(key, 0) + count
    return found


# By weight.


def test_every_arm_is_visible(routed, unique):
    gateway = routed({"m": {"strategy": "weighted", "targets": [to("seen-a"), to("seen-b", weight=0)]}})
    answer = gateway.chat(unique, model="m")
    assert (answer.headers["x-tollgate-target"], answer.headers["x-tollgate-provider"]) == ("seen-a", "openai")
    assert gateway.access_log(target="seen-a")["provider"] == "openai"
    assert by_target(gateway, "m") == {"seen-a": 1}


STICKY = {"strategy": "weighted", "targets": [to("stick-a", weight=50), to("stick-b", weight=50)]}


def test_who_sticks_to_an_arm_keeps_it(routed):
    models = {
        "header": {**STICKY, "sticky": {"header": "x-user"}},
        "consumer": {**STICKY, "sticky": "consumer"},
        "conversation": {**STICKY, "sticky": "conversation"},
    }
    gateway = routed(models, identity={"from": [{"header": "x-consumer"}]}, consumers={"*": {}})
    asked = {
        "header": lambda key, _: gateway.chat(model="header", headers={"x-user": key, "x-consumer": "one"}),
        "consumer": lambda key, _: gateway.chat(model="consumer", headers={"x-consumer": key}),
        "conversation": lambda key, turns: gateway.chat(
            model="conversation", headers={"x-consumer": "one"},
            messages=[{"role": "system", "content": f"Turn {turns}"}, {"role": "user", "content": key}]
            + [{"role": "assistant", "content": "Yes?"}, {"role": "user", "content": "Go on"}] * turns,
        ),
    }
    for name, ask in asked.items():
        arms = {key: {target_of(ask(key, turns)) for turns in range(4)} for key in map(str, range(40))}
        assert all(len(targets) == 1 for targets in arms.values()), name
        assert set.union(*arms.values()) == {"stick-a", "stick-b"}, name


# By what the request is.

def part(**fields):
    return {"messages": [{"role": "user", "content": [{"type": "text", "text": "Hello"}, fields]}]}


DAYS = [(datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)).strftime("%a").lower() for days in range(4)]
#: The tests may run over midnight.
TODAY, NOT_TODAY = DAYS[:2], DAYS[3]
#: The condition, a request for which it holds, and one for which it does not.
CONDITIONS = {
    "min_input_tokens": (1000, {"text": "word " * 3000}, {}),
    "max_input_tokens": (1000, {}, {"text": "word " * 3000}),
    "min_output_tokens": (500, {"max_tokens": 500}, {"max_tokens": 499}),
    "max_output_tokens": (500, {"max_tokens": 500}, {"max_tokens": 501}),
    "images": (True, part(type="image_url", image_url={"url": f"data:image/png;base64,{PNG}"}), {}),
    "audio": (True, part(type="input_audio", input_audio={"data": WAV, "format": "wav"}), {}),
    "documents": (True, part(type="file", file={"file_data": f"data:application/pdf;base64,{PDF}", "filename": "a"}), {}),
    "tools": (True, {"tools": TOOL}, {"tools": []}),
    "structured_output": (True, {"response_format": {"type": "json_object"}}, {"response_format": {"type": "text"}}),
    "reasoning": (True, {"reasoning_effort": "high"}, {"reasoning_effort": "none"}),
    "stream": (False, {}, {"stream": True}),
    "header": ({"x-tier": ["gold", "silver"]}, {"headers": {"x-tier": "gold"}}, {"headers": {"x-tier": "lead"}}),
    "consumer": (["ann"], {"headers": {"x-consumer": "ann"}}, {"headers": {"x-consumer": "bob"}}),
    "consumer_tag": ({"plan": "pro"}, {"headers": {"x-consumer": "ann"}}, {"headers": {"x-consumer": "bob"}}),
    "time": ({"days": TODAY}, {}, None),
}


@pytest.fixture(scope="module")
def conditional(routed):
    models = {name: {"targets": [to("the-arm", when={name: value})]} for name, (value, *_) in CONDITIONS.items()}
    models["never"] = {"targets": [to("weekly", when={"time": {"days": [NOT_TODAY]}}), to("big", when={"min_input_tokens": 99999})]}
    consumers = {"ann": {"tags": {"plan": "pro"}}, "bob": {"tags": {"plan": "free"}}, "*": {}}
    return routed(models, identity={"from": [{"header": "x-consumer"}], "required": False}, consumers=consumers)


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_decides_who_gets_a_request(conditional, name):
    _, holds, fails = CONDITIONS[name]
    assert target_of(conditional.chat(model=name, **holds)) == "the-arm"
    if fails is not None:
        answer = conditional.chat(model=name, **fails)
        assert answer.status_code == 400
        message = answer.json()["error"]["message"]
        assert "No target of this model takes this request" in message and "the-arm" in message
        assert ("x-tier" if name == "header" else name) in message


def test_when_none_fits_all_conditions_are_named(conditional):
    message = conditional.chat(model="never").json()["error"]["message"]
    assert "time" in message and "weekly" in message and "min_input_tokens" in message and "big" in message
    assert any('reason="no_target"' in name for name in conditional.counters())


def test_a_target_that_cannot_carry_the_request_is_passed_over(routed):
    models = {
        "both": {"targets": [{"provider": "anthropic", "model": "claude-sonnet-4-5"}, to("second")]},
        "one": {"targets": [{"provider": "anthropic", "model": "claude-sonnet-4-5"}]},
    }
    gateway = routed(models, limits=[{"name": "all", "per": [], "requests": 1000, "window": "1h"}])
    sound = part(type="input_audio", input_audio={"data": WAV, "format": "wav"})
    assert target_of(gateway.chat(model="both")) == "anthropic"
    answer = gateway.chat(model="both", **sound)
    assert target_of(answer) == "second"
    assert answer.headers["x-ratelimit-remaining-requests"] == "998", "one each, whatever was tried"
    assert gateway.chat(model="one", **sound).status_code == 400


# By how the targets are.

FIRST = {"health": {"cooldown": "2s"}}
FAULTS = {
    "overloaded": ({"status": 429}, "overloaded"),
    "failing": ({"status": 500}, "failing"),
    "unreadable": ({"body": "<html>"}, "broken"),
}


def all_workers_avoid(gateway, model, to):
    """Over new connections, which Envoy spreads over all workers."""
    for _ in range(24):
        answer = gateway.post(
            "/v1/chat/completions", {"model": model, "messages": [{"role": "user", "content": "Hello"}]},
            headers={"connection": "close"},
        )
        assert target_of(answer) == to


def cooldowns(gateway, reason):
    return sum(count for name, count in gateway.counters().items() if "cooldowns" in name and f'reason="{reason}"' in name)


@pytest.fixture(scope="module")
def cooling(routed):
    names = [*FAULTS, "retry", "probe", "cut", "event", "clients", "gone"]
    models = {name: {**FIRST, "targets": [to(f"{name}-a"), to(f"{name}-b")]} for name in names}
    models["gone"]["targets"][0] = {"provider": "closed", "name": "gone-a", "model": "gone-a"}
    models["retry"]["health"] = {"cooldown": "1s", "max_cooldown": "1m"}
    return routed(models)


@pytest.mark.parametrize("fault", FAULTS)
def test_all_workers_leave_a_target_that_failed_alone(cooling, provider, fault):
    behaviour, word = FAULTS[fault]
    provider.behave(f"{fault}-a", **behaviour)
    before = cooldowns(cooling, word)
    # What is unreadable to a client of the same API it may read itself: another's answer has to be translated.
    path = cooling.message if fault == "unreadable" else cooling.chat
    assert path(model=fault).status_code >= 400
    all_workers_avoid(cooling, fault, f"{fault}-b")
    assert len(provider.asked[f"{fault}-a"]) == 1
    assert cooldowns(cooling, word) == before + 1


def test_a_refused_connection_cools(cooling):
    assert cooling.chat(model="gone").status_code == 503
    all_workers_avoid(cooling, "gone", "gone-b")
    assert cooldowns(cooling, "unreachable") == 1


@pytest.mark.parametrize("name, behaviour, reason", [
    ("cut", {"cut": True}, "broken"),
    ("event", {"error_event": {"message": "no", "type": "server_error", "code": None, "param": None}}, "failing"),
])
def test_a_stream_that_fails_cools(cooling, provider, name, behaviour, reason):
    provider.behave(f"{name}-a", **behaviour)
    before = cooldowns(cooling, reason)
    try:
        cooling.chat(model=name, stream=True)
    except Exception as error:  # noqa: BLE001, the client sees that it was cut
        assert "incomplete" in str(error) or "closed" in str(error)
    all_workers_avoid(cooling, name, f"{name}-b")
    assert cooldowns(cooling, reason) == before + 1


def test_retry_after_is_taken_at_its_word(cooling, provider):
    provider.behave("retry-a", status=429, headers={"retry-after": "3"})
    began = time.monotonic()
    assert cooling.chat(model="retry").status_code == 429
    provider.behave("retry-a")
    while target_of(cooling.chat(model="retry")) == "retry-b":
        time.sleep(0.05)
    assert 2.9 < time.monotonic() - began < 3.6


def test_exactly_one_request_tries_a_target_that_has_cooled(cooling, provider):
    provider.behave("probe-a", status=500)
    assert cooling.chat(model="probe").status_code == 500
    provider.behave("probe-a", delay=1)
    provider.asked["probe-a"].clear()
    time.sleep(2.5)
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        asked = list(pool.map(lambda _: target_of(cooling.chat(model="probe")), range(16)))
    assert sorted(asked) == ["probe-a"] + ["probe-b"] * 15
    assert len(provider.asked["probe-a"]) == 1
    provider.behave("probe-a")
    assert target_of(cooling.chat(model="probe")) == "probe-a", "it is well"


@pytest.mark.parametrize("status", [400, 403, 404, 413, 422])
def test_a_clients_own_mistake_never_cools(cooling, provider, status):
    provider.behave("clients-a", status=status)
    for _ in range(3):
        assert cooling.chat(model="clients").status_code == status
    provider.behave("clients-a")
    assert target_of(cooling.chat(model="clients")) == "clients-a"


def test_when_none_is_well(routed, provider):
    targets = {name: [to(f"{name}-a"), to(f"{name}-b")] for name in ("bad", "none")}
    gateway = routed({
        "bad": {"health": {"cooldown": "30s"}, "targets": targets["bad"]},
        "none": {"health": {"cooldown": "30s"}, "when_unhealthy": "fail", "targets": targets["none"]},
    })
    for name in ("bad", "none"):
        for arm in "ab":
            # How long the first is left alone is partly chance; the second says it.
            provider.behave(f"{name}-{arm}", status=500, headers={"retry-after": "25"} if arm == "b" else {})
            assert gateway.chat(model=name).status_code == 500
            provider.behave(f"{name}-{arm}")
    assert target_of(gateway.chat(model="bad")) == "bad-a", "the one that has not asked to be left alone"
    provider.asked["none-a"].clear()
    answer = gateway.chat(model="none")
    assert answer.status_code == 503 and 20 < int(answer.headers["retry-after"]) <= 36
    assert "No provider of this model takes requests at the moment" in answer.json()["error"]["message"]
    assert not provider.asked["none-a"]
    assert any('reason="unhealthy"' in name for name in gateway.counters())


# By what they cost, how busy and how fast they are.


def test_lowest_cost_depends_on_the_request(routed):
    prices = {"reader": {"input": 1, "output": 20}, "writer": {"input": 10, "output": 1}}
    models = {"m": {"strategy": "lowest_cost", "targets": [to("reader"), to("writer")]}}
    gateway = routed(models, prices=prices)
    assert target_of(gateway.chat("word " * 2000, model="m", max_tokens=10)) == "reader"
    assert target_of(gateway.chat("Hi", model="m", max_tokens=1000)) == "writer"


def test_least_busy_spreads_what_is_under_way(routed, provider):
    gateway = routed({"m": {"strategy": "least_busy", "targets": [to("busy-a"), to("busy-b"), to("busy-c")]}})
    for arm in "abc":
        provider.behave(f"busy-{arm}", delay=1)
    with concurrent.futures.ThreadPoolExecutor(9) as pool:
        asked = []
        for _ in range(9):
            asked.append(pool.submit(gateway.chat, model="m"))
            time.sleep(0.05)
        targets = sorted(target_of(one.result()) for one in asked)
    assert targets == [f"busy-{arm}" for arm in "abc" for _ in range(3)]
    provider.behave("busy-a")
    assert target_of(gateway.chat(model="m")) == "busy-a", "every place was given back"


def connections_by_worker(gateway):
    """How many connections each worker has had."""
    lines = gateway.envoy.ask("/stats?filter=^listener.127.*worker_[0-9]+.downstream_cx_total").splitlines()
    return [int(line.rsplit(" ", 1)[1]) for line in lines]


class Caller:
    """A client with one connection, which one worker serves; notes when it asked, and who answered."""

    def __init__(self, gateway, model):
        self.http, self.model, self.asked = httpx.Client(base_url=gateway.url, timeout=30), model, []
        before = connections_by_worker(gateway)
        self.ask()
        (self.worker,) = [n for n, (old, new) in enumerate(zip(before, connections_by_worker(gateway))) if old != new]

    def ask(self):
        began = time.monotonic()
        body = {"model": self.model, "messages": [{"role": "user", "content": "Hello"}]}
        self.asked.append((began, target_of(self.http.post("/v1/chat/completions", json=body))))

    def ask_until(self, done):
        while not done.is_set():
            self.ask()


def test_lowest_latency_leaves_a_target_that_gets_slow_and_finds_it_again(routed, provider):
    names = ["fast-a", "fast-b", "fast-c"]
    models = {"m": {"strategy": "lowest_latency", "targets": [to(name) for name in names]}}
    gateway = routed(models, workers=2)
    usual = {"fast-a": 0.005, "fast-b": 0.05, "fast-c": 0.05}
    for name in names:
        provider.behave(name, delay=usual[name])
    callers, done = [Caller(gateway, "m") for _ in range(8)], threading.Event()
    assert {caller.worker for caller in callers} == {0, 1}

    def shares(since, until):
        """What of the requests began in this time the first target got, by worker."""
        found = []
        for worker in (0, 1):
            asked = sorted(one for caller in callers if caller.worker == worker for one in caller.asked)
            targets = [target for at, target in asked if since <= at < until]
            assert len(targets) > 30
            found.append(targets.count("fast-a") / len(targets))
        return found

    def preferred():
        """Waits until the first target has been for a second, and says when. What is known of it falls by half in two seconds or so."""
        late = time.monotonic() + 30
        time.sleep(2)
        while time.monotonic() < late and min(shares(time.monotonic() - 1, time.monotonic())) < 0.8:
            time.sleep(0.1)
        time.sleep(1)
        return time.monotonic()

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        asking = [pool.submit(caller.ask_until, done) for caller in callers]
        try:
            # Its first answer, over a new connection, may have been slow.
            slow = preferred()
            provider.behave("fast-a", delay=0.5)
            time.sleep(5)
            well = time.monotonic()
            provider.behave("fast-a", delay=usual["fast-a"])
            end = preferred()
        finally:
            done.set()
        for one in asking:
            one.result()
    told = {"before": shares(slow - 1, slow), "left": shares(slow + 2, well), "found": shares(end - 1, end)}
    assert min(told["before"]) > 0.8, told
    assert max(told["left"]) < 0.05, told
    assert min(told["found"]) > 0.8, told
    print(told, end - well)
