"""`make bench`: Tollgate beside a bare Envoy, in one run on this machine.

Every figure is a median over rounds, and in every round each gateway has its turn, so that what else happens on the
machine happens to all of them. QUICK=1 takes two minutes and measures less; MODULE=path measures another build.
"""

import os
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "envoy"))

import beside
import growth
import launch
import parts
import report
from gateways import TARGET, Gateway, kinds
from loads import LOADS, OPEN, RATES, WATCHED, chat
from measure import Bench, Upstream, resident_mib, wrk, wrk_version
from targets import SAME
from turns import interleaved

QUICK = os.environ.get("QUICK", "") not in ("", "0")
ROUNDS, SECONDS = (1, 2) if QUICK else (4, 3)
CHOSEN = ("8 KiB", "128 KiB", "20 events") if QUICK else tuple(LOADS)
#: Of latency, whose 99th percentile hangs on a few requests of each round; and of streams.
MORE, FEWER = (1, 1) if QUICK else (6, 3)
OUT = TARGET / "bench"


def say(words):
    print(f"[{time.strftime('%H:%M:%S')}] {words}", file=sys.stderr, flush=True)


def memory(bench, gateway):
    model, held = gateway.kind.model, {**OPEN}
    streams = held.pop("streams")
    at_rest = resident_mib(gateway.pid)
    body = chat(model, 1024, **held)
    opened = bench.held(gateway, body, streams, lambda: time.sleep(2) or resident_mib(gateway.pid))
    return {"rest_mib": at_rest, "open_mib": opened, "kib_per_stream": (opened - at_rest) * 1024 / streams}


def measure(bench, gateways):
    figures = {gateway.kind.name: {"start_seconds": gateway.start_seconds} for gateway in gateways}

    def add(group, found):
        for name, values in found.items():
            figures[name][group] = values

    say("memory, at rest and with open streams")
    add("memory", interleaved(gateways, 1, lambda gateway: memory(bench, gateway)))
    say("warming up")
    interleaved(gateways, 1, lambda gateway: bench.throughput(gateway, chat(gateway.kind.model, 8192), 1 if QUICK else 3))
    for load in CHOSEN:
        say(f"throughput, {load}")
        shape = LOADS[load]
        add(load, interleaved(
            gateways, ROUNDS,
            lambda gateway: bench.throughput(gateway, chat(gateway.kind.model, shape["size"], events=shape.get("events")), SECONDS),
        ))
    for size, per_second in RATES.items():
        if size in CHOSEN:
            say(f"latency, {size}, {per_second} a second")
            add(f"latency {size}", interleaved(
                gateways, MORE,
                lambda gateway: bench.latency(gateway, chat(gateway.kind.model, LOADS[size]["size"]), per_second, SECONDS),
            ))
    say("streams, event by event")
    watched = {**WATCHED}
    streams = watched.pop("streams")
    add("watched", interleaved(
        gateways, FEWER,
        lambda gateway: bench.streams(gateway, chat(gateway.kind.model, 1024, **watched), streams, watched["events"], SECONDS),
    ))
    return figures


def main():
    wrk()
    OUT.mkdir(exist_ok=True)
    module = pathlib.Path(os.environ.get("MODULE") or launch.MODULE).resolve()
    bench, upstream, gateways = Bench(), Upstream(), []
    try:
        for kind in kinds(module):
            gateways.append(Gateway(kind, upstream.address))
        run = {
            "machine": report.machine(gateways[0].version(), wrk_version()),
            "quick": QUICK,
            "rounds": {"throughput": ROUNDS, "latency": MORE, "streams": FEWER},
            "seconds": SECONDS,
            "module_bytes": module.stat().st_size,
            "figures": measure(bench, gateways),
        }
        if not QUICK:
            report.keep(run, OUT)
            say("parts")
            run["parts"] = parts.measure(bench, upstream.address, module)
            report.keep(run, OUT)
            say("growth")
            run["growth"] = growth.measure(bench, upstream.address, module, SECONDS)
            report.keep(run, OUT)
            [tollgate] = [gateway for gateway in gateways if gateway.kind.name == SAME]
            at_rest = run["figures"][SAME]["memory"]["rest_mib"]
            run["peers"] = beside.measure(bench, tollgate, at_rest, upstream.address, say)
    finally:
        for gateway in gateways:
            gateway.stop()
        upstream.stop()
        bench.close()
    report.write(run, OUT)


main()
