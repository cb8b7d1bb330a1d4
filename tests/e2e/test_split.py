"""Ten thousand requests and two workers: what share each target gets, who keeps a target, and who moves when weights do."""

import collections
import json
import math
import random

import launch
import load
import pytest
from discovery import Discovered, await_that

MANY = 10_000
#: Five standard deviations: by chance alone, one run in two million is outside of them.
SIGMAS = 5


def to(name, weight):
    return {"provider": "openai", "name": name, "model": name, "weight": weight}


def weighted(weights, **more):
    return {"strategy": "weighted", "targets": [to(name, weight) for name, weight in weights.items()], **more}


def configured(models):
    return launch.filter_json(launch.shipped()) | {"models": models, "limits": []}


def within(count, share, of=MANY):
    """Is it this share, but for chance?"""
    return abs(count - share * of) <= SIGMAS * math.sqrt(of * share * (1 - share))


def targets(gateway, model, users):
    """The target that each request got, in the order of the users who asked."""
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": "Hello"}]}).encode()
    requests = (load.request("/v1/chat/completions", body, x_user=user) for user in users)
    return [target.decode() for target in load.ask(gateway.url, requests, load.TARGET)]


def served(gateway):
    """Requests that each worker's connections have brought."""
    lines = gateway.envoy.ask("/stats?filter=worker_[0-9]+.downstream_cx_total").splitlines()
    return [int(line.rsplit(" ", 1)[1]) for line in lines if line.startswith("listener.127")]


def test_every_target_gets_its_share(start):
    weights = {"large": 70, "middle": 20, "small": 9, "tiny": 1}
    gateway = start(configured({"m": weighted(weights)}), workers=2)
    found = collections.Counter(targets(gateway, "m", range(MANY)))
    assert sum(found.values()) == MANY
    assert all(within(found[name], weight / 100) for name, weight in weights.items()), found
    assert len(served(gateway)) == 2 and all(served(gateway)), "both workers had connections"


@pytest.fixture
def canary(start, tmp_path):
    """A canary of a tenth, sticky by a header; what it gets can be changed while it runs."""

    def value(weight):
        arms = weighted({"stable": 100 - weight, "canary": weight}, sticky={"header": "x-user"})
        return configured({"m": arms, f"m-{weight}": {"targets": [{"provider": "openai"}]}})

    running = Discovered(start, tmp_path, value(10))

    def move(weight):
        running.publish(value(weight))
        await_that(lambda: running.on_fresh_connections(f"m-{weight}") == {200})
        return running.gateway

    return running.gateway, move


def test_who_sticks_to_a_target_never_gets_another(canary):
    gateway, _ = canary
    users = [user for user in range(MANY // 5) for _ in range(5)]
    random.shuffle(users)
    seen = collections.defaultdict(set)
    for user, target in zip(users, targets(gateway, "m", users), strict=True):
        seen[user].add(target)
    assert all(len(each) == 1 for each in seen.values())
    assert within(sum(each == {"canary"} for each in seen.values()), 0.1, of=len(seen))


def test_weight_that_moves_takes_along_its_share_of_the_users_and_nobody_else(canary):
    gateway, move = canary
    users = range(MANY)
    before = targets(gateway, "m", users)
    after = targets(move(20), "m", users)
    moved = collections.Counter((old, new) for old, new in zip(before, after, strict=True) if old != new)
    assert set(moved) == {("stable", "canary")}
    assert within(moved["stable", "canary"], 0.1), moved
    assert targets(move(10), "m", users[:1000]) == before[:1000], "and back"
