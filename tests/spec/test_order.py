"""Order.

What one process puts comes out in the order in which it was put, whoever gets it. Between processes there is no order:
each brings its items on their way by itself, and what was put later may be there earlier.
"""

import itertools

import roles

from queuespec import ARTICLE, DOCS, Empty, histories, raises, rule

ALL_KINDS = ("Queue", "JoinableQueue", "SimpleQueue", "Manager.Queue", "Manager.JoinableQueue")
PROCESS_QUEUES = ("Queue", "JoinableQueue", "SimpleQueue")


@rule("order.fifo-in-process", source=(ARTICLE / "Basic Usage", DOCS / "pipes-and-queues"))
def test_what_was_put_first_is_got_first(queue):
    """What was put first is got first.

    First in, first out: also for a process that talks to itself.
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
def test_items_of_one_producer_are_got_in_the_order_it_put_them(queue, child):
    """Items of one producer are got in the order it put them.

    A consumer can rely on what came before: a beginning before its end, a file before its closing.
    """
    putting = child.begins(roles.put_all, list(range(200)))

    got = queue.plays(roles.get_many, 200)

    histories.all_arrived(range(200), got)
    histories.all_in_order(got)
    putting.returns()


@rule("order.per-producer", source=DOCS / "pipes-and-queues", kinds=PROCESS_QUEUES)
def test_items_of_each_of_several_producers_keep_their_order(queue, make_child):
    """Items of each of several producers keep their order.

    Other producers may come in between, but nobody's items overtake each other.
    """
    put = [[(producer, number) for number in range(50)] for producer in (1, 2, 3)]
    children = [make_child(queue) for _ in put]
    putting = [child.begins(roles.put_all, numbers) for child, numbers in zip(children, put)]

    got = queue.plays(roles.get_many, 150)

    histories.all_arrived(itertools.chain(*put), got)
    histories.all_in_order(got)
    assert [call.returns() for call in putting] == [None, None, None]


@rule("order.each-consumer-sees-subsequence", source=DOCS / "pipes-and-queues", kinds=PROCESS_QUEUES)
def test_each_of_several_consumers_gets_its_part_of_the_items_in_order(queue, make_child):
    """Each of several consumers gets its part of the items in order.

    Consumers share the items, and what one of them gets later was put later.
    """
    put = [[(producer, number) for number in range(50)] for producer in (1, 2)]
    producers, consumers = [make_child(queue) for _ in put], [make_child(queue) for _ in range(2)]
    getting = [consumer.begins(roles.get_until_none) for consumer in consumers]
    putting = [producer.begins(roles.put_all, numbers) for producer, numbers in zip(producers, put)]
    assert [call.returns() for call in putting] == [None, None]
    assert [producer.process.leaves() for producer in producers] == [0, 0]

    queue.plays(roles.put_all, [None, None])

    got = [call.returns() for call in getting]
    histories.all_arrived(itertools.chain(*put), *got)
    histories.all_in_order(*got)


@rule("order.mixed-sizes", source=DOCS / "pipes-and-queues", kinds=PROCESS_QUEUES)
def test_a_small_item_does_not_overtake_a_large_one(queue, child):
    """A small item does not overtake a large one.

    How long an item takes to be brought on its way makes no difference to its turn.
    """
    putting = child.begins(roles.put_mixed_sizes, count=20)

    got = queue.plays(roles.get_numbers, 20)

    histories.all_arrived(range(20), got)
    histories.all_in_order(got)
    putting.returns()


@rule("order.threads-of-one-process", source=DOCS / "pipes-and-queues")
def test_threads_of_one_process_keep_the_order_of_their_puts(queue, child, make_thread, under_way, gate):
    """Threads of one process keep the order of their puts.

    They are one producer: what was put before another thread began to put is got before.
    """
    under_way(queue, "earlier")
    make_thread(queue).calls.put("later")
    getting = child.calls.get()
    getting.stays_blocked()

    gate.opens()

    assert getting.returns() == "earlier"
    assert child.get() == "later"


@rule("order.cross-producer-free", source=DOCS / "pipes-and-queues", level="hazard")
def test_an_item_may_overtake_one_that_another_process_put_before(queue, make_child, make_gate):
    """An item may overtake one that another process put before.

    Who needs an order between producers must make it by other means.
    """
    slow, fast = make_child(queue), make_child(queue)
    gate = make_gate(slow.process)
    slow.put(gate.item("earlier"))
    fast.put("later")

    assert queue.get() == "later"

    gate.opens()
    assert queue.get() == "earlier"


@rule("order.none-between-queues", source=DOCS / "pipes-and-queues", level="hazard")
def test_an_item_in_one_queue_says_nothing_about_another_queue(make_queue, kind, gate):
    """An item in one queue says nothing about another queue.

    A message in a second queue is no sign that the first one has been filled.
    """
    data, news = make_queue(), make_queue()
    data.put(gate.item("item"))
    news.put("there is an item")

    assert news.get() == "there is an item"
    with raises(Empty):
        data.get_nowait()

    gate.opens()
    assert data.get() == "item"


@rule("order.signal-after-put-proves-nothing", source=DOCS / "pipes-and-queues", level="hazard")
def test_a_signal_that_follows_a_put_may_come_before_the_item(queue, make_child, make_object, context, gate):
    """A signal that follows a put() may come before the item.

    Who was told that there is an item still has to wait for it, and not to look only once.
    """
    event = make_object(roles.event, context)
    child, told = make_child(queue, event)
    queue.put(gate.item("item"))
    event.set()

    assert told.wait() is True
    with raises(Empty):
        child.get_nowait()

    gate.opens()
    assert child.get() == "item"
