"""What routing and limits take of a request: a few microseconds, by which one start of the same Envoy differs from the next,
and one second of the same start as well.

So each kind is started several times, and has many short turns. What is told is the median over the starts, and of a start
the median over its rounds, of what a kind takes beyond the first kind in the same round.
"""

import statistics

from gateways import CONFIGURATION, FIVE_LIMITS, Gateway, Kind
from growth import MODELS, with_models
from loads import KIB, chat

STARTS, ROUNDS, SECONDS = 4, 8, 1
TARGETS = 20
STRATEGIES = ("first", "weighted", "lowest_cost", "lowest_latency", "least_busy")
PRICES = {"*": {"input": 2, "output": 8}}
#: Reserved and settled like any; but clients are not told how limits stand that do not enforce.
UNTOLD_LIMITS = {**FIVE_LIMITS, "limits": [{**limit, "enforce": False} for limit in FIVE_LIMITS["limits"]]}


def _targets(strategy):
    """Ten thousand models, and the one that is asked for with twenty targets, each with conditions."""
    when = {"max_input_tokens": 1_000_000, "images": False, "stream": False}
    targets = [{"name": f"target-{number}", "provider": "openai", "model": "gpt-4.1", "when": when} for number in range(TARGETS)]
    models = {**with_models(max(MODELS))["models"], "gpt-4.1": {"strategy": strategy, "targets": targets}}
    return {**CONFIGURATION, "models": models, "prices": PRICES}


def kinds(module):
    """Kinds by series. The first of a series is what the others are compared with."""
    one = {**with_models(max(MODELS)), "prices": PRICES}
    return {
        f"routing over {TARGETS} targets, of {max(MODELS):,} models": [
            Kind("one target", module, one), *(Kind(strategy, module, _targets(strategy)) for strategy in STRATEGIES)
        ],
        "limits": [
            Kind("none", module, {**CONFIGURATION, "prices": FIVE_LIMITS["prices"]}),
            Kind("five, reserved and settled", module, {**CONFIGURATION, **UNTOLD_LIMITS}),
            Kind("five, and told in headers", module, {**CONFIGURATION, **FIVE_LIMITS}),
        ],
    }


def measure(bench, upstream, module):
    """CPU time per request of 1 KiB beyond the series' first kind, by series and kind: the median of all starts, the least
    and the most of one start."""
    load = lambda gateway: bench.throughput(gateway, chat("gpt-4.1", KIB), SECONDS)["cpu_us"]
    found = {}
    for series, (first, *others) in kinds(module).items():
        starts = [_one_start([first, *others], upstream, load) for _ in range(STARTS)]
        base = statistics.median(statistics.median(start[first.name]) for start in starts)
        found[series] = {first.name: _figures(base, [0.0])} | {
            kind.name: _figures(base, [_beyond(start[kind.name], start[first.name]) for start in starts]) for kind in others
        }
    return found


def _beyond(rounds, first):
    return statistics.median(mine - theirs for mine, theirs in zip(rounds, first, strict=True))


def _figures(base, added):
    middle = statistics.median(added)
    return {"cpu_us": base + middle, "added_us": middle, "least_us": min(added), "most_us": max(added)}


def _one_start(kinds, upstream, load):
    """What each kind takes, by round. The first round is not told: code that is new takes longer."""
    gateways, taken = [], {kind.name: [] for kind in kinds}
    try:
        gateways += [Gateway(kind, upstream) for kind in kinds]
        for turn in range(ROUNDS + 1):
            first = turn % len(gateways)
            for gateway in gateways[first:] + gateways[:first]:
                taken[gateway.kind.name].append(load(gateway))
        return {name: rounds[1:] for name, rounds in taken.items()}
    finally:
        for gateway in gateways:
            gateway.stop()
