"""The pages of runs that measured: what the figures mean, pictures, tables, and what has changed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from types import ModuleType

from queuespec.report import measured
from queuespec.report.answers import answers
from queuespec.report.page.names import unique
from queuespec.report.page.runs import name_of
from queuespec.report.page.site import Site
from queuespec.results import Results
from queuespec.results.costs import Costs
from queuespec.text import one_line

FOLLOWED = (
    ("transfer", "item", '{"shape": "bytes", "size": 100}'),
    ("transfer", "item", '{"shape": "bytes", "size": 1048576}'),
    ("round trip", "p50", "{}"),
    ("hand over", "acknowledged", '{"size": 1048576}'),
)
"""The figures of which the history is shown: workload, quantity, parameters."""


def _plots() -> ModuleType | None:
    """What draws pictures; None if matplotlib is not installed."""
    with contextlib.suppress(ImportError):
        from queuespec.report import plots

        return plots
    return None


def _answers(results: Results) -> list[str]:
    """What the figures mean; nothing for those of another version, which may have other parameters."""
    try:
        return [*answers(results.measured)]
    except (ArithmeticError, KeyError, TypeError, ValueError):
        return []


def is_measured(results: Results) -> bool:
    """Whether a run measured, and did not judge or explore."""
    return bool(results.measured) and not results.verdicts and not results.findings


class Pages:
    """Writes the pages. `runs` are those of the site, `earlier` others to compare them with."""

    def __init__(self, site: Site, runs: Sequence[Results], earlier: Sequence[Results]) -> None:
        self._site = site
        self._plots = _plots() if runs else None  # which takes a second to import
        self._names: list[str] = []
        self._earlier = sorted(earlier, key=lambda one: one.header.started)
        self.listed = [self._write(one) for one in sorted(runs, key=name_of)]
        """The pages that were written, each with its title and the date of its run."""
        if self.listed:
            site.page("measurements/index.html", "measurements.html", listed=self.listed)
        self.number = len(self.listed) + bool(self.listed)
        """How many pages there are."""

    def _write(self, results: Results) -> dict[str, str]:
        name = unique(name_of(results), ["index", *self._names])
        self._names.append(name)
        subject = results.header.subject
        before = [one for one in self._earlier if name_of(one) == name_of(results) and one is not results]
        rows = [(one, measured.row(results.measured, one)) for one in results.measured.figures if one.values]
        self._site.page(
            f"measurements/{name}.html",
            "measurement.html",
            results=results,
            subject=subject,
            said=_answers(results),
            pictures=[*self._pictures(results, before, name)],
            drawn=self._plots is not None,
            head=measured.HEAD[: 6 if results.measured.has_standard else 5],
            rows=rows,
            notes=[*measured.notes(results.measured)],
            changes=[*_changes(before[-1], results)] if before else [],
            since=before[-1].header.started[:10] if before else "",
        )
        return {"path": f"{name}.html", "title": subject.described, "started": results.header.started[:10]}

    def _pictures(self, results: Results, before: Sequence[Results], name: str) -> Iterator[dict[str, str]]:
        """The pictures of a run, written beside its page."""
        if self._plots is None:
            return
        found = [*self._plots.pictures(results.measured, results.header.subject.judged)]
        past = [(one.header.started[:10], one.measured) for one in (*before, results)]
        history = self._plots.history(past, FOLLOWED)
        for picture in [*found, *([history] if history else [])]:
            file = f"{name}-{picture[0]}.svg"
            self._plots.save_svg(self._site.directory / "measurements" / file, picture)
            yield {"file": file, "title": picture[1]}


def _changes(old: Results, new: Results) -> Iterator[tuple[str, Sequence[str]]]:
    """The changes since an earlier run: a title and sentences; the conclusion is the last title."""
    costs = Costs(old.measured, new.measured)
    for _, title, sentences in measured.changed(costs):
        yield title, [one_line(sentence) for sentence in sentences]
    yield costs.conclusion, ()
