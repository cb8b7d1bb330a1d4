"""What routing and limits take of a request: a few microseconds, by which one start of the same Envoy differs from the next.

So each kind is started several times, and what is told is the median of what it takes beyond the first kind of the same start.
"""

import statistics

from gateways import CONFIGURATION, FIVE_LIMITS, Gateway, Kind
from growth import MODELS, with_models
from loads import KIB, chat

STARTS, ROUNDS = 4, 3
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


def measure(bench, upstream, module, seconds, interleaved):
    """CPU time per request of 1 KiB beyond the series' first kind, by series and kind: the median of all starts, the least
    and the most of one start."""
    load = lambda gateway: bench.throughput(gateway, chat("gpt-4.1", KIB), seconds)
    found = {}
    for series, points in kinds(module).items():
        starts = [_one_start(points, upstream, lambda gateways: interleaved(gateways, ROUNDS, load)) for _ in range(STARTS)]
        added = {point.name: [start[point.name] - start[points[0].name] for start in starts] for point in points}
        base = statistics.median(start[points[0].name] for start in starts)
        found[series] = {
            name: {"cpu_us": base + statistics.median(more), "added_us": statistics.median(more), "least_us": min(more), "most_us": max(more)}
            for name, more in added.items()
        }
    return found


def _one_start(points, upstream, measured):
    gateways = []
    try:
        gateways += [Gateway(point, upstream) for point in points]
        return {name: figures["cpu_us"] for name, figures in measured(gateways).items()}
    finally:
        for gateway in gateways:
            gateway.stop()
