"""A slip in a test is the specification's failure: it neither accuses a queue nor passes for a proof."""

import pytest
import stage_roles
from runs import METHOD, judged_by, rest
from stages import METHODS

from queuespec import Empty, Full
from queuespec.rules import KINDS
from queuespec.stage import Deviates, Raised, SuiteError, documented, made, raises

CHAPTER = '''
"""A chapter of slips."""

import pytest

from queuespec import OBSERVED, Full, raises, rule
from queuespec.stage import NotApplicable
'''
RULE = '''

@rule("slip.{name}", source=OBSERVED, kinds=("Queue",))
def test_{name}(make_queue, make_thread):
    """A sentence.

    A reason.
    """
    queue = make_queue(maxsize=1)
'''
OTHERS = '''

@rule("slip.in-a-fresh-program", source=OBSERVED)
def test_in_a_fresh_program(module, crowd):
    """A sentence.

    A reason.
    """
    assert crowd.size == 2
    module.get_start_methd()


def test_without_a_rule(queue):
    pass
'''
NO_CALL = "the specification itself failed: SuiteError: the block `with raises(Full)` makes no call"
MISSPELLED_METHOD = (
    "the specification itself failed: SuiteError: module has no method 'get_start_methd' and is not documented to have "
    "one; did you mean 'get_start_method'?"
)
SLIPS = {
    "a-block-that-calls-nothing-accuses-no-call-before-it": (
        ('queue.put("a")', "with raises(Full):", "    pass"),
        ("not-run", NO_CALL),
    ),
    "a-block-that-calls-nothing-is-not-proved-by-a-call-before-it": (
        (
            'queue.put("a")',
            'make_thread(queue).calls.put("b", timeout=0.01).raises(Full)',
            "with raises(Full):",
            "    pass",
        ),
        ("not-run", NO_CALL),
    ),
    "a-misspelled-method-accuses-no-queue": (
        ("queue.playz(len)",),
        (
            "not-run",
            "the specification itself failed: SuiteError: queue has no method 'playz' and is not documented to have "
            "one; did you mean 'plays'?",
        ),
    ),
    "a-misspelled-method-of-the-harness-accuses-no-queue": (
        ('make_thread(queue).process.playz(len, "a")',),
        (
            "not-run",
            "the specification itself failed: AttributeError: 'RemoteActor' object has no attribute 'playz'",
        ),
    ),
    "a-rule-may-say-that-a-method-is-not-there": (
        ('queue = make_queue(kind="Manager.Queue")', "with raises(AttributeError):", "    queue.close()"),
        ("conforms", ""),
    ),
    "a-test-may-find-out-that-its-rule-does-not-apply": (
        ('raise NotApplicable("it does more than it must")',),
        ("not-applicable", "it does more than it must"),
    ),
    "a-test-that-is-skipped-proves-nothing": (('pytest.skip("not now")',), ("not-run", "not now")),
    "a-test-that-pytest-timeout-ends-hangs": (
        ('pytest.fail("Timeout (>60.0s) from pytest-timeout.")',),
        ("hangs", "Timeout (>60.0s) from pytest-timeout."),
    ),
}
"""Rules: the last lines of the test, the verdict, and the explanation."""


def test_a_slip_accuses_no_queue_and_proves_nothing(tmp_path):
    chapter = CHAPTER
    for slug, (lines, _) in SLIPS.items():
        chapter += RULE.replace("{name}", slug, 1).replace("{name}", slug.replace("-", "_"))
        chapter += "".join(f"    {line}\n" for line in lines)

    run = judged_by(chapter + OTHERS, tmp_path, "-n0", "--start-method", METHOD)

    found = {one["rule"].removeprefix("slip."): (one["verdict"], one["explanation"]) for one in run.verdicts}
    assert found.pop("in-a-fresh-program") == ("not-run", MISSPELLED_METHOD)
    assert found == {slug: expected for slug, (_, expected) in SLIPS.items()}
    assert "UsageError: only a test with a rule has a start method" in run.output


# The same without a run


@pytest.fixture(params=rest(METHODS, [METHOD]))
def a_stage(request, new_stage):
    """A stage: what is tested here happens in the judge, the same under each start method."""
    return new_stage(request.param)


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


VERBS = {
    "called": lambda queue: queue.putt("a"),
    "returns": lambda queue: queue.calls.putt("a").returns(),
    "blocks": lambda queue: queue.calls.putt("a").stays_blocked(),
    "raises": lambda queue: queue.calls.putt("a").raises(AttributeError),
    "either": lambda queue: queue.calls.putt("a").succeeds_or_raises(AttributeError),
    "of another kind": lambda queue: queue.task_done(),
}


def test_no_verb_accuses_a_queue_of_a_misspelled_method(queue):
    for name, call in VERBS.items():
        with pytest.raises(SuiteError) as slip:
            call(queue)
        name_of_it = "task_done" if name == "of another kind" else "putt"
        words = f"queue has no method {name_of_it!r} and is not documented to have one"
        assert words in str(slip.value), name


@pytest.mark.parametrize(
    "taken", [lambda queue: queue.size == 1, lambda queue: queue.size > 1, lambda queue: not queue.size]
)
def test_an_attribute_is_no_method(queue, taken):
    with pytest.raises(SuiteError, match=r"^size is used as an attribute, but only methods can be called; a role can"):
        taken(queue)


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
