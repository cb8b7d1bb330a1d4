"""The shipped configurations allow the module what it needs of Envoy, and nothing else. That it is enough is asserted
whenever an Envoy is stopped: none has refused the module anything."""

import launch
import modules
import pytest
import yaml
from conftest import Gateway, restricted_calls

MODULE = launch.MODULE.read_bytes()
#: What Envoy takes from any module, without asking whether it may.
ALWAYS = {"_initialize", "proxy_abi_version_0_2_1", "proxy_on_memory_allocate"}
#: What the SDK has in every module for others: connections, gRPC, queues and hosts' own functions. Nothing here calls it.
OF_OTHERS = {
    "proxy_on_vm_start", "proxy_on_foreign_function", "proxy_on_queue_ready", "proxy_on_new_connection",
    "proxy_on_downstream_data", "proxy_on_downstream_connection_close", "proxy_on_upstream_data",
    "proxy_on_upstream_connection_close", "proxy_on_grpc_receive_initial_metadata", "proxy_on_grpc_receive",
    "proxy_on_grpc_receive_trailing_metadata", "proxy_on_grpc_close",
    "proxy_add_header_map_value", "proxy_call_foreign_function", "proxy_close_stream", "proxy_done",
    "proxy_get_current_time_nanoseconds", "proxy_get_status", "proxy_register_shared_queue",
    "proxy_resolve_shared_queue", "proxy_dequeue_shared_queue", "proxy_grpc_send", "proxy_grpc_cancel",
    "proxy_grpc_close", "proc_exit",
}


def filters(value):
    """Every configuration of this module in an Envoy configuration, wherever it stands."""
    if isinstance(value, dict):
        if "vm_config" in value:
            yield value
        value = list(value.values())
    for part in value if isinstance(value, list) else []:
        yield from filters(part)


SHIPPED = {
    f"{file.relative_to(launch.SHIPPED.parent)}:{number}": found
    for file in sorted(launch.SHIPPED.parent.rglob("*.yaml"))
    for number, found in enumerate(part for document in yaml.safe_load_all(file.read_text()) for part in filters(document))
}


def test_every_shipped_filter_is_looked_at():
    assert {name.split(":")[0] for name in SHIPPED} >= {"envoy.yaml", "failover.yaml", "dynamic/tollgate.yaml"}


@pytest.mark.parametrize("shipped", SHIPPED.values(), ids=SHIPPED)
def test_the_module_is_allowed_what_it_needs_and_nothing_else(shipped):
    has = modules.imports(MODULE) | modules.exports(MODULE)
    assert set(shipped["capability_restriction_config"]["allowed_capabilities"]) == has - ALWAYS - OF_OTHERS


#: `proxy_register_shared_queue` of an empty name. A module that is refused it fails.
ASKS = b"\x41\0\x41\0\x41\x10\x10\0\x04\x40\0\x0b\x41\0"
CALL = "proxy_register_shared_queue"


@pytest.mark.parametrize("more, failures", [({}, 1), ({CALL: {}}, 0)], ids=["as shipped", "allowed"])
def test_a_module_that_asks_for_something_else_does_not_get_it(mocks, tmp_path, more, failures):
    (tmp_path / "asks.wasm").write_bytes(modules.small(ASKS, calls=[CALL]))
    configuration = launch.localize(launch.shipped(), port=0, mocks=mocks.addresses, module=tmp_path / "asks.wasm")
    launch.wasm_filter(configuration)["capability_restriction_config"]["allowed_capabilities"].update(more)
    envoy = launch.Envoy(configuration)
    try:
        gateway = Gateway(envoy, mocks)
        assert gateway.chat().status_code == 503
        assert gateway.trapped() == failures
        assert restricted_calls(envoy.log()) == ({CALL} if failures else set())
    finally:
        envoy.stop()
