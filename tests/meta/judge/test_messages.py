"""A failure tells its whole story in one place: the rule, what was judged where, who called what, what was printed."""

import os
import platform
import re

import pytest
from runs import chapter_of_gets, judged_by, judged_says, rest

SLUG = "get.blocks-when-empty"


@pytest.fixture
def report_of(judge):
    """What is reported of one rule, for one kind under spawn."""

    def run(slug, implementation, *options, kind="spawn-Queue"):
        chosen = ("-v", "-k", kind, "--start-method", "spawn", "--patience", "2")
        return judge("--rule", slug, "--implementation", implementation, *chosen, *options).output

    return run


def in_order(output, *words):
    """The words stand in the output, in this order."""
    position = 0
    for word in words:
        position = output.find(word, position)
        assert position >= 0, (word, output)
    return True


def where():
    """Python and system as the report names them."""
    system = {"Darwin": "macOS"}.get(platform.system(), platform.system())
    python = judged_says("platform.python_implementation() + ' ' + platform.python_version()")
    return f"on {python}", f", {system} {platform.machine()}"


def test_a_deviation_tells_rule_source_judged_and_timeline(report_of):
    output = report_of("order.fifo-in-process", "fault:lifo", "--rule", SLUG)

    assert in_order(
        output,
        "rule order.fifo-in-process (promise)",
        "First in, first out",
        "https://docs.python.org/3/library/multiprocessing.html#pipes-and-queues",
        "verdict deviates",
        "get() should have returned 'a', but it returned 'b'",
        "Queue under spawn: fault:lifo ",
        *where(),
        "- timeline -",
        "parent     put('a')  returned None  (",
        "parent     put('b')  returned None  (",
        "parent     get()  returned 'b'  (",
    )
    assert output.count("Queue under spawn: fault:lifo") == 1
    assert "1 of 2 verdicts fails" in output
    assert "timelines" not in output, "the timeline of what conforms is shown when asked for"


def test_hangs_and_crashes_and_what_the_judged_processes_print_are_shown(tmp_path):
    options = ("--implementation", "five_gets", "--start-method", "spawn", "--patience", "2", "-n0", "-v")

    run = judged_by(chapter_of_gets(3), tmp_path, *options, GET="never_returns dies complains")

    _, hang, crash, printed, _ = re.split(r"_ test_get\[spawn-Queue-\d\] _|= verdicts: ", run.output)
    a_hang_tells_where_it_was_once(hang)
    a_crash_tells_the_exit_code(crash)
    what_is_printed_is_shown_and_does_nothing(printed)
    assert not any(active in run.output for active in ("\x1b[2J", "\u202e", "\n::error::a command"))


def a_hang_tells_where_it_was_once(output):
    assert in_order(
        output,
        "get() was still running after ",
        "where child was:",
        "in never_returns",
        "- verdict hangs -",
        "Queue under spawn: five_gets ",
        "child      get()  still running",
    )
    assert output.count("in never_returns") == 1


def a_crash_tells_the_exit_code(output):
    assert in_order(
        output, "- verdict crashes -", "its process died with exit code 7", "Queue under spawn: five_gets ", "timeline"
    )


def what_is_printed_is_shown_and_does_nothing(output):
    assert in_order(output, "get()  returned 'latelate", "output of the judged processes")
    assert "| \\x1b[2Jthe queue is \\u202eunwell\n| :\\x3aerror::a command\n" in output
    (call,) = [line for line in output.splitlines() if " child      get()  returned" in line]
    assert len(call) < 150


BROKEN = '''

@rule("own.broken", source=OBSERVED, kinds=("Queue",))
def test_broken(queue):
    """get() is mistaken.

    It is no rule at all.
    """
    raise LookupError("a mistake of the specification")
'''


@pytest.mark.parametrize("more", ["", "--tb=short", "-rf"])
def test_without_v_a_failure_is_a_part_of_its_cause_and_a_mistake_of_the_specification_is_shown(tmp_path, more):
    options = ("--implementation", "five_gets", "--start-method", "spawn", "--patience", "2", "-n0", *more.split())

    run = judged_by(chapter_of_gets(2) + BROKEN, tmp_path, *options, GET="dies complains")

    assert run.status == 1
    assert in_order(
        run.output,
        'raise LookupError("a mistake of the specification")',
        "its process died with exit code 7\n  own.get\n  Queue under spawn (1 verdict)\n",
        "  queuespec --rule own.get --implementation five_gets --patience 2 -v --start-method spawn -k spawn-Queue\n",
        "3 failed",
    )
    assert ("- verdict crashes -" in run.output) is bool(more), run.output


def test_a_program_is_shown_with_its_output_and_its_stack(report_of):
    output = report_of("get.timeout-prevents-freeze", "fault:timeouts-ignored", kind="spawn")

    assert in_order(
        output,
        "the program alone had not printed",
        "where the program was:" if os.name == "posix" else "",
        "in put" if os.name == "posix" else "",
        "rule get.timeout-prevents-freeze (promise)",
        "- verdict hangs -",
        "spawn: fault:timeouts-ignored ",
    )


def test_the_output_of_a_program_is_shown(report_of):
    output = report_of("pattern.producer-consumer-program", "fault:one-in-ten-overtaken", kind="spawn")

    assert in_order(output, "- verdict deviates -", "output of the program producer_consumer", "| working on job 0\n")


@pytest.mark.parametrize(
    "parallel", rest([False, True], [True]), ids=lambda parallel: "parallel" if parallel else "alone"
)
def test_timelines_of_what_conforms_are_shown_when_asked_for(judge, parallel):
    options = ("--rule", SLUG, "-k", "spawn-Queue", "--start-method", "spawn")

    run = judge(*options, "--timeline", *(("-n1",) if parallel else ()), parallel=parallel)

    assert run.status == 0, run.output
    assert in_order(
        run.output,
        "= timelines =",
        "test_get_blocks_when_empty[spawn-Queue]\n",
        "parent     Queue()  returned None  (",
        "child      get()  returned 'late'  (",
        "parent     put('late')  returned None  (",
    )
