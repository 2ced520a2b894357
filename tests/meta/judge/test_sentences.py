"""A failure is one sentence, understood without the test's source: what was called, expected, and what happened."""

import re
from types import SimpleNamespace

import pytest
from runs import META, chapter_of_gets, judged_by

from queuespec.actors.protocol import RETURNED
from queuespec.judge.verdicts import CURRENT, pytest_assertrepr_compare, sentence_about
from queuespec.stage import ExitCode, Timeline
from queuespec.stage.calls import Call

CHAPTER = f'''{chapter_of_gets(8)}

@rule("own.nowait", source=OBSERVED, kinds=("Queue",))
def test_nowait(make_queue):
    """get_nowait() raises Empty if there is no item.

    It is the rule get.nowait-equivalent.
    """
    with raises(Empty):
        make_queue(maxsize=3).get_nowait()
'''

GETS = [
    ("returns_none", "deviates", "get() did not block: it returned None"),
    ("raises_empty", "deviates", "get() did not block: it raised Empty()"),
    ("raises_a_look_alike", "deviates", "get() did not block: it raised Empty('not the real one')"),
    ("raises_a_keyboard_interrupt", "deviates", "get() did not block: it raised KeyboardInterrupt()"),
    ("dies", "crashes", "get() did not block: its process died with exit code 7"),
    ("changes_the_item", "deviates", "get() should have returned 'late', but it returned 'late!'"),
    ("never_returns", "hangs", "get() was still running after N s"),
    ("returns_no_plain_value", "deviates", "get() did not block: it returned <class 'queue.Queue'>"),
]
"""A way to be wrong, the verdict, and its sentence; the first is that of a queue with a maxsize of 1."""
LOOK_ALIKE = "get_nowait() should have raised Empty, but it raised Empty('not the real one')"


def on_any_machine(text):
    """The text, whatever patience is on this machine."""
    return re.sub(r"(?<=running after )[\d.]+ s", "N s", text)


def test_the_sentence_says_what_happened_instead(tmp_path):
    options = ("--implementation", "five_gets", "--start-method", "spawn", "--patience", "2", "-n0", "-v")

    run = judged_by(CHAPTER, tmp_path, *options, GET=" ".join(way for way, _, _ in GETS))

    found = {one["parameters"]: (one["verdict"], on_any_machine(one["explanation"])) for one in run.of("own.get")}
    assert found == {str(number): (verdict, words) for number, (_, verdict, words) in enumerate(GETS, 1)}
    assert [one["explanation"] for one in run.of("own.nowait")] == [LOOK_ALIKE]
    output = on_any_machine(run.output)
    assert [words for _, _, words in [*GETS, ("", "", LOOK_ALIKE)] if words not in output] == []


def test_garbage_on_standard_output_changes_no_verdict(judge):
    run = judge(
        *("--implementation", "five_gets", "--start-method", "spawn", "-k", "spawn-Queue"),
        *("--rule", "get.blocks-when-empty"),
        env={"GET": "prints_garbage", "PYTHONPATH": str(META / "implementations")},
    )

    assert run.words("get.blocks-when-empty") == {"conforms"}


# The same without a run


@pytest.fixture
def timeline():
    """The timeline of a test that has called get() twice: it returned 1000, and then True."""
    timeline = Timeline()
    for value in (1000, True):
        call = Call(None, "get()", None, 0.0, noted=False)
        call.resolve(RETURNED, value)
        timeline.calls.append(call)
    timeline.last = timeline.calls[-1]
    return timeline


@pytest.mark.parametrize(
    ("asserted", "said"),
    [
        ("assert not True", "get() should have returned something false, but it returned True"),
        ("assert None", "get() should have returned something true, but it returned True"),
        ("1 item was lost", "1 item was lost"),
    ],
)
def test_an_assertion_about_the_last_call_names_it(timeline, asserted, said):
    assert sentence_about(AssertionError(asserted), timeline) == said


@pytest.fixture
def compared(timeline):
    """What a comparison that failed is told as, in a test with this timeline."""
    config = SimpleNamespace(stash={CURRENT: timeline})
    return lambda left, op, right: pytest_assertrepr_compare(config, op, left, right)


def test_a_comparison_of_what_a_call_returned_says_what_it_should_have_returned(compared, timeline):
    value = timeline.calls[0].value

    assert compared(value, ">", 2000) == ["get() should have returned more than 2000, but it returned 1000"]
    assert compared(7, "not in", value) == [
        "get() should have returned something without 7 in it, but it returned 1000"
    ]
    assert compared(True, "is", False) == ["get() should have returned False, but it returned True"]


def test_a_comparison_of_an_exit_code_names_the_process(compared):
    code = ExitCode.of("the process of child", 3)

    assert compared(code, "==", 0) == [
        "the process of child should have ended with exit code 0, but it ended with exit code 3"
    ]


def test_any_other_comparison_is_pytests(compared):
    assert compared("a", "==", "b") is None
    assert compared(None, "is", True) is None, "many calls return None, and this one may be of another"
    assert compared(1000, "<>", 1) is None
