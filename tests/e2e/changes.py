"""What tests change in the shipped configuration of Envoy: to be given to `start` as its `change`."""

import launch

#: The module with a trap in it, which `x-trap` springs.
TRAP = launch.ROOT / "target" / "tollgate-trap.wasm"


def trap(configuration):
    """Puts the module with the trap in the place of the other."""
    launch.wasm_filter(configuration)["vm_config"]["code"]["local"]["filename"] = str(TRAP)


def buffers(size):
    """Gives every connection, of clients and to providers, a buffer of so many bytes."""
    def shrink(configuration):
        resources = configuration["static_resources"]
        for buffered in resources["listeners"] + resources["clusters"]:
            buffered["per_connection_buffer_limit_bytes"] = size

    return shrink
