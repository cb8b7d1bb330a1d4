"""Envoy is killed, or a VM in it fails, in the middle of the work: clients that try again succeed, and limits are right."""

import contextlib
import signal
import threading
import time

import changes
import httpx
import launch
from conftest import Gateway

AMPLE = 10_000_000
QUESTION = {"model": "gpt-4.1", "max_tokens": 50, "messages": [{"role": "user", "content": "Hello"}]}
USED = 50


def limited():
    value = launch.filter_json(launch.shipped())
    value["limits"] = [
        {"name": "budget", "per": [], "tokens": AMPLE, "window": "1mo", "align": "calendar"},
        {"name": "places", "per": [], "concurrent": 100},
    ]
    return value


class Client:
    """Asks again and again, each time until it is answered, as SDKs do; what went wrong in between is kept."""

    def __init__(self, url, stream):
        self.url, self.stream, self.done = url, stream, threading.Event()
        self.answered, self.failures, self.longest = 0, [], 0

    def run(self):
        while not self.done.is_set():
            began = time.monotonic()
            while (failure := self.once()) is not None:
                self.failures.append(failure)
                assert time.monotonic() - began < 60, self.failures[-5:]
                time.sleep(0.2)
            self.answered += 1
            self.longest = max(self.longest, time.monotonic() - began)

    def once(self):
        """What was wrong, if anything."""
        headers = {"x-mock": "input=20,output=30,words=20,gap_ms=10" if self.stream else "input=20,output=30,delay_ms=20"}
        try:
            answer = httpx.post(self.url + "/v1/chat/completions", json={**QUESTION, "stream": self.stream}, headers=headers, timeout=30)
        except httpx.TransportError as error:
            return type(error).__name__
        if answer.status_code != 200:
            return answer.status_code
        return None if not self.stream or "[DONE]" in answer.text else "not whole"


@contextlib.contextmanager
def asking(url, count=8):
    clients = [Client(url, stream=number % 2 == 0) for number in range(count)]
    threads = [threading.Thread(target=client.run, daemon=True) for client in clients]
    [thread.start() for thread in threads]
    yield clients
    [client.done.set() for client in clients]
    [thread.join(90) for thread in threads]
    assert not [thread for thread in threads if thread.is_alive()], "one was never answered"


def until_answered(clients, more):
    """Waits until so many more of their requests are answered."""
    wanted, deadline = sum(client.answered for client in clients) + more, time.monotonic() + 60
    while sum(client.answered for client in clients) < wanted:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def left(gateway):
    answer = gateway.chat(mock="input=0,output=0", max_tokens=1)
    return int(answer.headers["x-ratelimit-remaining-tokens"])


def test_envoy_is_killed_and_started_again_under_load(mocks):
    """A new process knows nothing of the old one: limits begin anew, and what was under way holds no place."""
    def started(port):
        configuration = launch.localize(launch.shipped(), port=port, mocks=mocks.clusters)
        launch.use_filter_json(configuration, limited())
        return Gateway(launch.Envoy(configuration), mocks)

    gateway = started(0)
    untouched = left(gateway)
    try:
        with asking(gateway.url) as clients:
            until_answered(clients, 20)
            used = untouched - left(gateway)
            gateway.envoy.process.send_signal(signal.SIGKILL)
            gateway.envoy.process.wait()
            gateway.envoy.stop()
            before = sum(client.answered for client in clients)
            gateway = started(int(gateway.url.rsplit(":", 1)[1]))
            until_answered(clients, 20)
        assert used >= 20 * USED
        after = sum(client.answered for client in clients) - before
        failures = {failure for client in clients for failure in client.failures}
        assert failures and not failures & {400, 429, 500, "not whole"}, failures
        # All that the new one has served, and nothing of what the old one had.
        taken = untouched - left(gateway)
        assert 0 < taken <= (after + len(clients)) * USED
        assert gateway.trapped() == 0
        print(f"\n{before} answers, a kill, {sum(len(client.failures) for client in clients)} failures, {after} answers")
    finally:
        gateway.envoy.stop()


def test_a_vm_that_fails_again_and_again_comes_back_by_itself(start):
    """Nobody has to do anything."""
    gateway = start(limited(), workers=2, change=changes.trap)
    gateway.may_trap = True
    recovered = []
    with asking(gateway.url) as clients:
        for _ in range(2):
            until_answered(clients, 10)
            assert httpx.post(gateway.url + "/v1/chat/completions", json=QUESTION, headers={"x-trap": "now"}, timeout=30).status_code == 503
            began, statuses = time.monotonic(), []
            # Connections spread over both workers.
            while statuses[-10:] != [200] * 10:
                statuses.append(httpx.post(gateway.url + "/v1/chat/completions", json=QUESTION, timeout=30).status_code)
                assert time.monotonic() - began < 60, statuses
                time.sleep(0.02)
            recovered.append(time.monotonic() - began)
        before, began = [client.answered for client in clients], time.monotonic()
        while not all(client.answered > count for client, count in zip(clients, before)):
            assert time.monotonic() - began < 60, "one is not served any more"
            time.sleep(0.05)
    assert gateway.trapped() == 2
    failures = [failure for client in clients for failure in client.failures]
    assert set(failures) <= {503, 429, "not whole", "RemoteProtocolError", "ReadError"}, set(failures)
    print(f"\nback after {', '.join(f'{seconds:.1f} s' for seconds in recovered)}; {len(failures)} failures in between")
