"""The report: tables of ratios to bare Envoy, the targets, and the machine that they were measured on."""

import datetime
import json
import os
import pathlib
import platform
import subprocess

import chart
import growth
import growth_chart
import parts
import tables
from peer_tables import peers
from targets import targets

HERE = pathlib.Path(__file__).resolve().parent


def machine(envoy_version, wrk_version):
    """What a reader must know of where and with what this was measured."""
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=HERE, capture_output=True, text=True).stdout.strip()
    return {
        "cpu": model, "cores": os.cpu_count(), "kernel": platform.release(), "envoy": envoy_version, "wrk": wrk_version,
        "tollgate": commit, "date": datetime.date.today().isoformat(), "load": " ".join(f"{load:.1f}" for load in os.getloadavg()),
    }


def _head(run):
    on = run["machine"]
    words = [
        f"Measured on {on['date']}: Tollgate {on['tollgate']} ({run['module_bytes'] / 1e6:.2f} MB) in Envoy {on['envoy']}, one worker; "
        f"{on['cpu']}, {on['cores']} cores for Envoy, load and upstream together, Linux {on['kernel']}, load average {on['load']} at the start. "
        f"Throughput is loaded by {on['wrk']} with 16 connections, latency and streams by `load/`.",
        _rounds(run),
    ]
    return "\n\n".join(words)


def _rounds(run):
    """How often each thing was measured."""
    rounds = "; ".join(f"{what}: {_times(count, 'round')}" for what, count in run["rounds"].items())
    words = [f"Medians of rounds of {run['seconds']} seconds in which the gateways take turns ({rounds}); memory and start time: once."]
    if "parts" in run:
        words.append(f"Parts: {parts.STARTS} starts, {parts.ROUNDS} rounds of {_times(parts.SECONDS, 'second')} each.")
    if "growth" in run:
        words.append(f"Growth: {growth.ROUNDS} rounds.")
    if "peers" in run:
        names = ", ".join(run["peers"]["figures"]) or "none"
        words.append(f"Peers ({names}): {run['peers']['rounds']} rounds, in turns with Tollgate.")
    return " ".join(words)


def _times(count, what):
    return f"{count} {what}{'' if count == 1 else 's'}"


def text(run):
    figures = run["figures"]
    found = [f"| {'met' if met else 'missed'} | {what} | {measured} |" for what, measured, met in targets(run)]
    words = [_head(run), "\n".join(["| | target | measured |", "|---|---|---|", *found])]
    words += [table(figures) for table in (tables.throughput, tables.sizes, tables.latency, tables.streams, tables.memory)]
    words += [peers(run["peers"])] if "peers" in run else []
    words += [tables.parts(run["parts"])] if "parts" in run else []
    words += [tables.growth(run["growth"])] if "growth" in run else []
    return "\n\n".join(words) + "\n"


def keep(run, folder):
    """Writes the figures that there are, so that what fails later does not take them with it."""
    (folder / "figures.json").write_text(json.dumps(run, indent=1))


def write(run, folder):
    """Writes the report, the figures and the charts into `folder`; after a full run the summary in this folder, too."""
    words = text(run)
    (folder / "report.txt").write_text(words)
    keep(run, folder)
    (folder / "chart.svg").write_text(chart.svg(run["figures"]))
    if "growth" in run:
        (folder / "growth.svg").write_text(growth_chart.svg(run["growth"], run["figures"]))
    print(words)
    print(f"In {folder}: report.txt, figures.json and the charts")
    if not run["quick"]:
        title = (
            "# Results of `make bench`\n\nWritten by `make bench`; absolute figures vary with the machine, ratios much less. "
            "What stands in the way of targets that are missed: [PROFILE.md](PROFILE.md).\n\n"
        )
        (HERE / "RESULTS.md").write_text(title + words)
