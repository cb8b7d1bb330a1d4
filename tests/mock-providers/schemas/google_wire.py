"""JSON Schemas of Google's requests.

The SDK keeps one set of models for two platforms and converts them; which fields a platform has, and where they go,
is said by the converters alone (`_Part_to_mldev`), so these are read.
"""

import ast
import inspect
import re
import textwrap

from google.genai import models, types
from python_types import Schemas, closed

# What the SDK's transformers make of what they are given.
MADE = {"t_schema": types.Schema, "t_speech_config": types.SpeechConfig}


def generate_content(platform: str) -> dict:
    """The body of generateContent on `mldev`, the Gemini API, or on `vertex`."""
    schemas = WireSchemas(platform)
    top, config = {"contents": schemas.of(list[types.Content])}, {}
    for above, wire, schema in schemas.converted(types.GenerateContentConfig):
        (top if above else config)[wire] = schema
    top["generationConfig"] = closed(both_ways(config), [])
    return schemas.document(closed(both_ways(top), ["contents"]))


def both_ways(properties: dict) -> dict:
    """The API reads `mimeType` and `mime_type` alike; the SDK writes the first where it converts, else the second."""
    spelled = {re.sub("([A-Z])", r"_\1", name).lower(): schema for name, schema in properties.items()}
    return properties | spelled


class WireSchemas(Schemas):
    """Schemas of models as one platform is sent them."""

    def __init__(self, platform: str):
        super().__init__(nulls=False)
        self.platform = platform

    def model(self, kind) -> dict:
        if hasattr(models, f"_{kind.__name__}_to_{self.platform}"):
            schema = closed({wire: schema for _, wire, schema in self.converted(kind)}, [])
        else:
            schema = super().model(kind)
        return schema | {"properties": both_ways(schema["properties"])}

    def values(self, kind) -> list:
        # The API's own examples write the types of schemas in small letters.
        values = super().values(kind)
        return values + [value.lower() for value in values] if kind is types.Type else values

    def converted(self, kind):
        """The fields that a converter writes: whether into the object above, the name, and the schema."""
        converter = getattr(models, f"_{kind.__name__}_to_{self.platform}")
        tree = ast.parse(textwrap.dedent(inspect.getsource(converter)))
        for test in (node for node in ast.walk(tree) if isinstance(node, ast.If)):
            (field,) = ast.literal_eval(test.test.left.args[1])
            for call in (node for node in ast.walk(test) if named(node) == "setv"):
                target, path, value = call.args
                wire, *below = ast.literal_eval(path)
                if not below:  # else it is part of a field that can be written whole, too
                    yield target.id == "parent_object", wire, self.written(kind.model_fields[field].annotation, value)

    def written(self, annotation, value) -> dict:
        """The schema of what a converter writes for a field."""
        calls = {named(node) for node in ast.walk(value)}
        made = [MADE[name] for name in MADE if name in calls]
        ending = f"_to_{self.platform}"
        made += [getattr(types, name[1:].removesuffix(ending)) for name in calls if name and name.endswith(ending)]
        if not made:
            return self.of(annotation)
        return self.of(list[made[0]] if isinstance(value, ast.ListComp) else made[0])


def named(node) -> str | None:
    """The name of the function that is called, if this is a call."""
    if not isinstance(node, ast.Call):
        return None
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
