"""Items.

A consumer does not get the object that was put: the item is pickled, its bytes travel, and the consumer gets a copy
made from them. In a queue with a feeder thread, pickling happens later and in that thread, so a bad item raises no
exception that the producer could catch. Items may be of any size, from nothing to far more than the pipe between the
processes holds.
"""

from items import blocks, pickling
from roles import crowding, looking, making, moving, recognizing, timing

from queuespec import CHANGELOG, DOCS, OBSERVED, PICKLE, WHATS_NEW, each, histories, made, raises, rule, untested

EVERY_KIND = ("Queue", "JoinableQueue", "SimpleQueue", "Manager.Queue", "Manager.JoinableQueue")
PIPE_KINDS = ("Queue", "JoinableQueue", "SimpleQueue")
MANAGER_KINDS = ("Manager.Queue", "Manager.JoinableQueue")
NEEDS = ("start methods",)

KIB = 1024
MIB = 1024 * KIB

FALSY = [None, 0, False, 0.0, "", b"", (), [], {}]

CLOSE_TO_LIMITS = [
    size
    for limit in (0, 512, 4 * KIB, 16 * KIB, 64 * KIB)
    for size in range(max(0, limit - 36), limit + 4)
    if limit < 64 * KIB or size % 3 == 0 or abs(size - limit) < 2
]
"""Sizes around the limits of a small pipe, a page, a message sent in one piece, and a pipe. An item's pickle is some 30
bytes longer than its block."""


@rule("item.serialised", source=DOCS / "pipes-and-queues", kinds=EVERY_KIND, needs=("pickling",))
def test_get_returns_a_copy(queue, make_object):
    """get() returns a copy of the item that was put.

    Every item is pickled, even if the process that put it gets it back: equality is kept, identity is not.
    """
    original = make_object(list, [["a"], ["b"]])

    queue.put(original)

    assert queue.plays(recognizing.get_and_compare, original) == "an equal copy"


@rule("item.later-mutation-receiver", source=DOCS / "pipes-and-queues", kinds=EVERY_KIND, needs=("pickling",))
def test_changing_the_received_item(queue, make_object):
    """Changing a received item does not change the item that was put.

    A consumer may do with its items what it likes.
    """
    original = make_object(list, ["a"])
    queue.put(original)

    queue.plays(recognizing.get_and_append, "b")

    assert original.copy() == ["a"]


@rule("item.none-falsy", source=DOCS / "exchanging-objects-between-processes", kinds=EVERY_KIND)
def test_falsy_items_are_delivered(queue, child):
    """`None`, zero and empty containers are delivered like any other item.

    The truth value of an item makes no difference, and any of them can serve as a sentinel.
    """
    queue.plays(moving.put_all, FALSY)

    assert child.plays(recognizing.get_as_text, len(FALSY)) == [repr(item) for item in FALSY]


@rule("item.exceptions-and-classes", source=PICKLE / "what-can-be-pickled-and-unpickled", kinds=PIPE_KINDS)
def test_exceptions_classes_and_functions(queue, child):
    """Exceptions, classes and functions are delivered as items.

    Results are often exceptions, and tasks are often functions; get() returns them and does not act on them.
    """
    for item in (pickling.an_error, pickling.an_exception_class, pickling.a_function):
        queue.put(made(item))

    assert child.plays(recognizing.get_and_name, 3) == [
        "ValueError('parcel lost', 3)",
        "type Empty",
        "function intact",
    ]


@rule("item.singletons", source=PICKLE / "what-can-be-pickled-and-unpickled", level="de-facto", kinds=PIPE_KINDS)
def test_singletons_keep_their_identity(queue, child):
    """Singletons such as `True`, `Ellipsis` and `NotImplemented` keep their identity.

    Code that checks `is True` or `is NotImplemented` works on both sides.
    """
    names = ["Ellipsis", "NotImplemented", "True", "False"]

    for name in names:
        queue.put(made(pickling.a_singleton, name))

    assert child.plays(recognizing.get_and_recognise, names) == names


@rule("item.custom-class", source=DOCS / "pipes-and-queues", kinds=EVERY_KIND)
def test_instance_arrives_with_its_state(queue, child):
    """An instance of an importable class arrives with its state.

    The class need only be importable where its instances are received, wherever they keep their state.
    """
    queue.put(made(pickling.Parcel, "a", weight=2))
    queue.put(made(pickling.SlottedParcel, "b", weight=3))

    assert child.plays(recognizing.get_state) == {"label": "a", "weight": 2}
    assert child.plays(recognizing.get_state) == {"label": "b", "weight": 3}


@rule("item.any-equality", source=DOCS / "pipes-and-queues", kinds=EVERY_KIND)
@each("parcel", [pickling.EqualToAll, pickling.EqualToNone])
def test_items_are_not_compared(queue, child, parcel):
    """An item arrives whatever its equality comparison does.

    A mock equals everything, and comparing an array may raise an exception; a queue compares no items.
    """
    queue.put(made(parcel, "a", weight=2))
    queue.put("next")

    assert child.plays(recognizing.get_state) == {"label": "a", "weight": 2}
    assert child.get() == "next"


@rule("item.registered-reducer", source=PICKLE / "pickling-class-instances", kinds=PIPE_KINDS)
def test_copyreg_is_used(queue, child):
    """An item is pickled by the function that `copyreg` has registered for its class.

    This is how a program makes other people's classes picklable, at any time.
    """
    child.plays(recognizing.put_by_registered_reducer, "through copyreg")

    assert queue.get() == "through copyreg"


@rule("item.connection", source=(DOCS / "Connection", OBSERVED), level="de-facto", kinds=PIPE_KINDS, needs=NEEDS)
def test_connection_can_be_sent(queue, context, make_child):
    """One end of a pipe can be sent through a queue.

    This lets the consumer reply over a private pipe.
    """
    child, in_child = make_child(queue, context)
    asking = child.begins(recognizing.ask, in_child)

    queue.plays(recognizing.answer, "42")

    assert asking.returns() == "42"


@rule("item.let-go", source=OBSERVED, level="de-facto", kinds=PIPE_KINDS)
def test_no_reference_to_a_received_item(queue):
    """A queue holds no reference to an item that has been received.

    The item may be large, and the next one may be a long time coming.
    """
    assert queue.plays(recognizing.put_get_and_watch, 2.0) == "let go"


@rule("item.pickle-once", source=OBSERVED, level="de-facto", kinds=PIPE_KINDS)
def test_item_is_pickled_and_unpickled_once(queue, child, make_object):
    """An item is pickled once and unpickled once.

    Pickling is what an item costs, and it may have side effects.
    """
    item = make_object(pickling.Counted)

    queue.put(item)

    assert child.plays(recognizing.get_and_count_rebuilds) == 1
    assert item.times_pickled() == 1


@rule("item.reducer-in-feeder-thread", source=OBSERVED, level="de-facto", needs=("buffer",))
def test_item_is_pickled_in_another_thread(queue, child):
    """An item is pickled in another thread of the process that put it.

    `__reduce__` must be thread-safe and cannot rely on thread-local data.
    """
    child.put(made(pickling.Witness))

    where = queue.get()

    assert child.process.plays(pickling.seen_from_here, where) == "another thread of this process"


@rule("item.pickled-late", source=DOCS / "pipes-and-queues", level="hazard")
def test_change_after_put_may_arrive(queue, under_way, gate, make_object):
    """A change made to an item after put() may reach the consumer.

    A producer must not change an object that it has put: which state arrives is a matter of luck.
    """
    item = make_object(list, ["early"])
    under_way(queue, "first").returns()
    queue.put(item)

    item.append("late")
    gate.opens()

    assert queue.plays(moving.get_many, 2) == ["first", ["early", "late"]]


@rule(
    "item.changed-while-pickling",
    source=OBSERVED,
    level="hazard",
    when=(
        "only CPython's pickle is known to notice the change",
        lambda facts: facts.python_implementation == "cpython",
    ),
)
def test_dictionary_changed_while_pickled_may_be_lost(queue):
    """A dictionary that changes while it is being pickled can be lost.

    The producer that changed it too early learns of the loss from standard error only.
    """
    queue.put(made(pickling.growing))
    queue.put("next")

    assert queue.get() == "next"


@rule("item.simple-snapshot", source=OBSERVED, level="de-facto", kinds=("SimpleQueue",), needs=("pickling",))
def test_simple_queue_takes_a_snapshot(queue, make_object):
    """A `SimpleQueue` delivers an item as it was when it was put.

    put() pickles before it returns, so the producer may change the object afterward.
    """
    item = make_object(list, ["early"])
    queue.put(item)

    item.append("late")

    assert queue.get() == ["early"]


@rule("item.manager-snapshot", source=DOCS / "pipes-and-queues", kinds=MANAGER_KINDS)
def test_manager_queue_takes_a_snapshot(queue, make_object):
    """A manager queue delivers an item as it was when it was put.

    The item has left for the manager when put() returns, which is one reason to use such a queue.
    """
    item = make_object(list, ["early"])
    queue.put(item)

    item.append("late")

    assert queue.get() == ["early"]


@rule(
    "item.unpicklable-put-returns", source=(DOCS / "pipes-and-queues", CHANGELOG), level="de-facto", needs=("buffer",)
)
def test_put_of_unpicklable_item_returns(queue):
    """put() of an item that cannot be pickled returns without an error.

    Pickling happens later, and so does its failure: a `try` around put() catches nothing. The documentation does not
    say when an item is pickled; a queue that raises the error in put() is easier to use.
    """
    queue.put("good")

    queue.put(made(pickling.unpicklable))

    assert queue.get() == "good"


@rule("item.unpicklable-skipped", source=CHANGELOG, proves=("item.must-be-picklable",))
def test_items_behind_unpicklable_one_arrive(queue):
    """Items behind an item that cannot be pickled still arrive.

    One bad item costs that item, not the queue.
    """
    for _ in range(2):
        queue.calls.put(made(pickling.unpicklable)).succeeds_or_raises(TypeError)
    queue.put("next")

    assert queue.get() == "next"


@rule("item.pickling-error-skipped", source=CHANGELOG)
@each("error", ["ValueError", "RecursionError", "MemoryError", "OSError", "BrokenPipeError"])
def test_any_pickling_error_costs_one_item(queue, error):
    """Whatever exception the pickling of an item raises, the items behind it still arrive.

    Pickling runs code of the item's own class, which may fail in its own ways.
    """
    queue.calls.put(made(pickling.RaisesWhenPickled, error)).succeeds_or_raises(Exception)
    queue.put("next")

    assert queue.get() == "next"


@rule("item.pickling-error-of-nameless", source=CHANGELOG / "bpo-30414")
def test_item_without_repr_costs_one_item(queue):
    """Items behind one that can neither be pickled nor shown by repr() still arrive.

    Whatever reports the lost item must cope with an object whose repr() fails as well.
    """
    queue.calls.put(made(pickling.Hopeless)).succeeds_or_raises(ValueError)
    queue.put("next")

    assert queue.get() == "next"


@rule("item.unpicklable-reported", source=OBSERVED, level="de-facto", needs=("buffer",))
@each("error", ["TypeError", "KeyError", "AttributeError"])
def test_pickling_error_is_printed(queue, error):
    """A pickling error is printed by the process that put the item.

    The traceback on standard error is the only trace of a lost item.
    """
    item = made(pickling.RaisesWhenPickled, error)

    assert "Traceback" in queue.plays(looking.told_while_putting, item, "Traceback")


@rule("item.exit-while-pickling", source=OBSERVED, level="hazard")
def test_system_exit_while_pickling_may_end_delivery(queue):
    """An item whose pickling raises `SystemExit` can stop all items behind it.

    It silently ends the feeder thread: the items behind it may never arrive, although the process lives on.
    """
    queue.put(made(pickling.RaisesWhenPickled, "SystemExit"))
    queue.put("next")

    assert queue.plays(moving.get_or_give_up, 0.2) in ("next", "nothing")


@rule("item.unpicklable-simple", source=OBSERVED, level="de-facto", kinds=("SimpleQueue",))
def test_simple_queue_raises_pickling_error(queue):
    """`SimpleQueue.put()` raises the pickling error.

    It pickles in the calling thread, so the caller gets the exception, and nothing is sent.
    """
    with raises(Exception):
        queue.put(made(pickling.unpicklable))

    queue.put("next")
    assert queue.get() == "next"


@rule(
    "item.unpicklable-manager",
    source=DOCS / "all-start-methods",
    kinds=MANAGER_KINDS,
    proves=("manager.unpicklable",),
)
def test_manager_queue_raises_pickling_error(queue):
    """put() on a manager queue raises the pickling error.

    The caller gets the exception, nothing is stored, and the queue stays usable.
    """
    with raises(Exception):
        queue.put(made(pickling.unpicklable))

    queue.put("next")
    assert queue.get() == "next"


@rule("item.unpickling-error-raised", source=OBSERVED, level="de-facto", kinds=PIPE_KINDS)
@each("error", [ValueError, RecursionError, SystemExit])
def test_get_raises_unpickling_error(queue, error):
    """get() raises the exception that unpickling the item raises.

    Only the consumer can decide what to do about an item that it cannot rebuild.
    """
    queue.put(made(pickling.RaisesWhenUnpickled, error.__name__))

    with raises(error):
        queue.get()


@rule("item.unpickling-error-skipped", source=OBSERVED, level="de-facto", kinds=PIPE_KINDS)
@each("error", [ValueError, RecursionError, SystemExit])
def test_next_item_after_unpickling_error(queue, child, error):
    """After an item that could not be unpickled, the next get() returns the next item.

    The bad item is gone and holds no lock, so it holds up no other process either.
    """
    queue.put(made(pickling.RaisesWhenUnpickled, error.__name__))
    queue.put("next")
    with raises(error):
        child.get()

    assert queue.get() == "next"


@rule("item.unpickling-error-manager", source=OBSERVED, level="de-facto", kinds=MANAGER_KINDS)
def test_manager_queue_raises_unpickling_error_in_put(queue):
    """put() on a manager queue raises an exception if the manager cannot unpickle the item.

    The manager unpickles what it stores, so the producer learns of the bad item, and no consumer ever sees it.
    """
    with raises(Exception):
        queue.put(made(pickling.RaisesWhenUnpickled, "ValueError"))

    queue.put("next")
    assert queue.get() == "next"


@rule("payload.larger-than-pipe", source=DOCS / "all-start-methods", kinds=EVERY_KIND)
def test_item_larger_than_the_pipe(queue, child):
    """An item far larger than a pipe arrives whole.

    It travels in pieces that the consumer never sees.
    """
    putting = child.begins(crowding.put_blocks, [8 * MIB])

    assert queue.plays(crowding.get_blocks, 1) == [8 * MIB]
    putting.returns()


@rule("payload.put-does-not-wait-for-reader", source=DOCS / "Queue")
def test_put_of_large_item_does_not_wait(queue):
    """put() of a large item returns even if nobody is reading.

    Items wait in the producer's buffer, so the producer may even be its own consumer.
    """
    queue.put(made(blocks.block, 1, 8 * MIB))

    assert queue.plays(crowding.get_blocks, 1) == [8 * MIB]


@rule("payload.many-wait", source=DOCS / "Queue", needs=("buffer",))
def test_many_items_wait_in_the_buffer(queue):
    """Items that do not fit into the pipe wait in the producer's buffer.

    If nobody reads, the pipe is soon full; nothing is dropped to make room.
    """
    sizes = [KIB] * 3000
    queue.plays(crowding.put_blocks, sizes)

    assert queue.plays(crowding.get_blocks, len(sizes)) == sizes


@rule("payload.every-size", source=DOCS / "pipes-and-queues", kinds=EVERY_KIND)
def test_items_of_every_size(queue, child):
    """Items of every size around the limits of a pipe arrive whole.

    No size is special, although pages, pipes and messages all end somewhere.
    """
    putting = child.begins(crowding.put_blocks, CLOSE_TO_LIMITS)

    histories.all_arrived(CLOSE_TO_LIMITS, queue.plays(crowding.get_blocks, len(CLOSE_TO_LIMITS)))
    putting.returns()


@rule("payload.many-writers-no-interleave", source=DOCS / "exchanging-objects-between-processes", kinds=PIPE_KINDS)
def test_large_items_do_not_mix(queue, make_child):
    """Large items of several producers are never mixed.

    Each item is written in many pieces, and no piece of another gets between them.
    """
    children = [make_child(queue) for _ in range(2)]
    putting = [child.begins(crowding.put_blocks, [MIB] * 3, tag) for child, tag in zip(children, (0, 100))]

    assert queue.plays(crowding.get_blocks, 6) == [MIB] * 6
    for call in putting:
        call.returns()


@rule("payload.among-signals", source=WHATS_NEW / "3.5", level="platform", systems=("POSIX",), kinds=EVERY_KIND)
def test_large_item_arrives_despite_signals(queue, make_child, make_object, context):
    """A large item arrives whole even if signals are handled while it is being sent.

    A signal may cut a write short; the rest must be written next.
    """
    taken = make_object(making.event, context)
    child, its_taken = make_child(queue, taken)
    putting = child.begins(timing.put_among_signals, its_taken, made(blocks.block, 1, MIB))
    queue.plays(looking.wait_until_something_arrives)
    putting.stays_blocked()

    assert queue.plays(crowding.get_blocks, 1) == [MIB]

    taken.set()
    putting.returns()


@rule("payload.very-large-limit", source=DOCS / "Connection.send", level="platform", kinds=("Queue",))
def test_very_large_item_arrives_whole_or_not_at_all(queue, child, largest_item):
    """A very large item arrives whole or not at all.

    Some systems refuse items above about 32 MiB; none may deliver a part of one, or stop the items behind it. The item
    has 64 MiB; ``--largest-item 2100`` makes it larger than 2 GiB, the limit of many protocols.
    """
    putting = child.begins(crowding.offer_block_then_put, largest_item, "last")

    queue.begins(crowding.get_blocks_until, "last").returns_one_of([largest_item], [])
    putting.returns()


UNTESTED = [
    untested(
        "item.transfer-cost",
        "The cost of an item grows with its size, because all of it is pickled and copied.",
        source=DOCS / "all-start-methods",
        reason="This is a measure, not a behavior; a benchmark shows it better than a verdict.",
    ),
    untested(
        "item.trust",
        "Received data is unpickled, so only trusted processes may write to a queue.",
        source=DOCS / "Connection.recv",
        reason="This is a warning to program designers; there is nothing to observe on a queue.",
    ),
]
