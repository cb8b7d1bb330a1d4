"""Other gateways, installed by the benchmark itself, each as one process in front of the same upstream.

One that cannot be installed or started here is left out, and the report says why.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import launch
from gateways import Kind

TOOLS = launch.ROOT / ".tools"
INSTALL_SECONDS, START_SECONDS = 600, 90


class LeftOut(Exception):
    """Why a peer is not measured."""


def _run(command, **options):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS, **options)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LeftOut(f"cannot be installed: {error}") from None
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise LeftOut(f"cannot be installed: {lines[-1] if lines else done.returncode}")


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Peer:
    """A gateway that runs. It has what the measurements ask of one."""

    #: What goes with every request.
    headers = {}

    def __init__(self, upstream):
        self.folder = tempfile.TemporaryDirectory(prefix="tollgate-peer-")
        self.port = _free_port()
        self.kind = Kind(f"{self.name} {self.version}")
        self.url = f"http://127.0.0.1:{self.port}/v1/chat/completions"
        self.headers = {name: value.format(upstream=upstream) for name, value in self.headers.items()}
        self.install()
        before = time.monotonic()
        environment = {**os.environ, **self.environment()}
        self.log = open(f"{self.folder.name}/log", "wb")
        try:
            self.process = subprocess.Popen(
                self.command(upstream), cwd=self.folder.name, env=environment, stdin=subprocess.DEVNULL, stdout=self.log,
                stderr=subprocess.STDOUT, start_new_session=True,
            )
        except OSError as error:
            raise LeftOut(f"cannot be started: {error}") from None
        self.pid = self.process.pid
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise
        self.start_seconds = time.monotonic() - before

    def environment(self):
        return {}

    def _wait(self):
        deadline = time.monotonic() + START_SECONDS
        body = json.dumps({"model": "gpt-4.1", "messages": [{"role": "user", "content": "Hi"}]}).encode()
        headers = {"content-type": "application/json", "authorization": "Bearer sk-bench", **self.headers}
        said = "nothing"
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urllib.request.urlopen(urllib.request.Request(self.url, body, headers), timeout=5) as answer:
                    if answer.status == 200:
                        return
            except urllib.error.HTTPError as error:
                said = f"{error.code} {error.read()[:200]!r}"
            except OSError as error:
                said = str(error)
            time.sleep(0.5)
        raise LeftOut(f"did not answer within {START_SECONDS} seconds: {said}")

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()
        self.folder.cleanup()


class LiteLlm(Peer):
    """The LiteLLM proxy, with one worker."""

    name, version = "LiteLLM", "1.100.0"
    environment_folder = TOOLS / f"bench-litellm-{version}"

    def install(self):
        if not (self.environment_folder / "ready").exists():
            _run([sys.executable, "-m", "venv", self.environment_folder])
            _run([self.environment_folder / "bin" / "pip", "install", "--quiet", f"litellm[proxy]=={self.version}"])
            (self.environment_folder / "ready").touch()

    def environment(self):
        return {"LITELLM_LOG": "ERROR", "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MODE": "PRODUCTION"}

    def command(self, upstream):
        model = {"model": "openai/gpt-4.1", "api_base": f"http://{upstream}/v1", "api_key": "sk-openai"}
        configuration = {"model_list": [{"model_name": "gpt-4.1", "litellm_params": model}], "litellm_settings": {"telemetry": False}}
        path = f"{self.folder.name}/config.yaml"
        with open(path, "w") as file:
            json.dump(configuration, file)
        command = self.environment_folder / "bin" / "litellm"
        return [command, "--config", path, "--host", "127.0.0.1", "--port", str(self.port), "--num_workers", "1"]


class Portkey(Peer):
    """Portkey's gateway, on Node."""

    name, version = "Portkey", "1.15.2"
    #: With 1.14.2 or later it cannot stream: github.com/Portkey-AI/gateway/issues/1389.
    server = "1.14.1"
    package = TOOLS / f"bench-portkey-{version}-on-{server}"
    headers = {"x-portkey-provider": "openai", "x-portkey-custom-host": "http://{upstream}/v1"}

    def install(self):
        if not shutil.which("npm"):
            raise LeftOut("cannot be installed: npm is missing")
        if not (self.package / "ready").exists():
            self.package.mkdir(parents=True, exist_ok=True)
            wanted = {"dependencies": {"@portkey-ai/gateway": self.version}, "overrides": {"@hono/node-server": self.server}}
            (self.package / "package.json").write_text(json.dumps(wanted))
            _run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", self.package])
            (self.package / "ready").touch()

    def command(self, upstream):
        server = self.package / "node_modules" / "@portkey-ai" / "gateway" / "build" / "start-server.js"
        return ["node", server, "--headless", f"--port={self.port}"]


PEERS = [LiteLlm, Portkey]
