"""Keys and prompts: after traffic of every kind, nothing that Envoy writes or tells holds one, and no client sees a key
that is not its own."""

import hashlib
import itertools
import json
import time

import launch
import pytest
import wire
import words

KEYS = {"OPENAI_API_KEY": "sk-openai-canary-7f3a91", "ANTHROPIC_API_KEY": "sk-ant-canary-55d210"}
CLIENTS = "client-canary-8811"
WRONG = "wrong-canary-2054"
SAID = {"user": "prompt-canary-3091", "system": "system-canary-7742", "tool": "tool_canary_6620", "answer": "answer-canary-1187"}
CANARIES = [*KEYS.values(), CLIENTS, WRONG, *SAID.values()]
#: How Envoy's admin interface tells of what it has and does.
TOLD = ["/stats", "/stats/prometheus", "/clusters", "/config_dump?include_eds", "/listeners", "/server_info", "/certs", "/runtime"]


def echo(request, connection):
    """Answers as the model's name says; a fault repeats the key that it was shown."""
    path, (key,) = request.path, request.all("authorization") or request.all("x-api-key")
    key = key.removeprefix("Bearer ")
    asked = request.json()
    _, *fault = asked["model"].split("-", 1)
    told = f"no account for {key} that may say {SAID['user']}"
    send = connection.sendall
    match fault:
        case ["tells"]:
            send(wire.whole(200, words.answer(path, SAID["answer"]), [("x-debug", f"key={key}"), ("x-id", "1")]))
        case [("400" | "401" | "403" | "429" | "500") as status]:
            send(wire.whole(int(status), words.error(path, told)))
        case ["escaped"]:
            body = json.dumps(words.error(path, told)).replace("canary", r"c\u0061nary")
            send(wire.whole(400, body.encode()))
        case ["called_success"]:
            send(wire.whole(200, words.error(path, told)))
        case ["html"]:
            send(wire.whole(502, f"<html>{told}</html>".encode(), kind="text/html"))
        case ["garbage"]:
            send(wire.whole(200, f"{{{told}".encode()))
        case ["first"]:
            send(wire.STREAM + wire.chunk(words.event(path, {**words.error(path, told)})) + wire.END)
        case ["breaks"]:
            pieces = [*words.beginning(path), words.words(path, "Hi"), words.event(path, words.error(path, told))]
            send(wire.STREAM + b"".join(map(wire.chunk, pieces)) + wire.END)
        case ["breaks_escaped"]:
            error = words.event(path, words.error(path, told)).replace(b"canary", rb"c\u0061nary")
            send(wire.STREAM + b"".join(map(wire.chunk, [*words.beginning(path), words.words(path, "Hi")])))
            time.sleep(0.05)
            send(wire.chunk(error) + wire.END)
        case ["cut"]:
            send(wire.whole(200, told.encode() * 9)[:-5])
            return False
        case ["hangs_up"]:
            return False
        case _ if asked.get("stream"):
            send(wire.STREAM + b"".join(map(wire.chunk, words.stream(path, SAID["answer"]))) + wire.END)
        case _:
            send(wire.whole(200, words.answer(path, SAID["answer"])))


FAULTS = ["fine", "tells", "400", "401", "403", "429", "500", "escaped", "called_success", "html", "garbage", "first", "breaks", "breaks_escaped", "cut", "hangs_up"]


def configuration(**more):
    value = launch.filter_json(launch.shipped())
    target = lambda provider, model: {"provider": provider, "model": model}
    over = {"failover-openai": ["openai", "anthropic"], "failover-anthropic": ["anthropic", "openai"]}
    step = {"name": "guard", "prompt": "Is this fine? {{last_user_message}}"}
    value["models"] |= {
        f"over-{fault}": {"cluster": over, "targets": [target("openai", f"gpt-{fault}"), target("anthropic", "claude-fine")]}
        for fault in ["401", "500", "escaped", "first", "garbage", "fine"]
    } | {
        f"both-{fault}": {"cluster": over, "targets": [target("openai", f"gpt-{fault}"), target("anthropic", f"claude-{fault}")]}
        for fault in ["401", "500", "first", "hangs_up"]
    } | {
        f"chained-{fault}": {"steps": [{**step, "model": f"gpt-{fault}", "insert": "It said {{steps.guard}}"}], "targets": [target("anthropic", "claude-fine")]}
        for fault in ["fine", "400", "garbage"]
    } | {
        "shadowed": {"targets": [target("openai", "gpt-fine"), {**target("anthropic", "claude-400"), "name": "new", "shadow": True}]},
    }
    value["consumers"] = {"team-red": {"key_sha256": [hashlib.sha256(CLIENTS.encode()).hexdigest()]}}
    value["identity"] = {"from": ["api_key"], "required": True}
    return {**value, **more}


MODELS = [f"{name}-{fault}" for name in ("gpt", "claude") for fault in FAULTS]
MODELS += [name for name in configuration()["models"] if name.startswith(("over", "both", "chained"))] + ["shadowed", "unknown"]


def asked(stream, model):
    tool = {"name": SAID["tool"], "description": SAID["tool"]}
    user, system = {"role": "user", "content": SAID["user"]}, {"role": "system", "content": SAID["system"]}
    shared = {"model": model, "stream": stream, "max_tokens": 50}
    return {
        "/v1/chat/completions": {
            **shared, "messages": [system, user], "seed": 1, "user": SAID["user"],
            "tools": [{"type": "function", "function": {**tool, "parameters": {"type": "object"}}}],
        },
        "/v1/messages": {
            **shared, "messages": [user], "system": SAID["system"], "top_k": 5, "metadata": {"user_id": SAID["user"]},
            "tools": [{**tool, "input_schema": {"type": "object"}}],
        },
    }


@pytest.fixture(scope="module")
def told(start):
    """The answers to all of it by what was asked, and the gateway that gave them."""
    with wire.listening(echo) as provider:
        # Each target stays in use, whatever it answers.
        well = {name: {**model, "health": {"cooldown": "1s", "max_cooldown": "1s"}} for name, model in configuration()["models"].items()}
        gateway = start(configuration(models=well), base=lambda: launch.failover(), at=provider.address, env=KEYS, log_level="trace")
        answers = {}

        def ask(name, path, body, headers):
            with gateway.client.stream("POST", path, content=body, headers={"content-type": "application/json", **headers}) as answer:
                try:
                    content = answer.read().decode()
                except Exception as broken_off:
                    content = str(broken_off)
            answers[name] = (answer.status_code, str(answer.headers), content)

        for model, stream in itertools.product(MODELS, [False, True]):
            for path, body in asked(stream, model).items():
                ask((path, model, stream), path, json.dumps(body), {"authorization": f"Bearer {CLIENTS}"})
        good = json.dumps(asked(False, "gpt-fine")["/v1/messages"])
        for path in ["/v1/messages", "/v1/unknown", "/v1beta/models/x", "/v1/messages/../x"]:
            for query in ["key", "api_key", "access_token", "KEY", "k%65y"]:
                ask((path, query), f"{path}?{query}={WRONG}", good, {})
            ask((path, "wrong"), path, good, {"x-api-key": WRONG, "cookie": WRONG})
            ask((path, "broken"), path, good[:-9], {"x-api-key": CLIENTS})
        ask((path, "large"), "/v1/messages", good + " " * 33_600_000, {"x-api-key": CLIENTS})
        yield gateway, answers


def test_the_traffic_was_of_every_kind(told):
    gateway, answers = told
    assert {status for status, *_ in answers.values()} >= {200, 400, 401, 404, 413, 429, 500, 502, 503}
    assert any(SAID["answer"] in content for _, _, content in answers.values())
    for said in ["asks for", "goes to", "tollgate: tries", "tollgate: dropped", "tollgate: step", "refused with", "is left alone for"]:
        assert gateway.logged(said), said


def test_no_client_sees_a_providers_key_or_that_of_a_client(told):
    seen = {name: key for name, answer in told[1].items() for key in [*KEYS.values(), CLIENTS, WRONG] if key in str(answer).replace(r"\\u0061", "a")}
    assert seen == {}


def test_an_error_of_the_gateways_own_repeats_no_prompt(told):
    own = {name: answer for name, answer in told[1].items() if name[1] in ("unknown", "broken", "large", "wrong")}
    assert len(own) > 8
    assert not [name for name, answer in own.items() for canary in SAID.values() if canary in str(answer)]


@pytest.mark.parametrize("place", ["log", "access log", *TOLD])
def test_nothing_that_envoy_writes_or_tells_holds_a_key_or_a_prompt(told, place):
    gateway, _ = told
    text = {"log": gateway.envoy.log, "access log": gateway.envoy.output}.get(place, lambda: gateway.envoy.ask(place))()
    assert text
    found = {canary: text[max(0, text.index(canary) - 200):][:300] for canary in CANARIES if canary in text}
    assert found == {}


def test_a_key_that_is_written_into_the_configuration_is_in_what_envoy_tells_of_it_and_nowhere_else(start):
    """Which is why keys come from the environment."""
    with wire.listening(echo) as provider:
        value = configuration()
        value["providers"]["openai"]["key"] = {"value": "sk-written-canary-4410"}
        gateway = start(value, base=lambda: launch.failover(), at=provider.address, env=KEYS, log_level="trace")
        for fault in FAULTS:
            try:
                answer = gateway.chat(model=f"gpt-{fault}", headers={"authorization": f"Bearer {CLIENTS}"})
                assert "written-canary" not in answer.text + str(answer.headers)
            except Exception as broken_off:
                assert "peer closed" in str(broken_off)
        assert len(provider.received) == len(FAULTS)
        assert provider.received[0].all("authorization") == ["Bearer sk-written-canary-4410"]
        assert gateway.logged("asks for")
        holds = {place for place in TOLD if "written-canary" in gateway.envoy.ask(place)}
        assert holds == {"/config_dump?include_eds"}
        assert "written-canary" not in gateway.envoy.log() + gateway.envoy.output()
