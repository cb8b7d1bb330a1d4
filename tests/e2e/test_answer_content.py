"""What answers hold beside text, on its way back: carried where the client's API has a place, and said to be lost where not."""

import json

import pytest

PNG = "iVBORw0KGgo="
IMAGE = {"inlineData": {"mimeType": "image/png", "data": PNG}}
PROVIDERS = {
    "gemini": {"dialect": "gemini", "cluster": "openai", "host": "gemini.example", "key": {"value": "k"}},
    "openrouter": {"dialect": "openai", "server": "openrouter", "cluster": "openai", "host": "openrouter.example", "key": {"value": "k"}},
}
CONFIGURATION = {
    "providers": PROVIDERS,
    "models": {"draw": {"targets": [{"provider": "gemini", "model": "gemini-3.8-flash-image"}]}, "*": {"targets": [{"provider": "openrouter"}]}},
}


@pytest.fixture(scope="module")
def gateway(start_scripted):
    return start_scripted(CONFIGURATION, log_level="debug")


def script(body, **more):
    return {"x-answer": json.dumps({"body": body, **more})}


def gemini(*parts, finish="STOP"):
    candidate = {"content": {"parts": list(parts), "role": "model"}, "index": 0}
    usage = {"promptTokenCount": 9, "candidatesTokenCount": 8, "totalTokenCount": 17}
    return {"candidates": [{**candidate, **({"finishReason": finish} if finish else {})}], "usageMetadata": usage, "responseId": "r"}


def sse(*events):
    return script("".join(f"data: {json.dumps(event)}\n\n" for event in events), headers={"content-type": "text/event-stream"})


def dropped(counters):
    return sum(value for name, value in counters.items() if name.startswith("tollgate_dropped"))


def test_an_image_comes_where_the_client_has_a_place_for_it(gateway):
    answer = gateway.chat(model="draw", headers=script(gemini({"text": "Here: "}, IMAGE)))
    assert answer.status_code == 200 and "x-tollgate-dropped" not in answer.headers
    message = answer.json()["choices"][0]["message"]
    assert message["content"] == "Here: "
    assert message["images"] == [{"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}}]


def test_what_of_an_answer_was_lost_is_named_with_what_of_the_request_was(gateway):
    before = dropped(gateway.counters())
    body = gemini({"text": "Here: "}, IMAGE, {"executableCode": {"language": "PYTHON", "code": "1"}})
    answer = gateway.message(model="draw", headers=script(body), inference_geo="eu")
    assert answer.status_code == 200
    assert answer.headers["x-tollgate-dropped"] == "inference_geo, answer.executableCode, answer.image"
    assert [block["text"] for block in answer.json()["content"]] == ["Here: "]
    assert dropped(gateway.counters()) == before + 1
    assert gateway.logged("dropped answer.executableCode, answer.image")


def test_an_answer_of_which_nothing_is_left_is_an_error_that_says_so_and_costs_what_it_cost(gateway):
    answer = gateway.message(model="draw", headers=script(gemini(IMAGE)))
    assert answer.status_code == 502
    assert answer.headers["x-tollgate-dropped"] == "answer.image"
    assert answer.json()["error"]["message"] == "The provider's answer holds only what this API has no place for: answer.image."
    assert gateway.access_log(status=502, model="draw")["total_tokens"] == "17"


def test_what_of_a_stream_was_lost_is_logged_and_counted(gateway):
    before = dropped(gateway.counters())
    code = {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "1"}}
    events = sse(gemini({"text": "Here: "}, finish=None), gemini(IMAGE, code, finish=None), gemini({"text": ""}))
    answer = gateway.message(model="draw", stream=True, headers=events)
    assert answer.status_code == 200 and "message_stop" in answer.text and PNG not in answer.text
    assert dropped(gateway.counters()) == before + 1
    assert gateway.logged("dropped answer.image, answer.codeExecutionResult")
    answer = gateway.chat(model="draw", stream=True, headers=events)
    assert f"data:image/png;base64,{PNG}" in answer.text and answer.text.endswith("data: [DONE]\n\n")


FAILURE = {"error": {"code": 429, "message": "Slow down", "metadata": {"provider_name": "x"}}, "user_id": "u"}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("api, kind", [("chat", "tokens"), ("message", "rate_limit_error")])
def test_a_failure_with_a_status_of_success_has_the_status_that_it_names(gateway, api, kind, stream):
    answer = getattr(gateway, api)(model="any", stream=stream, headers=script(FAILURE, headers={"retry-after": "7"}))
    assert answer.status_code == 429
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["retry-after"] == "7"
    error = answer.json()["error"]
    assert error["message"] == "Slow down"
    assert api == "chat" or error["type"] == kind


def test_a_failure_in_the_first_event_of_a_stream_is_told_as_one(gateway):
    answer = gateway.message(model="any", stream=True, headers=sse({"id": "g", **FAILURE, "choices": []}))
    error = {"type": "error", "error": {"type": "rate_limit_error", "message": "Slow down"}, "request_id": None}
    (event,) = answer.text.strip().split("\n\n")
    assert event.startswith("event: error\ndata: ") and json.loads(event.split("data: ")[1]) == error


def test_whose_key_was_wrong_is_not_told_by_a_status_of_success_either(gateway):
    answer = gateway.chat(model="any", headers=script({"error": {"code": 401, "message": "Key sk-or-1 is disabled"}}))
    assert answer.status_code == 401
    assert "sk-or-1" not in answer.text


def test_thoughts_of_another_provider_do_not_go_to_one_of_the_clients_own_dialect(start, unique):
    gateway = start()
    foreign = {"type": "thinking", "thinking": "Hm.", "signature": "tollgate.gemini.AQL7/w=="}
    said = {"type": "text", "text": unique, "cache_control": {"type": "ephemeral"}}
    messages = [
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": [foreign, said]},
        {"role": "user", "content": "And?"},
    ]
    answer = gateway.message(messages=messages)
    assert answer.status_code == 200, answer.text
    assert answer.headers["x-tollgate-dropped"] == "messages.content.thinking"
    assert gateway.received("anthropic", unique)["json"]["messages"][1]["content"] == [said]
