"""Manager queues.

`Manager().Queue()` is a thread queue that lives in a process of its own, the manager's; what everybody else holds is a
proxy, and every call travels to the manager and back. So there is one queue, one order and no buffer on the way: the
surprises of the other queues do not happen, at the price of a messenger. In exchange there is a life to look after:
the queue lives as long as its manager, and as long as somebody holds a proxy.
"""

import items
import pytest
import roles

from queuespec import CHANGELOG, DOCS, OBSERVED, THREAD_QUEUE, Empty, Full, ShutDown, made, raises, rule, untested

MANAGER = ("Manager.Queue",)
BOTH = ("Manager.Queue", "Manager.JoinableQueue")


@rule("manager.queue", source=(DOCS / "SyncManager.Queue", DOCS / "managers"), kinds=BOTH)
def test_all_processes_use_the_one_queue_of_the_manager(make_queue, make_child):
    """All processes use the one queue of the manager.

    What one process puts takes the only place there is for another, and is there for it to get.
    """
    queue = make_queue(maxsize=1)
    child = make_child(queue)

    child.put("a")

    with raises(Full):
        queue.put_nowait("b")
    assert queue.get() == "a"


@rule("manager.has-join-task-done", source=(DOCS / "SyncManager.Queue", THREAD_QUEUE / "Queue.join"), kinds=MANAGER)
def test_join_waits_until_task_done_was_called_for_every_item(queue, child):
    """join() waits until task_done() was called for every item.

    It is a thread queue, so that it counts what is unfinished without being called joinable.
    """
    queue.put("a")
    joining = child.calls.join()
    joining.stays_blocked()

    queue.get()
    queue.task_done()

    joining.returns()


@rule("manager.joinable-queue", level="de-facto", source=OBSERVED, kinds=("Manager.JoinableQueue",))
def test_a_manager_has_a_JoinableQueue_too(queue, child):
    """A manager has a `JoinableQueue` too.

    It is the same thing as its Queue; a program that moves to a manager need not change the name.
    """
    queue.put("a")
    joining = child.calls.join()
    joining.stays_blocked()

    queue.get()
    queue.task_done()

    joining.returns()


@rule("manager.no-close-methods", source=DOCS / "SyncManager.Queue", kinds=MANAGER)
@pytest.mark.parametrize("method", ["close", "join_thread", "cancel_join_thread"])
def test_a_manager_queue_has_no_methods_for_closing(queue, method):
    """A manager queue has no methods for closing.

    A thread queue has no pipe and no feeder thread; one user cannot close what the others use.
    """
    with raises(AttributeError):
        getattr(queue, method)()


@rule("manager.visible-at-once", source=DOCS / "pipes-and-queues", kinds=BOTH)
def test_an_item_can_be_fetched_without_waiting_when_put_has_returned(queue, child):
    """An item can be fetched without waiting when put() has returned.

    There is no feeder: this is the queue for programs that the delay of the others would surprise.
    """
    child.put("a")

    assert queue.get_nowait() == "a"


@rule("manager.qsize-everywhere", source=THREAD_QUEUE / "Queue.qsize", kinds=BOTH)
def test_qsize_counts_the_items_on_every_platform(queue, child):
    """qsize() counts the items on every platform.

    The manager counts its own items and needs no help from the system, as the other queues do.
    """
    queue.put("a")
    child.put("b")

    assert queue.qsize() == 2


@rule("manager.global-order", source=DOCS / "pipes-and-queues", kinds=BOTH)
def test_items_of_different_producers_come_out_in_the_order_of_their_puts(queue, make_child):
    """Items of different producers come out in the order of their puts.

    A put that had returned before another began comes first, whichever processes they were made in.
    """
    one, other = make_child(queue), make_child(queue)

    one.put("first")
    other.put("second")
    one.put("third")

    assert queue.plays(roles.get_many, 3) == ["first", "second", "third"]


@rule("manager.join-before-drain-ok", source=DOCS / "pipes-and-queues", kinds=BOTH)
def test_a_producer_can_end_before_its_large_item_is_taken(queue, child):
    """A producer can end before its large item is taken.

    The item is with the manager; the producer need not stay until somebody wants it.
    """
    large = "x" * 3_000_000
    child.put(large)

    assert child.process.leaves() == 0

    assert queue.get() == large


@rule("manager.survives-producer", source=DOCS / "pipes-and-queues", kinds=BOTH)
def test_an_item_outlives_a_producer_that_exits_without_cleaning_up(queue, child):
    """An item outlives a producer that exits without cleaning up.

    Once `put()` has returned, no fate of the producer takes the item back.
    """
    child.process.dies(roles.put_and_vanish, child, "a")

    assert queue.get_nowait() == "a"


@rule("manager.exceptions-cross", source=DOCS / "BaseProxy._callmethod", kinds=BOTH)
def test_Empty_of_the_manager_is_Empty_for_the_caller(queue, child):
    """`Empty` of the manager is `Empty` for the caller.

    A program catches what it would catch with any other queue, although it was raised in another process.
    """
    with raises(Empty):
        child.get_nowait()


@rule("manager.timeouts", source=(THREAD_QUEUE / "Queue.put", THREAD_QUEUE / "Queue.get"), kinds=BOTH)
def test_a_timeout_is_waited_for_before_get_gives_up(queue, child):
    """A timeout is waited for before get() gives up.

    The time is spent at the queue, where an item may still come, and not on the way to it.
    """
    getting = child.calls.get(timeout=0.2)
    getting.raises(Empty)

    assert getting.elapsed >= 0.1


@rule(
    "manager.put-keyword",
    source=THREAD_QUEUE / "Queue.put",
    kinds=BOTH,
)
def test_the_keyword_of_put_is_item(queue):
    """The keyword of put() is `item`.

    The names are those of a thread queue: with the other kinds the same argument is called `obj`.
    """
    queue.put(item="a")

    assert queue.get() == "a"


@rule("manager.negative-timeout", level="de-facto", source=OBSERVED, kinds=BOTH)
def test_a_negative_timeout_is_refused(queue):
    """A negative timeout is refused.

    The other queues take it as no time at all; here it is the mistake that it most often is.
    """
    with raises(ValueError):
        queue.get(True, -1)


@rule("manager.shutdown", source=(THREAD_QUEUE / "Queue.shutdown", DOCS / "proxy-objects"), kinds=BOTH, since=(3, 13))
def test_get_raises_ShutDown_after_shutdown_once_the_queue_is_empty(queue, child):
    """get() raises `ShutDown` after shutdown() once the queue is empty.

    Everybody learns that the work is over, whoever declared it, and nothing that was put is lost.
    """
    queue.put("a")

    child.shutdown()

    assert queue.get() == "a"
    with raises(ShutDown):
        queue.get()


@rule("manager.shutdown-put", source=THREAD_QUEUE / "Queue.shutdown", kinds=BOTH, since=(3, 13))
def test_put_raises_ShutDown_after_shutdown(queue, child):
    """put() raises `ShutDown` after shutdown().

    There is nobody left to work for, and a producer learns of it at its next item.
    """
    child.shutdown()

    with raises(ShutDown):
        queue.put("a")


@rule("manager.shutdown-wakes", source=THREAD_QUEUE / "Queue.shutdown", kinds=BOTH, since=(3, 13))
def test_shutdown_wakes_a_get_that_waits(queue, child):
    """shutdown() wakes a get() that waits.

    A consumer that waits is told as well, and not left to wait for ever.
    """
    getting = child.calls.get()
    getting.stays_blocked()

    queue.shutdown()

    getting.raises(ShutDown)


@rule("manager.shutdown-immediate", source=THREAD_QUEUE / "Queue.shutdown", kinds=BOTH, since=(3, 13))
def test_an_immediate_shutdown_drops_what_is_in_the_queue(queue, child):
    """An immediate shutdown drops what is in the queue.

    It is the end of the work, and not of the accepting of more.
    """
    queue.put("a")

    child.shutdown(immediate=True)

    with raises(ShutDown):
        queue.get()


@rule("manager.blocked-get-does-not-stall", level="de-facto", source=OBSERVED, kinds=BOTH)
def test_a_waiting_get_holds_up_nobody_else(queue, child, make_queue):
    """A waiting get() holds up nobody else.

    The manager gives every client a thread: one that waits leaves the others, and other queues, alone.
    """
    other = make_queue()
    getting = child.calls.get()
    getting.stays_blocked()

    other.put("b")
    assert other.get() == "b"

    queue.put("a")
    assert getting.returns() == "a"


@rule("manager.server-unpickles", level="de-facto", source=OBSERVED, kinds=BOTH)
def test_items_are_rebuilt_in_the_process_of_the_manager(queue, child):
    """Items are rebuilt in the process of the manager.

    An item's class has to be importable there, and what its rebuilding does, it does there.
    """
    queue.put(made(items.where_it_is_rebuilt))

    assert child.get() not in (queue.process.pid, child.process.pid)


@rule("manager.unsendable-item", level="de-facto", source=OBSERVED, kinds=BOTH)
def test_an_item_that_the_manager_cannot_send_back_is_an_error_of_get(queue):
    """An item that the manager cannot send back is an error of get().

    It could be put, and cannot be pickled again; whoever asks for it is told, and gets the next one then.
    """
    queue.put(made(items.unsendable))
    queue.put("next")

    assert queue.plays(roles.get_or_be_told) == "an error"
    assert queue.get() == "next"


@rule("manager.picklable-proxy", source=DOCS / "proxy-objects", kinds=MANAGER)
def test_a_proxy_can_be_sent_through_another_queue(queue, make_queue, make_child):
    """A proxy can be sent through another queue.

    It is an address, not the thing itself: processes may get to know the queue long after they have started.
    """
    carrier = make_queue(kind="Queue")
    child = make_child(carrier)

    carrier.put(queue)
    child.plays(roles.put_into_what_arrives, "a")

    assert queue.get() == "a"


@rule("manager.any-context", level="de-facto", source=OBSERVED, kinds=MANAGER, start_methods=("fork", "forkserver"))
def test_a_process_of_another_start_method_can_be_given_the_proxy(queue, context):
    """A process of another start method can be given the proxy.

    Nothing of the queue depends on how its users were started.
    """
    assert queue.plays(roles.put_from_a_spawned_process, context, "a") == 0

    assert queue.get() == "a"


@rule("manager.nested", source=DOCS / "proxy-objects", kinds=MANAGER)
def test_a_proxy_can_be_put_into_another_queue_of_its_manager(queue, make_queue, make_child):
    """A proxy can be put into another queue of its manager.

    What a manager keeps may contain proxies: a request can carry the queue for its answer.
    """
    requests = make_queue()
    child = make_child(requests)
    requests.put(queue)

    child.plays(roles.put_into_what_arrives, "answer")

    assert queue.get() == "answer"


@rule("manager.used-before", source=DOCS / "proxy-objects", kinds=BOTH)
def test_a_child_has_a_conversation_of_its_own_with_the_manager(queue, make_child):
    """A child has a conversation of its own with the manager.

    The parent had one before; a child that went on with it would get its parent's answers.
    """
    queue.put("before")
    assert queue.get() == "before"
    child = make_child(queue)
    getting = child.calls.get()
    getting.stays_blocked()

    queue.put("after")

    assert getting.returns() == "after"


@rule("manager.kept-by-child", source=DOCS / "cleanup", kinds=MANAGER, needs=MANAGER, start_methods=("fork",))
def test_a_child_keeps_its_queue_although_the_parent_lets_go_of_it(make_manager, context):
    """A child keeps its queue although the parent lets go of it.

    A queue is gone when the last of its proxies is, in whichever process that is.
    """
    manager = make_manager()

    assert manager.plays(roles.let_a_child_keep_a_queue, context) == 0


@rule("manager.other-proxy-dropped", source=DOCS / "cleanup", kinds=MANAGER, needs=MANAGER)
def test_a_queue_works_on_when_another_queue_of_the_manager_is_dropped(make_manager):
    """A queue works on when another queue of the manager is dropped.

    Each is counted for itself.
    """
    manager = make_manager()

    assert manager.plays(roles.drop_one_of_two_queues) == "kept"


@rule("manager.ctrl-c", source=CHANGELOG / "bpo-36368", level="de-facto", kinds=MANAGER, systems=("POSIX",))
def test_a_manager_is_not_ended_by_Ctrl_C(queue, child):
    """A manager is not ended by Ctrl C.

    The terminal sends it to all processes; the program that is asked to end still needs its queue for that.
    """
    queue.put(made(items.where_it_is_rebuilt))
    manager = queue.get()
    getting = child.calls.get()
    getting.stays_blocked()

    queue.process.plays(roles.send_interrupt, manager)
    getting.stays_blocked()

    queue.put("last")
    assert getting.returns() == "last"


@rule("manager.no-value-equality", source=DOCS / "proxy-objects", kinds=MANAGER)
def test_proxies_of_two_queues_are_not_equal(queue, make_queue):
    """Proxies of two queues are not equal.

    A proxy is compared as itself and not by what it stands for, however alike the contents are.
    """
    other = make_queue()

    assert not queue.plays(roles.equals, other)


@rule("manager.repr-str", source=DOCS / "proxy-objects", kinds=MANAGER)
def test_str_shows_the_queue_where_repr_shows_the_proxy(queue):
    """str() shows the queue where repr() shows the proxy.

    Whoever debugs can ask for either side.
    """
    assert queue.plays(roles.text) != queue.plays(roles.representation)


@rule("manager.shutdown-idempotent", source=DOCS / "BaseManager.shutdown", kinds=MANAGER, needs=MANAGER)
def test_a_manager_can_be_shut_down_twice(make_manager):
    """A manager can be shut down twice.

    Several parts of a program may each make sure of it.
    """
    manager = make_manager()

    manager.shutdown()

    manager.shutdown()


@rule(
    "manager.lifetime-manager", source=(DOCS / "BaseManager.shutdown", DOCS / "managers"), kinds=MANAGER, needs=MANAGER
)
def test_a_queue_cannot_be_used_when_its_manager_has_been_shut_down(make_manager, make_object):
    """A queue cannot be used when its manager has been shut down.

    The queue has gone with the process it lived in; its users are told, and do not wait for it.
    """
    manager = make_manager()
    queue = make_object(roles.queue_of, manager)

    manager.shutdown()

    with raises(OSError):
        queue.plays(roles.put_at_the_end, "a")


@rule("manager.lifetime-proxies", level="hazard", source=DOCS / "cleanup", kinds=MANAGER, needs=MANAGER)
def test_a_queue_that_no_proxy_refers_to_is_gone(make_manager):
    """A queue that no proxy refers to is gone.

    A proxy on its way does not count: who sends one keeps one, until the receiver has its own.
    """
    manager = make_manager()

    with raises(Exception):
        manager.plays(roles.put_by_a_proxy_that_was_away)


@rule("manager.remote-queue", source=DOCS / "using-a-remote-manager", kinds=MANAGER, needs=MANAGER)
def test_clients_that_know_address_and_key_share_a_published_queue(program):
    """Clients that know address and key share a published queue.

    Processes that no common parent started can meet at a queue, and nobody else can.
    """
    publishing = program("remote_queue")

    publishing.prints("welcome")
    publishing.prints("AuthenticationError")
    assert publishing.ends() == 0


UNTESTED = [
    untested(
        "manager.killed-getter-loses-item",
        "An item that is put after the death of a waiting client goes to that client, and is lost.",
        source=(OBSERVED, DOCS / "all-start-methods"),
        reason="Whether a client's request has reached the manager when the client is killed cannot be observed; a "
        "demonstration would now and then fail to demonstrate.",
    ),
    untested(
        "manager.thread-caution",
        "One proxy is not to be used by several threads without a lock; several processes may share one freely.",
        source=DOCS / "all-start-methods",
        reason="It is advice to users: the documentation names no consequence that a test could look for.",
    ),
    untested(
        "manager.slower",
        "It is slower than the other queues, and can be used over a network.",
        source=DOCS / "sharing-state-between-processes",
        reason="Speed is a fact of the machine and no behaviour; `manager.remote-queue` shows the other half.",
    ),
]
