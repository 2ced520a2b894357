"""Counterexamples as files: JSON to be read again, and a program to be given to others."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from queuespec import results
from queuespec.cli.parser import Refused
from queuespec.explore.counterexample import Counterexample
from queuespec.explore.scenario import PUTS
from queuespec.report.console import say_error
from queuespec.report.inlining import Unsuitable
from queuespec.report.standalone import program
from queuespec.results import schema
from queuespec.results.reading import LONGEST_LINE, opened, parsed
from queuespec.rules import Facts
from queuespec.text import one_line


class Saver:
    """Writes counterexamples into a directory, which is made if it is missing; replaces nothing that is there.

    Raises `Refused` if it cannot be written to.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        try:
            directory.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=directory):
                pass
        except OSError as error:
            raise _refusal(directory, error) from None

    def save(self, header: results.Header, facts: Facts, one: Counterexample) -> Path:
        """Writes both files; returns the path of the JSON. Raises `Refused`."""
        text = json.dumps(results.saved(header, one.as_json()), indent=1) + "\n"
        try:
            for number in itertools.count(1):
                file = self._directory / f"counterexample-{number}.json"
                if not file.with_suffix(".py").exists() and _write_new(file, text):
                    break
            try:
                _write_new(file.with_suffix(".py"), program(one, facts))
            except Unsuitable as reason:
                say_error(f"queuespec explore: {file.stem} cannot be a program: {reason}")
        except OSError as error:
            raise _refusal(self._directory, error) from None
        return file


def _refusal(directory: Path, error: OSError) -> Refused:
    return Refused(f"--save: cannot write to {one_line(str(directory))!r}: {error.strerror or type(error).__name__}")


def _write_new(file: Path, text: str) -> bool:
    """Writes a file that is not there yet, whole or not at all; returns False if there is one. Raises `OSError`."""
    number, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    fresh = Path(name)
    try:
        with open(number, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(fresh, file)
        except FileExistsError:
            return False
        except (OSError, NotImplementedError):  # a file system without links
            if file.exists():
                return False
            os.rename(fresh, file)
        return True
    finally:
        with contextlib.suppress(OSError):
            fresh.unlink()


def read(name: str) -> tuple[results.Header, Counterexample]:
    """What `Saver` has written. Raises `BadFile`."""
    try:
        with opened(name) as file:
            text = file.read(LONGEST_LINE + 1)
    except (OSError, ValueError) as error:
        raise results.BadFile(f"cannot read {one_line(name)}: {getattr(error, 'strerror', None) or error}") from None
    try:
        if _begins_as_results(text):
            raise results.BadFile("it is a results file; give a counterexample, which explore --save DIR writes")
        if len(text) > LONGEST_LINE:
            raise results.BadFile(f"the file is longer than {LONGEST_LINE:,} bytes")
        data = parsed(text, "file")
        wrong = schema.checks()["saved"](data) or _what_is_wrong(data["counterexample"])
        if wrong:
            raise results.BadFile(f"invalid counterexample: {wrong}")
    except results.BadFile as error:
        raise results.BadFile(f"{one_line(name)}: {one_line(str(error))}") from None
    return results.Header.from_data(data["header"]), Counterexample.of_json(data["counterexample"])


def _begins_as_results(text: bytes) -> bool:
    """Whether the first line is the header of a results file."""
    try:
        return "format" in parsed(text.partition(b"\n")[0])
    except results.BadFile:
        return False


def _what_is_wrong(data: dict[str, Any]) -> str:
    """What the schema cannot say; empty if nothing is wrong."""
    parts = data["history"]["scenario"]["parts"]
    actors = [part["actor"] for part in parts]
    operations = {part["actor"]: part["operations"] for part in parts}
    twice = _twice(actors) or _twice([one["item"] for part in parts for one in part["operations"] if one.get("item")])
    if twice:
        return f"{twice!r} is there twice"
    for part in parts:
        for one in part["operations"]:
            if (one["call"] in PUTS) != bool(one.get("item")):
                return f"{part['actor']} calls {one['call']}() with{'out' if one['call'] in PUTS else ''} an item"
    for hold in data["schedule"]["holds"]:
        if hold["operation"] >= len(operations.get(hold["actor"], ())):
            return f"{hold['actor']} is held in operation {hold['operation']}, which it does not have"
    return ""


def _twice(names: Sequence[str]) -> str:
    return next((name for name, count in Counter(names).items() if count > 1), "")
