"""What several Envoys share: a Redis, and a rate limit service that counts in it."""

import itertools
import json
import pathlib
import subprocess
import tempfile
import time

import launch

SERVICE = launch.ROOT / "target" / "mocks" / "rate-limit-service"
SUM = """
local sum = 0
for _, key in ipairs(redis.call('keys', '*"' .. ARGV[1] .. '"*')) do
  if redis.call('type', key).ok == 'string' then sum = sum + redis.call('get', key) end
end
return sum
"""


class Redis:
    """A real Redis that listens on a socket of its own and keeps nothing."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tollgate-redis-")
        self.socket = pathlib.Path(self.folder.name) / "redis.sock"
        options = ["--port", "0", "--unixsocket", self.socket, "--dir", self.folder.name, "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL, start_new_session=True)
        deadline = time.monotonic() + 10
        while self.ask("ping") != "PONG":
            assert self.process.poll() is None and time.monotonic() < deadline, "Redis did not start"
            time.sleep(0.05)

    def ask(self, *words):
        return subprocess.run(["redis-cli", "-s", self.socket, *words], capture_output=True, text=True).stdout.strip()

    def charged(self, name):
        """The sum of all counters of which one entry has this value."""
        return int(self.ask("eval", SUM, "0", name))

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        self.folder.cleanup()


class RateLimitService:
    """Envoy's protocol in front of a Redis: so many tokens per window for each consumer and model."""

    def __init__(self, redis, *, tokens, seconds):
        budgets = [{"domain": "tollgate", "per": ["consumer", "model"], "tokens": tokens, "seconds": seconds}]
        self.process = subprocess.Popen(
            [SERVICE, f"redis+unix://{redis.socket}", json.dumps(budgets)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
        )
        self.address = self.process.stdout.readline().strip()

    def stop(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            self.process.wait(10)
        self.process.stdout.close()


class Fleet:
    """Envoys in front of one service, asked in turn."""

    def __init__(self, redis, service, gateways):
        self.redis, self.service, self.gateways = redis, service, gateways
        self.turns = itertools.cycle(gateways)

    def ask(self, consumer, api="chat", **request):
        """What the next Envoy answers a consumer; `None`: somebody without a name."""
        headers = {"x-consumer": consumer} if consumer else {}
        return getattr(next(self.turns), api)(headers=headers, **request)

    def charged(self, name):
        """What Redis says a consumer has used, when the Envoys have told it everything."""
        for gateway in self.gateways:
            # A request counts as under way until its charge is, so in this order nothing is overlooked.
            until_none(gateway, "http.ai.downstream_rq_active")
            until_none(gateway, "cluster.ratelimit.upstream_rq_pending_active")
            until_none(gateway, "cluster.ratelimit.upstream_rq_active")
        return self.redis.charged(name)


def until_none(gateway, gauge):
    deadline = time.monotonic() + 10
    while not gateway.envoy.ask(f"/stats?filter=^{gauge}$").endswith(": 0\n"):
        assert time.monotonic() < deadline, f"{gauge} does not come down"
        time.sleep(0.02)
