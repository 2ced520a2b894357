"""Checks data against the part of JSON Schema that `results.schema.json` uses, fast enough for large files."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from typing import Any, Callable

Check = Callable[[Any], str]
"""What is wrong with a value, in words; an empty string if nothing is."""

FILE = Path(__file__).with_name("results.schema.json")

REMEMBERED = 100_000
"""Maximum number of valid strings to remember; most strings occur many times in a file."""

_SUPPORTED = frozenset(
    "$ref additionalProperties const description enum items maxItems maxLength maximum minItems minLength minimum "
    "pattern prefixItems properties required type".split()
)


@functools.cache
def checks() -> dict[str, Check]:
    """The checks of the schema's definitions, by name: header, verdict, footer."""
    definitions = json.loads(FILE.read_text(encoding="utf-8"))["$defs"]
    return {name: compiled(schema, definitions) for name, schema in definitions.items()}


def compiled(schema: dict[str, Any], definitions: dict[str, Any]) -> Check:
    """A function that checks a value against this schema. Raises `ValueError` for a keyword that we do not support."""
    unknown = schema.keys() - _SUPPORTED
    if unknown:
        raise ValueError(f"unsupported keywords in a schema: {', '.join(sorted(unknown))}")
    if "$ref" in schema:
        return compiled(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "const" in schema or "enum" in schema:
        return _one_of(schema.get("enum", [schema.get("const")]))
    names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    parts: dict[type, Check] = {}
    for name in names:
        types, make = _TYPES[name]
        parts.update(dict.fromkeys(types, make(schema, definitions)))

    def check(value: Any) -> str:
        part = parts.get(type(value))
        if part is None:
            return f"should be of type {' or '.join(names)}, but is {type(value).__name__}"
        return part(value)

    return check


def _one_of(allowed: list[Any]) -> Check:
    """`allowed` has values of one type."""
    wrong = f"should be one of {', '.join(map(json.dumps, allowed))}"
    return lambda value: "" if type(value) is type(allowed[0]) and value in allowed else wrong


def _anything(schema: dict[str, Any], definitions: dict[str, Any]) -> Check:
    return lambda value: ""


def _string(schema: dict[str, Any], definitions: dict[str, Any]) -> Check:
    shortest, longest = schema.get("minLength", 0), schema.get("maxLength", 1_000_000)
    found = re.compile(schema.get("pattern", "").replace("$", r"\Z")).search
    accepted: set[str] = set()

    def check(value: str) -> str:
        if value in accepted:
            return ""
        if not shortest <= len(value) <= longest:
            return f"should have {shortest} to {longest} characters, but has {len(value)}"
        if not found(value):
            return "has characters that are not allowed"
        if len(accepted) < REMEMBERED:
            accepted.add(value)
        return ""

    return check


def _number(schema: dict[str, Any], definitions: dict[str, Any]) -> Check:
    least, most = schema.get("minimum", float("-inf")), schema.get("maximum", float("inf"))
    return lambda value: "" if least <= value <= most else f"should be from {least} to {most}"


def _array(schema: dict[str, Any], definitions: dict[str, Any]) -> Check:
    first = [compiled(part, definitions) for part in schema.get("prefixItems", ())]
    rest = compiled(schema["items"], definitions) if "items" in schema else _anything(schema, definitions)
    least, most = schema.get("minItems", 0), schema.get("maxItems", 1_000_000)

    def check(value: list[Any]) -> str:
        if not least <= len(value) <= most:
            return f"should have {least} to {most} entries, but has {len(value)}"
        for number, entry in enumerate(value):
            wrong = (first[number] if number < len(first) else rest)(entry)
            if wrong:
                return f"in entry {number + 1}: {wrong}"
        return ""

    return check


def _object(schema: dict[str, Any], definitions: dict[str, Any]) -> Check:
    properties = {name: compiled(part, definitions) for name, part in schema["properties"].items()}
    required = frozenset(schema.get("required", ()))

    def check(value: dict[str, Any]) -> str:
        if not required <= value.keys():
            return f"{min(required - value.keys())!r} is missing"
        for name, entry in value.items():
            if name not in properties:
                return f"{name!r:.60} is unknown"
            wrong = properties[name](entry)
            if wrong:
                return f"{name!r} {wrong}"
        return ""

    return check


_TYPES: dict[str, tuple[tuple[type, ...], Callable[[dict[str, Any], dict[str, Any]], Check]]] = {
    "string": ((str,), _string),
    "boolean": ((bool,), _anything),
    "number": ((int, float), _number),
    "integer": ((int,), _number),
    "array": ((list,), _array),
    "object": ((dict,), _object),
    "null": ((type(None),), _anything),
}
