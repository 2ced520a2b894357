"""Writes the specification as a document, generated from the rules and their tests."""

from __future__ import annotations

from pathlib import Path

from queuespec.cli.common import checkout
from queuespec.cli.parser import Arguments, Parser, Refused, Status
from queuespec.report.console import say_error
from queuespec.report.document import specification
from queuespec.rules import chapters

NAME = "SPECIFICATION.md"


def add_arguments(parser: Parser) -> None:
    """Adds the arguments."""
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit with status 1 if the file is not current"
    )
    parser.add_argument("--output", metavar="FILE", type=Path, help=f"the file (default: {NAME} of the checkout)")


def run(given: Arguments) -> Status:
    """Writes or checks the file. Raises `Refused`."""
    home = checkout()
    path = given.output or (home and home / NAME)
    if path is None:
        raise Refused(f"no checkout with a {NAME} found; name a file with --output")
    text = specification(chapters())
    try:
        if not given.check:
            path.write_bytes(text.encode())
        elif not path.is_file() or path.read_text(encoding="utf-8", errors="replace") != text:
            say_error(f"queuespec spec: {path} is not current; run 'queuespec spec'")
            return Status.DEVIATION
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from None
    return Status.OK
