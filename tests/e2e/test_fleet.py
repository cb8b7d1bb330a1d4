"""Two Envoys, one limit: Envoy's own `ratelimit` filter, a rate limit service, and a real Redis."""

import collections
import concurrent.futures
import time

import launch
import pytest
from fleet import Fleet, RateLimitService, Redis

# In a window this long nothing comes back while a test runs.
MONTH = 31 * 24 * 3600
SHARED = 1000
EACH = {"mock": "input=60,output=40"}
LOCAL = 8 * 500
WAYS = [("chat", "gpt-4.1"), ("chat", "claude-sonnet-4-5"), ("message", "claude-sonnet-4-5"), ("message", "gpt-4.1")]
every_way = pytest.mark.parametrize("api, model", WAYS)


@pytest.fixture(scope="module")
def redis():
    running = Redis()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def form(start, redis):
    """Forms fleets of the shipped configuration, each with a rate limit service of its own."""
    services = []

    def form(envoys=2, *, local=10**6, shared=SHARED, seconds=MONTH, deny=False):
        service = RateLimitService(redis, tokens=shared, seconds=seconds)
        services.append(service)

        def lead(configuration):
            (cluster,) = [c for c in configuration["static_resources"]["clusters"] if c["name"] == "ratelimit"]
            launch.point_at(cluster, service.address)
            ratelimit = launch.http_filter(configuration, "envoy.filters.http.ratelimit")
            # A busy test machine may take longer to answer than a service should.
            ratelimit.update(failure_mode_deny=deny, timeout="10s")

        value = launch.filter_json(launch.shipped())
        value["limits"] = [{"name": "local", "per": ["consumer"], "tokens": local, "window": f"{MONTH}s"}]
        value["identity"] = {"from": [{"header": "x-consumer"}], "required": False}
        return Fleet(redis, service, [start(value, base=launch.fleet, change=lead) for _ in range(envoys)])

    yield form
    for service in services:
        service.stop()


@pytest.fixture(scope="module")
def fleet(form):
    return form()


@pytest.fixture
def consumer():
    return f"consumer-{time.monotonic_ns()}"


def remaining(answer):
    headers = answer.headers
    return int(headers.get("anthropic-ratelimit-tokens-remaining") or headers["x-ratelimit-remaining-tokens"])


def reserved(fleet, consumer, local, api="chat", **request):
    """What a local limit reserves for a request of a consumer that asks for the first time."""
    return local - remaining(fleet.ask(f"{consumer}-measured", api, **request))


def spend_all(fleet, consumer, model="gpt-4.1"):
    assert fleet.ask(consumer, model=model, mock=f"input={SHARED - 1},output=1").status_code == 200
    fleet.charged(consumer)


def limit_of(refused):
    """Which of the two limits has refused a request."""
    assert refused.status_code == 429
    return "local" if '"local"' in refused.json()["error"]["message"] else "shared"


# What is let through


def test_two_envoys_stay_within_one_limit(fleet, consumer):
    for passed in range(1, 11):
        assert fleet.ask(consumer, **EACH).status_code == 200
        assert fleet.charged(consumer) == passed * 100
    assert [fleet.ask(consumer, **EACH).status_code for _ in range(4)] == [429] * 4
    assert fleet.charged(consumer) == SHARED


def test_the_limit_may_be_passed_by_what_is_under_way_which_local_limits_bound(form, consumer):
    fleet = form(local=LOCAL)
    # Its local limit has room for eight of them in each Envoy, until they are answered.
    cap = LOCAL // 8 - reserved(fleet, consumer, LOCAL, max_tokens=1) + 1
    slow = {"mock": f"delay_ms=2000,{EACH['mock']}", "max_tokens": cap}
    with concurrent.futures.ThreadPoolExecutor(40) as at_once:
        answers = list(at_once.map(lambda _: fleet.ask(consumer, **slow), range(40)))
    assert sorted(answer.status_code for answer in answers) == [200] * 16 + [429] * 24
    assert {limit_of(answer) for answer in answers if answer.status_code == 429} == {"local"}
    assert fleet.charged(consumer) == 1600
    assert [limit_of(fleet.ask(consumer, max_tokens=1)) for _ in range(2)] == ["shared"] * 2
    assert fleet.charged(consumer) == 1600


def test_consumers_and_models_have_limits_of_their_own(fleet, consumer):
    spend_all(fleet, consumer)
    assert fleet.ask(consumer).status_code == 429
    assert fleet.ask(consumer, model="claude-sonnet-4-5").status_code == 200
    assert fleet.ask(f"{consumer}-other").status_code == 200


def test_who_has_no_name_shares_the_limit_of_the_anonymous(fleet):
    before = fleet.charged("anonymous")
    assert fleet.ask(None, **EACH).status_code == 200
    assert fleet.charged("anonymous") == before + 100


def test_what_the_shared_limit_refuses_costs_no_local_limit_anything(fleet, consumer):
    spend_all(fleet, consumer)
    assert [fleet.ask(consumer, max_tokens=1000).status_code for _ in range(6)] == [429] * 6
    one = {"model": "helper", "max_tokens": 1, "mock": "input=1,output=1"}
    left = [remaining(fleet.ask(consumer, **one)) for _ in range(2)]
    used = reserved(fleet, consumer, 10**6, **one)
    assert sum(10**6 - used - amount for amount in left) == SHARED, "only what was answered, by one of the two"


# What clients are told


@every_way
def test_a_refusal_is_in_the_clients_shape_and_says_when_to_come_back(fleet, consumer, api, model):
    spend_all(fleet, consumer, model)
    answer = fleet.ask(consumer, api, model=model)
    assert answer.status_code == 429
    assert answer.headers["content-type"] == "application/json"
    seconds = int(answer.headers["retry-after"])
    assert MONTH - 60 < seconds <= MONTH
    error = answer.json()["error"]
    assert error["message"] == f"The limit that all gateways share is used up. Try again in {seconds} s."
    if api == "chat":
        assert error["code"] == "rate_limit_exceeded"
    else:
        assert (answer.json()["type"], error["type"]) == ("error", "rate_limit_error")


def test_refusals_are_counted_as_such(fleet, consumer):
    spend_all(fleet, consumer)
    before = counted(fleet)
    assert [fleet.ask(consumer).status_code for _ in range(3)] == [429] * 3
    fleet.charged(consumer)
    after = counted(fleet)
    assert {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name, 0)} == {
        'tollgate_rejections{reason="over_limit"}': 3
    }


def counted(fleet):
    """The counters of all Envoys together."""
    return sum((collections.Counter(gateway.counters()) for gateway in fleet.gateways), collections.Counter())


def test_retry_after_is_true(form, consumer):
    brisk = form(1, seconds=3)
    spend_all(brisk, consumer)
    answer = brisk.ask(consumer)
    assert answer.status_code == 429
    assert 1 < int(answer.headers["retry-after"]) <= 3
    time.sleep(int(answer.headers["retry-after"]))
    assert brisk.ask(consumer).status_code == 200


@pytest.mark.parametrize("deny, status", [(True, 503), (False, 200)])
def test_without_the_service_failure_mode_deny_decides(form, consumer, deny, status):
    fleet = form(1, deny=deny)
    assert fleet.ask(consumer).status_code == 200
    fleet.service.stop()
    for api, model in WAYS:
        answer = fleet.ask(consumer, api, model=model)
        assert answer.status_code == status
        if deny:
            assert answer.headers["retry-after"] == "1"
            assert answer.json()["error"]["message"] == "The limits cannot be checked at the moment. Try again."
            assert answer.json()["error"]["type"] == ("server_error" if api == "chat" else "api_error")


def test_without_the_service_local_limits_hold(form, consumer):
    fleet = form(1, local=LOCAL)
    fleet.service.stop()
    assert fleet.ask(consumer, mock=f"input={LOCAL},output=1").status_code == 200
    assert limit_of(fleet.ask(consumer)) == "local"


# What is charged

ANSWERED = [("input=20,output=30", 50), ("input=100,output=5,cached=60,cache_write=20", 105), ("input=10,output=50,reasoning=40", 60)]


@pytest.mark.parametrize("streaming", [{}, {"stream": True}], ids=["whole", "streamed"])
@pytest.mark.parametrize("mock, used", ANSWERED)
@every_way
def test_what_was_used_is_charged_to_the_token(fleet, consumer, api, model, mock, used, streaming):
    assert fleet.ask(consumer, api, model=model, mock=mock, **streaming).status_code == 200
    assert fleet.charged(consumer) == used


COSTS_NOTHING = [
    ("error=400", {}, 400),
    ("error=500", {}, 500),
    ("error=500", {"stream": True}, 500),
    ("", {"model": "unknown"}, 404),
    ("", {"max_tokens": 10**9}, 400),
]


@pytest.mark.parametrize("mock, fields, status", COSTS_NOTHING)
@pytest.mark.parametrize("api", ["chat", "message"])
def test_errors_cost_nothing(fleet, consumer, api, mock, fields, status):
    assert fleet.ask(consumer, api, mock=mock, **fields).status_code == status
    assert fleet.charged(consumer) == 0


def leave(fleet, consumer, api, model, mock):
    """Reads the beginning of a stream, and no more."""
    path = {"chat": "/v1/chat/completions", "message": "/v1/messages"}[api]
    body = {"model": model, "max_tokens": 100, "stream": True, "messages": [{"role": "user", "content": "Hello"}]}
    headers = {"anthropic-version": "2026-10-21", "x-mock": mock, "x-consumer": consumer}
    with next(fleet.turns).client.stream("POST", path, json=body, headers=headers) as answer:
        next(answer.iter_raw())


@every_way
def test_a_client_that_leaves_pays_what_was_reserved(fleet, consumer, api, model):
    leave(fleet, consumer, api, model, "words=500,gap_ms=20")
    assert fleet.charged(consumer) == reserved(fleet, consumer, 10**6, api, model=model, max_tokens=100)


@pytest.mark.parametrize("api", ["chat", "message"])
def test_a_client_that_leaves_when_more_was_used_pays_what_was_seen(fleet, consumer, api):
    leave(fleet, consumer, api, "claude-sonnet-4-5", "input=5000,words=500,gap_ms=20")
    assert fleet.charged(consumer) == 5001, "the input, and the first token that Anthropic counts"


@every_way
def test_an_answer_that_breaks_off_costs_what_was_reserved(fleet, consumer, api, model):
    fleet.ask(consumer, api, model=model, mock="cut", max_tokens=100)
    assert fleet.charged(consumer) == reserved(fleet, consumer, 10**6, api, model=model, max_tokens=100)
