"""Who may call, what they may use, and what must stay between two sides only."""

import hashlib

import launch
import pytest

BASE = launch.filter_json(launch.shipped())


def digest(key):
    return hashlib.sha256(key.encode()).hexdigest()


CONFIGURATION = {
    **BASE,
    "identity": {"from": ["api_key", {"header": "x-consumer"}], "required": True},
    "consumers": {
        "team-red": {"key_sha256": [digest("red-key"), digest("red-second-key")], "models": ["gpt-*", "helper"]},
        "team-blue": {"key_sha256": [digest("blue-key")]},
    },
}
BEARER_RED = {"authorization": "Bearer red-key"}


@pytest.fixture(scope="module")
def guarded(start):
    gateway = start(CONFIGURATION, log_level="trace")
    yield gateway
    assert gateway.trapped() == 0
    # Everything that was sent in this module, looked for in everything that Envoy wrote and tells.
    stats = gateway.envoy.ask("/stats") + gateway.envoy.ask("/clusters")
    told = gateway.envoy.log() + gateway.envoy.output() + stats
    for secret in ["red-key", "blue-key", "wrong-key", "mock-openai-key", "mock-anthropic-key", "a-secret-prompt"]:
        assert secret not in told, f"{secret} was written to a log or a metric"


@pytest.mark.parametrize("headers", [
    BEARER_RED,
    {"authorization": "bearer red-second-key"},
    {"x-api-key": "red-key"},
    {"x-goog-api-key": "red-key"},
    {"api-key": "red-key"},
    {"x-consumer": "team-red"},
    {"authorization": "Bearer some-provider-key", "x-consumer": "team-red"},
])
def test_a_consumer_is_known_by_key_or_by_header(guarded, headers):
    assert guarded.chat("a-secret-prompt", headers=headers).status_code == 200


def test_googles_clients_may_have_their_key_in_the_query(guarded, unique):
    path = "/v1beta/models/helper:generateContent"
    body = {"contents": [{"parts": [{"text": unique}]}]}
    assert guarded.post(f"{path}?key=red-key", body).status_code == 200
    assert "key" not in guarded.received("openai", unique)["path"]
    for query in ["?key=wrong-key", "?key=red-key&key=wrong-key", "?alt=sse&key=", ""]:
        answer = guarded.post(f"{path}{query}", body)
        assert (answer.status_code, answer.json()["error"]["status"]) == (401, "UNAUTHENTICATED"), query


def test_what_aws_signed_for_a_client_goes_nowhere(guarded, unique):
    signed = {
        "authorization": "AWS4-HMAC-SHA256 Credential=AKID/20261120/us-east-1/bedrock/aws4_request, Signature=red-key",
        "x-amz-security-token": "red-key", "x-amz-date": "20261120T000000Z", "x-consumer": "team-red",
    }
    body = {"messages": [{"role": "user", "content": [{"text": unique}]}]}
    assert guarded.post("/model/helper/converse", body, headers=signed).status_code == 200
    received = guarded.received("openai", unique)["headers"]
    assert received["authorization"] == "Bearer mock-openai-key"
    assert "red-key" not in str(received) and not [name for name in received if name.startswith("x-amz-")]


@pytest.mark.parametrize("headers", [
    {},
    {"authorization": "Bearer wrong-key"},
    {"authorization": "Bearer"},
    {"authorization": "Basic red-key"},
    {"authorization": "red-key"},
    {"x-api-key": "red-ke"},
    {"x-api-key": digest("red-key")},
    {"x-consumer": "nobody"},
])
def test_everybody_else_is_refused_in_the_clients_words(guarded, headers):
    openai = guarded.chat(headers=headers)
    assert openai.status_code == 401
    error = openai.json()["error"]
    assert (error["type"], error["code"]) == ("invalid_request_error", "invalid_api_key")
    anthropic = guarded.message(headers=headers)
    assert anthropic.status_code == 401
    assert anthropic.json()["error"]["type"] == "authentication_error"
    models = guarded.client.get("/v1/models", headers=headers)
    assert models.status_code == 401


@pytest.mark.parametrize("name, values", [
    ("x-consumer", ["team-red", "team-blue"]),
    ("x-api-key", ["red-key", "blue-key"]),
    ("authorization", ["Bearer red-key", "Bearer blue-key"]),
])
def test_who_is_named_twice_is_nobody(guarded, name, values):
    body = {"model": "gpt-4.1", "messages": [{"role": "user", "content": "Hello"}]}
    headers = [(name, value) for value in values]
    assert guarded.client.post("/v1/chat/completions", json=body, headers=headers).status_code == 401


def test_a_model_that_is_not_allowed_is_forbidden(guarded):
    openai = guarded.chat(model="assistant", headers=BEARER_RED)
    assert openai.status_code == 403
    assert "assistant" in openai.json()["error"]["message"]
    anthropic = guarded.message(model="claude-sonnet-4-5", headers=BEARER_RED)
    assert (anthropic.status_code, anthropic.json()["error"]["type"]) == (403, "permission_error")


def test_a_model_that_does_not_exist_is_not_found(guarded):
    openai = guarded.chat(model="llama", headers={"authorization": "Bearer blue-key"})
    assert (openai.status_code, openai.json()["error"]["code"]) == (404, "model_not_found")
    anthropic = guarded.message(model="llama", headers={"x-api-key": "blue-key"})
    assert (anthropic.status_code, anthropic.json()["error"]["type"]) == (404, "not_found_error")


def test_the_list_of_models_holds_what_the_caller_may_use(guarded):
    listed = guarded.client.get("/v1/models", headers=BEARER_RED).json()["data"]
    assert [model["id"] for model in listed] == ["helper"]
    listed = guarded.client.get("/v1/models", headers={"x-api-key": "blue-key", "anthropic-version": "2026-10-21"}).json()
    assert [model["id"] for model in listed["data"]] == ["assistant", "helper"]
    assert (listed["has_more"], listed["data"][0]["type"]) == (False, "model")


@pytest.mark.parametrize("api, model, provider, key", [
    ("chat", "gpt-4.1", "openai", ("authorization", "Bearer mock-openai-key")),
    ("message", "gpt-4.1", "openai", ("authorization", "Bearer mock-openai-key")),
    ("chat", "claude-opus-4-6", "anthropic", ("x-api-key", "mock-anthropic-key")),
    ("message", "claude-opus-4-6", "anthropic", ("x-api-key", "mock-anthropic-key")),
])
@pytest.mark.parametrize("sent", [{"authorization": "Bearer blue-key"}, {"x-api-key": "blue-key"}])
def test_a_provider_gets_the_gateways_key_and_nothing_of_the_clients(guarded, unique, api, model, provider, key, sent):
    also = {
        "cookie": "session=blue-key",
        "proxy-authorization": "Bearer blue-key",
        "api-key": "blue-key",
        "x-consumer": "team-blue",
        "openai-organization": "blue-key",
        "accept-encoding": "gzip",
        "x-tollgate-cluster": "blue-key",
        "x-tollgate-anything": "blue-key",
    }
    assert getattr(guarded, api)(unique, model=model, headers={**sent, **also}).status_code == 200
    received = guarded.received(provider, unique)
    assert received["headers"][key[0]] == key[1]
    assert "blue" not in str(received["headers"]).lower()
    for name in ["accept-encoding", "x-forwarded-for", "x-envoy-external-address"]:
        assert name not in received["headers"]
    assert not [name for name in received["headers"] if name.startswith("x-tollgate-")]


@pytest.mark.parametrize("api", ["chat", "message"])
@pytest.mark.parametrize("model", ["gpt-4.1", "claude-opus-4-6"])
def test_a_key_that_the_provider_refuses_is_not_shown(start, api, model):
    gateway = start(BASE, env={"OPENAI_API_KEY": "sk-expired-0123456789", "ANTHROPIC_API_KEY": "sk-expired-0123456789"})
    answer = getattr(gateway, api)(model=model)
    assert answer.status_code == 401
    assert answer.json()["error"]["message"] == "The provider refused the gateway's credential."
    assert "expired" not in answer.text and "expired" not in str(answer.headers)


def test_with_passthrough_the_clients_own_key_goes_to_the_provider(start, unique):
    providers = {name: {**provider, "key": "passthrough"} for name, provider in BASE["providers"].items()}
    gateway = start({**BASE, "providers": providers})
    openai, anthropic = "Bearer mock-openai-key", "mock-anthropic-key"
    assert gateway.chat(headers={"authorization": openai}).status_code == 200
    assert gateway.message(headers={"x-api-key": anthropic}).status_code == 200
    assert gateway.message(headers={"authorization": f"Bearer {anthropic}"}).status_code == 200
    assert gateway.chat(model="claude-opus-4-6", headers={"authorization": f"Bearer {anthropic}"}).status_code == 200
    assert gateway.message(model="gpt-4.1", headers={"x-api-key": "mock-openai-key"}).status_code == 200
    assert gateway.chat().status_code == 401


@pytest.mark.parametrize("headers, query, sent", [
    ({"x-goog-api-key": "mock-gemini-key"}, "", ("x-goog-api-key", "mock-gemini-key")),
    ({}, "?key=mock-gemini-key", ("x-goog-api-key", "mock-gemini-key")),
    ({"authorization": "Bearer a-token"}, "", ("authorization", "Bearer a-token")),
])
def test_a_clients_own_key_goes_to_gemini_in_the_form_it_takes(passing_on, unique, headers, query, sent):
    body = {"contents": [{"parts": [{"text": unique}]}]}
    passing_on.post(f"/v1beta/models/gemini-2.5-flash:generateContent{query}", body, headers=headers)
    received = passing_on.received("gemini", unique)["headers"]
    credentials = {name: value for name, value in received.items() if name in ("authorization", "x-goog-api-key")}
    assert credentials == dict([sent])


@pytest.fixture(scope="module")
def passing_on(start):
    """A gateway that passes its clients' own keys on to Gemini."""
    providers = {"gemini": {"dialect": "gemini", "cluster": "gemini", "key": "passthrough"}}
    models = {"*": {"targets": [{"provider": "gemini"}]}}
    return start({"providers": providers, "models": models}, base=launch.every_provider)
