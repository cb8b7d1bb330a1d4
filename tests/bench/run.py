"""`make bench`: Tollgate beside a bare Envoy, in one run on this machine.

Every figure is a median over rounds, and in every round each gateway has its turn, so that what else happens on the
machine happens to all of them. QUICK=1 takes two minutes and measures less; MODULE=path measures another build.
"""

import os
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "envoy"))

import growth
import launch
import parts
import report
from gateways import TARGET, Gateway, kinds
from loads import LOADS, OPEN, RATES, WATCHED, chat
from measure import Bench, Failed, Upstream, resident_mib, wrk
from peers import PEERS, LeftOut

QUICK = os.environ.get("QUICK", "") not in ("", "0")
ROUNDS, SECONDS = (1, 2) if QUICK else (4, 3)
CHOSEN = ("8 KiB", "128 KiB", "20 events") if QUICK else tuple(LOADS)
#: What the slower ones are asked.
PEER_LOADS = ("8 KiB", "128 KiB", "20 events")
OUT = TARGET / "bench"


def say(words):
    print(f"[{time.strftime('%H:%M:%S')}] {words}", file=sys.stderr, flush=True)


def median(rounds):
    """A figure for each name, out of one for each round."""
    return {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}


def interleaved(gateways, rounds, measure):
    """Measures each gateway once in every round, and begins each round with another one."""
    seen = {gateway.kind.name: [] for gateway in gateways}
    for turn in range(rounds):
        first = turn % len(gateways)
        for gateway in gateways[first:] + gateways[:first]:
            seen[gateway.kind.name].append(measure(gateway))
    return {name: median(rounds) for name, rounds in seen.items()}


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
                gateways, min(ROUNDS, 3),
                lambda gateway: bench.latency(gateway, chat(gateway.kind.model, LOADS[size]["size"]), per_second, SECONDS),
            ))
    say("streams, event by event")
    watched = {**WATCHED}
    streams = watched.pop("streams")
    add("watched", interleaved(
        gateways, min(ROUNDS, 3),
        lambda gateway: bench.streams(gateway, chat(gateway.kind.model, 1024, **watched), streams, watched["events"], SECONDS),
    ))
    return figures


def measure_peers(bench, bare, upstream):
    """Each peer beside a bare Envoy, by itself: they are too slow to take turns with."""
    figures, left_out = {}, {}
    for kind in PEERS:
        say(f"peer: {kind.name}")
        try:
            peer = kind(upstream)
        except LeftOut as why:
            left_out[kind.name] = str(why)
            continue
        try:
            for load in PEER_LOADS:
                body = chat("gpt-4.1", LOADS[load]["size"], events=LOADS[load].get("events"))
                try:
                    bench.throughput(peer, body, 1)
                    both = interleaved([bare, peer], 2, lambda gateway: bench.throughput(gateway, body, SECONDS))
                except Failed as why:
                    left_out[f"{kind.name}, {load}"] = "not all answers were good: " + str(why).splitlines()[-1]
                    continue
                figures.setdefault(peer.kind.name, {})[load] = both[peer.kind.name]
        finally:
            peer.stop()
    return {"figures": figures, "left_out": left_out}


def main():
    wrk()
    OUT.mkdir(exist_ok=True)
    module = pathlib.Path(os.environ.get("MODULE") or launch.MODULE).resolve()
    bench, upstream, gateways = Bench(), Upstream(), []
    try:
        for kind in kinds(module):
            gateways.append(Gateway(kind, upstream.address))
        run = {
            "machine": report.machine(gateways[0].version()),
            "quick": QUICK,
            "rounds": ROUNDS,
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
            run["growth"] = growth.measure(bench, upstream.address, module, SECONDS, interleaved)
            report.keep(run, OUT)
            run["peers"] = measure_peers(bench, gateways[0], upstream.address)
    finally:
        for gateway in gateways:
            gateway.stop()
        upstream.stop()
        bench.close()
    report.write(run, OUT)


main()
