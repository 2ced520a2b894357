"""``queuespec judge``, or ``queuespec`` alone: runs the specification with pytest, whose options it accepts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from queuespec.cli.parser import COMMANDS, Parser, Status, version
from queuespec.judge.options import add_options
from queuespec.report.console import say
from queuespec.rules import specification_folder

if TYPE_CHECKING:
    import argparse

    import pytest

    from queuespec.cli.parser import Commands


def add_parser(commands: Commands) -> None:
    """Adds the command, with our own options only; pytest's are unknown here."""
    parser = commands.add_parser(
        "judge",
        help=COMMANDS["judge"],
        usage="queuespec [judge] [OPTIONS] [FILE ...]",
        description="Judges this Python's multiprocessing under all its start methods, or what the options name. All "
        "options of pytest work, too, such as -k, -x, -n and --junit-xml. FILE is a chapter of the specification, or a "
        "test in it as pytest names one.",
    )
    add_options(parser.add_argument)
    parser.add_argument("--pytest-help", action="store_true", help="show pytest's help, with all its options")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Judges with the options `given.words`; returns pytest's exit status."""
    words = given.words
    if {"-h", "--help"} & set(words):
        parser = Parser(prog="queuespec")
        add_parser(parser.add_subparsers(parser_class=Parser))
        parser.parse_args(["judge", "--help"])
    if {"-V", "--version"} & set(words):
        say(version())
        return Status.OK
    import pytest

    specification = specification_folder()
    checkout = specification.parent.parent
    if (checkout / "pyproject.toml").is_file():
        root, settings = checkout, checkout / "pyproject.toml"
        own = []
    else:
        root, settings = specification, Path(__file__).parents[1] / "pytest.ini"
        own = [] if "no:cacheprovider" in words else ["-o", f"cache_dir={Path.cwd() / '.pytest_cache'}"]
    own += ["-p", "queuespec.plugin", "-c", str(settings), "--rootdir", str(root)]
    words = ["--help" if word == "--pytest-help" else word for word in words]
    return int(pytest.main([*own, *words, str(specification)], plugins=[_Files(str(specification))]))


class _Files:
    """Replaces the whole specification with the files on the command line, if there are any."""

    def __init__(self, specification: str) -> None:
        self._specification = specification

    def pytest_configure(self, config: pytest.Config) -> None:
        import pytest

        if len(config.args) > 1 and config.args[-1] == self._specification:
            del config.args[-1]
        for name in config.args:
            if not config.option.pyargs and not os.path.exists(file_of(name)):
                raise pytest.UsageError(f"no such file or directory: {file_of(name)!r}")


def file_of(name: str) -> str:
    """The file of a test, as pytest names both: ``test_a.py`` for ``test_a.py::test_b[c]``."""
    return name.partition("::")[0]
