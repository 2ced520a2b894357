"""Items.

What is put is not what is got: an item is pickled, its bytes travel, and the consumer gets a copy that was made from
them. For queues with a feeder thread the pickling happens later and elsewhere, so that a bad item troubles nobody who
could catch the exception. Items may be of any size, from nothing to far more than the pipe between the processes holds.
"""

import couriers
import items
import parcels
import pytest
import roles

from queuespec import CHANGELOG, DOCS, OBSERVED, PICKLE, WHATS_NEW, histories, made, raises, rule, untested

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
"""Sizes at which something ends: a small pipe, a page, a message sent in one piece, a pipe. An item's pickle is some 30
bytes longer than its block."""


@rule("item.serialised", source=DOCS / "pipes-and-queues", kinds=EVERY_KIND)
def test_get_returns_a_copy_of_what_was_put(queue, make_object):
    """get() returns a copy of what was put.

    Every item is pickled, also on its way to the process that put it; identity gets lost, equality does not.
    """
    original = make_object(list, [["a"], ["b"]])

    queue.put(original)

    assert queue.plays(couriers.get_and_compare, original) == "an equal copy"


@rule("item.later-mutation-receiver", source=DOCS / "pipes-and-queues", kinds=EVERY_KIND)
def test_a_change_to_the_received_item_does_not_reach_the_sender(queue, make_object):
    """A change to the received item does not reach the sender.

    A consumer may do with its items what it likes.
    """
    original = make_object(list, ["a"])
    queue.put(original)

    queue.plays(couriers.get_and_append, "b")

    assert original.copy() == ["a"]


@rule("item.none-falsy", source=DOCS / "exchanging-objects-between-processes", kinds=EVERY_KIND)
def test_None_zero_and_empty_containers_travel_like_any_item(queue, child):
    """`None` zero and empty containers travel like any item.

    None is the favourite sentinel of many programs; an item is an item, whatever its truth value.
    """
    queue.plays(roles.put_all, FALSY)

    assert child.plays(couriers.get_as_text, len(FALSY)) == [repr(item) for item in FALSY]


@rule("item.exceptions-and-classes", source=PICKLE / "what-can-be-pickled-and-unpickled", kinds=PIPE_KINDS)
def test_exceptions_classes_and_functions_are_delivered_as_items(queue, child):
    """Exceptions classes and functions are delivered as items.

    Results are often exceptions, and tasks are often functions; get() hands them over and does not act on them.
    """
    for item in (parcels.an_error, parcels.an_exception_class, parcels.a_function):
        queue.put(made(item))

    assert child.plays(couriers.get_and_name, 3) == [
        "ValueError('parcel lost', 3)",
        "type Empty",
        "function intact",
    ]


@rule("item.singletons", source=PICKLE / "what-can-be-pickled-and-unpickled", level="de-facto", kinds=PIPE_KINDS)
def test_singletons_keep_their_identity(queue, child):
    """Singletons keep their identity.

    Code that asks `is True` or `is NotImplemented` works on both sides.
    """
    names = ["Ellipsis", "NotImplemented", "True", "False"]

    for name in names:
        queue.put(made(parcels.a_singleton, name))

    assert child.plays(couriers.get_and_recognise, names) == names


@rule("item.custom-class", source=DOCS / "pipes-and-queues", kinds=EVERY_KIND)
def test_an_instance_of_an_importable_class_is_recreated_with_its_state(queue, child):
    """An instance of an importable class is recreated with its state.

    A class has only to be importable where its instances are received, wherever they keep their state.
    """
    queue.put(made(parcels.Parcel, "a", weight=2))
    queue.put(made(parcels.SlottedParcel, "b", weight=3))

    assert child.plays(couriers.get_state) == {"label": "a", "weight": 2}
    assert child.plays(couriers.get_state) == {"label": "b", "weight": 3}


@rule("item.any-equality", source=DOCS / "pipes-and-queues", kinds=EVERY_KIND)
@pytest.mark.parametrize("parcel", [parcels.EqualToAll, parcels.EqualToNone])
def test_an_item_arrives_whatever_it_says_of_being_equal(queue, child, parcel):
    """An item arrives whatever it says of being equal.

    Mocks are equal to everything, arrays to nothing that has one truth value; a queue compares no items.
    """
    queue.put(made(parcel, "a", weight=2))
    queue.put("next")

    assert child.plays(couriers.get_state) == {"label": "a", "weight": 2}
    assert child.get() == "next"


@rule("item.registered-reducer", source=PICKLE / "pickling-class-instances", kinds=PIPE_KINDS)
def test_an_item_is_pickled_by_the_function_that_was_registered_for_its_class(queue, child):
    """An item is pickled by the function that was registered for its class.

    `copyreg` is how a program teaches pickle about classes of others, at any time.
    """
    child.plays(couriers.put_by_registered_reducer, "through copyreg")

    assert queue.get() == "through copyreg"


@rule("item.connection", source=(DOCS / "Connection", OBSERVED), level="de-facto", kinds=PIPE_KINDS, needs=NEEDS)
def test_an_end_of_a_pipe_can_be_sent_through_a_queue(queue, context, make_child):
    """An end of a pipe can be sent through a queue.

    An answer can so come back by a way of its own.
    """
    child, in_child = make_child(queue, context)
    asking = child.begins(couriers.ask, in_child)

    queue.plays(couriers.answer, "42")

    assert asking.returns() == "42"


@rule("item.let-go", source=OBSERVED, level="de-facto", kinds=PIPE_KINDS)
def test_a_process_does_not_hold_on_to_an_item_that_has_been_got(queue):
    """A process does not hold on to an item that has been got.

    An item may be large, and the next one late.
    """
    assert queue.plays(couriers.put_get_and_watch, 2.0) == "let go"


@rule("item.pickle-once", source=OBSERVED, level="de-facto", kinds=PIPE_KINDS)
def test_an_item_is_pickled_once_and_unpickled_once(queue, child, make_object):
    """An item is pickled once and unpickled once.

    Pickling is what an item costs, and may have side effects; it is not paid twice.
    """
    item = make_object(parcels.Counted)

    queue.put(item)

    assert child.plays(couriers.get_and_count_rebuilds) == 1
    assert item.times_pickled() == 1


@rule("item.reducer-in-feeder-thread", source=OBSERVED, level="de-facto")
def test_an_item_is_pickled_in_another_thread_of_the_process_that_put_it(queue, child):
    """An item is pickled in another thread of the process that put it.

    What `__reduce__` does must be thread-safe, and may not rely on thread-local data.
    """
    child.put(made(parcels.Witness))

    where = queue.get()

    assert child.process.plays(parcels.seen_from_here, where) == "another thread of this process"


@rule("item.pickled-late", source=DOCS / "pipes-and-queues", level="hazard")
def test_a_change_made_after_put_may_reach_the_receiver(queue, gate, make_object):
    """A change made after put() may reach the receiver.

    Whoever puts an object must not change it any more: which state arrives is a matter of luck.
    """
    item = make_object(list, ["early"])
    queue.put(gate.item("first"))
    queue.put(item)

    item.append("late")
    gate.opens()

    assert queue.plays(roles.get_many, 2) == ["first", ["early", "late"]]


@rule(
    "item.changed-while-pickling",
    source=OBSERVED,
    level="hazard",
    when=("only CPython's pickle is known to notice", lambda facts: facts.python_implementation == "cpython"),
)
def test_a_dictionary_that_changes_while_it_is_pickled_can_be_lost(queue):
    """A dictionary that changes while it is pickled can be lost.

    The producer that changed it too early learns nothing of the loss, except on standard error.
    """
    queue.put(made(parcels.growing))
    queue.put("next")

    assert queue.get() == "next"


@rule("item.simple-snapshot", source=OBSERVED, level="de-facto", kinds=("SimpleQueue",))
def test_a_SimpleQueue_takes_the_item_as_it_is_when_it_is_put(queue, make_object):
    """A `SimpleQueue` takes the item as it is when it is put.

    Its put() pickles before it returns, so the object may be used again at once.
    """
    item = make_object(list, ["early"])
    queue.put(item)

    item.append("late")

    assert queue.get() == ["early"]


@rule("item.manager-snapshot", source=DOCS / "pipes-and-queues", kinds=MANAGER_KINDS)
def test_a_manager_queue_takes_the_item_as_it_is_when_it_is_put(queue, make_object):
    """A manager queue takes the item as it is when it is put.

    The item has left for the manager when put() returns; this is one reason to use such a queue.
    """
    item = make_object(list, ["early"])
    queue.put(item)

    item.append("late")

    assert queue.get() == ["early"]


@rule("item.unpicklable-put-returns", source=(DOCS / "pipes-and-queues", CHANGELOG))
def test_put_of_an_unpicklable_item_returns(queue):
    """put() of an unpicklable item returns.

    Pickling happens behind the caller's back, and so does its failure: `try` around put() catches nothing.
    """
    queue.put("good")

    queue.put(made(items.unpicklable))

    assert queue.get() == "good"


@rule("item.unpicklable-skipped", source=CHANGELOG, proves=("item.must-be-picklable",))
def test_items_behind_an_unpicklable_one_arrive(queue):
    """Items behind an unpicklable one arrive.

    One bad item costs that item, not the queue.
    """
    queue.put(made(items.unpicklable))
    queue.put(made(items.unpicklable))
    queue.put("next")

    assert queue.get() == "next"


@rule("item.pickling-error-skipped", source=CHANGELOG)
@pytest.mark.parametrize("error", ["ValueError", "RecursionError", "MemoryError", "OSError", "BrokenPipeError"])
def test_items_behind_one_whose_pickling_raises_an_exception_arrive(queue, error):
    """Items behind one whose pickling raises an exception arrive.

    Code of the item's own class runs while it is pickled, and may fail in its own ways.
    """
    queue.put(made(parcels.RaisesWhenPickled, error))
    queue.put("next")

    assert queue.get() == "next"


@rule("item.pickling-error-of-nameless", source=CHANGELOG / "bpo-30414")
def test_items_behind_an_unpicklable_one_arrive_although_it_cannot_be_shown_either(queue):
    """Items behind an unpicklable one arrive although it cannot be shown either.

    Whoever reports the lost item must be ready for an object whose `repr()` fails as well.
    """
    queue.put(made(parcels.Hopeless))
    queue.put("next")

    assert queue.get() == "next"


@rule("item.unpicklable-reported", source=OBSERVED, level="de-facto")
@pytest.mark.parametrize("error", ["TypeError", "KeyError", "AttributeError"])
def test_the_pickling_error_is_printed_by_the_process_that_put_the_item(queue, error):
    """The pickling error is printed by the process that put the item.

    The traceback on standard error is the only trace of a lost item.
    """
    assert "Traceback" in queue.plays(couriers.put_and_watch_errors, made(parcels.RaisesWhenPickled, error))


@rule("item.exit-while-pickling", source=OBSERVED, level="hazard")
def test_an_item_whose_pickling_raises_SystemExit_can_stop_all_behind_it(queue):
    """An item whose pickling raises `SystemExit` can stop all behind it.

    It ends the thread that sends, silently: the items behind it may never arrive, while the process lives on.
    """
    queue.put(made(parcels.RaisesWhenPickled, "SystemExit"))
    queue.put("next")

    assert queue.plays(couriers.get_or_give_up, 0.2) in ("next", "nothing")


@rule("item.unpicklable-simple", source=OBSERVED, level="de-facto", kinds=("SimpleQueue",))
def test_SimpleQueue_put_raises_the_pickling_error(queue):
    """`SimpleQueue` put() raises the pickling error.

    It pickles in the caller, so the caller is told, and nothing was sent.
    """
    with raises(Exception):
        queue.put(made(items.unpicklable))

    queue.put("next")
    assert queue.get() == "next"


@rule("item.unpicklable-manager", source=DOCS / "all-start-methods", kinds=MANAGER_KINDS)
def test_a_manager_queue_raises_the_pickling_error_in_put(queue):
    """A manager queue raises the pickling error in put().

    The arguments of a proxy's methods must be picklable; what is not is not stored, and the proxy stays usable.
    """
    with raises(Exception):
        queue.put(made(items.unpicklable))

    queue.put("next")
    assert queue.get() == "next"


@rule("item.unpickling-error-raised", source=OBSERVED, level="de-facto", kinds=PIPE_KINDS)
@pytest.mark.parametrize("error", [ValueError, RecursionError, SystemExit])
def test_get_raises_what_the_unpickling_of_the_item_raises(queue, error):
    """get() raises what the unpickling of the item raises.

    Only the consumer can know what it got and could not rebuild.
    """
    queue.put(made(parcels.RaisesWhenUnpickled, error.__name__))

    with raises(error):
        queue.get()


@rule("item.unpickling-error-skipped", source=OBSERVED, level="de-facto", kinds=PIPE_KINDS)
@pytest.mark.parametrize("error", [ValueError, RecursionError, SystemExit])
def test_the_item_behind_one_that_cannot_be_unpickled_is_got_next(queue, child, error):
    """The item behind one that cannot be unpickled is got next.

    The bad item is gone and holds no lock; whoever gets next, in whichever process, is not held up by it.
    """
    queue.put(made(parcels.RaisesWhenUnpickled, error.__name__))
    queue.put("next")
    with raises(error):
        child.get()

    assert queue.get() == "next"


@rule("item.unpickling-error-manager", source=OBSERVED, level="de-facto", kinds=MANAGER_KINDS)
def test_a_manager_queue_raises_in_put_when_the_manager_cannot_unpickle_the_item(queue):
    """A manager queue raises in put() when the manager cannot unpickle the item.

    The manager unpickles what it stores, so it is the producer who learns of the bad item, and nobody else.
    """
    with raises(Exception):
        queue.put(made(parcels.RaisesWhenUnpickled, "ValueError"))

    queue.put("next")
    assert queue.get() == "next"


@rule("payload.larger-than-pipe", source=DOCS / "all-start-methods", kinds=EVERY_KIND)
def test_an_item_far_larger_than_a_pipe_arrives_whole(queue, child):
    """An item far larger than a pipe arrives whole.

    It travels in pieces that the consumer never sees.
    """
    putting = child.begins(couriers.put_blocks, [8 * MIB])

    assert queue.plays(couriers.get_blocks, 1) == [8 * MIB]
    putting.returns()


@rule("payload.put-does-not-wait-for-reader", source=DOCS / "Queue")
def test_put_of_a_large_item_returns_although_nobody_reads(queue):
    """put() of a large item returns although nobody reads.

    Items wait in a buffer of the producer, which may be its own consumer.
    """
    queue.put(made(parcels.block, 1, 8 * MIB))

    assert queue.plays(couriers.get_blocks, 1) == [8 * MIB]


@rule("payload.many-wait", source=DOCS / "Queue")
def test_as_many_items_as_the_producer_likes_wait_in_its_buffer(queue):
    """As many items as the producer likes wait in its buffer.

    Where nobody reads, the pipe is soon full; nothing is dropped to make room.
    """
    sizes = [KIB] * 3000
    queue.plays(couriers.put_blocks, sizes)

    assert queue.plays(couriers.get_blocks, len(sizes)) == sizes


@rule("payload.every-size", source=DOCS / "pipes-and-queues", kinds=EVERY_KIND)
def test_items_of_every_size_around_the_limits_of_a_pipe_arrive_whole(queue, child):
    """Items of every size around the limits of a pipe arrive whole.

    No size is special, although pages, pipes and messages end somewhere.
    """
    putting = child.begins(couriers.put_blocks, CLOSE_TO_LIMITS)

    histories.all_arrived(CLOSE_TO_LIMITS, queue.plays(couriers.get_blocks, len(CLOSE_TO_LIMITS)))
    putting.returns()


@rule("payload.many-writers-no-interleave", source=DOCS / "exchanging-objects-between-processes", kinds=PIPE_KINDS)
def test_large_items_of_several_producers_do_not_mix(queue, make_child):
    """Large items of several producers do not mix.

    Each item is written in many pieces, and no piece of another gets between them.
    """
    children = [make_child(queue) for _ in range(2)]
    putting = [child.begins(couriers.put_blocks, [MIB] * 3, tag) for child, tag in zip(children, (0, 100))]

    assert queue.plays(couriers.get_blocks, 6) == [MIB] * 6
    for call in putting:
        call.returns()


@rule("payload.among-signals", source=WHATS_NEW / "3.5", level="platform", systems=("POSIX",), kinds=PIPE_KINDS)
def test_a_large_item_arrives_whole_although_signals_are_handled_meanwhile(queue, make_child, make_object, context):
    """A large item arrives whole although signals are handled meanwhile.

    A signal may cut a write short; what was not written then is written next.
    """
    taken = make_object(roles.event, context)
    child, its_taken = make_child(queue, taken)
    putting = child.begins(roles.put_among_signals, its_taken, made(parcels.block, 1, MIB))
    queue.plays(roles.wait_until_something_arrives)
    putting.stays_blocked()

    assert queue.plays(couriers.get_blocks, 1) == [MIB]

    taken.set()
    putting.returns()


@rule("payload.very-large-limit", source=DOCS / "Connection.send", level="platform", kinds=("Queue",))
def test_an_item_of_64_MiB_arrives_whole_or_not_at_all(queue, child):
    """An item of 64 MiB arrives whole or not at all.

    Above some 32 MiB a system may refuse it; a part of it, or the end of the queue, would be something else.
    """
    putting = child.begins(couriers.put_blocks_and_last, [64 * MIB], "last")

    queue.begins(couriers.get_blocks_until, "last").returns_one_of([64 * MIB], [])
    putting.returns()


UNTESTED = [
    untested(
        "item.transfer-cost",
        "The cost of an item grows with its size, because everything is pickled and copied.",
        source=DOCS / "all-start-methods",
        reason="It is informative: a measure, not a behaviour; a benchmark shows it better than a verdict.",
    ),
    untested(
        "item.trust",
        "Received data are unpickled, so only trusted processes may write to a queue.",
        source=DOCS / "Connection.recv",
        reason="It is informative: a warning to whoever designs a program; there is nothing to observe at a queue.",
    ),
]
