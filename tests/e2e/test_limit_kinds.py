"""Every kind of limit, what it counts apart, and to whom it applies, on a real Envoy."""

import base64
import concurrent.futures
import contextlib
import datetime
import hashlib
import hmac
import json
import time

import launch
import pytest

MONTH = "31d"
GPT = "gpt-4.1"
PRICES = {"gpt-*": {"input": 2.5, "cached_input": 1.25, "output": 10}, "claude-*": {"input": 3, "cache_write": 3.75, "output": 15}}


def with_limits(*limits, **more):
    """The shipped filter configuration with these limits, consumers named by a header."""
    value = launch.filter_json(launch.shipped())
    value["limits"] = [{"name": f"limit-{number}", "per": ["consumer"], **limit} for number, limit in enumerate(limits)]
    value["identity"] = {"from": [{"header": "x-consumer"}]}
    return {**value, **more}


@pytest.fixture(scope="module")
def limited(start):
    """One Envoy for each set of limits that tests here ask for."""
    running = {}

    def limited(*limits, base=launch.shipped, change=None, workers=2, **more):
        key = json.dumps([limits, workers, more]) + str(change)
        if key not in running:
            running[key] = start(with_limits(*limits, **more), base=base, change=change, workers=workers)
        return running[key]

    return limited


def named(consumer=None):
    return {"x-consumer": consumer or f"consumer-{time.monotonic_ns()}"}


def statuses(gateway, headers, times, **request):
    return [gateway.chat(headers=headers, max_tokens=1, **request).status_code for _ in range(times)]


# Requests


def test_requests_are_counted_one_by_one_and_told_in_headers_of_their_own(limited):
    gateway, headers = limited({"requests": 3, "window": MONTH}), named()
    answers = [gateway.chat(headers=headers, max_tokens=1) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["x-ratelimit-remaining-requests"] for answer in answers] == ["2", "1", "0", "0"]
    assert {answer.headers["x-ratelimit-limit-requests"] for answer in answers} == {"3"}
    assert '"limit-0"' in answers[3].json()["error"]["message"]
    assert int(answers[3].headers["retry-after"]) == pytest.approx(31 * 24 * 3600 / 3, abs=5)


def test_an_anthropic_client_is_told_of_requests_in_its_own_words(limited):
    answer = limited({"requests": 3, "window": MONTH}).message(headers=named())
    assert answer.headers["anthropic-ratelimit-requests-limit"] == "3"
    assert answer.headers["anthropic-ratelimit-requests-remaining"] == "2"
    assert "T" in answer.headers["anthropic-ratelimit-requests-reset"]


def test_tokens_and_requests_are_both_told(limited):
    answer = limited({"requests": 5, "window": "1h"}, {"tokens": 9000, "window": "1h"}).chat(headers=named(), max_tokens=1)
    assert answer.headers["x-ratelimit-limit-requests"] == "5"
    assert answer.headers["x-ratelimit-limit-tokens"] == "9000"


def test_a_request_that_never_reached_a_provider_is_not_counted_and_one_that_failed_there_is(limited):
    gateway, headers = limited({"requests": 3, "window": MONTH}), named()
    assert gateway.chat(headers=headers, model="claude-sonnet-4-5", n=2).status_code == 400
    assert gateway.chat(headers=headers, mock="error=500").status_code == 500
    assert gateway.chat(headers=headers, max_tokens=1).headers["x-ratelimit-remaining-requests"] == "1"


def test_what_one_limit_refuses_no_other_has_been_charged_for(limited):
    gateway, headers = limited({"tokens": 100_000, "window": MONTH}, {"requests": 1, "window": MONTH}), named()
    first = gateway.chat(headers=headers, mock="input=5,output=5", max_tokens=10)
    refused = [gateway.chat(headers=headers, max_tokens=1000) for _ in range(5)]
    assert (first.status_code, {answer.status_code for answer in refused}) == (200, {429})
    assert '"limit-1"' in refused[0].json()["error"]["message"]
    assert {answer.headers["x-ratelimit-remaining-tokens"] for answer in refused} == {"99990"}


def test_burst_is_what_can_be_used_at_once(limited):
    """60 a minute, of which ten at once: then one a second."""
    gateway, headers = limited({"requests": 60, "window": "1m", "burst": 10}), named()
    started = time.monotonic()
    answers = [gateway.chat(headers=headers, max_tokens=1) for _ in range(11)]
    assert time.monotonic() - started < 1, "too slow a machine to tell"
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert answers[10].headers["retry-after"] == "1"
    assert answers[0].headers["x-ratelimit-limit-requests"] == "10"


# Money


def test_money_is_counted_by_kind_of_token_and_published(limited):
    gateway, headers = limited({"usd": 1, "window": "1d"}, prices=PRICES), named()
    answer = gateway.chat(headers=headers, mock="input=1000,cached=400,output=100", max_tokens=200)
    assert answer.status_code == 200
    line = gateway.access_log(consumer=headers["x-consumer"])
    assert line["cost_nanousd"] == str(600 * 2500 + 400 * 1250 + 100 * 10_000)


def test_a_budget_of_money_ends(limited):
    """An answer for 60 cents fits into a dollar once: the second request cannot be promised another 60."""
    gateway, headers = limited({"usd": 1, "window": MONTH}, prices=PRICES), named()
    ask = lambda: gateway.chat(headers=headers, mock="input=40,output=60000", max_tokens=60_000)
    assert [ask().status_code for _ in range(2)] == [200, 429]
    assert gateway.chat(headers=headers, max_tokens=30_000).status_code == 200
    refused = gateway.message(headers=headers, max_tokens=30_000)
    assert refused.status_code == 429
    assert refused.json()["error"]["type"] == "rate_limit_error"
    assert '"limit-0"' in refused.json()["error"]["message"]


def test_a_model_without_a_price_under_a_limit_of_money_is_a_configuration_error(start):
    with pytest.raises(launch.DidNotStart) as refused:
        start(with_limits({"usd": 1, "window": "1d"}, prices={"gpt-*": {"input": 1, "output": 2}}))
    assert "price" in str(refused.value) and "claude" in str(refused.value) and "unpriced" in str(refused.value)


def test_what_is_larger_than_a_whole_limit_counts_as_refused_by_it(limited):
    gateway = limited({"tokens": 10, "window": MONTH}, {"tokens": 10, "window": MONTH, "enforce": False})
    assert gateway.chat(headers=named()).status_code == 400
    refusals = {name: count for name, count in gateway.counters().items() if name.startswith("tollgate_limit_refusals")}
    assert sorted(refusals.values()) == [1] and 'enforced="true"' in next(iter(refusals))


def test_unpriced_models_are_let_through_where_that_is_allowed(limited):
    gateway = limited({"usd": 0.000001, "window": MONTH, "unpriced": "allow"}, prices={"gpt-*": {"input": 1, "output": 2}})
    assert gateway.message(headers=named()).status_code == 200
    assert gateway.chat(headers=named()).status_code == 400, "more than the whole limit"


# Weights


def test_weights_say_what_a_token_of_each_kind_counts(limited):
    weights = {"cached_input": 0.1, "output": 5, "reasoning": 2.5}
    gateway, headers = limited({"tokens": 100_000, "window": MONTH, "weights": weights}), named()
    gateway.chat(headers=headers, mock="input=1000,cached=400,output=100,reasoning=60", max_tokens=100)
    price = 100_000 - int(gateway.chat(headers=named(), max_tokens=1).headers["x-ratelimit-remaining-tokens"])
    rest = int(gateway.chat(headers=headers, max_tokens=1).headers["x-ratelimit-remaining-tokens"])
    assert 100_000 - rest - price == 600 + 40 + 40 * 5 + 60 * 2.5


# Calendar


def test_a_calendar_budget_resets_at_the_full_minute(limited):
    gateway, headers = limited({"requests": 2, "window": "1m", "align": "calendar"}), named()
    if datetime.datetime.now(datetime.UTC).second > 50:
        time.sleep(11)
    answers = [gateway.chat(headers=headers, max_tokens=1) for _ in range(3)]
    rest = 60 - datetime.datetime.now(datetime.UTC).timestamp() % 60
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert rest <= int(answers[2].headers["retry-after"]) <= rest + 2

    time.sleep(60 - datetime.datetime.now(datetime.UTC).timestamp() % 60 + 0.1)
    assert statuses(gateway, headers, 3) == [200, 200, 429]


# Concurrency


@contextlib.contextmanager
def open_streams(gateway, headers, count, mock="words=200,gap_ms=50"):
    """So many streams that have begun; an answer that is no stream ends the attempt."""
    body = {"model": GPT, "max_tokens": 100, "stream": True, "messages": [{"role": "user", "content": "Hello"}]}
    with contextlib.ExitStack() as stack:
        streams, pieces = [], []
        for _ in range(count):
            stream = stack.enter_context(
                gateway.client.stream("POST", "/v1/chat/completions", json=body, headers={"x-mock": mock, **headers})
            )
            if stream.status_code == 200:
                pieces.append(stream.iter_raw())  # kept: a stream ends with its iterator
                next(pieces[-1])
            streams.append(stream)
        yield streams


def test_so_many_run_at_once_and_a_place_comes_back_when_one_ends(limited):
    gateway, headers = limited({"concurrent": 3}), named()
    with open_streams(gateway, headers, 4) as streams:
        assert [stream.status_code for stream in streams] == [200, 200, 200, 429]
        assert int(streams[3].headers["retry-after"]) >= 1
        assert gateway.chat(headers=named()).status_code == 200, "another consumer has places of its own"
    eventually(lambda: statuses(gateway, headers, 5) == [200] * 5)


def eventually(holds, seconds=5):
    """Envoy notices a client that leaves a little later."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


# What is counted apart


def test_each_value_of_a_header_is_counted_apart(limited):
    gateway = limited({"requests": 1, "window": MONTH, "per": ["header:x-team"]})
    ask = lambda **headers: gateway.chat(headers=headers, max_tokens=1).status_code
    assert [ask(**{"x-team": "a"}), ask(**{"x-team": "a"}), ask(**{"x-team": "b"})] == [200, 429, 200]
    assert [ask(), ask()] == [200, 429], "those without it share one limit"


def test_each_address_is_counted_apart(limited):
    def trusts_a_proxy(configuration):
        launch.manager(configuration)["xff_num_trusted_hops"] = 1

    gateway = limited({"requests": 1, "window": MONTH, "per": ["ip"]}, change=trusts_a_proxy)
    ask = lambda address: gateway.chat(headers={"x-forwarded-for": address}, max_tokens=1).status_code
    assert [ask("192.0.2.1"), ask("192.0.2.1"), ask("192.0.2.2"), ask("2001:db8::1"), ask("2001:db8::1")] == [200, 429, 200, 200, 429]


def test_each_target_is_counted_apart_though_one_provider_serves_them(limited):
    """In four workers; a target that has a name goes by that, and its name is its own within its model."""
    to = lambda model, name: {"provider": "openai", "model": model, "name": name, "when": {"header": {"x-to": [name]}}}
    models = {
        "two": {"targets": [to("gpt-4.1", "large"), to("gpt-4.1-mini", "small")]},
        "other": {"targets": [to("gpt-4.1", "large")]},
    }
    gateway = limited({"requests": 2, "window": MONTH, "per": ["target"]}, models=models, workers=4)
    ask = lambda model, name: gateway.client.post(
        "/v1/chat/completions", headers={"x-to": name, "connection": "close"},
        json={"model": model, "max_tokens": 1, "messages": [{"role": "user", "content": "Hello"}]},
    )
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        large = list(pool.map(lambda _: ask("two", "large"), range(12)))
    assert sorted(answer.status_code for answer in large) == [200] * 2 + [429] * 10
    assert {answer.headers["x-tollgate-target"] for answer in large if answer.status_code == 200} == {"large"}
    assert [ask("two", "small").status_code for _ in range(3)] == [200, 200, 429]
    assert [ask("other", "large").status_code for _ in range(3)] == [200, 200, 429]


def test_each_provider_is_counted_apart(limited):
    gateway, headers = limited({"requests": 1, "window": MONTH, "per": ["provider"]}), named()
    assert statuses(gateway, headers, 1, model="helper") == [200]
    assert statuses(gateway, headers, 1, model=GPT) == [429], "the same provider"
    assert statuses(gateway, headers, 1, model="assistant") == [200], "another one"


@pytest.mark.parametrize("most, passed", [(None, 4), (2, 2)], ids=["by_the_limit", "by_a_circuit_breaker"])
def test_what_fails_over_is_not_held_by_the_limit_of_where_it_goes(limited, most, passed):
    """As `envoy/README.md` says: two places at each provider, and four requests at one of them."""
    targets = lambda number: [{"provider": "anthropic", "model": f"claude-{number}"}, {"provider": "openai", "model": GPT}]
    order = {"failover-anthropic": ["anthropic", "openai"]}
    models = {f"spills-{number}": {"targets": targets(number), "cluster": order} for number in range(2)}
    models["own"] = {"targets": [{"provider": "openai", "model": "gpt-4.1-mini"}]}

    def breaks(configuration):
        (cluster,) = [it for it in configuration["static_resources"]["clusters"] if it["name"] == "openai"]
        cluster["circuit_breakers"]["thresholds"] = [{"max_requests": most}]

    gateway = limited({"concurrent": 2, "per": ["provider"]}, base=launch.failover, change=breaks if most else None, models=models)
    faults = {"x-mock-anthropic": "error=500", "x-mock-openai": "delay_ms=1500"}
    with concurrent.futures.ThreadPoolExecutor(5) as pool:
        ask = lambda model: gateway.chat(model=model, headers=faults, max_tokens=1).status_code
        asked = [pool.submit(ask, model) for model in ("spills-0", "spills-1", "own", "own")]
        time.sleep(0.7)
        assert most or ask("own") == 429, "its own places are taken"
        statuses = sorted(one.result() for one in asked)
    assert statuses == [200] * passed + [503] * (4 - passed)


SECRET = b"a secret that only the issuer and Envoy know"


def token(**claims):
    part = lambda value: base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")
    signed = part({"alg": "HS256", "typ": "JWT"}) + b"." + part({"iss": "issuer", **claims})
    signature = base64.urlsafe_b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).rstrip(b"=")
    return (signed + b"." + signature).decode()


def checks_tokens(configuration):
    """Puts Envoy's jwt_authn in front; its verified claims are what the filter reads."""
    manager = launch.manager(configuration)
    key = base64.urlsafe_b64encode(SECRET).rstrip(b"=").decode()
    provider = {
        "issuer": "issuer", "payload_in_metadata": "payload", "from_headers": [{"name": "x-token"}],
        "local_jwks": {"inline_string": json.dumps({"keys": [{"kty": "oct", "alg": "HS256", "k": key}]})},
    }
    manager["http_filters"].insert(0, {
        "name": "envoy.filters.http.jwt_authn",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication",
            "providers": {"issuer": provider},
            "rules": [{"match": {"prefix": "/"}, "requires": {
                "requires_any": {"requirements": [{"provider_name": "issuer"}, {"allow_missing": {}}]}}}],
        },
    })


def test_claims_of_a_verified_token_are_counted_apart_and_name_consumers(limited):
    gateway = limited(
        {"requests": 1, "window": MONTH, "per": ["jwt:tenant"]},
        identity={"from": [{"jwt_claim": "sub"}]}, change=checks_tokens,
    )
    ask = lambda **claims: gateway.chat(headers={"x-token": token(**claims)}, max_tokens=1).status_code
    assert [ask(sub="ann", tenant="red"), ask(sub="bob", tenant="red"), ask(sub="bob", tenant="blue")] == [200, 429, 200]
    assert gateway.access_log(consumer="ann")["status"] == 200
    forged = token(sub="ann", tenant="green")[:-4] + "AAAA"
    assert gateway.chat(headers={"x-token": forged}).status_code == 401, "Envoy's, before the filter"


# To whom it applies


def test_limits_apply_to_whom_they_match(limited):
    once = {"requests": 1, "window": MONTH, "per": ["consumer"]}
    gateway = limited(
        {**once, "match": {"consumer": "red"}},
        {**once, "match": {"consumer_tag": {"tier": "free"}}},
        {**once, "match": {"model": "helper"}},
        {**once, "match": {"header": {"x-batch": "yes"}}},
        consumers={"red": {}, "blue": {"tags": {"tier": "free"}}, "*": {}},
    )
    ask = lambda consumer, **more: statuses(gateway, {**named(consumer), **more.pop("headers", {})}, 2, **more)
    assert ask("red") == [200, 429]
    assert ask("blue") == [200, 429]
    assert ask("green") == [200, 200]
    assert ask("green", model="helper") == [200, 429]
    assert ask("yellow", headers={"x-batch": "yes"}) == [200, 429]
    assert ask("yellow", headers={"x-batch": "no"}) == [200, 200]


def test_a_limit_that_is_not_enforced_refuses_nobody_and_counts_whom_it_would_have(limited):
    gateway, headers = limited({"requests": 2, "window": MONTH, "enforce": False}), named()
    assert statuses(gateway, headers, 5) == [200] * 5
    (count,) = [value for name, value in gateway.counters().items() if name.startswith("tollgate_limit_refusals") and 'enforced="false"' in name]
    assert count == 3


def test_a_full_table_lets_through_where_that_is_wanted(limited):
    gateway = limited({"tokens": 100_000, "window": MONTH}, shared={"slots": 32, "when_full": "allow"})
    answers = [gateway.chat(headers=named()).status_code for _ in range(44)]
    assert answers == [200] * 44
    (count,) = [value for name, value in gateway.counters().items() if name.startswith("tollgate_limit_uncounted")]
    assert count == 12
