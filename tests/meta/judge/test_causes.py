"""What needs attention in a run: how urgent it is, and what has one cause."""

from pathlib import Path

import pytest
from samples import verdict

from queuespec.results.causes import EXPECTED, FAILS, MISSING, REPORTED, alike, causes, standing


def declared(expected="hangs", unstable=False):
    return {"expected": expected, "reason": "It waits in C.", "link": "", "unstable": unstable}


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (verdict(), ""),
        (verdict(verdict="hangs"), FAILS),
        (verdict(verdict="hangs", gates=False), REPORTED),
        (verdict(verdict="not-run"), MISSING),
        (verdict(verdict="not-applicable", explanation="only on Windows"), ""),
        (verdict(verdict="unsupported"), ""),
        (verdict(verdict="hangs", declared=declared()), EXPECTED),
        (verdict(verdict="hangs", declared=declared(), gates=False), EXPECTED),
        (verdict(verdict="deviates", declared=declared()), FAILS),
        (verdict(verdict="deviates", declared=declared(), gates=False), REPORTED),
        (verdict(declared=declared()), FAILS),
        (verdict(declared=declared(), gates=False), FAILS),
        (verdict(declared=declared(unstable=True)), EXPECTED),
    ],
)
def test_how_urgent_a_verdict_is(one, expected):
    assert standing(one) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "get() should have returned 'a', but it returned 'b'",
            "get() should have returned 'p2-17', but it returned ''",
        ),
        ("get() should have returned b'a'", """get() should have returned "it's" """.rstrip()),
        ("get(timeout=0.5) was still running after 2 s", "get(timeout=-1) was still running after 10.5 s"),
        ("the process of child died with exit code 7", "the process of child 12 died with exit code -9"),
        ("the process of parent died", "the process of thread 2 died"),
        ("put('a') raised Full()", "queue2.put('b') raised Full()"),
        ("Queue() should have returned", "Manager.JoinableQueue() should have returned"),
        ("child was started by spawn, and not by fork", "child 2 was started by fork, and not by forkserver"),
        ("put(queue2) raised Full()", "put(queue3) raised Full()"),
        ("wait(event1) raised Full()", "wait(event3) raised Full()"),
        ("returned <a.Queue object at 0x7f44ff>", "returned <a.Queue object at 0x7fa018>"),
        ("lost: 'a'", "lost: 'a', 'b', 'c'"),
        ("returned [1, 2, 3]", "returned [1]"),
    ],
)
def test_explanations_with_one_cause_are_alike(one, other):
    assert alike(one) == alike(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "get() should have returned 'a', but it returned 'b'",
            "get() should have returned 'a', but it raised Empty()",
        ),
        ("get() was still running after 2 s", "put('a') was still running after 2 s"),
        ("get_nowait() should have raised Empty", "get_nowait() should have raised Full"),
        ("get(timeout=1) returned None", "get(block=1) returned None"),
        ("the process of child died of signal 9 (SIGKILL)", "the process of child died of signal 11 (SIGSEGV)"),
        ("lost: 'a'", "twice: 'a'"),
        ("", "no explanation"),
    ],
)
def test_explanations_with_other_causes_are_not(one, other):
    assert alike(one) != alike(other)


def test_verdicts_with_one_explanation_are_one_cause_that_names_everything_concerned():
    (cause,) = causes(
        [
            verdict("get.a", "hangs", explanation="get() was still running after 2 s"),
            verdict("get.b", "hangs", explanation="get() was still running after 3 s", start_method="spawn"),
            verdict("get.b", "hangs", explanation="get() was still running after 3 s", kind="", level="platform"),
            verdict("get.c"),
        ]
    )

    assert cause.explanation == "get() was still running after 2 s"
    assert cause.rules == {"get.a": "promise", "get.b": "platform"}
    assert cause.places == (["Queue"], ["fork", "spawn"])
    assert len(cause.verdicts) == 3


def test_the_same_explanation_of_another_verdict_is_another_cause_but_not_that_of_a_rule_that_does_not_gate():
    found = causes(
        [
            verdict("a.a", "deviates", explanation="one", gates=False),
            verdict("a.b", "deviates", explanation="one"),
            verdict("a.c", "crashes", explanation="one"),
        ]
    )

    assert [(cause.standing, cause.verdict, [*cause.rules]) for cause in found] == [
        (FAILS, "deviates", ["a.b", "a.a"]),
        (FAILS, "crashes", ["a.c"]),
    ]


def test_the_most_urgent_comes_first_and_then_what_concerns_the_most_rules():
    found = causes(
        [
            verdict("a.a", "hangs", declared=declared()),
            verdict("a.b", "not-run", explanation="the test worker that judged this crashed"),
            verdict("a.c", "deviates", explanation="reported", gates=False),
            verdict("a.d", "deviates", explanation="small"),
            verdict("a.d", "deviates", explanation="small", start_method="spawn"),
            verdict("a.e", "hangs", explanation="large"),
            verdict("a.f", "hangs", explanation="large"),
        ]
    )

    assert [cause.explanation for cause in found] == [
        "large",
        "small",
        "reported",
        "the test worker that judged this crashed",
        "It waits in C.",
    ]


def test_what_is_not_as_expected_says_what_was_expected():
    found = causes(
        [verdict("a.a", declared=declared()), verdict("a.b", "deviates", explanation="x", declared=declared())]
    )

    assert [cause.explanation for cause in found] == [
        "an expected deviation (hangs) did not happen: It waits in C.",
        "x (expected instead: hangs)",
    ]


def known_causes():
    """For each implementation in ``causes.txt``: its deviations, and the cause of each, in words."""
    found = {}
    for line in Path(__file__).with_name("causes.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            known = found[line[2:]] = {}
        elif line.startswith("- "):
            cause = line[2:]
        elif line.startswith("  "):
            rule, kind, word, explanation = line[2:].split(" | ", 3)
            known[verdict(rule, word, kind=kind, explanation=explanation)] = cause
    return found


KNOWN = known_causes()
MOST_SPLIT = {
    "billiard": 6,
    "faster-fifo": 2,
    "queue, between threads": 7,
    "a queue on a server": 4,
    "dask.distributed": 0,
}
"""How many more causes are shown than there are: explanations alone do not tell them."""


@pytest.mark.parametrize("implementation", KNOWN)
def test_what_has_one_cause_in_truth_is_together_and_what_has_another_never_is(implementation):
    known = KNOWN[implementation]

    found = causes(known)

    for cause in found:
        assert len({known[one] for one in cause.verdicts}) == 1, cause
    assert len(found) - len({*known.values()}) <= MOST_SPLIT[implementation]
    assert sum(len(cause.verdicts) for cause in found) == len(known)
