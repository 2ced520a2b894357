"""A failure is one sentence, understood without the test's source: what was called, expected, and what happened."""

from pathlib import Path

import pytest

IMPLEMENTATIONS = str(Path(__file__).parents[1] / "implementations")
SLUG = "get.blocks-when-empty"


@pytest.fixture
def judge_get(judge):
    def run(way, patience="2"):
        options = (
            "--implementation",
            "five_gets",
            "--start-method",
            "spawn",
            "-k",
            "spawn-Queue",
        )
        env = {"GET": way, "PYTHONPATH": IMPLEMENTATIONS}
        return judge(*options, "--patience", patience, "--rule", SLUG, env=env)

    return run


@pytest.mark.parametrize(
    ("way", "verdict", "sentence"),
    [
        ("returns_none", "deviates", "get() did not block: it returned None"),
        ("raises_empty", "deviates", "get() did not block: it raised Empty()"),
        ("raises_a_look_alike", "deviates", "get() did not block: it raised Empty('not the real one')"),
        ("raises_a_keyboard_interrupt", "deviates", "get() did not block: it raised KeyboardInterrupt()"),
        ("dies", "crashes", "get() did not block: its process died with exit code 7"),
        ("changes_the_item", "deviates", "get() should have returned 'late', but it returned 'late!'"),
        ("never_returns", "hangs", "get() was still running after 2 s"),
        ("returns_no_plain_value", "deviates", "get() did not block: it returned <class 'queue.Queue'>"),
    ],
)
def test_the_sentence_says_what_happened_instead(judge_get, way, verdict, sentence):
    run = judge_get(way)

    (found,) = run.of(SLUG)
    assert (found["verdict"], found["explanation"]) == (verdict, sentence)
    assert sentence in run.output


def test_garbage_on_standard_output_changes_no_verdict(judge_get):
    run = judge_get("prints_garbage", patience="30")

    assert run.words(SLUG) == {"conforms"}


def test_a_look_alike_of_Empty_is_not_taken_for_it(judge):
    run = judge(
        *(
            "--implementation",
            "five_gets",
            "--start-method",
            "spawn",
            "-k",
            "spawn-Queue",
        ),
        *("--rule", "get.nowait-equivalent"),
        env={"GET": "raises_a_look_alike", "PYTHONPATH": IMPLEMENTATIONS},
    )

    sentences = {verdict["explanation"] for verdict in run.verdicts}
    assert sentences == {"get_nowait() should have raised Empty, but it raised Empty('not the real one')"}
