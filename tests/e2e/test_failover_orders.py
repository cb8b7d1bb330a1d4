"""Three targets and a cluster for each order of them: which one is the next is decided for each request."""

import base64
import time

import orders
import pytest

PROVIDERS = ["openai", "anthropic", "gemini"]
WAV = base64.b64encode(b"RIFF\0\0\0\0WAVEfmt " + b"\0" * 40).decode()
#: What OpenAI and Gemini can be told, and Anthropic cannot.
SOUND = [{"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": WAV, "format": "wav"}}]}]


def targets(case):
    return [{"provider": name, "model": f"{name}-{case}"} for name in PROVIDERS]


@pytest.fixture(scope="module")
def gateway(start):
    order = orders.every(PROVIDERS)
    brief = {"cooldown": "1s", "max_cooldown": "1s"}
    models = {name: {"targets": targets(name), "cluster": order, "health": brief} for name in ("cooling", "sound", "quiet")}
    models["one-order"] = {"targets": targets("one"), "cluster": next(iter(order)), "health": brief}
    models["latency"] = {"strategy": "lowest_latency", "targets": targets("latency"), "cluster": order, "health": brief}
    keys = {name: {"env": f"{name.upper()}_API_KEY"} for name in PROVIDERS}
    providers = {name: {"dialect": name, "cluster": name, "key": keys[name]} for name in PROVIDERS}
    document = {"providers": providers, "models": models}
    return start(document, base=lambda: orders.with_clusters(order), change=orders.impatient, workers=1)


def ask(gateway, model, faults, **fields):
    """Asks where some providers fail."""
    return gateway.chat(model=model, headers={f"x-mock-{name}": fault for name, fault in faults.items()}, **fields)


def test_a_target_that_is_left_alone_is_not_the_next(gateway):
    answer = ask(gateway, "cooling", {"openai": "error=500", "anthropic": "error=429,retry_after=60"})
    assert answer.headers["x-tollgate-target"] == "gemini"
    time.sleep(1.2)
    # What is left alone would cost as long as it may be silent.
    began = time.monotonic()
    answer = ask(gateway, "cooling", {"openai": "error=500", "anthropic": "hang"})
    assert (answer.status_code, answer.headers["x-tollgate-target"]) == (200, "gemini")
    assert time.monotonic() - began < 0.4


def test_a_target_that_cannot_carry_the_request_is_not_the_next(gateway):
    answer = ask(gateway, "sound", {"openai": "error=500"}, messages=SOUND)
    assert (answer.status_code, answer.headers["x-tollgate-target"]) == (200, "gemini"), answer.text


def test_with_one_order_there_is_no_choice(gateway):
    answer = ask(gateway, "one-order", {"openai": "error=500"}, messages=SOUND)
    assert answer.status_code == 500 and "server had an error" in answer.json()["error"]["message"]


def test_all_three_are_tried_in_turn(gateway):
    for last in PROVIDERS:
        time.sleep(1.2)
        answer = ask(gateway, "quiet", {name: "error=500" for name in PROVIDERS if name != last})
        assert (answer.status_code, answer.headers["x-tollgate-target"]) == (200, last)


def test_latency_is_what_the_target_took_and_not_what_was_lost_at_those_before(gateway):
    """The first takes long to fail, and the next answers at once: it is the fastest, although its answer came last."""
    usual = {"openai": "delay_ms=150", "anthropic": "delay_ms=20", "gemini": "delay_ms=150"}
    asked = lambda **faults: ask(gateway, "latency", usual | faults).headers["x-tollgate-target"]  # noqa: E731
    # Of OpenAI it is known how long it takes; of Anthropic, how long it takes after others have failed.
    assert asked(anthropic="error=500", gemini="error=500") == "openai"
    slow = "delay_ms=400,error=500"
    assert asked(openai=slow, gemini=slow) == "anthropic"
    time.sleep(1.2)
    # Some look at a target of which nothing is known: Gemini.
    answered = [asked() for _ in range(12)]
    assert answered.count("anthropic") >= 8 and answered.count("openai") <= 2, answered
