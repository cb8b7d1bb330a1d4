"""When a target fails, the request does not: Envoy tries the next one, and the client sees only its answer."""

import concurrent.futures
import itertools
import json
import pathlib
import time

import launch
import orders
import pytest
import sse
from orders import impatient

EXAMPLE = json.loads((pathlib.Path(__file__).resolve().parents[2] / "examples" / "failover.json").read_text())
#: Does not come back while a test runs.
BUDGET = {"name": "all", "per": [], "tokens": 100_000_000, "window": "1mo", "align": "calendar"}
CLUSTERS = EXAMPLE["models"]["assistant"]["cluster"]
FAULTS = [f"error={status}" for status in (401, 402, 408, 424, 429, 498, 500, 503, 529)] + [
    "garbage", "html", "html=502", "empty200", "hang", "cut", "reset",
]


def case(number, **fields):
    """A model of which no other test has spoiled the targets."""
    targets = [
        {"provider": "anthropic", "model": f"claude-sonnet-5-5-{number}"}, {"provider": "openai", "model": f"gpt-4.1-{number}"}
    ]
    return {"targets": targets, "cluster": CLUSTERS, **fields}


def configured(models=None, **fields):
    many = {f"case-{number}": case(number) for number in range(200)}
    return {**EXAMPLE, "models": many | (models or {}), "limits": [BUDGET], **fields}


@pytest.fixture(scope="module")
def gateway(start):
    return start(configured(), base=launch.failover, change=impatient)


CASES = itertools.count()


@pytest.fixture
def model():
    return f"case-{next(CASES)}"


def remaining(gateway):
    """How many tokens the budget has left, before this request."""
    answer = gateway.chat(model="case-199", max_tokens=1, mock="input=0,output=0")
    return int(answer.headers["x-ratelimit-remaining-tokens"])


@pytest.mark.parametrize("fault", FAULTS)
def test_what_one_target_fails_the_next_one_answers(gateway, model, unique, fault):
    answer = gateway.chat(unique, model=model, headers={"x-mock-anthropic": fault})
    assert answer.status_code == 200, answer.text
    assert answer.json()["choices"][0]["message"]["content"] == "Hello from OpenAI."
    assert answer.headers["x-tollgate-target"] == answer.headers["x-tollgate-provider"] == "openai"
    first, second = gateway.received("anthropic", unique), gateway.received("openai", unique)
    assert (first["path"], second["path"]) == ("/v1/messages", "/v1/chat/completions")
    number = model.removeprefix("case-")
    assert first["json"]["model"] == f"claude-sonnet-5-5-{number}"
    assert second["json"]["model"] == answer.headers["x-tollgate-model"] == f"gpt-4.1-{number}"


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != "cut"] + ["error_first", "json_for_stream"])
def test_what_one_target_fails_the_next_one_streams(gateway, model, unique, fault):
    answer = gateway.chat(unique, model=model, stream=True, headers={"x-mock-anthropic": fault})
    assert answer.status_code == 200, answer.text
    assert answer.headers["x-tollgate-target"] == "openai"
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert sse.text_of_chunks(sse.chunks(answer.text)) == "Hello from OpenAI."


def test_a_stream_that_has_begun_is_not_begun_again(gateway, model, unique):
    answer = gateway.chat(unique, model=model, stream=True, headers={"x-mock-anthropic": "cut=clean"})
    assert (answer.status_code, answer.headers["x-tollgate-target"]) == (200, "anthropic")
    assert '"error"' in answer.text and "[DONE]" not in answer.text
    with pytest.raises(ValueError):
        gateway.received("openai", unique)


@pytest.mark.parametrize("fault", ["error=400", "error=413"])
def test_what_is_the_clients_fault_is_not_tried_again(gateway, model, unique, fault):
    answer = gateway.chat(unique, model=model, headers={"x-mock-anthropic": fault})
    assert answer.status_code == int(fault.removeprefix("error="))
    assert answer.headers["x-tollgate-target"] == "anthropic"
    with pytest.raises(ValueError):
        gateway.received("openai", unique)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("first, last, status", [("error=500", "error=429", 429), ("hang", "error=529", 529), ("error=429", "hang", 504), ("hang", "empty200", 502)])
def test_the_last_failure_is_told_in_the_clients_words(gateway, model, stream, first, last, status):
    answer = gateway.message(model=model, stream=stream, headers={"x-mock-anthropic": first, "x-mock-openai": last})
    assert answer.status_code == status, answer.text
    assert answer.json()["type"] == "error"
    assert "could not answer" not in answer.text
    assert ("retry-after" in answer.headers) == (status == 429)


@pytest.mark.parametrize("fault", ["hang", "reset", "cut"])
def test_what_ends_without_a_word_is_told_where_nobody_else_can_carry_the_request(strict, fault):
    answer = strict.chat(model=f"picky-{fault}", n=2, headers={"x-mock-openai": fault})
    told = (503, "The provider could not be reached.") if fault == "cut" else (504, "The provider did not answer.")
    assert (answer.status_code, answer.json()["error"]["message"]) == told


def test_a_first_event_that_is_an_error_becomes_an_error(gateway, model):
    answer = gateway.chat(model=model, stream=True, mock="error_first")
    assert answer.status_code == 500 and answer.headers["content-type"] == "application/json"
    assert answer.json()["error"]["message"]


def test_nothing_follows_an_error_that_took_the_place_of_a_stream(gateway, model):
    for _ in range(3):
        # On the same connection, each answer is where the last one ended.
        answer = gateway.chat(model=model, stream=True, mock="error_first,gap_ms=100")
        # Whose error it is depends on which of the two was left alone for longer.
        assert answer.status_code in (500, 529) and answer.json()["error"]["message"]
        assert len(answer.content) == int(answer.headers["content-length"])
        time.sleep(0.15)


def test_credentials_go_only_where_they_belong(gateway, model, unique):
    mine = {"authorization": "Bearer mine", "x-api-key": "mine", "cookie": "mine", "x-mock-anthropic": "error=500"}
    assert gateway.chat(unique, model=model, headers=mine).status_code == 200
    first, second = gateway.received("anthropic", unique)["headers"], gateway.received("openai", unique)["headers"]
    assert first["x-api-key"] == "mock-anthropic-key" and "authorization" not in first
    assert second["authorization"] == "Bearer mock-openai-key" and "x-api-key" not in second
    assert "anthropic-version" in first and "anthropic-version" not in second
    for headers in (first, second):
        assert "mine" not in headers.values()
        assert not [name for name in headers if name.startswith("x-tollgate-")]


def test_limits_count_it_once_and_as_the_last_target_says(gateway, model):
    before = remaining(gateway)
    for stream, used in ((False, "input=1000,output=500"), (True, "input=40,output=2")):
        answer = gateway.chat(model=model, stream=stream, headers={"x-mock-anthropic": "error=500", "x-mock-openai": used})
        assert answer.status_code == 200
    assert before - remaining(gateway) == 1542


@pytest.mark.parametrize("fault", ["error=500", "error=429", "garbage"])
def test_what_no_target_answers_costs_nothing(gateway, model, fault):
    before = remaining(gateway)
    assert gateway.chat(model=model, mock=fault).status_code >= 400
    left = before - remaining(gateway)
    # What cannot be read may have cost something: it counts as reserved.
    assert (left > 0) == (fault == "garbage")


def test_the_access_log_and_the_counters_say_who_answered(gateway, model):
    counter = f'tollgate_failovers{{provider="anthropic",model="{model}"}}'
    gateway.chat(model=model, headers={"x-mock-anthropic": "error=503", "x-mock-openai": "input=7,output=3"})
    line = gateway.access_log(model=model)
    expected = {"status": 200, "target": "openai", "provider": "openai", "input_tokens": "7", "output_tokens": "3"}
    assert expected.items() <= line.items()
    assert gateway.counters()[counter] == 1
    requests = {name: count for name, count in gateway.counters().items() if model in name and "tollgate_requests" in name}
    assert requests == {f'tollgate_requests{{provider="openai",model="{model}",status="200"}}': 1}


def test_a_target_that_failed_is_not_the_first_any_more(gateway, model, unique):
    gateway.chat(model=model, headers={"x-mock-anthropic": "error=429,retry_after=60"})
    answer = gateway.chat(unique, model=model)
    assert (answer.status_code, answer.headers["x-tollgate-target"]) == (200, "openai")
    with pytest.raises(ValueError):
        gateway.received("anthropic", unique)
    # And when the other one fails, it is better than nothing.
    answer = gateway.chat(model=model, headers={"x-mock-openai": "error=500"})
    assert (answer.status_code, answer.headers["x-tollgate-target"]) == (200, "anthropic")


def test_a_client_that_leaves_takes_back_nothing_it_did_not_use(gateway, model):
    before = remaining(gateway)
    with pytest.raises(Exception, match="timed out"):
        gateway.client.post(
            "/v1/chat/completions", timeout=0.2, headers={"x-mock": "hang"},
            json={"model": model, "max_tokens": 500, "messages": [{"role": "user", "content": "Hi"}]},
        )
    deadline = time.monotonic() + 5
    while (taken := before - remaining(gateway)) == 0 and time.monotonic() < deadline:
        time.sleep(0.05)
    # Somebody may have worked for it, and nobody says how much: it stays as it was reserved.
    assert 500 < taken < 530


def test_many_at_once_each_get_their_own_answer(gateway, model):
    faults = ["", "error=500", "error=429", "garbage", "hang", "error_first"]

    def ask(number):
        stream = number % 2 == 0
        fault = faults[number % 6] if stream or number % 6 != 5 else "empty200"
        headers = {"x-mock-anthropic": fault} if fault else {}
        mark = f"{model}-{number}"
        answer = gateway.chat(f"[[mock: text={mark}]]", model=f"case-{100 + number % 50}", stream=stream, headers=headers)
        assert answer.status_code == 200, answer.text
        text = sse.text_of_chunks(sse.chunks(answer.text)) if stream else answer.json()["choices"][0]["message"]["content"]
        assert text == mark

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        list(pool.map(ask, range(300)))


@pytest.fixture(scope="module")
def strict(start):
    """Conditions, and a target that cannot take all that the other can."""
    small = {"targets": [
        {"name": "small", "provider": "anthropic", "model": "claude-small", "when": {"tools": False}},
        {"name": "large", "provider": "openai", "model": "gpt-large"},
    ], "cluster": {"failover-anthropic": ["small", "large"], "failover-openai": ["large", "small"]}}
    picky = {f"picky-{fault}": case(fault, targets=case(fault)["targets"][::-1]) for fault in ("hang", "reset", "cut")}
    models = picky | {"small": small, "one-way": case("one", cluster="failover-anthropic"), "lost": case("lost", cluster={
        "failover-anthropic": ["openai", "anthropic"], "failover-openai": ["anthropic", "openai"],
    })}
    return start(configured(models), base=launch.failover, change=impatient)


TOOL = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}


def test_a_target_whose_conditions_do_not_hold_is_not_tried(strict, unique):
    assert strict.chat(model="small", headers={"x-mock-anthropic": "error=500"}).headers["x-tollgate-target"] == "large"
    answer = strict.chat(unique, model="small", tools=[TOOL], headers={"x-mock-openai": "error=500"})
    assert (answer.status_code, answer.headers["x-tollgate-target"]) == (500, "large")
    with pytest.raises(ValueError):
        strict.received("anthropic", unique)


def test_a_request_that_the_next_target_cannot_carry_ends_with_what_the_first_said(strict, unique):
    answer = strict.chat(unique, model="small", n=2, headers={"x-mock-openai": "error=529"})
    assert answer.status_code == 529 and "overloaded" in answer.json()["error"]["message"]
    with pytest.raises(ValueError):
        strict.received("anthropic", unique)


def test_when_to_come_back_is_told_for_the_target_that_said_it(strict):
    answer = strict.chat(model="small", n=2, headers={"x-mock-openai": "error=429,retry_after=7"})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")


def test_a_target_that_no_cluster_begins_with_is_asked_alone(strict, unique):
    strict.chat(model="one-way", headers={"x-mock-anthropic": "error=429,retry_after=60"})
    answer = strict.chat(unique, model="one-way", headers={"x-mock-openai": "error=500"})
    assert (answer.status_code, answer.headers["x-tollgate-target"]) == (500, "openai")


def test_an_order_that_is_not_envoys_still_names_the_right_target(strict, unique):
    answer = strict.chat(unique, model="lost", headers={"x-mock-openai": "error=500"})
    # The router wanted Anthropic first; Envoy's cluster begins with OpenAI, whatever its name says here.
    assert (answer.status_code, answer.headers["x-tollgate-target"]) == (200, "anthropic")
    assert strict.received("openai", unique)["path"] == "/v1/chat/completions"


def test_an_unreachable_target_is_passed_over(start, mocks, unique):
    def unreachable(configuration):
        impatient(configuration)
        for cluster in configuration["static_resources"]["clusters"]:
            if cluster["name"] == "anthropic":
                launch.point_at(cluster, "127.0.0.1:1")

    gateway = start(configured(), base=launch.failover, change=unreachable)
    for stream in (False, True):
        answer = gateway.chat(unique, model="case-1", stream=stream)
        assert (answer.status_code, answer.headers["x-tollgate-target"]) == (200, "openai"), answer.text
    cooled = 'tollgate_cooldowns{provider="anthropic",model="case-1",reason="unreachable"}'
    assert gateway.counters()[cooled] == 1


def test_the_same_document_serves_the_cluster_too(start, unique):
    def same(configuration):
        impatient(configuration)
        own = launch.wasm_filter(configuration)
        for cluster in configuration["static_resources"]["clusters"]:
            for on_cluster in launch.filters_of(cluster):
                on_cluster["config"] = own

    document = configured()
    gateway = start(document, base=launch.failover, change=same)
    answer = gateway.chat(unique, model="case-2", headers={"x-mock-anthropic": "error=500"})
    assert (answer.status_code, answer.headers["x-tollgate-target"]) == (200, "openai")


def test_a_filter_for_clusters_serves_no_listener(start):
    gateway = start({"from": "listener"})
    answer = gateway.chat()
    assert answer.status_code == 500 and "not set up" in answer.json()["error"]["message"]
    assert gateway.logged('"from": "listener" is for clusters')


DIALECTS = ["openai", "responses", "anthropic", "gemini", "bedrock", "cohere"]
#: One mock speaks both: where one of them fails, a scripted provider has its place.
ONE_SERVER = {"openai", "responses"}


@pytest.mark.parametrize("first, second", list(itertools.permutations(DIALECTS, 2)))
def test_every_pair_of_dialects_fails_over(pairs, first, second, unique):
    for stream in (False, True):
        mock = {f"x-mock-{'openai' if first == 'responses' else first}": "error=503"}
        if {first, second} == ONE_SERVER:
            mock = {"x-answer": json.dumps({"status": 503, "body": {"error": {"message": "No", "type": "server_error"}}})}
        # What has failed once is not the first one of the same model again.
        model = f"{first}-{second}{'-streamed' if stream else ''}"
        answer = pairs.chat(unique, model=model, stream=stream, headers=mock)
        assert (answer.status_code, answer.headers["x-tollgate-target"]) == (200, second), answer.text
        text = sse.text_of_chunks(sse.chunks(answer.text)) if stream else answer.json()["choices"][0]["message"]["content"]
        assert text.startswith("Hello from ")
        assert [count for name, count in pairs.counters().items() if "failovers" in name and f'model="{model}"' in name] == [1]


#: What each dialect has for an error in a stream, which may be its first event. All of them have one.
FIRST_EVENTS = {
    "openai": ["server_error", "requests"],
    "responses": ["error", "documented", "failed"],
    "anthropic": ["overloaded_error", "api_error", "timeout_error", "rate_limit_error"],
    "gemini": ["UNAVAILABLE", "INTERNAL", "RESOURCE_EXHAUSTED"],
    "bedrock": [
        "modelStreamErrorException", "internalServerException", "modelTimeoutException", "serviceUnavailableException",
        "throttlingException",
    ],
    "cohere": ["ERROR"],
}


@pytest.mark.parametrize("first, name", [(first, name) for first, names in FIRST_EVENTS.items() for name in names])
def test_a_first_event_that_is_an_error_is_the_next_ones_turn(pairs, first, name):
    assert set(FIRST_EVENTS) == set(DIALECTS)
    second, mock = ("anthropic" if first != "anthropic" else "cohere"), ("openai" if first == "responses" else first)
    model = f"{first}-{second}-{name}"
    answer = pairs.chat(model=model, stream=True, headers={f"x-mock-{mock}": f"error_first={name}"})
    assert (answer.status_code, answer.headers["x-tollgate-target"]) == (200, second), answer.text
    assert sse.text_of_chunks(sse.chunks(answer.text)).startswith("Hello from ")
    failed = [count for label, count in pairs.counters().items() if "failovers" in label and f'model="{model}"' in label]
    assert failed == [1]


def test_a_first_event_that_blames_the_client_is_nobody_elses_turn(pairs):
    answer = pairs.chat(model="bedrock-cohere", stream=True, headers={"x-mock-bedrock": "error_first=validationException"})
    assert (answer.status_code, answer.headers["x-tollgate-target"]) == (400, "bedrock")


def test_a_stream_that_nobody_could_read_counts_as_it_was_reserved(pairs):
    left = lambda: int(pairs.chat(model="anthropic-gemini", max_tokens=1, mock="input=0,output=0").headers["x-ratelimit-remaining-tokens"])
    before = left()
    unread = {"status": 200, "headers": {"content-type": "text/event-stream"}, "body": "data: nonsense\n\n"}
    headers = {"x-answer": json.dumps(unread), "x-mock-openai": "error=500"}
    answer = pairs.message(model="openai-responses-unread", stream=True, max_tokens=600, headers=headers)
    assert answer.status_code == 500
    assert 580 < before - left() < 640


@pytest.fixture(scope="module")
def pairs(start, mocks, scripted):
    """A cluster for each pair of dialects, and a model that uses it."""
    keys = {name: {"env": f"{name.upper()}_API_KEY"} for name in DIALECTS} | {"responses": {"env": "OPENAI_API_KEY"}}
    providers = {name: {"dialect": name, "cluster": name, "key": keys[name]} for name in DIALECTS}
    providers |= {f"{name}-down": {"dialect": name, "cluster": "down"} for name in ONE_SERVER}
    each = list(itertools.permutations(DIALECTS, 2))
    hows = ["", "-streamed", "-unread", *(f"-{name}" for errors in FIRST_EVENTS.values() for name in errors)]

    def targets(first, second, how):
        one = {"name": "down", "provider": f"{first}-down"} if {first, second} == ONE_SERVER else {"provider": first}
        return [{**one, "model": f"{first}-{second}{how}"}, {"provider": second, "model": f"{second}-{first}{how}"}]

    models = {
        f"{first}-{second}{how}": {"targets": targets(first, second, how), "cluster": f"failover-{first}-{second}"}
        for first, second in each for how in hows
    }

    def base():
        down = lambda first, second: "down" if {first, second} == ONE_SERVER else first  # noqa: E731
        configuration = orders.with_clusters({f"failover-{first}-{second}": [down(first, second), second] for first, second in each})
        clusters = configuration["static_resources"]["clusters"]
        copy = json.dumps(next(cluster for cluster in clusters if cluster["name"] == "openai"))
        clusters += [json.loads(copy.replace('"openai"', f'"{name}"')) for name in ("responses", "down")]
        return configuration

    def change(configuration):
        impatient(configuration)
        clusters = {cluster["name"]: cluster for cluster in configuration["static_resources"]["clusters"]}
        launch.point_at(clusters["responses"], mocks.addresses["openai"])
        launch.point_at(clusters["down"], scripted.address)

    return start({"providers": providers, "models": models, "limits": [BUDGET]}, base=base, change=change)
