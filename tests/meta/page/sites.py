"""Sites of results that no run has to make first."""

import dataclasses
from pathlib import Path

import samples

from queuespec.report.page.build import Matter, build
from queuespec.results import Results
from queuespec.rules import chapters

CHAPTERS = chapters()
MATTER = Matter(CHAPTERS, {"get.blocks-when-empty": {"lifo": "The last item is returned first."}}, "0.1.0")
FEW = MATTER._replace(chapters=CHAPTERS[:1])
"""The same with one chapter, which takes a tenth of the time."""

TIMELINE = (
    (0.001, "parent", "Queue()", "returned None", 0.0003),
    (0.002, "parent", "start of child", "returned 4711", 0.01),
    (0.02, "child", "get()", "still running", None),
    (0.03, "parent", "put('late')", "returned None", 0.0005),
)

DEVIATES = {"verdict": "deviates", "explanation": "get() should have returned 'late'"}


def results(name="run.jsonl", cut_short="", verdicts=None, change=None, findings=(), **header):
    """A run of the first chapters under two start methods; `change` makes another verdict of one."""
    if verdicts is None:
        rules = [rule for chapter in CHAPTERS[:5] for rule in chapter.rules if rule.test]
        verdicts = [
            samples.verdict(
                rule.slug,
                level=rule.level,
                chapter=rule.chapter,
                sentence=rule.sentence,
                kind=kind,
                start_method=method,
                **({"verdict": "shown"} if rule.level == "hazard" else {}),
            )
            for rule in rules
            for method in ("fork", "spawn")
            for kind in rule.kinds[:2]
        ]
    if change is not None:
        verdicts = [dataclasses.replace(one, **change(one)) for one in verdicts]
    explored = samples.EXPLORED if findings else None
    return Results(name, samples.header(**header), verdicts, cut_short, [*findings], explored)


def hangs(verdict):
    """What a queue does whose get() does not wake up under fork, and that is slow under spawn."""
    if verdict.rule != "get.blocks-when-empty":
        return {}
    if verdict.start_method == "fork":
        return {"verdict": "hangs", "explanation": "get() was still running after 12.7 s", "timeline": TIMELINE}
    declared = {"expected": "deviates", "reason": "It polls.", "link": "https://example.org/1", "unstable": False}
    return {"verdict": "deviates", "explanation": "get() should have returned 'late'", "declared": declared}


def three_runs():
    """Python's own queues, ones that hang, a run that explored, and a run of other rules that was cut short."""
    return [
        results("good.jsonl"),
        results("bad.jsonl", change=hangs, implementation="billiard", implementation_version="4.3.2"),
        results("found.jsonl", verdicts=[], findings=[samples.finding(), samples.finding("order")], system="Windows"),
        results("short.jsonl", "cut short after 9 verdicts: the footer is missing", rule_set="ffff", system="Darwin"),
    ]


def built(directory, files=None, matter=MATTER):
    """Builds a site; returns the directory."""
    build(Path(directory), three_runs() if files is None else files, matter)
    return Path(directory)


def pages(directory):
    """The text of each page by its path."""
    return {
        path.relative_to(directory).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(Path(directory).rglob("*.html"))
    }
