"""The official SDKs, each behind the same few verbs, so that one test can ask every provider through each of them.

What an SDK sends and how it reads the answer is its own business; these only say what to ask and what was understood.
"""

import dataclasses
import json

import anthropic
import boto3
import botocore.config
import botocore.exceptions
import cohere
import google.genai
import google.genai.errors
import google.genai.types
import openai

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
NAMES = ("weather", "time")
DESCRIPTION = "Looks it up."


@dataclasses.dataclass
class Said:
    """What an SDK understood of an answer."""

    text: str = ""
    thoughts: str = ""
    #: Id, name and arguments of each call.
    calls: list = dataclasses.field(default_factory=list)
    finish: str = ""
    input: int = 0
    output: int = 0
    #: The assistant's turn in the SDK's own form, to be sent back.
    turn: object = None


class OpenAI:
    finishes = {"stop": "stop", "length": "length", "tool_calls": "tools"}

    def __init__(self, url):
        self.client = openai.OpenAI(base_url=f"{url}/v1", api_key="the-clients-own", max_retries=0)

    def user(self, text):
        return [{"role": "user", "content": text}]

    def results(self, calls, results):
        return [{"role": "tool", "tool_call_id": call[0], "content": result} for call, result in zip(calls, results)]

    def ask(self, model, turns, *, tools=False, stream=False):
        request = {"model": model, "messages": turns}
        if tools:
            functions = [{"name": name, "description": DESCRIPTION, "parameters": SCHEMA} for name in NAMES]
            request["tools"] = [{"type": "function", "function": function} for function in functions]
        if not stream:
            answer = self.client.chat.completions.create(**request)
        else:
            try:
                with self.client.chat.completions.stream(**request, stream_options={"include_usage": True}) as events:
                    answer = events.get_final_completion()
            except openai.LengthFinishReasonError as cut:
                answer = cut.completion
        choice = answer.choices[0]
        calls = choice.message.tool_calls or []
        return Said(
            text=choice.message.content or "",
            thoughts=getattr(choice.message, "reasoning_content", None) or "",
            calls=[(call.id, call.function.name, json.loads(call.function.arguments or "{}")) for call in calls],
            finish=self.finishes[choice.finish_reason],
            input=answer.usage.prompt_tokens,
            output=answer.usage.completion_tokens,
            turn=[choice.message.model_dump(exclude_none=True, exclude={"parsed"})],
        )

    def failure(self, ask):
        try:
            ask()
        except openai.APIStatusError as error:
            return type(error).__name__, error.status_code, error.body["message"]

    broken = openai.APIError
    errors = {400: "BadRequestError", 403: "PermissionDeniedError", 404: "NotFoundError", 429: "RateLimitError", 500: "InternalServerError"}


class Responses(OpenAI):
    def user(self, text):
        return [{"role": "user", "content": text}]

    def results(self, calls, results):
        return [
            {"type": "function_call_output", "call_id": call[0], "output": result}
            for call, result in zip(calls, results)
        ]

    def ask(self, model, turns, *, tools=False, stream=False):
        request = {"model": model, "input": turns, "store": False, "include": ["reasoning.encrypted_content"]}
        if tools:
            request["tools"] = [
                {"type": "function", "name": name, "description": DESCRIPTION, "parameters": SCHEMA, "strict": False}
                for name in NAMES
            ]
        if not stream:
            answer = self.client.responses.create(**request)
        else:
            with self.client.responses.stream(**request) as events:
                seen = list(events)
            # The SDK's own way to the last answer takes complete ones only.
            assert seen[-1].type in ("response.completed", "response.incomplete"), seen[-1].type
            answer = seen[-1].response
            numbers = [event.sequence_number for event in seen]
            assert numbers == list(range(len(numbers))), numbers
        calls = [item for item in answer.output if item.type == "function_call"]
        thoughts = [part.text for item in answer.output if item.type == "reasoning" for part in item.summary]
        incomplete = answer.incomplete_details and answer.incomplete_details.reason
        return Said(
            text=answer.output_text,
            thoughts="".join(thoughts),
            calls=[(call.call_id, call.name, json.loads(call.arguments)) for call in calls],
            finish="length" if incomplete else "tools" if calls else "stop",
            input=answer.usage.input_tokens,
            output=answer.usage.output_tokens,
            turn=[item.model_dump(exclude_none=True, exclude={"parsed_arguments"}) for item in answer.output],
        )


class Anthropic:
    finishes = {"end_turn": "stop", "max_tokens": "length", "tool_use": "tools"}

    def __init__(self, url):
        self.client = anthropic.Anthropic(base_url=url, api_key="the-clients-own", max_retries=0)

    def user(self, text):
        return [{"role": "user", "content": text}]

    def results(self, calls, results):
        blocks = [
            {"type": "tool_result", "tool_use_id": call[0], "content": result} for call, result in zip(calls, results)
        ]
        return [{"role": "user", "content": blocks}]

    def ask(self, model, turns, *, tools=False, stream=False):
        request = {"model": model, "max_tokens": 4000, "messages": turns}
        if tools:
            request["tools"] = [{"name": name, "description": DESCRIPTION, "input_schema": SCHEMA} for name in NAMES]
        if not stream:
            answer = self.client.messages.create(**request)
        else:
            with self.client.messages.stream(**request) as events:
                answer = events.get_final_message()
        return Said(
            text="".join(block.text for block in answer.content if block.type == "text"),
            thoughts="".join(block.thinking for block in answer.content if block.type == "thinking"),
            calls=[(block.id, block.name, block.input) for block in answer.content if block.type == "tool_use"],
            finish=self.finishes[answer.stop_reason],
            input=answer.usage.input_tokens
            + (answer.usage.cache_read_input_tokens or 0) + (answer.usage.cache_creation_input_tokens or 0),
            output=answer.usage.output_tokens,
            turn=[answer.to_param()],
        )

    def failure(self, ask):
        try:
            ask()
        except anthropic.APIStatusError as error:
            return type(error).__name__, error.status_code, error.api_message

    broken = anthropic.APIStatusError
    errors = {400: "BadRequestError", 403: "PermissionDeniedError", 404: "NotFoundError", 429: "RateLimitError", 500: "InternalServerError"}


class Gemini:
    finishes = {"STOP": "stop", "MAX_TOKENS": "length"}

    def __init__(self, url):
        options = google.genai.types.HttpOptions(base_url=url)
        self.client = google.genai.Client(api_key="the-clients-own", http_options=options)

    def user(self, text):
        types = google.genai.types
        return [types.Content(role="user", parts=[types.Part(text=text)])]

    def results(self, calls, results):
        types = google.genai.types
        parts = [
            types.Part(function_response=types.FunctionResponse(id=call[0], name=call[1], response={"output": result}))
            for call, result in zip(calls, results)
        ]
        return [types.Content(role="user", parts=parts)]

    def ask(self, model, turns, *, tools=False, stream=False):
        types = google.genai.types
        config = types.GenerateContentConfig()
        if tools:
            functions = [
                types.FunctionDeclaration(name=name, description=DESCRIPTION, parameters_json_schema=SCHEMA)
                for name in NAMES
            ]
            config.tools = [types.Tool(function_declarations=functions)]
        if not stream:
            chunks = [self.client.models.generate_content(model=model, contents=turns, config=config)]
        else:
            chunks = list(self.client.models.generate_content_stream(model=model, contents=turns, config=config))
        parts = [
            part
            for chunk in chunks
            for candidate in chunk.candidates or []
            for part in (candidate.content and candidate.content.parts) or []
        ]
        calls = [(part.function_call.id, part.function_call.name, part.function_call.args) for part in parts if part.function_call]
        finishes = [c.finish_reason.value for chunk in chunks for c in chunk.candidates or [] if c.finish_reason]
        assert len(finishes) == 1, finishes
        usage = [chunk.usage_metadata for chunk in chunks if chunk.usage_metadata][-1]
        finish = self.finishes[finishes[0]]
        return Said(
            text="".join(part.text for part in parts if part.text and not part.thought),
            thoughts="".join(part.text for part in parts if part.text and part.thought),
            calls=calls,
            finish="tools" if calls and finish == "stop" else finish,
            input=usage.prompt_token_count,
            output=(usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0),
            turn=[types.Content(role="model", parts=parts)],
        )

    def failure(self, ask):
        try:
            ask()
        except google.genai.errors.APIError as error:
            return type(error).__name__, error.code, error.message

    broken = google.genai.errors.APIError
    errors = {400: "ClientError", 403: "ClientError", 404: "ClientError", 429: "ClientError", 500: "ServerError"}


class Bedrock:
    finishes = {"end_turn": "stop", "max_tokens": "length", "tool_use": "tools"}

    def __init__(self, url):
        config = botocore.config.Config(retries={"total_max_attempts": 1})
        self.client = boto3.client(
            "bedrock-runtime", endpoint_url=url, region_name="us-east-1", config=config,
            aws_access_key_id="the-clients-own", aws_secret_access_key="secret",
        )

    def user(self, text):
        return [{"role": "user", "content": [{"text": text}]}]

    def results(self, calls, results):
        blocks = [
            {"toolResult": {"toolUseId": call[0], "content": [{"text": result}]}} for call, result in zip(calls, results)
        ]
        return [{"role": "user", "content": blocks}]

    def ask(self, model, turns, *, tools=False, stream=False):
        request = {"modelId": model, "messages": turns}
        if tools:
            specs = [{"name": name, "description": DESCRIPTION, "inputSchema": {"json": SCHEMA}} for name in NAMES]
            request["toolConfig"] = {"tools": [{"toolSpec": spec} for spec in specs]}
        if stream:
            content, finish, usage = self.join(self.client.converse_stream(**request)["stream"])
        else:
            answer = self.client.converse(**request)
            content, finish, usage = answer["output"]["message"]["content"], answer["stopReason"], answer["usage"]
        reasoning = [block["reasoningContent"] for block in content if "reasoningContent" in block]
        calls = [block["toolUse"] for block in content if "toolUse" in block]
        return Said(
            text="".join(block["text"] for block in content if "text" in block),
            thoughts="".join(block["reasoningText"]["text"] for block in reasoning if "reasoningText" in block),
            calls=[(call["toolUseId"], call["name"], call["input"]) for call in calls],
            finish=self.finishes[finish],
            input=usage["inputTokens"] + usage.get("cacheReadInputTokens", 0) + usage.get("cacheWriteInputTokens", 0),
            output=usage["outputTokens"],
            turn=[{"role": "assistant", "content": content}],
        )

    @staticmethod
    def join(events):
        """The message that a stream's events make."""
        blocks, finish, usage = {}, None, None
        for event in events:
            (kind, said), = event.items()
            index = said.get("contentBlockIndex")
            if kind == "contentBlockStart" and "toolUse" in said["start"]:
                blocks[index] = {"toolUse": {**said["start"]["toolUse"], "input": ""}}
            elif kind == "contentBlockDelta":
                delta = said["delta"]
                if "text" in delta:
                    blocks.setdefault(index, {"text": ""})["text"] += delta["text"]
                elif "toolUse" in delta:
                    blocks[index]["toolUse"]["input"] += delta["toolUse"]["input"]
                elif "redactedContent" in delta["reasoningContent"]:
                    blocks[index] = {"reasoningContent": delta["reasoningContent"]}
                else:
                    thought = blocks.setdefault(index, {"reasoningContent": {"reasoningText": {"text": ""}}})
                    for key, value in delta["reasoningContent"].items():
                        text = thought["reasoningContent"]["reasoningText"]
                        text[key] = text.get(key, "") + value
            elif kind == "messageStop":
                finish = said["stopReason"]
            elif kind == "metadata":
                usage = said["usage"]
        for block in blocks.values():
            if "toolUse" in block:
                block["toolUse"]["input"] = json.loads(block["toolUse"]["input"] or "{}")
        return [blocks[index] for index in sorted(blocks)], finish, usage

    def failure(self, ask):
        try:
            ask()
        except botocore.exceptions.ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            return type(error).__name__, status, error.response["Error"]["Message"]

    broken = botocore.exceptions.EventStreamError
    errors = {
        400: "ValidationException", 403: "AccessDeniedException", 404: "ResourceNotFoundException",
        429: "ThrottlingException", 500: "InternalServerException",
    }


class Cohere:
    finishes = {"COMPLETE": "stop", "MAX_TOKENS": "length", "TOOL_CALL": "tools"}

    def __init__(self, url):
        self.client = cohere.ClientV2(
            base_url=url, api_key="the-clients-own", max_retries=0, log_warning_experimental_features=False
        )

    def user(self, text):
        return [{"role": "user", "content": text}]

    def results(self, calls, results):
        return [{"role": "tool", "tool_call_id": call[0], "content": result} for call, result in zip(calls, results)]

    def ask(self, model, turns, *, tools=False, stream=False):
        request = {"model": model, "messages": turns}
        if tools:
            functions = [{"name": name, "description": DESCRIPTION, "parameters": SCHEMA} for name in NAMES]
            request["tools"] = [{"type": "function", "function": function} for function in functions]
        if stream:
            return self.join(self.client.chat_stream(**request))
        answer = self.client.chat(**request)
        content = answer.message.content or []
        thoughts = [part.thinking for part in content if part.type == "thinking"]
        return Said(
            text="".join(part.text for part in content if part.type == "text"),
            thoughts="".join(thoughts) + (answer.message.tool_plan or ""),
            calls=self.calls(answer.message.tool_calls or []),
            finish=self.finishes[answer.finish_reason],
            input=int(answer.usage.tokens.input_tokens),
            output=int(answer.usage.tokens.output_tokens),
            turn=[answer.message.model_dump(exclude_none=True)],
        )

    @staticmethod
    def calls(calls):
        return [(call.id, call.function.name, json.loads(call.function.arguments)) for call in calls]

    def join(self, events):
        said, calls, text, thoughts, plan = Said(), {}, "", "", ""
        for event in events:
            delta = getattr(event, "delta", None)
            if event.type == "content-delta":
                text += delta.message.content.text or ""
                thoughts += delta.message.content.thinking or ""
            elif event.type == "tool-plan-delta":
                plan += delta.message.tool_plan
            elif event.type == "tool-call-start":
                calls[event.index] = delta.message.tool_calls
            elif event.type == "tool-call-delta":
                calls[event.index].function.arguments += delta.message.tool_calls.function.arguments
            elif event.type == "message-end":
                if delta.finish_reason == "ERROR":
                    raise self.broken(f"the stream ended in an error: {delta.error}")
                said.finish = self.finishes[delta.finish_reason]
                said.input = int(delta.usage.tokens.input_tokens)
                said.output = int(delta.usage.tokens.output_tokens)
        assert said.finish or not (text or calls), "the stream has no end"
        said.text, said.thoughts = text, thoughts + plan
        ordered = [calls[index] for index in sorted(calls)]
        said.calls = self.calls(ordered)
        turn = {"role": "assistant", "tool_calls": [call.model_dump(exclude_none=True) for call in ordered]}
        said.turn = [{**turn, **({"tool_plan": plan} if plan else {})} if ordered else {"role": "assistant", "content": text}]
        if not said.finish:
            raise self.broken("the stream broke off")
        return said

    def failure(self, ask):
        try:
            ask()
        except cohere.core.api_error.ApiError as error:
            return type(error).__name__, error.status_code, error.body["message"]

    class broken(Exception):
        """Cohere's SDK has no class of its own for a stream that ends in an error."""

    errors = {
        400: "BadRequestError", 403: "ForbiddenError", 404: "NotFoundError", 429: "TooManyRequestsError",
        500: "InternalServerError",
    }


SDKS = {
    "openai": OpenAI, "responses": Responses, "anthropic": Anthropic,
    "gemini": Gemini, "bedrock": Bedrock, "cohere": Cohere,
}
