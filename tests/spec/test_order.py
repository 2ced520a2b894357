"""Order.

Items of one process are received in the order in which it put them, whichever process gets them. Between processes
there is no order: each sends its items by itself, and an item that was put later may arrive earlier.
"""

import itertools

from roles import making, moving

from queuespec import ARTICLE, DOCS, Empty, histories, raises, rule

ALL_KINDS = ("Queue", "JoinableQueue", "SimpleQueue", "Manager.Queue", "Manager.JoinableQueue")
PROCESS_QUEUES = ("Queue", "JoinableQueue", "SimpleQueue")


@rule(
    "order.fifo-in-process",
    source=(ARTICLE / "Basic Usage", DOCS / "pipes-and-queues", DOCS / "Queue.get"),
    kinds=ALL_KINDS,
    proves=("get.removes-and-returns", "deliver.single-process-use"),
)
def test_fifo_in_one_process(queue):
    """A process gets back its own items in the order in which it put them, each of them once.

    First in, first out: get() removes the item that it returns, and no second process is needed.
    """
    queue.put("a")
    queue.put("b")

    assert queue.get() == "a"
    assert queue.get() == "b"


@rule(
    "order.fifo-single-producer",
    source=(ARTICLE / "Overview", DOCS / "pipes-and-queues"),
    kinds=ALL_KINDS,
)
def test_fifo_from_one_producer(queue, child):
    """Items of one producer are received in the order in which it put them.

    A consumer can rely on what came before: the start of a job before its end, a header before its data.
    """
    putting = child.begins(moving.put_all, list(range(200)))

    got = queue.plays(moving.get_many, 200)

    histories.all_arrived(range(200), got)
    histories.all_in_order(got)
    putting.returns()


@rule("order.per-producer", source=DOCS / "pipes-and-queues", kinds=PROCESS_QUEUES, proves=("simple.fifo",))
def test_each_producer_keeps_its_order(queue, make_child):
    """When there are several producers, the items of each one keep their order.

    Items of others may come in between, but no producer's items overtake each other.
    """
    put = [[(producer, number) for number in range(50)] for producer in (1, 2, 3)]
    children = [make_child(queue) for _ in put]
    putting = [child.begins(moving.put_all, numbers) for child, numbers in zip(children, put)]

    got = queue.plays(moving.get_many, 150)

    histories.all_arrived(itertools.chain(*put), got)
    histories.all_in_order(got)
    for call in putting:
        call.returns()


@rule("order.each-consumer-sees-subsequence", source=DOCS / "pipes-and-queues", kinds=PROCESS_QUEUES)
def test_each_consumer_gets_its_share_in_order(queue, make_child):
    """Each of several consumers gets its share of every producer's items in order.

    Consumers share the items, and what one of them gets later from a producer was put later.
    """
    put = [[(producer, number) for number in range(50)] for producer in (1, 2)]
    producers, consumers = [make_child(queue) for _ in put], [make_child(queue) for _ in range(2)]
    getting = [consumer.begins(moving.get_until, "last") for consumer in consumers]
    putting = [producer.begins(moving.put_all, numbers) for producer, numbers in zip(producers, put)]
    for call in putting:
        call.returns()
    assert [producer.process.leaves() for producer in producers] == [0, 0]

    queue.plays(moving.put_all, ["last", "last"])

    got = [call.returns() for call in getting]
    histories.all_arrived(itertools.chain(*put), *got)
    histories.all_in_order(*got)


@rule("order.mixed-sizes", source=DOCS / "pipes-and-queues", kinds=PROCESS_QUEUES)
def test_small_item_does_not_overtake_large_one(queue, child):
    """A small item does not overtake a large one of the same producer.

    How long an item takes to send makes no difference to its turn.
    """
    putting = child.begins(moving.put_mixed_sizes, count=20)

    got = queue.plays(moving.get_numbers, 20)

    histories.all_arrived(range(20), got)
    histories.all_in_order(got)
    putting.returns()


@rule("order.threads-of-one-process", source=DOCS / "pipes-and-queues")
def test_threads_of_one_process_keep_order(queue, child, make_thread, under_way, gate):
    """Items put by different threads of one process keep the order of the put() calls.

    The threads are one producer: what one put before another began to put is received first.
    """
    under_way(queue, "earlier")
    make_thread(queue).calls.put("later")
    getting = child.calls.get()
    getting.stays_blocked()

    gate.opens()

    assert getting.returns() == "earlier"
    assert child.get() == "later"


@rule("order.cross-producer-free", source=DOCS / "pipes-and-queues", level="hazard")
def test_items_of_another_process_may_be_overtaken(queue, child, under_way, gate):
    """An item may overtake an item that another process put earlier.

    A program that needs an order among its producers must enforce it by other means.
    """
    under_way(queue, "earlier").returns()
    child.put("later")

    assert queue.get() == "later"

    gate.opens()
    assert queue.get() == "earlier"


@rule("order.none-between-queues", source=DOCS / "pipes-and-queues", level="hazard")
def test_no_order_between_queues(make_queue, kind, under_way, gate):
    """An item in one queue says nothing about the contents of another queue.

    A message in a second queue does not mean that an item put into the first one has arrived.
    """
    data, news = make_queue(), make_queue()
    under_way(data, "item").returns()
    news.put("there is an item")

    assert news.get() == "there is an item"
    with raises(Empty):
        data.get_nowait()

    gate.opens()
    assert data.get() == "item"


@rule("order.signal-after-put-proves-nothing", source=DOCS / "pipes-and-queues", level="hazard")
def test_event_may_arrive_before_the_item(queue, make_child, make_object, context, under_way, gate):
    """An event that is set after a put() may be seen before the item arrives.

    A consumer that learns of an item this way still has to wait for it; looking once is not enough.
    """
    event = make_object(making.event, context)
    child, told = make_child(queue, event)
    under_way(queue, "item").returns()
    event.set()

    assert told.wait() is True
    with raises(Empty):
        child.get_nowait()

    gate.opens()
    assert child.get() == "item"
