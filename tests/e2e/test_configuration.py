"""The filter's configuration: refused when wrong, and what its switches do."""

import launch
import pytest
import raw


def changed(**fields):
    """The shipped filter configuration with other fields at its top."""
    return launch.filter_json(launch.shipped()) | fields


# At the start

WRONG = {
    "versoin": "1",
    "on_loss": "ignore",
    "providers": {
        "openai": {"dialect": "opnai", "cluster": "openai", "host": "https://api.openai.com"},
        "anthropic": {"dialect": "anthropic", "cluster": "anthropic", "key": {"env": "NOBODY_SET_THIS"}},
        "spare": {"dialect": "openai"},
    },
    "models": {
        "assistant": {"targets": [{"provider": "spare"}, {"provider": "antropic"}]},
        "helper": {"strategy": "wheighted", "targets": []},
    },
    "limits": [{"name": "tpm", "per": ["consumer", "modle"], "tokens": 0, "window": "1 minute"}],
}
MISTAKES = [
    '"versoin" is not a field here; did you mean "version"?',
    'on_loss: "ignore" is not known here; expected one of "report", "reject"',
    'providers.openai.dialect: "opnai" is not a dialect; did you mean "openai"?',
    'providers.openai.host: "https://api.openai.com" is not a host; expected something like "api.openai.com"',
    "providers.anthropic.key: the environment variable NOBODY_SET_THIS is not set or empty",
    "providers.spare.cluster: is missing; expected the name of an Envoy cluster",
    'models.assistant.targets[1].provider: "antropic" is not a provider; did you mean "anthropic"?',
    'models.helper.strategy: "wheighted" is not known here; ',
    "models.helper.targets: has no entries; expected at least one target",
    'limits[0].per[1]: "modle" is not known here; did you mean "model"?',
    "limits[0].tokens: 0 is not an integer from 1 to",
    'limits[0].window: "1 minute" is not a window; expected an integer and s, m, h or d',
]


def refusal(start, *args, **options):
    """The filter's lines in the log of an Envoy that does not start."""
    with pytest.raises(launch.DidNotStart) as refused:
        start(*args, **options)
    return [line.split("tollgate: ")[-1] for line in str(refused.value).splitlines() if "][error][wasm]" in line]


@pytest.mark.parametrize("struct", [False, True], ids=["text", "struct"])
def test_every_mistake_is_named_at_once_with_its_place_and_what_was_meant(start, struct):
    lines = refusal(start, WRONG, struct=struct)
    missing = [mistake for mistake in MISTAKES if not any(line.startswith(mistake) for line in lines)]
    assert not missing, lines


@pytest.mark.parametrize(
    "text, told",
    [
        ("", "the configuration is empty"),
        ('{"providers": {', "the configuration is not JSON: expected more: the text ends too early at line 1 column 16"),
        ("[]", "a list is not an object"),
    ],
)
def test_what_is_no_configuration_at_all_is_refused(start, text, told):
    assert any(line.startswith(told) for line in refusal(start, text))


def test_a_key_that_is_not_in_the_environment_is_named_with_what_to_do(start):
    lines = refusal(start, env={"ANTHROPIC_API_KEY": ""})
    assert lines[0] == (
        "providers.anthropic.key: the environment variable ANTHROPIC_API_KEY is not set or empty; "
        "set it for Envoy and list it in vm_config.environment_variables"
    )


def test_a_key_in_the_wrong_place_is_not_written_to_the_log(start):
    value = changed()
    value["providers"]["openai"]["key"] = "sk-secret-of-openai"
    value["providers"]["anthropic"]["key"] = {"sk-secret-of-anthropic": True}
    with pytest.raises(launch.DidNotStart) as refused:
        start(value)
    assert "providers.openai.key: expected" in str(refused.value)
    assert "sk-secret" not in str(refused.value)


def test_a_struct_serves_like_text(start):
    gateway = start(changed(version="struct"), struct=True)
    for model in ("gpt-4.1", "assistant"):
        assert gateway.chat(model=model).status_code == 200
    answer = gateway.message(model="helper")
    assert answer.headers["anthropic-ratelimit-tokens-limit"] == "1000000"
    assert gateway.access_log(model="helper")["version"] == "struct"


HINT = "is allow_on_headers_stop_iteration: true set on the filter?"


@pytest.mark.parametrize("held_apart", [True, False], ids=["as shipped", "without it"])
def test_where_envoy_holds_bodies_back_with_their_headers_the_log_says_so(start, held_apart):
    """Without that switch no request gets anywhere. With it, a client that leaves early is no reason to doubt it."""

    def switch(configuration):
        launch.wasm_filter(configuration)["allow_on_headers_stop_iteration"] = held_apart

    gateway = start(change=switch, workers=1)
    if held_apart:
        assert gateway.chat().status_code == 200
    with raw.connected(gateway.url) as connection:
        body = b"" if held_apart else b"{}"
        connection.sendall(raw.head("/v1/messages", [("content-length", "2")]) + body)
        if not held_apart:
            connection.settimeout(0.3)
            with pytest.raises(TimeoutError):
                connection.recv(1)
    gateway.access_log(upstream_path="/v1/messages")
    assert gateway.trapped() == 0
    assert (HINT in gateway.envoy.log()) == (not held_apart)


# Its switches


@pytest.fixture(scope="module")
def strict(start):
    return start(changed(unknown_paths="reject", expose=False, on_loss="reject"))


UNKNOWN = [("POST", "/v1/files"), ("GET", "/v1/chat/completions"), ("GET", "/"), ("DELETE", "/v1/models")]


@pytest.mark.parametrize("method, path", UNKNOWN)
def test_unknown_paths_are_refused_in_the_clients_shape(strict, method, path):
    chat = strict.client.request(method, path)
    assert (chat.status_code, chat.json()["error"]["code"]) == (404, "unknown_path")
    message = strict.client.request(method, path, headers={"anthropic-version": "2026-10-21"})
    assert message.status_code == 404
    assert (message.json()["type"], message.json()["error"]["type"]) == ("error", "not_found_error")
    assert chat.json()["error"]["message"] == message.json()["error"]["message"] != ""


def test_refused_paths_are_counted(strict):
    counter = 'tollgate_rejections{reason="unknown_path"}'
    before = strict.counters().get(counter, 0)
    assert strict.client.get("/").status_code == 404
    assert strict.counters()[counter] == before + 1


@pytest.mark.parametrize("method, path", UNKNOWN)
def test_unknown_paths_pass_to_the_route_by_default(gateway, method, path):
    """The shipped route goes to the cluster that the filter names. It names none, so Envoy finds none."""
    answer = gateway.client.request(method, path)
    assert answer.status_code == 503
    assert answer.headers["server"] == "envoy"
    assert "unknown_path" not in answer.text
    assert not [name for name in answer.headers if name.startswith("x-tollgate-")]


def test_a_route_of_its_own_serves_what_the_filter_does_not_know(start):
    def with_a_route(configuration):
        (host,) = launch.manager(configuration)["route_config"]["virtual_hosts"]
        host["routes"].insert(0, {"match": {"prefix": "/__mock/"}, "route": {"cluster": "openai"}})

    gateway = start(change=with_a_route)
    assert gateway.client.get("/__mock/health").text == "ok\n"
    assert gateway.chat().status_code == 200


LOSSY = {"model": "claude-sonnet-4-5", "seed": 7, "frequency_penalty": 0.5}


def test_losses_are_reported_by_default(gateway, unique):
    answer = gateway.chat(unique, **LOSSY)
    assert answer.status_code == 200
    assert set(answer.headers["x-tollgate-dropped"].split(", ")) == {"seed", "frequency_penalty"}
    assert not {"seed", "frequency_penalty"} & set(gateway.received("anthropic", unique)["json"])


def test_losses_are_refused_where_they_shall_be(strict):
    answer = strict.chat(**LOSSY)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["type"], error["code"]) == ("invalid_request_error", "unsupported_parameter")
    assert "seed" in error["message"] and "frequency_penalty" in error["message"]
    assert strict.chat(model="claude-sonnet-4-5").status_code == 200


def test_clients_see_which_target_answered_only_where_that_is_exposed(gateway, strict):
    def names(answer):
        assert answer.status_code == 200
        return {name for name in answer.headers if name.startswith("x-tollgate-")}

    assert names(gateway.chat(model="assistant")) == {"x-tollgate-provider", "x-tollgate-target", "x-tollgate-model"}
    assert names(strict.chat(model="assistant")) == set()
    assert names(strict.chat(model="assistant", stream=True)) == set()
