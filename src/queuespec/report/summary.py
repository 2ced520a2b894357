"""The end of a run, for people: a line for each chapter, every deviation once, and one sentence.

What belongs together, and what is urgent, has already been decided (see `queuespec.results.causes`).
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from queuespec.report import table
from queuespec.report.console import console_for, hanging, judging, show
from queuespec.results import ABSENT, BAD, CONFORMS, JUDGED, NOT_RUN, SHOWN, Verdict, summary
from queuespec.results.causes import EXPECTED, FAILS, MISSING, REPORTED, Cause, causes, standing
from queuespec.text import counted, one_line, shortened

if TYPE_CHECKING:
    from rich.console import Console

ANY = "any"
"""The column of rules that have no start method."""
LONGEST = 300
"""Maximum length of an explanation."""
MOST_OTHERS = 5
"""Maximum number of further explanations that one cause shows."""
MOST_RULES = 12
"""Maximum number of rules that one cause names."""
MOST_LEFT = 5
"""Maximum number of processes that were left running that are named."""
GAP = "  "
STYLES = {FAILS: "bold red", REPORTED: "yellow", MISSING: "yellow", EXPECTED: "dim"}
REMARKS = {FAILS: "", REPORTED: ", does not gate", MISSING: "", EXPECTED: ", as expected"}


def text(
    judged: str,
    verdicts: list[Verdict],
    start_methods: tuple[str, ...],
    problems: list[str],
    options: Sequence[str] = (),
    whole: bool = False,
    width: int | None = None,
    color: bool = False,
    encoding: str = "utf-8",
) -> str:
    """All of it: chapters, causes, problems, the sentence. `judged` says what was judged, `problems` what else fails
    the run, `options` how to judge it again; `whole` puts the table of all rules at the beginning. No line is wrapped
    if there is no `width`."""
    sheet = io.TextIOWrapper(io.BytesIO(), encoding, errors="backslashreplace", newline="")
    if whole:
        table.write(verdicts, start_methods, sheet, width or 80, color)
    console = console_for(sheet, color, width)
    show(console, *chapter_lines(verdicts, start_methods, console.width), "")
    for cause in causes(verdicts):
        _show_cause(console, cause, options)
    for problem in problems:
        show(console, hanging(console, "problem: ", one_line(problem, 1000)), "")
    failed = problems or any(standing(verdict) == FAILS for verdict in verdicts)
    show(console, Text(sentence(judged, verdicts, problems), style="bold red" if failed else "bold green"))
    sheet.seek(0)
    return sheet.read()


def chapter_lines(verdicts: list[Verdict], start_methods: tuple[str, ...], width: int) -> list[Text]:
    """A line for each chapter: how many of the verdicts that apply conform, under each start method, and what else
    there is. Hazards are not among those counted: nothing has to conform to a danger."""
    columns = [*start_methods, *([ANY] if any(not verdict.start_method for verdict in verdicts) else [])]
    found: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        found.setdefault(one_line(verdict.chapter.replace("_", " "), 60), []).append(verdict)
    rows = {name: [_count(column, chapter) for column in columns] for name, chapter in found.items()}
    head = max(map(len, rows))
    widths = [max(len(cells[number]) for cells in rows.values()) for number in range(len(columns))]
    fits = head + sum(len(GAP) + wide for wide in widths) <= width
    lines = []
    for name, cells in rows.items():
        remark = summary(one for one in found[name] if one.verdict in (ABSENT, SHOWN, *BAD, NOT_RUN))
        urgent = set(map(standing, found[name]))
        style = STYLES[FAILS] if FAILS in urgent else "yellow" if urgent - {""} else ""
        if fits:
            row = GAP.join([name.ljust(head), *(cell.ljust(wide) for cell, wide in zip(cells, widths))])
            one_piece = remark and len(row + GAP + remark) <= width
            pieces = [row + GAP + remark] if one_piece else [row.rstrip(), *([GAP + remark] if remark else [])]
        else:
            pieces = [name, *_broken([cell for cell in (*cells, remark) if cell], width)]
        lines += [Text(piece, style=style) for piece in pieces]
    return lines


def _count(column: str, verdicts: list[Verdict]) -> str:
    """``fork 31/32``; empty if nothing applies."""
    counting = (CONFORMS, *BAD, NOT_RUN)
    here = [one for one in verdicts if (one.start_method or ANY) == column and one.verdict in counting]
    return f"{one_line(column, 40)} {sum(one.verdict == CONFORMS for one in here)}/{len(here)}" if here else ""


def _broken(pieces: list[str], width: int) -> list[str]:
    """The pieces in as few lines as possible."""
    lines: list[str] = []
    for piece in pieces:
        if lines and len(lines[-1] + GAP + piece) <= width:
            lines[-1] += GAP + piece
        else:
            lines.append(GAP + piece)
    return lines


def _show_cause(console: Console, cause: Cause, options: Sequence[str]) -> None:
    head = f"{cause.verdict}{REMARKS[cause.standing]}: "
    if cause.standing == EXPECTED and cause.verdict == CONFORMS:
        head = "unstable, conforms this time: "
    explanation = hanging(console, head, shortened(cause.explanation, LONGEST))
    explanation.stylize(STYLES[cause.standing], 0, len(head.rstrip()))
    names = [table.named(slug, level) for slug, level in cause.rules.items()]
    more = len(names) - MOST_RULES
    rules = ", ".join(names[:MOST_RULES]) + (f" and {counted(more, 'more rule')}" if more > 0 else "")
    places = [", ".join(one_line(word, 60) for word in words) for words in cause.places if words]
    where = f"{' under '.join(places)} ({counted(len(cause.verdicts), 'verdict')})".lstrip()
    if cause.standing == EXPECTED:
        show(console, explanation, hanging(console, GAP, f"{rules}: {where}"))
        return
    show(console, explanation, *(hanging(console, GAP, part) for part in (rules, where)))
    also = [shortened(one, LONGEST // 2) for one in cause.also]
    rest = [f"{counted(len(also) - MOST_OTHERS, 'more explanation')}"] if len(also) > MOST_OTHERS else []
    for one in (*also[:MOST_OTHERS], *rest):
        show(console, hanging(console, f"{GAP}also: ", one))
    typical = cause.typical
    again = judging(typical.rule, typical.start_method, typical.kind, (*options, "-v"))
    show(console, Text(GAP + one_line(again, 1000)), "")


def about_escaped(left: Sequence[str]) -> str:
    """The line about processes that were left running; the commands of some, with the rule that has started them."""
    number = Counter(left)
    some = [f"{what}, {count} times" if count > 1 else what for what, count in number.most_common(MOST_LEFT)]
    rest = len(number) - len(some)
    return f"left running by the queue, and ended now: {'; '.join(some)}{f'; and {rest} more' if rest > 0 else ''}"


def sentence(judged: str, verdicts: list[Verdict], problems: list[str]) -> str:
    """The verdict on the whole run."""
    all_judged = [verdict for verdict in verdicts if verdict.verdict in JUDGED]
    failing = [verdict for verdict in all_judged if verdict.verdict in BAD and standing(verdict) == FAILS]
    number = Counter(map(standing, verdicts))
    surprises = number[FAILS] - len(failing)
    if not all_judged:
        return f"{judged}: no rule was judged."
    if failing:
        rules, found = {verdict.rule for verdict in failing}, causes(failing)
        return (
            f"{judged} does not conform: {len(failing):,} of {counted(len(all_judged), 'verdict')} "
            f"{'fails' if len(failing) == 1 else 'fail'} "
            f"({counted(len(rules), 'rule')}, {counted(len(found), 'cause')})."
        )
    if surprises or problems:
        reasons = [f"{counted(surprises, 'expected deviation')} did not happen"] if surprises else []
        reasons += [f"{counted(len(problems), 'problem')}, listed above"] if problems else []
        return f"{judged} violates no rule, but the run fails: {' and '.join(reasons)}."
    does = "does" if number[REPORTED] == 1 else "do"
    rest = [f"{counted(number[REPORTED], 'deviation')} that {does} not gate"] if number[REPORTED] else []
    rest += [counted(number[EXPECTED], "expected deviation")] if number[EXPECTED] else []
    rules = {verdict.rule for verdict in all_judged}
    hazards = {verdict.rule for verdict in all_judged if verdict.verdict in (SHOWN, ABSENT)}
    shown = {verdict.rule for verdict in all_judged if verdict.verdict == SHOWN}
    dangers = f"; it has {len(shown)} of {counted(len(hazards), 'danger')}" if hazards else ""
    return (
        f"{judged} conforms: {counted(len(all_judged), 'verdict')} on {counted(len(rules), 'rule')}"
        f"{', with ' + ' and '.join(rest) if rest else ''}"
        f"{dangers}."
    )
