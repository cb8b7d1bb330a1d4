"""What is measured, and with what: wrk for throughput, bench-load for what clients see, /proc for what it cost."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from gateways import TARGET

BENCH_LOAD = TARGET / "release" / "bench-load"
TICKS = os.sysconf("SC_CLK_TCK")
CONNECTIONS = 16
SCRIPT = """
local file = io.open("{body}", "rb")
wrk.method, wrk.body = "POST", file:read("*a")
wrk.headers["content-type"] = "application/json"
wrk.headers["authorization"] = "Bearer sk-bench"
{headers}
"""


class Failed(Exception):
    """A load that was not served as it should be; figures of it mean nothing."""


def wrk():
    return shutil.which("wrk") or exit("make bench: wrk is missing, which makes the load. Install it (Debian, Ubuntu: wrk; macOS: brew install wrk).")


def wrk_version():
    """As it says itself: `wrk 4.2.0 [epoll] ...`."""
    said = subprocess.run([wrk(), "-v"], capture_output=True, text=True)
    return " ".join((said.stdout or said.stderr).split("[")[0].split())


class Upstream:
    """The provider behind every gateway."""

    def __init__(self):
        self.process = subprocess.Popen([BENCH_LOAD, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
        self.address = self.process.stdout.readline().decode().strip()

    def stop(self):
        self.process.stdin.close()
        self.process.wait(10)


class Spent:
    """Processor time of a process since this was made."""

    def __init__(self, pid):
        self.process = pathlib.Path(f"/proc/{pid}")
        self.threads, self.seconds = self._threads(), self._seconds()

    def so_far(self):
        """The scheduler knows it to the nanosecond for each thread; of a process whose threads come and go, there are
        hundredths of a second."""
        threads = self._threads()
        if threads and threads.keys() == self.threads.keys():
            return sum(threads[each] - self.threads[each] for each in threads) / 1e9
        return self._seconds() - self.seconds

    def _threads(self):
        try:
            return {path.parent.name: int(path.read_text().split()[0]) for path in self.process.glob("task/*/schedstat")}
        except OSError:
            return {}

    def _seconds(self):
        fields = (self.process / "stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


def resident_mib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


class Bench:
    """Loads gateways, one at a time."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tollgate-bench-")

    def close(self):
        self.folder.cleanup()

    def _file(self, name, content):
        path = pathlib.Path(self.folder.name) / name
        path.write_bytes(content)
        return path

    def throughput(self, gateway, body, seconds, connections=CONNECTIONS):
        """As many requests as go through: how many per second, and what each took of the gateway's processor time."""
        headers = "\n".join(f'wrk.headers["{name}"] = "{value}"' for name, value in gateway.headers.items())
        script = self._file("load.lua", SCRIPT.format(body=self._file("body.json", body), headers=headers).encode())
        spent = Spent(gateway.pid)
        command = [wrk(), "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", script, gateway.url]
        said = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=True).stdout
        used = spent.so_far()
        requests = int(re.search(r"(\d+) requests in", said)[1])
        if "Non-2xx" in said or "Socket errors" in said or not requests:
            trouble = [line.strip() for line in said.splitlines() if "Non-2xx" in line or "Socket errors" in line]
            raise Failed(f"{gateway.kind.name}:\n{said}\n{'; '.join(trouble) or 'no answers'}")
        return {"per_second": float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]), "cpu_us": used / requests * 1e6}

    def _watch(self, mode, gateway, body, number, seconds):
        headers = [f"{name}: {value}" for name, value in gateway.headers.items()]
        command = [BENCH_LOAD, mode, gateway.url, self._file("body.json", body), str(number), str(seconds), *headers]
        spent = Spent(gateway.pid)
        said = json.loads(subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=True).stdout)
        if said["failed"] or not said["whole_us"]["count"]:
            raise Failed(f"{gateway.kind.name}: {said}")
        return {**said, "cpu_seconds": spent.so_far()}

    def latency(self, gateway, body, per_second, seconds):
        """What answers take at a fixed rate, in microseconds."""
        said = self._watch("rate", gateway, body, per_second, seconds)
        return {percentile: said["whole_us"][percentile] for percentile in ("p50", "p90", "p99")}

    def streams(self, gateway, body, streams, events, seconds):
        """What clients see of paced streams, and what an event takes of the gateway's processor time."""
        said = self._watch("streams", gateway, body, streams, seconds)
        carried = said["whole_us"]["count"] * (events + 3)
        return {
            "first_us": said["first_us"]["p50"], "first_p99_us": said["first_us"]["p99"],
            "gap_us": said["gap_us"]["p50"], "gap_p99_us": said["gap_us"]["p99"],
            "event_cpu_us": said["cpu_seconds"] / carried * 1e6,
        }

    def held(self, gateway, body, streams, then):
        """What `then` says while so many streams are open."""
        command = [BENCH_LOAD, "hold", gateway.url, self._file("body.json", body), str(streams)]
        holding = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
        try:
            opened = json.loads(holding.stdout.readline())["open"]
            if opened != streams:
                raise Failed(f"{gateway.kind.name}: {opened} of {streams} streams opened")
            return then()
        finally:
            holding.kill()
            holding.wait()
