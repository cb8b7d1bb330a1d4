"""The filter's configuration from an xDS server by gRPC, as envoy/xds.yaml has it."""

import time

import launch
import load
import pytest
from discovery import await_that
from xds_server import RESOURCE, Server, Streamed

MISTAKE = {"limtis": []}


def with_model(value, name, version):
    return value | {"version": version, "models": value["models"] | {name: {"targets": [{"provider": "openai"}]}}}


@pytest.fixture
def server():
    with Server() as server:
        yield server


@pytest.fixture
def served(server, start, tmp_path):
    value = launch.filter_json(launch.shipped()) | {"identity": {"from": [{"header": "x-consumer"}]}, "version": "one"}
    return Streamed(server, start, tmp_path, value), value


def test_envoy_asks_for_the_filter_says_who_it_is_and_serves_what_it_is_sent(server, served):
    running, _ = served
    asked = server.heard[0]
    assert (asked.node.id, asked.type_url, list(asked.resource_names)) == ("tollgate", RESOURCE, ["tollgate"])
    await_that(lambda: server.verdicts("1") == [("1", "")])
    assert running.on_fresh_connections("gpt-4.1") == {200}
    assert running.on_fresh_connections("fresh") == {404}


def test_another_version_serves_without_a_restart_and_the_old_one_again(server, served):
    running, value = served
    running.publish(with_model(value, "fresh", "two"))
    await_that(lambda: running.on_fresh_connections("fresh") == {200}, seconds=1)
    running.gateway.chat(headers={"x-consumer": "reader"})
    assert running.gateway.access_log(consumer="reader")["version"] == "two"
    running.publish(value)
    await_that(lambda: running.on_fresh_connections("fresh") == {404}, seconds=1)
    assert [server.verdicts(version) for version in "123"] == [[("1", "")], [("2", "")], [("3", "")]]


def test_a_wrong_version_is_refused_the_server_hears_of_it_and_the_running_one_stays(server, served):
    running, value = served
    running.publish(with_model(value, "fresh", "two") | MISTAKE)
    await_that(lambda: server.verdicts("2"))
    # The version that Envoy keeps, and all that Envoy lets a module say about what is wrong.
    assert server.verdicts("2") == [("1", "Unable to create Wasm plugin tollgate")]
    assert running.gateway.logged('"limtis" is not a field here; did you mean "limits"?')
    assert (running.on_fresh_connections("gpt-4.1"), running.on_fresh_connections("fresh")) == ({200}, {404})
    running.publish(with_model(value, "fresh", "three"))
    await_that(lambda: running.on_fresh_connections("fresh") == {200}, seconds=1)
    assert server.verdicts("3") == [("3", "")]


def test_many_versions_under_load_fail_no_request(server, served):
    """Three good ones a second, and a bad one."""
    running, value = served
    began = time.monotonic()
    with load.Steady(running.gateway, "loaded") as under_load:
        for number in range(15):
            running.publish(with_model(value, "fresh", f"good-{number}"))
            if number % 3 == 0:
                running.publish(with_model(value, "fresh", f"bad-{number}") | MISTAKE)
            time.sleep(max(0, began + 0.3 * (number + 1) - time.monotonic()))
    assert under_load.statuses == {200: under_load.sent} and under_load.sent > 500
    assert (running.stat("update_success"), running.stat("update_rejected")) == (16, 5)


def test_a_server_that_is_away_takes_nothing_from_the_running_version(server, served):
    running, value = served
    server.stop()
    assert running.on_fresh_connections("gpt-4.1") == {200}
    server.start()
    asked = len(server.heard)
    running.publish(with_model(value, "fresh", "two"))
    await_that(lambda: running.on_fresh_connections("fresh") == {200}, seconds=60)
    assert server.heard[asked].version_info == "1", "Envoy says what it has"
