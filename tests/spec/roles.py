"""What actors do that no single call can say. A role runs in the actor, with the queue as its first argument."""


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
