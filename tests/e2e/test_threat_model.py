"""Each line of SECURITY.md names a test that is there."""

import re

import launch
import pytest
import yaml

PAGE = (launch.ROOT / "SECURITY.md").read_text()
LINES = [line.strip("| ").split(" | ") for line in PAGE.split("## What must never happen")[1].splitlines() if line.startswith("| ")]
LINES = [line for line in LINES if line[0] not in ("never", "---")]
NAMED = re.findall(r"`([\w./-]+\.(?:py|rs))(?:::(\w+))?`", PAGE)


def test_each_line_has_a_test():
    assert len(LINES) > 40
    assert [line for line in LINES if len(line) != 2 or not re.search(r"`(tests|filter)/|`make deny`", line[1])] == []


@pytest.mark.parametrize("file, name", sorted(set(NAMED)))
def test_each_test_is_there(file, name):
    text = (launch.ROOT / file).read_text()
    assert not name or re.search(rf"^ *(def|fn) {name}\(", text, re.MULTILINE)


def test_the_admin_interface_listens_to_this_machine_only():
    for file in launch.SHIPPED.parent.glob("*.yaml"):
        for document in yaml.safe_load_all(file.read_text()):
            if isinstance(document, dict) and "admin" in document:
                assert document["admin"]["address"]["socket_address"]["address"] == "127.0.0.1"
