"""What a request costs as there is more of everything: models, consumers, open streams, workers. It should not matter."""

import hashlib
import statistics

from gateways import CONFIGURATION, FIVE_LIMITS, Gateway, Kind
from loads import KIB, chat
from measure import resident_mib
from turns import interleaved

MODELS = (10, 100, 1_000, 10_000)
CONSUMERS = (10, 1_000, 100_000)
STREAMS = (10, 100, 1_000, 2_000)
WORKERS = (1, 2, 4)
ROUNDS = 3


def with_models(count):
    """The benchmark's configuration with so many more models."""
    more = {f"model-{number}": {"targets": [{"provider": "openai"}]} for number in range(count)}
    return {**CONFIGURATION, "models": {**CONFIGURATION["models"], **more}}


def _consumers(count):
    key = lambda number: hashlib.sha256(b"sk-%d" % number).hexdigest()
    more = {f"consumer-{number}": {"key_sha256": [key(number)]} for number in range(count)}
    return {**CONFIGURATION, **FIVE_LIMITS, "consumers": {**CONFIGURATION["consumers"], **more}}


def kinds(module):
    """A gateway for each point, by series."""
    return {
        "models": [Kind(f"{count:,}", module, with_models(count)) for count in MODELS],
        "consumers, five limits": [Kind(f"{count:,}", module, _consumers(count)) for count in CONSUMERS],
        "workers": [Kind(f"{count}", module, CONFIGURATION, workers=count) for count in WORKERS],
    }


def measure(bench, upstream, module, seconds):
    """CPU time per request of 1 KiB, memory and start time, by series and by point."""
    load = lambda gateway: bench.throughput(gateway, chat("gpt-4.1", KIB), seconds)
    found = {"open streams": _open_streams(bench, Gateway(Kind("streams", module, CONFIGURATION), upstream), load)}
    for series, points in kinds(module).items():
        gateways = []
        try:
            gateways += [Gateway(point, upstream) for point in points]
            resting = {gateway.kind.name: resident_mib(gateway.pid) for gateway in gateways}
            figures = interleaved(gateways, ROUNDS, load)
            for gateway in gateways:
                figures[gateway.kind.name] |= {"mib": resting[gateway.kind.name], "start_seconds": gateway.start_seconds}
            found[series] = figures
        finally:
            for gateway in gateways:
                gateway.stop()
    return found


def _open_streams(bench, gateway, load):
    """With so many streams open that say next to nothing. Each number has its turn in every round."""
    waiting = chat("gpt-4.1", KIB, events=100, gap_ms=20_000)
    measured = lambda: load(gateway) | {"mib": resident_mib(gateway.pid)}
    try:
        load(gateway)
        rounds = [{count: bench.held(gateway, waiting, count, measured) for count in STREAMS} for _ in range(ROUNDS)]
    finally:
        gateway.stop()
    median = lambda count, figure: statistics.median(one[count][figure] for one in rounds)
    return {f"{count:,}": {figure: median(count, figure) for figure in ("cpu_us", "mib")} for count in STREAMS}
