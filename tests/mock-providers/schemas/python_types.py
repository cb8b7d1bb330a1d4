"""JSON Schemas of Python types as SDKs use them: TypedDicts, pydantic models, and what they are made of."""

import collections.abc
import datetime
import enum
import os
import types
import typing

import pydantic
import typing_extensions

DIALECT = "https://json-schema.org/draft/2020-12/schema"
BASE64 = {"type": "string", "pattern": "^[A-Za-z0-9+/_-]*={0,2}$"}
NAMES = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}
LISTS = (list, collections.abc.Sequence, collections.abc.Iterable)
MAPS = (dict, collections.abc.Mapping)
# What a program may give instead of base64; it is not what is sent.
NOT_JSON = (typing.IO, os.PathLike)


def closed(properties: dict, required: list) -> dict:
    """An object that has no other fields."""
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return schema | ({"required": required} if required else {})


class Schemas:
    """Types that were met, each with its schema. Without `nulls`, optional means left out and nothing else."""

    def __init__(self, nulls=True):
        self.nulls = nulls
        self.names = {}
        self.definitions = {}

    def document(self, root: dict) -> dict:
        """A whole schema."""
        return {"$schema": DIALECT, **root, "$defs": self.definitions}

    def of(self, kind) -> dict | None:
        """The schema of a type; none if it is not JSON."""
        origin, arguments = typing.get_origin(kind), typing.get_args(kind)
        if origin in (typing.Annotated, typing_extensions.Required, typing_extensions.NotRequired):
            return self.of(arguments[0])
        if origin in (typing.Union, types.UnionType):
            return self.union([self.of(one) for one in arguments])
        if origin is typing.Literal:
            return {"enum": list(arguments)}
        if (origin or kind) in LISTS:
            return {"type": "array", **({"items": self.of(arguments[0])} if arguments else {})}
        if (origin or kind) in MAPS:
            values = self.of(arguments[1]) if arguments else {}
            return {"type": "object", **({"additionalProperties": values} if values else {})}
        if (origin or kind) in NOT_JSON:
            return None
        if kind in (typing.Any, object):
            return {}
        if kind is bytes:
            return BASE64
        if kind is datetime.datetime:
            return {"type": "string"}
        if kind in NAMES:
            return {"type": NAMES[kind]}
        if issubclass(kind, enum.Enum):
            return {"enum": self.values(kind)}
        return self.reference(kind)

    def values(self, kind) -> list:
        """The values of an enumeration."""
        return [one.value for one in kind]

    def union(self, schemas: list) -> dict:
        """Any of the schemas, each once, and what is simple as one."""
        names, values, others = [], [], []
        for schema in schemas:
            for one in [] if schema is None else schema.get("anyOf", [schema]):
                if one.keys() == {"type"} and one["type"] not in ("object", "array"):
                    given = one["type"] if isinstance(one["type"], list) else [one["type"]]
                    names += [name for name in given if name not in names and (self.nulls or name != "null")]
                elif one.keys() == {"enum"}:
                    values += [value for value in one["enum"] if value not in values]
                elif one not in others:
                    others.append(one)
        if {} in others:
            if not values:
                return {}
            others.remove({})  # an enumeration that may grow: what is known of it
        if "string" in names:
            values = [value for value in values if not isinstance(value, str)]
        if "number" in names and "integer" in names:
            names.remove("integer")
        if values and names == ["null"]:
            values, names = [*values, None], []
        simple = [{"type": names[0] if len(names) == 1 else names}] if names else []
        every = others + ([{"enum": values}] if values else []) + simple
        return every[0] if len(every) == 1 else {"anyOf": every}

    def reference(self, kind) -> dict:
        """A named definition of a class, written when it is met first."""
        if kind not in self.names:
            taken = self.names.values()
            named = (f"{kind.__name__}{number}" for number in ["", *range(2, 99)])
            name = self.names[kind] = next(name for name in named if name not in taken)
            self.definitions[name] = None  # keeps its place: what it is made of comes after it
            self.definitions[name] = schema = self.structure(kind)
            alike = (self.names[one] for one in self.names if one.__name__ == kind.__name__)
            same = next(one for one in alike if self.definitions[one] == schema)
            if same != name:
                del self.definitions[name]
                self.names[kind] = same
        return {"$ref": f"#/$defs/{self.names[kind]}"}

    def structure(self, kind) -> dict:
        """The schema of a class's fields."""
        if issubclass(kind, pydantic.BaseModel):
            return self.model(kind)
        hints = typing.get_type_hints(kind, include_extras=True)
        # Annotations are strings in most modules, in which only get_type_hints sees `Required`.
        marks = {name: typing.get_origin(hint) for name, hint in hints.items()}
        required = [
            name
            for name, mark in marks.items()
            if mark is typing_extensions.Required
            or (mark is not typing_extensions.NotRequired and name in kind.__required_keys__)
        ]
        schema = closed({name: self.of(hint) for name, hint in hints.items()}, required)
        if getattr(kind, "__pydantic_config__", {}).get("extra") == "allow":
            del schema["additionalProperties"]
        return schema

    def model(self, kind) -> dict:
        """The schema of a pydantic model. A literal with a default tells variants apart, and is always sent."""
        properties, required = {}, []
        for name, field in kind.model_fields.items():
            wire = field.alias or name
            properties[wire] = self.of(field.annotation)
            told = typing.get_origin(field.annotation) is typing.Literal and len(typing.get_args(field.annotation)) == 1
            if field.is_required() or told:
                required.append(wire)
        return closed(properties, required)

    def merged(self, kind) -> dict:
        """One object for several that differ in a field, as those with and without streams do."""
        parts = [self.structure(one) for one in typing.get_args(kind) or [kind]]
        names = {name: None for part in parts for name in part["properties"]}
        properties = {
            name: self.union([part["properties"][name] for part in parts if name in part["properties"]])
            for name in names
        }
        return closed(properties, [name for name in names if all(name in part.get("required", []) for part in parts)])
