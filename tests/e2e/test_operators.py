"""What operators see: access log, counters, debug log."""

import launch
import pytest


def test_the_access_log_says_who_asked_what_and_what_it_took(start):
    base = launch.filter_json(launch.shipped())
    configuration = {**base, "version": "v7.1", "identity": {"from": [{"header": "x-consumer"}]}}
    gateway = start(configuration)
    answer = gateway.chat(
        model="assistant", stream=True, mock="input=123,output=45,cached=10,delay_ms=60", headers={"x-consumer": "team-red"}
    )
    assert answer.status_code == 200
    line = gateway.access_log(consumer="team-red")
    expected = {
        "method": "POST", "status": 200, "model": "assistant", "provider": "anthropic", "target_model": "claude-sonnet-5-5",
        "input_tokens": "123", "cached_input_tokens": "10", "output_tokens": "45", "total_tokens": "168",
        "finish": "stop", "version": "v7.1",
    }
    assert {name: line[name] for name in expected} == expected
    assert 60 <= int(line["ttft_ms"]) < 5000


def moved(gateway, ask):
    """By how much each counter moves while `ask` is carried out."""
    before = gateway.counters()
    ask()
    after = gateway.counters()
    return {name: value - before.get(name, 0) for name, value in after.items() if value != before.get(name, 0)}


def test_requests_and_tokens_are_counted_with_labels(gateway):
    counted = moved(gateway, lambda: gateway.chat(mock="input=100,output=20,cached=30,cache_write=4,reasoning=5"))
    labels = 'model="gpt-*",provider="openai"'
    find = lambda name, extra: [v for n, v in counted.items() if n.startswith(name) and all(part in n for part in labels.split(",") + [extra])]
    assert find("tollgate_requests", 'status="200"') == [1]
    kinds = {"input": 100, "output": 20, "cached_input": 30, "cache_write": 4, "reasoning": 5}
    assert {kind: find("tollgate_tokens", f'type="{kind}"') for kind in kinds} == {k: [v] for k, v in kinds.items()}


def test_a_request_that_lost_something_is_counted_and_one_that_did_not_is_not(gateway):
    lossy = moved(gateway, lambda: gateway.chat(model="claude-sonnet-4-5", seed=1))
    assert [value for name, value in lossy.items() if name.startswith("tollgate_dropped")] == [1]
    faithful = moved(gateway, lambda: gateway.chat(model="claude-sonnet-4-5"))
    assert not [name for name in faithful if name.startswith("tollgate_dropped")]


@pytest.mark.parametrize("reason, ask", [
    ("unknown_model", lambda gateway: gateway.chat(model="nope")),
    ("bad_request", lambda gateway: gateway.post("/v1/chat/completions", "{")),
    ("too_large", lambda gateway: gateway.chat(max_tokens=10**9)),
])
def test_rejections_are_counted_by_reason(gateway, reason, ask):
    counted = moved(gateway, lambda: ask(gateway))
    assert [value for name, value in counted.items() if "rejections" in name and f'reason="{reason}"' in name] == [1]


def test_a_client_cannot_make_envoy_keep_new_metrics(gateway):
    gateway.chat(model="gpt-first")
    before = set(gateway.counters())
    for number in range(20):
        assert gateway.chat(model=f"gpt-{number}").status_code == 200
    assert set(gateway.counters()) == before


def test_debug_logs_say_what_was_decided_and_hold_no_prompt(start):
    gateway = start(log_level="debug")
    assert gateway.chat("a-secret-prompt", model="assistant", seed=1).status_code == 200
    assert gateway.logged('asks for "assistant", goes to "anthropic" at anthropic as "claude-sonnet-5-5"')
    assert gateway.logged("dropped seed")
    assert "a-secret-prompt" not in gateway.envoy.log()


def test_the_log_level_follows_envoys_while_it_runs(start):
    gateway = start(log_level="info")
    assert gateway.chat(model="assistant").status_code == 200
    gateway.envoy.ask("/logging?wasm=debug", method="POST")
    assert gateway.chat(model="helper").status_code == 200
    assert gateway.logged('asks for "helper"')
    assert 'asks for "assistant"' not in gateway.envoy.log()
