"""The report's tables of other gateways beside Tollgate."""

import beside
from loads import LOADS
from tables import table

TOLLGATE = "Tollgate, in turns with it"


def peers(run):
    words = []
    for name, found in run["figures"].items():
        pair = {name: found["peer"], TOLLGATE: found["tollgate"]}
        words += [f"{name}, one process, in turns with Tollgate in the same dialect:", _served(name, pair), _felt(pair)]
    if run["left_out"]:
        words.append("Left out:\n" + "\n".join(f"- {name}: {reason}" for name, reason in run["left_out"].items()))
    return "\n\n".join(words)


def _served(name, pair):
    loads = [load for load in LOADS if load in pair[name]]
    a_core = lambda figures: 1e6 / figures["cpu_us"]
    rows = [[who, *(f"{found[load]['per_second']:.0f} / {a_core(found[load]):.0f}" for load in loads)] for who, found in pair.items()]
    peer, tollgate = pair[name], pair[TOLLGATE]
    times = lambda load: (tollgate[load]["per_second"] / peer[load]["per_second"], a_core(tollgate[load]) / a_core(peer[load]))
    rows.append(["times as many", *("{:.1f} / {:.1f}".format(*times(load)) for load in loads)])
    return table(["requests for a second / for a second of CPU time", *loads], rows)


def _felt(pair):
    """What clients feel of it, and what a machine needs for it."""
    percentiles = lambda group: " / ".join(f"{group[p] / 1000:.2f}" for p in ("p50", "p90", "p99"))
    pairs = lambda found, figure: f"{found[f'{figure}_us'] / 1000:.2f} / {found[f'{figure}_p99_us'] / 1000:.2f}"
    columns = {
        f"latency, {size}, {rate}/s, p50 / p90 / p99 ms": lambda found, size=size: percentiles(found[f"latency {size}"])
        for size, rate in beside.RATES.items()
    }
    columns["streams: first event, p50 / p99 ms"] = lambda found: pairs(found["watched"], "first")
    columns[f"between events (sent every {beside.WATCHED['gap_ms']} ms)"] = lambda found: pairs(found["watched"], "gap")
    columns["CPU per event, with its part of the request, us"] = lambda found: f"{found['watched']['event_cpu_us']:.0f}"
    columns["MiB at rest"] = lambda found: f"{found['rest_mib']:.0f}"
    columns["seconds to start"] = lambda found: f"{found['start_seconds']:.1f}"
    return table(["", *columns], [[who, *(_cell(column, found) for column in columns.values())] for who, found in pair.items()])


def _cell(column, found):
    try:
        return column(found)
    except KeyError:
        return "left out"
