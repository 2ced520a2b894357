"""``queuespec new-rule SLUG``: the skeleton of a rule's test, and of the fault that turns it red."""

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
1. write the test:          {test}
2. it conforms:             queuespec --rule {slug}
3. write the wrong queue:   {fault}
4. it deviates:             queuespec --rule {slug} --implementation fault:{name}
5. put a part of the message into its `breaks`
6. it breaks nothing else:  pytest tests/meta/test_faults.py -m thorough -k {name}
7. write the document:      queuespec spec"""


class Refused(Exception):
    """There can be no such rule; the text is one sentence."""


def add_parser(commands: Commands) -> None:
    """Adds the command."""
    parser = commands.add_parser(
        "new-rule",
        help=COMMANDS["new-rule"],
        description="Appends the skeleton of a rule's test to its chapter, and that of a fault to the faults of the "
        "chapter, in a checkout of queuespec; then says what to do next.",
    )
    parser.add_argument("slug", metavar="SLUG", help="the rule's name, such as get.blocks-when-empty")
    parser.add_argument("--chapter", metavar="NAME", help="default: where the other rules of the slug's first word are")
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
    """Writes both skeletons; returns what to do next.

    Raises:
        Refused: there can be no such rule or fault, or there is no checkout to write to.
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
    if not (test.parents[2] / "pyproject.toml").is_file():
        raise Refused("this is an installed package; rules are written in a checkout")
    function = slug.replace(".", "_").replace("-", "_")
    _append(test, TEST.format(slug=slug, name=function))
    of_manager = chapter == "manager_queues"  # whose faults change the manager, and not a class of queues
    _append(wrong, WRONG_QUEUE.format(slug=slug, name=class_name(name)) + ("" if of_manager else WRONG_CLASS))
    return NEXT.format(slug=slug, name=name, test=test, fault=wrong)


def _check(slug: str, name: str, found: Sequence[Chapter]) -> None:
    if not SLUG.fullmatch(slug):
        raise Refused(f"{one_line(slug, 100)!r} is not a slug such as get.blocks-when-empty")
    if slug in {known for chapter in found for rule in chapter.rules for known in (rule.slug, *rule.proves)}:
        raise Refused(f"there is a rule {slug!r} already; a slug is never reused")
    if not FAULT.fullmatch(name) or keyword.iskeyword(class_name(name)):
        raise Refused(f"{one_line(name, 100)!r} is not a name such as get-hangs-in-c")
    if name in faults():
        raise Refused(f"there is a fault {name!r} already")


def _chapter_of(slug: str, found: Sequence[Chapter]) -> str:
    """The chapter with most of the rules whose slugs begin with the same word."""
    word = slug.partition(".")[0]
    own = Counter(chapter.name for chapter in found for rule in chapter.rules if rule.slug.startswith(f"{word}."))
    if not own:
        words = {rule.slug.partition(".")[0] for chapter in found for rule in chapter.rules}
        near = did_you_mean(word, words)
        raise Refused(f"no rule begins with '{one_line(word, 100)}.'{near}; for the first one, choose its --chapter")
    return own.most_common(1)[0][0]


def _append(path: Path, text: str) -> None:
    """Appends to a file. Raises `Refused`."""
    try:
        write_atomically(path, [path.read_text(encoding="utf-8"), text])
    except OSError as error:
        raise Refused(f"{one_line(str(path))!r} cannot be written: {error.strerror or error}") from None
