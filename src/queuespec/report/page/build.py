"""Builds the site: the matrix, the pages of each run, the comparisons, and the specification."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import json
import shlex
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePath
from typing import Any, NamedTuple

from markupsafe import Markup

from queuespec.explore.counterexample import Counterexample
from queuespec.report import changes, counterexample
from queuespec.report.console import judging
from queuespec.report.document import conditions, rules_of
from queuespec.report.inlining import Unsuitable
from queuespec.report.lanes import svg
from queuespec.report.page import code
from queuespec.report.page.measured import Pages, is_measured
from queuespec.report.page.names import file_name, unique
from queuespec.report.page.runs import Cell, Run, cell, findings, judged_word, look, name_of
from queuespec.report.page.site import Site, replacing
from queuespec.report.reproduction import Case, Reproduction, bug_report, reproducing
from queuespec.report.summary import ANY
from queuespec.results import ABSENT, BAD, CONFORMS, SHOWN, BadFile, Found, Results, Verdict, rule_set, saved
from queuespec.results.causes import EXPECTED, causes, standing
from queuespec.results.comparison import Comparison
from queuespec.rules import Chapter, Rule
from queuespec.text import in_lines, shortened

MOST_COMPARED = 400_000
"""Maximum number of verdicts to compare: a site has pages for the pairs of runs that differ least."""
MOST_AT_FIRST = 240_000
"""Maximum size of the matrix in its page, in bytes. Rows further down have one cell each, until they are seen: a first
view should take less than 300 kB."""
MOST_SHOWN = 20
"""Maximum number of causes that the page of a run shows."""


class Matter(NamedTuple):
    """What a site is about, besides results."""

    chapters: list[Chapter]
    """The specification, and rules of one's own."""
    faults: Mapping[str, Mapping[str, str]]
    """By rule, the faults that break it and what their users would notice."""
    version: str
    """That of queuespec."""


class Built(NamedTuple):
    """What was built."""

    pages: int
    unmatched: list[str]
    """The earlier files of subjects that no other file is about."""


def build(directory: Path, files: Iterable[Results], matter: Matter, earlier: Iterable[Results] = ()) -> Built:
    """Builds the site in a directory.

    `files` have timelines, and are read one by one. `earlier` are runs to compare these with, and nothing else.
    Raises `BadFile` if there are no verdicts, `Unusable` if the directory cannot be
    used, and `OSError`.
    """
    with replacing(directory) as fresh:
        builder = _Builder(Site(fresh), matter)
        for results in files:
            builder.add(results)
        before = [_without_directory(results) for results in earlier]
        judged = [Run(results, "") for results in before if not is_measured(results)]
        builder.measured_before = [results for results in before if results.measured]
        builder.finish(judged)
        unmatched = [old.results.name for old in judged if all(_distance(old, new) for new in builder.runs)]
        return Built(builder.pages, unmatched)


class _Builder:
    def __init__(self, site: Site, matter: Matter) -> None:
        self.site, self.matter = site, matter
        self.rules: dict[str, Rule] = {rule.slug: rule for rule in rules_of(matter.chapters)}
        self.rule_set = rule_set(matter.chapters)
        self.runs: list[Run] = []
        self.measured: list[Results] = []
        self.measured_before: list[Results] = []
        """The runs that measured, of the site and earlier ones."""
        self.paths: dict[str, str] = {}
        self.pages = 0
        site.environment.globals.update(
            version=matter.version, title_of=self.title_of, path_of=self.path_of, rules=self.rules, look=look
        )

    def page(self, path: str, template: str, **values: Any) -> None:
        self.site.page(path, template, **values)
        self.pages += 1

    def title_of(self, chapter: str) -> str:
        """The words for a chapter."""
        return chapter.replace("_", " ") or "no chapter"

    def path_of(self, chapter: str) -> str:
        """The file of a chapter, in whatever directory."""
        if chapter not in self.paths:
            self.paths[chapter] = unique(file_name(chapter), self.paths.values()) + ".html"
        return self.paths[chapter]

    def add(self, results: Results) -> None:
        """Writes the pages of a run's chapters."""
        results = _without_directory(results)
        self.measured += [results] if results.measured else []
        if is_measured(results):
            return
        taken = ["specification", "comparisons", "measurements", *(one.name for one in self.runs)]
        run = Run(results, unique(name_of(results), taken))
        for chapter, rules in run.by_chapter.items():
            entries = [self.entry(run, slug, verdicts) for slug, verdicts in rules.items()]
            self.page(
                f"{run.name}/{self.path_of(chapter)}", "run_chapter.html", run=run, chapter=chapter, entries=entries
            )
        run.without_timelines()
        self.runs.append(run)

    def entry(self, run: Run, slug: str, verdicts: list[Verdict]) -> dict[str, Any]:
        """A rule in the page of a chapter of a run."""
        first = verdicts[0]
        rule = self.rules.get(slug)
        if rule is not None and first.sentence not in ("", rule.sentence):
            rule = None  # what it says was another when it was judged
        methods = [*dict.fromkeys(one.start_method or ANY for one in verdicts)]
        words = {method: cell(one for one in verdicts if (one.start_method or ANY) == method) for method in methods}
        about = [*dict.fromkeys((one.kind, one.parameters) for one in verdicts)]
        table = {(one.kind, one.parameters, one.start_method or ANY): one for one in verdicts}
        found = [self.finding(run, rule, group) for group in findings(verdicts)]
        return {
            "slug": slug, "first": first, "rule": rule, "words": words, "methods": methods, "about": about,
            "table": table, "findings": found, "deviates": any(one.verdict in BAD for one in verdicts),
        }  # fmt: skip

    def finding(self, run: Run, rule: Rule | None, group: list[Verdict]) -> dict[str, Any]:
        """Verdicts on a rule that have one explanation."""
        first = group[0]
        kinds = [*dict.fromkeys(one.kind for one in group if one.kind)]
        methods = [*dict.fromkeys(one.start_method for one in group if one.start_method)]
        timeline = [*in_lines(first.timeline)]
        option = ["--implementation", run.option] if run.option != "multiprocessing" else []
        place = " under ".join(filter(None, [first.kind, first.start_method]))
        report = program = reproduce = ""
        if rule is not None and rule.test and first.verdict in BAD:
            verdict = f"{first.verdict}: {first.explanation}"
            header = run.results.header
            about = (run.option, first.start_method, first.kind)
            case = Case(*about, 10.0, run.title, verdict, header.context_parameter, timeline=tuple(timeline))
            report = bug_report(rule, case, header.queuespec)
            importable = not option or header.implementation_is in ("module", "class")
            if importable and first.kind in (rule.kinds or ("",)):
                with contextlib.suppress(Unsuitable):
                    program = Reproduction(rule, case).text
            reproduce = shlex.join(reproducing(rule, case))
        return {
            "verdict": first, "look": look(first.verdict, first.gates), "kinds": kinds, "methods": methods,
            "timeline": timeline,
            "lanes": Markup(svg(first.timeline, f"Calls of {first.rule}, {place}")),
            "command": judging(first.rule, first.start_method, first.kind, [*option, "-v"]),
            "bad": first.verdict in BAD, "expected": standing(first) == EXPECTED, "report": report, "program": program,
            "reproduce": reproduce,
        }  # fmt: skip

    def explored(self, run: Run, found: Found) -> dict[str, Any]:
        """A finding of exploring."""
        one = Counterexample.of_json(found.counterexample)
        timeline, scenario = counterexample.rows(one), one.history.scenario
        rule = self.rules.get(found.rule)
        option = ["--implementation", run.option] if run.option != "multiprocessing" else []
        return {
            "sentence": found.sentence, "slug": found.rule, "rule": rule, "kind": found.kind, "counts": found.counts,
            "listing": [*counterexample.listing(one)], "how_often": counterexample.how_often(one),
            "held": [(counterexample.held(hold), hold.text) for hold in one.schedule.holds],
            "lanes": Markup(svg(timeline, f"What happened to a {scenario.kind} under {scenario.start_method}")),
            "timeline": [*in_lines(timeline)],
            "command": shlex.join(["queuespec", "explore", "--replay", "counterexample.json", *option]),
            "json": json.dumps(saved(run.results.header, found.counterexample), indent=1),
        }  # fmt: skip

    def finish(self, earlier: list[Run]) -> None:
        """Writes the pages that know all runs."""
        pages = Pages(self.site, self.measured, self.measured_before)
        self.pages += pages.number
        self.site.environment.globals["measurements"] = pages.listed
        told = (run.results for run in self.runs)
        if not self.measured and not any(one.verdicts or one.findings or one.explored is not None for one in told):
            raise BadFile("there are no verdicts in these files")
        self.runs.sort(key=lambda run: run.order)
        known = dict.fromkeys(chapter.name for chapter in self.matter.chapters)
        judged = dict.fromkeys(chapter for run in self.runs for chapter in run.by_chapter)
        chapters = [*(name for name in known if name in judged), *(name for name in judged if name not in known)]
        self.site.environment.globals["runs"] = self.runs
        compared = self.comparisons(earlier)
        for run in self.runs:
            found = causes(run.results.verdicts)
            self.page(
                f"{run.name}/index.html", "run.html", run=run, current=run.rule_set == self.rule_set,
                chapters=[chapter for chapter in chapters if chapter in run.by_chapter], shortened=shortened,
                causes=found[:MOST_SHOWN], more=len(found) - MOST_SHOWN,
                compared=[pair for pair in compared if run in pair[:2]],
                found=[self.explored(run, one) for one in run.results.findings],
            )  # fmt: skip
        facets = {
            "implementation": dict.fromkeys(run.subject.judged for run in self.runs),
            "python": dict.fromkeys(run.python for run in self.runs),
            "system": dict.fromkeys(run.platform for run in self.runs),
            "start-method": dict.fromkeys(method for run in self.runs for method in run.methods),
            "level": dict.fromkeys(one.level for run in self.runs for one in run.results.verdicts),
        }
        sets = dict.fromkeys(run.rule_set for run in self.runs)
        self.page(
            "index.html", "index.html", chapters=chapters, known=known, facets=facets, sets=sets, current=self.rule_set,
            rows=self.rows(chapters),
        )  # fmt: skip
        levels = {run.name: {method: run.levels(method, chapters) for method in run.methods} for run in self.runs}
        self.script("levels", levels)
        self.specification()

    def rows(self, chapters: list[str]) -> dict[str, list[tuple[str, list[Cell], Cell]]]:
        """The rows of the matrix by the name of the run: start method, cells, and all in one cell.

        There are no cells if the run has only explored, or if there is no room for them at first.
        """
        paths = sum(len(self.path_of(chapter)) for chapter in chapters)
        left = MOST_AT_FIRST
        for run in self.runs:
            left -= 500 + (300 + 2 * len(run.name)) * len(run.methods)
        found: dict[str, list[tuple[str, list[Cell], Cell]]] = {}
        for run in self.runs:
            for method in run.methods:
                cells = run.row(method, chapters) if run.results.verdicts else []
                size = paths + sum(45 + len(run.name) + len(one.count) + len(one.word) for one in cells if one.word)
                left -= size if cells else 0
                found.setdefault(run.name, []).append((method, cells if left >= 0 else [], run.whole(method)))
        return found

    def script(self, name: str, data: Any) -> None:
        """Writes data as a script, which a page adds when it needs it."""
        self.site.file(f"{name}.js", f"queuespec.{name}({json.dumps(data, separators=(',', ':'))});\n")

    def comparisons(self, earlier: list[Run]) -> list[tuple[Run, Run, str, Comparison]]:
        """Writes the pages of two runs side by side; returns the pairs, each with the name of its page."""
        pairs = []
        paths: set[str] = set()
        candidates = [(old, new) for new in self.runs for old in earlier if _distance(old, new) == 0]
        left = MOST_COMPARED
        for pair in sorted(itertools.combinations(self.runs, 2), key=lambda pair: _distance(*pair)):
            left -= sum(len(run.results.verdicts) for run in pair)
            if left >= 0:
                candidates.append(pair)
        for old, new in candidates:
            try:
                comparison = Comparison(old.results, new.results)
            except BadFile:  # one of them is incomplete, or they have nothing in common
                continue
            path = unique(f"{old.name or f'earlier-{old.started}'}--{new.name}", paths)
            paths.add(path)
            self.page(f"comparisons/{path}.html", "comparison.html", old=old, new=new, **_in_sections(comparison))
            pairs.append((old, new, f"{path}.html", comparison))
        pairs.sort(key=lambda pair: (pair[1].order, pair[0].order))
        self.page("comparisons/index.html", "comparisons.html", pairs=pairs)
        return pairs

    def specification(self) -> None:
        """Writes the pages of the rules."""
        index, differing = [], []
        for chapter in self.matter.chapters:
            entries = []
            for rule in chapter.rules:
                found = [*self.judged(rule)]
                differs = len({word for _, word, _ in found if word}) > 1
                entries.append({"differs": differs, **self.about(rule, found)})
                index.append((rule, chapter.name, differs))
                if differs:
                    differing.append((rule, chapter.name, {run.name: one for run, *one in found}))
            self.page(f"specification/{self.path_of(chapter.name)}", "chapter.html", chapter=chapter, entries=entries)
        self.page("specification/index.html", "specification.html", chapters=self.matter.chapters, index=index)
        self.page("specification/differences.html", "differences.html", differing=differing)
        self.script("rules", [[rule.slug, self.path_of(name), rule.sentence, rule.level] for rule, name, _ in index])

    def about(self, rule: Rule, found: list[tuple[Run, str, list[Verdict]]]) -> dict[str, Any]:
        """A rule in the page of its chapter."""
        return {
            "rule": rule, "conditions": conditions(rule), "faults": self.matter.faults.get(rule.slug, {}),
            "code": code.test_of(rule) if rule.test else "", "judged": sum(bool(word) for _, word, _ in found),
            "conform": sum(word in (CONFORMS, ABSENT) for _, word, _ in found),
            "deviate": [one for one in found if one[1] in (*BAD, SHOWN)],
        }  # fmt: skip

    def judged(self, rule: Rule) -> Iterator[tuple[Run, str, list[Verdict]]]:
        """What each run says about a rule: its worst word on the queue, and the verdicts with this word."""
        for run in self.runs:
            verdicts = run.by_chapter.get(rule.chapter, {}).get(rule.slug, [])
            word = judged_word(verdicts)
            yield run, word, [one for one in verdicts if one.verdict == word]


def _without_directory(results: Results) -> Results:
    """The results with the name of their file alone: directories are nobody's business."""
    return dataclasses.replace(results, name=PurePath(results.name).name)


def _distance(old: Run, new: Run) -> int:
    """In how many things two runs differ."""
    one, two = old.subject, new.subject
    return (one.judged != two.judged) + (old.python != new.python) + (old.platform != new.platform)


def _in_sections(comparison: Comparison) -> dict[str, Any]:
    """The sentences of a comparison: facts, the groups of changes with their possible causes, and the conclusion."""
    facts: list[str] = []
    groups: list[tuple[str, list[tuple[str, list[list[str]]]]]] = []
    conclusion = ""
    for part, text, _ in changes.parts(comparison):
        if part == "fact":
            facts.append(text)
        elif part == "group":
            groups.append((text, []))
        elif part == "cause":
            groups[-1][1].append((text, []))
        elif part == "cost":
            facts.append(text)
        elif part == "change":
            groups[-1][1][-1][1].append([text])
        elif part == "why":
            groups[-1][1][-1][1][-1].append(text)
        else:
            conclusion = text
    return {"facts": facts, "groups": groups, "conclusion": conclusion}
