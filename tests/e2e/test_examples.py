"""Every example does what its README says."""

import collections
import concurrent.futures
import datetime
import json
import time

import launch
import pytest

EXAMPLES = launch.ROOT / "examples"
RED, BLUE = {"authorization": "Bearer red-key"}, {"authorization": "Bearer blue-key"}


def with_a_vllm_cluster(configuration):
    openai = next(c for c in configuration["static_resources"]["clusters"] if c["name"] == "openai")
    vllm = json.loads(json.dumps(openai).replace('"openai"', '"vllm"'))
    configuration["static_resources"]["clusters"].append(vllm)


@pytest.fixture
def example(start):
    return lambda name, change=None: start((EXAMPLES / name).read_text(), change=change)


def test_two_providers_is_what_is_shipped(example):
    name = "two-providers.json"
    assert json.loads((EXAMPLES / name).read_text()) == launch.filter_json(launch.shipped())
    gateway = example(name)
    assert gateway.chat(model="assistant").json()["choices"][0]["message"]["content"] == "Hello from Anthropic."
    assert gateway.message(model="helper").json()["content"][0]["text"] == "Hello from OpenAI."


def test_team_keys_and_limits(example):
    gateway = example("team-keys-and-limits.json")
    assert gateway.chat().status_code == 401
    assert gateway.chat(headers=RED).status_code == 200
    assert gateway.chat(model="claude-opus-4-6", headers=RED).status_code == 403
    answer = gateway.chat(model="claude-opus-4-6", headers=BLUE)
    assert (answer.status_code, answer.headers["x-ratelimit-limit-tokens"]) == (200, "100000")
    lost = gateway.chat(model="claude-opus-4-6", headers=BLUE, seed=1)
    assert (lost.status_code, lost.json()["error"]["code"]) == (400, "unsupported_parameter")
    assert "seed" in lost.json()["error"]["message"]


def test_consumer_from_a_header(example):
    gateway = example("consumer-from-a-header.json")
    assert gateway.chat(model="assistant").status_code == 401
    assert gateway.chat(model="assistant", headers={"x-consumer": "batch"}).status_code == 403
    assert gateway.chat(model="assistant", headers={"x-consumer": "anybody"}).status_code == 200


def test_budgets(example):
    gateway, batch = example("budgets.json"), {"x-consumer": "nightly-jobs"}
    answer = gateway.chat(headers=batch, mock="input=1000,cached=400,output=100", max_tokens=200)
    assert (answer.status_code, answer.headers["x-ratelimit-limit-requests"]) == (200, "50")
    assert answer.headers["x-ratelimit-limit-tokens"] == "100000"
    assert gateway.access_log(consumer="nightly-jobs")["cost_nanousd"] == str(600 * 2500 + 400 * 1250 + 100 * 10_000)
    answer = gateway.chat(headers={"x-consumer": "ann"}, max_tokens=25_000)
    assert answer.status_code == 400 and '"tokens-a-minute"' in answer.json()["error"]["message"], "output counts four times"
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(gateway.chat, headers=batch, mock="delay_ms=1500", max_tokens=1) for _ in range(8)]
        assert sorted(one.result().status_code for one in asked) == [200] * 4 + [429] * 4


def test_routing(example):
    gateway = example("routing.json")
    asked = [(gateway.chat(model="assistant", headers={"x-user": str(user)}), user) for user in range(60)]
    assert {answer.headers["x-tollgate-target"] for answer, _ in asked} == {"stable", "canary"}
    for answer, user in asked[:10]:
        again = gateway.chat(model="assistant", headers={"x-user": str(user)})
        assert again.headers["x-tollgate-target"] == answer.headers["x-tollgate-target"]
    assert gateway.chat(model="thrifty", reasoning_effort="high").headers["x-tollgate-target"] == "deep"
    assert gateway.chat(model="thrifty").headers["x-tollgate-target"] == "everyday"
    assert gateway.chat(model="thrifty", mock="error=500").status_code == 500
    assert gateway.chat(model="thrifty").headers["x-tollgate-target"] == "reserve"


def test_strategies(example):
    gateway = example("strategies.json")

    def target(text="Hello", **fields):
        answer = gateway.chat(text, **({"headers": {"x-consumer": "ann"}} | fields))
        assert answer.status_code == 200, answer.text
        return answer.headers["x-tollgate-target"]

    assert target("word " * 3000, model="cheapest", max_tokens=10) == "openai", "input is cheaper there"
    assert target(model="cheapest", max_tokens=1000) == "anthropic", "output is cheaper there"
    late = {"headers": {"x-consumer": "ann", "x-mock-openai": "delay_ms=100"}}
    asked = [target(model="soonest", **late) for _ in range(60)]
    assert asked[30:].count("anthropic") > 20, "who is slower is looked at now and then"
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        slow = {"headers": {"x-consumer": "ann", "x-mock": "delay_ms=1000"}}
        asked = []
        for _ in range(8):
            asked.append(pool.submit(target, model="evenly", **slow))
            time.sleep(0.05)  # for all workers to hear of it
        assert collections.Counter(one.result() for one in asked) == {"openai": 4, "anthropic": 4}
    halves = {str(talk): {target(str(talk), model="halves") for _ in range(3)} for talk in range(24)}
    assert {len(arms) for arms in halves.values()} == {1} and len(set.union(*halves.values())) == 2
    assert target(model="by-tier", headers={"x-consumer": "checkout"}) == "gold"
    night = lambda: not 6 <= datetime.datetime.now(datetime.UTC).hour < 22  # noqa: E731
    before, asked, after = night(), target(model="by-tier"), night()
    assert before != after or asked == ("at-night" if before else "by-day")


def test_failover(start):
    gateway = start((EXAMPLES / "failover.json").read_text(), base=launch.failover)
    for model in ("assistant", "halves"):
        for provider in ("anthropic", "openai"):
            for stream in (False, True):
                answer = gateway.chat(model=model, stream=stream, headers={f"x-mock-{provider}": "error=529"})
                assert answer.status_code == 200 and answer.headers["x-tollgate-provider"] != provider


def test_shadow(example, unique):
    gateway = example("shadow.json")
    answer = gateway.chat(unique, model="assistant")
    assert (answer.status_code, answer.headers["x-tollgate-target"]) == (200, "current")
    counter = 'tollgate_shadow_requests{provider="anthropic",model="assistant",target="candidate",status="200"}'
    deadline = time.monotonic() + 5
    while counter not in gateway.counters() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert gateway.counters()[counter] == 1
    assert gateway.received("anthropic", unique)["path"] == "/v1/messages"


def test_chaining(example, unique):
    gateway = example("chaining.json")
    ask = lambda said: gateway.chat(f"{unique} [[mock: text={said}]]", model="support")  # noqa: E731
    stopped = ask("no")
    assert stopped.json()["choices"][0]["message"]["content"] == "I can only help with questions about your orders."
    assert (stopped.headers["x-tollgate-step"], stopped.json()["usage"]["total_tokens"]) == ("guard", 0)
    # Both steps say yes, which is no intent that is known.
    assert ask("Yes").headers["x-tollgate-target"] == "usual"
    target = gateway.all_received("openai", unique)[-1]["json"]
    assert target["messages"][0] == {"role": "system", "content": "This conversation is about: Yes."}


def test_own_server(example, unique):
    gateway = example("own-server.json", with_a_vllm_cluster)
    assert gateway.chat("Hi").status_code == 200
    answer = gateway.chat(unique, model="llama-4", headers={"authorization": "Bearer mock-openai-key"})
    assert answer.status_code == 200
    assert not [name for name in answer.headers if name.startswith("x-tollgate-")]
    assert gateway.received("openai", unique)["json"]["model"] == "llama-4"
    assert gateway.client.get("/v1/files").status_code == 404


def test_every_provider(start):
    gateway = start((EXAMPLES / "every-provider.json").read_text(), base=launch.every_provider)
    greetings = {
        "gpt-4.1": "OpenAI", "deep-thought": "OpenAI", "claude-opus-4-6": "Anthropic", "gemini-2.5-flash": "Gemini",
        "command-a-03-2025": "Cohere", "gpt-on-azure": "OpenAI",
    }
    for model, name in greetings.items():
        assert gateway.chat(model=model).json()["choices"][0]["message"]["content"] == f"Hello from {name}.", model
    # Nobody has signed for these, and the mocks say so; nor has anybody a key for the server.
    refused = {"nova-pro": 403, "claude-on-aws": 403, "claude-on-gcp": 401, "llama-4": 401}
    for model, status in refused.items():
        assert gateway.chat(model=model).status_code == status, model


def test_no_example_is_without_a_test():
    tested = {
        "chaining", "budgets", "every-provider", "two-providers", "team-keys-and-limits", "consumer-from-a-header", "failover",
        "own-server", "routing", "shadow", "strategies",
    }
    assert {path.stem for path in EXAMPLES.glob("*.json")} == tested
