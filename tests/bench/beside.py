"""Each peer in turns with Tollgate, by itself: they are too slow to take turns with everything.

What a peer cannot do is left out, and the report says so; so is what there is no time for.
"""

import subprocess
import time

from loads import LOADS, chat
from measure import Failed, resident_mib
from peers import PEERS, LeftOut
from turns import interleaved

ROUNDS, SECONDS = 2, 3
#: Where a request takes a peer long: more seconds, and fewer connections, lest those that are cut off at the end weigh much.
LONGER = {"2 MiB": dict(seconds=6, connections=4), "500 events": dict(seconds=8, connections=4)}
#: Requests per second that each of them can serve.
RATES = {"8 KiB": 50, "128 KiB": 50}
#: Streams that each of them can carry: 200 events per second in all.
WATCHED = dict(streams=10, events=20, gap_ms=50)
#: No peer holds up the others for longer, once it has started.
MOST_SECONDS = 220
MODEL = "gpt-4.1"


def _measurements(bench):
    """What is measured: its name, and how."""
    for load, shape in LOADS.items():
        body = chat(MODEL, shape["size"], events=shape.get("events"))
        options = {"seconds": SECONDS, **LONGER.get(load, {})}
        yield load, lambda gateway, body=body, options=options: bench.throughput(gateway, body, **options)
    for size, rate in RATES.items():
        body = chat(MODEL, LOADS[size]["size"])
        yield f"latency {size}", lambda gateway, body=body, rate=rate: bench.latency(gateway, body, rate, SECONDS)
    paced = {**WATCHED}
    streams = paced.pop("streams")
    body = chat(MODEL, LOADS["1 KiB"]["size"], **paced)
    yield "watched", lambda gateway: bench.streams(gateway, body, streams, paced["events"], SECONDS)


def measure(bench, tollgate, at_rest, upstream, say):
    """The figures of each peer and those of Tollgate in the same turns, and what was left out, and why. `at_rest`: what
    Tollgate held, in MiB, before it had any request."""
    figures, left_out = {}, {}
    for kind in PEERS:
        say(f"peer: {kind.name}")
        try:
            peer = kind(upstream)
        except LeftOut as why:
            left_out[kind.name] = str(why)
            continue
        try:
            figures[peer.kind.name] = _one(bench, peer, tollgate, at_rest, left_out)
        finally:
            peer.stop()
    return {"figures": figures, "left_out": left_out, "rounds": ROUNDS, "seconds": SECONDS}


def _one(bench, peer, tollgate, at_rest, left_out):
    found = {
        "peer": {"start_seconds": peer.start_seconds, "rest_mib": resident_mib(peer.pid)},
        "tollgate": {"start_seconds": tollgate.start_seconds, "rest_mib": at_rest},
    }
    deadline = time.monotonic() + MOST_SECONDS
    for name, measured in _measurements(bench):
        if time.monotonic() > deadline:
            left_out[f"{peer.kind.name}, {name}"] = f"no time: the others took {MOST_SECONDS} seconds"
            continue
        try:
            # What has not been asked for before takes longer.
            measured(peer)
            both = interleaved([tollgate, peer], ROUNDS, measured)
        except (Failed, OSError, subprocess.SubprocessError) as why:
            left_out[f"{peer.kind.name}, {name}"] = "not all answers were good: " + str(why).splitlines()[-1]
            continue
        found["peer"][name], found["tollgate"][name] = both[peer.kind.name], both[tollgate.kind.name]
    return found
