"""A shadow gets a copy of each request, and all that comes of it is figures."""

import collections
import json
import pathlib
import time

import load
import pytest
import sse

EXAMPLE = json.loads((pathlib.Path(__file__).resolve().parents[2] / "examples" / "shadow.json").read_text())
#: Does not come back while a test runs.
BUDGET = {"name": "all", "per": [], "tokens": 100_000_000, "window": "1mo", "align": "calendar"}


@pytest.fixture(scope="module")
def gateway(start):
    return start({**EXAMPLE, "limits": [BUDGET]})


def shadows(gateway, name="requests"):
    """The counters of shadows."""
    prefix = f"tollgate_shadow_{name}{{"
    return {key[len(prefix) - 1:]: count for key, count in gateway.counters().items() if key.startswith(prefix)}


def one_more(gateway, before):
    """The one counter that has grown by one, once it has."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        grown = {name: count - before.get(name, 0) for name, count in shadows(gateway).items() if count != before.get(name, 0)}
        if grown:
            ((name, by),) = grown.items()
            assert by == 1
            return name
        time.sleep(0.02)
    raise AssertionError("no copy was counted")


OF = 'provider="anthropic",model="assistant",target="candidate"'


@pytest.mark.parametrize("stream", [False, True])
def test_a_copy_goes_to_the_shadow_in_its_own_words(gateway, unique, stream):
    before = shadows(gateway)
    mine = {"authorization": "Bearer mine", "cookie": "mine", "x-mock-anthropic": "input=30,output=7,delay_ms=300"}
    began = time.monotonic()
    answer = gateway.chat(unique, model="assistant", stream=stream, headers=mine)
    # The client waits for its own answer only, and the copy outlives the request.
    assert answer.status_code == 200 and time.monotonic() - began < 0.25
    text = sse.text_of_chunks(sse.chunks(answer.text)) if stream else answer.json()["choices"][0]["message"]["content"]
    assert text == "Hello from OpenAI."
    assert one_more(gateway, before) == f'{{{OF},status="200"}}'
    copy = gateway.received("anthropic", unique)
    assert (copy["path"], copy["json"]["model"], copy["json"].get("stream", False)) == ("/v1/messages", "claude-sonnet-5-5", stream)
    assert copy["headers"]["x-api-key"] == "mock-anthropic-key"
    assert not [name for name, value in copy["headers"].items() if value.endswith("mine") or name.startswith("x-tollgate")]


def test_its_tokens_cost_and_time_are_counted_apart(gateway):
    before, requests, tokens = shadows(gateway), gateway.counters(), shadows(gateway, "tokens")
    left = lambda: int(gateway.chat(model="plain", mock="input=0,output=0", max_tokens=1).headers["x-ratelimit-remaining-tokens"])
    cost, took, had = shadows(gateway, "cost_nanousd"), shadows(gateway, "ms"), left()
    mock = {"x-mock-anthropic": "input=1000,output=100,delay_ms=200", "x-mock-openai": "input=5,output=2"}
    assert gateway.chat(model="assistant", headers=mock).status_code == 200
    one_more(gateway, before)
    grown = {name: count - tokens.get(name, 0) for name, count in shadows(gateway, "tokens").items() if count != tokens.get(name, 0)}
    assert grown == {f'{{{OF},type="input"}}': 1000, f'{{{OF},type="output"}}': 100}
    name = f"{{{OF}}}"
    assert shadows(gateway, "cost_nanousd")[name] - cost.get(name, 0) == 1000 * 3_000 + 100 * 15_000
    assert 200 <= shadows(gateway, "ms")[name] - took.get(name, 0) < 2000
    # No limit counts it, and neither do the counters of answers.
    assert had - left() == 7
    anthropics = [key for key in gateway.counters() if key.startswith("tollgate_requests") and "anthropic" in key]
    assert anthropics == [key for key in requests if key.startswith("tollgate_requests") and "anthropic" in key]


@pytest.mark.parametrize("fault, status", [("error=500", "500"), ("garbage", "broken"), ("cut", "unreachable"), ("error=429", "429")])
def test_a_shadow_that_fails_is_nobodys_concern(gateway, fault, status):
    before = shadows(gateway)
    for _ in range(2):
        answer = gateway.chat(model="assistant", headers={"x-mock-anthropic": fault})
        assert (answer.status_code, answer.headers["x-tollgate-target"]) == (200, "current")
        assert one_more(gateway, before) == f'{{{OF},status="{status}"}}'
        before = shadows(gateway)
    assert not [name for name in gateway.counters() if name.startswith("tollgate_cooldowns")]


def test_a_shadow_takes_only_what_its_conditions_take(gateway, unique):
    before = shadows(gateway)
    tool = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}
    assert gateway.chat(unique, model="assistant", tools=[tool]).status_code == 200
    assert gateway.chat(model="assistant").status_code == 200
    one_more(gateway, before)
    with pytest.raises(ValueError):
        gateway.received("anthropic", unique)


def test_what_a_shadow_cannot_be_told_is_counted(gateway):
    before = shadows(gateway)
    assert gateway.chat(model="assistant", n=2).status_code == 200
    assert one_more(gateway, before) == f'{{{OF},status="refused"}}'


def test_where_no_loss_is_accepted_a_shadow_gets_no_copy_with_one(gateway, start):
    """As it would get no request if it were the target."""
    before = shadows(gateway)
    assert gateway.chat(model="assistant", seed=7).status_code == 200
    assert one_more(gateway, before) == f'{{{OF},status="200"}}', "Anthropic knows no seed, which is reported"
    strict = start(EXAMPLE | {"on_loss": "reject"})
    assert strict.chat(model="assistant", seed=7).status_code == 200, "the target itself can be told"
    assert one_more(strict, {}) == f'{{{OF},status="refused"}}'


def counted(gateway, many, seconds):
    """What became of copies, by status, once there are so many."""
    deadline = time.monotonic() + seconds
    while sum(shadows(gateway).values()) < many and time.monotonic() < deadline:
        time.sleep(0.05)
    found = collections.Counter()
    for name, count in shadows(gateway).items():
        found[name.split('status="')[1].split('"')[0]] += count
    return found


@pytest.fixture
def bounded(start):
    """One VM, and a model with three shadows."""
    (_, candidate) = EXAMPLE["models"]["assistant"]["targets"]
    three = [candidate | {"name": name} for name in ("one", "two", "three")]
    target = {"provider": "openai", "model": "gpt-4.1"}
    return start(EXAMPLE | {"models": {"thrice": {"targets": [target, *three]}, "once": {"targets": [target, three[0]]}}}, workers=1)


def test_no_more_than_16_mib_wait_to_be_sent(bounded):
    """All copies of one request are made before one is sent."""
    assert bounded.chat("word " * 1_200_000, model="thrice").status_code == 200
    assert counted(bounded, 3, seconds=20) == {"200": 2, "dropped": 1}, "three times 6 MB are too much"
    assert bounded.chat("word " * 1_000_000, model="thrice").status_code == 200
    assert counted(bounded, 6, seconds=20) == {"200": 5, "dropped": 1}, "three times 5 MB are not"


def test_no_more_than_256_copies_are_under_way(bounded):
    body = json.dumps({"model": "once", "messages": [{"role": "user", "content": "Hello"}]}).encode()
    each = load.request("/v1/chat/completions", body, x_mock_anthropic="delay_ms=6000")
    assert load.send(bounded.url, [each] * 300, connections=8) == {200: 300}
    assert counted(bounded, 44, seconds=3) == {"dropped": 44}
    assert counted(bounded, 300, seconds=20) == {"200": 256, "dropped": 44}
    assert bounded.chat(model="once").status_code == 200
    assert counted(bounded, 301, seconds=5) == {"200": 257, "dropped": 44}, "there is room again"
