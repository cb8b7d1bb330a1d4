"""The same APIs as clouds serve them: Azure, Vertex AI and Amazon Bedrock, with credentials that Envoy adds."""

import hashlib
import http.server
import json
import threading
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import launch
import pytest
import sdks

CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
#: For each provider: its greeting, the mock that stands for it, and where the mock must be asked for whole answers.
PLATFORMS = {
    "azure": ("Hello from OpenAI.", "openai", "/openai/deployments/gpt-5.4/chat/completions?api-version=2025-04-01-preview"),
    "azure-responses": ("Hello from OpenAI.", "openai", "/openai/responses?api-version=2025-04-01-preview"),
    "vertex": (
        "Hello from Anthropic.", "anthropic",
        "/v1/projects/acme/locations/us-east5/publishers/anthropic/models/claude-sonnet-4-6:rawPredict",
    ),
    "vertex-gemini": (
        "Hello from Gemini.", "gemini",
        "/v1/projects/acme/locations/us-east5/publishers/google/models/gemini-2.5-flash:generateContent",
    ),
    "aws": ("Hello from Bedrock.", "bedrock", f"/model/{CLAUDE}/invoke"),
    "bedrock": ("Hello from Bedrock.", "bedrock", f"/model/{CLAUDE}/converse"),
}
AZURE = {"azure": {"api_version": "2025-04-01-preview"}}
VERTEX = {"vertex": {"project": "acme", "location": "us-east5"}}
CONFIGURATION = {
    "providers": {
        "azure": {"dialect": "openai", "platform": AZURE, "cluster": "azure", "key": {"env": "AZURE_API_KEY"}},
        "azure-responses": {"dialect": "responses", "platform": AZURE, "cluster": "azure", "key": {"env": "AZURE_API_KEY"}},
        "vertex": {"dialect": "anthropic", "platform": VERTEX, "cluster": "vertex"},
        "vertex-gemini": {"dialect": "gemini", "platform": VERTEX, "cluster": "vertex-gemini"},
        "aws": {"dialect": "anthropic", "platform": "aws", "cluster": "bedrock", "host": "bedrock-runtime.us-east-1.amazonaws.com"},
        "bedrock": {"dialect": "bedrock", "cluster": "bedrock", "host": "bedrock-runtime.us-east-1.amazonaws.com"},
    },
    "models": {
        "to-azure": {"targets": [{"provider": "azure", "model": "gpt-5.4"}]},
        "to-azure-responses": {"targets": [{"provider": "azure-responses", "model": "gpt-5.4"}]},
        "to-vertex": {"targets": [{"provider": "vertex", "model": "claude-sonnet-4-6"}]},
        "to-vertex-gemini": {"targets": [{"provider": "vertex-gemini", "model": "gemini-2.5-flash"}]},
        "to-aws": {"targets": [{"provider": "aws", "model": CLAUDE}]},
        "to-bedrock": {"targets": [{"provider": "bedrock", "model": CLAUDE}]},
    },
}
AWS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "a-secret-of-envoys"}


class Metadata(http.server.BaseHTTPRequestHandler):
    """Google's metadata server, which gives a machine its access tokens."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append((self.path, self.headers["metadata-flavor"]))
        body = json.dumps({"access_token": "mock-google-token", "expires_in": 3600, "token_type": "Bearer"}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def metadata():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Metadata)
    server.asked = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def clouds(start, mocks, metadata):
    """A gateway in front of all platforms. Vertex AI's two publishers are two mocks, and so two clusters."""

    def change(configuration):
        clusters = configuration["static_resources"]["clusters"]
        vertex = next(cluster for cluster in clusters if cluster["name"] == "vertex")
        gemini = json.loads(json.dumps(vertex).replace('"vertex"', '"vertex-gemini"'))
        clusters.append(gemini)
        places = {"vertex-gemini": mocks.addresses["gemini"], "gcp_metadata": f"127.0.0.1:{metadata.server_address[1]}"}
        for cluster in clusters:
            if address := places.get(cluster["name"]):
                launch.point_at(cluster, address)

    if launch.version() < (1, 38):
        pytest.skip("this Envoy cannot fetch Google's access tokens, and refuses clusters.yaml: README.md says so")
    return start(CONFIGURATION, base=lambda: launch.every_provider(signed=True), change=change, env=AWS)


@pytest.fixture(params=["openai", "anthropic"])
def sdk(request, clouds):
    return sdks.SDKS[request.param](clouds.url)


every_platform = pytest.mark.parametrize("platform", PLATFORMS)
whole_and_streamed = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])


@every_platform
@whole_and_streamed
def test_text_and_usage(sdk, platform, stream):
    said = sdk.ask(f"to-{platform}", sdk.user("Hello [[mock: input=123,output=45]]"), stream=stream)
    assert (said.text, said.finish, said.input, said.output) == (PLATFORMS[platform][0], "stop", 123, 45)


@every_platform
@whole_and_streamed
def test_a_round_trip_with_two_calls_at_once(sdk, platform, stream):
    turns = sdk.user("Paris and Oslo? [[mock: tools=2]]")
    said = sdk.ask(f"to-{platform}", turns, tools=True, stream=stream)
    assert [call[1:] for call in said.calls] == [("weather", {"city": "Paris"}), ("time", {"city": "Oslo"})]
    turns = [*sdk.user("Paris and Oslo?"), *said.turn, *sdk.results(said.calls, ["sunny", "noon"])]
    assert sdk.ask(f"to-{platform}", turns, tools=True, stream=stream).text == "The tool said: sunny | noon"


@every_platform
@whole_and_streamed
@pytest.mark.parametrize("status", [400, 429, 500])
def test_a_providers_error_is_the_sdks_own_class(sdk, platform, stream, status):
    ask = lambda: sdk.ask(f"to-{platform}", sdk.user(f"Hello [[mock: error={status}]]"), stream=stream)  # noqa: E731
    assert sdk.failure(ask)[:2] == (sdk.errors[status], status)


@every_platform
@pytest.mark.parametrize("wish", ["error_midstream", "cut=clean"])
def test_a_stream_that_breaks_does_not_look_finished(sdk, platform, wish):
    with pytest.raises(sdk.broken):
        sdk.ask(f"to-{platform}", sdk.user(f"Hello [[mock: words=40,{wish}]]"), stream=True)


@every_platform
def test_a_request_goes_where_the_platform_wants_it(clouds, platform, unique):
    _, mock, path = PLATFORMS[platform]
    assert clouds.chat(unique, model=f"to-{platform}").status_code == 200
    request = clouds.received(mock, unique)
    assert request["path"] == path
    assert not [name for name in request["headers"] if name.startswith("x-tollgate-")]


def test_vertex_and_aws_have_the_version_in_the_body_and_the_model_in_the_path(clouds, unique):
    for platform, version in [("vertex", "vertex-2023-10-16"), ("aws", "bedrock-2023-05-31")]:
        text = f"{platform} {unique}"
        answer = clouds.message(text, model=f"to-{platform}", stream=True, some_new_field={"as": "it is"})
        assert answer.status_code == 400 and "some_new_field" in answer.text
        body = clouds.received(PLATFORMS[platform][1], text)["json"]
        assert body["anthropic_version"] == version and "model" not in body
        assert ("stream" in body) == (platform == "vertex")
        assert body["some_new_field"] == {"as": "it is"}


def test_betas_stand_where_a_platform_reads_them(clouds, unique):
    known, foreign = "interleaved-thinking-2025-05-14", "oauth-2025-04-20"

    def ask(platform, betas):
        text = f"{platform} {betas} {unique}"
        body = {"model": f"to-{platform}", "max_tokens": 100, "messages": [{"role": "user", "content": text}]}
        headers = {"anthropic-version": "2026-10-21", "anthropic-beta": betas}
        answer = clouds.post("/v1/messages?beta=true", body, headers=headers)
        assert answer.status_code == 200, answer.text
        return clouds.received(PLATFORMS[platform][1], text), answer.headers.get("x-tollgate-dropped")

    request, dropped = ask("aws", known)
    assert (request["json"]["anthropic_beta"], dropped) == ([known], None)
    assert request["path"] == f"/model/{CLAUDE}/invoke"
    request, dropped = ask("aws", f"{foreign},{known}")
    assert (request["json"]["anthropic_beta"], dropped) == ([known], "anthropic-beta")
    request, dropped = ask("vertex", known)
    assert (request["headers"]["anthropic-beta"], dropped) == (known, None)
    assert "anthropic_beta" not in request["json"]
    for platform in ["azure", "vertex-gemini", "bedrock"]:
        request, dropped = ask(platform, known)
        assert "anthropic-beta" not in request["headers"] and dropped == "anthropic-beta"


def test_an_access_token_is_fetched_once_and_goes_to_google_only(clouds, metadata, unique):
    for platform in PLATFORMS:
        assert clouds.chat(f"{platform} {unique}", model=f"to-{platform}").status_code == 200
    for path, flavor in metadata.asked:
        assert path.startswith("/computeMetadata/v1/instance/service-accounts/default/token") and flavor == "Google"
    # Each of two workers keeps the token for each of two clusters.
    assert 1 <= len(metadata.asked) <= 4
    for platform, (_, mock, _) in PLATFORMS.items():
        credential = clouds.received(mock, f"{platform} {unique}")["headers"].get("authorization", "")
        assert (credential == "Bearer mock-google-token") == platform.startswith("vertex")


@pytest.mark.parametrize("platform", ["aws", "bedrock"])
def test_envoy_signs_for_aws_what_is_sent(clouds, platform, unique):
    """AWS computes the same signature over the request as it came, with a colon in its path."""
    assert clouds.chat(unique, model=f"to-{platform}").status_code == 200
    request = clouds.received("bedrock", unique)
    algorithm, *fields = request["headers"]["authorization"].replace(",", " ").split()
    fields = dict(field.split("=", 1) for field in fields)
    signed = {name: request["headers"][name] for name in fields["SignedHeaders"].split(";")}
    assert {"host", "x-amz-content-sha256", "x-amz-date"} <= set(signed)

    # AWS's documentation of Signature Version 4: the path encoded once more, then the headers that are signed.
    path = urllib.parse.quote(request["path"], safe="/")
    headers = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    digest = hashlib.sha256(request["body"].encode()).hexdigest()
    canonical = "\n".join(["POST", path, "", headers, ";".join(sorted(signed)), digest])
    made = botocore.awsrequest.AWSRequest("POST", "https://any")
    made.context["timestamp"] = signed["x-amz-date"]
    credentials = botocore.credentials.Credentials(AWS["AWS_ACCESS_KEY_ID"], AWS["AWS_SECRET_ACCESS_KEY"])
    auth = botocore.auth.SigV4Auth(credentials, "bedrock", "us-east-1")
    expected = auth.signature(auth.string_to_sign(made, canonical), made)
    assert (algorithm, fields["Signature"]) == ("AWS4-HMAC-SHA256", expected)
