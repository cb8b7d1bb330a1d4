"""What one consumer asks, is told, uses and may is nothing that another can see or change."""

import asyncio
import hashlib
import json
import random
import time

import httpx
import launch
import pytest
import wire
import words

CHAT, MESSAGES = "/v1/chat/completions", "/v1/messages"
KEY = "key-of-{}"
TEAMS = [f"team-{number}" for number in range(12)]


def echo(request, connection):
    """Says what it was asked, whole or word by word, after a while of its own; or breaks in the middle."""
    asked = request.json()
    text = asked["messages"][-1]["content"]
    text = text if isinstance(text, str) else text[0]["text"]
    team, *does = text.split()
    if "fails" in does:
        connection.sendall(wire.whole(400, words.error(request.path, f"no, {text}"), [("x-of", team)]))
    elif asked.get("stream"):
        pieces = words.stream(request.path, *(f"{team} " for _ in range(20)), tokens=7)
        connection.sendall(wire.STREAM)
        for piece in pieces[:5] if "breaks" in does else pieces:
            connection.sendall(wire.chunk(piece))
            time.sleep(random.random() / 500)
        if "breaks" in does:
            return False
        connection.sendall(wire.END)
    elif "breaks" in does:
        connection.sendall(wire.whole(200, words.answer(request.path, text))[:-9])
        return False
    else:
        connection.sendall(wire.whole(200, words.answer(request.path, text, tokens=7), [("x-of", team)]))


def configuration():
    value = launch.filter_json(launch.shipped())
    value["models"]["either"] = {
        "strategy": "weighted",
        "targets": [{"provider": "openai", "model": "gpt-4.1", "weight": 1}, {"provider": "anthropic", "model": "claude-x", "weight": 1}],
    }
    value["identity"] = {"from": ["api_key"], "required": True}
    value["consumers"] = {
        team: {"key_sha256": [hashlib.sha256(KEY.format(team).encode()).hexdigest()], "models": ["gpt-*", "claude-*", "either"], "tags": {"of": team}}
        for team in TEAMS
    } | {"guest": {"key_sha256": [hashlib.sha256(b"key-of-guest").hexdigest()], "models": ["helper"]}}
    value["limits"] = [
        {"name": "budget", "per": ["consumer"], "tokens": 10_000_000, "window": "1mo", "align": "calendar"},
    ]
    return value


@pytest.fixture(scope="module")
def gateway(start):
    with wire.listening(echo) as provider:
        gateway = start(configuration(), at=provider.address, workers=2)
        gateway.provider = provider
        yield gateway


def key(team):
    return {"authorization": f"Bearer {KEY.format(team)}"}


def question(text, model="gpt-4.1", **more):
    return {"model": model, "max_tokens": 50, "messages": [{"role": "user", "content": text}], **more}


def left(gateway, team):
    answer = gateway.chat(f"{team} asks", headers=key(team), max_tokens=1)
    return int(answer.headers["x-ratelimit-remaining-tokens"])


def test_among_many_at_once_each_gets_what_is_its_own(gateway):
    """All APIs, targets and endings mixed, on connections that all share: every answer, header and error is of who asked."""
    choose = random.Random(7)
    before = {team: left(gateway, team) for team in TEAMS[:4]}

    async def ask(client, team, path, model, stream, does):
        body = question(f"{team} {does}", model, stream=stream)
        async with client.stream("POST", path, json=body, headers=key(team)) as answer:
            content = b""
            try:
                async for piece in answer.aiter_raw():
                    content += piece
                    if does == "leaves":
                        return
            except httpx.RemoteProtocolError:
                assert does == "breaks"
            everything = content.decode() + str(answer.headers)
        assert f"{team}" in everything or does == "breaks", everything
        for other in TEAMS:
            assert other == team or f"{other} " not in everything and f"'{other}'" not in everything, (team, everything)

    async def everybody():
        limits = httpx.Limits(max_connections=60)
        async with httpx.AsyncClient(base_url=gateway.url, limits=limits, timeout=60) as client:
            await asyncio.gather(*(
                ask(
                    client, team, choose.choice([CHAT, MESSAGES]), choose.choice(["gpt-4.1", "claude-x", "either"]),
                    choose.random() < 0.5, choose.choice(["asks", "asks", "asks", "fails", "breaks", "leaves"]),
                )
                for team in TEAMS for _ in range(50)
            ))

    asyncio.run(everybody())
    assert len(gateway.provider.received) > 590
    for request in gateway.provider.received:
        assert "key-of" not in str(request.headers)
    assert all(left(gateway, team) <= before[team] for team in before)


def test_what_one_uses_is_taken_from_nobody_else(gateway):
    one, other = TEAMS[10], TEAMS[11]
    before = left(gateway, other)
    for _ in range(20):
        # It may say that it is the other; only its key counts.
        assert gateway.chat(f"{one} asks", headers={**key(one), "x-consumer": other}).status_code == 200
    asked_once = before - left(gateway, other)
    assert asked_once < 100
    assert left(gateway, one) < left(gateway, other)


@pytest.mark.parametrize("path", [CHAT, MESSAGES])
@pytest.mark.parametrize("model", ["gpt-4.1", "assistant", "no-such-model", "gpt-", "*", "helper-2"])
def test_a_refusal_does_not_tell_which_models_there_are(gateway, path, model):
    answer = gateway.post(path, json.dumps(question("guest asks", model)), headers=key("guest"))
    assert answer.status_code == 403
    assert answer.text.replace(json.dumps(json.dumps(model))[1:-1], "NAME").count("NAME") == 1
    assert not [header for header in answer.headers if header.startswith(("x-tollgate", "x-ratelimit"))]


#: Where APIs take models beside the one that is asked for: to fall back to, or for their tools.
FURTHER = [
    (MESSAGES, '"fallbacks": [{"model": "MODEL"}]'),
    (MESSAGES, '"tools": [{"type": "advisor_20260301", "name": "advisor", "model": "MODEL"}]'),
    (MESSAGES, r'"fallb\u0061cks": [{"mod\u0065l": "MODEL"}]'),
    (CHAT, '"models": ["helper", "MODEL"]'),
    ("/v1/responses", '"tools": [{"type": "image_generation", "model": "MODEL"}]'),
]


@pytest.mark.parametrize("path, further", FURTHER)
def test_a_request_names_no_further_model_that_one_may_not_use(gateway, path, further):
    begin = {"model": "helper", "max_tokens": 50, "messages": [{"role": "user", "content": "guest asks"}], "input": "guest asks"}
    begin.pop("messages" if path == "/v1/responses" else "input")
    body = lambda name: json.dumps(begin)[:-1] + ", " + further.replace("MODEL", name) + "}"
    answer = gateway.post(path, body("claude-opus-x"), headers=key("guest"))
    assert answer.status_code == 403 and "opus" in answer.json()["error"]["message"]
    assert gateway.post(path, body("helper"), headers=key("guest")).status_code != 403


def test_a_list_of_models_has_those_that_one_may_use(gateway):
    names = lambda team: [model["id"] for model in gateway.client.get("/v1/models", headers=key(team)).json()["data"]]
    assert names("guest") == ["helper"]
    assert names(TEAMS[0]) == ["either"]


#: Beside a key: what is like it, and no key.
LIKE = [
    "key-of-team-", "key-of-team-00", "Key-of-team-0", "key-of-team-0\t\x7f", "xkey-of-team-0", "key-of-team-0,key-of-team-0",
    "key-of-team-0 key-of-team-0", hashlib.sha256(b"key-of-team-0").hexdigest(), "k" * 50_000, "key-of-team-\u00e9",
]


@pytest.mark.parametrize("like", LIKE, ids=lambda like: repr(like)[:20])
def test_only_the_key_itself_is_the_key(gateway, like):
    for name, value in [("authorization", f"Bearer {like}"), ("x-api-key", like), ("x-goog-api-key", like), ("api-key", like)]:
        answer = gateway.client.post(CHAT, json=question("team-0 asks"), headers={name: value.encode()})
        assert answer.status_code in (400, 401) and like[:12] not in answer.text
    assert gateway.chat("team-0 asks", headers=key("team-0")).status_code == 200
