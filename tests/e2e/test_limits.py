"""Token limits: what is reserved, what is settled, and what clients are told, across workers."""

import asyncio
import datetime
import hashlib
import json
import re
import socket
import time

import httpx
import launch
import pytest

# In a window this long nothing comes back while a test runs: figures are exact to the token.
MONTH = 31 * 24 * 3600
AMPLE = 1_000_000
TIGHT = 5_000
KEYS = ["key-one-of-red", "key-two-of-red"]
WAYS = [("chat", "gpt-4.1"), ("chat", "claude-sonnet-4-5"), ("message", "claude-sonnet-4-5"), ("message", "gpt-4.1")]
every_way = pytest.mark.parametrize("api, model", WAYS)


def limited(tokens, window):
    """The shipped filter configuration with one limit, and consumers named by a header or by their keys."""
    value = launch.filter_json(launch.shipped())
    value["limits"] = [{"name": "budget", "per": ["consumer", "model"], "tokens": tokens, "window": f"{window}s"}]
    value["identity"] = {"from": ["api_key", {"header": "x-consumer"}]}
    value["consumers"] = {"red": {"key_sha256": [hashlib.sha256(key.encode()).hexdigest() for key in KEYS]}, "*": {}}
    value["providers"]["closed"] = {"dialect": "openai", "cluster": "closed"}
    value["models"]["nowhere"] = {"targets": [{"provider": "closed"}]}
    return value


class Limited:
    """A gateway with one limit."""

    def __init__(self, gateway, tokens):
        self.gateway, self.tokens = gateway, tokens

    def account(self, **headers):
        return Account(self, headers or {"x-consumer": f"consumer-{time.monotonic_ns()}"})


class Account:
    """A consumer's requests, and what they leave it."""

    def __init__(self, limited, headers):
        self.limited, self.headers = limited, headers

    def ask(self, api="chat", **request):
        return getattr(self.limited.gateway, api)(headers=self.headers, **request)

    def stream(self, api, model, mock, **options):
        """The same request as `ask` sends, its answer not yet read."""
        path = {"chat": "/v1/chat/completions", "message": "/v1/messages"}[api]
        body = {"model": model, "max_tokens": 100, "stream": True, "messages": [{"role": "user", "content": "Hello"}]}
        headers = {"anthropic-version": "2026-10-21", "x-mock": mock, **self.headers}
        return self.limited.gateway.client.stream("POST", path, json=body, headers=headers, **options)

    def await_the_end(self):
        """Until Envoy is done with the one request that was sent so far."""
        self.limited.gateway.access_log(consumer=self.headers["x-consumer"])

    def spend_all(self, model="gpt-4.1"):
        used = f"input={self.limited.tokens - 1},output=1"
        assert self.ask(model=model, mock=used, max_tokens=1).status_code == 200

    def left(self, model="gpt-4.1"):
        """Tokens that are left, to the token, by what is left beside a further request."""
        return remaining(self.ask("chat", model=model, max_tokens=1)) + price(self.limited, model=model, max_tokens=1)

    def used(self, model="gpt-4.1"):
        return self.limited.tokens - self.left(model)


def remaining(answer):
    headers = answer.headers
    return int(headers.get("anthropic-ratelimit-tokens-remaining") or headers["x-ratelimit-remaining-tokens"])


def price(limited, api="chat", **request):
    """What is reserved for a request: what a consumer that has asked nothing before has not left beside it."""
    return limited.tokens - remaining(limited.account().ask(api, **request))


def budget(start, tokens, window, **options):
    return Limited(start(limited(tokens, window), **options), tokens)


@pytest.fixture(scope="module")
def ample(start):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # and does not listen: connections are refused

        def with_a_closed_port(configuration):
            clusters = configuration["static_resources"]["clusters"]
            cluster = json.loads(json.dumps(clusters[0])) | {"name": "closed"}
            endpoint = cluster["load_assignment"]["endpoints"][0]["lb_endpoints"][0]["endpoint"]
            endpoint["address"]["socket_address"]["port_value"] = closed.getsockname()[1]
            clusters.append(cluster)

        yield budget(start, AMPLE, MONTH, change=with_a_closed_port)


@pytest.fixture(scope="module")
def tight(start):
    return budget(start, TIGHT, MONTH, workers=4)


@pytest.fixture(scope="module")
def brisk(start):
    return budget(start, 300, 3)


# What is let through


def at_once(url, requests):
    """Sends requests, each on a connection of its own, when all connections are open; returns (status, answer)s."""
    host, port = url.removeprefix("http://").split(":")

    async def one(headers, body, ready):
        reader, writer = await asyncio.open_connection(host, port)
        await ready.wait()
        headers = {"host": host, "connection": "close", "content-length": len(body), **headers}
        lines = ["POST /v1/chat/completions HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        head = "\r\n".join(lines) + "\r\n\r\n"
        writer.write(head.encode() + body)
        head, _, answer = (await asyncio.wait_for(reader.read(), 30)).partition(b"\r\n\r\n")
        writer.close()
        return int(head.split()[1]), json.loads(answer)

    async def everything():
        ready = asyncio.Barrier(len(requests))
        return await asyncio.gather(*(one(headers, body, ready) for headers, body in requests))

    return asyncio.run(everything())


@pytest.mark.parametrize("trial", range(10))
def test_of_500_at_once_exactly_those_pass_that_the_limit_has_room_for(tight, trial):
    share = TIGHT // 50
    question = {"model": "gpt-4.1", "messages": [{"role": "user", "content": "Hello"}]}
    question["max_tokens"] = share - price(tight, max_tokens=1) + 1
    body = json.dumps(question).encode()
    consumer = tight.account()
    # All of them run while the first is still answered, and then each has used another number of tokens.
    headers = {**consumer.headers, "content-type": "application/json"}
    mocks = [f"delay_ms=2000,input=2,output={1 + number % 97}" for number in range(500)]
    answers = at_once(tight.gateway.url, [(headers | {"x-mock": mock}, body) for mock in mocks])

    passed = [answer for status, answer in answers if status == 200]
    refused = [answer for status, answer in answers if status == 429]
    assert (len(passed), len(refused)) == (50, 450)
    used = sum(answer["usage"]["total_tokens"] for answer in passed)
    assert consumer.used() == used
    assert 0 < used < TIGHT


def to_the_next_minute():
    return 60 - datetime.datetime.now(datetime.UTC).timestamp() % 60


def test_of_500_at_once_whose_estimates_are_wrong_the_overshoot_is_debt_that_the_next_minute_pays(start):
    """Each takes more than was reserved for it, and each another number of tokens: fifty pass all the same, and what they took
    beyond the minute's tokens, the next minute has less."""
    value = limited(TIGHT, 60)
    value["limits"][0].update(window="1m", align="calendar")
    minute = Limited(start(value, workers=4), TIGHT)
    beside = price(minute, max_tokens=1)
    share = TIGHT // 50
    question = {"model": "gpt-4.1", "max_tokens": share - beside + 1, "messages": [{"role": "user", "content": "Hello"}]}
    body = json.dumps(question).encode()
    mocks = [f"delay_ms=2000,input={share},output={1 + number % 97}" for number in range(500)]
    if to_the_next_minute() < 45:
        time.sleep(to_the_next_minute() + 0.1)

    begun = datetime.datetime.now(datetime.UTC).minute
    beyond = {}
    for _ in range(5):
        consumer = minute.account()
        headers = {**consumer.headers, "content-type": "application/json"}
        answers = at_once(minute.gateway.url, [(headers | {"x-mock": mock}, body) for mock in mocks])
        passed = [answer for status, answer in answers if status == 200]
        refused = [answer for status, answer in answers if status == 429]
        assert (len(passed), len(refused)) == (50, 450)
        used = sum(answer["usage"]["total_tokens"] for answer in passed)
        assert TIGHT < used < 2 * TIGHT
        answer = consumer.ask(max_tokens=1)
        assert (answer.status_code, remaining(answer)) == (429, 0)
        beyond[consumer] = used - TIGHT
    assert datetime.datetime.now(datetime.UTC).minute == begun, "too slow a machine to tell"

    time.sleep(to_the_next_minute() + 0.1)
    left = {consumer: remaining(consumer.ask(max_tokens=1)) + beside for consumer in beyond}
    assert left == {consumer: TIGHT - beyond for consumer, beyond in beyond.items()}


def test_every_worker_took_part(tight):
    tight.account().ask()
    stats = tight.gateway.envoy.ask(r"/stats?filter=^listener\..*worker_\d\.downstream_cx_total$").splitlines()
    assert len(stats) == 4
    assert all(int(line.rsplit(" ", 1)[1]) > 0 for line in stats)


def test_consumers_do_not_share(tight):
    one, other = tight.account(), tight.account()
    one.spend_all()
    assert one.ask(max_tokens=1).status_code == 429
    assert other.ask(max_tokens=1).status_code == 200


def test_models_do_not_share_though_they_go_to_one_target(tight):
    consumer = tight.account()
    consumer.spend_all("assistant")
    assert consumer.ask(model="assistant", max_tokens=1).status_code == 429
    answer = consumer.ask(model="claude-sonnet-5-5", max_tokens=1)
    assert answer.status_code == 200
    assert answer.headers["x-tollgate-model"] == "claude-sonnet-5-5"


def test_the_keys_of_a_consumer_share(tight):
    one, other = (tight.account(authorization=f"Bearer {key}") for key in KEYS)
    one.spend_all()
    assert other.ask(max_tokens=1).status_code == 429


def test_both_apis_share(tight):
    consumer = tight.account()
    consumer.spend_all("helper")
    assert consumer.ask("message", model="helper", max_tokens=1).status_code == 429


def test_a_table_that_is_full_turns_away_new_consumers_only(start):
    crowded = start(limited(AMPLE, MONTH) | {"shared": {"slots": 32}})
    known = [crowded.chat(headers={"x-consumer": f"known-{number}"}) for number in range(32)]
    assert {answer.status_code for answer in known} == {200}
    answer = crowded.chat(headers={"x-consumer": "new"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["error"]["message"] == 'The limit "budget" cannot be checked at the moment. Try again.'
    assert crowded.logged("is full; raise shared.slots"), "the operator is told what to do"
    assert crowded.counters()['tollgate_rejections{reason="limit_unavailable"}'] == 1
    assert crowded.chat(headers={"x-consumer": "known-3"}).status_code == 200


# What clients are told


def seconds(reset):
    """How far away a reset is, as either API words it."""
    if "T" in reset:
        return (datetime.datetime.fromisoformat(reset) - datetime.datetime.now(datetime.UTC)).total_seconds()
    hours, minutes, rest = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", reset).groups()
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(rest or 0)


@pytest.mark.parametrize("status", [200, 429])
@every_way
def test_limit_headers_are_in_the_clients_style(tight, api, model, status):
    consumer = tight.account()
    if status == 429:
        consumer.spend_all(model)
    answer = consumer.ask(api, model=model, max_tokens=100)
    assert answer.status_code == status
    prefix, style = ("x-ratelimit-", "{}-tokens") if api == "chat" else ("anthropic-ratelimit-", "tokens-{}")
    limit, rest, reset = (answer.headers[prefix + style.format(name)] for name in ("limit", "remaining", "reset"))
    taken = TIGHT if status == 429 else price(tight, api, model=model, max_tokens=100)
    assert int(limit) == TIGHT
    assert int(rest) == TIGHT - taken
    assert seconds(reset) == pytest.approx(taken / TIGHT * MONTH, abs=5)
    assert ("retry-after" in answer.headers) == (status == 429)
    other = "anthropic-ratelimit-" if api == "chat" else "x-ratelimit-"
    assert not [name for name in answer.headers if name.startswith(other)]


@every_way
def test_a_refusal_names_the_limit_in_the_clients_shape(tight, api, model):
    consumer = tight.account()
    consumer.spend_all(model)
    answer = consumer.ask(api, model=model, max_tokens=1)
    assert answer.status_code == 429
    error = answer.json()["error"]
    assert '"budget"' in error["message"]
    assert f"{answer.headers['retry-after']} s" in error["message"]
    if api == "chat":
        assert error["code"] == "rate_limit_exceeded"
    else:
        assert (answer.json()["type"], error["type"]) == ("error", "rate_limit_error")


def test_refusals_are_counted(tight):
    counter = 'tollgate_rejections{reason="over_limit"}'
    consumer = tight.account()
    consumer.spend_all()
    before = tight.gateway.counters().get(counter, 0)
    assert consumer.ask().status_code == 429
    assert tight.gateway.counters()[counter] == before + 1


@every_way
def test_a_request_larger_than_the_whole_limit_is_told_that_waiting_is_no_use(tight, api, model):
    consumer = tight.account()
    answer = consumer.ask(api, model=model, max_tokens=TIGHT)
    assert answer.status_code == 400
    assert "retry-after" not in answer.headers
    error = answer.json()["error"]
    assert '"budget"' in error["message"] and str(TIGHT) in error["message"]
    assert error["type"] == "invalid_request_error"
    if api == "chat":
        assert error["code"] == "request_too_large"
    assert consumer.used(model) == 0


@pytest.mark.parametrize("api", ["chat", "message"])
def test_retry_after_is_true(brisk, api):
    """A third of what is used comes back in a second: one may ask for that much then, and for no more."""
    small = 100 - price(brisk, api, model="helper", max_tokens=1) + 1
    large = small + 190
    consumer = brisk.account()
    consumer.spend_all("helper")
    spent = time.monotonic()
    first = consumer.ask(api, model="helper", max_tokens=small)
    again = consumer.ask(api, model="helper", max_tokens=small)
    more = consumer.ask(api, model="helper", max_tokens=large)
    assert [answer.status_code for answer in (first, again, more)] == [429] * 3
    assert [int(answer.headers["retry-after"]) for answer in (first, again, more)] == [1, 1, 3]

    time.sleep(int(again.headers["retry-after"]))
    more = consumer.ask(api, model="helper", max_tokens=large)
    assert (more.status_code, more.headers["retry-after"]) == (429, "2")
    assert consumer.ask(api, model="helper", max_tokens=small).status_code == 200
    assert time.monotonic() - spent < 2, "too slow a machine to say that it was not let through late"


# What is settled

ANSWERED = [
    ("input=20,output=30", 500, 50),
    ("input=20,output=3000", 10, 3020),
    ("input=100,output=5,cached=60", 50, 105),
    ("input=100,output=5,cached=60,cache_write=20", 50, 105),
    ("input=10,output=50,reasoning=40", 100, 60),
]


@pytest.mark.parametrize("streaming", [{}, {"stream": True}], ids=["whole", "streamed"])
@pytest.mark.parametrize("mock, cap, used", ANSWERED)
@every_way
def test_an_answer_is_settled_to_the_token(ample, api, model, mock, cap, used, streaming):
    consumer = ample.account()
    answer = consumer.ask(api, model=model, max_tokens=cap, mock=mock, **streaming)
    assert answer.status_code == 200
    assert AMPLE - remaining(answer) >= cap, "what it may cost is reserved first"
    assert consumer.used(model) == used


def test_a_client_that_asks_for_usage_in_its_stream_is_settled_like_one_that_does_not(ample):
    consumer = ample.account()
    options = {"stream": True, "stream_options": {"include_usage": True}}
    assert '"total_tokens":50' in consumer.ask(mock="input=20,output=30", **options).text
    assert consumer.used() == 50


def test_without_an_output_cap_1024_tokens_are_assumed(ample):
    assert price(ample) - price(ample, max_tokens=1) == 1023


def test_what_was_used_beyond_the_limit_is_debt_that_later_requests_wait_for(brisk):
    consumer = brisk.account()
    beside = price(brisk, max_tokens=1)
    assert consumer.ask(max_tokens=1, mock=f"input=100,output={595 - beside}").status_code == 200
    answer = consumer.ask(max_tokens=1)
    assert answer.status_code == 429
    assert remaining(answer) == 0
    assert answer.headers["retry-after"] == "4", "395 tokens too many are 3.95 seconds"


COSTS_NOTHING = [
    ("error=400", {}, 400),
    ("error=429", {}, 429),
    ("error=500", {}, 500),
    ("error=529", {}, 529),
    ("html=503", {}, 503),
    ("error=500", {"stream": True}, 500),
]


@pytest.mark.parametrize("mock, fields, status", COSTS_NOTHING)
@every_way
def test_what_the_provider_refuses_costs_nothing(ample, api, model, mock, fields, status):
    consumer = ample.account()
    assert consumer.ask(api, model=model, mock=mock, max_tokens=100, **fields).status_code == status
    assert consumer.used(model) == 0


@pytest.mark.parametrize("api", ["chat", "message"])
def test_a_provider_that_is_not_there_costs_nothing(ample, api):
    consumer = ample.account()
    answer = consumer.ask(api, model="nowhere", max_tokens=100)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert consumer.used("nowhere") == 0


def test_what_cannot_be_translated_costs_nothing(ample):
    consumer = ample.account()
    assert consumer.ask(model="claude-sonnet-4-5", max_tokens=100, n=2).status_code == 400
    assert consumer.used("claude-sonnet-4-5") == 0


KEPT = ["garbage", "html", "empty200", "gzip", "cut", "cut=clean"]
KEPT_IN_STREAMS = ["html", "cut", "cut=clean", "half_event", "cut,half_event", "error_midstream"]


@pytest.mark.parametrize("mock", KEPT)
@every_way
def test_an_answer_that_cannot_be_read_keeps_what_was_reserved(ample, api, model, mock):
    consumer = ample.account()
    assert consumer.ask(api, model=model, mock=mock, max_tokens=100).status_code in (502, 503)
    assert consumer.used(model) == price(ample, api, model=model, max_tokens=100)


@pytest.mark.parametrize("mock", KEPT_IN_STREAMS)
@every_way
def test_a_stream_that_breaks_off_keeps_what_was_reserved(ample, api, model, mock):
    consumer = ample.account()
    with consumer.stream(api, model, mock):
        consumer.await_the_end()
    assert consumer.used(model) == price(ample, api, model=model, max_tokens=100)


@every_way
def test_a_client_that_leaves_a_stream_keeps_what_was_reserved(ample, api, model):
    consumer = ample.account()
    with consumer.stream(api, model, "words=500,gap_ms=20") as answer:
        next(answer.iter_raw())
    consumer.await_the_end()
    assert consumer.used(model) == price(ample, api, model=model, max_tokens=100)


@pytest.mark.parametrize("api", ["chat", "message"])
def test_a_client_that_leaves_when_more_was_used_than_reserved_pays_what_was_seen(ample, api):
    consumer = ample.account()
    with consumer.stream(api, "claude-sonnet-4-5", "input=5000,words=500,gap_ms=20") as answer:
        next(answer.iter_raw())
    consumer.await_the_end()
    assert 5001 <= consumer.used("claude-sonnet-4-5") < 5100, "the input, and the first tokens"


@every_way
def test_a_client_that_leaves_just_before_the_usage_pays_for_what_it_has_read(ample, api, model):
    """It may have got far more than was reserved, and usage comes last."""
    consumer = ample.account()
    with consumer.stream(api, model, "words=400,gap_ms=2") as answer:
        read = 0
        for piece in answer.iter_text():
            read += piece.count("data:")
            if read >= 300:
                break
    consumer.await_the_end()
    assert 300 <= consumer.used(model) < 450


@every_way
def test_a_client_that_leaves_before_the_answer_keeps_what_was_reserved(ample, api, model):
    consumer = ample.account()
    with pytest.raises(httpx.ReadTimeout), consumer.stream(api, model, "hang", timeout=0.3):
        pass
    consumer.await_the_end()
    assert consumer.used(model) == price(ample, api, model=model, max_tokens=100)
