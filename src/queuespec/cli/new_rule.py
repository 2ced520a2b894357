"""Appends the skeleton of a test to the rule's chapter and the skeleton of a fault to the chapter's faults, in a
checkout of queuespec; then prints what to do next. The test of a counterexample is complete: it deviates as the queue
did that exploring found.
"""

from __future__ import annotations

import dataclasses
import keyword
import re
from collections import Counter
from pathlib import Path

from queuespec.cli import saving
from queuespec.cli.common import checkout, write
from queuespec.cli.parser import Arguments, Parser, Refused, Status
from queuespec.explore.scenario import Operation
from queuespec.explore.schedule import Held
from queuespec.queues.declare import class_name, faults
from queuespec.report.console import say
from queuespec.report.script import quoted
from queuespec.rules import Chapter, chapters, specification_folder
from queuespec.rules.words import did_you_mean
from queuespec.text import one_line

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

TEST_OF_FINDING = '''

@rule("{slug}", source=DOCS / "Queue", kinds=("{kind}",))
def test_{name}(perform):
    """TODO: one sentence in the present tense that says what is true.

    TODO: why, or what follows for a user. Exploring has found it under {start_method}:
    {sentence}
    """
    perform(
        {parts},{how}
    )
'''
MANY = 100
"""How often the test performs what no hold makes certain."""

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


def add_arguments(parser: Parser) -> None:
    """Adds the arguments."""
    parser.add_argument("slug", metavar="SLUG", help="the rule's name, such as get.blocks-when-empty")
    parser.add_argument("--chapter", metavar="NAME", help="the rule's chapter (default: that of the slug's first word)")
    parser.add_argument("--from", metavar="FILE", dest="counterexample", help="test what explore has saved in FILE")
    parser.add_argument("--fault", metavar="NAME", help="the fault's name (default: breaks- and the slug)")


def run(given: Arguments) -> Status:
    """Writes the skeletons, and prints what to do next. Raises `Refused`."""
    found = chapters()
    slug, name = given.slug, given.fault or f"breaks-{given.slug.replace('.', '-')}"
    _check(slug, name, found)
    chapter = given.chapter or _chapter_of(slug, found)
    names = [one.name for one in found]
    if chapter not in names:
        raise Refused(f"there is no chapter {one_line(chapter, 100)!r}{did_you_mean(chapter, names)}")
    home = checkout()
    if home is None:
        raise Refused("new rules are written in a checkout of queuespec; install it there with pip install -e .")
    test = specification_folder() / f"test_{chapter}.py"
    wrong = Path(__file__).parents[1] / "queues" / "faults" / f"{chapter}.py"
    of_manager = chapter.startswith("manager")  # its faults change the manager, not a queue class
    wrong_queue = WRONG_QUEUE.format(slug=slug, name=class_name(name)) + ("" if of_manager else WRONG_CLASS)
    about = {"slug": slug, "name": re.sub("[.-]", "_", slug)}
    skeleton, names = TEST.format(**about), ["DOCS"]
    if given.counterexample is not None:
        skeleton = _of_finding(given.counterexample, about)
        names += [name for name in ("Held", "Operation") if f"{name}(" in skeleton]
    write(test, _importing(test.read_text(encoding="utf-8"), names), skeleton)
    write(wrong, wrong.read_text(encoding="utf-8"), wrong_queue)
    write(home / "changes" / f"+{slug.replace('.', '-')}.added.md", f"The rule `{slug}`.\n")
    say(NEXT.format(slug=slug, name=name, test=test, fault=wrong))
    return Status.OK


def _importing(text: str, names: list[str]) -> str:
    """The text of a chapter that also imports these names."""
    found = re.search(r"^from queuespec import (\([^)]*\)|.*)$", text, re.MULTILINE)
    if found is None:
        return f"from queuespec import {', '.join(names)}\n{text}"
    known = re.findall(r"\w+", found[1])
    if {*names} <= {*known}:
        return text
    in_order = sorted({*known, *names}, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    line = f"from queuespec import {', '.join(in_order)}"
    if len(line) > 120:
        line = "from queuespec import (\n" + "".join(f"    {name},\n" for name in in_order) + ")"
    return text[: found.start()] + line + text[found.end() :]


def _of_finding(file: str, about: dict[str, str]) -> str:
    """The skeleton of a test that performs a counterexample. Raises `BadFile` and `Refused`."""
    _, one = saving.read(file)
    scenario, schedule = one.history.scenario, one.schedule
    parts = [f"{quoted(part.actor)}: [{', '.join(map(_as_code, part.operations))}]," for part in scenario.parts]
    how = [f"maxsize={scenario.maxsize}"] if scenario.maxsize else []
    held: list[str] = []
    for hold in schedule.holds:
        if not hold.text:
            raise Refused(f"{one_line(file)!r} does not say what the line at {one_line(hold.place)} is")
        words = [Held(hold.actor, hold.operation, hold.function, hold.text, hold.visit, hold.thread, hold.then)]
        held += map(_as_code, words)
    how += [f"held=[{', '.join(held)}]"] if held else [f"times={MANY}"]
    how += [f"faults={[*schedule.faults]!r}"] if schedule.faults else []
    return TEST_OF_FINDING.format(
        **about,
        kind=scenario.kind,
        start_method=one_line(scenario.start_method),
        sentence=one_line(one.broken.sentence).replace("\\", "\\\\").replace('"""', "'''"),
        parts="{" + "".join(f"\n            {part}" for part in parts) + ("\n        }" if parts else "}"),
        how="".join(f"\n        {word}," for word in how),
    )


def _as_code(one: Operation | Held) -> str:
    """The expression that makes it, without what is left at its default."""
    words = []
    for field in dataclasses.fields(one):
        value = getattr(one, field.name)
        if value != field.default:
            text = quoted(value) if isinstance(value, str) else repr(value)
            required = field.default is dataclasses.MISSING or (field.name == "item")
            words.append(text if required else f"{field.name}={text}")
    return f"{type(one).__name__}({', '.join(words)})"


def _check(slug: str, name: str, found: list[Chapter]) -> None:
    if not SLUG.fullmatch(slug):
        raise Refused(f"{one_line(slug, 100)!r} is not a valid slug; write one such as get.blocks-when-empty")
    if slug in {known for chapter in found for rule in chapter.rules for known in (rule.slug, *rule.proves)}:
        raise Refused(f"a rule named {slug!r} already exists; a slug is never reused")
    if not FAULT.fullmatch(name) or keyword.iskeyword(class_name(name)):
        raise Refused(f"{one_line(name, 100)!r} is not a valid name; write one such as get-hangs-in-c")
    if name in faults():
        raise Refused(f"a fault named {name!r} already exists")


def _chapter_of(slug: str, found: list[Chapter]) -> str:
    """The chapter with most of the rules whose slugs begin with the same word."""
    word = slug.partition(".")[0]
    own = Counter(chapter.name for chapter in found for rule in chapter.rules if rule.slug.startswith(f"{word}."))
    if not own:
        words = {rule.slug.partition(".")[0] for chapter in found for rule in chapter.rules}
        near = did_you_mean(word, words)
        raise Refused(f"no rule begins with '{one_line(word, 100)}.'{near}; name a chapter with --chapter")
    return own.most_common(1)[0][0]
