"""A verdict is made from what collection knew, never from a test's id; also where the test's process died."""

from types import SimpleNamespace

import pytest
from runs import judged_by

from queuespec.judge.workers import INPUT, Workers, send_plan
from queuespec.results import Verdict

HOSTILE = "\x1b[31m\ud800\u202e\n::error::'\"[a-b]"

SPECIFICATION = '''
"""A specification of somebody else."""

import os

import pytest

from queuespec import DOCS, rule


@pytest.mark.parametrize("word", ["fork", "spawn-Queue", "[x]"], ids=str)
@rule("own.words", source=DOCS / "Queue.put", kinds=("JoinableQueue", "Queue"))
def test_words(queue, word):
    """A queue takes words.

    They may look like parts of an id.
    """
    if os.environ["PYTEST_CURRENT_TEST"].partition(" ")[0] in os.environ.get("FATAL", ""):
        os._exit(7)
    queue.put(word)
    assert queue.get() == word


@rule("own.facts", source=DOCS / "Queue.put")
def test_facts(facts):
    """There are facts.

    They need no queue.
    """
    assert facts.python


def test_without_a_rule():
    pass
'''


@pytest.fixture
def judge_own(tmp_path):
    """Judges by a specification of somebody else: exit status, output, verdicts by the test's name."""

    def run(*options, **env):
        found = judged_by(SPECIFICATION, tmp_path, "--start-method", "spawn", *options, **env)
        assert found.verdicts, found.output
        return found.status, found.output, {one["test"]: one for one in found.verdicts}

    return run


def axes(verdict):
    """What tells a verdict from others of its rule."""
    return verdict["start_method"], verdict["kind"], verdict["parameters"]


WORDS = {
    f"test_own.py::test_words[spawn-{kind}-{word}]": ("spawn", kind, word)
    for word in ("fork", "spawn-Queue", "[x]")
    for kind in ("JoinableQueue", "Queue")
}
PLANNED = {**WORDS, "test_own.py::test_facts": ("", "", "")}


def test_verdicts_have_their_parameters_from_collection(judge_own):
    status, output, verdicts = judge_own("-n0")

    assert status == 0, output
    assert {test: axes(one) for test, one in verdicts.items()} == PLANNED
    assert {one["verdict"] for one in verdicts.values()} == {"conforms"}


def test_a_verdict_that_was_lost_with_its_worker_has_the_same_parameters(judge_own):
    fatal = {"spawn-JoinableQueue-fork", "spawn-Queue-spawn-Queue"}

    status, output, verdicts = judge_own("-n1", FATAL=" ".join(f"test_own.py::test_words[{name}]" for name in fatal))

    lost = {test: one for test, one in verdicts.items() if one["verdict"] == "not-run"}
    assert status == 1
    assert {test: axes(one) for test, one in verdicts.items()} == PLANNED
    assert {"-".join(axes(one)) for one in lost.values()} == fatal
    assert {one["verdict"] for test, one in verdicts.items() if test not in lost} == {"conforms"}
    assert {one["explanation"] for one in lost.values()} == {"the test worker that judged this crashed"}
    assert {(one["rule"], one["sentence"], one["gates"]) for one in lost.values()} == {
        ("own.words", "A queue takes words.", True)
    }
    assert "not-run: the test worker that judged this crashed\n" in output


def test_what_was_not_reached_is_planned_all_the_same(judge_own):
    _, output, verdicts = judge_own("-n0", "-x", "--implementation", "fault:does-nothing", "--patience", "1")

    assert {test: axes(one) for test, one in verdicts.items()} == PLANNED
    assert "not-run: the run ended before this was judged\n" in output


def test_an_annotation_names_the_file_of_the_rule_whoever_wrote_it(judge_own, tmp_path):
    env = {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(tmp_path)}

    _, output, _ = judge_own(
        "-n1", "-k", "spawn-Queue-fork", "--implementation", "fault:does-nothing", "--patience", "1", **env
    )

    (line,) = [number for number, text in enumerate(SPECIFICATION.splitlines(), 1) if text.startswith("@pytest")]
    assert f"::error file=test_own.py,line={line},title=own.words::" in output


def test_a_plan_arrives_as_it_was_written():
    plans = [
        Verdict("a.b", "promise", "a", "A.", "a.py::test[spawn-Queue-fork]", kind="Queue", parameters="fork"),
        Verdict("a.c", "hazard", HOSTILE, HOSTILE, HOSTILE, gates=False, parameters=HOSTILE),
    ]
    workers = Workers()
    worker = SimpleNamespace(workerinput={INPUT: workers.input(None), "workerid": "gw0"})
    try:
        send_plan(worker, plans)
        assert workers.plan_of("gw0") == plans
    finally:
        workers.close()
