"""Starts Envoy and the mock providers as children of this process, from the shipped configuration.

`make run` and the tests both use this, so that what is tested is what is shipped: only addresses, the module's path
and, where asked, the filter's configuration differ from envoy.yaml.
"""

import copy
import json
import os
import pathlib
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHIPPED = ROOT / "envoy" / "envoy.yaml"
CLUSTERS = ROOT / "envoy" / "clusters.yaml"
FAILOVER = ROOT / "envoy" / "failover.yaml"
FLEET = ROOT / "envoy" / "fleet.yaml"
DYNAMIC = ROOT / "envoy" / "dynamic.yaml"
DISCOVERED = ROOT / "envoy" / "dynamic" / "tollgate.yaml"
MODULE = ROOT / "target" / "tollgate.wasm"
MOCK = ROOT / "target" / "mocks" / "mock-providers"
#: Another Envoy than the one that is installed beside this Python.
ENVOY = os.environ.get("ENVOY") or pathlib.Path(sys.executable).parent / "envoy"
#: Where a client of each dialect asks for an answer.
CHAT_PATHS = {
    "openai": "/v1/chat/completions", "responses": "/v1/responses", "anthropic": "/v1/messages", "cohere": "/v2/chat",
    "gemini": "/v1beta/models/{model}:generateContent", "bedrock": "/model/{model}/converse",
}
MOCK_KEYS = {
    f"{name.upper()}_API_KEY": f"mock-{name}-key" for name in ("openai", "anthropic", "gemini", "bedrock", "cohere", "azure")
}


def version():
    """Which Envoy this is: (1, 40, 0)."""
    said = subprocess.run([ENVOY, "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(map(int, re.search(r"/(\d+)\.(\d+)\.(\d+)/", said).groups()))


def shipped():
    """The shipped configuration as it stands in its file."""
    return yaml.safe_load(SHIPPED.read_text())


def manager(configuration):
    """The part of an Envoy configuration that configures the connection manager."""
    (chain,) = configuration["static_resources"]["listeners"][0]["filter_chains"]
    return chain["filters"][0]["typed_config"]


def http_filter(configuration, name):
    """How an Envoy configuration configures one of its HTTP filters."""
    (found,) = [f for f in manager(configuration)["http_filters"] if f["name"] == name]
    return found["typed_config"]


def wasm_filter(configuration):
    """The part of an Envoy configuration that configures this filter."""
    return http_filter(configuration, "tollgate")["config"]


def filter_json(configuration):
    """The filter's own configuration."""
    return json.loads(wasm_filter(configuration)["configuration"]["value"])


def use_filter_json(configuration, value, struct=False):
    """Puts another configuration into the filter: text, or something that becomes JSON."""
    kind = "Struct" if struct else "StringValue"
    text = value if struct or isinstance(value, str) else json.dumps(value)
    wasm_filter(configuration)["configuration"] = {"@type": f"type.googleapis.com/google.protobuf.{kind}", "value": text}


def every_provider(*, signed=False):
    """The shipped configuration with the clusters of clusters.yaml, and every provider's key in reach. `signed`: Envoy
    adds credentials where the file says so; otherwise the filter shows keys everywhere."""
    configuration, more = shipped(), yaml.safe_load(CLUSTERS.read_text())
    clusters = more["clusters"]
    if signed:
        manager(configuration)["http_filters"][-1:-1] = more["http_filters"]
    else:
        clusters = [cluster for cluster in clusters if cluster["name"] != "gcp_metadata"]
        for cluster in clusters:
            cluster.pop("typed_extension_protocol_options", None)
            cluster.pop("metadata", None)
    configuration["static_resources"]["clusters"] += clusters
    wasm_filter(configuration)["vm_config"]["environment_variables"]["host_env_keys"] = list(MOCK_KEYS)
    return configuration


def fleet():
    """The shipped configuration with what fleet.yaml adds."""
    configuration, more = shipped(), yaml.safe_load(FLEET.read_text())
    manager(configuration)["http_filters"][-1:-1] = more["http_filters"]
    configuration["static_resources"]["clusters"] += more["clusters"]
    return configuration


def discover(configuration, file):
    """Takes the filter out of a configuration as dynamic.yaml does, for it to be found in `file`; gives what to write there."""
    found, more = yaml.safe_load(DISCOVERED.read_text()), yaml.safe_load(DYNAMIC.read_text())
    (instead,) = more["http_filters"]
    source = instead["config_discovery"]["config_source"]["path_config_source"]
    source.update(path=str(file), watched_directory={"path": str(file.parent)})
    filters = manager(configuration)["http_filters"]
    (place,) = [place for place, one in enumerate(filters) if one["name"] == instead["name"]]
    found["resources"][0]["typed_config"] = filters[place]["typed_config"]
    filters[place], configuration["node"] = instead, more["node"]
    return found


def failover(base=shipped):
    """A configuration with what failover.yaml adds."""
    configuration, more = base(), yaml.safe_load(FAILOVER.read_text())
    (host,) = manager(configuration)["route_config"]["virtual_hosts"]
    host["routes"] = more["routes"] + host["routes"]
    configuration["static_resources"]["clusters"] += more["clusters"]
    return configuration


def localize(configuration, *, port, mocks, module=MODULE):
    """Gives a shipped configuration addresses on this machine. `mocks` maps clusters to host:port; a cluster that is
    not in it keeps its real provider, over TLS and verified."""
    configuration = copy.deepcopy(configuration)
    configuration["admin"]["address"]["socket_address"]["port_value"] = 0
    listener = configuration["static_resources"]["listeners"][0]["address"]["socket_address"]
    listener.update(address="127.0.0.1", port_value=port)
    wasm_filter(configuration)["vm_config"]["code"]["local"]["filename"] = str(module)
    authorities = ssl.get_default_verify_paths().cafile
    for cluster in configuration["static_resources"]["clusters"]:
        for on_cluster in filters_of(cluster):
            on_cluster["config"]["vm_config"] = wasm_filter(configuration)["vm_config"]
        if address := mocks.get(cluster["name"]):
            point_at(cluster, address)
        elif authorities and "transport_socket" in cluster:
            context = cluster["transport_socket"]["typed_config"]["common_tls_context"]
            context["validation_context"]["trusted_ca"]["filename"] = authorities
    return configuration


def filters_of(cluster):
    """How a cluster configures this filter."""
    options = cluster.get("typed_extension_protocol_options", {})
    filters = options.get("envoy.extensions.upstreams.http.v3.HttpProtocolOptions", {}).get("http_filters", [])
    return [filter["typed_config"] for filter in filters if filter["name"] == "tollgate"]


def point_at(cluster, address):
    """Leads a cluster to a server on this machine, without TLS."""
    host, port = address.rsplit(":", 1)
    cluster["type"] = "STATIC"
    cluster.pop("transport_socket", None)
    (locality,) = cluster["load_assignment"]["endpoints"]
    (there,) = locality["lb_endpoints"]
    there["endpoint"] = {"address": {"socket_address": {"address": host, "port_value": int(port)}}}


class Mocks:
    """The mock providers, a process of their own. `addresses` maps providers to host:port."""

    def __init__(self):
        self.process = subprocess.Popen(
            [MOCK, "--exit-with-stdin"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        self.addresses = json.loads(self.process.stdout.readline())
        # Which of them stands for a cluster, where its name is another.
        others = {"azure": "openai", "vllm": "openai", "vertex": "anthropic"}
        self.clusters = {**self.addresses, **{name: self.addresses[mock] for name, mock in others.items()}}

    def stop(self):
        self.process.stdin.close()
        self.process.wait(10)


class DidNotStart(Exception):
    """Envoy said no; the message is what its log has to say about it."""

    def __init__(self, log):
        telling = [line for line in log.splitlines() if "][error]" in line or "][critical]" in line]
        super().__init__("\n".join(telling) or log)


class Envoy:
    """One Envoy, a process of its own."""

    def __init__(self, configuration, *, env=None, workers=2, log_level="info", stdout=None):
        self.folder = tempfile.TemporaryDirectory(prefix="tollgate-")
        folder = pathlib.Path(self.folder.name)
        self.log_path = folder / "envoy.log"
        self.stdout_path = folder / "stdout.log"
        (folder / "envoy.json").write_text(json.dumps(configuration))
        command = [
            ENVOY,
            *("-c", folder / "envoy.json"),
            *("--concurrency", str(workers)),
            *("--log-path", self.log_path),
            *("--admin-address-path", folder / "admin"),
            *("--component-log-level", f"wasm:{log_level}"),
            *("--file-flush-interval-msec", "100"),
            *("--drain-time-s", "1"),
            "--use-dynamic-base-id",
        ]
        self.stdout = stdout or open(self.stdout_path, "wb")
        environment = {**os.environ, **(env if env is not None else MOCK_KEYS)}
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=self.stdout, stderr=subprocess.STDOUT, env=environment,
            start_new_session=True,
        )
        try:
            self._wait(folder / "admin")
        except BaseException:
            self.stop()
            raise

    def _wait(self, admin):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise DidNotStart(self.log())
            try:
                self.admin = "http://" + admin.read_text().strip()
                if self.ask("/ready") == "LIVE\n":
                    listeners = json.loads(self.ask("/listeners?format=json"))["listener_statuses"]
                    address = listeners[0]["local_address"]["socket_address"]
                    self.url = f"http://{address['address']}:{address['port_value']}"
                    return
            except (OSError, KeyError):
                pass
            time.sleep(0.05)
        raise DidNotStart("Envoy was not ready within a minute.\n" + self.log())

    def ask(self, path, method="GET"):
        """Asks the admin interface."""
        request = urllib.request.Request(self.admin + path, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read().decode()

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def output(self):
        return self.stdout_path.read_text(errors="replace")

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.stdout_path.exists() and not self.stdout.closed:
            self.stdout.close()
        self.folder.cleanup()


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
