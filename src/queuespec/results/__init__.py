"""Verdicts and their files: what was judged, the outcome, the expected deviations, what changed."""

from queuespec.results.findings import Explored, Found, Results, saved
from queuespec.results.reading import opened, read
from queuespec.results.verdict import (
    ABSENT,
    BAD,
    CONFORMS,
    CRASHES,
    DEVIATES,
    HANGS,
    JUDGED,
    NOT_RUN,
    SHOWN,
    VERDICTS,
    BadFile,
    Header,
    Verdict,
    counts,
    rule_set,
    summary,
    worst,
)
from queuespec.results.writing import Recorder, as_lines, write, write_atomically
