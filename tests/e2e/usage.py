"""What an Envoy's process has used."""

import os
import pathlib

MEBIBYTE = 1 << 20


def resident(gateway):
    """Memory that it has now, in bytes."""
    pages = int(pathlib.Path(f"/proc/{gateway.envoy.process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def seconds(gateway):
    """CPU time that it has taken, which a busy machine does not change much."""
    fields = pathlib.Path(f"/proc/{gateway.envoy.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
