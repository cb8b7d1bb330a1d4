"""What Envoy's own features on the shipped clusters do, and what the filter makes of it. envoy/README.md says the same."""

import copy
import json
import time

import arms
import launch
import load
import pytest
from discovery import await_that

#: Until workers hear of what has become of a host: Envoy tells them no more than once a second.
HEARD = 1.2
DIALECTS = {
    "chat": {"message": "The provider could not be reached.", "type": "server_error", "param": None, "code": None},
    "message": {"message": "The provider could not be reached.", "type": "api_error"},
}


def configured(models, **more):
    value = launch.filter_json(launch.shipped())
    value["providers"]["vllm"] = {"dialect": "openai", "cluster": "vllm", "base_path": "/v1", "key": {"env": "OPENAI_API_KEY"}}
    return value | {"models": models, "limits": []} | more


OWN = {"provider": "vllm", "name": "own", "model": "m"}
SPARE = {"provider": "openai", "name": "spare", "model": "m"}
MODELS = {"only": {"targets": [OWN]}, "either": {"targets": [OWN, SPARE], "health": {"cooldown": "30s"}}}


def at_once(gateway, model, count, delay):
    """Statuses of so many requests, each on a connection of its own."""
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": "Hello"}]}).encode()
    one = load.request("/v1/chat/completions", body, x_mock=f"delay_ms={delay}")
    return load.send(gateway.url, (one for _ in range(count)), connections=count, depth=1)


def stat(gateway, name):
    return int(gateway.envoy.ask(f"/stats?filter=^cluster.{name}$").split()[-1])


def cooldowns(gateway):
    """How often a target was left alone, by reason."""
    return {name.split('reason="')[1].split('"')[0]: n for name, n in gateway.counters().items() if "cooldowns" in name}


# Circuit breakers


def test_more_requests_than_envoy_allows_by_itself_are_under_way_at_once(start):
    gateway = start(configured({"m": {"targets": [SPARE]}}))
    assert at_once(gateway, "m", 1200, delay=3000) == {200: 1200}
    assert stat(gateway, "openai.upstream_cx_overflow") == 0
    assert stat(gateway, "openai.upstream_cx_total") >= 1200, "none waited for another's connection"


@pytest.fixture(scope="module")
def own(start):
    gateway = start(configured(MODELS), base=launch.every_provider)
    await_that(lambda: stat(gateway, "vllm.membership_healthy") == 1)
    return gateway


def test_what_is_too_much_for_ones_own_servers_is_refused_at_once(own):
    statuses = at_once(own, "only", 640, delay=1500)
    # 256 that run, and at most as many that wait. Workers count together, but not to the request.
    assert set(statuses) == {200, 503} and 250 <= statuses[200] <= 530, statuses
    refused = stat(own, "vllm.upstream_rq_pending_overflow")
    assert 110 <= refused <= statuses[503], own.envoy.ask("/stats?filter=^cluster.vllm.*(cx|rq)_")


def test_or_goes_to_the_next_target(own):
    statuses = at_once(own, "either", 640, delay=1500)
    assert cooldowns(own) == {"unreachable": 1}
    assert statuses[503] < 40, "who was turned away until all workers knew"
    assert own.chat(model="either").headers["x-tollgate-target"] == "spare"


@pytest.mark.parametrize("api", DIALECTS)
def test_a_refusal_by_a_circuit_breaker_is_in_the_clients_shape(start, api):
    def full(configuration):
        cluster(configuration, "vllm")["circuit_breakers"]["thresholds"] = [{"max_requests": 0}]

    gateway = start(configured(MODELS), base=launch.every_provider, change=full)
    await_that(lambda: stat(gateway, "vllm.membership_healthy") == 1)
    answer = getattr(gateway, api)(model="only")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["error"] == DIALECTS[api]


# Servers of one's own: health checks and outlier detection


def cluster(configuration, name):
    (found,) = [one for one in configuration["static_resources"]["clusters"] if one["name"] == name]
    return found


@pytest.fixture
def replicas(start):
    """An Envoy in front of three servers that one name stands for."""
    servers = [arms.Arms() for _ in range(3)]

    def lead(configuration):
        vllm = cluster(configuration, "vllm")
        (endpoints,) = vllm["load_assignment"]["endpoints"]
        (first,) = endpoints["lb_endpoints"]
        endpoints["lb_endpoints"] = [copy.deepcopy(first) for _ in servers]
        for endpoint, server in zip(endpoints["lb_endpoints"], servers, strict=True):
            address = endpoint["endpoint"]["address"]["socket_address"]
            address["address"], address["port_value"] = "127.0.0.1", int(server.address.split(":")[1])
        (check,) = vllm["health_checks"]
        check.update({name: "0.2s" for name in check if name.endswith("interval")})  # to be done sooner

    gateway = start(configured(MODELS), base=launch.every_provider, change=lead)
    await_that(lambda: stat(gateway, "vllm.membership_healthy") == 3)
    time.sleep(HEARD)
    yield gateway, servers
    for server in servers:
        server.stop()


def test_a_server_that_fails_is_ejected_and_no_client_meets_it_again(replicas):
    gateway, (failing, *_) = replicas
    failing.behave("m", status=500)
    ejected = lambda: stat(gateway, "vllm.outlier_detection.ejections_active") == 1  # noqa: E731
    await_that(lambda: gateway.chat(model="only") and ejected())
    time.sleep(HEARD)
    failed = len(failing.asked["m"])
    assert {gateway.chat(model="only").status_code for _ in range(30)} == {200}
    assert len(failing.asked["m"]) == failed < 10 and ejected()


def test_a_server_that_is_not_well_gets_nothing_until_it_is(replicas):
    gateway, (ill, *others) = replicas
    ill.is_well = False
    await_that(lambda: stat(gateway, "vllm.membership_healthy") == 2)
    time.sleep(HEARD)
    ill.asked["m"].clear()
    assert {gateway.chat(model="only").status_code for _ in range(20)} == {200}
    assert not ill.asked["m"]
    ill.is_well = True
    await_that(lambda: stat(gateway, "vllm.membership_healthy") == 3)
    for server in others:
        server.is_well = False
    await_that(lambda: stat(gateway, "vllm.membership_healthy") == 1)
    await_that(lambda: gateway.chat(model="only").status_code == 200 and ill.asked["m"])


def test_when_no_server_is_well_all_are_asked_and_one_that_is_gone_sends_to_the_next_target(replicas):
    gateway, servers = replicas
    for server in servers:
        server.is_well = False
    await_that(lambda: stat(gateway, "vllm.membership_healthy") == 0)
    assert {gateway.chat(model="either").headers["x-tollgate-target"] for _ in range(9)} == {"own"}
    for server in servers:
        server.stop()
        server.behave("m", cut_off=True)  # of connections that are still open
    assert gateway.chat(model="either").status_code == 503
    assert {gateway.chat(model="either").headers["x-tollgate-target"] for _ in range(9)} == {"spare"}
    assert cooldowns(gateway) == {"unreachable": 1}


def test_outlier_detection_never_ejects_the_only_host(start):
    """So it is of no use where a name stands for one host, as a provider's does."""
    server = arms.Arms()

    def lead(configuration):
        openai = cluster(configuration, "openai")
        launch.point_at(openai, server.address)
        openai["outlier_detection"] = {"consecutive_5xx": 5}

    gateway = start(configured({"m": {"targets": [SPARE]}}), change=lead)
    server.behave("m", status=500)
    assert [gateway.chat(model="m").status_code for _ in range(12)] == [500] * 12
    assert stat(gateway, "openai.outlier_detection.ejections_active") == 0
    assert stat(gateway, "openai.outlier_detection.ejections_overflow") > 0
    server.stop()


# Timeouts and hedging


def with_retries(**policy):
    def change(configuration):
        (route,) = launch.manager(configuration)["route_config"]["virtual_hosts"][0]["routes"]
        hedging = policy.pop("hedge_on_per_try_timeout", False)
        route["route"]["retry_policy"] = {"retry_on": "5xx", "num_retries": 1, **policy}
        if hedging:
            route["route"]["hedge_policy"] = {"hedge_on_per_try_timeout": True}

    return change


def test_per_try_timeout_is_about_the_beginning_of_an_answer(start):
    gateway = start(change=with_retries(per_try_timeout="0.5s"))
    answer = gateway.chat(stream=True, mock="words=20,gap_ms=100")
    assert "word20" in answer.text and answer.text.endswith("data: [DONE]\n\n")
    answer = gateway.chat(mock="delay_ms=1000")
    assert answer.status_code == 504, "what comes whole begins when it is done"


def test_a_stream_that_stalls_is_its_targets_fault(start):
    models = {"m": {"targets": [SPARE, SPARE | {"name": "other", "model": "another"}], "health": {"cooldown": "5s"}}}
    gateway = start(configured(models), change=with_retries(per_try_idle_timeout="0.5s"))
    assert gateway.chat(model="m", stream=True, mock="words=20,gap_ms=100").text.endswith("data: [DONE]\n\n")
    with pytest.raises(Exception, match="without sending complete message body"):
        gateway.chat(model="m", stream=True, mock="words=3,gap_ms=2000")
    assert cooldowns(gateway) == {"broken": 1}
    assert gateway.chat(model="m").headers["x-tollgate-target"] == "other"


def test_a_hedged_request_is_paid_for_twice_and_counted_once(start):
    server = arms.Arms()
    hedging = with_retries(per_try_timeout="0.3s", hedge_on_per_try_timeout=True)

    def change(configuration):
        hedging(configuration)
        launch.point_at(cluster(configuration, "openai"), server.address)

    limit = {"name": "all", "per": [], "tokens": 10**6, "window": "1mo", "align": "calendar"}
    gateway = start(configured({"m": {"targets": [SPARE]}}, limits=[limit]), change=change)
    server.behave("m", delay=1)
    assert gateway.chat(model="m", max_tokens=1).status_code == 200
    assert len(server.asked["m"]) == 2
    tokens = {name: n for name, n in gateway.counters().items() if name.startswith("tollgate_tokens")}
    assert sum(tokens.values()) == 2, "input and output of one"
    server.stop()


# Retries


def test_all_that_is_under_way_at_a_provider_that_fails_goes_on_to_the_next(start):
    """Envoy's own limit is three retries at a time."""
    server = arms.Arms()
    models = json.loads((launch.ROOT / "examples" / "failover.json").read_text())["models"]
    models["assistant"]["targets"].reverse()
    (first, _) = models["assistant"]["targets"]
    server.behave(first["model"], status=500, delay=0.5)
    lead = lambda configuration: launch.point_at(cluster(configuration, "openai"), server.address)  # noqa: E731
    gateway = start(configured(models), base=launch.failover, change=lead)
    assert at_once(gateway, "assistant", 128, delay=300) == {200: 128}
    assert len(server.asked[first["model"]]) > 100
    assert stat(gateway, "failover-openai.upstream_rq_retry_overflow") == 0
    server.stop()
