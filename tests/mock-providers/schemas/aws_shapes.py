"""JSON Schemas of Bedrock's requests, from the service's own model that botocore carries."""

import botocore.session
from python_types import DIALECT, closed

NUMBERS = {"float": "number", "double": "number", "integer": "integer", "long": "integer"}


def request(operation: str) -> dict:
    """The body of an operation: what is not in the path, the query or a header."""
    model = botocore.session.get_session().get_service_model("bedrock-runtime")
    definitions = {}
    root = schema(model.operation_model(operation).input_shape, definitions)
    return {"$schema": DIALECT, **definitions.pop(root["$ref"].split("/")[-1]), "$defs": definitions}


def schema(shape, definitions: dict) -> dict:
    """The schema of a shape; structures become definitions."""
    limits = shape.metadata
    if shape.type_name == "structure":
        if shape.is_document_type:
            return {}
        if shape.name not in definitions:
            definitions[shape.name] = None  # keeps its place, and ends recursion
            definitions[shape.name] = structure(shape, definitions)
        return {"$ref": f"#/$defs/{shape.name}"}
    if shape.type_name == "list":
        items = {"type": "array", "items": schema(shape.member, definitions)}
        return items | bounds(limits, "minItems", "maxItems")
    if shape.type_name == "map":
        names = {"propertyNames": schema(shape.key, definitions)}
        values = {"type": "object", **names, "additionalProperties": schema(shape.value, definitions)}
        return values | bounds(limits, "minProperties", "maxProperties")
    if shape.type_name == "blob":
        return {"type": "string", "pattern": "^[A-Za-z0-9+/]*={0,2}$"}
    if shape.type_name in NUMBERS:
        return {"type": NUMBERS[shape.type_name], **bounds(limits, "minimum", "maximum")}
    if shape.type_name == "boolean":
        return {"type": "boolean"}
    if shape.enum:
        return {"enum": list(shape.enum)}
    pattern = {"pattern": f"^(?:{limits['pattern']})$"} if "pattern" in limits else {}
    return {"type": "string", **bounds(limits, "minLength", "maxLength"), **pattern}


def structure(shape, definitions: dict) -> dict:
    """The schema of a structure's members; a union has exactly one of them."""
    members = {name: member for name, member in shape.members.items() if "location" not in member.serialization}
    properties = {
        member.serialization.get("name", name): schema(member, definitions) for name, member in members.items()
    }
    one = {"minProperties": 1, "maxProperties": 1} if shape.is_tagged_union else {}
    return closed(properties, [name for name in shape.required_members if name in members]) | one


def bounds(limits: dict, least: str, most: str) -> dict:
    """The bounds that the service's model gives."""
    found = {least: limits.get("min"), most: limits.get("max")}
    return {name: bound for name, bound in found.items() if bound is not None}
