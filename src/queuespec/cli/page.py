"""Writes a static site of results files: a matrix of verdicts, what happened in each failure, and the specification.
Files of runs that were killed, and runs of different rules, are accepted and marked; a copy of a file is used once.
"""

from __future__ import annotations

from pathlib import Path

from queuespec import __version__
from queuespec.cli.common import EachOnce, add_rules
from queuespec.cli.parser import Arguments, Parser, Refused, Status
from queuespec.judge.options import files_of, specification
from queuespec.queues.declare import faults
from queuespec.report.console import say, say_error
from queuespec.text import counted, one_line


def add_arguments(parser: Parser) -> None:
    """Adds the arguments."""
    parser.add_argument("files", metavar="FILE", nargs="+", help="a results file")
    parser.add_argument(
        "--output",
        metavar="DIR",
        type=Path,
        required=True,
        help="the directory to write: a new or empty one, or that of an earlier page",
    )
    parser.add_repeatable(
        "--earlier", metavar="FILE", help="compare the run of the same subject with this one, too; repeatable"
    )
    add_rules(parser.add_argument)


def run(given: Arguments) -> Status:
    """Writes the site. Raises `BadFile`, `Refused` and `CannotJudge`."""
    try:
        from queuespec.report.page.build import Matter, build
        from queuespec.report.page.site import Unusable
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] == "queuespec":
            raise
        raise Refused(
            f"the page needs the extra 'page' ({missing.name} is not installed): pip install 'queuespec[page]'"
        ) from None
    matter = Matter(specification(files_of(given.rules)), _faults(), __version__)
    each = EachOnce("page")
    files, earlier = each.read(given.files, timelines=True), each.read(given.earlier)
    try:
        built = build(given.output, files, matter, earlier)
    except Unusable as error:
        raise Refused(one_line(str(error))) from None
    except OSError as error:
        raise Refused(
            f"cannot write {one_line(str(given.output))!r}: {error.strerror or type(error).__name__}"
        ) from None
    for name in built.unmatched:
        say_error(f"queuespec page: {name} is compared with nothing: no run here has the same queue, Python and system")
    say(f"{given.output / 'index.html'}: {counted(built.pages, 'page')}")
    return Status.OK


def _faults() -> dict[str, dict[str, str]]:
    """By rule, the faults that break it, each with its sentence."""
    found: dict[str, dict[str, str]] = {}
    for name, fault in faults().items():
        for slug in fault.breaks:
            found.setdefault(slug, {})[name] = fault.sentence
    return found
