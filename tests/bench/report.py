"""The report: a table of ratios to bare Envoy, the targets, and the machine that they were measured on."""

import datetime
import json
import os
import pathlib
import platform
import subprocess

import chart
from loads import LOADS, RATES

HERE = pathlib.Path(__file__).resolve().parent
BARE = "Envoy"
#: What is wanted: name, gateway, load, and the least ratio of throughput to bare Envoy's.
THROUGHPUT_TARGETS = [
    ("Tollgate, same dialect", "8 KiB", 0.90), ("Tollgate, same dialect", "128 KiB", 0.75),
    ("Tollgate, to Anthropic", "8 KiB", 0.75), ("Tollgate, to Anthropic", "128 KiB", 0.60),
    ("Tollgate, to Gemini", "8 KiB", 0.75), ("Tollgate, to Gemini", "128 KiB", 0.60),
]
#: The most microseconds of CPU that a translated event takes beyond bare Envoy's, and that p99 grows at 8 KiB.
EVENT_TARGET_US, P99_TARGET_US = 5, 300
#: The most microseconds of CPU that a part takes of a request: all of a series, or one of them.
PART_TARGETS_US = [("routing", None, 5), ("limits", "five, reserved and settled", 10)]
#: How many times a peer's requests for a second of CPU time there must be.
PEER_TARGETS = {"LiteLLM": 10, "Portkey": 5}


def machine(envoy_version):
    """What a reader must know of where this was measured."""
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=HERE, capture_output=True, text=True).stdout.strip()
    return {
        "cpu": model, "cores": os.cpu_count(), "kernel": platform.release(), "envoy": envoy_version, "tollgate": commit,
        "date": datetime.date.today().isoformat(), "load": " ".join(f"{load:.1f}" for load in os.getloadavg()),
    }


def _table(header, rows):
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    line = lambda row: "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |"
    return "\n".join([line(header), "|" + "|".join("-" * (width + 2) for width in widths) + "|", *map(line, rows)])


def _throughput(figures):
    loads = [load for load in LOADS if load in figures[BARE]]
    bare = figures[BARE]

    def cell(name, load):
        found, reference = figures[name][load], bare[load]
        if name == BARE:
            return f"{found['per_second']:.0f}/s, {found['cpu_us']:.0f} us"
        return f"{found['per_second'] / reference['per_second']:.2f}, +{found['cpu_us'] - reference['cpu_us']:.0f} us"

    rows = [[name, *(cell(name, load) for load in loads)] for name in figures]
    return "Throughput as a ratio to bare Envoy's, and CPU time of the Envoy process per request beyond bare Envoy's:\n\n" + _table(["", *loads], rows)


def _latency(figures):
    sizes = [size for size in RATES if f"latency {size}" in figures[BARE]]

    def cell(name, size):
        group, bare = figures[name][f"latency {size}"], figures[BARE][f"latency {size}"]
        if name == BARE:
            return " / ".join(f"{group[p]:.0f}" for p in ("p50", "p90", "p99"))
        return " / ".join(f"{group[p] - bare[p]:+.0f}" for p in ("p50", "p90", "p99"))

    rows = [[name, *(cell(name, size) for size in sizes)] for name in figures]
    header = ["", *(f"{size}, {RATES[size]}/s" for size in sizes)]
    return "Latency at a fixed rate, p50 / p90 / p99 in microseconds, beyond bare Envoy's:\n\n" + _table(header, rows)


def _streams(figures):
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
    return "100 streams, an event every 10 ms in each, beyond bare Envoy's:\n\n" + _table(header, rows)


def _memory(figures):
    rows = [
        [name, f"{found['memory']['rest_mib']:.0f}", f"{found['memory']['open_mib']:.0f}", f"{found['memory']['kib_per_stream']:.0f}", f"{found['start_seconds']:.2f}"]
        for name, found in figures.items()
    ]
    header = ["", "MiB at rest", "MiB with 1,000 open streams", "KiB per stream", "seconds to start"]
    return "Resident memory with one worker:\n\n" + _table(header, rows)


def _peers(run):
    """Requests for a second of CPU time, which is what a core can do."""
    figures, peers = run["figures"], run["peers"]
    loads = [load for load in LOADS if any(load in found for found in peers["figures"].values())]
    shown = {"Tollgate, same dialect": figures["Tollgate, same dialect"], **peers["figures"]}
    rows = [[name, *(f"{1e6 / found[load]['cpu_us']:.0f}" if load in found else "" for load in loads)] for name, found in shown.items()]
    why = [f"- {name}: {reason}" for name, reason in peers["left_out"].items()]
    table = [_table(["", *loads], rows)] if loads else []
    return "\n\n".join(["Requests for a second of CPU time, each gateway as one process:", *table, *(["Left out:\n" + "\n".join(why)] if why else [])])


def _growth(growth):
    parts = ["What a request of 1 KiB costs as there is more of something else:"]
    for series, found in growth.items():
        started = lambda point: f"{point['start_seconds']:.1f}" if "start_seconds" in point else ""
        rows = [[name, f"{point['cpu_us']:.0f}", f"{point['mib']:.0f}", started(point)] for name, point in found.items()]
        parts.append(_table([series, "CPU per request, us", "MiB", "seconds to start"], rows))
    return "\n\n".join(parts)


def _parts(parts):
    words = ["What a part takes of a request of 1 KiB, in microseconds of CPU time; the median of several starts, and the range:"]
    for series, found in parts.items():
        rows = [[name, f"{it['cpu_us']:.0f}", f"+{it['added_us']:.1f} ({it['least_us']:.1f} to {it['most_us']:.1f})"] for name, it in found.items()]
        words.append(_table([series, "CPU per request", "beyond the first"], rows))
    return "\n\n".join(words)


def _sizes(figures):
    """What each KiB of a request takes, beyond what it takes a bare Envoy and beyond what a request takes at all."""
    sizes = {load: shape["size"] for load, shape in LOADS.items() if "events" not in shape and load in figures[BARE]}
    first, *others = sizes
    added = lambda name, load: figures[name][load]["cpu_us"] - figures[BARE][load]["cpu_us"]
    slope = lambda name, load: (added(name, load) - added(name, first)) / (sizes[load] - sizes[first]) * 1024
    rows = [[name, *(f"{slope(name, load):.2f}" for load in others)] for name in figures if name != BARE]
    return f"CPU time for each KiB beyond {first}, beyond bare Envoy's, in microseconds:\n\n" + _table(["", *others], rows)


def targets(run):
    """Each target: what it is, what was measured, and whether that is enough."""
    figures = run["figures"]
    bare = figures[BARE]
    for name, load, least in THROUGHPUT_TARGETS:
        if load in bare:
            ratio = figures[name][load]["per_second"] / bare[load]["per_second"]
            yield f"{name}, {load}: throughput at least {least:.2f} of bare Envoy's", f"{ratio:.2f}", ratio >= least
    for name in ("Tollgate, to Anthropic", "Tollgate, to Gemini"):
        added = figures[name]["watched"]["event_cpu_us"] - bare["watched"]["event_cpu_us"]
        yield f"{name}: an event takes at most {EVENT_TARGET_US} us more CPU", f"{added:.1f}", added <= EVENT_TARGET_US
    added = figures["Tollgate, same dialect"]["latency 8 KiB"]["p99"] - bare["latency 8 KiB"]["p99"]
    yield f"Tollgate, same dialect, 8 KiB: p99 grows by less than {P99_TARGET_US} us", f"{added:.0f}", added < P99_TARGET_US
    for series, found in run.get("parts", {}).items():
        for begins, only, most in PART_TARGETS_US:
            for name in list(found)[1:]:
                if series.startswith(begins) and only in (None, name):
                    added = found[name]["added_us"]
                    yield f"{series}, {name}: at most {most} us more CPU", f"{added:.1f}", added <= most
    ours = figures["Tollgate, same dialect"]
    for name, found in run.get("peers", {}).get("figures", {}).items():
        least = next(times for peer, times in PEER_TARGETS.items() if name.startswith(peer))
        times = min(found[load]["cpu_us"] / ours[load]["cpu_us"] for load in found)
        yield f"Requests for a second of CPU time at least {least} times those of {name}", f"{times:.1f}", times >= least


def text(run):
    on, figures = run["machine"], run["figures"]
    head = (
        f"Measured on {on['date']}: Tollgate {on['tollgate']} ({run['module_bytes'] / 1e6:.2f} MB) in Envoy {on['envoy']}, one worker; "
        f"{on['cpu']}, {on['cores']} cores for Envoy, load and upstream together, Linux {on['kernel']}, load average {on['load']} at the start. "
        f"Medians of {run['rounds']} interleaved rounds of {run['seconds']} seconds, 16 connections."
    )
    found = [f"| {'met' if met else 'missed'} | {what} | {measured} |" for what, measured, met in targets(run)]
    wanted = "\n".join(["| | target | measured |", "|---|---|---|", *found])
    parts = [head, _throughput(figures), _sizes(figures), _latency(figures), _streams(figures), _memory(figures)]
    parts += [_peers(run)] if "peers" in run else []
    parts += [_parts(run["parts"])] if "parts" in run else []
    parts += [_growth(run["growth"])] if "growth" in run else []
    return "\n\n".join([*parts, wanted]) + "\n"


def keep(run, folder):
    """Writes the figures that there are, so that what fails later does not take them with it."""
    (folder / "figures.json").write_text(json.dumps(run, indent=1))


def write(run, folder):
    """Writes the report, the figures and the chart into `folder`; after a full run the summary in this folder, too."""
    words = text(run)
    (folder / "report.txt").write_text(words)
    keep(run, folder)
    (folder / "chart.svg").write_text(chart.svg(run["figures"]))
    if "growth" in run:
        (folder / "growth.svg").write_text(chart.growth(run["growth"]))
    print(words)
    print(f"In {folder}: report.txt, figures.json and the charts")
    if not run["quick"]:
        title = (
            "# Results of `make bench`\n\nWritten by `make bench`; absolute figures vary with the machine, ratios much less. "
            "What stands in the way of targets that are missed: [PROFILE.md](PROFILE.md).\n\n"
        )
        (HERE / "RESULTS.md").write_text(title + words)
