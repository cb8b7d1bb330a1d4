"""Where Envoy hedges, several targets work on one request at a time: the client gets one answer, and what is said of all
of them is true. envoy/README.md says why not to."""

import json
import time

import launch
import orders
import pytest
import sse

EXAMPLE = json.loads((launch.ROOT / "examples" / "failover.json").read_text())
BUDGET = {"name": "all", "per": [], "tokens": 100_000_000, "window": "1mo", "align": "calendar"}
ACCOUNT = ("anthropic-ratelimit", "anthropic-organization", "x-ratelimit-limit-requests", "openai-organization")


def hedging(configuration):
    """After half a second the next target is asked, too."""
    orders.impatient(configuration)
    orders.route(configuration)["hedge_policy"] = {"hedge_on_per_try_timeout": True}


@pytest.fixture(scope="module")
def gateway(start):
    targets = lambda name: [  # noqa: E731
        {"provider": "anthropic", "model": f"claude-{name}"}, {"provider": "openai", "model": f"gpt-{name}"},
    ]
    cluster = EXAMPLE["models"]["assistant"]["cluster"]
    names = [f"{which}-{stream}" for which in ("first", "second", "left") for stream in (False, True)] + ["plain"]
    names += (fresh := [f"fresh-{number}" for number in range(40)])
    models = {name: {"targets": targets(name), "cluster": cluster} for name in names}
    models["picky"] = {"targets": targets("picky")[::-1], "cluster": cluster}
    places = {"name": "places", "per": ["model"], "concurrent": 2}
    running = start(EXAMPLE | {"models": models, "limits": [BUDGET, places]}, base=launch.failover, change=hedging)
    #: Models of which no other test has spoiled the targets.
    running.fresh = iter(fresh)
    return running


def ask(gateway, model, stream, anthropic, openai, **fields):
    headers = {"x-mock-anthropic": anthropic, "x-mock-openai": openai}
    return gateway.chat(model=model, stream=stream, headers=headers, **fields)


def text_of(answer, stream):
    assert answer.status_code == 200, answer.text
    return sse.text_of_chunks(sse.chunks(answer.text)) if stream else answer.json()["choices"][0]["message"]["content"]


def left(gateway):
    return int(gateway.chat(model="plain", max_tokens=1, mock="input=0,output=0").headers["x-ratelimit-remaining-tokens"])


def counted(gateway, name, model):
    """The filter's counters of this name about this model, by provider."""
    of = lambda label, name: label.split(f'{name}="')[1].split('"')[0]  # noqa: E731
    return {of(label, "provider"): n for label, n in gateway.counters().items() if label.startswith(name) and f'model="{model}"' in label}


@pytest.mark.parametrize("stream", [False, True])
def test_the_first_target_answers_after_the_next_was_asked(gateway, stream):
    model, before = f"first-{stream}", left(gateway)
    for _ in range(4):  # Nothing is held after it: there are two places.
        answer = ask(gateway, model, stream, "delay_ms=900,input=1000,output=500", "delay_ms=5000,input=7,output=7")
        assert text_of(answer, stream) == "Hello from Anthropic."
        assert (answer.headers["x-tollgate-target"], answer.headers["x-tollgate-model"]) == ("anthropic", f"claude-{model}")
        assert not [name for name in answer.headers if name.startswith(ACCOUNT)]
    line = gateway.access_lines(model=model)
    assert before - left(gateway) == 4 * 1500
    assert counted(gateway, "tollgate_requests", model) == {"anthropic": 4}
    assert not counted(gateway, "tollgate_failovers", model) and not counted(gateway, "tollgate_cooldowns", model)
    assert all(one["target"] == "anthropic" for one in line)


@pytest.mark.parametrize("stream", [False, True])
def test_the_next_target_answers_before_the_first(gateway, stream):
    model, before = f"second-{stream}", left(gateway)
    answer = ask(gateway, model, stream, "delay_ms=5000,input=7,output=7", "delay_ms=100,input=1000,output=500")
    assert text_of(answer, stream) == "Hello from OpenAI."
    assert answer.headers["x-tollgate-target"] == "openai"
    assert before - left(gateway) == 1500
    assert counted(gateway, "tollgate_requests", model) == {"openai": 1}
    assert counted(gateway, "tollgate_failovers", model) == counted(gateway, "tollgate_cooldowns", model) == {"anthropic": 1}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("first, second", [("delay_ms=1500", "reset"), ("delay_ms=700,reset", "delay_ms=1000")])
def test_one_that_hangs_up_leaves_the_answer_to_the_other(gateway, stream, first, second):
    answer = ask(gateway, next(gateway.fresh), stream, first, second)
    by = {"delay_ms=1500": "Anthropic", "delay_ms=1000": "OpenAI"}[first if second == "reset" else second]
    assert text_of(answer, stream) == f"Hello from {by}."
    assert answer.headers["x-tollgate-target"] == by.lower()


FAILING = {"error=500": 500, "error=529": 529, "error=400": 400, "garbage": 502, "empty200": 502, "html=502": 502, "cut": 503}


@pytest.mark.parametrize("fault", FAILING)
@pytest.mark.parametrize("first, second", [("delay_ms=5000", "delay_ms=100,{}"), ("delay_ms=700,{}", "delay_ms=5000")])
def test_an_error_ends_both_in_the_clients_words(gateway, first, second, fault):
    began = time.monotonic()
    answer = ask(gateway, next(gateway.fresh), False, first.format(fault), second.format(fault))
    if fault == "cut":  # which Envoy sees, and leaves it to the other
        assert answer.status_code == 200
        return
    assert answer.status_code == FAILING[fault], answer.text
    assert "type" not in answer.json() and answer.json()["error"]["message"]
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("first, second", [("delay_ms=5000", "delay_ms=100,error_first"), ("delay_ms=700,error_first", "delay_ms=5000")])
def test_so_does_an_error_that_a_stream_begins_with(gateway, first, second):
    answer = ask(gateway, next(gateway.fresh), True, first, second)
    assert answer.status_code in (500, 529) and "type" not in answer.json()


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_leaves_leaves_nothing_behind(gateway, stream):
    model = f"left-{stream}"
    body = {"model": model, "stream": stream, "messages": [{"role": "user", "content": "Hello"}]}
    for _ in range(3):
        with pytest.raises(Exception, match="timed out"):
            gateway.client.post("/v1/chat/completions", json=body, timeout=0.8, headers={"x-mock": "hang"})
        time.sleep(0.1)
    assert gateway.chat(model=model).status_code == 200


def test_where_the_next_target_cannot_carry_the_request_it_ends_there(gateway):
    answer = ask(gateway, "picky", False, "", "delay_ms=1500", n=2)
    assert (answer.status_code, answer.json()["error"]["message"]) == (504, "The provider did not answer in time.")
