"""What providers should not send: each ends with an error of the client's API, or cleanly."""

import json

import changes
import httpx
import pytest
import sse
from refusals import PATHS, WAYS, every_way, refused

pytestmark = pytest.mark.usefixtures("the_next_request_works")

UNREADABLE = ["garbage", "html", "empty200", "gzip", "cut=clean"]
UNREADABLE_AS_STREAM = ["garbage", "html", "empty200", "gzip"]


@pytest.mark.parametrize(
    "mock, fields",
    [(mock, {}) for mock in UNREADABLE] + [(mock, {"stream": True}) for mock in UNREADABLE_AS_STREAM],
    ids=lambda value: value if isinstance(value, str) else ("streamed" if value else "whole"),
)
@every_way
def test_an_answer_that_cannot_be_read_is_an_error_of_the_clients_api(gateway, api, model, mock, fields):
    answer = getattr(gateway, api)(model=model, mock=mock, **fields)
    assert "cannot be read" in refused(PATHS[api], answer, 502, "api_error")
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("status", [404, 503])
@every_way
def test_an_error_that_cannot_be_read_keeps_its_status(gateway, api, model, status):
    answer = getattr(gateway, api)(model=model, mock=f"html={status}")
    kind = {404: "not_found_error", 503: "api_error"}[status]
    assert str(status) in refused(PATHS[api], answer, status, kind)


@every_way
def test_an_answer_with_60_kib_of_headers_is_an_answer(gateway, api, model):
    answer = getattr(gateway, api)(model=model, mock="headers_big")
    assert answer.status_code == 200
    assert len(answer.headers["x-mock-padding"]) > 60_000
    assert answer.json()["usage"]


@every_way
def test_an_answer_that_breaks_off_is_an_error_that_both_apis_clients_read(gateway, api, model):
    """Its headers have been read then, and Envoy answers by itself, as the shipped configuration words it."""
    answer = getattr(gateway, api)(model=model, mock="cut")
    assert answer.status_code in (502, 503)
    assert answer.headers["content-type"] == "application/json"
    error = {"type": "api_error", "message": answer.json()["error"]["message"], "param": None, "code": None}
    assert answer.json() == {"type": "error", "error": error}
    assert error["message"].startswith("The provider could not answer: ")


BROKEN = ["cut=clean", "half_event", "error_midstream", "cut=clean,crlf,split=3", "half_event,cr"]


@pytest.mark.parametrize("mock", BROKEN)
@every_way
def test_a_stream_that_breaks_off_ends_with_an_error_event_of_the_clients_api(gateway, api, model, mock):
    answer = getattr(gateway, api)(model=model, mock=mock, stream=True)
    assert answer.status_code == 200
    events = sse.events(answer.text)
    assert len(events) > 1, "what came before the end is passed on"
    name, data = events[-1]
    last = json.loads(data)
    assert last["error"]["message"]
    if api == "message":
        assert (name, last["type"]) == ("error", "error")
    else:
        assert "[DONE]" not in answer.text


@every_way
def test_a_stream_whose_connection_breaks_does_not_look_complete(gateway, api, model):
    with pytest.raises(httpx.RemoteProtocolError):
        getattr(gateway, api)(model=model, mock="cut", stream=True)


@every_way
def test_a_whole_answer_where_a_stream_was_asked_for_is_passed_on_or_an_error(gateway, api, model):
    answer = getattr(gateway, api)(model=model, mock="json_for_stream", stream=True)
    path = PATHS[api]
    if (api, model) in WAYS[::2]:
        assert answer.status_code == 200
        assert answer.json()["usage"]
    else:
        refused(path, answer, 502, "api_error")


@pytest.fixture(scope="module")
def narrow(start):
    return start(change=changes.buffers(65_536))


@every_way
def test_an_answer_that_is_larger_than_the_buffer_is_an_error_that_both_apis_clients_read(narrow, api, model):
    answer = getattr(narrow, api)(model=model, mock="words=40000")
    assert answer.status_code == 500
    assert answer.json()["error"]["message"]


@every_way
def test_a_stream_that_is_larger_than_the_buffer_comes_whole(narrow, api, model):
    answer = getattr(narrow, api)(model=model, mock="words=20000", stream=True)
    if api == "chat":
        text = sse.text_of_chunks(sse.chunks(answer.text))
    else:
        text = sse.text_of_messages(sse.messages(answer.text))
    assert text.endswith("word19999 word20000")
