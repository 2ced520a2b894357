"""Children that are kept between tests: when they are, when not, and that nothing of a test is left in them."""

import os
import re
import signal

import pytest
import runs
import stage_roles
from runs import asked
from stages import METHODS

from queuespec.stage import Raised, Timeline
from queuespec.stage.kept import AHEAD, IDLE


@pytest.fixture(params=runs.rest(METHODS, ("spawn",)))
def begin(request, new_stage):
    """Begins a test on the same stage, which may have a child that is kept."""
    stage = new_stage(request.param)

    def begin():
        stage.tidy()
        assert stage.clean
        stage.records_in(Timeline())
        stage.kept.offered = True
        return stage

    return begin


def child_of(stage, kind="Queue"):
    """A queue as the parent holds it, and as its child does."""
    queue = stage.make_queue(kind)
    return queue, stage.make_child(queue)


def rows_of(stage):
    return [row[1:4] for row in stage.timeline.rows()]


@pytest.mark.parametrize("kind", ["Queue", "JoinableQueue", "SimpleQueue", "Manager.Queue"])
def test_a_child_of_several_tests_holds_a_new_queue_in_each(begin, kind):
    children = []
    for number in range(AHEAD + 2):
        stage = begin()
        queue, child = child_of(stage, kind)
        assert (queue.empty(), child.empty()) == (True, True)
        queue.put(number)
        assert child.get() == number
        child.put("left in the queue")
        children.append(child.process.pid)

    assert len({*children}) == 2
    assert children == sorted(children, key=children.index)


def test_a_timeline_does_not_show_whether_a_child_was_kept(begin):
    shown = []
    for _ in range(2):
        stage = begin()
        queue, child = child_of(stage)
        other = stage.make_child(queue)
        child.put("a")
        assert other.get() == "a"
        pids = [child.process.pid, other.process.pid]
        rows = str(rows_of(stage))
        assert [int(pid) for pid in re.findall(r"\d{2,}", rows)] == pids
        shown.append((re.sub(r"\d{2,}", "PID", rows), {*stage.reported}))

    assert shown[0] == shown[1]


def test_a_test_that_is_not_offered_one_has_a_child_of_its_own(begin):
    kept = child_of(begin())[1].process.pid
    stage = begin()
    stage.kept.offered = False

    own = child_of(stage)[1].process.pid
    assert stage.parent.plays(stage_roles.echo, "still there") == "still there"

    assert own != kept
    assert child_of(begin())[1].process.pid == kept


def test_what_is_about_the_start_of_a_child_has_one_of_its_own(begin):
    kept = child_of(begin())[1].process.pid
    used = begin()
    queue = used.make_queue("Queue")
    queue.put("before the start")
    late = used.make_child(queue)
    assert late.get() == "before the start"

    bounded = begin()
    of_one = bounded.make_child(bounded.make_queue("Queue", 1))
    daemon = bounded.make_child(bounded.make_queue("Queue"), daemon=True)
    nothing = bounded.make_child()

    assert kept not in {one.pid for one in (late.process, of_one.process, daemon.process, nothing)}


SPOILED = {
    "a thread": lambda child: child.process.plays(stage_roles.leave_a_thread),
    "its end": lambda child: child.process.leaves(),
    "its death": lambda child: child.process.is_killed(),
}
"""What a child is not kept after."""


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_a_child_that_is_not_as_it_was_is_not_kept(begin, spoil):
    stage = begin()
    spoiled = child_of(stage)[1]
    pid = spoiled.process.pid
    spoil(spoiled)
    stage.tidy()

    assert not stage.clean or child_of(begin())[1].process.pid != pid


@pytest.mark.skipif(os.name != "posix", reason="a process is killed by a signal")
def test_a_child_that_dies_between_two_tests_is_nobodys_fault(begin):
    pid = child_of(begin())[1].process.pid
    stage = begin()
    os.kill(pid, signal.SIGKILL)

    queue, child = child_of(stage)
    queue.put("a")

    assert child.get() == "a"
    assert child.process.pid != pid


def test_what_cannot_be_made_ahead_is_made_for_its_test(begin):
    for _ in range(2):
        stage = begin()
        with pytest.raises(Raised, match="has no attribute 'NoSuchQueue'"):
            stage.make_queue("NoSuchQueue")
        assert rows_of(stage)[0][1] == "NoSuchQueue()"


def test_no_more_children_wait_than_tests_usually_need(begin):
    stage = begin()
    queue = stage.make_queue("Queue")
    for _ in range(IDLE + 2):
        stage.make_child(queue)

    begin()

    assert len(stage.kept.idle) == IDLE


def test_the_end_of_a_stage_is_the_end_of_the_children_that_wait(begin):
    child_of(begin())
    stage = begin()
    assert stage.kept.idle

    stage.leave()

    assert stage.tree.popen.returncode == 0
    assert not stage.tree.reads_until(0.0) or stage.tree.waits_for(lambda: not stage.tree.reads_until(0.0), 10)


@pytest.mark.skipif("spawn" not in METHODS, reason="a fork is not kept")
def test_rules_share_a_child_and_conform(judge):
    run = judge(*asked(("get.blocks-when-empty", "get.timeout-none-is-forever", "deliver.parent-to-child"), ("spawn",)))

    assert run.status == 0, run.output
