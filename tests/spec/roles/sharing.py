"""What actors do to share a queue: they start processes of their own, and try to send queues."""

import copy
import pickle

from items import patience

from roles import moving


def put_from_a_new_process(context, queue, items):
    """Starts a process that puts the items, joins it, and returns its exit code."""
    process = context.Process(target=moving.put_all, args=(queue, items))
    process.start()
    process.join()
    return process.exitcode


def put_from_a_new_process_by_keyword(context, queue, items):
    """Starts a process that gets the queue as a keyword argument and puts the items; returns its exit code."""
    process = context.Process(target=moving.put_all, kwargs={"queue": queue, "items": items})
    process.start()
    process.join()
    return process.exitcode


def put_from_a_spawned_process(queue, context, item):
    """Puts an item from a spawned process and returns its exit code."""
    process = context.get_context("spawn").Process(target=moving.put_all, args=(queue, [item]))
    process.start()
    process.join()
    return process.exitcode


def nested(queue):
    """A nested container, as a program may pass it, that holds the queue twice."""
    return {"queues": [queue, (queue,)]}


def held_once(nest):
    """Whether both places in a `nested` container hold the same queue object."""
    first, (second,) = nest["queues"]
    return first is second


def put_into_the_inner(nest, item):
    """Puts an item into the queue in the inner tuple of a `nested` container."""
    nest["queues"][1][0].put(item)


def put_from_a_pool_initializer(context, queue, item):
    """Runs a pool whose only worker puts the item from its initializer."""
    pool = context.Pool(1, initializer=moving.put_all, initargs=(queue, [item]))
    pool.close()
    pool.join()


def take_as_task(queue):
    """A pool task that gets the queue as its argument; returns whether the queue is empty."""
    return queue.empty()


def give_to_a_pool_task(context, queue):
    """Passes the queue to a pool task as an argument and returns the result of the task."""
    pool = context.Pool(1)
    try:
        return pool.apply_async(take_as_task, (queue,)).get(patience.HOLD_SECONDS)
    finally:
        pool.close()
        pool.join()


def pickled(queue):
    """Returns the queue as bytes, pickled by pickle.dumps()."""
    return pickle.dumps(queue)


def copied(queue):
    """Returns a shallow copy of the queue."""
    return copy.copy(queue)


def copied_deeply(queue):
    """Returns a deep copy of the queue."""
    return copy.deepcopy(queue)


def put_a_new_queue(queue, context, kind):
    """Makes a queue and puts it into another one."""
    queue.put(getattr(context, kind)())


def put_and_close(queue):
    """Uses the queue and closes it completely in this process."""
    queue.put("x")
    queue.close()
    if hasattr(queue, "join_thread"):
        queue.join_thread()
