"""A VM that fails, and an Envoy that ends, would be seen: each test relies on that."""

import signal

import launch
import modules
import pytest
from conftest import Gateway
from discovery import await_that


@pytest.mark.parametrize("code, failures", [(b"\x41\0", 0), (b"\0", 1)], ids=["returns", "traps"])
def test_a_failure_of_the_vm_would_be_seen(mocks, tmp_path, code, failures):
    (tmp_path / "small.wasm").write_bytes(modules.small(code))
    options = {"port": 0, "mocks": mocks.addresses, "module": tmp_path / "small.wasm"}
    envoy = launch.Envoy(launch.localize(launch.shipped(), **options))
    try:
        small = Gateway(envoy, mocks)
        assert small.chat().status_code == 503
        assert small.trapped() == failures
    finally:
        envoy.stop()


def test_an_envoy_that_ends_would_be_seen(mocks):
    envoy = launch.Envoy(launch.localize(launch.shipped(), port=0, mocks=mocks.addresses))
    try:
        gateway = Gateway(envoy, mocks)
        assert not gateway.has_ended()
        envoy.process.send_signal(signal.SIGSEGV)
        await_that(gateway.has_ended)
    finally:
        envoy.stop()
