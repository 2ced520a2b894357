"""The specification as a document: ``queuespec spec`` writes SPECIFICATION.md from the rules at their tests."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from queuespec.cli.arguments import USAGE_ERROR, Arguments
from queuespec.rules import LEVELS, Chapter, Rule, Source, chapters, dotted, specification_folder

if TYPE_CHECKING:
    from collections.abc import Iterable

NAME = "SPECIFICATION.md"
LIBRARY = ("multiprocessing", "queue", "pickle")

OPENING = """\
<!-- Written by `queuespec spec` from tests/spec. Changes belong there. -->

# What a process-safe queue promises

Two processes share no memory, and yet one can hand the other a thing. What is put in here comes out there: that is
the whole idea of `multiprocessing.Queue`, and a program that believes it will be right nearly always. This document
is about *nearly*: what happens when the queue is full, or empty, or closed; when the item cannot be pickled, the
reader is slow, the writer dies; what may be relied upon, what only happens to be so, and what bites.

Each entry is one behaviour. Its sentence is the name of a test, and the test is the definition: where the words leave
a doubt, follow the link and read the few lines of code. So nothing here is a matter of opinion. Whether a certain
Python, on a certain system, behaves as described can be asked, one entry at a time or all at once:

```console
$ queuespec --rule get.blocks-when-empty
$ queuespec
```
"""

READING = """\
## How to read it

The bold sentence says what is true. Below it stands why, or what follows for you. The small print has the entry's
name, which will never change; what kind of statement it is; the queues it holds for; since when and where, if not
always and everywhere; and where the behaviour is documented. What an entry *needs* is what a queue other than Python's
own may not have.

There are five kinds of statement:

"""

MEANINGS = {
    "promise": "documented, and the same everywhere: a portable program may rely on it",
    "platform": "documented, but a matter of system, start method or version: rely on it where it is said to hold",
    "de-facto": "not clearly documented, but so for many years, and many programs rely on it",
    "hazard": "a documented danger, shown here at work so that you know it when you meet it",
    "untested": "documented, but no test can show it; the reason is given",
}

KINDS = """\
Five kinds of queue are meant by the small print: `Queue`, `JoinableQueue` and `SimpleQueue` of `multiprocessing`, and
the two that a manager makes, `Manager().Queue()` and `Manager().JoinableQueue()`. *All* are these five.
"""


def specification(found: Iterable[Chapter]) -> str:
    """The whole document."""
    found = list(found)
    parts = [OPENING, READING + levels(found), KINDS, contents(found), *map(chapter_text, found), index(found)]
    return "\n".join(parts)


def rules_of(found: Iterable[Chapter]) -> list[Rule]:
    return [rule for chapter in found for rule in chapter.rules]


def levels(found: Iterable[Chapter]) -> str:
    """The levels, their meaning, and how many rules there are of each."""
    rules = rules_of(found)
    counted = {level: sum(rule.level == level for rule in rules) for level in LEVELS}
    lines = ["| kind of statement | what it means for you | entries |", "| --- | --- | ---: |"]
    lines += [f"| **{level}** | {MEANINGS[level]} | {counted[level]} |" for level in LEVELS]
    proved = sum(len(rule.proves) for rule in rules)
    if proved:
        lines += ["", f"{len(rules)} entries, some of which show a second behaviour on the way: {proved} more."]
    return "\n".join([*lines, ""])


def contents(found: Iterable[Chapter]) -> str:
    lines = ["## Contents", ""]
    for number, chapter in enumerate(found, 1):
        count = len(chapter.rules)
        entries = "1 entry" if count == 1 else f"{count} entries"
        lines.append(f"{number}. [{chapter.title}](#{anchor(chapter)}), {entries}")
    return "\n".join([*lines, "", "At the end there is an [index](#index) of all names.", ""])


def anchor(chapter: Chapter) -> str:
    return "chapter-" + chapter.name.replace("_", "-")


def chapter_text(chapter: Chapter) -> str:
    parts = [f'<a id="{anchor(chapter)}"></a>', "", f"## {chapter.title}", ""]
    if chapter.introduction:
        parts += [chapter.introduction, ""]
    tested = [rule for rule in chapter.rules if rule.level != "untested"]
    rest = [rule for rule in chapter.rules if rule.level == "untested"]
    for rule in tested:
        parts += [rule_text(rule), ""]
    if rest:
        parts += ["### Not tested", ""]
        for rule in rest:
            parts += [rule_text(rule), ""]
    return "\n".join(parts)


def rule_text(rule: Rule) -> str:
    """One entry."""
    lines = [f'<a id="{rule.slug}"></a>']
    lines += [f'<a id="{slug}"></a>' for slug in rule.proves]
    lines.append(f"**{rule.sentence}**")
    text = rule.reason if rule.level == "untested" else rule.why
    if text:
        lines[-1] += "\\"
        lines.append(text)
    return "\n".join([*lines, "", f"<sub>{small_print(rule)}</sub>"])


def small_print(rule: Rule) -> str:
    parts = [f"[`{rule.slug}`](#index)", f"**{rule.level}**"]
    if rule.kinds:
        parts.append(kinds_in_words(rule.kinds))
    parts += conditions(rule)
    parts.append(", ".join(map(source_text, rule.source)))
    if rule.proves:
        parts.append("shows as well " + ", ".join(f"`{slug}`" for slug in rule.proves))
    if rule.test:
        parts.append(f"[test]({location(rule)})")
    return " · ".join(parts)


def source_text(source: Source) -> str:
    """Where a behaviour is documented, with a link; `multiprocessing` goes without saying."""
    part = source.part.removesuffix(".html")
    if source.document in LIBRARY:
        part = part.replace("-", " ") if source.is_section else f"`{part}`"
    if not part:
        text = source.document
    elif source.document == "multiprocessing":
        text = part
    else:
        text = f"{source.document} {part}" if source.url else f"{source.document}, {part}"
    return f"[{text}]({source.url})" if source.url else text


def kinds_in_words(kinds: tuple[str, ...]) -> str:
    return "all" if len(kinds) == 5 else ", ".join(kinds)


def conditions(rule: Rule) -> list[str]:
    """When and where the rule holds, in words; nothing for a rule that always does."""
    words = []
    if rule.since:
        words.append(f"since Python {dotted(rule.since)}")
    if rule.until:
        words.append(f"before Python {dotted(rule.until)}")
    if rule.systems:
        words.append("on " + listed(rule.systems))
    if rule.start_methods:
        words.append("under " + listed(rule.start_methods))
    needs = tuple(need for need in rule.needs if need not in rule.kinds)
    if needs:
        words.append("needs " + listed(needs))
    if rule.when is not None:
        words.append(f"elsewhere: {rule.when[0]}")
    return words


def listed(words: tuple[str, ...]) -> str:
    """``a, b and c``"""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def location(rule: Rule) -> str:
    """``tests/spec/test_05_getting.py#L11``, whether or not there is a checkout."""
    return f"tests/spec/{Path(rule.file).name}#L{rule.line}"


def index(found: Iterable[Chapter]) -> str:
    """Every name, also of what is shown on the way by the test of another, with a link to its entry."""
    rows = {}
    for rule in rules_of(found):
        rows[rule.slug] = f"| [`{rule.slug}`](#{rule.slug}) | {rule.level} | {rule.sentence} |"
        for slug in rule.proves:
            rows[slug] = f"| [`{slug}`](#{slug}) | {rule.level} | shown by `{rule.slug}` |"
    lines = ['<a id="index"></a>', "", "## Index", "", "| name | kind of statement | |", "| --- | --- | --- |"]
    return "\n".join([*lines, *(rows[slug] for slug in sorted(rows)), ""])


def main(words: list[str]) -> int:
    """``queuespec spec``: writes the document, or checks that the one there is as it would be written."""
    arguments = Arguments("spec", "Writes the specification as a document, from the rules at their tests.")
    arguments.add_argument("--check", action="store_true", help="write nothing; fail if the file is not up to date")
    arguments.add_argument("--output", metavar="FILE", type=Path, help=f"the file (default: {NAME} of the checkout)")
    given = arguments.parse_args(words)
    path = given.output
    if path is None:
        checkout = specification_folder().parent.parent
        if not (checkout / "pyproject.toml").is_file():
            arguments.error(f"there is no checkout whose {NAME} could be written; name a file with --output")
        path = checkout / NAME
    text = specification(chapters())
    try:
        if given.check:
            if path.is_file() and path.read_text(encoding="utf-8") == text:
                return 0
            print(f"{path.name} does not say what the tests say; write it again with: queuespec spec", file=sys.stderr)
            return 1
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        print(f"queuespec spec: {path}: {error.strerror}", file=sys.stderr)
        return USAGE_ERROR
    return 0
