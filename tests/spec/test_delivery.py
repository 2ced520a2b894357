"""Delivery between processes.

Whatever the number of producers and consumers, threads and processes, every item that was put is got, by one consumer,
once, and as it was put. Where many act at once, they record what they did, and their records are compared afterwards;
``--crowd`` says how many.
"""

import couriers
import endings
import roles

from queuespec import ARTICLE, CHANGELOG, DOCS, histories, made, rule

EVERY_KIND = ("Queue", "JoinableQueue", "SimpleQueue", "Manager.Queue", "Manager.JoinableQueue")
PIPE_KINDS = ("Queue", "JoinableQueue", "SimpleQueue")

SAFE = DOCS / "exchanging-objects-between-processes"


@rule("deliver.single-process-use", source=ARTICLE)
def test_one_process_can_put_and_get(queue):
    """One process can put and get.

    A queue needs no second process; it is a near clone of `queue.Queue`.
    """
    queue.put("a")
    queue.put("b")

    assert queue.plays(roles.get_many, 2) == ["a", "b"]


@rule("deliver.parent-to-child", source=DOCS / "examples")
def test_a_child_gets_what_was_put_before_and_after_its_start(queue, make_child):
    """A child gets what was put before and after its start.

    Tasks may be waiting when the workers come up.
    """
    queue.put("before")
    child = make_child(queue)
    queue.put("after")

    assert child.plays(roles.get_many, 2) == ["before", "after"]


@rule("deliver.child-to-child", source=ARTICLE, kinds=EVERY_KIND)
def test_a_queue_connects_two_children_while_the_parent_does_nothing(queue, make_child):
    """A queue connects two children while the parent does nothing.

    The process that made the queue is no relay.
    """
    producer, consumer = make_child(queue), make_child(queue)

    producer.put("a")

    assert consumer.get() == "a"


@rule("deliver.after-producer-exit", source=DOCS / "pipes-and-queues", kinds=PIPE_KINDS)
def test_items_outlive_the_process_that_put_them(queue, child):
    """Items outlive the process that put them.

    A process ends when its items are in the pipe, and the pipe does not end with it.
    """
    child.plays(roles.put_all, list(range(50)))
    child.process.leaves()

    assert queue.plays(roles.get_many, 50) == list(range(50))


@rule("deliver.eventually-visible", source=DOCS / "pipes-and-queues")
def test_an_item_that_was_put_can_be_seen_and_taken_without_waiting_after_a_while(queue, child):
    """An item that was put can be seen and taken without waiting after a while.

    It may take a moment between put() and the moment when empty() and get_nowait() know of it, but no more.
    """
    queue.put("a")

    assert child.plays(couriers.poll) == "a"


@rule("deliver.sender-met-anywhere", source=DOCS / "pipes-and-queues")
def test_an_item_is_sent_wherever_in_its_work_the_sending_thread_is_met(queue):
    """An item is sent wherever in its work the sending thread is met.

    Before it goes to sleep the sender looks once more, so that nothing is left behind until the next put.
    """
    assert queue.plays(roles.put_and_get_with_a_slow_thread, list(range(12))) == list(range(12))


@rule("deliver.from-busy-process", source=(DOCS / "Queue", DOCS / "pipes-and-queues"))
def test_an_item_is_sent_although_its_producer_is_busy_with_something_else(queue, make_child, make_object, context):
    """An item is sent although its producer is busy with something else.

    The sending is done by a thread, and needs no help from the program.
    """
    over = make_object(roles.event, context)
    child, its_over = make_child(queue, over)
    working = child.begins(roles.put_and_be_busy, "item", its_over)

    assert queue.get() == "item"

    over.set()
    working.returns()


@rule("deliver.slow-pickling", source=(DOCS / "pipes-and-queues", CHANGELOG / "bpo-17025"), kinds=PIPE_KINDS)
def test_an_item_that_takes_long_to_pickle_holds_no_other_producer_up(queue, make_child, make_object, context):
    """An item that takes long to pickle holds no other producer up.

    The way is taken when there is something to send: an item put into an empty queue is there after a moment.
    """
    begun, opening = (make_object(roles.event, context) for _ in range(2))
    slow, its_begun, its_opening = make_child(queue, begun, opening)
    fast = make_child(queue)
    putting = slow.calls.put(made(endings.held_back, its_opening, "slow", its_begun))
    begun.wait()

    fast.begins(roles.put_all, ["fast"]).returns()

    assert queue.get() == "fast"
    opening.set()
    putting.returns()
    assert queue.get() == "slow"


@rule("deliver.slow-unpickling", source=(DOCS / "Queue.get", CHANGELOG / "bpo-17025"), kinds=PIPE_KINDS)
def test_an_item_that_takes_long_to_unpickle_holds_no_other_consumer_up(queue, make_child, make_object, context):
    """An item that takes long to unpickle holds no other consumer up.

    What one consumer makes of its item is its own affair; the next item is there for the next one.
    """
    _pass_a_slow_consumer_by(queue, make_child, make_object, context)


@rule("deliver.slow-unpickling-timed", source=(DOCS / "Queue.get", CHANGELOG / "bpo-17025"))
def test_an_item_that_takes_long_to_unpickle_in_a_timed_get_holds_no_other_consumer_up(
    queue, make_child, make_object, context
):
    """An item that takes long to unpickle in a timed get() holds no other consumer up.

    The time-out is for the item's arrival; once it is there, others have their turn.
    """
    _pass_a_slow_consumer_by(queue, make_child, make_object, context, timeout=1000)


def _pass_a_slow_consumer_by(queue, make_child, make_object, context, **decision):
    """One consumer takes long over its item, got in this way; another one gets the next item meanwhile."""
    begun, opening = (make_object(roles.event, context) for _ in range(2))
    slow, its_begun, its_opening = make_child(queue, begun, opening)
    fast = make_child(queue)
    getting = slow.begins(endings.get_slowly, its_begun, its_opening, **decision)
    queue.put(made(endings.SlowToArrive, "slow"))
    begun.wait()

    queue.put("fast")

    assert fast.get() == "fast"
    opening.set()
    assert getting.returns() == "slow"


@rule("deliver.results-aggregation", source=DOCS / "examples", kinds=EVERY_KIND)
def test_several_workers_return_their_results_through_one_queue(queue, make_child):
    """Several workers return their results through one queue.

    The usual way to gather results: as many gets as there are workers, in whatever order.
    """
    for name in ("a", "b", "c"):
        make_child(queue).put(name)

    assert queue.plays(couriers.get_sorted, 3) == ["a", "b", "c"]


@rule("deliver.exclusive-token", source=ARTICLE)
def test_an_item_that_one_process_holds_is_held_by_no_other(queue, make_child, make_object, context):
    """An item that one process holds is held by no other.

    A queue of one item is a lock: whoever has taken the item is alone until it is put back.
    """
    lock = make_object(couriers.lock, context)
    children = [make_child(queue, lock) for _ in range(3)]

    passing = [child.begins(couriers.pass_token, its_lock, loops=50) for child, its_lock in children]
    queue.put("token")

    assert [call.returns() for call in passing] == [0, 0, 0]
    assert queue.get() == "token"


@rule(
    "deliver.no-loss",
    source=(SAFE, DOCS / "pipes-and-queues"),
    kinds=EVERY_KIND,
    proves=("deliver.no-duplicates", "deliver.process-safe-integrity"),
)
def test_a_crowd_of_producers_and_consumers_passes_every_item_on_once(queue, make_child, crowd):
    """A crowd of producers and consumers passes every item on once.

    Nothing is lost, nothing comes twice, nothing is damaged or out of thin air, however many are at work.
    """
    producers, consumers = ([make_child(queue) for _ in range(crowd.size)] for _ in range(2))
    getting = [consumer.begins(couriers.get_numbered) for consumer in consumers]
    putting = [
        producer.begins(couriers.put_numbered, name, crowd.items, size=5_000) for name, producer in enumerate(producers)
    ]
    for call, producer in zip(putting, producers):
        call.returns()
        producer.process.leaves()

    queue.plays(roles.put_all, [None] * crowd.size)

    got = [call.returns() for call in getting]
    histories.all_arrived(crowd.put, *got)
    histories.all_in_order(*got)


@rule("deliver.bounded-crowd", source=(SAFE, DOCS / "Queue.put"))
def test_a_crowd_passes_every_item_on_through_a_queue_of_two_places(make_queue, make_child, crowd):
    """A crowd passes every item on through a queue of two places.

    Producers and consumers wait for each other all the time, and every one of them is woken.
    """
    queue = make_queue(maxsize=2)
    producers, consumers = ([make_child(queue) for _ in range(crowd.size)] for _ in range(2))
    waits = [{}, {"timeout": 1000}]
    getting = [consumer.begins(couriers.get_numbered, **waits[n % 2]) for n, consumer in enumerate(consumers)]
    putting = [producer.begins(couriers.put_numbered, name, crowd.items) for name, producer in enumerate(producers)]
    for call, producer in zip(putting, producers):
        call.returns()
        producer.process.leaves()

    queue.plays(roles.put_all, [None] * crowd.size)

    got = [call.returns() for call in getting]
    histories.all_arrived(crowd.put, *got)
    histories.all_in_order(*got)


@rule("deliver.thread-safe", source=SAFE, kinds=EVERY_KIND)
def test_threads_of_one_process_pass_every_item_on_once(queue, make_thread, crowd):
    """Threads of one process pass every item on once.

    The threads of a process need no lock of their own around a queue.
    """
    producers, consumers = ([make_thread(queue) for _ in range(crowd.size)] for _ in range(2))
    getting = [consumer.begins(couriers.get_numbered) for consumer in consumers]
    putting = [producer.begins(couriers.put_numbered, name, crowd.items) for name, producer in enumerate(producers)]
    for call in putting:
        call.returns()

    queue.plays(roles.put_all, [None] * crowd.size)

    histories.all_arrived(crowd.put, *[call.returns() for call in getting])


@rule("deliver.threads-and-processes", source=SAFE)
def test_threads_of_several_processes_pass_every_item_on_once(queue, make_child, make_thread, crowd):
    """Threads of several processes pass every item on once.

    Locks between processes and locks between threads do their work together.
    """
    children = [make_child(queue) for _ in range(2)]
    consumers = [make_thread(queue) for _ in range(2)]
    getting = [consumer.begins(couriers.get_numbered) for consumer in consumers]
    putting = [
        child.begins(couriers.put_numbered_from_threads, names, crowd.items)
        for child, names in zip(children, crowd.divided_by(2))
    ]
    for call, child in zip(putting, children):
        call.returns()
        child.process.leaves()

    queue.plays(roles.put_all, [None] * 2)

    histories.all_arrived(crowd.put, *[call.returns() for call in getting])
