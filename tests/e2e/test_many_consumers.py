"""A crowd of consumers passes through a small table: memory is what the table takes, and who counts is not forgotten.

In full: REQUESTS=1000000 CONSUMERS=200000 make test-envoy ONLY=tests/e2e/test_many_consumers.py
"""

import json
import os

import launch
import load
from usage import MEBIBYTE, resident

REQUESTS = int(os.environ.get("REQUESTS", 60_000))
CONSUMERS = int(os.environ.get("CONSUMERS", 12_000))
ACTIVE = 50
SLOTS = 4096


def test_memory_is_flat_and_active_consumers_are_remembered(start):
    value = launch.filter_json(launch.shipped())
    value["identity"] = {"from": [{"header": "x-consumer"}]}
    value["shared"] = {"slots": SLOTS}
    value["limits"] = [
        # What each of the crowd takes is back after some milliseconds; then its entry can be another's.
        {"name": "crowd", "per": ["consumer"], "tokens": 1_000_000, "window": "1s", "match": {"model": "gpt-*"}},
        {"name": "month", "per": ["consumer"], "requests": 1, "window": "31d", "match": {"model": "helper"}},
    ]

    def silent(configuration):
        launch.manager(configuration).pop("access_log")

    gateway = start(value, workers=4, change=silent)
    active = [{"x-consumer": f"active-{number}"} for number in range(ACTIVE)]
    ask = lambda headers: gateway.chat(model="helper", max_tokens=1, headers=headers).status_code
    assert [ask(headers) for headers in active] == [200] * ACTIVE

    body = json.dumps({"model": "gpt-4.1", "max_tokens": 1, "messages": [{"role": "user", "content": "Hello"}]}).encode()
    crowd = (load.request("/v1/chat/completions", body, x_consumer=f"crowd-{number % CONSUMERS}") for number in range(REQUESTS))
    warm_up = [next(crowd) for _ in range(REQUESTS // 5)]
    assert load.send(gateway.url, warm_up) == {200: len(warm_up)}
    warm = resident(gateway)
    assert load.send(gateway.url, crowd) == {200: REQUESTS - len(warm_up)}
    assert resident(gateway) - warm < 4 * MEBIBYTE

    assert [ask(headers) for headers in active] == [429] * ACTIVE, "nobody who counts was evicted"
    assert not [name for name in gateway.counters() if name.startswith("tollgate_limit_uncounted")]
