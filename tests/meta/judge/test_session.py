"""What fails a run although no verdict does is said, never swallowed."""

import argparse
import sys
from types import SimpleNamespace

import pytest
from runs import ACCUSING, facts_of
from samples import header, verdict

from queuespec.judge import ledger, options, session
from queuespec.judge.ledger import LEDGER, Ledger
from queuespec.judge.options import CannotJudge, refuse_unknown_rules, specification
from queuespec.judge.planned import Assignment
from queuespec.judge.workers import Workers
from queuespec.results import Recorder, Verdict, read
from queuespec.results.expectations import Expectation
from queuespec.rules import chapters
from queuespec.stage import Settings

PLANNED = [Verdict("a.b", test=f"test_a.py::test[{kind}]", kind=kind) for kind in ("Queue", "SimpleQueue")]


def test_patience_is_no_timeout_that_a_queue_may_have_as_well():
    parser = argparse.ArgumentParser()
    options.add_options(parser.add_argument)

    patience = parser.get_default("patience")

    assert patience == Settings.patience
    assert all(patience % unit for unit in (0.5, 1, 2, 5, 10))


@pytest.fixture
def broken_specification(monkeypatch):
    """The specification cannot be imported."""

    def fail():
        raise ValueError("rule 'get.x': unknown level 'promis'")

    specification.cache_clear()
    monkeypatch.setattr(options, "chapters", fail)
    yield
    specification.cache_clear()


@pytest.mark.usefixtures("broken_specification")
def test_a_specification_that_cannot_be_imported_is_a_problem_of_the_run(tmp_path):
    books = Ledger(header(rule_set=""), Recorder(tmp_path / "results.jsonl"))
    books.plan(PLANNED[:1])

    books.begin()
    books.begin()
    books.enter(PLANNED[0].test, verdict())
    books.finish()

    assert books.problems == [
        "the results do not say which rules they were judged by: cannot import the specification: "
        "ValueError: rule 'get.x': unknown level 'promis'"
    ]
    assert len(read(tmp_path / "results.jsonl").verdicts) == 1


@pytest.mark.usefixtures("broken_specification")
def test_no_rule_is_unknown_to_a_specification_that_cannot_be_imported():
    with pytest.raises(CannotJudge, match=r"^cannot import the specification: ValueError: "):
        refuse_unknown_rules(["get.blocks-when-empty"])


@pytest.mark.usefixtures("broken_specification")
def test_what_was_expected_cannot_be_held_against_a_specification_that_cannot_be_imported():
    expected = (Expectation("get.x", "multiprocessing", "hangs", "So it is."),)
    given = Assignment(facts_of("Linux", (3, 14, 0)), ("fork",), False, Settings("", "", ()), expected)

    (said,) = session._what_was_expected_in_vain(given, [])

    assert said.startswith("cannot import the specification: ValueError: ")


def test_a_system_without_a_directory_for_temporary_files_is_one_sentence(monkeypatch):
    def refuse():
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr("tempfile.gettempdir", refuse)

    with pytest.raises(pytest.UsageError, match="no writable directory for temporary files; set TMPDIR to one"):
        next(session.pytest_load_initial_conftests())


def test_a_plan_that_cannot_be_read_is_a_problem_of_the_run(tmp_path):
    books, workers = Ledger(header(rule_set="")), Workers()
    workers.close()
    stash = {LEDGER: books, session.WORKERS: workers}

    session.pytest_xdist_node_collection_finished(
        SimpleNamespace(config=SimpleNamespace(stash=stash), gateway=SimpleNamespace(id="gw0"))
    )

    assert books.problems == ["cannot read the plan of worker gw0: No such file or directory"]


def test_a_chapter_that_fails_while_it_is_imported_fails_every_time(tmp_path):
    (tmp_path / "test_half.py").write_text('"""Half a chapter."""\nHALF = 1\nraise LookupError("the other half")\n')

    for _ in range(2):
        with pytest.raises(LookupError, match="the other half"):
            chapters(tmp_path)
    assert "queuespec_chapter_test_half" not in sys.modules


def test_a_results_file_that_cannot_be_written_is_a_problem_noted_once(tmp_path):
    books = Ledger(header(rule_set=""), Recorder(tmp_path / "nowhere" / "results.jsonl"))
    books.plan(PLANNED[:1])

    books.begin()
    books.enter(PLANNED[0].test, verdict())
    books.finish()

    assert len(books.problems) == 1
    assert books.problems[0].startswith(f"cannot write the results to {tmp_path / 'nowhere'}")


def test_a_file_that_cannot_be_collected_is_a_problem_of_the_run(judge, tmp_path):
    (tmp_path / "test_broken.py").write_text("raise RuntimeError\n")
    (tmp_path / "test_other.py").write_text("def test_without_a_rule():\n    raise RuntimeError\n")

    run = judge(
        *("--rule", "get.blocks-when-empty", "--start-method", ACCUSING, "--continue-on-collection-errors"),
        *(str(tmp_path / "test_broken.py"), str(tmp_path / "test_other.py")),
    )

    assert run.status == 1
    assert run.words("get.blocks-when-empty") == {"conforms"}
    assert "problem: cannot collect the tests of a file\n" in run.output
    assert "1 deselected" in run.output
    assert "violates no rule, but the run fails: 1 problem, listed above." in run.output


def test_everything_planned_has_a_verdict_in_the_order_of_the_plan():
    books = Ledger(header())
    books.plan(PLANNED)
    books.plan(PLANNED[::-1])
    books.enter(PLANNED[1].test, verdict(kind="SimpleQueue"))

    assert books.lose("test_a.py::test_without_a_rule", "x") is None
    assert [(one.kind, one.verdict, one.explanation) for one in books.complete()] == [
        ("Queue", "not-run", ledger.UNREACHED),
        ("SimpleQueue", "conforms", ""),
    ]
