"""`make run`, as a newcomer meets it."""

import os
import shlex
import signal
import socket
import subprocess
import sys
import time

import httpx
import launch
import pytest


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def run():
    """Starts `make run` on a free port; gives the process and what it printed."""
    port = free_port()
    environment = {key: value for key, value in os.environ.items() if key not in launch.MOCK_KEYS}
    process = subprocess.Popen(
        [sys.executable, launch.ROOT / "envoy" / "run.py"], env={**environment, "PORT": str(port)},
        stdout=subprocess.PIPE, text=True, start_new_session=True,
    )
    printed = ""
    while "Ctrl-C" not in printed:
        line = process.stdout.readline()
        assert line, f"it ended early:\n{printed}"
        printed += line
    yield process, printed
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def carry_out(curl):
    """What the printed line does."""
    words = shlex.split(curl)
    options = {words[at]: words[at + 1] for at in range(2, len(words) - 1)}
    headers = dict(words[at + 1].split(": ", 1) for at, word in enumerate(words) if word == "-H")
    url = next(word for word in words if word.startswith("http"))
    return httpx.post(url, headers=headers, content=options["-d"])


def test_the_three_lines_work_and_ctrl_c_stops_everything(run):
    process, printed = run
    plain, streamed, other = [line.strip() for line in printed.splitlines() if line.strip().startswith("curl")]
    assert carry_out(plain).json()["choices"][0]["message"]["content"] == "Hello from OpenAI."
    stream = carry_out(streamed).text
    assert "Anthropic." in stream and stream.endswith("data: [DONE]\n\n")
    assert carry_out(other).json()["content"][0]["text"] == "Hello from OpenAI."

    children = subprocess.run(["ps", "--ppid", str(process.pid), "-o", "pid="], capture_output=True, text=True).stdout.split()
    assert len(children) == 2
    process.send_signal(signal.SIGINT)
    assert process.wait(15) == 0
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and any(os.path.exists(f"/proc/{child}") for child in children):
        time.sleep(0.05)
    assert not [child for child in children if os.path.exists(f"/proc/{child}")]


def test_a_busy_port_is_one_clear_line():
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        result = subprocess.run(
            [sys.executable, launch.ROOT / "envoy" / "run.py"], env={**os.environ, "PORT": str(port)},
            capture_output=True, text=True, timeout=30,
        )
    assert result.returncode == 1
    assert result.stderr == f"make run: port {port} is in use. Stop what uses it, or choose another: make run PORT=10001\n"


@pytest.mark.parametrize("missing, words", [("python3", "Python 3 is missing"), ("cargo", "Rust is missing")])
def test_what_is_missing_is_one_clear_line(missing, words, tmp_path):
    for tool in ("make", "sh", "sed", "cp", "test", "echo", "touch", "rustup", "cargo", "python3"):
        found = subprocess.run(["sh", "-c", f"command -v {tool}"], capture_output=True, text=True).stdout.strip()
        if tool != missing and found.startswith("/"):
            (tmp_path / tool).symlink_to(found)
    target = "python" if missing == "python3" else "run"
    result = subprocess.run(
        [tmp_path / "make", target], cwd=launch.ROOT, env={**os.environ, "PATH": str(tmp_path)},
        capture_output=True, text=True, timeout=30,
    )
    assert result.returncode != 0
    lines = [line for line in result.stdout.splitlines() if line.startswith("make: ")]
    assert len(lines) == 1 and words in lines[0]
