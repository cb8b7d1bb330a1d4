"""What clients and providers may try, and what must stay between two sides."""

import json
import socket

import launch
import pytest
import test_http2

BASE = launch.filter_json(launch.shipped())
LIMITED = {
    **BASE,
    "models": {**BASE["models"], "any-*": {"targets": [{"provider": "openai", "model": "gpt-4.1"}]}},
    "identity": {"from": [{"header": "x-consumer"}]},
    "limits": [{"name": "budget", "per": ["consumer", "model"], "tokens": 20000, "window": "31d"}],
}


def completion(**usage):
    usage = {"prompt_tokens": 1, "completion_tokens": 1, **usage}
    message = {"role": "assistant", "content": "Hi"}
    return {"id": "c", "model": "m", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}], "usage": usage}


def script(**answer):
    return {"x-answer": json.dumps({"body": completion(), **answer})}


@pytest.fixture(scope="module")
def limited(start_scripted):
    return start_scripted(LIMITED)


@pytest.fixture(scope="module")
def shipped(start_scripted):
    return start_scripted()


def left(gateway, consumer, model="gpt-4.1"):
    """Tokens that are left after this request, which takes 2 and asks for as many as it reserves."""
    answer = gateway.chat("x", model=model, max_tokens=1, headers={"x-consumer": consumer, **script()})
    return int(answer.headers["x-ratelimit-remaining-tokens"])


class TestLimits:
    def test_names_invented_under_a_wildcard_share_its_limit(self, limited, unique):
        headers = {"x-consumer": unique, **script(body=completion(completion_tokens=19000))}
        answers = [limited.chat(model=f"any-{n}", headers=headers).status_code for n in range(3)]
        assert answers == [200, 429, 429]

    def test_every_answer_that_is_asked_for_is_reserved(self, limited, unique):
        headers = {"x-consumer": unique, **script()}
        one = limited.chat("x", headers=headers)
        ten = limited.chat("x", n=10, headers=headers)
        taken = [20000 - int(answer.headers["x-ratelimit-remaining-tokens"]) for answer in (one, ten)]
        assert taken[1] - taken[0] == 9 * 1024 + 2

    @pytest.mark.parametrize("usage", [2**64 - 1, 1e300])
    def test_absurd_usage_does_not_lock_a_consumer_out_for_centuries(self, limited, unique, usage):
        body = json.dumps(completion()).replace('"prompt_tokens": 1', f'"prompt_tokens": {usage}')
        assert limited.chat(headers={"x-consumer": unique, **script(body=body)}).status_code == 200
        answer = limited.chat(headers={"x-consumer": unique, **script()})
        assert int(answer.headers["retry-after"]) < 2**40 / 20000 * 32 * 86400

    @pytest.mark.parametrize("filters, status", [
        ([{"name": "envoy.filters.http.fault", "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault",
            "abort": {"http_status": 429, "percentage": {"numerator": 100}},
        }}], 429),
        ([{"name": "envoy.filters.http.rbac", "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC", "rules": {"action": "ALLOW"},
        }}], 403),
    ], ids=["fault", "rbac"])
    def test_what_another_filter_refuses_costs_nothing(self, start_scripted, filters, status):
        def behind(configuration):
            launch.manager(configuration)["http_filters"][1:1] = filters

        gateway = start_scripted(LIMITED, change=behind)
        for _ in range(3):
            answer = gateway.chat("x", max_tokens=5000, headers={"x-consumer": "c", **script()})
            assert answer.status_code == status
            assert answer.json()["error"]["message"] == "This gateway refused the request."
            assert int(answer.headers["x-ratelimit-remaining-tokens"]) > 14900

    def test_a_first_attempt_that_may_have_worked_is_not_forgotten(self, start_scripted):
        """It reached a provider and ran into the time limit; the second found nobody."""

        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))

            def retried(configuration):
                route = launch.manager(configuration)["route_config"]["virtual_hosts"][0]["routes"][0]["route"]
                route["retry_policy"] = {"retry_on": "5xx", "num_retries": 1, "per_try_timeout": "0.3s"}
                cluster = configuration["static_resources"]["clusters"][0]
                (endpoints,) = cluster["load_assignment"]["endpoints"]
                nobody = {"address": {"socket_address": {"address": "127.0.0.1", "port_value": closed.getsockname()[1]}}}
                cluster["load_assignment"]["endpoints"] = [endpoints, {"lb_endpoints": [{"endpoint": nobody}], "priority": 1}]
                route["retry_policy"]["retry_priority"] = {
                    "name": "envoy.retry_priorities.previous_priorities",
                    "typed_config": {
                        "@type": "type.googleapis.com/envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig",
                        "update_frequency": 1,
                    },
                }

            gateway = start_scripted(LIMITED, change=retried)
            answer = gateway.chat("x", max_tokens=5000, headers={"x-consumer": "c", **script(delay=0.8)})
            assert answer.status_code == 503
            assert left(gateway, "c") < 15100


class TestCredentials:
    SECRETS = [
        "x-goog-api-key", "api-key", "ocp-apim-subscription-key", "x-amz-security-token", "x-auth-token",
        "x-access-token", "helicone-auth", "openai-api-key", "x-litellm-api-key", "cookie", "proxy-authorization",
    ]

    @pytest.mark.parametrize("api, model", [("chat", "gpt-4.1"), ("message", "gpt-4.1"), ("message", "claude-opus-4-6")])
    def test_no_header_with_a_credential_reaches_a_provider(self, shipped, scripted, api, model):
        scripted.received.clear()
        getattr(shipped, api)(model=model, headers={**dict.fromkeys(self.SECRETS, "s3cret"), **script()})
        (_, headers), = scripted.received
        assert "s3cret" not in headers.values()

    def test_no_query_with_a_credential_reaches_a_provider_or_the_access_log(self, shipped, scripted):
        scripted.received.clear()
        body = {"model": "gpt-with-a-query", "messages": [{"role": "user", "content": "x"}]}
        shipped.post("/v1/chat/completions?beta=true&api_key=s3cret&KEY=s3cret&%6bey=s3cret", body, headers=script())
        assert [path for path, _ in scripted.received] == ["/v1/chat/completions?beta=true"]
        assert shipped.access_log(model="gpt-with-a-query")["upstream_path"] == "/v1/chat/completions"
        assert "s3cret" not in shipped.envoy.output()

    @pytest.mark.parametrize("platform", [{}, {"platform": {"vertex": {"project": "acme", "location": "global"}}}])
    @pytest.mark.parametrize("stream", [False, True])
    def test_no_client_chooses_which_fields_googles_answer_has_or_whose_project_pays(self, start_scripted, scripted, platform, stream):
        """An answer without its usage would take nothing from limits, and one in another form would speak against its target."""
        provider = {"dialect": "gemini", "cluster": "openai", "host": "gemini.test", **platform}
        gateway = start_scripted({**BASE, "providers": {"google": provider}, "models": {"*": {"targets": [{"provider": "google"}]}}})
        scripted.received.clear()
        system = {"x-goog-fieldmask": "candidates", "x-goog-user-project": "another", "x-goog-quota-user": "x", "x-goog-api-client": "sdk/1"}
        query = "alt=sse&$alt=proto&fields=candidates&%24fields=candidates&$fields=candidates&callback=x&$userProject=x&prettyPrint=false"
        method = "streamGenerateContent" if stream else "generateContent"
        body = {"contents": [{"role": "user", "parts": [{"text": "x"}]}]}
        gateway.post(f"/v1beta/models/gemini-x:{method}?{query}", body, headers={**system, **script()})
        gateway.chat("x", model="gemini-x", stream=stream, headers={**system, **script()})
        for path, headers in scripted.received:
            assert path.partition("?")[2] == ("alt=sse" if stream else "")
            assert {name.lower() for name in headers if name.lower().startswith("x-goog")} == {"x-goog-api-client"}
        assert len(scripted.received) == 2

    def test_bytes_in_a_query_do_not_leave_the_providers_base_path(self, start_scripted, scripted):
        providers = {**BASE["providers"], "openai": {**BASE["providers"]["openai"], "base_path": "/tenant-a/v1"}}
        gateway = start_scripted({**BASE, "providers": providers})
        scripted.received.clear()
        body = json.dumps({"model": "gpt-4.1", "messages": [{"role": "user", "content": "x"}]}).encode()
        test_http2.ask(gateway.url, "/v1/chat/completions?\u00e9", {"content-length": str(len(body)), **script()}, body)
        assert [path for path, _ in scripted.received] == ["/tenant-a/v1/chat/completions"]

    @pytest.mark.parametrize("sent, api, model, received", [
        ({"x-api-key": "k"}, "chat", "gpt-4.1", {"authorization": "Bearer k"}),
        ({"x-api-key": "k", "authorization": "Bearer other"}, "chat", "gpt-4.1", {"authorization": "Bearer k"}),
        ({"authorization": "Bearer k"}, "message", "claude-opus-4-6", {"authorization": "Bearer k"}),
        ({"authorization": "Bearer k"}, "chat", "claude-opus-4-6", {"x-api-key": "k"}),
        ({"x-api-key": "", "authorization": "Bearer k"}, "chat", "gpt-4.1", {"authorization": "Bearer k"}),
        ({}, "chat", "gpt-4.1", {}),
    ])
    def test_with_passthrough_exactly_the_one_credential_goes_on(self, start_scripted, scripted, sent, api, model, received):
        providers = {name: {**provider, "key": "passthrough"} for name, provider in BASE["providers"].items()}
        gateway = start_scripted({**BASE, "providers": providers})
        scripted.received.clear()
        getattr(gateway, api)(model=model, headers={**sent, **script()})
        (_, headers), = scripted.received
        found = {name.lower(): value for name, value in headers.items() if name.lower() in ("authorization", "x-api-key")}
        assert found == received


    def test_with_passthrough_the_clients_account_goes_with_its_key(self, start_scripted, scripted):
        providers = {name: {**provider, "key": "passthrough"} for name, provider in BASE["providers"].items()}
        gateway = start_scripted({**BASE, "providers": providers})
        scripted.received.clear()
        gateway.chat(headers={"authorization": "Bearer k", "openai-organization": "mine", **script()})
        (_, headers), = scripted.received
        assert headers["openai-organization"] == "mine"


class TestAnswers:
    OWN = {
        "openai-organization": "acme", "x-ratelimit-remaining-requests": "77", "set-cookie": "a=b",
        "x-tollgate-dropped": "forged", "x-request-id": "req_1",
    }

    def test_a_client_learns_nothing_of_the_gateways_account(self, start_scripted):
        gateway = start_scripted({**BASE, "limits": []})
        answer = gateway.chat(headers=script(headers=self.OWN))
        assert answer.status_code == 200
        assert {name for name in self.OWN if name in answer.headers} == {"x-request-id"}

    def test_a_key_that_envoy_adds_is_not_hinted_at_either(self, start_scripted):
        providers = {name: {**provider} for name, provider in BASE["providers"].items()}
        del providers["openai"]["key"]
        gateway = start_scripted({**BASE, "providers": providers})
        body = {"error": {"message": "Incorrect API key provided: sk-***7xQA"}}
        assert "7xQA" not in gateway.chat(headers=script(status=401, body=body)).text

    @pytest.mark.parametrize("api", ["chat", "message"])
    @pytest.mark.parametrize("status", [400, 403, 500])
    def test_an_error_that_repeats_the_gateways_key_is_not_passed_on(self, shipped, api, status):
        body = {"error": {"message": f"no account for {launch.MOCK_KEYS['OPENAI_API_KEY']}"}}
        answer = getattr(shipped, api)(model="gpt-4.1", headers=script(status=status, body=body))
        assert answer.status_code == status
        assert answer.json()["error"]["message"] == "The provider refused the gateway's credential."

    @pytest.mark.parametrize("api", ["chat", "message"])
    def test_an_error_that_says_it_is_compressed_is_one_that_clients_can_read(self, shipped, api):
        answer = getattr(shipped, api)(model="gpt-4.1", headers=script(status=429, headers={"content-encoding": "gzip"}, body="garbage"))
        assert answer.status_code == 429
        assert answer.json()["error"]["message"]
        assert "content-encoding" not in answer.headers

    def test_media_types_are_read_in_any_case(self, shipped):
        body = 'data: {"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
        answer = shipped.message(model="gpt-4.1", stream=True, headers=script(headers={"content-type": "Text/Event-Stream"}, body=body))
        assert answer.status_code == 200
        assert "message_stop" in answer.text


def test_a_body_is_sent_on_as_what_it_was_read_as(shipped, scripted):
    scripted.received.clear()
    shipped.chat(headers={"content-type": "application/json; charset=utf-7", **script()})
    (_, headers), = scripted.received
    assert headers["content-type"] == "application/json"
