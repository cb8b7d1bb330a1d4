"""What a request costs as a configuration grows: it should not matter how many models and consumers there are."""

import hashlib

from gateways import CONFIGURATION, FIVE_LIMITS, Gateway, Kind
from loads import chat

MODELS = (10, 100, 1_000, 10_000)
CONSUMERS = (10, 1_000, 100_000)
TARGETS = 20
STRATEGIES = ("first", "weighted", "lowest_cost", "lowest_latency", "least_busy")


def _models(count):
    more = {f"model-{number}": {"targets": [{"provider": "openai"}]} for number in range(count)}
    return {**CONFIGURATION, "models": {**CONFIGURATION["models"], **more}}


def _consumers(count):
    key = lambda number: hashlib.sha256(b"sk-%d" % number).hexdigest()
    more = {f"consumer-{number}": {"key_sha256": [key(number)]} for number in range(count)}
    return {**CONFIGURATION, **FIVE_LIMITS, "consumers": {**CONFIGURATION["consumers"], **more}}


def _targets(strategy):
    """Ten thousand models, and the one that is asked for with twenty targets, each with conditions."""
    when = {"max_input_tokens": 1_000_000, "images": False, "stream": False}
    targets = [{"name": f"target-{number}", "provider": "openai", "model": "gpt-4.1", "when": when} for number in range(TARGETS)]
    models = {**_models(max(MODELS))["models"], "gpt-4.1": {"strategy": strategy, "targets": targets}}
    return {**CONFIGURATION, "models": models, "prices": {"*": {"input": 2, "output": 8}}}


def kinds(module):
    """A gateway for each point, by series."""
    plain = {**_models(max(MODELS)), "prices": {"*": {"input": 2, "output": 8}}}
    return {
        f"strategies over {TARGETS} targets, of {max(MODELS):,} models": [
            Kind("one target", module, plain), *(Kind(strategy, module, _targets(strategy)) for strategy in STRATEGIES)
        ],
        "models": [Kind(f"{count:,}", module, _models(count)) for count in MODELS],
        "consumers, five limits": [Kind(f"{count:,}", module, _consumers(count)) for count in CONSUMERS],
    }


def measure(bench, upstream, module, seconds, interleaved):
    """CPU time per request, start time and memory at rest, by series and by point."""
    found = {}
    for series, points in kinds(module).items():
        gateways = []
        try:
            gateways += [Gateway(point, upstream) for point in points]
            figures = interleaved(gateways, 3, lambda gateway: bench.throughput(gateway, chat("gpt-4.1", 1024), seconds))
            for gateway in gateways:
                figures[gateway.kind.name]["start_seconds"] = gateway.start_seconds
            found[series] = figures
        finally:
            for gateway in gateways:
                gateway.stop()
    return found
