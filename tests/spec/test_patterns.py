"""Patterns.

Small versions of the programs that people build on queues: a value that circulates and therefore needs no lock;
producers, consumers, and the sentinel between them; pools of workers that take tasks and return results.
"""

import re

from roles import making, moving

from queuespec import ARTICLE, DOCS, THREAD_QUEUE, Empty, each, histories, raises, rule, untested

JOBS = ["job 0", "job 1", "job 2", "job 3", "job 4"]


@rule("pattern.hello", source=(DOCS / "exchanging-objects-between-processes", DOCS / "contexts-and-start-methods"))
def test_child_sends_list(queue, child):
    """A child can send its parent a list.

    This is the first program that everybody writes.
    """
    child.put([42, None, "hello"])

    assert queue.get() == [42, None, "hello"]
    assert child.process.leaves() == 0


@rule("pattern.token-ring", source=(ARTICLE / "Full Code Example", DOCS / "pipes-and-queues"), kinds=("Queue",))
@each(("processes", "loops"), [(2, 50), (1, 100), (3, 20), (5, 4)])
def test_circulating_value_counts_all_increments(queue, make_child, processes, loops):
    """A single value that circulates through a queue counts every increment.

    Only the process that holds the value can change it, so no lock is needed and no increment is lost.
    """
    children = [make_child(queue) for _ in range(processes)]
    queue.put(0)

    counting = [child.begins(moving.increment, loops=loops) for child in children]
    for call in counting:
        call.returns()
    assert [child.process.leaves() for child in children] == [0] * processes

    assert queue.get_nowait() == processes * loops
    with raises(Empty):
        queue.get_nowait()


@rule(
    "pattern.token-ring-output",
    source=(ARTICLE / "Full Code Example", ARTICLE / "Example Output"),
    level="promise",
    kinds=("Queue",),
)
@each(("processes", "loops"), [(2, 50), (3, 10)])
def test_counter_program_prints_total(program, processes, loops):
    """A program whose processes take turns incrementing a value in a queue prints the total.

    It runs as a user would run it: the value is put before the processes start and read after they have ended.
    """
    counter = program("counter", processes, loops)

    counter.prints(f"the counter is {processes * loops}")
    assert counter.ends() == 0
    finished = re.findall(r"process (\d+) has finished", counter.output)
    assert len(finished) == len(set(finished)) == processes


@rule("pattern.producer-consumer", source=ARTICLE / "Advanced Application", kinds=("Queue",))
def test_consumer_stops_at_none(queue, make_child):
    """A consumer gets all jobs of a producer and stops at `None`.

    The two have nothing in common but the queue, and each of them ends on its own.
    """
    producer, consumer = make_child(queue), make_child(queue)
    consuming = consumer.begins(moving.get_until, None)

    producer.plays(moving.put_all, [*JOBS, None])

    assert consuming.returns() == JOBS
    assert [producer.process.leaves(), consumer.process.leaves()] == [0, 0]


@rule("pattern.producer-consumer-program", source=ARTICLE / "Advanced Application", kinds=("Queue",))
def test_producer_consumer_program(program):
    """A program with a producer and a consumer prints every job in order.

    It runs as a user would run it: the jobs are processed in order, and the program exits.
    """
    jobs = program("producer_consumer")

    jobs.prints("all done")
    assert jobs.ends() == 0
    done = [int(number) for number in re.findall(r"working on job (\d)", jobs.output)]
    histories.all_arrived(range(5), done)
    histories.all_in_order(done)


@rule("pattern.sentinel-ends-consumer", source=ARTICLE / "Advanced Application", kinds=("Queue",))
def test_sentinel_arrives_last(queue, child):
    """A sentinel arrives after all items that its producer put before it.

    A consumer that stops at the sentinel has received everything.
    """
    consuming = child.begins(moving.get_until, None)

    queue.plays(moving.put_all, [*range(100), None])

    got = consuming.returns()
    histories.all_arrived(range(100), got)
    histories.all_in_order(got)


@rule("pattern.iter-sentinel", source=DOCS / "examples", kinds=("Queue",))
def test_iter_stops_at_equal_sentinel(queue, child):
    """`iter(queue.get, sentinel)` stops at an item that is equal to the sentinel.

    What arrives is a copy of the sentinel, so it need not be the same object.
    """
    consuming = child.begins(moving.get_until_stop)

    queue.plays(moving.put_all, ["one", "two", "STOP"])

    assert consuming.returns() == ["one", "two"]


@rule("pattern.one-sentinel-per-consumer", source=DOCS / "examples", kinds=("Queue",))
def test_one_sentinel_per_consumer(queue, make_child):
    """One sentinel stops one consumer.

    The others do not see it and continue, so a program must put one sentinel for each consumer.
    """
    consuming = [make_child(queue).begins(moving.get_until, None) for _ in range(2)]

    queue.plays(moving.put_all, [None, "job", None])

    histories.all_arrived(["job"], [item for call in consuming for item in call.returns()])


@rule("pattern.sentinel-after-all-producers", source=DOCS / "pipes-and-queues", level="hazard", kinds=("Queue",))
def test_sentinel_overtakes_other_producer(queue, make_child, under_way, gate):
    """A sentinel from one process may overtake an item that another process put earlier.

    To be sure that the sentinel comes last, join all producers before putting it.
    """
    producer, consumer = make_child(queue), make_child(queue)
    consuming = consumer.begins(moving.get_until, None)
    under_way(queue, "cut off").returns()

    producer.put(None)

    assert consuming.returns() == []
    gate.opens()
    assert queue.get() == "cut off"


@rule("pattern.worker-pool", source=DOCS / "examples", kinds=("Queue",))
def test_worker_pool(make_queue, kind, make_child):
    """A pool of workers performs every task exactly once.

    Tasks can be added both before and after the workers start, and one sentinel per worker stops them.
    """
    tasks, results = make_queue(), make_queue()
    workers = [make_child(tasks, results)[0] for _ in range(4)]
    tasks.plays(moving.put_all, list(range(20)))
    working = [worker.begins(moving.square, results) for worker in workers]
    tasks.plays(moving.put_all, list(range(20, 30)))

    done = results.plays(moving.get_many, 30)
    tasks.plays(moving.put_all, ["STOP"] * 4)

    histories.all_arrived([number * number for number in range(30)], done)
    for call in working:
        call.returns()
    assert [worker.process.leaves() for worker in workers] == [0] * 4


@rule(
    "pattern.joinable-workers",
    source=(ARTICLE / "Customization Points", THREAD_QUEUE / "Queue.join"),
    kinds=("JoinableQueue",),
)
def test_join_waits_for_workers(queue, make_child, make_thread, make_object, context, under_way, gate):
    """join() waits until the workers have finished every task.

    The main program need not count results: when join() returns, nothing is left to do.
    """
    done = make_object(making.semaphore, context, 0)
    workers = [make_child(queue, done) for _ in range(2)]
    working = [worker.begins(moving.work_off, counter) for worker, counter in workers]
    queue.plays(moving.put_all, list(range(19)))
    under_way(queue, "last")
    joining = make_thread(queue).calls.join()
    joining.stays_blocked()

    gate.opens()
    joining.returns()

    assert done.plays(making.count_released) == 20
    queue.plays(moving.put_all, [None, None])
    for call in working:
        call.returns()


UNTESTED = [
    untested(
        "pattern.queue-over-shared-memory",
        "A queue is preferable to shared values and arrays for passing data between processes.",
        source=(ARTICLE / "Conclusion", DOCS / "all-start-methods"),
        reason="This is advice to programmers, not a behavior.",
    ),
]
