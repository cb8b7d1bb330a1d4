"""What was reserved and what was taken is right afterwards, whatever happened in between: to the token, and to the slot."""

import collections
import concurrent.futures
import contextlib
import copy
import http.server
import json
import threading
import time

import arms
import changes
import httpx
import launch
import pytest
from discovery import Discovered

AMPLE = 10_000_000
SLOTS = 20
#: After so many seconds the slots of a VM that failed are free: twice the lease.
EXPIRED = 2 * 30
CAP = 100
WORKERS = 4


def limited(**more):
    """A budget and so many places for each consumer; nothing of the budget comes back before the month ends."""
    value = launch.filter_json(launch.shipped())
    value["limits"] = [
        {"name": "budget", "per": ["consumer"], "tokens": AMPLE, "window": "1mo", "align": "calendar"},
        {"name": "places", "per": ["consumer"], "concurrent": SLOTS},
    ]
    value["identity"] = {"from": [{"header": "x-consumer"}]}
    return {**value, **more}


def question(**more):
    return {"model": "gpt-4.1", "max_tokens": CAP, "messages": [{"role": "user", "content": "Hello"}], **more}


class Account:
    """A consumer, and what its requests left."""

    def __init__(self, gateway):
        self.gateway, self.headers = gateway, {"x-consumer": f"consumer-{time.monotonic_ns()}"}

    def ask(self, mock="", **more):
        return self.gateway.client.post("/v1/chat/completions", json=question(**more), headers={**self.headers, "x-mock": mock})

    @contextlib.contextmanager
    def stream(self, mock):
        body, headers = question(stream=True), {**self.headers, "x-mock": mock}
        with self.gateway.client.stream("POST", "/v1/chat/completions", json=body, headers=headers) as answer:
            assert answer.status_code == 200
            pieces = answer.iter_raw()
            next(pieces)
            yield pieces

    def left(self):
        """What a request that takes nothing sees: what is left beside it."""
        answer = self.ask(mock="input=0,output=0", max_tokens=1)
        assert answer.status_code == 200
        return int(answer.headers["x-ratelimit-remaining-tokens"])

    def used(self):
        """Tokens that are gone: against what a consumer sees that has asked nothing before."""
        return Account(self.gateway).left() - self.left()

    def reserved(self):
        """What is reserved for the question."""
        fresh = Account(self.gateway)
        return AMPLE - int(fresh.ask().headers["x-ratelimit-remaining-tokens"])

    def free_slots(self):
        """How many streams can be open at once."""
        with contextlib.ExitStack() as stack:
            for number in range(SLOTS + 1):
                body, headers = question(stream=True), {**self.headers, "x-mock": "words=100,gap_ms=100"}
                stream = self.gateway.client.stream("POST", "/v1/chat/completions", json=body, headers=headers)
                if stack.enter_context(stream).status_code == 429:
                    return number
        return SLOTS + 1


def eventually(seen, wanted, seconds=5):
    """Envoy notices some endings a little later than the client."""
    deadline = time.monotonic() + seconds
    while (last := seen()) != wanted and time.monotonic() < deadline:
        time.sleep(0.1)
    assert last == wanted


def retries(configuration):
    """What says x-retries is tried four times, however much else is."""
    (host,) = launch.manager(configuration)["route_config"]["virtual_hosts"]
    host["routes"].insert(0, copy.deepcopy(host["routes"][0]))
    host["routes"][0]["match"]["headers"] = [{"name": "x-retries", "present_match": True}]
    host["routes"][0]["route"]["retry_policy"] = {
        "retry_on": "5xx", "num_retries": 3, "retry_back_off": {"base_interval": "0.005s"}}
    for cluster in configuration["static_resources"]["clusters"]:
        cluster["circuit_breakers"] = {"thresholds": [{"max_retries": 4096}]}


@pytest.fixture(scope="module")
def gateway(start):
    return start(limited(), workers=4, change=retries)


ENDINGS = {
    "answered": ("input=20,output=30", 50),
    "refused": ("error=500", 0),
    "cut": ("cut", None),
    "garbage": ("garbage", None),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_many_at_once_leave_what_each_of_them_took(gateway, ending):
    mock, used = ENDINGS[ending]
    consumer = Account(gateway)
    used = consumer.reserved() if used is None else used
    with concurrent.futures.ThreadPoolExecutor(SLOTS) as pool:
        list(pool.map(lambda _: consumer.ask(mock), range(200)))
    eventually(consumer.used, 200 * used)
    assert consumer.free_slots() == SLOTS


def test_clients_that_leave_in_the_middle_leave_what_was_reserved_and_no_slot(gateway):
    consumer = Account(gateway)
    for _ in range(2 * SLOTS):
        with consumer.stream("words=500,gap_ms=20"):
            pass
    eventually(consumer.used, 2 * SLOTS * consumer.reserved())
    eventually(consumer.free_slots, SLOTS)


def test_a_retried_request_is_one(gateway):
    """Envoy tries four times; three of the answers are errors that no client sees."""
    consumer = Account(gateway)
    consumer.headers["x-retries"] = "yes"
    assert consumer.ask("error=500").status_code == 500
    assert consumer.used() == 0
    assert consumer.ask("input=20,output=30").status_code == 200
    assert consumer.used() == 50
    assert consumer.free_slots() == SLOTS


class AtLast(http.server.BaseHTTPRequestHandler):
    """Fails every request twice, and answers it then."""

    protocol_version = "HTTP/1.1"
    attempts = collections.Counter()

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        number = self.headers["x-number"]
        self.attempts[number] += 1
        usage = {"prompt_tokens": 20, "completion_tokens": 30, "total_tokens": 50}
        choice = {"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}
        failed = {"error": {"message": "no", "type": "error", "param": None, "code": None}}
        answered = {"id": "c", "object": "chat.completion", "created": 1, "model": "gpt-4.1", "choices": [choice], "usage": usage}
        done = self.attempts[number] > 2 or number is None
        body = json.dumps(answered if done else failed).encode()
        self.send_response(200 if done else 500)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def test_many_retried_requests_at_once_are_one_each(gateway, start):
    """As many that fail to the last, and elsewhere as many that the third attempt answers."""
    consumer = Account(gateway)
    consumer.headers["x-retries"] = "yes"
    with concurrent.futures.ThreadPoolExecutor(SLOTS) as pool:
        mocks = ["error=500", "input=20,output=30"] * 100
        statuses = collections.Counter(pool.map(lambda mock: consumer.ask(mock).status_code, mocks))
    assert statuses == {500: 100, 200: 100}
    eventually(consumer.used, 100 * 50)
    assert consumer.free_slots() == SLOTS

    server = arms.Server(("127.0.0.1", 0), AtLast)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    elsewhere = Account(start(limited(), workers=4, change=retries, at=f"127.0.0.1:{server.server_address[1]}"))

    def ask(number):
        headers = {**elsewhere.headers, "x-retries": "yes", "x-number": str(number)}
        return elsewhere.gateway.client.post("/v1/chat/completions", json=question(), headers=headers).status_code

    with concurrent.futures.ThreadPoolExecutor(SLOTS) as pool:
        assert collections.Counter(pool.map(ask, range(200))) == {200: 200}
    assert set(AtLast.attempts[str(number)] for number in range(200)) == {3}
    answer = elsewhere.ask(max_tokens=1)
    fresh = Account(elsewhere.gateway).ask(max_tokens=1)
    left, full = (int(it.headers["x-ratelimit-remaining-tokens"]) for it in (answer, fresh))
    assert full - left == 200 * 50
    server.shutdown()
    server.server_close()


# A configuration update under load


def test_updates_under_load_lose_no_token_and_no_slot(start, tmp_path):
    updated = Discovered(start, tmp_path, limited(), workers=4)
    consumer, done = Account(updated.gateway), threading.Event()

    def ask():
        answered = 0
        while not done.is_set():
            answer = consumer.ask("input=20,output=30,delay_ms=20")
            assert answer.status_code == 200, answer.text
            answered += 1
        return answered

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        asking = [pool.submit(ask) for _ in range(8)]
        with consumer.stream("input=7,output=9,words=100,gap_ms=50") as long:
            for number in range(5):
                time.sleep(0.7)
                updated.publish(limited(version=str(number)))
            for _ in long:
                pass
        done.set()
        answered = sum(result.result() for result in asking)
    assert '"version":"4"' in updated.gateway.envoy.output(), "the last version served"
    assert answered > 100
    eventually(consumer.used, answered * 50 + 16)
    assert consumer.free_slots() == SLOTS


def test_an_update_of_a_limits_amount_forgets_nothing_and_a_shorter_window_keeps_nobody_waiting(start, tmp_path):
    def budget(tokens, window):
        return limited(limits=[{"name": "budget", "per": ["consumer"], "tokens": tokens, "window": window}])

    updated = Discovered(start, tmp_path, budget(10_000, "31d"))
    consumer = Account(updated.gateway)
    assert consumer.ask("input=6000,output=4000").status_code == 200

    def refused():
        answer = consumer.ask(max_tokens=1)
        assert answer.status_code == 429 and int(answer.headers["retry-after"]) > 1000
        return answer.headers["x-ratelimit-limit-tokens"]

    assert refused() == "10000"
    updated.publish(budget(20_000, "31d"))
    eventually(refused, "20000")
    updated.publish(budget(20_000, "1m"))
    eventually(lambda: consumer.ask(max_tokens=1).status_code, 200)


# A VM that fails under load


def test_what_a_failed_vm_held_is_charged_as_reserved_and_its_slots_come_back(start):
    def trapped(configuration):
        changes.trap(configuration)
        # Each of the workers gets as many connections as the others.
        configuration["static_resources"]["listeners"][0]["connection_balance_config"] = {"exact_balance": {}}

    gateway = start(limited(), workers=WORKERS, change=trapped)
    gateway.may_trap = True
    consumer, other = Account(gateway), Account(gateway)
    reserved = consumer.reserved()
    ends = []
    with contextlib.ExitStack() as stack:
        streams = [stack.enter_context(consumer.stream("input=20,output=30,words=30,gap_ms=100")) for _ in range(SLOTS)]
        assert fail_a_vm(gateway) == 503
        for pieces in streams:
            try:
                ends.append(b"".join(pieces).endswith(b"data: [DONE]\n\n"))
            except Exception:
                ends.append(False)
    finished, lost = ends.count(True), ends.count(False)
    assert gateway.trapped() == 1
    assert finished > lost > 0, "one of four workers failed"
    eventually(consumer.used, finished * 50 + lost * reserved, seconds=10)
    assert other.ask().status_code == 200, "the VM was replaced"
    assert consumer.free_slots() == SLOTS - lost, "what is lost is still held"
    eventually(consumer.free_slots, SLOTS, seconds=EXPIRED + 5)


def fail_a_vm(gateway):
    """The VM fails that takes this request, on a connection of its own."""
    headers = {"x-trap": "now"}
    return httpx.post(gateway.url + "/v1/chat/completions", json=question(), headers=headers, timeout=10).status_code
