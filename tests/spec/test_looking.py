"""Looking without taking: qsize, empty, full.

`qsize()`, `empty()`, and `full()` look at a queue without taking anything from it. While other processes use the queue,
an answer may be out of date before the caller sees it, and an item that was just put may not be visible yet. But where
nothing moves - because the producers have ended, or because an item is being held back - the right answer is known, and
the rules of this chapter ask for it.
"""

from roles import looking, moving

from queuespec import ARTICLE, DOCS, OBSERVED, THREAD_QUEUE, Empty, raises, rule, untested

PIPE_KINDS = ("Queue", "JoinableQueue", "SimpleQueue")

COUNTED = ("this Python cannot report the value of a semaphore", lambda facts: facts.counted)
"""Where qsize() is implemented."""
NOT_COUNTED = ("this Python can report the value of a semaphore", lambda facts: not facts.counted)


@rule("look.empty-true-when-drained", source=(DOCS / "Queue.empty", DOCS / "SimpleQueue.empty"), kinds=PIPE_KINDS)
def test_empty_after_last_item_is_taken(queue, child):
    """empty() returns `True` after the last item has been taken.

    Once all producers have ended, the answer is exact: a consumer can use it to check that nothing is left over.
    """
    child.put("a")
    child.process.leaves()

    queue.get()

    assert queue.empty() is True


@rule("look.fresh-queue-is-empty", source=(DOCS / "Queue.empty", DOCS / "SimpleQueue.empty"), kinds=PIPE_KINDS)
def test_new_queue_is_empty(queue):
    """empty() returns `True` for a new queue.

    A queue contains nothing until an item is put, so there is no need to drain it before the first use.
    """
    assert queue.empty() is True


@rule("look.empty-false-when-item", source=(DOCS / "Queue.empty", DOCS / "SimpleQueue.empty"), kinds=PIPE_KINDS)
def test_not_empty_after_producer_ended(queue, child):
    """empty() returns `False` if the queue holds an item that was put by a process that has ended.

    A process sends its items before it ends, so an item is certain to be visible once its producer has been joined.
    """
    child.put("a")

    child.process.leaves()

    assert queue.empty() is False


@rule("look.empty-false-after-flush", source=(DOCS / "Queue.empty", DOCS / "Queue.join_thread"))
def test_not_empty_after_flush(queue, child):
    """After close() and join_thread() in the producer, empty() returns `False` in other processes.

    join_thread() returns when the items are in the pipe, so a producer can use it to make them visible to others.
    """
    queue.put("a")

    queue.close()
    queue.join_thread()

    assert child.empty() is False


@rule("look.empty-anywhere", source=(DOCS / "Queue.empty", DOCS / "SimpleQueue.empty"), kinds=PIPE_KINDS)
def test_child_can_check_empty(queue, make_child):
    """In a child process, empty() reports whether the queue is empty.

    Any process that holds the queue can check it, not only the one that created it.
    """
    producer, child = make_child(queue), make_child(queue)
    assert child.empty() is True

    producer.put("a")
    producer.process.leaves()

    assert child.empty() is False


@rule("look.empty-closed", source=DOCS / "Queue.empty")
def test_empty_on_closed_queue(queue):
    """empty() on a closed queue either returns a `bool` or raises `OSError`.

    The documentation allows both, so portable code cannot depend on either one.
    """
    queue.put("a")
    queue.get()
    queue.close()
    queue.join_thread()

    queue.begins(looking.empty_or_error).returns_one_of(True, False, "OSError")


@rule("look.full-true-at-capacity", source=DOCS / "Queue.full")
def test_full_at_maxsize(make_queue, make_child):
    """full() returns `True` when the queue holds `maxsize` items.

    The items may come from different processes: the limit applies to the queue as a whole.
    """
    queue = make_queue(maxsize=2)
    queue.put("a")

    make_child(queue).put("b")

    assert queue.full() is True


@rule("look.full-false-below-capacity", source=DOCS / "Queue.full")
def test_not_full_below_maxsize(make_queue, make_child):
    """full() returns `False` when the queue holds fewer than `maxsize` items.

    A get() in any process makes room for another item.
    """
    queue = make_queue(maxsize=2)
    queue.plays(moving.put_all, ["a", "b"])

    make_child(queue).get()

    assert queue.full() is False


@rule("look.full-anywhere", source=DOCS / "Queue.full")
def test_child_can_check_full(small_queue, make_child):
    """In a child process, full() reports whether the queue is full.

    A child that is given the queue also knows its limit; it need not be passed separately.
    """
    child = make_child(small_queue)
    assert child.full() is False

    small_queue.put("a")

    assert child.full() is True


@rule("look.full-unbounded-false", source=DOCS / "Queue.full")
def test_unbounded_queue_is_not_full(queue):
    """full() returns `False` for a queue without a size limit.

    A `maxsize` of zero means no limit, not a capacity of zero.
    """
    queue.plays(moving.put_all, list(range(20)))

    assert queue.full() is False


@rule("look.qsize-approximate", source=DOCS / "Queue.qsize", needs=("qsize",), when=COUNTED)
def test_qsize_counts_items(queue, child):
    """qsize() returns the number of items in the queue when no other process is using it.

    The result is only approximate while other processes put and get; once they have ended, it is exact.
    """
    child.plays(moving.put_all, ["a", "b", "c"])
    child.process.leaves()

    queue.get()

    assert queue.qsize() == 2


@rule("look.qsize-anywhere", source=DOCS / "Queue.qsize", needs=("qsize",), when=COUNTED)
def test_child_can_check_qsize(make_queue, make_child):
    """In a child process, qsize() returns the number of items in the queue.

    Any process that holds the queue can monitor it, not only the one that created it.
    """
    queue = make_queue(maxsize=5)
    producer, child = make_child(queue), make_child(queue)
    producer.plays(moving.put_all, ["a", "b", "c"])
    producer.process.leaves()

    assert child.qsize() == 3


@rule("look.qsize-not-implemented", source=DOCS / "Queue.qsize", level="platform", when=NOT_COUNTED)
def test_qsize_may_fail(queue):
    """Where Python cannot report the value of a semaphore, qsize() returns a number or raises `NotImplementedError`.

    That is so on macOS. A portable program cannot depend on qsize(), but it knows what to catch.
    """
    queue.put("item")

    queue.calls.qsize().succeeds_or_raises(NotImplementedError)

    assert queue.get() == "item"


@rule("look.qsize-fails-on-macos", source=DOCS / "Queue.qsize", level="de-facto", when=NOT_COUNTED)
def test_qsize_fails(queue):
    """qsize() raises `NotImplementedError` where Python cannot report the value of a semaphore, as on macOS.

    The documentation says that the call may raise.
    """
    with raises(NotImplementedError):
        queue.qsize()


@rule("look.qsize-unreliable", source=DOCS / "Queue.qsize", level="hazard", needs=("qsize",), when=COUNTED)
def test_qsize_during_traffic(make_queue, make_child):
    """While other processes put and get, qsize() returns some number between zero and `maxsize`.

    Nothing more can be said: the number may be out of date before the caller sees it.
    """
    queue = make_queue(maxsize=3)
    queue.put(0)
    working = [make_child(queue).begins(moving.increment, loops=200) for _ in range(2)]

    assert queue.plays(looking.impossible_sizes, maxsize=3, looks=500) == []

    for call in working:
        call.returns()


@rule("look.qsize-counts-buffered", source=OBSERVED, level="de-facto", needs=("qsize",), when=COUNTED)
def test_qsize_counts_unsent_item(queue, under_way, gate):
    """qsize() counts an item that has been put but not sent yet.

    An item belongs to the queue as soon as put() returns, even if no process can get it yet.
    """
    under_way(queue, "late")

    assert queue.qsize() == 1
    gate.opens()


@rule("look.qsize-no-guarantee", source=THREAD_QUEUE / "Queue.qsize", level="hazard", needs=("qsize",), when=COUNTED)
def test_get_nowait_fails_despite_qsize(queue, under_way, gate):
    """get_nowait() may raise `Empty` although qsize() is greater than zero.

    An item is counted before it can be taken, so code that checks qsize() first still has to handle `Empty`.
    """
    under_way(queue, "late").returns()
    assert queue.qsize() == 1

    with raises(Empty):
        queue.get_nowait()
    gate.opens()


@rule("look.empty-unreliable", source=DOCS / "Queue.empty", level="hazard")
def test_empty_while_item_is_being_sent(queue, under_way, gate):
    """empty() may return either `True` or `False` while an item is still being sent.

    Right after put(), neither answer is wrong; the item arrives in any case.
    """
    under_way(queue, "late").returns()

    queue.calls.empty().returns_one_of(True, False)

    gate.opens()
    assert queue.get() == "late"


@rule("look.empty-not-for-control-flow", source=THREAD_QUEUE / "Queue.empty", level="hazard")
def test_loop_until_empty_can_miss_item(queue, under_way, gate):
    """A loop that gets items until empty() returns `True` can miss an item.

    To detect the end of the data, put a sentinel or count the items; empty() cannot tell a pause from the end.
    """
    under_way(queue, "late").returns()

    assert queue.plays(moving.take_until_empty) == []

    gate.opens()
    assert queue.get() == "late"


@rule("look.full-counts-buffered", source=OBSERVED, level="de-facto")
def test_full_counts_unsent_item(make_queue, under_way, gate):
    """full() counts an item that has been put but not sent yet.

    The limit applies to the queue, not to the pipe behind it.
    """
    queue = make_queue(maxsize=1)
    under_way(queue, "late")

    assert queue.full() is True
    gate.opens()


@rule("look.never-blocks", source=ARTICLE, kinds=(*PIPE_KINDS, "Manager.Queue", "Manager.JoinableQueue"))
def test_looking_does_not_block(queue, child):
    """qsize(), empty(), and full() do not wait for another process that is blocked in get().

    A program checks a queue because it has other work to do; it must not stall behind a waiting consumer.
    """
    getting = child.calls.get()
    getting.stays_blocked()

    queue.plays(looking.look)

    queue.put("late")
    assert getting.returns() == "late"


@rule("look.no-side-effects", source=DOCS / "Queue.qsize")
def test_looking_changes_nothing(queue, child):
    """qsize(), empty(), and full() do not change the queue.

    However often a program checks, the same items remain available without waiting, in the same order.
    """
    child.plays(moving.put_all, ["a", "b", "c"])
    child.process.leaves()

    queue.plays(looking.look, times=100)

    assert queue.plays(moving.take, 3) == ["a", "b", "c"]


UNTESTED = [
    untested(
        "look.full-unreliable",
        "While other processes use the queue, full() is unreliable and promises nothing about the next put() or get().",
        source=(DOCS / "Queue.full", THREAD_QUEUE / "Queue.full"),
        reason="Every answer is allowed then, so no queue could fail a test.",
    ),
    untested(
        "look.after-close",
        "qsize() and full() still return a value on a closed queue.",
        source=OBSERVED,
        reason="The documentation says that a closed queue must not be used, so every outcome is allowed.",
    ),
]
