"""What is wanted, and whether it was reached."""

BARE = "Envoy"
SAME = "Tollgate, same dialect"
TRANSLATED = ("Tollgate, to Anthropic", "Tollgate, to Gemini")
#: Gateway, load, and the least ratio of throughput to bare Envoy's.
THROUGHPUT = [
    (SAME, "8 KiB", 0.90), (SAME, "128 KiB", 0.75),
    *((name, load, least) for name in TRANSLATED for load, least in (("8 KiB", 0.75), ("128 KiB", 0.60))),
]
#: The most microseconds of CPU that a translated event takes beyond bare Envoy's, and that p99 grows at 8 KiB.
EVENT_US, P99_US = 5, 300
#: The most microseconds of CPU that a part takes of a request: all of a series, or one of them.
PARTS_US = [("routing", None, 5), ("limits", "five, reserved and settled", 10)]
#: How many times a peer's requests for a second of CPU time there must be.
PEERS = {"LiteLLM": 10, "Portkey": 5}


def targets(run):
    """Each target: what it is, what was measured, and whether that is enough."""
    figures = run["figures"]
    bare = figures[BARE]
    for name, load, least in THROUGHPUT:
        if load in bare:
            ratio = figures[name][load]["per_second"] / bare[load]["per_second"]
            yield f"{name}, {load}: throughput at least {least:.2f} of bare Envoy's", f"{ratio:.2f}", ratio >= least
    for name in TRANSLATED:
        added = figures[name]["watched"]["event_cpu_us"] - bare["watched"]["event_cpu_us"]
        yield f"{name}: an event takes at most {EVENT_US} us more CPU", f"{added:.1f}", added <= EVENT_US
    for name, found in figures.items():
        if name.startswith("Tollgate"):
            added = found["latency 8 KiB"]["p99"] - bare["latency 8 KiB"]["p99"]
            yield f"{name}, 8 KiB: p99 grows by less than {P99_US} us", f"{added:.0f}", added < P99_US
    yield from _parts(run.get("parts", {}))
    yield from _peers(run.get("peers", {}).get("figures", {}))


def _parts(parts):
    for series, found in parts.items():
        for begins, only, most in PARTS_US:
            for name in list(found)[1:]:
                if series.startswith(begins) and only in (None, name):
                    added = found[name]["added_us"]
                    yield f"{series}, {name}: at most {most} us more CPU", f"{added:.1f}", added <= most


def _peers(peers):
    """By the load at which a peer comes closest."""
    for name, found in peers.items():
        least = next(times for peer, times in PEERS.items() if name.startswith(peer))
        peer, tollgate = found["peer"], found["tollgate"]
        times = [figure["cpu_us"] / tollgate[load]["cpu_us"] for load, figure in peer.items() if isinstance(figure, dict) and "cpu_us" in figure]
        if times:
            yield f"Requests for a second of CPU time at least {least} times those of {name}", f"{min(times):.1f}", min(times) >= least
