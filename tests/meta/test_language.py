"""What people read is written in plain, idiomatic American technical English, with one word for one thing.

Codespell (``[tool.codespell]`` in `pyproject.toml`) finds misspellings; this finds phrases that are spelled correctly
and still stop a reader.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]

SCOPE = (
    "*.md",
    "src/queuespec/**/*.html",
    "src/queuespec/**/*.json",
    "src/queuespec/**/*.md",
    "src/queuespec/**/*.py",
    "src/queuespec/**/*.toml",
    "tests/spec/**/*.py",
)
"""The files to check, as glob patterns relative to the repository."""


AVOIDED = {
    r"time-outs?": "timeout",
    r"end marks?": "sentinel",
    r"(is|are|was|were|be|been|being|not) told": "reported, raised, notified",
    r"whoever|whomever": "the process that, the caller",
    r"(?<=[.;:]\s)who(?= \w+s )": "a noun: the process that, a program that",
    r"(can|cannot|could|to) be had": "available, can be loaded",
    r"(come|comes|came|bring|brings|brought) about": "happen, cause, trigger",
    r"so many": "that many, up to",
    r"so long(?=[.,;:])": "that long",
    r"folders?": "directory",
    r"(?<!all\s)at once": "immediately; all at once for simultaneously",
    r"for ever": "forever",
    r"any more(?=[.,;:])": "anymore",
    r"clean-up": "cleanup (noun), clean up (verb)",
    r"(misspelt|spelt|learnt|whilst|amongst)": "misspelled, spelled, learned, while, among",
    r"(let|lets|letting) go of": "delete, drop a reference, release",
    r"(com(e|es|ing)|has come) to (its|their|an) end": "end, exit",
    r"com(e|es) to nothing": "fail",
    r"threads? that sends?( (items|them|it))?": "feeder thread",
    r"what is declared": "a noun: expected deviations",
    r"is there for (it|them) to": "can",
    r"two thousand million": "two billion",
    r"what (came|comes|became|becomes) of": "the outcome of, the verdict on",
    r"(what|all that) is known( of)?": "a noun: the facts of",
    r"what is to be": "what to",
    r"(come|comes|came) up(?= within| in time|[.,;:])|has come up": "start, connect",
    r"(can|could|cannot) be asked": "accepts requests",
    r"where (it|they|that) (can|can be)(?=[.,;:])": "if possible",
    r"watch(es|ing)? (for the quiet time )?that": "check that ... during the quiet time",
    r"(?<=;\s)whether (it|they) (is|are|does|do|has|have|was|were)": "; returns whether",
    r"of (ours|theirs|its own will)": "our own, their own, by itself",
    r"turn(s|ed)? away": "refuse, reject",
    r"(after|back|down|for|out|to|up)wards": "American spelling: afterward, toward",
    r"(lower|upper)-case": "lowercase, uppercase",
    r"(behavi|col|fav|hon|neighb)our\w*|licen[c]es?|judg[e]ments?|catalog[u]es?|gr[e]y|(model|signal)l(ed|ing)": (
        "American spelling"
    ),
    r"(recogni|seriali|organi|initiali|normali|minimi|summari|reali|parametri|optimi)s(e|es|ed|ing|ation)\b": (
        "American spelling: -ize"
    ),
}
"""Patterns of what is avoided, and what to say instead."""

_AVOIDED = {
    re.compile(r"(?<![\w`.-])(?:" + pattern.replace(" ", r"\s+") + r")(?![\w`-])", re.IGNORECASE): instead
    for pattern, instead in AVOIDED.items()
}


def texts_of(path: Path) -> Iterator[tuple[int, str]]:
    """Pairs of a line number and the text that begins there: of a Python file, string literals and comments only."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield 1, text
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
    yield from comments_of(text)


def comments_of(source: str) -> list[tuple[int, str]]:
    """The comments of a Python source; those on consecutive lines are one."""
    blocks: list[tuple[int, list[str]]] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            line = token.start[0]
            if not blocks or line != blocks[-1][0] + len(blocks[-1][1]):
                blocks.append((line, []))
            blocks[-1][1].append(token.string.lstrip("# "))
    return [(first, "\n".join(lines)) for first, lines in blocks]


def avoided_in(text: str, line: int = 1) -> list[str]:
    """What a text should not say, each with its line and what to say instead."""
    return [
        f"{line + text[: match.start()].count(chr(10))}: {' '.join(match[0].split())!r} - say: {instead}"
        for pattern, instead in _AVOIDED.items()
        for match in pattern.finditer(text)
    ]


def in_scope() -> list[Path]:
    """The files that are checked."""
    return sorted({path for pattern in SCOPE for path in ROOT.glob(pattern)})


def test_nothing_that_people_read_uses_an_avoided_phrase():
    found = [
        f"{path.relative_to(ROOT).as_posix()}:{phrase}"
        for path in in_scope()
        for line, text in texts_of(path)
        for phrase in avoided_in(text, line)
    ]

    assert found == []


def test_the_chapters_are_in_scope():
    assert ROOT / "tests" / "spec" / "test_looking.py" in in_scope()


SHOULD_BE_FOUND = (
    "A time-out is a limit.",
    "The end mark comes last.",
    "The user is told.",
    "The user is\n    told.",
    "Whoever gets it.",
    "A queue is shared. Who closes it twice closes it for all.",
    "The item cannot be had.",
    "How did this come about?",
    "It takes so many items.",
    "It waits so long.",
    "It lives in this folder.",
    "It returns at once.",
    "It waits for ever.",
    "It works no longer, not any more.",
    "Its clean-up fails.",
    "A misspelt name.",
    "It lets go of the queue.",
    "The program comes to its end.",
    "The thread that sends items.",
    "Undefined behaviour.",  # codespell:ignore behaviour
    "A matter of judgement.",  # codespell:ignore judgement
    "It is signalled.",  # codespell:ignore signalled
    "A parametrised test.",
    "It says what became of the call.",
    "What is known of the interpreter.",
    "What is to be judged.",
    "The child did not come up within 1 s.",
    "An actor that can be asked.",
    "It ends the process where it can.",
    "It watches that nothing happens.",
    "It waits until the condition holds; whether it does.",
    "An error of ours.",
    "A stranger is turned away.",
    "It is judged afterwards.",
    "A lower-case word.",
)


def test_an_avoided_phrase_is_found():
    assert [text for text in SHOULD_BE_FOUND if not avoided_in(text)] == []


SHOULD_BE_ACCEPTED = (
    "A timeout is a limit.",
    "All items arrive all at once.",
    "The slug is look.visible-at-once, or item.serialised.",
    "Call `folder()`.",
    "the specification_folder function",
    "A process that holds the queue forever.",
    "Are there any more items?",
    "The exercise promises more.",
)


def test_other_text_is_accepted():
    assert [(text, avoided_in(text)) for text in SHOULD_BE_ACCEPTED if avoided_in(text)] == []


def test_strings_docstrings_and_comments_of_a_module_are_texts(tmp_path):
    module = tmp_path / "module.py"
    module.write_text(
        '"""Docstring\n\nfolder."""\n\nat_once = f"an {1} f-string"  # one comment\n'
        "# of two lines\nfolder = 1\n\n# another\nx = ('in two '\n     'parts')\n"
    )

    assert sorted(texts_of(module)) == [
        (1, "Docstring\n\nfolder."),
        (5, " f-string"),
        (5, "an "),
        (5, "one comment\nof two lines"),
        (9, "another"),
        (10, "in two parts"),
    ]
    assert avoided_in("one\ntwo folder", line=5) == ["6: 'folder' - say: directory"]
