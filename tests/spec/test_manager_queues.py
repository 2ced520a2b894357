"""Manager queues.

`Manager().Queue()` is a `queue.Queue` that lives in a process of its own, the manager; everyone else holds a proxy, and
every call travels to the manager and back. There is only one queue, one order, and no buffer along the way, so the
surprises of the other queues do not occur, at the price of a round trip for each call. In exchange, the lifetime of the
queue matters: it exists only while its manager is running and somebody holds a proxy.
"""

from items import pickling
from roles import looking, managing, moving, sharing

from queuespec import (
    DOCS,
    OBSERVED,
    THREAD_QUEUE,
    Empty,
    Full,
    ShutDown,
    each,
    made,
    raises,
    rule,
    untested,
)

MANAGER = ("Manager.Queue",)
BOTH = ("Manager.Queue", "Manager.JoinableQueue")


@rule("manager.queue", source=(DOCS / "SyncManager.Queue", DOCS / "managers"), kinds=BOTH)
def test_processes_share_one_queue(make_queue, make_child):
    """All processes use the same queue in the manager.

    An item put by one process fills the queue for the others, and any of them can get it.
    """
    queue = make_queue(maxsize=1)
    child = make_child(queue)

    child.put("a")

    with raises(Full):
        queue.put_nowait("b")
    assert queue.get() == "a"


@rule("manager.has-join-task-done", source=(DOCS / "SyncManager.Queue", THREAD_QUEUE / "Queue.join"), kinds=MANAGER)
def test_join_waits_for_task_done(queue, child):
    """join() waits until task_done() has been called for every item.

    It is a `queue.Queue`, which counts unfinished items without being called joinable.
    """
    queue.put("a")
    joining = child.calls.join()
    joining.stays_blocked()

    queue.get()
    queue.task_done()

    joining.returns()


@rule("manager.joinable-queue", level="de-facto", source=OBSERVED, kinds=("Manager.JoinableQueue",))
def test_manager_has_joinable_queue(queue, child):
    """A manager also provides a `JoinableQueue`.

    It can do the same as the manager's `Queue`; a program that moves to a manager need not change the name.
    """
    queue.put("a")
    joining = child.calls.join()
    joining.stays_blocked()

    queue.get()
    queue.task_done()

    joining.returns()


@rule("manager.no-close-methods", source=DOCS / "SyncManager.Queue", level="de-facto", kinds=MANAGER)
@each("method", ["close", "join_thread", "cancel_join_thread"])
def test_no_methods_for_closing(queue, method):
    """A manager queue has no close(), join_thread(), or cancel_join_thread() method.

    There is no feeder thread to wait for, and one process cannot close the queue that others are using.
    """
    with raises(AttributeError):
        getattr(queue, method)()


@rule("manager.visible-at-once", source=DOCS / "pipes-and-queues", kinds=BOTH)
def test_put_is_visible_immediately(queue, child):
    """get_nowait() finds an item as soon as put() has returned in another process.

    There is no feeder thread, so programs that cannot tolerate the delay of the other queues can use this one.
    """
    child.put("a")

    assert queue.get_nowait() == "a"


@rule("manager.qsize-everywhere", source=THREAD_QUEUE / "Queue.qsize", kinds=BOTH)
def test_qsize_on_every_platform(queue, child):
    """qsize() returns the number of items on every platform.

    The manager counts the items itself and, unlike the other queues, needs no support from the OS.
    """
    queue.put("a")
    child.put("b")

    assert queue.qsize() == 2


@rule("manager.global-order", source=DOCS / "pipes-and-queues", kinds=BOTH)
def test_order_across_producers(queue, make_child):
    """Items from different producers arrive in the order of their put() calls.

    If one put() has returned before another one starts, its item comes first, even across processes.
    """
    one, other = make_child(queue), make_child(queue)

    one.put("first")
    other.put("second")
    one.put("third")

    assert queue.plays(moving.get_many, 3) == ["first", "second", "third"]


@rule("manager.join-before-drain-ok", source=DOCS / "pipes-and-queues", kinds=BOTH)
def test_join_before_get_of_large_item(queue, child):
    """A producer can exit before its large item is taken.

    The manager holds the item, so joining the producer before reading does not deadlock.
    """
    large = "x" * 3_000_000
    child.put(large)

    assert child.process.leaves() == 0

    assert queue.get() == large


@rule("manager.survives-producer", source=DOCS / "pipes-and-queues", kinds=BOTH)
def test_item_survives_exit_without_cleanup(queue, child):
    """An item survives a producer that exits without cleanup.

    Once put() has returned, nothing that happens to the producer can take the item back.
    """
    child.process.dies(moving.put_and_vanish, child, "a")

    assert queue.get_nowait() == "a"


@rule("manager.exceptions-cross", source=DOCS / "BaseProxy._callmethod", kinds=BOTH)
def test_empty_reaches_caller(queue, child):
    """`Empty` raised in the manager is raised as `Empty` in the caller.

    A program handles the same exception as with any other queue, although it comes from another process.
    """
    with raises(Empty):
        child.get_nowait()


@rule("manager.timeouts", source=(THREAD_QUEUE / "Queue.put", THREAD_QUEUE / "Queue.get"), kinds=BOTH)
def test_get_waits_for_timeout(queue, child):
    """get() waits for its timeout before it raises `Empty`.

    The time is spent at the queue, where an item can still arrive, not on the way to the manager.
    """
    getting = child.calls.get(timeout=0.2)

    getting.raises(Empty)
    getting.waited(0.2)


@rule(
    "manager.put-keyword",
    source=THREAD_QUEUE / "Queue.put",
    kinds=BOTH,
)
def test_put_keyword(queue):
    """put() accepts its item as the keyword argument `item`.

    The parameters have the names of `queue.Queue`; with the other queues, this one is called `obj`.
    """
    queue.put(item="a")

    assert queue.get() == "a"


@rule("manager.negative-timeout", level="de-facto", source=OBSERVED, kinds=BOTH)
def test_negative_timeout(queue):
    """get() raises `ValueError` for a negative timeout.

    The other queues treat it as no wait at all; here, it is reported as the mistake that it usually is.
    """
    with raises(ValueError):
        queue.get(True, -1)


@rule("manager.shutdown", source=(THREAD_QUEUE / "Queue.shutdown", DOCS / "proxy-objects"), kinds=BOTH, since=(3, 13))
def test_get_after_shutdown(queue, child):
    """After shutdown(), get() raises `ShutDown` once the queue is empty.

    All consumers learn that the work is over, and no item that was already put is lost.
    """
    queue.put("a")

    child.shutdown()

    assert queue.get() == "a"
    with raises(ShutDown):
        queue.get()


@rule("manager.shutdown-put", source=THREAD_QUEUE / "Queue.shutdown", kinds=BOTH, since=(3, 13))
def test_put_after_shutdown(queue, child):
    """After shutdown(), put() raises `ShutDown`.

    A producer finds out at its next item that there is nobody left to work for.
    """
    child.shutdown()

    with raises(ShutDown):
        queue.put("a")


@rule("manager.shutdown-wakes", source=THREAD_QUEUE / "Queue.shutdown", kinds=BOTH, since=(3, 13))
def test_shutdown_wakes_blocked_get(queue, child):
    """shutdown() makes a blocked get() raise `ShutDown`.

    A consumer that is already waiting is not left waiting forever.
    """
    getting = child.calls.get()
    getting.stays_blocked()

    queue.shutdown()

    getting.raises(ShutDown)


@rule("manager.shutdown-immediate", source=THREAD_QUEUE / "Queue.shutdown", kinds=BOTH, since=(3, 13))
def test_immediate_shutdown(queue, child):
    """After `shutdown(immediate=True)`, get() raises `ShutDown` even if there were items left.

    This stops the work itself, not just the supply of new items.
    """
    queue.put("a")

    child.shutdown(immediate=True)

    with raises(ShutDown):
        queue.get()


@rule("manager.server-unpickles", level="de-facto", source=OBSERVED, kinds=BOTH)
def test_manager_unpickles_items(queue, child):
    """Items are unpickled in the manager process.

    The class of an item must be importable there, and any side effects of unpickling take place there.
    """
    queue.put(made(pickling.where_it_is_rebuilt))

    assert child.get() not in (queue.process.pid, child.process.pid)


@rule("manager.unsendable-item", level="de-facto", source=OBSERVED, kinds=BOTH)
def test_get_of_item_manager_cannot_send(queue):
    """get() raises an exception if the manager cannot pickle the item.

    Such an item can be put but never retrieved; after the error, the next get() returns the next item.
    """
    queue.put(made(pickling.unsendable))
    queue.put("next")

    assert queue.plays(managing.get_or_be_told) == "an error"
    assert queue.get() == "next"


@rule("manager.any-context", level="de-facto", source=OBSERVED, kinds=MANAGER, start_methods=("fork", "forkserver"))
def test_proxy_with_other_start_method(queue, context):
    """A proxy can be passed to a process that uses another start method.

    The proxy does not depend on how its users were started, so one queue can connect all of them.
    """
    assert queue.plays(sharing.put_from_a_spawned_process, context, "a") == 0

    assert queue.get() == "a"


@rule("manager.no-value-equality", source=DOCS / "proxy-objects", kinds=MANAGER)
def test_proxies_are_not_equal(queue, make_queue):
    """Proxies of two different queues are not equal.

    A proxy is not compared by the contents of its queue, even if they are the same.
    """
    other = make_queue()

    assert not queue.plays(looking.equals, other)


@rule("manager.repr-str", source=DOCS / "proxy-objects", kinds=MANAGER)
def test_str_and_repr_of_proxy(queue):
    """str() and repr() of a proxy return different strings.

    str() describes the queue in the manager, and repr() the proxy; each helps in debugging one side.
    """
    assert queue.plays(looking.text) != queue.plays(looking.representation)


UNTESTED = [
    untested(
        "manager.slower",
        "Manager queues are slower than the other queues and can be used over a network.",
        source=DOCS / "sharing-state-between-processes",
        reason="Speed depends on the machine and is not a behavior; `manager.remote-queue` covers the second half.",
    ),
]
