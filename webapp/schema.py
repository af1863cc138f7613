"""Types as JSON Schema (2020-12): what a TypedDict says in Python, said to programs.

Only what the contract's types use is known; anything else is a TypeError when the application is made.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from enum import Enum
from inspect import getdoc
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

Schema = dict[str, Any]

_SIMPLE: Mapping[Any, str] = {str: "string", int: "integer", float: "number", bool: "boolean", types.NoneType: "null"}


class Schemas:
    """Makes schemas and gathers the named ones, which refer to each other by `prefix` and name."""

    def __init__(self, prefix: str = "#/components/schemas/") -> None:
        self.named: dict[str, Schema] = {}
        self._prefix = prefix

    def of(self, kind: Any) -> Schema:
        """The schema of a type. Raises TypeError for one that JSON has no words for."""
        origin, args = get_origin(kind), get_args(kind)
        if kind is Any:
            return {}
        if kind in _SIMPLE:
            return {"type": _SIMPLE[kind]}
        if origin is Annotated:
            return {**self.of(args[0]), "description": args[1]}
        if origin is NotRequired:
            return self.of(args[0])
        if origin is Literal:
            return {"enum": list(args)}
        if origin in (Union, types.UnionType):
            return _any_of([self.of(arg) for arg in args])
        if origin is list:
            return {"type": "array", "items": self.of(args[0])}
        if origin is tuple:
            items = [self.of(arg) for arg in args]
            return {"type": "array", "prefixItems": items, "items": False, "minItems": len(items)}
        if origin is dict:
            return {"type": "object", "additionalProperties": self.of(args[1])}
        if isinstance(kind, type) and issubclass(kind, Enum):
            return {"type": "string", "enum": [one.value for one in kind]}
        if is_typeddict(kind):
            return self._object(kind)
        raise TypeError(f"no schema for {kind!r}")

    def _object(self, kind: Any) -> Schema:
        name = kind.__name__.removesuffix("Json")
        if name not in self.named:
            self.named[name] = {}  # it may hold itself
            hints = get_type_hints(kind, include_extras=True)
            described = getdoc(kind) if kind.__doc__ and not kind.__doc__.startswith("dict(") else None
            self.named[name] = {
                "type": "object",
                **({"description": described} if described else {}),
                "properties": {key: self.of(hint) for key, hint in hints.items()},
                # Not __required_keys__, which takes NotRequired for required where annotations are postponed (3.11).
                "required": [key for key, hint in hints.items() if get_origin(hint) is not NotRequired],
                "additionalProperties": False,
            }
        return {"$ref": self._prefix + name}


def _any_of(schemas: list[Schema]) -> Schema:
    """One of several: a list of types where that says it all."""
    if all(set(one) == {"type"} for one in schemas):
        return {"type": [one["type"] for one in schemas]}
    return {"anyOf": schemas}
