"""The end of a run reads well: chapters, causes, one sentence; in any width and encoding, with or without color."""

import pytest
from samples import verdict

from queuespec.report.summary import MOST_RULES, chapter_lines, sentence, text

METHODS = ("fork", "spawn")
JUDGED = "a queue on CPython 3.14.1, Linux x86_64"
HOSTILE = "\x1b[31mred\n::error::no ##[error]x \u202egnol" + "x" * 3000


def spread(rule="get.a", word="conforms", **changes):
    """A verdict under each start method."""
    return [verdict(rule, word, start_method=method, **changes) for method in METHODS]


def lines(verdicts, width=100):
    return [line.plain for line in chapter_lines(verdicts, METHODS, width)]


def shown(verdicts, problems=(), **paper):
    return text(JUDGED, verdicts, METHODS, list(problems), **paper)


# Chapters


def test_a_chapter_is_a_line_with_counts_for_each_start_method():
    verdicts = [*spread(), *spread("get.b"), *spread("put.a", chapter="putting_in"), verdict("ctx.a", start_method="")]

    assert lines(verdicts) == ["getting     fork 2/2  spawn 2/2  any 1/1", "putting in  fork 1/1  spawn 1/1"]


def test_only_what_applies_is_counted_and_what_does_not_conform_is_named():
    verdicts = [
        *spread(),
        *spread("get.b", "hangs"),
        verdict("get.c", "deviates", start_method="spawn"),
        verdict("get.c", "not-run"),
        *spread("get.d", "not-applicable"),
        *spread("get.e", "unsupported"),
    ]

    assert lines(verdicts) == ["getting  fork 1/3  spawn 1/3  1 deviates, 2 hangs, 1 not-run"]


def test_a_chapter_without_anything_that_applies_is_there_all_the_same():
    assert lines(spread(word="not-applicable")) == ["getting"]


def test_dangers_are_named_but_not_counted_among_what_conforms():
    verdicts = [
        *spread(),
        *spread("get.h", "shown", level="hazard", gates=False),
        verdict("get.i", "absent", level="hazard", gates=False),
    ]

    assert lines(verdicts) == ["getting  fork 1/1  spawn 1/1  1 absent, 2 shown"]
    assert sentence(JUDGED, verdicts, []) == f"{JUDGED} conforms: 5 verdicts on 3 rules; it has 1 of 2 dangers."


@pytest.mark.parametrize("width", [20, 24, 32, 40])
def test_a_narrow_terminal_breaks_between_counts(width):
    found = lines([*spread(), *spread("get.b", "hangs"), *spread("p.a", chapter="manager_queues")], width)

    assert max(map(len, found)) <= width
    assert " ".join(" ".join(found).split()) == "getting fork 1/2 spawn 1/2 2 hangs manager queues fork 1/1 spawn 1/1"


# Causes


def test_each_deviation_is_shown_once_with_everything_it_concerns():
    verdicts = [
        *spread("get.a", "hangs", explanation="get() was still running after 2 s"),
        *spread("get.b", "hangs", explanation="get() was still running after 4 s", kind="JoinableQueue"),
    ]

    output = shown(verdicts)

    assert (
        "hangs: get() was still running after 2 s\n"
        "  get.a, get.b\n"
        "  Queue, JoinableQueue under fork, spawn (4 verdicts)\n"
    ) in output
    assert output.count("still running") == 1


def test_what_gates_comes_before_what_does_not_and_both_say_it():
    verdicts = [
        verdict("get.h", "deviates", explanation="one", gates=False, level="de-facto"),
        verdict("get.p", "deviates", explanation="two"),
    ]

    output = shown(verdicts)

    assert "deviates, does not gate: one\n  get.h [de-facto]\n  Queue under fork (1 verdict)\n" in output
    assert output.index("deviates: two") < output.index("deviates, does not gate: one")


def test_what_was_expected_is_shown_compactly_with_its_reason():
    known = {"expected": "hangs", "reason": "It waits in C.", "link": "", "unstable": True}

    output = shown([verdict("get.a", "hangs", declared=known), verdict("get.b", declared=known)])

    assert "hangs, as expected: It waits in C.\n  get.a: Queue under fork (1 verdict)\n" in output
    assert "unstable, conforms this time: It waits in C.\n  get.b: Queue under fork (1 verdict)\n" in output


def test_a_cause_of_many_rules_names_a_few():
    output = shown([verdict(f"get.r{number}", "hangs", explanation="It hangs.") for number in range(MOST_RULES + 5)])

    assert f"get.r{MOST_RULES - 1} and 5 more rules\n" in output
    assert f"get.r{MOST_RULES}," not in output


def test_a_long_explanation_keeps_its_beginning_and_its_end():
    explanation = f"get_many(1000) should have returned {[*range(150)]}, but it returned []"

    output = shown([verdict("get.a", "deviates", explanation=explanation)])

    (line,) = [line for line in output.splitlines() if line.startswith("deviates: get_many(1000) should have")]
    assert line.endswith(" but it returned []")
    assert len(line) < 330


def test_problems_of_the_run_are_shown():
    assert "problem: incomplete: 2 of 3 planned verdicts missing\n" in shown(
        [verdict()], ["incomplete: 2 of 3 planned verdicts missing"]
    )


# The sentence


@pytest.mark.parametrize(
    ("verdicts", "problems", "words"),
    [
        (spread(), [], "conforms: 2 verdicts on 1 rule."),
        (
            [*spread(), *spread("get.b", "hangs"), *spread("get.c", "deviates", explanation="x")],
            [],
            "does not conform: 4 of 6 verdicts fail (2 rules, 2 causes).",
        ),
        (
            [verdict(verdict="hangs"), verdict("get.b")],
            ["x"],
            "does not conform: 1 of 2 verdicts fails (1 rule, 1 cause).",
        ),
        (
            [verdict(), verdict("get.b", "hangs", gates=False)],
            [],
            "2 verdicts on 2 rules, with 1 deviation that does not gate.",
        ),
        ([verdict()], ["incomplete"], "violates no rule, but the run fails: 1 problem, listed above."),
        ([verdict(verdict="not-applicable")], ["x"], JUDGED + ": no rule was judged."),
        (
            [verdict(declared={"expected": "hangs", "reason": "r", "link": "", "unstable": False})],
            [],
            "violates no rule, but the run fails: 1 expected deviation did not happen.",
        ),
        (
            [verdict(verdict="hangs", declared={"expected": "hangs", "reason": "r", "link": "", "unstable": False})],
            [],
            "conforms: 1 verdict on 1 rule, with 1 expected deviation.",
        ),
    ],
)
def test_one_sentence_is_the_verdict_on_the_run(verdicts, problems, words):
    found = sentence(JUDGED, verdicts, problems)

    assert words in found
    assert found.count(JUDGED) == 1
    assert found.endswith(".")
    assert shown(verdicts, problems).rstrip().endswith(found)


def test_large_numbers_can_be_read():
    verdicts = [verdict(f"get.r{number}") for number in range(1200)]

    assert "conforms: 1,200 verdicts on 1,200 rules." in sentence(JUDGED, verdicts, [])


# The paper


def test_color_is_for_those_who_asked_for_it():
    verdicts = [*spread(), verdict("get.b", "hangs", explanation="It hangs.")]

    plain, colored = shown(verdicts, ["x"], whole=True), shown(verdicts, ["x"], whole=True, width=80, color=True)

    assert "\x1b" not in plain
    assert "\x1b[1;31mhangs:" in colored


def test_the_whole_table_is_there_only_if_asked_for():
    assert "get.a" not in shown(spread())
    assert "  get.a" in shown(spread(), whole=True)


@pytest.mark.parametrize("width", [20, 40, 80])
def test_a_narrow_terminal_breaks_sentences_between_words(width):
    output = shown(spread("get.a", "hangs", explanation="one two three four five six " * 5), width=width)

    for line in output.splitlines():
        assert len(line) <= width or line.startswith((JUDGED[:10], "  queuespec --rule"))


def test_hostile_text_does_nothing():
    verdicts = spread(HOSTILE, "deviates", explanation=HOSTILE, kind=HOSTILE, chapter=HOSTILE)

    output = shown(verdicts, [HOSTILE])

    assert output.replace("\n", "").isprintable()
    assert not [line for line in output.splitlines() if line.lstrip().startswith("::")]
    assert "##[" not in output


@pytest.mark.parametrize("encoding", ["ascii", "cp932", "cp1252"])
def test_what_an_encoding_lacks_is_escaped(encoding):
    output = shown(spread("get.a", "deviates", explanation="\u4e16 \xe9 \U0001f600"), whole=True, encoding=encoding)

    assert output.encode(encoding)
    assert "\\U0001f600" in output
