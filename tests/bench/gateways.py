"""What is measured, side by side: the same Envoy with nothing, with the least a filter costs, and with Tollgate."""

import copy
import dataclasses
import json
import pathlib
import time

import launch

HERE = pathlib.Path(__file__).resolve().parent
TARGET = launch.ROOT / "target"
FLOOR = TARGET / "wasm32-wasip1" / "release" / "examples"
CONFIGURATION = json.loads((HERE / "tollgate.json").read_text())
FIVE_LIMITS = json.loads((HERE / "five-limits.json").read_text())
#: A model whose cluster makes each request one for its target.
FAILING_OVER = {
    "targets": [{"provider": "openai", "model": "gpt-4.1"}, {"provider": "anthropic", "model": "claude-sonnet-5-5"}],
    "cluster": {"failover-openai": ["openai", "anthropic"]},
}
CLUSTERS = ("openai", "anthropic", "gemini")
WALKS = ("failover-openai",)
#: The least that a script must do to route by the model.
READ_THE_MODEL = """
function envoy_on_request(handle)
  local body = handle:body()
  if body then
    local model = string.match(body:getBytes(0, body:length()), '"model"%s*:%s*"([^"]*)"')
    handle:headers():replace("x-model", model or "")
  end
end
"""


@dataclasses.dataclass(frozen=True)
class Kind:
    """One row of the report."""

    name: str
    #: The module in front of the router; None: no filter.
    module: pathlib.Path | None = None
    #: The filter's configuration; None: the filter takes none.
    configuration: dict | None = None
    #: The model that is asked for.
    model: str = "gpt-4.1"
    #: Envoy's own scripts in place of a module.
    lua: str | None = None
    workers: int = 1


def kinds(module=launch.MODULE):
    return [
        Kind("Envoy"),
        Kind("Wasm that does nothing", FLOOR / "nothing.wasm"),
        Kind("Wasm that copies the body", FLOOR / "copying.wasm"),
        # It takes no configuration, but stands where Tollgate does.
        Kind("Wasm that calls as Tollgate does", FLOOR / "calls.wasm", CONFIGURATION),
        Kind("Lua that reads the model", lua=READ_THE_MODEL),
        Kind("Tollgate, same dialect", module, CONFIGURATION),
        Kind("Tollgate, five limits", module, {**CONFIGURATION, **FIVE_LIMITS}),
        Kind("Tollgate, to Anthropic", module, CONFIGURATION, "to-anthropic"),
        Kind("Tollgate, to Gemini", module, CONFIGURATION, "to-gemini"),
        Kind("Tollgate, on the cluster, failover", module, {**CONFIGURATION, "models": {"gpt-4.1": FAILING_OVER}}),
    ]


def envoy_configuration(kind, upstream):
    """The shipped configuration, with every cluster at `upstream`, and without what would cost the same in all of them:
    the access log."""
    shipped = launch.failover(launch.every_provider) if kind.configuration else launch.every_provider()
    clusters = shipped["static_resources"]["clusters"]
    clusters[:] = [cluster for cluster in clusters if cluster["name"] in (*CLUSTERS, *WALKS)]
    local = launch.localize(shipped, port=0, mocks=dict.fromkeys(CLUSTERS, upstream), module=kind.module)
    manager = launch.manager(local)
    manager["access_log"] = []
    filters = manager["http_filters"]
    if kind.module is None:
        filters[:] = [f for f in filters if f["name"] != "tollgate"]
    if kind.lua:
        script = {"@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua", "default_source_code": {"inline_string": kind.lua}}
        filters.insert(0, {"name": "lua", "typed_config": script})
    if kind.configuration is None:
        manager["route_config"]["virtual_hosts"][0]["routes"][0]["route"] = {"cluster": "openai", "timeout": "600s"}
        if kind.module:
            launch.wasm_filter(local).pop("configuration")
    else:
        launch.use_filter_json(local, copy.deepcopy(kind.configuration))
    return local


class Gateway:
    """A kind of gateway that runs."""

    #: What goes with every request beside what clients send.
    headers = {}

    def __init__(self, kind, upstream):
        self.kind = kind
        before = time.monotonic()
        self.envoy = launch.Envoy(envoy_configuration(kind, upstream), workers=kind.workers)
        self.start_seconds = time.monotonic() - before
        self.url = self.envoy.url + "/v1/chat/completions"
        self.pid = self.envoy.process.pid

    def version(self):
        return json.loads(self.envoy.ask("/server_info"))["version"].split("/")[1]

    def stop(self):
        self.envoy.stop()
