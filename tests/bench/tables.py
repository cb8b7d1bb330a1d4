"""The report's tables of Tollgate beside a bare Envoy."""

from loads import LOADS, RATES, WATCHED
from targets import BARE


def table(header, rows):
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    line = lambda row: "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |"
    return "\n".join([line(header), "|" + "|".join("-" * (width + 2) for width in widths) + "|", *map(line, rows)])


def throughput(figures):
    loads = [load for load in LOADS if load in figures[BARE]]
    bare = figures[BARE]

    def cell(name, load):
        found, reference = figures[name][load], bare[load]
        if name == BARE:
            return f"{found['per_second']:.0f}/s, {found['cpu_us']:.0f} us"
        return f"{found['per_second'] / reference['per_second']:.2f}, {found['cpu_us'] - reference['cpu_us']:+.0f} us"

    rows = [[name, *(cell(name, load) for load in loads)] for name in figures]
    return "Throughput as a ratio to bare Envoy's, and CPU time of the Envoy process per request beyond bare Envoy's:\n\n" + table(["", *loads], rows)


def sizes(figures):
    """What each KiB of a request takes, beyond what it takes a bare Envoy and beyond what a request takes at all."""
    sizes = {load: shape["size"] for load, shape in LOADS.items() if "events" not in shape and load in figures[BARE]}
    first, *others = sizes
    added = lambda name, load: figures[name][load]["cpu_us"] - figures[BARE][load]["cpu_us"]
    slope = lambda name, load: (added(name, load) - added(name, first)) / (sizes[load] - sizes[first]) * 1024
    rows = [[name, *(f"{slope(name, load):.2f}" for load in others)] for name in figures if name != BARE]
    return f"CPU time for each KiB beyond {first}, beyond bare Envoy's, in microseconds:\n\n" + table(["", *others], rows)


def latency(figures):
    sizes = [size for size in RATES if f"latency {size}" in figures[BARE]]

    def cell(name, size):
        group, bare = figures[name][f"latency {size}"], figures[BARE][f"latency {size}"]
        if name == BARE:
            return " / ".join(f"{group[p]:.0f}" for p in ("p50", "p90", "p99"))
        return " / ".join(f"{group[p] - bare[p]:+.0f}" for p in ("p50", "p90", "p99"))

    rows = [[name, *(cell(name, size) for size in sizes)] for name in figures]
    header = ["", *(f"{size}, {RATES[size]}/s" for size in sizes)]
    return "Latency at a fixed rate, p50 / p90 / p99 in microseconds, beyond bare Envoy's:\n\n" + table(header, rows)


def streams(figures):
    rows = []
    for name, found in figures.items():
        watched, bare = found["watched"], figures[BARE]["watched"]
        less = (lambda key: 0) if name == BARE else (lambda key: bare[key])
        sign = "" if name == BARE else "+"
        rows.append([
            name,
            f"{watched['first_us'] - less('first_us'):{sign}.0f} / {watched['first_p99_us'] - less('first_p99_us'):{sign}.0f}",
            f"{watched['gap_us'] - less('gap_us'):{sign}.0f} / {watched['gap_p99_us'] - less('gap_p99_us'):{sign}.0f}",
            f"{watched['event_cpu_us'] - less('event_cpu_us'):{sign}.1f}",
        ])
    header = ["", "first event, p50 / p99 us", "between events, p50 / p99 us", "CPU per event, us"]
    what = f"{WATCHED['streams']} streams of {WATCHED['events']} events, one every {WATCHED['gap_ms']} ms in each, beyond bare Envoy's"
    return f"{what}; an event's CPU time includes its part of the request's:\n\n" + table(header, rows)


def memory(figures):
    rows = [
        [name, f"{found['memory']['rest_mib']:.0f}", f"{found['memory']['open_mib']:.0f}", f"{found['memory']['kib_per_stream']:.0f}", f"{found['start_seconds']:.2f}"]
        for name, found in figures.items()
    ]
    header = ["", "MiB at rest", "MiB with 1,000 open streams", "KiB per stream", "seconds to start"]
    return "Resident memory with one worker:\n\n" + table(header, rows)


def parts(parts):
    words = ["What a part takes of a request of 1 KiB, in microseconds of CPU time; the median of several starts, and the range:"]
    for series, found in parts.items():
        rows = [[name, f"{it['cpu_us']:.0f}", f"+{it['added_us']:.1f} ({it['least_us']:.1f} to {it['most_us']:.1f})"] for name, it in found.items()]
        words.append(table([series, "CPU per request", "beyond the first"], rows))
    words.append(
        "The limits that are only reserved and settled have `enforce: false`. They are counted like all others, and a request that would "
        "exceed one is let through; what else differs is that clients are not told of them. So their row shows what reserving and "
        "settling takes, for which there is a target, and the row below it what telling them in six headers takes in addition."
    )
    return "\n\n".join(words)


def growth(growth):
    parts = ["What a request of 1 KiB costs as there is more of something else:"]
    for series, found in growth.items():
        started = lambda point: f"{point['start_seconds']:.1f}" if "start_seconds" in point else ""
        rows = [[name, f"{point['cpu_us']:.0f}", f"{point['mib']:.0f}", started(point)] for name, point in found.items()]
        parts.append(table([series, "CPU per request, us", "MiB", "seconds to start"], rows))
    return "\n\n".join(parts)
