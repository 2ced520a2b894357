"""Whatever a queue does to its processes, it costs one verdict, with the right words, and nothing is left."""

import contextlib
import os
import re
import socket
import uuid

import psutil
import pytest
import runs
from implementations import hostile
from runs import rest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="these queues do what processes of POSIX can do")

ONE = r"(get\(\): its process|the process of \w+)"
"""Whose end is noticed first, if several end at the same time, is a matter of chance."""
DIED = "died with its parent process, which had been killed"
MISSED = "the parent process of a judged process was killed or stopped during the test"
SILENT = r"get\(\): its process could not report what happened"
WAITING = r"get\(\) was still running after \d+(\.\d+)? s"
RAISED = r"get\(\) should have returned, but it raised "
RETURNED = r"get\(\) should have returned 'late', but it returned "
BOOM = RAISED + r"RuntimeError\('boom'\)"

CONFORMS, DEVIATES, HANGS, CRASHES = "conforms", "deviates", "hangs", "crashes"

COSTS = {
    "kills_its_parent": (CRASHES, rf"{ONE} {DIED}|{MISSED}"),
    "kills_its_parents": (CRASHES, rf"{ONE} {DIED}|{MISSED}"),
    "stops_its_parent": (CRASHES, MISSED),
    "ends_its_parent_politely": (CONFORMS, ""),
    # The parent may be the interpreter that a program was forked from: no program needs it any longer.
    "kills_the_group_of_its_parent": (f"{CRASHES}|{CONFORMS}", rf"{ONE} {DIED}|{MISSED}|$"),
    "kills_its_group": (CRASHES, rf"{ONE} died"),
    "kills_its_peers": (CONFORMS, ""),
    "leaves_a_session": (CONFORMS, ""),
    "leaves_a_child": (CONFORMS, ""),
    "leaves_a_daemon": (CONFORMS, ""),
    "leaves_a_crowd": (CONFORMS, ""),
    "leaves_what_ignores_signals": (CONFORMS, ""),
    "leaves_daemons_and_hangs": (HANGS, WAITING),
    "becomes_a_daemon": (CRASHES, r"get\(\): its process died with exit code 0"),
    "returns_twice": (CONFORMS, ""),
    "leaves_a_thread": (CONFORMS, ""),
    "leaves_an_exit_hook_that_never_ends": (CONFORMS, ""),
    "exits": (CRASHES, r"get\(\): its process died with exit code 0"),
    "raises_system_exit": (DEVIATES, RAISED + r"SystemExit\("),
    "stops": (HANGS, WAITING),
    "blocks_all_signals_and_hangs": (HANGS, WAITING),
    "ignores_all_signals_and_hangs": (HANGS, WAITING),
    "disables_the_fault_handler_and_hangs": (HANGS, WAITING),
    "closes_all_files": (CRASHES, SILENT),
    "closes_all_files_but_the_standard_ones": (CRASHES, SILENT),
    "replaces_all_files": (CRASHES, SILENT),
    "writes_into_all_sockets": (
        CRASHES,
        r"get\(\): its process wrote into a connection that it had not opened",
    ),
    "closes_the_standard_files": (CONFORMS, ""),
    "forgets_all_modules": (CONFORMS, ""),
    "forgets_our_modules": (CONFORMS, ""),
    "finds_no_modules": (CONFORMS, ""),
    "refuses_imports": (CONFORMS, ""),
    "replaces_import": (CONFORMS, ""),
    "replaces_builtins": (DEVIATES, BOOM),
    "replaces_pickling": (CONFORMS, ""),
    "replaces_sockets": (CONFORMS, ""),
    "replaces_the_system": (CONFORMS, ""),
    "replaces_the_clock": (CONFORMS, ""),
    "sets_the_clock_back": (CONFORMS, ""),
    "traces": (CONFORMS, ""),
    "profiles": (DEVIATES, BOOM),
    "limits_recursion": (CONFORMS, ""),
    "limits_memory": (CONFORMS, ""),
    "limits_files": (CONFORMS, ""),
    "limits_the_disk": (CONFORMS, ""),
    "uses_one_processor_slowly": (CONFORMS, ""),
    "goes_away": (CONFORMS, ""),
    "clears_the_environment": (CONFORMS, ""),
    "replaces_the_streams": (CONFORMS, ""),
    "breaks_the_collector": (CONFORMS, ""),
    "prints_much": (CONFORMS, ""),
    "prints_without_end": (CONFORMS, ""),
    "returns_what_has_no_repr": (DEVIATES, RETURNED + "<WithoutRepr whose repr raised RuntimeError>"),
    "returns_what_hangs_in_repr": (HANGS, WAITING),
    "returns_what_has_a_long_repr": (DEVIATES, RETURNED + r"\\x1b\\x1b"),
    "returns_what_dies_in_repr": (CRASHES, r"get\(\): its process died with exit code 0"),
    "returns_what_has_a_type_without_a_name": (DEVIATES, RETURNED + "<hostile.Odd object at"),
    "returns_what_contains_itself": (DEVIATES, RETURNED),
    "raises_what_has_no_text": (DEVIATES, RAISED + "<Silent whose repr raised RuntimeError>"),
    "raises_what_has_a_long_text": (DEVIATES, RAISED + r"ValueError\('xxx"),
    "raises_what_hangs_in_its_text": (HANGS, WAITING),
    "raises_what_does_not_unpickle": (DEVIATES, RAISED + r"Stuck\(\)"),
    "raises_what_has_a_type_without_a_name": (DEVIATES, RAISED + r"Odd\(\)"),
    "raises_what_has_a_number_as_its_name": (DEVIATES, RAISED + r"Odd\('odd'\)"),
    "raises_an_interrupt": (DEVIATES, RAISED + r"KeyboardInterrupt\(\)"),
}
"""What each attack by get() costs: a verdict and a sentence."""

SHOWN = os.path.isdir("/proc/self")
"""Whether the system shows processes, and has orphans adopted by whoever asks for it."""

MISSING = {
    "kills_its_parents": not SHOWN,
    "leaves_a_daemon": not SHOWN,
    "leaves_daemons_and_hangs": not SHOWN,
    "kills_its_peers": not hasattr(socket, "SO_PEERCRED"),
    "uses_one_processor_slowly": not hasattr(os, "sched_setaffinity"),
}
"""Attacks that need what the system may not have."""

CROSS_SECTION = (
    "kills_its_parent",
    "leaves_a_session",
    "leaves_a_daemon",
    "closes_all_files_but_the_standard_ones",
    "forgets_all_modules",
    "replaces_builtins",
    "traces",
    "limits_files",
    "sets_the_clock_back",
    "raises_what_has_a_type_without_a_name",
)

CHAPTER = '''
"""A chapter of attacks, each of which is followed by a queue that makes none."""

from queuespec import OBSERVED, each, rule


@rule("own.get", source=OBSERVED, kinds=("Queue",))
@each("number", {numbers})
def test_get(make_queue, make_child, number):
    """get() returns what another process has put.

    Both processes are the judge's, whatever else they have to bear.
    """
    queue = make_queue(maxsize=number)
    child = make_child(queue)
    putter, getter = (queue, child) if {child} <= number < {none} else (child, queue)
    putter.put("late")

    assert getter.get() == "late"
'''


@pytest.fixture
def attacked(tmp_path):
    """Judges queues that make these attacks; the run, and its verdicts by attack. Nothing may be left of it."""

    def run(names, place=0, method=runs.METHOD):
        names = [name for name in names if not MISSING.get(name)]
        numbers = {hostile.number_of(name, place): name for name in names}
        both = [one for number in numbers for one in (number, hostile.NONE + number)]
        chapter = CHAPTER.format(numbers=both, child=hostile.CHILD, none=hostile.NONE)
        tag = f".{uuid.uuid4().int % 10**9:09}"
        options = ("-n0", "--implementation", "hostile", "--start-method", method, "--patience", "3")
        run = runs.judged_by(chapter, tmp_path, *options, "--python", runs.judged_python, HOSTILE_TAG=tag)
        assert left(tag) == []
        found = {int(verdict["parameters"]): verdict for verdict in run.verdicts}
        assert sorted(found) == sorted(both), run.output
        others = {name: found[hostile.NONE + number] for number, name in numbers.items()}
        words = {name: (one["verdict"], one["explanation"]) for name, one in others.items()}
        assert {name: one for name, one in words.items() if one[0] != CONFORMS} == {}
        return run, {name: found[number] for number, name in numbers.items()}

    return run


def left(tag):
    """The commands of the processes that have been left, by the end of their last argument or in their environment."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError, SystemError):
            ours = tag in "".join(process.cmdline()) or process.environ().get("HOSTILE_TAG") == tag
            if ours and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.cmdline())
    return found


def wrong(found):
    """The attacks that cost another verdict than they must, or with other words."""
    return {
        name: (verdict["verdict"], verdict["explanation"])
        for name, verdict in found.items()
        if verdict["verdict"] not in COSTS[name][0].split("|")
        or not re.match(f"({COSTS[name][1]})", verdict["explanation"])
    }


def test_every_attack_has_its_price():
    assert list(COSTS) == [name for name in hostile.ATTACKS if name != "kills_its_children"]


@pytest.mark.parametrize(
    "names", rest([CROSS_SECTION, tuple(COSTS)], [CROSS_SECTION]), ids=["few", "all"][: 1 + runs.thorough]
)
def test_an_attack_costs_its_verdict_and_no_other(attacked, names):
    run, found = attacked(names)

    assert wrong(found) == {}
    line = next(line for line in run.output.splitlines() if line.startswith("left running by the queue"))
    assert "sleep 1000." in line
    assert "(started during own.get)" in line or not SHOWN
    assert "sleep 1002." in line or not SHOWN


@pytest.mark.thorough
@pytest.mark.parametrize("method", runs.METHODS)
@pytest.mark.parametrize("place", [0, hostile.CONSTRUCTOR, hostile.CHILD], ids=["parent", "constructor", "child"])
def test_an_attack_anywhere_costs_no_other_verdict(attacked, place, method):
    """What it costs itself depends on what the queue needs after it; it is a verdict in any case."""
    names = [name for name in hostile.ATTACKS if "hang" not in name and "stops" not in name]
    _, found = attacked(names, place, method)

    assert {verdict["verdict"] for verdict in found.values()} <= {CONFORMS, DEVIATES, HANGS, CRASHES}


PROGRAM = ("--rule", "share.daemon-child-ends")
"""A rule whose program gets an item itself."""

ELSEWHERE = {
    "get:kills_its_parent": (CRASHES, f"the program leaves_a_daemon {DIED}"),
    "get:kills_its_group": (
        DEVIATES,
        "the program leaves_a_daemon should have succeeded, but it ended with exit code -9",
    ),
    "get:stops": (HANGS, "the program leaves_a_daemon was still running after "),
    "child:exits": (CRASHES, "the process of child died with exit code 0 before it could be used"),
    "child:traces": (CRASHES, "the process of child died with exit code 1 before it could be used"),
    "child:stops": (HANGS, "child was still receiving its arguments after "),
}


@pytest.mark.parametrize("attack", rest(list(ELSEWHERE), ["get:kills_its_parent", "child:exits"]))
def test_an_attack_in_a_program_or_at_import_costs_a_verdict(judge, attack):
    tag = f".{uuid.uuid4().int % 10**9:09}"
    child = attack.startswith("child")
    rules = ("--rule", "get.blocks-when-empty", "-k", "spawn-Queue") if child else PROGRAM
    path = str(runs.META / "implementations")
    env = {"HOSTILE": attack, "HOSTILE_TAG": tag, "PYTHONPATH": path}
    methods = ["spawn"] if child else [runs.METHOD]
    run = judge("--implementation", "hostile", "--patience", "3", *rules, methods=methods, env=env)

    assert left(tag) == []
    assert len(run.verdicts) == 1, run.output
    verdict, words = ELSEWHERE[attack]
    assert (run.verdicts[0]["verdict"], run.verdicts[0]["explanation"][: len(words)]) == (verdict, words)


AT_IMPORT = {
    "main:kills_its_parent": "the process that imported it died of signal 9 (SIGKILL)",
    "main:exits": "the process that imported it died with exit code 0",
    "main:forgets_all_modules": "KeyError: 'hostile'",
    "main:replaces_builtins": "the process that imported it died with exit code 1 (RuntimeError: boom)",
    "main:traces": "RuntimeError: boom",
}


@pytest.mark.parametrize("attack", rest(list(AT_IMPORT), ["main:kills_its_parent"]))
def test_an_attack_at_import_is_told_in_one_sentence(judge, attack):
    tag = f".{uuid.uuid4().int % 10**9:09}"
    env = {"HOSTILE": attack, "HOSTILE_TAG": tag, "PYTHONPATH": str(runs.META / "implementations")}
    run = judge("--implementation", "hostile", env=env)

    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert run.output.strip().endswith(f"cannot load implementation 'hostile': {AT_IMPORT[attack]}")
    assert left(tag) == []
