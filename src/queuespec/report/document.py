"""The specification as a document: SPECIFICATION.md, generated from the rules and their tests.

A new rule changes only its own lines and the index: the document has no line numbers and no entry numbers.
"""

from __future__ import annotations

from pathlib import Path

from queuespec.rules import Chapter, Rule, Source, dotted

LIBRARY = ("multiprocessing", "queue", "pickle")

PREFACE = """\
<!-- Written by `queuespec spec` from tests/spec. Change the tests, not this file. -->

# What a process-safe queue promises

Processes share no memory, and yet one can hand an object to another: what is put into a queue in one process can be
taken out in another. That is the whole idea of `multiprocessing.Queue`, and a program that relies on no more than that
nearly always works. This document is about *nearly*: what happens when the queue is full, empty or closed; when an item
cannot be pickled, the reader is slow or the writer dies; what you can rely on, what merely happens to work, and what
will hurt you.

Each entry is one behavior. Its sentence is the first line of a test, and the test is the definition: if the words leave
a doubt, follow the link and read a few lines of code. So nothing here is a matter of opinion: you can check one entry,
or all of them, for a given Python on a given system:

```console
$ queuespec --rule get.blocks-when-empty
$ queuespec
```

## How to read it

The bold sentence says what is true. The text below it says why, or what follows for you. The small print has the name
of the entry, which never changes; the kind of statement; the kinds of queue it holds for; the versions and systems it
holds for, if not all; the source in the documentation; and the test. *Needs* lists what a queue other than Python's own
may lack.

There are five kinds of statement:

| kind of statement | what it means for you |
| --- | --- |
| **promise** | documented and the same everywhere: a portable program can rely on it |
| **platform** | documented, but dependent on the system, start method or version: rely on it where it is said to hold |
| **de-facto** | not clearly documented, but true for many years, and many programs rely on it |
| **hazard** | a documented danger, demonstrated so that you recognize it |
| **untested** | documented, but no test can show it; the reason is given |

There are five kinds of queue: `Queue`, `JoinableQueue` and `SimpleQueue` of `multiprocessing`, and the two that a
manager makes, `Manager().Queue()` and `Manager().JoinableQueue()`. *All* means these five.
"""


def specification(found: list[Chapter]) -> str:
    """The whole document, in Markdown."""
    contents = [f"{number}. [{chapter.title}](#{anchor(chapter)})" for number, chapter in enumerate(found, 1)]
    listing = "\n".join(["## Contents", "", *contents, "", "The [index](#index) lists all names.", ""])
    return "\n".join([PREFACE, listing, *map(chapter_text, found), index(found)])


def rules_of(found: list[Chapter]) -> list[Rule]:
    """The rules of all chapters, in reading order."""
    return [rule for chapter in found for rule in chapter.rules]


def anchor(chapter: Chapter) -> str:
    """The target of links to a chapter."""
    return "chapter-" + chapter.name.replace("_", "-")


def chapter_text(chapter: Chapter) -> str:
    """A chapter: its introduction, its rules, and finally what is not tested."""
    parts = [f'<a id="{anchor(chapter)}"></a>', "", f"## {chapter.title}", ""]
    parts += [chapter.introduction, ""] if chapter.introduction else []
    parts += [line for rule in chapter.rules if rule.test for line in (rule_text(rule), "")]
    rest = [line for rule in chapter.rules if not rule.test for line in (rule_text(rule), "")]
    return "\n".join([*parts, *(["### Not tested", "", *rest] if rest else [])])


def rule_text(rule: Rule) -> str:
    """The entry of a rule."""
    lines = [f'<a id="{slug}"></a>' for slug in (rule.slug, *rule.proves)]
    return "\n".join([*lines, f"**{rule.sentence}**\\", rule.why or rule.reason, "", f"<sub>{small_print(rule)}</sub>"])


def small_print(rule: Rule) -> str:
    """Name, level, kinds, conditions, sources and test of a rule."""
    parts = [f"[`{rule.slug}`](#index)", f"**{rule.level}**"]
    if rule.kinds:
        parts.append("all" if len(rule.kinds) == 5 else ", ".join(rule.kinds))
    parts += conditions(rule)
    parts.append(", ".join(map(source_text, rule.source)))
    if rule.proves:
        parts.append("also shows " + ", ".join(f"`{slug}`" for slug in rule.proves))
    if rule.test:
        file = Path(rule.file).name
        parts.append(f"`{rule.test}` in [{file}](tests/spec/{file})")
    return " · ".join(parts)


def source_text(source: Source) -> str:
    """A source, with a link; the document's name is left out for the documentation of `multiprocessing`."""
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


def conditions(rule: Rule) -> list[str]:
    """When and where a rule holds, in words; empty for a rule that always does."""
    needs = tuple(need for need in rule.needs if need not in rule.kinds)
    words = [
        f"since Python {dotted(rule.since)}" if rule.since else "",
        f"before Python {dotted(rule.until)}" if rule.until else "",
        f"on {listed(rule.systems)}" if rule.systems else "",
        f"under {listed(rule.start_methods)}" if rule.start_methods else "",
        f"needs {listed(needs)}" if needs else "",
        f"elsewhere: {rule.when[0]}" if rule.when is not None else "",
    ]
    return list(filter(None, words))


def listed(words: tuple[str, ...]) -> str:
    """``a, b and c``."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def index(found: list[Chapter]) -> str:
    """All names with links to their entries, including those that the test of another rule proves."""
    rows = {}
    for rule in rules_of(found):
        rows[rule.slug] = f"| [`{rule.slug}`](#{rule.slug}) | {rule.level} | {rule.sentence} |"
        for slug in rule.proves:
            rows[slug] = f"| [`{slug}`](#{slug}) | {rule.level} | shown by `{rule.slug}` |"
    lines = ['<a id="index"></a>', "", "## Index", "", "| name | kind of statement | |", "| --- | --- | --- |"]
    return "\n".join([*lines, *(rows[slug] for slug in sorted(rows)), ""])
