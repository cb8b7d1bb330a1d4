"""Headers and queries of any bytes, of strangers, and of those who would be somebody else: they do no harm."""

import launch
import pytest
import raw
from refusals import CHAT, HELLO, MESSAGES, VERSION, every_api, question, refused, rejections

pytestmark = pytest.mark.usefixtures("the_next_request_works")

READ_HEADERS = ["authorization", "x-consumer", "anthropic-version", "x-api-key", "content-type", "x-any"]
BYTES = [b"\xff\xfe\x80", b"\xc3\x28", "né😀".encode(), b"a" * 20_000]


@pytest.fixture(scope="module")
def trusting(start):
    """A gateway that reads every header it can: who asks by name or by key, and the key for the provider."""
    value = launch.filter_json(launch.shipped())
    value["identity"] = {"from": ["api_key", {"header": "x-consumer"}]}
    for provider in value["providers"].values():
        provider["key"] = "passthrough"
    return start(value)


@pytest.mark.parametrize("value", BYTES, ids=["no-utf8", "bad-utf8", "utf8", "long"])
@pytest.mark.parametrize("name", READ_HEADERS)
@every_api
def test_headers_of_any_bytes_do_no_harm(trusting, path, name, value):
    """The answer is the provider's, or an error of the client's API."""
    given = value if name != "authorization" else b"Bearer " + value
    usual = {"content-type": "application/json", "authorization": f"Bearer {launch.MOCK_KEYS['OPENAI_API_KEY']}"}
    headers = [("content-length", str(len(HELLO))), (name, given)]
    headers += [header for header in usual.items() if header[0] != name]
    answer = raw.exchange(trusting.url, raw.head(path, headers), HELLO)
    assert answer.status_code in (200, 400, 401)
    if answer.status_code == 200:
        assert answer.json()["choices" if path == CHAT else "content"]
    else:
        assert answer.json()["error"]["message"]
    assert trusting.chat(headers=usual).status_code == 200


@pytest.mark.parametrize("query", BYTES, ids=["no-utf8", "bad-utf8", "utf8", "long"])
@every_api
def test_a_query_of_any_bytes_does_no_harm(gateway, path, query):
    headers = [("content-length", str(len(HELLO))), ("content-type", "application/json"), *VERSION.items()]
    answer = raw.exchange(gateway.url, raw.head(path.encode() + b"?" + query, headers), HELLO)
    assert answer.status_code in (200, 400)


@pytest.fixture(scope="module")
def guarded(start):
    consumers = {"guest": {"models": ["claude-*"]}}
    identity = {"from": [{"header": "x-consumer"}], "required": True}
    return start(launch.filter_json(launch.shipped()) | {"consumers": consumers, "identity": identity})


STRANGERS = [({}, 401, "unauthenticated"), ({"x-consumer": "nobody"}, 401, "unauthenticated")]
GUESTS = [({"x-consumer": "guest"}, 403, "forbidden")]
KINDS = {401: "authentication_error", 403: "permission_error"}


@pytest.mark.parametrize("headers, status, reason", STRANGERS + GUESTS)
def test_who_may_not_is_refused_and_counted(guarded, headers, status, reason):
    before = rejections(guarded, reason)
    refused(MESSAGES, guarded.message(model="gpt-4.1", headers=headers), status, KINDS[status])
    assert guarded.chat(model="gpt-4.1", headers=headers).status_code == status
    assert rejections(guarded, reason) == before + 2
    assert guarded.chat(model="claude-sonnet-4-5", headers={"x-consumer": "guest"}).status_code == 200


@every_api
def test_spoofed_internal_headers_neither_route_nor_reach_the_provider(gateway, unique, path):
    spoofed = {"x-tollgate-cluster": "anthropic", "X-Tollgate-Model": "gpt-4o", "x-tollgate-anything": "1"}
    body = question(messages=[{"role": "user", "content": unique}])
    assert gateway.post(path, body, headers=VERSION | spoofed).status_code == 200
    received = gateway.received("openai", unique)
    assert received["json"]["model"] == "gpt-4.1"
    assert not [name for name in received["headers"] if name.startswith("x-tollgate")]


def test_a_spoofed_cluster_routes_no_unknown_path(gateway):
    answer = gateway.client.get("/__mock/health", headers={"x-tollgate-cluster": "openai"})
    assert answer.status_code == 503
