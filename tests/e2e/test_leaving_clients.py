"""Clients that leave before the end are forgotten, and leave nothing behind."""

import pytest
import raw
from discovery import await_that
from refusals import HELLO, PATHS, VERSION, every_api, every_way, question

pytestmark = pytest.mark.usefixtures("the_next_request_works")


@every_api
def test_a_client_that_leaves_in_the_middle_of_its_body_is_forgotten(gateway, path):
    wanted = {"upstream_path": path, "status": 0, "provider": None}
    before = len(gateway.access_lines(**wanted))
    with raw.connected(gateway.url) as connection:
        connection.sendall(raw.head(path, [("content-length", str(len(HELLO)))]) + HELLO[: len(HELLO) // 2])
    await_that(lambda: len(gateway.access_lines(**wanted)) == before + 1)


@pytest.mark.parametrize("mock, stream", [("hang", False), ("hang", True), ("words=400,gap_ms=20", True)])
@every_way
def test_a_client_that_leaves_before_the_end_leaves_nothing_behind(gateway, api, model, mock, stream):
    path = PATHS[api]
    body = question(model=model, stream=stream)
    headers = [("content-length", str(len(body))), ("content-type", "application/json"), *VERSION.items()]
    headers.append(("x-mock", mock))
    with raw.connected(gateway.url) as connection:
        connection.sendall(raw.head(path, headers) + body)
        if mock != "hang":
            assert connection.recv(12) == b"HTTP/1.1 200"
        else:
            await_that(lambda: active(gateway) > 0)
    await_that(lambda: active(gateway) == 0)


def active(gateway):
    lines = gateway.envoy.ask(r"/stats?filter=^cluster\.(openai|anthropic)\.upstream_rq_active$").splitlines()
    return sum(int(line.rsplit(" ", 1)[1]) for line in lines)
