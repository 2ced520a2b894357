"""Verdicts and the files that keep them: what was judged, what came of it, what was expected, what changed."""

from queuespec.results.reading import opened, read
from queuespec.results.verdict import (
    BAD,
    FORMAT,
    JUDGED,
    VERDICTS,
    BadFile,
    Header,
    Results,
    Verdict,
    counts,
    rule_set,
    worst,
)
from queuespec.results.writing import Recorder, as_lines, write, write_atomically

__all__ = [
    "BAD",
    "FORMAT",
    "JUDGED",
    "VERDICTS",
    "BadFile",
    "Header",
    "Recorder",
    "Results",
    "Verdict",
    "as_lines",
    "counts",
    "opened",
    "read",
    "rule_set",
    "worst",
    "write",
    "write_atomically",
]
