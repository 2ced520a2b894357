"""What is promised of a queue after one of its processes has ended otherwise than it should."""

import pytest
from written import RUNNING, history

from queuespec.explore.monitor import broken
from queuespec.explore.schedule import Hold, Schedule

FIRST = ("child 1", "put a", 10, 20)
GETS = ("child 2", "get", 100, RUNNING)
KILLED = ("child 1", 30, 40, -9)


@pytest.mark.parametrize("kind", ["Queue", "JoinableQueue", "SimpleQueue"])
def test_a_queue_may_fail_after_a_process_was_killed_in_the_middle_of_a_call(kind):
    killed = ("child 1", "get", 25, RUNNING)

    assert broken(history(kind, ("child 2", "put a", 10, 20), killed, GETS, endings=[KILLED])) is None


def test_a_queue_may_fail_after_a_process_was_killed_that_may_still_have_been_sending():
    assert broken(history("Queue", FIRST, ("child 1", "kill", 30, RUNNING), GETS, endings=[KILLED])) is None


@pytest.mark.parametrize("how", ["kill", "exit"])
def test_a_process_that_has_sent_everything_loses_nothing_by_its_death(how):
    before = FIRST, ("child 1", "close", 21, 22), ("child 1", "join_thread", 23, 24)

    found = broken(history("Queue", *before, ("child 1", how, 30, RUNNING), GETS, endings=[KILLED]))

    assert found.sentence == 'get() of child 2 never returned, although "a" was in the queue'


@pytest.mark.parametrize("kind", ["SimpleQueue", "Manager.Queue"])
def test_what_is_in_a_queue_without_a_buffer_outlives_its_producer(kind):
    found = broken(history(kind, FIRST, ("child 1", "kill", 30, RUNNING), GETS, endings=[KILLED]))

    assert found.rule == "get.blocks-when-empty"


def test_a_process_that_only_received_can_be_killed_between_its_calls():
    steps = ("child 1", "get", 10, 20, "a"), ("child 2", "put a", 5, 15), ("child 1", "kill", 30, RUNNING)

    found = broken(history("Queue", *steps, ("child 2", "put b", 50, 60), GETS, endings=[KILLED]))

    assert found.rule == "get.blocks-when-empty"


def test_a_manager_may_hand_the_next_item_to_a_client_that_was_killed_in_get():
    killed = ("child 1", "get", 5, RUNNING)

    assert broken(history("Manager.Queue", killed, ("child 2", "put a", 50, 60), GETS, endings=[KILLED])) is None
    twice = ("child 2", "put a", 50, 60), ("child 2", "put b", 61, 70), GETS
    assert broken(history("Manager.Queue", killed, *twice, endings=[KILLED])) is not None


def test_a_manager_may_yet_count_a_task_that_a_killed_client_was_marking_as_done():
    killed = ("child 1", "task_done", 25, RUNNING)
    before = ("parent", "put a", 10, 20), killed
    kinds = "Manager.Queue", "JoinableQueue"

    for kind in kinds:
        assert broken(history(kind, *before, ("parent", "join", 26, 28), endings=[KILLED])) is None
    assert broken(history("Manager.Queue", *before, ("parent", "join", 100, 110), endings=[KILLED])) is None
    assert broken(history("Manager.Queue", *before, ("parent", "join", 21, 24), endings=[KILLED])) is not None


def test_a_call_that_a_killed_client_had_begun_need_not_be_performed():
    waits = ("parent", "get", 10, RUNNING)

    assert broken(history("Manager.Queue", ("child 1", "put a", 25, RUNNING), waits, endings=[KILLED])) is None


def test_a_process_is_dead_that_was_about_to_kill_itself():
    assert broken(history("Queue", FIRST, ("child 1", "kill", 30, RUNNING), GETS)) is None


def test_what_a_dead_process_had_put_is_got_at_most_once_though_anything_may_come_after_it():
    after = FIRST, ("child 1", "kill", 30, RUNNING), ("child 2", "get", 100, 110, "a")

    assert broken(history("Queue", *after, ("child 2", "get", 120, 130, "x"), endings=[KILLED])) is None
    twice = broken(history("Queue", *after, ("child 2", "get", 120, 130, "a"), endings=[KILLED]))
    assert twice.cause == "duplicate"


def test_items_may_be_lost_after_cancel_join_thread_alone():
    cancelled = ("child 1", "cancel_join_thread", 25, 28)
    ended = ("child 1", 30, 40, 0)

    assert broken(history("Queue", FIRST, cancelled, GETS, endings=[ended])) is None
    assert broken(history("Queue", FIRST, GETS, endings=[ended])) is not None


def test_the_schedule_says_which_process_was_killed():
    gets = ("parent", "get", 10, RUNNING)
    puts = ("child 1", "put a", 50, 60)
    held = Hold("parent", 0, "multiprocessing/queues.py", "get", 1, then="kill")

    assert broken(history("Queue", gets, puts), Schedule(0, (held,))) is None
    assert broken(history("Queue", gets, puts), Schedule()) is not None


def test_nobody_knows_what_an_exception_leaves_behind_that_was_raised_at_a_line():
    raised = ("child 1", "put a", 10, 20, "!TypeError")
    held = Hold("child 1", 0, "multiprocessing/queues.py", "put", 1, then="raise")

    assert broken(history("Queue", raised, GETS), Schedule(0, (held,))) is None
    assert broken(history("Queue", raised, GETS), Schedule()) is not None


@pytest.mark.parametrize(
    ("code", "end", "found"), [(0, "return", None), (1, "raise", None), (1, "return", "exit code")]
)
def test_processes_end_with_the_exit_code_of_their_end(code, end, found):
    what = broken(history("Queue", ("child 1", end, 10, 11), endings=[("child 1", 12, 20, code)]))

    assert (what and what.cause) == found


def test_a_queue_must_not_end_its_process():
    crashed = history("Queue", ("child 1", "put a", 10, RUNNING), endings=[("child 1", 12, 20, -11)])
    killed = history("Queue", ("child 1", "put a", 10, RUNNING), endings=[("child 1", 12, 20, -9)])

    assert broken(crashed, Schedule()).sentence == "child 1 ended with exit code -11 instead of 0"
    assert broken(crashed) is None
    assert broken(killed, Schedule()) is None
