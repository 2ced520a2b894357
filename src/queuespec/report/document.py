"""The specification as a document: SPECIFICATION.md, generated from the rules and their tests.

A new rule changes only its own lines and the index: the document has no line numbers and no entry numbers.
"""

from __future__ import annotations

from pathlib import Path

from queuespec.rules import Chapter, Rule, Source, dotted

LIBRARY = ("multiprocessing", "queue", "pickle")

NOTE = "<!-- Written by `queuespec spec` from tests/spec. Change the tests, not this file. -->"
PREFACE = Path(__file__).with_name("preface.md")


def specification(found: list[Chapter]) -> str:
    """The whole document, in Markdown."""
    contents = [f"{number}. [{chapter.title}](#{anchor(chapter)})" for number, chapter in enumerate(found, 1)]
    listing = "\n".join(["## Contents", "", *contents, "", "The [index](#index) lists all names.", ""])
    preface = PREFACE.read_text(encoding="utf-8")
    return "\n".join([NOTE, "", preface, listing, *map(chapter_text, found), index(found)])


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
