"""Reads what actors have recorded (see `queuespec.actors.playing`)."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from queuespec.explore.history import Step
from queuespec.explore.scenario import Operation


def read(path: str, actor: str, operations: tuple[Operation, ...]) -> list[Step]:
    """The steps that an actor has recorded in a file (see `queuespec.actors.playing`), in their order; what it did
    beyond its operations, it says itself."""
    try:
        lines = Path(path).read_text("utf-8").split("\n")[:-1]
    except OSError:
        return []
    steps: dict[int, Step] = {}
    for line in lines:
        number, moment, word, rest = line.split(" ", 3)
        known = steps.get(int(number))
        if known is None:
            own = Operation(word, timeout=_value(rest))
            operation = operations[int(number)] if operations else own
            steps[int(number)] = Step(actor, operation, int(moment))
        else:
            steps[int(number)] = dataclasses.replace(known, end=int(moment), outcome=word, value=_value(rest))
    return [*steps.values()]


def _value(text: str) -> Any:
    """The value that `ascii` has written. `ast` is for one thread at a time (CPython 3.11), and several explore."""
    if text[0] in "'\"":
        return text[1:-1].encode("ascii").decode("unicode_escape")
    constants = {"None": None, "True": True, "False": False}
    return constants[text] if text in constants else int(text) if text.lstrip("-").isdecimal() else float(text)
