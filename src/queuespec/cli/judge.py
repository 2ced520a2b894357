"""Judges this Python's multiprocessing under all its start methods, or what the options name. All options of pytest
work, too, such as -k, -x, -n and --junit-xml. FILE is a chapter of the specification, or a test in it as pytest names
one, or a file with rules of your own: only this is judged then.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

from queuespec.cli.common import checkout
from queuespec.cli.parser import Arguments, Parser, Refused, Status, parser_of, version
from queuespec.implementations import NAMES
from queuespec.judge.options import add_options, add_strict
from queuespec.report.console import say
from queuespec.rules import specification_folder
from queuespec.rules.words import did_you_mean
from queuespec.text import one_line

if TYPE_CHECKING:
    import pytest


def add_arguments(parser: Parser) -> None:
    """Adds our own options; pytest's are unknown here."""
    parser.usage = "queuespec [judge] [OPTIONS] [FILE ...]"
    parser.description = f"{__doc__} NAME is a module, MODULE:CLASS, an adapter.py, or one of: {', '.join(NAMES)}."
    add_options(parser.add_argument)
    add_strict(parser.add_argument)
    parser.add_argument("--pytest-help", action="store_true", help="show pytest's help, with all its options")


def run(given: Arguments) -> int:
    """Judges with the options `given.words`; returns pytest's exit status. Raises `Refused`."""
    words = given.words
    if {"-h", "--help"} & set(words):
        parser_of("judge").parse_args(["judge", "--help"])
    if {"-V", "--version"} & set(words):
        say(version())
        return Status.OK
    if sys.flags.optimize:
        raise Refused("Python runs without assertions, so it cannot judge; unset PYTHONOPTIMIZE, or leave out -O")
    import pytest

    specification = specification_folder()
    root = checkout() or specification
    settings = root / "pyproject.toml"
    own = ["-p", "queuespec.plugin", "--rootdir", str(root)]
    if root == specification:
        settings = Path(__file__).parents[1] / "pytest.ini"
        own += [] if "no:cacheprovider" in words else ["-o", f"cache_dir={Path.cwd() / '.pytest_cache'}"]
    own += ["-c", str(settings)]
    words = ["--help" if word == "--pytest-help" else word for word in words]
    return int(pytest.main([*own, str(specification), *words], plugins=[_front(str(specification))]))


def file_of(name: str) -> str:
    """The file of a test, as pytest names both: ``test_a.py`` for ``test_a.py::test_b[c]``."""
    return name.partition("::")[0]


def _front(specification: str) -> object:
    """A plugin that says in one sentence what is wrong with the command line, and replaces the whole specification with
    the files on it, if there are any."""
    import pytest

    class Front:
        @pytest.hookimpl(wrapper=True)
        def pytest_cmdline_parse(self) -> Generator[None, pytest.Config, pytest.Config]:
            try:
                return (yield)
            except pytest.UsageError as error:
                raise Refused(_complaint(str(error))) from None

        def pytest_cmdline_main(self, config: pytest.Config) -> None:
            if len(config.args) > 1 and config.args[0] == specification:
                del config.args[0]
            for name in [*config.args]:
                file = file_of(name)
                if not config.option.pyargs and not os.path.exists(file):
                    raise pytest.UsageError(f"no such file or directory: {file!r}")
                if os.path.isfile(file) and Path(specification) not in Path(file).resolve().parents:
                    config.option.rules = [*config.option.rules, file]
                    if file == name:
                        config.args.remove(name)

    return Front()


def _complaint(error: str) -> str:
    """What is wrong with the options, from what pytest says, which begins with its usage and ends with its paths."""
    found = re.search(r"^\S*: error: (.*)", error, re.MULTILINE)
    text = found[1] if found else error
    unknown = re.match(r"unrecognized arguments: (--[\w-]+)", text)
    known: list[str] = []
    add_options(lambda name, **_: known.append(name))
    return one_line(text) + (did_you_mean(unknown[1], known) if unknown else "")
