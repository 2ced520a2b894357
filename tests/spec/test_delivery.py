"""Delivery between processes.

However many producers and consumers there are, threads or processes, every item that was put is received by one
consumer, once, and as it was put. Where many of them act at the same time, each records what it did, and the records
are compared afterward; ``--crowd`` sets their number.
"""

from items import gates, pickling
from roles import crowding, looking, making, moving, recognizing, timing

from queuespec import ARTICLE, CHANGELOG, DOCS, ISSUE, PICKLE, histories, made, rule

EVERY_KIND = ("Queue", "JoinableQueue", "SimpleQueue", "Manager.Queue", "Manager.JoinableQueue")
PIPE_KINDS = ("Queue", "JoinableQueue", "SimpleQueue")

SAFE = DOCS / "exchanging-objects-between-processes"


@rule("deliver.parent-to-child", source=DOCS / "examples")
def test_parent_to_child(queue, make_child):
    """A child process gets items that were put before and after it started.

    Tasks may already be waiting when the workers start.
    """
    queue.put("before")
    child = make_child(queue)
    queue.put("after")

    assert child.plays(moving.get_many, 2) == ["before", "after"]


@rule(
    "deliver.child-to-child",
    source=(ARTICLE, DOCS / "pipes-and-queues"),
    kinds=EVERY_KIND,
    proves=("share.between-children",),
)
def test_child_to_child(queue, make_child):
    """Two child processes can pass items through a queue while their parent does nothing.

    The process that made the queue is not a relay.
    """
    producer, consumer = make_child(queue), make_child(queue)

    producer.put("a")

    assert consumer.get() == "a"


@rule(
    "deliver.buffers",
    source=(PICKLE / "out-of-band-buffers", DOCS / "pipes-and-queues", ISSUE / "89467"),
    kinds=PIPE_KINDS,
)
def test_buffers_arrive(queue, child):
    """An item that offers its data to pickle as buffers arrives with all of them, in their order.

    Large arrays do so, to be copied less often. A queue may send buffers separately, or together with the item.
    """
    child.put(made(pickling.Pages, b"first page", b"second page"))

    assert queue.plays(recognizing.get_state) == {"pages": [b"first page", b"second page"]}


@rule("deliver.after-producer-exit", source=DOCS / "pipes-and-queues", kinds=PIPE_KINDS)
def test_items_outlive_their_producer(queue, child):
    """Items outlive the process that put them.

    A producer may exit when its work is done: its items are in the pipe by then, and the pipe stays.
    """
    child.plays(moving.put_all, list(range(50)))
    child.process.leaves()

    assert queue.plays(moving.get_many, 50) == list(range(50))


@rule("deliver.eventually-visible", source=DOCS / "pipes-and-queues")
def test_item_becomes_visible(queue, child):
    """An item that was put eventually becomes visible to empty() and get_nowait() in another process.

    There may be a short delay, but a consumer that polls misses nothing.
    """
    queue.put("a")

    assert child.plays(looking.poll) == "a"


@rule("deliver.sender-met-anywhere", source=DOCS / "pipes-and-queues")
def test_item_is_sent_whatever_the_feeder_is_doing(queue):
    """An item is sent whatever its feeder thread is doing at the time of put().

    An item that is put just as the feeder thread goes to sleep does not stay behind until the next put().
    """
    got = queue.plays(timing.put_to_a_stopped_thread)

    assert got == list(range(len(got)))


@rule("deliver.from-busy-process", source=(DOCS / "Queue", DOCS / "pipes-and-queues"))
def test_item_of_a_busy_process_is_sent(queue, make_child, make_object, context):
    """An item is sent even while its producer is busy with other work.

    The feeder thread sends it and needs no help from the program.
    """
    over = make_object(making.event, context)
    child, its_over = make_child(queue, over)
    working = child.begins(timing.put_and_be_busy, "item", its_over)

    assert queue.get() == "item"

    over.set()
    working.returns()


@rule("deliver.slow-pickling", source=(DOCS / "pipes-and-queues", CHANGELOG / "bpo-17025"), kinds=PIPE_KINDS)
def test_slow_pickling_holds_up_nobody_else(queue, make_child, make_object, context):
    """An item that takes long to pickle does not hold up other producers.

    The pipe is locked only to write what has been pickled, so an item put into an empty queue soon arrives.
    """
    begun, opening = (make_object(making.event, context) for _ in range(2))
    slow, its_begun, its_opening = make_child(queue, begun, opening)
    fast = make_child(queue)
    putting = slow.calls.put(made(gates.held_back, its_opening, "slow", its_begun))
    begun.wait()

    fast.begins(moving.put_all, ["fast"]).returns()

    assert queue.get() == "fast"
    opening.set()
    putting.returns()
    assert queue.get() == "slow"


@rule("deliver.slow-unpickling", source=(DOCS / "Queue.get", CHANGELOG / "bpo-17025"), kinds=PIPE_KINDS)
def test_slow_unpickling_holds_up_nobody_else(queue, make_child, make_object, context):
    """An item that takes long to unpickle does not hold up other consumers.

    A consumer unpickles its item by itself; the next item is available to the next consumer.
    """
    _pass_a_slow_consumer_by(queue, make_child, make_object, context)


@rule("deliver.slow-unpickling-timed", source=(DOCS / "Queue.get", CHANGELOG / "bpo-17025"))
def test_slow_unpickling_in_a_timed_get(queue, make_child, make_object, context):
    """Unpickling an item in a get() with a timeout does not hold up other consumers.

    The timeout covers the arrival of the item; once it is there, others have their turn.
    """
    _pass_a_slow_consumer_by(queue, make_child, make_object, context, timeout=1000)


def _pass_a_slow_consumer_by(queue, make_child, make_object, context, **decision):
    """One consumer takes long to unpickle its item; meanwhile, another gets the next one."""
    begun, opening = (make_object(making.event, context) for _ in range(2))
    slow, its_begun, its_opening = make_child(queue, begun, opening)
    fast = make_child(queue)
    getting = slow.begins(recognizing.get_slowly, its_begun, its_opening, **decision)
    queue.put(made(gates.SlowToArrive, "slow"))
    begun.wait()

    queue.put("fast")

    assert fast.get() == "fast"
    opening.set()
    assert getting.returns() == "slow"


@rule("deliver.results-aggregation", source=DOCS / "examples", kinds=EVERY_KIND)
def test_workers_return_results_through_one_queue(queue, make_child):
    """Several workers can return their results through one queue.

    The usual way to collect results is one get() per worker; they come in any order.
    """
    for name in ("a", "b", "c"):
        make_child(queue).put(name)

    assert queue.plays(moving.get_sorted, 3) == ["a", "b", "c"]


@rule("deliver.exclusive-token", source=ARTICLE)
def test_token_is_held_by_one_process(queue, make_child, make_object, context):
    """An item that one process holds is held by no other.

    A queue with a single item works as a lock: the process that took the item is alone until it puts it back.
    """
    lock = make_object(making.lock, context)
    children = [make_child(queue, lock) for _ in range(3)]

    passing = [child.begins(crowding.pass_token, its_lock, loops=50) for child, its_lock in children]
    queue.put("token")

    for call in passing:
        call.returns_one_of(0)
    assert queue.get() == "token"


@rule(
    "deliver.no-loss",
    source=(SAFE, DOCS / "pipes-and-queues"),
    kinds=EVERY_KIND,
    proves=("deliver.no-duplicates", "deliver.process-safe-integrity"),
)
def test_crowd_of_processes(queue, make_child, crowd):
    """A crowd of producers and consumers passes on every item exactly once.

    No item is lost, duplicated, damaged or invented, however many processes are at work.
    """
    producers, consumers = ([make_child(queue) for _ in range(crowd.size)] for _ in range(2))
    getting = [consumer.begins(crowding.get_numbered) for consumer in consumers]
    putting = [
        producer.begins(crowding.put_numbered, name, crowd.items, size=5_000) for name, producer in enumerate(producers)
    ]
    for call, producer in zip(putting, producers):
        call.returns()
        producer.process.leaves()

    queue.plays(moving.put_all, [crowding.LAST] * crowd.size)

    got = [call.returns() for call in getting]
    histories.all_arrived(crowd.put, *got)
    histories.all_in_order(*got)


@rule("deliver.bounded-crowd", source=(SAFE, DOCS / "Queue.put"))
def test_crowd_with_little_room(make_queue, make_child, crowd):
    """A crowd of producers and consumers passes on every item exactly once through a queue with room for two.

    Producers and consumers wait for each other all the time, and each of them is woken.
    """
    queue = make_queue(maxsize=2)
    producers, consumers = ([make_child(queue) for _ in range(crowd.size)] for _ in range(2))
    waits = [{}, {"timeout": 1000}]
    getting = [consumer.begins(crowding.get_numbered, **waits[n % 2]) for n, consumer in enumerate(consumers)]
    putting = [producer.begins(crowding.put_numbered, name, crowd.items) for name, producer in enumerate(producers)]
    for call, producer in zip(putting, producers):
        call.returns()
        producer.process.leaves()

    queue.plays(moving.put_all, [crowding.LAST] * crowd.size)

    got = [call.returns() for call in getting]
    histories.all_arrived(crowd.put, *got)
    histories.all_in_order(*got)


@rule("deliver.thread-safe", source=SAFE, kinds=EVERY_KIND)
def test_crowd_of_threads(queue, make_thread, crowd):
    """Threads of one process pass on every item exactly once.

    A program needs no lock of its own around a queue that its threads share.
    """
    producers, consumers = ([make_thread(queue) for _ in range(crowd.size)] for _ in range(2))
    getting = [consumer.begins(crowding.get_numbered) for consumer in consumers]
    putting = [producer.begins(crowding.put_numbered, name, crowd.items) for name, producer in enumerate(producers)]
    for call in putting:
        call.returns()

    queue.plays(moving.put_all, [crowding.LAST] * crowd.size)

    histories.all_arrived(crowd.put, *[call.returns() for call in getting])


@rule("deliver.threads-and-processes", source=SAFE)
def test_crowd_of_threads_in_several_processes(queue, make_child, make_thread, crowd):
    """Threads of several processes pass on every item exactly once.

    A queue needs no protection, whether its users are threads, processes or both.
    """
    children = [make_child(queue) for _ in range(2)]
    consumers = [make_thread(queue) for _ in range(2)]
    getting = [consumer.begins(crowding.get_numbered) for consumer in consumers]
    putting = [
        child.begins(crowding.put_numbered_from_threads, names, crowd.items)
        for child, names in zip(children, crowd.divided_by(2))
    ]
    for call, child in zip(putting, children):
        call.returns()
        child.process.leaves()

    queue.plays(moving.put_all, [crowding.LAST] * 2)

    histories.all_arrived(crowd.put, *[call.returns() for call in getting])
