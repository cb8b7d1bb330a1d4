"""Writes what the SDKs say that requests look like, as one JSON Schema per kind of request.

    python -m venv sdks && sdks/bin/pip install -r requirements.txt && sdks/bin/python generate.py

The files are written beside this one; the same SDKs give the same files.
"""

import ast
import inspect
import json
import textwrap
import typing
from pathlib import Path

import aws_shapes
import google_wire
from anthropic.resources.beta.messages.messages import Messages as BetaMessages
from anthropic.resources.messages import Messages
from anthropic.types import message_count_tokens_params, message_create_params
from anthropic.types.beta import message_create_params as beta_create_params
from cohere.v2.raw_client import RawV2Client
from openai.types import embedding_create_params
from openai.types.chat import completion_create_params
from openai.types.responses import response_create_params
from python_types import Schemas, closed


def openai(params) -> dict:
    """A request whose parameters are a TypedDict, or one for streams and one for the rest."""
    schemas = Schemas()
    return schemas.document(schemas.merged(params))


def anthropic(params, method) -> dict:
    """The same; what the method sends as a header is not in the body."""
    schemas = Schemas()
    root = schemas.merged(params)
    sent = body_of(method)
    root["properties"] = {name: value for name, value in root["properties"].items() if name in sent}
    return schemas.document(root)


def cohere(method) -> dict:
    """A request whose fields are the arguments of a method."""
    schemas = Schemas()
    arguments = inspect.signature(method).parameters
    hints = typing.get_type_hints(method, include_extras=True)
    properties, required = {}, []
    for field, value in body_of(method).items():
        if isinstance(value, ast.Constant):  # `stream`, which the name of the method says
            properties[field] = {"type": "boolean"}
            continue
        name = next(node.id for node in ast.walk(value) if isinstance(node, ast.Name) and node.id in arguments)
        properties[field] = schemas.of(hints[name])
        if arguments[name].default is inspect.Parameter.empty:
            required.append(field)
    return schemas.document(closed(properties, required))


def body_of(method) -> dict:
    """The fields that a method of an SDK puts in the body, and the expression for each."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(method))))
    bodies = (word.value for word in ast.walk(tree) if isinstance(word, ast.keyword) and word.arg in ("body", "json"))
    fields = next(node for body in bodies for node in ast.walk(body) if isinstance(node, ast.Dict))
    return {key.value: value for key, value in zip(fields.keys, fields.values)}


KINDS = {
    "openai.chat": lambda: openai(completion_create_params.CompletionCreateParams),
    "openai.responses": lambda: openai(response_create_params.ResponseCreateParams),
    "openai.embeddings": lambda: openai(embedding_create_params.EmbeddingCreateParams),
    "anthropic.messages": lambda: anthropic(message_create_params.MessageCreateParams, Messages.create),
    "anthropic.count_tokens": lambda: anthropic(
        message_count_tokens_params.MessageCountTokensParams, Messages.count_tokens
    ),
    "anthropic.beta_messages": lambda: anthropic(beta_create_params.MessageCreateParams, BetaMessages.create),
    "gemini.generate_content": lambda: google_wire.generate_content("mldev"),
    "vertex.generate_content": lambda: google_wire.generate_content("vertex"),
    "bedrock.converse": lambda: aws_shapes.request("Converse"),
    "bedrock.converse_stream": lambda: aws_shapes.request("ConverseStream"),
    "cohere.chat": lambda: cohere(RawV2Client.chat),
    "cohere.embed": lambda: cohere(RawV2Client.embed),
    "cohere.rerank": lambda: cohere(RawV2Client.rerank),
}


def written(schema: dict) -> str:
    """JSON with a definition a line, so that what the next SDK changes can be read."""
    definitions = ",\n".join(f"{compact(name)}:{compact(one)}" for name, one in schema.pop("$defs").items())
    return f'{compact(schema)[:-1]},"$defs":{{\n{definitions}\n}}}}\n'


def compact(value) -> str:
    """JSON without spaces."""
    return json.dumps(value, separators=(",", ":"))


def main():
    for kind, schema in KINDS.items():
        Path(__file__).with_name(f"{kind}.json").write_text(written(schema()))


if __name__ == "__main__":
    main()
