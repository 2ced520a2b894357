"""Text of others does nothing: in a file, a table, a terminal or a log."""

import xml.etree.ElementTree

from hypothesis import given
from hypothesis import strategies as st
from runs import ACCUSING
from samples import RULE

from queuespec import results
from queuespec.text import command as workflow_command
from queuespec.text import markdown, one_line, printable

HOSTILE = "\x1b[31mred\x07\n::error::no\r<script>alert(1)</script> | `x` \u202egnol\ud800" + "x" * 1000


def test_a_line_is_bounded_and_has_only_what_can_be_seen():
    line = one_line(HOSTILE)

    assert line.isprintable()
    assert len(line) <= 530
    assert one_line("x" * 10_000_000).endswith("... (10000000 characters)")
    assert one_line(line) == line


@given(st.text())
def test_any_text_becomes_harmless(text):
    assert one_line(text).isprintable()
    assert all(line.isprintable() for line in printable(text).split("\n"))
    assert "<" not in markdown(text)
    assert "\n" not in markdown(text) + workflow_command(text)


HOSTILE_QUEUE = """
import multiprocessing

class Strange(Exception):
    pass

Strange.__name__ = "Strange\\x1b[32m"

class Queue:
    __version__ = "1"
    def __init__(self, *args, **kwargs): pass
    def __reduce__(self): return Queue, ()
    def get(self, *args, **kwargs):
        print("\\n::error::injected\\x1b]0;title\\x07 ##[stop-commands]injected")
        raise Strange("##[error]injected\\x1b[31m<script>|\\n::error::injected" + "\\u202e" + "y" * 10_000_000)
    get_nowait = put = get
"""


def test_a_hostile_implementation_breaks_no_file_no_table_and_no_log(judge, tmp_path):
    (tmp_path / "hostile.py").write_text(HOSTILE_QUEUE)
    github = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}

    run = judge(
        *("--implementation", "hostile:Queue", "--start-method", ACCUSING, "--patience", "2"),
        *("--rule", RULE, "--rule", "put.returns-before-flush"),
        *("--junit-xml", tmp_path / "junit.xml"),
        env={"PYTHONPATH": str(tmp_path), **github},
    )

    assert run.status == 1
    assert "\x1b" not in run.output
    assert "\u202e" not in run.output
    assert len(run.output) < 200_000
    assert not [line for line in run.output.splitlines() if line.lstrip().startswith("::error::injected")]
    assert "##[" not in run.output
    assert (tmp_path / "results.jsonl").stat().st_size < 200_000
    assert "<script>" not in (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert len(results.read(tmp_path / "results.jsonl").verdicts) == len(run.verdicts)
    xml.etree.ElementTree.parse(tmp_path / "junit.xml")
