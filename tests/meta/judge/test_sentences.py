"""A failure is one sentence, understood without the test's source: what was called, expected, and what happened."""

from runs import META, judged_by

CHAPTER = '''
"""A chapter in which each test has a queue of its own, which is wrong in its own way."""

from queuespec import OBSERVED, Empty, each, raises, rule


@rule("own.get", source=OBSERVED, kinds=("Queue",))
@each("number", range(1, 9))
def test_get(make_queue, make_child, number):
    """get() waits until an item arrives.

    It is the rule get.blocks-when-empty.
    """
    queue = make_queue(maxsize=number)
    getting = make_child(queue).calls.get()
    getting.stays_blocked()

    queue.put("late")

    assert getting.returns() == "late"


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
    ("never_returns", "hangs", "get() was still running after 2 s"),
    ("returns_no_plain_value", "deviates", "get() did not block: it returned <class 'queue.Queue'>"),
]
"""A way to be wrong, the verdict, and its sentence; the first is that of a queue with a maxsize of 1."""
LOOK_ALIKE = "get_nowait() should have raised Empty, but it raised Empty('not the real one')"


def test_the_sentence_says_what_happened_instead(tmp_path):
    options = ("--implementation", "five_gets", "--start-method", "spawn", "--patience", "2", "-n0")

    run = judged_by(CHAPTER, tmp_path, *options, GET=" ".join(way for way, _, _ in GETS))

    found = {one["parameters"]: (one["verdict"], one["explanation"]) for one in run.of("own.get")}
    assert found == {str(number): (verdict, words) for number, (_, verdict, words) in enumerate(GETS, 1)}
    assert [one["explanation"] for one in run.of("own.nowait")] == [LOOK_ALIKE]
    assert [words for _, _, words in [*GETS, ("", "", LOOK_ALIKE)] if words not in run.output] == []


def test_garbage_on_standard_output_changes_no_verdict(judge):
    run = judge(
        *("--implementation", "five_gets", "--start-method", "spawn", "-k", "spawn-Queue"),
        *("--rule", "get.blocks-when-empty"),
        env={"GET": "prints_garbage", "PYTHONPATH": str(META / "implementations")},
    )

    assert run.words("get.blocks-when-empty") == {"conforms"}
