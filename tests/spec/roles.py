"""What actors do that no single call can say. A role runs in the actor, with the queue as its first argument."""

import gc
import os
import pickle


def put_all(queue, items):
    """Puts these items, one after the other."""
    for item in items:
        queue.put(item)


def get_many(queue, count):
    """Gets that many items; the list of them."""
    return [queue.get() for _ in range(count)]


def increment(queue, loops):
    """Takes the value out of the queue, adds one and puts it back, that many times: the founding article's worker."""
    for _ in range(loops):
        value = queue.get()
        value += 1
        queue.put(value)


def event(context):
    """An event of this context."""
    return context.Event()


LONG = 100_000
"""Characters of a long item: more than a pipe takes at once."""


def put_long(queue, items):
    """Puts these pairs, each with so much text that it is longer than a pipe."""
    for producer, number in items:
        queue.put((producer, number, "." * LONG))


def get_long(queue, count):
    """The pairs of that many long items; of one that is not whole, what there is of it."""
    items = [queue.get() for _ in range(count)]
    return [item[:2] if item[2:] == ("." * LONG,) else f"part of {item!r:.50}" for item in items]


def put_and_vanish(queue, item):
    """Puts an item and ends the process at once, with nothing flushed, closed or joined."""
    queue.put(item)
    os._exit(0)


def length_of_pickle(queue):
    """How many bytes the queue itself is when pickled."""
    return len(pickle.dumps(queue))


def queue_of(manager):
    """A queue of this manager."""
    return manager.Queue()


def put_at_the_end(queue, item):
    """Puts; a conversation that the other side has ended counts as the connection error it is."""
    try:
        queue.put(item)
    except EOFError as error:
        raise ConnectionError("the other side has ended the conversation") from error


def put_by_a_proxy_that_was_away(manager):
    """Sends a proxy off without keeping one, and puts by what comes back."""
    sent = pickle.dumps(manager.Queue())
    gc.collect()
    pickle.loads(sent).put("a")


def put_into_what_arrives(carrier, item):
    """Gets a queue from this one, and puts into it."""
    carrier.get().put(item)


def put_from_a_spawned_process(queue, context, item):
    """Puts from a process that was spawned; its exit code."""
    process = context.get_context("spawn").Process(target=put_all, args=(queue, [item]))
    process.start()
    process.join()
    return process.exitcode


def equals(queue, other):
    return bool(queue == other)


def text(queue):
    return str(queue)


def representation(queue):
    return repr(queue)
