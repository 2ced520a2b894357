"""Checks data against `results.schema.json`."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any, Callable

KINDS_OF_LINES = ("header", "verdict", "finding", "measurement", "saved", "footer")
FILE = Path(__file__).with_name("results.schema.json")


@functools.cache
def checks() -> dict[str, Callable[[Any], str]]:
    """For each kind of line, and for a saved counterexample: what is wrong with a value, or an empty string."""
    definitions = json.loads(FILE.read_text(encoding="utf-8"))["$defs"]
    return {name: _check(definitions, name) for name in KINDS_OF_LINES}


def _check(definitions: dict[str, Any], name: str) -> Callable[[Any], str]:
    import fastjsonschema  # here, since only what reads results files should wait for it

    @functools.cache
    def compiled() -> Callable[[Any], object]:
        validate: Callable[[Any], object] = fastjsonschema.compile({"$ref": f"#/$defs/{name}", "$defs": definitions})
        return validate

    def check(value: Any) -> str:
        try:
            compiled()(value)
        except fastjsonschema.JsonSchemaValueException as error:
            inside = ".".join(map(str, error.path[1:]))
            return f"{repr(inside) if inside else 'it'}{error.message[len(error.name or '') :]}"
        return ""

    return check
