"""`/api`: the interface for programs as a page for people, read from its OpenAPI document."""

from __future__ import annotations

from dataclasses import dataclass

from indexer import Settings
from webapp.errors import FAULTS, Fault
from webapp.openapi import Operation, operations
from webapp.schema import Schema


@dataclass(frozen=True, slots=True)
class Property:
    """A line of a table: a key, its type in French, what it is, and the object it leads to."""

    name: str
    kind: str
    told: str
    object: str = ""


@dataclass(frozen=True, slots=True)
class ObjectView:
    """An object of the interface."""

    name: str
    told: str
    properties: tuple[Property, ...]


@dataclass(frozen=True, slots=True)
class OperationView:
    """An operation as shown."""

    operation: Operation
    parameters: tuple[Property, ...]
    answer: str


@dataclass(frozen=True, slots=True)
class ApiView:
    """The whole page."""

    operations: tuple[OperationView, ...]
    objects: tuple[ObjectView, ...]
    faults: tuple[tuple[str, Fault], ...]


def api_page(settings: Settings, told: Schema) -> ApiView:
    """What `/api` shows, read from the OpenAPI document of these settings (`openapi.description`)."""
    shown = []
    every = operations(settings)
    for one in every:
        parameters = told["paths"][one.path]["get"]["parameters"]
        lines = tuple(
            _property(each["name"], each["schema"] | {"description": each["description"]}) for each in parameters
        )
        shown.append(OperationView(one, lines, one.answer.__name__.removesuffix("Json")))
    objects = tuple(
        ObjectView(
            name,
            schema.get("description", ""),
            tuple(_property(key, each) for key, each in schema["properties"].items()),
        )
        for name, schema in told["components"]["schemas"].items()
    )
    codes = dict.fromkeys(code for one in every for code in one.faults)
    faults = sorted(((code, FAULTS[code]) for code in codes), key=lambda pair: pair[1].status)
    return ApiView(tuple(shown), objects, tuple(faults))


_NAMES = {
    "string": "texte",
    "integer": "entier",
    "number": "nombre",
    "boolean": "vrai ou faux",
    "null": "null",
    "object": "objet",
}


def _property(name: str, schema: Schema) -> Property:
    return Property(name, _kind(schema), schema.get("description", ""), _object(schema))


def _kind(schema: Schema) -> str:
    """A schema in a few French words."""
    if "enum" in schema:
        return " | ".join(str(value) if value != "" else "«\u00a0»" for value in schema["enum"])
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " ou ".join(map(_kind, schema["anyOf"]))
    if "prefixItems" in schema:
        return "[" + ", ".join(map(_kind, schema["prefixItems"])) + "]"
    kind = schema.get("type", "object")
    if kind == "array":
        return f"liste de {_kind(schema['items'])}"
    if isinstance(kind, list):
        return " ou ".join(_NAMES[one] for one in kind)
    if "additionalProperties" in schema:
        return f"objet de {_kind(schema['additionalProperties'])}" if schema["additionalProperties"] else "objet"
    return _NAMES[kind]


def _object(schema: Schema) -> str:
    """The name of the object that a schema leads to, if any."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    inside = [schema["items"]] if isinstance(schema.get("items"), dict) else schema.get("anyOf", [])
    return next(filter(None, map(_object, inside)), "")
