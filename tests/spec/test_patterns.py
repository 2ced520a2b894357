"""Patterns.

Whole programs in small: what people build from a queue. A value that circulates and is so protected without a lock;
producers, consumers and the end mark between them; pools of workers that take jobs and give results.
"""

import re

import pytest
import roles

from queuespec import ARTICLE, DOCS, THREAD_QUEUE, Empty, histories, raises, rule, untested

JOBS = ["job 0", "job 1", "job 2", "job 3", "job 4"]


@rule("pattern.hello", source=(DOCS / "exchanging-objects-between-processes", DOCS / "contexts-and-start-methods"))
def test_a_child_sends_its_parent_a_list(queue, child):
    """A child sends its parent a list.

    The first program that everybody writes.
    """
    child.put([42, None, "hello"])

    assert queue.get() == [42, None, "hello"]
    assert child.process.leaves() == 0


@rule("pattern.token-ring", source=(ARTICLE / "Full Code Example", DOCS / "pipes-and-queues"), kinds=("Queue",))
@pytest.mark.parametrize(("processes", "loops"), [(2, 50), (1, 100), (3, 20), (5, 4)])
def test_one_value_that_circulates_counts_every_increment(queue, make_child, processes, loops):
    """One value that circulates counts every increment.

    Only the process that has the value can change it, so that no lock is needed and no increment is lost.
    """
    children = [make_child(queue) for _ in range(processes)]
    queue.put(0)

    counting = [child.begins(roles.increment, loops=loops) for child in children]
    assert [call.returns() for call in counting] == [None] * processes
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
@pytest.mark.parametrize(("processes", "loops"), [(2, 50), (3, 10)])
def test_a_program_that_counts_with_a_circulating_value_prints_the_sum(program, processes, loops):
    """A program that counts with a circulating value prints the sum.

    Started as its user starts it: the value is put before the processes start, and got after all have ended.
    """
    counter = program("counter", processes, loops)

    counter.prints(f"the counter is {processes * loops}")
    assert counter.ends() == 0
    finished = re.findall(r"process (\d+) has finished", counter.output)
    assert len(finished) == len(set(finished)) == processes


@rule("pattern.producer-consumer", source=ARTICLE / "Advanced Application", kinds=("Queue",))
def test_a_consumer_gets_all_jobs_of_a_producer_and_stops_at_None(queue, make_child):
    """A consumer gets all jobs of a producer and stops at `None`.

    The two know nothing of each other but the queue, and both end by themselves.
    """
    producer, consumer = make_child(queue), make_child(queue)
    consuming = consumer.begins(roles.get_until_none)

    producer.plays(roles.put_all, [*JOBS, None])

    assert consuming.returns() == JOBS
    assert [producer.process.leaves(), consumer.process.leaves()] == [0, 0]


@rule("pattern.producer-consumer-program", source=ARTICLE / "Advanced Application", kinds=("Queue",))
def test_a_program_of_a_producer_and_a_consumer_prints_every_job_in_order(program):
    """A program of a producer and a consumer prints every job in order.

    Started as its user starts it: the jobs are worked off in their order, and the program ends.
    """
    jobs = program("producer_consumer")

    jobs.prints("all done")
    assert jobs.ends() == 0
    done = [int(number) for number in re.findall(r"working on job (\d)", jobs.output)]
    histories.all_arrived(range(5), done)
    histories.all_in_order(done)


@rule("pattern.sentinel-ends-consumer", source=ARTICLE / "Advanced Application", kinds=("Queue",))
def test_a_consumer_that_stops_at_None_has_got_everything_before_it(queue, child):
    """A consumer that stops at `None` has got everything before it.

    The end mark is an item in its turn: it overtakes nothing.
    """
    consuming = child.begins(roles.get_until_none)

    queue.plays(roles.put_all, [*range(100), None])

    got = consuming.returns()
    histories.all_arrived(range(100), got)
    histories.all_in_order(got)


@rule("pattern.iter-sentinel", source=DOCS / "examples", kinds=("Queue",))
def test_iter_over_get_ends_at_an_equal_end_mark(queue, child):
    """iter() over get() ends at an equal end mark.

    What arrives is a copy of the mark: it is equal to it, and need not be the same object.
    """
    consuming = child.begins(roles.get_until_stop)

    queue.plays(roles.put_all, ["one", "two", "STOP"])

    assert consuming.returns() == ["one", "two"]


@rule("pattern.one-sentinel-per-consumer", source=DOCS / "examples", kinds=("Queue",))
def test_one_end_mark_ends_one_consumer(queue, make_child):
    """One end mark ends one consumer.

    The consumer that has taken the mark has taken it from all others, who go on until there is one for them.
    """
    consuming = [make_child(queue).begins(roles.get_until_none) for _ in range(2)]

    queue.plays(roles.put_all, [None, "job", None])

    assert sorted(call.returns() for call in consuming) == [[], ["job"]]


@rule("pattern.sentinel-after-all-producers", source=DOCS / "pipes-and-queues", level="hazard", kinds=("Queue",))
def test_an_end_mark_of_another_process_may_cut_off_what_was_put_before_it(queue, make_child, make_gate):
    """An end mark of another process may cut off what was put before it.

    Only who has joined all producers can put an end mark behind their items.
    """
    producer, consumer = make_child(queue), make_child(queue)
    gate = make_gate(producer.process)
    consuming = consumer.begins(roles.get_until_none)
    producer.put(gate.item("cut off"))

    queue.put(None)

    assert consuming.returns() == []
    gate.opens()
    assert queue.get() == "cut off"


@rule("pattern.worker-pool", source=DOCS / "examples", kinds=("Queue",))
def test_a_pool_of_workers_does_every_task_once(make_queue, kind, make_child):
    """A pool of workers does every task once.

    Tasks may be added before and after the workers have started, and one end mark each sends them home.
    """
    tasks, results = make_queue(), make_queue()
    workers = [make_child(tasks, results)[0] for _ in range(4)]
    tasks.plays(roles.put_all, list(range(20)))
    working = [worker.begins(roles.square, results) for worker in workers]
    tasks.plays(roles.put_all, list(range(20, 30)))

    done = results.plays(roles.get_many, 30)
    tasks.plays(roles.put_all, ["STOP"] * 4)

    histories.all_arrived([number * number for number in range(30)], done)
    assert [call.returns() for call in working] == [None] * 4
    assert [worker.process.leaves() for worker in workers] == [0] * 4


@rule(
    "pattern.joinable-workers",
    source=(ARTICLE / "Customization Points", THREAD_QUEUE / "Queue.join"),
    kinds=("JoinableQueue",),
)
def test_join_waits_until_the_workers_have_done_every_task(
    queue, make_child, make_thread, make_object, context, under_way, gate
):
    """join() waits until the workers have done every task.

    The main program need not count results: when `join()` returns, there is nothing left to do.
    """
    done = make_object(roles.semaphore, context, 0)
    workers = [make_child(queue, done) for _ in range(2)]
    working = [worker.begins(roles.work_off, counter) for worker, counter in workers]
    queue.plays(roles.put_all, list(range(19)))
    under_way(queue, "last")
    joining = make_thread(queue).calls.join()
    joining.stays_blocked()

    gate.opens()
    joining.returns()

    assert done.plays(roles.count_released) == 20
    queue.plays(roles.put_all, [None, None])
    assert [call.returns() for call in working] == [None, None]


UNTESTED = [
    untested(
        "pattern.queue-over-shared-memory",
        "A queue is the first choice for passing data between processes, before shared values and arrays.",
        source=(ARTICLE / "Conclusion", DOCS / "all-start-methods"),
        reason="this is advice to the people who write programs, and no behaviour",
    ),
]
