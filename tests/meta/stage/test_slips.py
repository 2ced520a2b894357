"""A slip in a test is the specification's failure: it neither accuses a queue nor passes for a proof."""

import json
import subprocess
import sys

import pytest
import stage_roles
from runs import CHECKOUT, METHOD, environment

from queuespec import Empty, Full
from queuespec.rules import KINDS
from queuespec.stage import Deviates, Raised, SuiteError, documented, made, raises

SOURCE = CHECKOUT / "src"
RULE = """
from queuespec import OBSERVED, Full, raises, rule

@rule("slip.some", source=OBSERVED, kinds=("Queue",))
def test_slip(make_queue, make_thread):
    \"\"\"A sentence.

    A reason.
    \"\"\"
    queue = make_queue(maxsize=1)
"""


@pytest.fixture
def judged(tmp_path):
    """Judges a rule whose test goes on with these lines; its verdict and the explanation."""

    def judge(*lines):
        (tmp_path / "test_slip.py").write_text(RULE + "".join(f"    {line}\n" for line in lines), encoding="utf-8")
        results = tmp_path / "results.jsonl"
        settings = ("-p", "queuespec.plugin", "-c", str(SOURCE / "queuespec" / "pytest.ini"), "--rootdir", ".")
        words = ("-n0", "-p", "no:cacheprovider", "--start-method", METHOD, "--results", str(results))
        run = subprocess.run(
            [sys.executable, "-m", "pytest", *settings, *words, "test_slip.py"],
            cwd=tmp_path,
            env=environment(PYTHONPATH=str(SOURCE)),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            text=True,
        )
        assert results.is_file(), run.stdout
        (verdict,) = [one for one in map(json.loads, results.read_text(encoding="utf-8").splitlines()) if "rule" in one]
        return verdict["verdict"], verdict["explanation"]

    return judge


NO_CALL = "the specification itself failed: SuiteError: the block `with raises(Full)` makes no call"


def test_a_block_that_calls_nothing_accuses_no_call_before_it(judged):
    assert judged('queue.put("a")', "with raises(Full):", "    pass") == ("not-run", NO_CALL)


def test_a_block_that_calls_nothing_is_not_proved_by_a_call_before_it(judged):
    lines = ('queue.put("a")', 'make_thread(queue).calls.put("b", timeout=0.01).raises(Full)')

    assert judged(*lines, "with raises(Full):", "    pass") == ("not-run", NO_CALL)


def test_a_misspelled_method_accuses_no_queue(judged):
    explanation = "queue has no method 'playz' and is not documented to have one; did you mean 'plays'?"

    assert judged("queue.playz(len)") == ("not-run", f"the specification itself failed: SuiteError: {explanation}")


def test_a_misspelled_method_of_the_harness_accuses_no_queue(judged):
    verdict, explanation = judged('make_thread(queue).process.playz(len, "a")')

    assert verdict == "not-run"
    assert "'playz'" in explanation


def test_a_rule_may_say_that_a_method_is_not_there(judged):
    lines = ('queue = make_queue(kind="Manager.Queue")', "with raises(AttributeError):", "    queue.close()")

    assert judged(*lines) == ("conforms", "")


# The same without a run


@pytest.fixture
def queue(a_stage):
    return a_stage.make_queue("Queue", 1)


def test_the_last_call_of_a_block_is_the_one_that_must_raise(queue):
    with pytest.raises(Deviates, match=r"^put\('a'\) should have raised Full, but it returned None$"), raises(Full):
        queue.full()
        queue.put("a")


def test_a_call_that_was_begun_before_the_block_is_no_call_of_the_block(queue):
    getting = queue.calls.get_nowait()

    with pytest.raises(SuiteError, match="makes no call"), raises(Empty):
        getting.raises(Empty)


def test_a_call_that_the_block_does_not_wait_for_is_no_proof(queue):
    with pytest.raises(SuiteError, match="makes no call"), raises(Empty):
        queue.calls.get_nowait()


def test_a_block_within_a_block_has_its_own_calls(queue):
    with pytest.raises(Deviates, match=r"^put\('a'\) should have raised Full"), raises(Full):
        queue.put("a")
        with raises(Full):
            queue.put_nowait("b")
        queue.get()
        queue.put("a")


@pytest.mark.parametrize(
    "call",
    [
        lambda queue: queue.putt("a"),
        lambda queue: queue.calls.putt("a").returns(),
        lambda queue: queue.calls.putt("a").stays_blocked(),
        lambda queue: queue.calls.putt("a").raises(AttributeError),
        lambda queue: queue.calls.putt("a").succeeds_or_raises(AttributeError),
        lambda queue: queue.task_done(),
    ],
    ids=["called", "returns", "blocks", "raises", "either", "of another kind"],
)
def test_no_verb_accuses_a_queue_of_a_misspelled_method(queue, call):
    with pytest.raises(SuiteError, match=r"queue has no method '(putt|task_done)' and is not documented to have one"):
        call(queue)


def test_an_absence_that_no_kind_of_queue_could_have_proves_nothing(queue):
    with pytest.raises(SuiteError, match=r"no method 'clos' .*; did you mean 'close'\?"), raises(AttributeError):
        queue.clos()


def test_an_absence_may_be_what_a_rule_is_about(queue):
    with raises(AttributeError) as caught:
        queue.task_done()

    assert "task_done" in str(caught.error)
    queue.calls.task_done().raises(AttributeError)


def test_an_exception_of_any_class_is_no_absence(queue):
    with pytest.raises(SuiteError), raises(Exception):
        queue.task_done()


def test_an_attribute_error_from_inside_a_call_accuses_the_object(queue):
    queue.put(made(stage_roles.NotLoadable))

    with pytest.raises(Raised, match="no such attribute"):
        queue.get()


def test_a_context_is_not_accused_of_what_no_context_has(a_stage):
    assert a_stage.context.cpu_count() >= 1
    with pytest.raises(SuiteError, match=r"context has no method 'cpu_cuont'.*did you mean 'cpu_count'"):
        a_stage.context.cpu_cuont()


def test_a_child_knows_what_its_queue_is_documented_to_have(a_stage):
    child = a_stage.make_child(a_stage.make_queue("SimpleQueue"))

    with pytest.raises(SuiteError, match="queue has no method 'get_nowait'"):
        child.get_nowait()


def test_a_documented_method_that_is_not_there_accuses_the_queue(judge):
    run = judge(
        *("--implementation", "fault:lacks-put-nowait", "--rule", "cap.freed-by-get"),
        *("-k", f"{METHOD}-Queue", "--start-method", METHOD),
    )

    (verdict,) = run.verdicts
    assert verdict["verdict"] == "deviates"
    assert verdict["explanation"].startswith("put_nowait('fourth') should have raised Full, but it raised Attribute")


def test_every_kind_of_queue_has_its_documented_methods():
    assert tuple(documented.QUEUES) == KINDS
