"""Steps: other models are asked before a request goes to its target. What they say chooses the target, is inserted, or
stops the request; what they take is counted and charged."""

import concurrent.futures
import json
import re
import socket
import time

import discovery
import launch
import pytest
import sdks

#: What a step is asked ends up in its own user message, and so does a scenario in the client's instructions, which the
#: target's mock does not heed.
ASKS = "Judge this. {{system}}\n\n{{last_user_message}}"
AMPLE = 1_000_000


def to(provider, model, **more):
    return {"provider": provider, "model": model, **more}


def step(name, prompt=ASKS, model="small", **more):
    return {"name": name, "model": model, "prompt": prompt, **more}


STOP = {"when": ["unsafe"], "answer": "Not here. ({{steps.guard}})"}
MODELS = {
    "small": {"targets": [to("openai", "gpt-4.1-nano")]},
    "haiku": {"targets": [to("anthropic", "claude-haiku-4-5")]},
    "nowhere": {"targets": [{"provider": "closed"}]},
    "no-cluster": {"targets": [{"provider": "no-cluster"}]},
    "chosen": {
        "steps": [step("intent", max_output_tokens=5, on_failure="skip")],
        "targets": [
            to("openai", "gpt-4.1", name="billing", when={"step": {"intent": ["billing", "invoice"]}}),
            to("anthropic", "claude-sonnet-4-5", name="rest"),
        ],
    },
    "informed": {
        "steps": [step("facts", model="haiku", insert="Known: {{steps.facts}}", on_failure="skip")],
        "targets": [to("openai", "gpt-4.1")],
    },
    "two": {
        "steps": [
            step("first", insert="One: {{steps.first}}"),
            step("second", prompt="Given [{{steps.first}}] and {{conversation}}", insert="Two: {{steps.second}}"),
        ],
        "targets": [to("openai", "gpt-4.1")],
    },
    "guarded": {"steps": [step("guard", stop=STOP)], "targets": [to("openai", "gpt-4.1")]},
    "refused": {
        "steps": [step("guard", stop={"unless": ["safe"], "error": "This is not what we talk about here."})],
        "targets": [to("openai", "gpt-4.1")],
    },
    "must": {"steps": [step("must", timeout="500ms", max_output_bytes=20)], "targets": [to("openai", "gpt-4.1")]},
    "may": {
        "steps": [step("may", timeout="500ms", max_output_bytes=20, on_failure="skip", insert="Said: {{steps.may}}")],
        "targets": [to("openai", "gpt-4.1")],
    },
    "half": {"steps": [step("first"), step("second", model="no-cluster")], "targets": [to("openai", "gpt-4.1")]},
    "patient": {"steps": [step("slow", timeout="20s")], "targets": [to("openai", "gpt-4.1")]},
    **{
        f"{what}-{must}": {
            "steps": [step("gone", model=what, on_failure="fail" if must == "must" else "skip")],
            "targets": [to("openai", "gpt-4.1")],
        }
        for what in ("nowhere", "no-cluster") for must in ("must", "may")
    },
}


def configuration(**more):
    value = launch.filter_json(launch.shipped())
    value["providers"]["closed"] = {"dialect": "openai", "cluster": "closed"}
    value["providers"]["no-cluster"] = {"dialect": "openai", "cluster": "no-such-cluster"}
    return value | {"models": MODELS, "limits": []} | more


@pytest.fixture(scope="module")
def stepped(start):
    """Starts Envoys with these models, or others; provider `closed` refuses connections."""
    closed = socket.socket()
    closed.bind(("127.0.0.1", 0))  # and does not listen

    def change(configuration):
        clusters = configuration["static_resources"]["clusters"]
        cluster = json.loads(json.dumps(clusters[0])) | {"name": "closed"}
        launch.point_at(cluster, f"127.0.0.1:{closed.getsockname()[1]}")
        clusters.append(cluster)
        (log,) = launch.manager(configuration)["access_log"]
        log["typed_config"]["log_format"]["json_format"]["charged"] = "%FILTER_STATE(wasm.tollgate.charged_tokens:PLAIN)%"

    yield lambda **more: start(configuration(**more), change=change)
    closed.close()


@pytest.fixture(scope="module")
def gateway(stepped):
    return stepped(prices={"gpt-4.1-nano": {"input": 1, "output": 2}, "gpt-4.1": {"input": 10, "output": 20}})


def ask(gateway, model, text, said="", **more):
    """A request of which the step's provider makes what `said` says, and the target's an ordinary answer."""
    system = f"[[mock: {said}]]" if said else "Be kind."
    messages = [{"role": "system", "content": system}, {"role": "user", "content": text}]
    return gateway.chat(model=model, messages=messages, **more)


def asked(gateway, provider, unique, role="target"):
    """The request of the step, or of the target, as its provider has received it."""
    is_step = lambda one: "Judge this." in one["body"] or "Given [" in one["body"]  # noqa: E731
    (found,) = [one for one in gateway.all_received(provider, unique) if is_step(one) == (role == "step")]
    return found


# What becomes of what a step says.


def test_it_chooses_the_target(gateway, unique):
    for said, target in [("Billing.", "billing"), ("invoice", "billing"), ("weather", "rest")]:
        answer = ask(gateway, "chosen", unique, f"text={said}")
        assert (answer.status_code, answer.headers["x-tollgate-target"]) == (200, target), answer.text
    streamed = ask(gateway, "chosen", unique, "text=billing", stream=True)
    assert streamed.headers["x-tollgate-target"] == "billing" and "Hello from OpenAI." in joined(streamed)


def joined(stream):
    chunks = [json.loads(line[6:]) for line in stream.text.splitlines() if line.startswith("data: {")]
    return "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks if chunk["choices"])


def test_it_is_inserted_into_the_request_and_nothing_else_changes(gateway, unique):
    body = '{"model": "informed",  "metadata":{"a" :"b"},"messages": [{"role": "system", "content": "Be kind."}, ' \
           f'{{"role": "user","content": "{unique}"}}]}}'
    answer = gateway.post("/v1/chat/completions", body)
    assert answer.status_code == 200, answer.text
    found = asked(gateway, "openai", unique)
    changed = body.replace('"Be kind."', r'"Be kind.\n\nKnown: Hello from Anthropic."').replace('"informed"', '"gpt-4.1"')
    assert found["body"] == changed
    assert found["headers"]["content-length"] == str(len(changed))


def test_steps_are_asked_one_after_the_other_and_know_what_was_said(gateway, unique):
    messages = [
        {"role": "user", "content": f"A {unique}"}, {"role": "assistant", "content": "B"},
        {"role": "user", "content": [{"type": "text", "text": "C"}, {"type": "text", "text": "D"}]},
    ]
    assert gateway.chat(model="two", messages=messages).status_code == 200
    (system, *rest) = asked(gateway, "openai", unique)["json"]["messages"]
    assert system == {"role": "system", "content": "One: Hello from OpenAI.\n\nTwo: Hello from OpenAI."}
    assert rest == messages
    second = asked(gateway, "openai", unique, "step")["json"]
    assert second["messages"] == [
        {"role": "user", "content": f"Given [Hello from OpenAI.] and user: A {unique}\n\nassistant: B\n\nuser: C\nD"}
    ]


def test_it_stops_the_request_with_an_answer(gateway, unique):
    answer = ask(gateway, "guarded", unique, "text=UNSAFE")
    assert (answer.status_code, answer.headers["x-tollgate-step"]) == (200, "guard"), answer.text
    body = answer.json()
    assert body["choices"][0]["message"]["content"] == "Not here. (UNSAFE)"
    assert body["choices"][0]["finish_reason"] == "stop" and body["usage"]["total_tokens"] == 0
    assert body["model"] == "guarded"
    assert not [one for one in gateway.all_received("openai", unique) if "Judge this." not in one["body"]]

    streamed = ask(gateway, "guarded", unique, "text=unsafe", stream=True)
    assert streamed.headers["content-type"] == "text/event-stream"
    assert joined(streamed) == "Not here. (unsafe)" and streamed.text.endswith("data: [DONE]\n\n")

    passed = ask(gateway, "guarded", unique, "text=safe")
    assert passed.json()["choices"][0]["message"]["content"] == "Hello from OpenAI."
    assert "x-tollgate-step" not in passed.headers


def test_it_stops_the_request_with_an_error(gateway, unique):
    answer = ask(gateway, "refused", unique, "text=No%20idea")
    assert answer.status_code == 400 and answer.headers["x-tollgate-step"] == "guard"
    error = answer.json()["error"]
    assert (error["message"], error["code"]) == ("This is not what we talk about here.", "content_filter")
    assert ask(gateway, "refused", unique, "text=Safe.").status_code == 200


CLIENTS = {
    "openai": sdks.OpenAI, "responses": sdks.Responses, "anthropic": sdks.Anthropic, "gemini": sdks.Gemini,
    "bedrock": sdks.Bedrock, "cohere": sdks.Cohere,
}


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("name", CLIENTS)
def test_every_sdk_reads_an_answer_that_no_model_gave(gateway, name, stream):
    client = CLIENTS[name](gateway.url)
    # In the user's message, where the step's mock finds it, too.
    said = client.ask("guarded", client.user("[[mock: text=unsafe]]"), stream=stream)
    assert (said.text, said.finish, said.input, said.output) == ("Not here. (unsafe)", "stop", 0, 0)
    passed = client.ask("guarded", client.user("[[mock: text=safe]]"), stream=stream)
    assert passed.text == "safe"


@pytest.mark.parametrize("name", CLIENTS)
def test_every_sdk_can_be_instructed(gateway, name, unique):
    client = CLIENTS[name](gateway.url)
    assert client.ask("informed", client.user(unique)).text == "Hello from OpenAI."
    first, *rest = asked(gateway, "openai", unique)["json"]["messages"]
    content = first["content"] if isinstance(first["content"], str) else first["content"][0]["text"]
    assert (first["role"], content) == ("system", "Known: Hello from Anthropic.") and len(rest) == 1


# Who is asked, and with whose key.


def test_a_step_is_asked_with_its_providers_own_key_and_nothing_of_the_clients(gateway, unique):
    headers = {
        "authorization": "Bearer the-clients-own", "cookie": "a=b", "x-api-key": "the-clients-too", "x-custom": "mine",
        "openai-organization": "org", "anthropic-beta": "x", "x-tollgate-cluster": "anthropic",
    }
    assert ask(gateway, "informed", unique, headers=headers).status_code == 200
    got = asked(gateway, "anthropic", unique, "step")
    assert got["headers"]["x-api-key"] == "mock-anthropic-key"
    assert got["headers"]["anthropic-version"] and got["headers"]["content-type"] == "application/json"
    assert got["headers"]["host"] == "api.anthropic.com"
    known = {
        "host", "content-type", "content-length", "x-api-key", "anthropic-version", "x-envoy-expected-rq-timeout-ms",
        "x-request-id", "x-forwarded-proto", "x-envoy-internal", "transfer-encoding",
    }
    assert set(got["headers"]) <= known, got["headers"]
    assert got["json"]["model"] == "claude-haiku-4-5" and got["json"]["max_tokens"] == 256
    assert "the-clients" not in json.dumps(got)


def test_a_passed_on_key_is_the_clients(stepped, unique):
    providers = launch.filter_json(launch.shipped())["providers"]
    providers["openai"]["key"] = "passthrough"
    gateway = stepped(providers=providers, models={
        "small": {"targets": [to("openai", "gpt-4.1-nano")]},
        "m": {"steps": [step("s")], "targets": [to("openai", "gpt-4.1")]},
    })
    answer = ask(gateway, "m", unique, headers={"authorization": "Bearer mock-openai-key"})
    assert answer.status_code == 200, answer.text
    assert asked(gateway, "openai", unique, "step")["headers"]["authorization"] == "Bearer mock-openai-key"
    assert ask(gateway, "m", unique, headers={"authorization": "Bearer wrong"}).status_code == 502


def test_what_envoy_adds_on_a_cluster_a_steps_request_has_too(start, unique):
    """Credentials that are injected there, and signatures, are added like this header."""
    kinds = "type.googleapis.com/envoy.extensions"
    added = {"append": {"header": {"key": "x-added", "value": "by-envoy"}}}
    filters = [
        {"name": "add", "typed_config": {
            "@type": f"{kinds}.filters.http.header_mutation.v3.HeaderMutation", "mutations": {"request_mutations": [added]},
        }},
        {"name": "codec", "typed_config": {"@type": f"{kinds}.filters.http.upstream_codec.v3.UpstreamCodec"}},
    ]

    def change(configuration):
        (cluster,) = [one for one in configuration["static_resources"]["clusters"] if one["name"] == "openai"]
        cluster["typed_extension_protocol_options"] = {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
            "@type": f"{kinds}.upstreams.http.v3.HttpProtocolOptions",
            "explicit_http_config": {"http_protocol_options": {}}, "http_filters": filters,
        }}

    models = {"small": MODELS["small"], "m": {"steps": [step("s")], "targets": [to("openai", "gpt-4.1")]}}
    gateway = start(launch.filter_json(launch.shipped()) | {"models": models}, change=change)
    assert ask(gateway, "m", unique).status_code == 200
    for role in ("step", "target"):
        assert asked(gateway, "openai", unique, role)["headers"]["x-added"] == "by-envoy"


def test_clients_need_no_access_to_a_steps_model(stepped, unique):
    gateway = stepped(
        identity={"from": [{"header": "x-consumer"}], "required": True}, consumers={"red": {"models": ["guarded"]}}
    )
    answer = ask(gateway, "guarded", unique, headers={"x-consumer": "red"})
    assert answer.status_code == 200, answer.text
    assert gateway.chat(model="small", headers={"x-consumer": "red"}).status_code == 403


def test_a_steps_target_is_picked_by_how_the_targets_are(stepped, unique):
    gateway = stepped(models={
        "small": {"targets": [{"provider": "closed"}, to("openai", "gpt-4.1-nano")]},
        "m": {"steps": [step("s", on_failure="skip", insert="Said: {{steps.s}}")], "targets": [to("openai", "gpt-4.1")]},
    })
    assert ask(gateway, "m", unique).status_code == 200
    again = unique + "-again"
    assert ask(gateway, "m", again).status_code == 200
    assert "Said: Hello from OpenAI." in asked(gateway, "openai", again)["body"], "the closed one is left alone now"


def test_what_steps_have_said_goes_with_every_attempt(start, unique):
    """The client's body, with what was inserted, is what each target of a failover is told."""
    example = json.loads((launch.ROOT / "examples" / "failover.json").read_text())
    example["models"] |= {
        "small": {"targets": [to("openai", "gpt-4.1-nano")]},
        "assistant": example["models"]["assistant"] | {"steps": [step("facts", insert="Known: {{steps.facts}}")]},
    }
    gateway = start(example, base=launch.failover)
    answer = ask(gateway, "assistant", unique, headers={"x-mock-anthropic": "error=500"})
    assert (answer.status_code, answer.headers["x-tollgate-target"]) == (200, "openai"), answer.text
    known = "Be kind.\n\nKnown: Hello from OpenAI."
    assert asked(gateway, "anthropic", unique)["json"]["system"] == known
    assert asked(gateway, "openai", unique)["json"]["messages"][0] == {"role": "system", "content": known}
    line = gateway.access_log(model="assistant")
    assert int(line["step_input_tokens"]) > 0 and int(line["input_tokens"]) > 0


# What only conversations can be.


def test_what_is_no_conversation_is_refused_and_counting_is_free(gateway, unique):
    answer = gateway.post("/v1/embeddings", {"model": "guarded", "input": unique})
    assert answer.status_code == 400 and "conversations only" in answer.json()["error"]["message"]
    answer = gateway.post("/v1/completions", {"model": "guarded", "prompt": unique})
    assert answer.status_code == 400, answer.text
    counted = gateway.post("/v1/messages/count_tokens", {"model": "guarded", "messages": [{"role": "user", "content": unique}]})
    assert counted.status_code == 200 and counted.json()["input_tokens"] > 0
    assert not gateway.all_received("openai", unique)


# What fails.

FAILURES = {
    "error=500": (502, "its provider answered with an error"),
    "garbage": (502, "its provider's answer cannot be read"),
    "hang": (504, "it took longer than it may"),
    "words=30": (502, "it said more than it may"),
    "refusal": (502, "it said nothing"),
    "empty": (502, "it said nothing"),
}


@pytest.mark.parametrize("scenario", FAILURES)
def test_a_step_that_fails_ends_the_request_or_is_skipped(gateway, unique, scenario):
    status, reason = FAILURES[scenario]
    began = time.monotonic()
    answer = ask(gateway, "must", unique, scenario)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, "step_failed"), answer.text
    assert error["message"] == f'The step "must" that goes before this model has failed: {reason}.'
    skipped = ask(gateway, "may", unique, scenario)
    assert skipped.status_code == 200, skipped.text
    assert "Said:" not in asked(gateway, "openai", unique)["body"]
    assert time.monotonic() < began + 5


@pytest.mark.parametrize("model", ["nowhere", "no-cluster"])
def test_a_step_that_reaches_nobody(gateway, unique, model):
    answer = ask(gateway, f"{model}-must", unique)
    assert answer.status_code == 502 and answer.json()["error"]["code"] == "step_failed", answer.text
    assert ask(gateway, f"{model}-may", unique).status_code == 200


def test_an_error_is_in_the_clients_words(gateway):
    answer = gateway.message("[[mock: hang]]", model="must")
    assert answer.status_code == 504 and answer.json()["type"] == "error"


def test_neither_prompts_nor_keys_are_logged(start, unique):
    gateway = start(configuration(providers=launch.filter_json(launch.shipped())["providers"], models={
        name: MODELS[name] for name in ("small", "haiku", "must", "chosen")
    }), log_level="debug")
    for model, said in [("chosen", "text=very%20secret"), ("must", "hang"), ("must", "error=500")]:
        ask(gateway, model, unique, said)
    assert gateway.logged('step "intent" asks')
    for secret in (unique, "very secret", "Judge this", "mock-openai-key"):
        assert secret not in gateway.envoy.log(), secret


# What they take.

BUDGET = {"name": "budget", "per": ["consumer"], "tokens": AMPLE, "window": "1mo", "align": "calendar"}


@pytest.fixture(scope="module")
def charged(stepped):
    return stepped(
        limits=[BUDGET],
        identity={"from": [{"header": "x-consumer"}]}, consumers={"*": {}},
        prices={"gpt-4.1-nano": {"input": 1, "output": 2}, "gpt-4.1": {"input": 10, "output": 20}},
    )


def left(gateway, consumer):
    """What is left of the consumer's budget, which one request that takes nothing of it tells."""
    answer = gateway.chat(model="small", headers={"x-consumer": consumer}, mock="error=400", max_tokens=1)
    reserved = AMPLE - int(answer.headers["x-ratelimit-remaining-tokens"])
    again = gateway.chat(model="small", headers={"x-consumer": consumer}, mock="error=400", max_tokens=1)
    assert AMPLE - int(again.headers["x-ratelimit-remaining-tokens"]) == reserved, "errors take nothing"
    return reserved


@pytest.fixture(scope="module")
def probe(charged):
    """What such a request itself reserves."""
    return left(charged, "nobody-else")


def test_steps_and_target_are_charged_to_the_token(charged, probe, unique):
    consumer = unique
    answer = ask(charged, "chosen", unique, "text=billing input=1000 output=10", headers={"x-consumer": consumer},
                 mock="input=300,output=20")
    # The header is the target's alone: what steps are asked with is not the client's.
    assert answer.status_code == 200, answer.text
    assert left(charged, consumer) - probe == 1010 + 320
    line = charged.access_log(consumer=consumer, model="chosen")
    assert (line["input_tokens"], line["output_tokens"]) == ("300", "20")
    assert line["cost_nanousd"] == str(1000 * 1000 + 10 * 2000 + 300 * 10_000 + 20 * 20_000)
    assert (line["step_input_tokens"], line["step_output_tokens"]) == ("1000", "10")


@pytest.mark.parametrize("model, scenario, takes", [
    ("guarded", "text=unsafe input=77 output=3", 80),
    ("must", "words=30 input=50 output=30", 80),
    ("must", "error=500", 0),
])
def test_a_request_that_ends_with_its_step_is_charged_that_alone(charged, probe, unique, model, scenario, takes):
    ask(charged, model, unique, scenario, headers={"x-consumer": unique})
    assert left(charged, unique) - probe == takes
    if takes:
        line = charged.access_log(consumer=unique, model=model)
        assert int(line["step_input_tokens"]) + int(line["step_output_tokens"]) == takes and line["cost_nanousd"]


def test_what_steps_took_before_one_that_fails_is_charged(charged, probe, unique):
    assert ask(charged, "half", unique, "input=1000 output=10", headers={"x-consumer": unique}).status_code == 502
    assert left(charged, unique) - probe == 1010
    assert charged.access_log(consumer=unique, model="half")["charged"] == "1010"


def test_a_client_that_leaves_during_a_step_leaves_nothing_behind(charged, probe, unique):
    content = json.dumps({"model": "patient", "messages": [
        {"role": "system", "content": "[[mock: delay_ms=1500 input=5 output=5]]"}, {"role": "user", "content": unique},
    ]})
    with socket.create_connection(charged.url.removeprefix("http://").split(":")) as connection:
        connection.sendall(
            f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nx-consumer: {unique}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(content)}\r\n\r\n{content}".encode()
        )
        deadline = time.monotonic() + 5
        while not charged.all_received("openai", unique) and time.monotonic() < deadline:
            time.sleep(0.05)
    time.sleep(2)
    # Nobody has seen what the provider did for it: what was reserved stays.
    taken = left(charged, unique) - probe
    assert 256 < taken < 400
    assert not [one for one in charged.all_received("openai", unique) if "Judge this." not in one["body"]]
    again = ask(charged, "patient", unique, headers={"x-consumer": unique})
    assert again.status_code == 200


def test_a_limit_that_refuses_a_step_refuses_the_request_unless_it_is_skipped(stepped, unique):
    limits = [{"name": "few", "per": ["consumer", "model"], "requests": 1, "window": "1mo", "align": "calendar",
               "match": {"model": "small"}}]
    gateway = stepped(limits=limits, identity={"from": [{"header": "x-consumer"}]}, consumers={"*": {}})
    headers = {"x-consumer": unique}
    assert ask(gateway, "must", unique, headers=headers).status_code == 200
    answer = ask(gateway, "must", unique, headers=headers)
    assert answer.status_code == 429 and '"few"' in answer.json()["error"]["message"] and answer.headers["retry-after"]
    assert ask(gateway, "may", unique, headers=headers).status_code == 200


def test_steps_are_counted(stepped, unique):
    gateway = stepped()
    for model, said in [("chosen", "text=billing"), ("guarded", "text=unsafe"), ("may", "hang"), ("must", "error=500")]:
        ask(gateway, model, unique, said)
    found = {}
    for name, count in gateway.counters().items():
        if name.startswith("tollgate_steps"):
            labels = dict(re.findall(r'(\w+)="([^"]*)"', name))
            found[labels["model"], labels["step"], labels["outcome"]] = count
    assert found == {
        ("chosen", "intent", "answered"): 1, ("guarded", "guard", "stopped"): 1, ("may", "may", "timeout"): 1,
        ("must", "must", "error"): 1,
    }
    assert any('reason="step_failed"' in name for name in gateway.counters())
    requests = [name for name in gateway.counters() if name.startswith("tollgate_requests") and 'model="small"' in name]
    assert requests, "a step's request is one of its model"


def test_an_update_of_the_configuration_does_not_disturb_a_step(discovered, unique):
    running, value = discovered
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(ask, running.gateway, "m", unique, "delay_ms=1500 text=yes") for _ in range(4)]
        while len(running.gateway.all_received("openai", unique)) < 4:
            time.sleep(0.02)
        running.publish(value | {"version": "two", "models": {"m": {"targets": [to("anthropic", "claude-sonnet-4-5")]}}})
        answers = [one.result() for one in asked]
    assert {(answer.status_code, answer.headers["x-tollgate-provider"]) for answer in answers} == {(200, "openai")}
    assert ask(running.gateway, "m", unique, headers={"connection": "close"}).headers["x-tollgate-provider"] == "anthropic"


@pytest.fixture
def discovered(start, tmp_path):
    models = {"small": MODELS["small"], "m": {"steps": [step("slow")], "targets": [to("openai", "gpt-4.1")]}}
    value = launch.filter_json(launch.shipped()) | {"models": models, "limits": []}
    return discovery.Discovered(start, tmp_path, value), value


def test_many_at_once(charged, unique):
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        asked = [pool.submit(ask, charged, "chosen", unique, "text=billing delay_ms=100", headers={"x-consumer": unique}) for _ in range(48)]
        answers = [one.result() for one in asked]
    assert [answer.text for answer in answers if answer.status_code != 200] == []
    assert {answer.headers["x-tollgate-target"] for answer in answers} == {"billing"}
