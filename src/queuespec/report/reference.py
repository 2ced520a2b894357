"""Reference results: what is known of an interpreter, kept under version control and judged again from time to time.

They are results files without what differs from run to run: times, places, sentences.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from queuespec import results
from queuespec.results import BadFile, Results, Verdict
from queuespec.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def normalised(run: Results) -> Results:
    """What of a run is worth keeping. Raises `BadFile` for one that was cut short."""
    if run.cut_short:
        raise BadFile(f"{run.name} cannot be kept as a reference: {run.cut_short}")
    header = dataclasses.replace(
        run.header, implementation_home="", python_build="", release="", options={}, started=""
    )
    return Results(run.name, header, [_essential(verdict) for verdict in run.verdicts])


def _essential(verdict: Verdict) -> Verdict:
    return dataclasses.replace(
        verdict, sentence="", test="", explanation="", reported_start_method="", seconds=0.0, timeline=()
    )


def write(path: Path, run: Results) -> None:
    """Writes a reference file. Raises `OSError`."""
    kept = normalised(run)
    results.write(path, kept.header, kept.verdicts, brief=True)


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def moved(run: Results, reference: Results) -> Iterator[str]:
    """A sentence for each verdict that is not as the reference has it; those that were declared unstable may differ."""
    before = {verdict.key: verdict for verdict in reference.verdicts}
    if run.cut_short:
        raise BadFile(f"{run.name} cannot be held against a reference: {run.cut_short}")
    for name in ("implementation", "python_implementation", "free_threaded", "system"):
        one, two = getattr(reference.header, name), getattr(run.header, name)
        if one != two:
            raise BadFile(f"{reference.name} is the reference of another {name}: {one_line(f'{one}, not {two}')}")
    one, two = (_minor(results.header.python_version) for results in (reference, run))
    if one != two:
        raise BadFile(f"{reference.name} is the reference of another Python: {one_line(f'{one}, not {two}')}")
    for verdict in run.verdicts:
        old = before.pop(verdict.key, None)
        about = one_line(" ".join(filter(None, verdict.key)))
        if old is None:
            yield f"{about}: {verdict.verdict}, and the reference does not know it"
        elif old.verdict != verdict.verdict and not (verdict.declared and verdict.declared.get("unstable")):
            told = f": {verdict.explanation}" if verdict.explanation else ""
            yield one_line(f"{about}: {old.verdict} in the reference, now {verdict.verdict}{told}", 1000)
    for key, old in before.items():
        yield one_line(f"{' '.join(filter(None, key))}: {old.verdict} in the reference, and not judged any more")
