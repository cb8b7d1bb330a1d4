"""A gateway whose filter comes from a file that is replaced while it runs, as envoy/dynamic.yaml has it."""

import copy
import http.server
import json
import os
import threading
import time

import launch
import usage


class Discovered:
    """`publish` replaces the configuration as an operator would, by moving another file over it."""

    def __init__(self, start, folder, value, *, first=None, default=False, adapt=None, **options):
        """`first`: what the file has at the start. `default`: Envoy has `value` for when that is wrong.
        `adapt`: what else is otherwise in Envoy's configuration."""
        self.file = folder / "tollgate.yaml"
        self.published = 0

        def take_out(configuration):
            self.resource = launch.discover(configuration, self.file)
            discovery = launch.manager(configuration)["http_filters"][0]["config_discovery"]
            if default:
                discovery["default_config"] = copy.deepcopy(self.resource["resources"][0]["typed_config"])
            self.lead(configuration, discovery)
            if adapt:
                adapt(configuration)
            self.move_in(self.text(value if first is None else first))

        self.gateway = start(value, change=take_out, **{"workers": 2, **options})
        assert first or not self.stat("config_fail"), self.gateway.envoy.log()

    def lead(self, configuration, discovery):
        """Leads Envoy to where its configuration comes from."""

    @property
    def config(self):
        """The filter's part of the resource."""
        return self.resource["resources"][0]["typed_config"]["config"]

    def text(self, value):
        """The file with this configuration of the filter."""
        self.published += 1
        resource = copy.deepcopy(self.resource) | {"version_info": str(self.published)}
        resource["resources"][0]["typed_config"]["config"]["configuration"]["value"] = json.dumps(value)
        return json.dumps(resource)

    def move_in(self, text):
        new = self.file.with_suffix(".new")
        new.write_text(text)
        os.replace(new, self.file)

    def publish(self, value):
        """Replaces the filter's configuration and waits until Envoy has decided about it."""
        self.decide(lambda: self.move_in(self.text(value)))

    def decide(self, replace):
        """Waits until Envoy has decided about what `replace` did to the file."""
        before = self.decided()
        replace()
        await_that(lambda: self.decided() > before)

    def decided(self):
        return sum(self.stat(name) for name in ("update_success", "update_rejected", "update_failure"))

    def stat(self, name):
        lines = self.gateway.envoy.ask(f"/stats?filter=http_filter.tollgate.{name}$")
        return int(lines.split()[-1])

    def vms(self):
        """VMs that there are."""
        return int(self.gateway.envoy.ask("/stats?filter=runtime.v8.active").split()[-1])

    def megabytes(self):
        """The memory of Envoy's process."""
        return usage.resident(self.gateway) / usage.MEBIBYTE

    def on_fresh_connections(self, model):
        """Statuses of the same request on so many connections that every worker gets some."""
        return {self.gateway.chat(model=model, headers={"connection": "close"}).status_code for _ in range(32)}


class ConfigMap(Discovered):
    """The same file as Kubernetes mounts it: a link into a folder that is a link itself, and is swapped."""

    def move_in(self, text):
        folder, name = self.file.parent, self.file.name
        version, new = folder / f"..{self.published}", folder / "..new"
        version.mkdir()
        (version / name).write_text(text)
        if not self.file.is_symlink():
            self.file.symlink_to(f"..data/{name}")
        new.symlink_to(version.name)
        os.replace(new, folder / "..data")


class Server:
    """An xDS server for one resource, by Envoy's REST protocol: `answer` is what it serves, `taken` what Envoy says it has."""

    def __init__(self):
        self.answer, self.taken = b"", []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(handler):
                asked = json.loads(handler.rfile.read(int(handler.headers["content-length"])))
                assert (handler.path, asked["resource_names"]) == ("/v3/discovery:extension_configs", ["tollgate"])
                self.taken.append(asked.get("version_info", ""))
                handler.send_response(200)
                handler.send_header("content-length", str(len(self.answer)))
                handler.end_headers()
                handler.wfile.write(self.answer)

            def log_message(handler, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self):
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.http.server_close()


class Served(Discovered):
    """The same from an xDS server."""

    def __init__(self, server, *args, **options):
        self.server = server
        super().__init__(*args, **options)

    def lead(self, configuration, discovery):
        source = discovery["config_source"]
        del source["path_config_source"]
        source["api_config_source"] = {
            "api_type": "REST", "transport_api_version": "V3", "cluster_names": ["xds"], "refresh_delay": "0.1s",
        }
        clusters = configuration["static_resources"]["clusters"]
        cluster = json.loads(json.dumps(clusters[0])) | {"name": "xds"}
        launch.point_at(cluster, f"127.0.0.1:{self.server.http.server_address[1]}")
        clusters.append(cluster)

    def move_in(self, text):
        self.server.answer = text.encode()


def await_that(condition, seconds=5):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)
