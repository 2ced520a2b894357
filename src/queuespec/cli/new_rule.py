"""``queuespec new-rule SLUG``: the skeleton of a rule's test and of its fault, and the changelog fragment."""

from __future__ import annotations

import keyword
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from queuespec.cli.parser import COMMANDS, Status
from queuespec.queues.declare import class_name, faults
from queuespec.report.console import say, say_error
from queuespec.results import write_atomically
from queuespec.rules import chapters, specification_folder
from queuespec.rules.words import did_you_mean
from queuespec.text import one_line

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from queuespec.cli.parser import Commands
    from queuespec.rules import Chapter

SLUG = re.compile(r"[a-z]+(-[a-z]+)*\.[a-z0-9]+(-[a-z0-9]+)*")
FAULT = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

TEST = '''

@rule("{slug}", source=DOCS / "Queue")
def test_{name}(queue, child):
    """TODO: one sentence in the present tense that says what is true.

    TODO: why, or what follows for a user.
    """
    raise NotImplementedError("write the test of {slug}")
'''

WRONG_QUEUE = '''

@fault(breaks={{"{slug}": "TODO: a part of the message"}})
class {name}:
    """TODO: one sentence that says what a user of this queue would notice."""
'''
WRONG_CLASS = """
    class Queue(queues.Queue):
        pass
"""

NEXT = """\
1. write the test:           {test}
2. check that it conforms:   queuespec --rule {slug}
3. write the wrong queue:    {fault}
4. check that it deviates:   queuespec --rule {slug} --implementation fault:{name}
5. put a part of the message into the `breaks` of the fault
6. check all other rules:    pytest tests/meta/test_faults.py -m thorough -k {name}
7. write SPECIFICATION.md:   queuespec spec"""


class Refused(Exception):
    """The rule cannot be added; the message is one sentence."""


def add_parser(commands: Commands) -> None:
    """Adds the command."""
    parser = commands.add_parser(
        "new-rule",
        help=COMMANDS["new-rule"],
        description="Appends the skeleton of a test to the rule's chapter and the skeleton of a fault to the chapter's "
        "faults, in a checkout of queuespec; then prints what to do next.",
    )
    parser.add_argument("slug", metavar="SLUG", help="the rule's name, such as get.blocks-when-empty")
    parser.add_argument("--chapter", metavar="NAME", help="the rule's chapter (default: that of the slug's first word)")
    parser.add_argument("--fault", metavar="NAME", help="the fault's name (default: breaks- and the slug)")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> Status:
    """Writes both, and prints what to do next."""
    try:
        say(new_rule(given.slug, given.chapter, given.fault))
    except Refused as refusal:
        say_error(f"queuespec new-rule: {refusal}")
        return Status.UNUSABLE
    return Status.OK


def new_rule(slug: str, chapter: str | None, fault: str | None) -> str:
    """Writes both skeletons; returns the text that says what to do next.

    Raises:
        Refused: the rule or fault cannot be added, or there is no checkout to write to.
    """
    found = chapters()
    name = fault or f"breaks-{slug.replace('.', '-')}"
    _check(slug, name, found)
    chapter = chapter or _chapter_of(slug, found)
    names = [one.name for one in found]
    if chapter not in names:
        raise Refused(f"there is no chapter {one_line(chapter, 100)!r}{did_you_mean(chapter, names)}")
    test = specification_folder() / f"test_{chapter}.py"
    wrong = Path(__file__).parents[1] / "queues" / "faults" / f"{chapter}.py"
    checkout = test.parents[2]
    if not (checkout / "pyproject.toml").is_file():
        raise Refused("new rules are written in a checkout of queuespec; install it there with pip install -e .")
    function = slug.replace(".", "_").replace("-", "_")
    fragment = checkout / "changes" / f"+{slug.replace('.', '-')}.added.md"
    _write(test, _text(test), TEST.format(slug=slug, name=function))
    of_manager = chapter == "manager_queues"  # its faults change the manager, not a queue class
    fault_text = WRONG_QUEUE.format(slug=slug, name=class_name(name)) + ("" if of_manager else WRONG_CLASS)
    _write(wrong, _text(wrong), fault_text)
    _write(fragment, f"The rule `{slug}`.\n")
    return NEXT.format(slug=slug, name=name, test=test, fault=wrong)


def _check(slug: str, name: str, found: Sequence[Chapter]) -> None:
    if not SLUG.fullmatch(slug):
        raise Refused(f"{one_line(slug, 100)!r} is not a valid slug; write one such as get.blocks-when-empty")
    if slug in {known for chapter in found for rule in chapter.rules for known in (rule.slug, *rule.proves)}:
        raise Refused(f"a rule named {slug!r} already exists; a slug is never reused")
    if not FAULT.fullmatch(name) or keyword.iskeyword(class_name(name)):
        raise Refused(f"{one_line(name, 100)!r} is not a valid name; write one such as get-hangs-in-c")
    if name in faults():
        raise Refused(f"a fault named {name!r} already exists")


def _chapter_of(slug: str, found: Sequence[Chapter]) -> str:
    """The chapter with most of the rules whose slugs begin with the same word."""
    word = slug.partition(".")[0]
    own = Counter(chapter.name for chapter in found for rule in chapter.rules if rule.slug.startswith(f"{word}."))
    if not own:
        words = {rule.slug.partition(".")[0] for chapter in found for rule in chapter.rules}
        near = did_you_mean(word, words)
        raise Refused(f"no rule begins with '{one_line(word, 100)}.'{near}; name a chapter with --chapter")
    return own.most_common(1)[0][0]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _write(path: Path, *parts: str) -> None:
    """Writes a file. Raises `Refused`."""
    try:
        write_atomically(path, parts)
    except OSError as error:
        raise Refused(f"cannot write {one_line(str(path))!r}: {error.strerror or error}") from None
