"""The filter's configuration changed while it runs, as envoy/dynamic.yaml has it."""

import json
import time

import arms
import launch
import load
import pytest
import yaml
from discovery import ConfigMap, Discovered, Served, Server, await_that

BUDGET = 1_000_000_000


def changed(**fields):
    """The shipped filter configuration with other fields at its top."""
    return launch.filter_json(launch.shipped()) | fields


def with_model(value, name, version):
    return value | {"version": version, "models": value["models"] | {name: {"targets": [{"provider": "openai"}]}}}


@pytest.fixture
def discovered(start, tmp_path):
    limit = {"name": "budget", "per": ["consumer"], "tokens": BUDGET, "window": "1mo", "align": "calendar"}
    identity = {"from": [{"header": "x-consumer"}]}
    value = changed(version="one", limits=[limit], identity=identity)
    return Discovered(start, tmp_path, value), value


def left(running, consumer, model):
    """What a request that takes nothing sees of a budget."""
    headers = {"x-consumer": consumer}
    answer = running.gateway.chat(model=model, mock="input=0,output=0", headers=headers, max_tokens=1)
    assert answer.status_code == 200
    return int(answer.headers["x-ratelimit-remaining-tokens"])


def used(running, consumer, model="helper"):
    """Tokens that are gone, against what somebody sees who has asked nothing before."""
    return left(running, f"fresh-{time.monotonic_ns()}", model) - left(running, consumer, model)


def test_what_is_discovered_is_what_is_shipped():
    (resource,) = yaml.safe_load(launch.DISCOVERED.read_text())["resources"]
    assert resource["typed_config"] == launch.http_filter(launch.shipped(), resource["name"])


# A new version


def test_an_update_serves_without_a_restart(discovered):
    running, value = discovered
    assert running.on_fresh_connections("fresh") == {404}
    running.publish(with_model(value, "fresh", "two"))
    await_that(lambda: running.on_fresh_connections("fresh") == {200}, seconds=1)
    running.gateway.chat(headers={"x-consumer": "reader"})
    assert running.gateway.access_log(consumer="reader")["version"] == "two"


def test_a_stream_under_way_ends_whole_at_the_target_where_it_began(discovered):
    running, value = discovered
    arms = {name: {"targets": [{"provider": "openai", "name": name, "model": name}]} for name in ("old", "new")}
    models = value["models"]
    running.publish(value | {"models": models | {"m": arms["old"]}})
    body = {"model": "m", "stream": True, "messages": [{"role": "user", "content": "Hello"}]}
    headers = {"x-mock": "words=60,gap_ms=10,input=500000,output=60", "x-consumer": "streamer"}
    with running.gateway.client.stream("POST", "/v1/chat/completions", json=body, headers=headers) as answer:
        assert answer.headers["x-tollgate-target"] == "old"
        pieces = answer.iter_text()
        begun = next(pieces)
        running.publish(with_model(value, "fresh", "two") | {"models": models | {"m": arms["new"]}})
        await_that(lambda: running.gateway.chat(model="m").headers["x-tollgate-target"] == "new")
        text = begun + "".join(pieces)
    chunks = [json.loads(line.removeprefix("data: ")) for line in text.split("\n\n") if line.startswith("data: {")]
    said = "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks if chunk["choices"])
    assert said.split() == [f"word{number}" for number in range(1, 61)]
    assert {chunk["model"] for chunk in chunks} == {"old"} and text.endswith("data: [DONE]\n\n")
    line = running.gateway.access_log(consumer="streamer")
    assert (line["target"], line["version"]) == ("old", "one")
    assert used(running, "streamer") == 500_060, "settled in the same table"


def test_the_old_file_put_back_is_the_way_back(discovered):
    running, value = discovered
    old = running.file.read_text()
    running.publish(with_model(value, "fresh", "two"))
    await_that(lambda: running.on_fresh_connections("fresh") == {200})
    running.decide(lambda: running.move_in(old))
    await_that(lambda: running.on_fresh_connections("fresh") == {404})


def test_a_configmap_is_read_again_when_kubernetes_swaps_it(start, tmp_path):
    value = changed()
    running = ConfigMap(start, tmp_path, value)
    assert running.on_fresh_connections("fresh") == {404}
    running.publish(with_model(value, "fresh", "two"))
    await_that(lambda: running.on_fresh_connections("fresh") == {200})


def test_an_xds_server_serves_as_a_file_does(start, tmp_path):
    with Server() as server:
        value = changed()
        running = Served(server, start, tmp_path, value)
        running.publish(with_model(value, "wrong", "two") | {"limtis": []})
        await_that(lambda: running.stat("config_fail") > 0)
        running.publish(with_model(value, "fresh", "three"))
        await_that(lambda: running.on_fresh_connections("fresh") == {200})
        assert running.on_fresh_connections("wrong") == {404}
        await_that(lambda: server.taken[-1] == "3")
        assert "2" not in server.taken, "Envoy names the last version that it took"


def test_another_module_with_the_same_vm_id_keeps_what_is_shared(discovered, tmp_path):
    running, value = discovered
    running.gateway.chat(mock="input=500000,output=10", headers={"x-consumer": "keeper"})
    module = tmp_path / "another.wasm"
    module.write_bytes(launch.MODULE.read_bytes() + b"\0\6\5label")  # a section that says nothing
    running.config["vm_config"]["code"]["local"]["filename"] = str(module)
    vms = running.vms()
    running.publish(with_model(value, "fresh", "two"))
    await_that(lambda: running.on_fresh_connections("fresh") == {200})
    assert used(running, "keeper") == 500_010
    await_that(lambda: running.vms() == vms)  # and the old module's are gone


def test_two_thousand_models_are_served_within_a_second(discovered):
    running, value = discovered
    models = {f"model-{number}": {"targets": [{"provider": "openai"}]} for number in range(2000)}
    text = running.text(with_model(value | {"models": value["models"] | models}, "fresh", "two"))
    moved = time.monotonic()
    running.move_in(text)
    # On connections of their own, so that each worker is asked.
    served_since = None
    while served_since is None or time.monotonic() < served_since + 0.3:
        asked = time.monotonic()
        answer = running.gateway.chat(model="fresh", headers={"connection": "close"})
        served_since = (served_since or asked) if answer.status_code == 200 else None
    print(f"\nserved by all workers after {served_since - moved:.3f} s")
    assert served_since - moved < 1


# A version that is wrong


@pytest.fixture(scope="module")
def refusing(start, tmp_path_factory):
    value = changed()
    return Discovered(start, tmp_path_factory.mktemp("refusing"), value), value


def another(running, value, **fields):
    """The file with other fields in its resource."""
    file = json.loads(running.text(value))
    file["resources"][0] |= fields
    return json.dumps(file)


ROUTER = {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}
#: What is moved in, and what Envoy's log says of it.
WRONG = {
    "a mistake in it": (
        lambda running, value: running.text(value | {"limtis": []}),
        '"limtis" is not a field here; did you mean "limits"?',
    ),
    "no JSON in it": (lambda running, value: running.text(value).replace('{\\"', "{", 1), "the configuration is not JSON"),
    "no YAML": (lambda *_: "{", "yaml-cpp: error at line 1, column 1"),
    "nothing": (lambda *_: json.dumps({"version_info": "x", "resources": []}), "Unexpected number of resources"),
    "another filter": (lambda running, value: another(running, value, typed_config=ROUTER), "filter config has type URL"),
    "another name": (lambda running, value: another(running, value, name="tolgate"), "Unexpected resource name"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_version_is_refused_and_the_running_one_stays(refusing, wrong):
    running, value = refusing
    write, told = WRONG[wrong]
    refused = running.stat("config_fail")
    running.decide(lambda: running.move_in(write(running, with_model(value, "fresh", "two"))))
    assert running.stat("config_fail") == refused + 1
    assert running.gateway.logged(told)
    assert running.on_fresh_connections("gpt-4.1") == {200}
    assert running.on_fresh_connections("fresh") == {404}


def test_what_follows_a_wrong_version_serves(refusing):
    running, value = refusing
    running.publish(value | {"limtis": []})
    running.publish(with_model(value, "next", "three"))
    await_that(lambda: running.on_fresh_connections("next") == {200})


@pytest.mark.parametrize("default, status", [(False, 500), (True, 200)], ids=["without", "with default_config"])
def test_what_is_wrong_from_the_start_serves_nobody_until_it_is_right(start, tmp_path, default, status):
    value = changed()
    running = Discovered(start, tmp_path, value, first=value | {"limtis": []}, default=default)
    assert running.on_fresh_connections("gpt-4.1") == {status}
    running.publish(value)
    await_that(lambda: running.on_fresh_connections("gpt-4.1") == {200})


# Under load


def test_many_updates_under_load_fail_no_request_and_lose_no_token(discovered):
    """Three good ones a second, and a bad one."""
    running, value = discovered
    began = time.monotonic()
    with load.Steady(running.gateway, "loaded") as under_load:
        for number in range(33):
            running.publish(with_model(value, "fresh", f"good-{number}"))
            if number % 3 == 0:
                running.publish(with_model(value, "fresh", f"bad-{number}") | {"limtis": []})
            time.sleep(max(0, began + 0.3 * (number + 1) - time.monotonic()))
    assert under_load.statuses == {200: under_load.sent} and under_load.sent > 1000
    assert (running.stat("update_success"), running.stat("update_rejected")) == (34, 11)
    assert used(running, "loaded") == 50 * under_load.sent


def test_a_hundred_updates_leave_no_memory_behind(discovered):
    """Neither in the VMs, which stay, nor of those that try a version before it serves."""
    running, value = discovered
    body = json.dumps({"model": "gpt-4.1", "messages": [{"role": "user", "content": "Hello"}]}).encode()
    asked = load.request("/v1/chat/completions", body, x_consumer="anybody")

    def update(numbers):
        for number in numbers:
            models = {f"model-{number}-{i}": {"targets": [{"provider": "openai"}]} for i in range(500)}
            running.publish(value | {"version": f"v{number}", "models": value["models"] | models})
            if number % 4 == 0:
                running.publish(value | {"limtis": [number]})
            assert load.send(running.gateway.url, [asked] * 64, connections=4) == {200: 64}

    update(range(20))
    vms, before = running.vms(), running.megabytes()
    update(range(20, 120))
    assert running.stat("update_success") == 121
    assert running.vms() == vms
    assert running.megabytes() < before + 8


def test_updates_while_requests_fail_over_fail_no_request_and_lose_no_token(start, tmp_path):
    value = json.loads((launch.ROOT / "examples" / "failover.json").read_text())
    model = value["models"]["assistant"]
    model["targets"].reverse()
    model["health"] = {"cooldown": "1s", "max_cooldown": "1s"}
    value["limits"] = [{"name": "budget", "per": ["consumer"], "tokens": BUDGET, "window": "1mo", "align": "calendar"}]
    value["identity"] = {"from": [{"header": "x-consumer"}]}
    failing = arms.Arms()
    failing.behave(model["targets"][0]["model"], status=500, delay=0.05)

    def lead(configuration):
        (openai,) = [one for one in configuration["static_resources"]["clusters"] if one["name"] == "openai"]
        launch.point_at(openai, failing.address)

    running = Discovered(start, tmp_path, value, base=launch.failover, adapt=lead)
    with load.Steady(running.gateway, "loaded", model="assistant") as under_load:
        for number in range(20):
            running.publish(value | {"version": f"good-{number}"})
            time.sleep(0.2)
    assert under_load.statuses == {200: under_load.sent}
    retried = running.gateway.envoy.ask("/stats?filter=failover-openai.upstream_rq_retry_success$")
    assert int(retried.split()[-1]) > 3
    assert used(running, "loaded", model="halves") == 50 * under_load.sent
    failing.stop()
