"""``queuespec spec``: writes SPECIFICATION.md, or checks that it is current."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from queuespec.cli.parser import COMMANDS, Status
from queuespec.report.console import say_error
from queuespec.report.document import specification
from queuespec.rules import chapters, specification_folder

if TYPE_CHECKING:
    import argparse

    from queuespec.cli.parser import Commands

NAME = "SPECIFICATION.md"


def add_parser(commands: Commands) -> None:
    """Adds the command."""
    parser = commands.add_parser(
        "spec",
        help=COMMANDS["spec"],
        description="Writes the specification as a document, generated from the rules and their tests.",
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit with status 1 if the file is not current"
    )
    parser.add_argument("--output", metavar="FILE", type=Path, help=f"the file (default: {NAME} of the checkout)")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> Status:
    """Writes or checks the file."""
    path = given.output
    if path is None:
        checkout = specification_folder().parent.parent
        if not (checkout / "pyproject.toml").is_file():
            say_error(f"queuespec spec: no checkout with a {NAME} found; name a file with --output")
            return Status.UNUSABLE
        path = checkout / NAME
    text = specification(chapters())
    try:
        if not given.check:
            with path.open("w", encoding="utf-8", newline="\n") as file:
                file.write(text)
        elif not path.is_file() or path.read_text(encoding="utf-8", errors="replace") != text:
            say_error(f"queuespec spec: {path} is not current; run 'queuespec spec'")
            return Status.DEVIATION
    except OSError as error:
        say_error(f"queuespec spec: {path}: {error.strerror}")
        return Status.UNUSABLE
    return Status.OK
