"""What actors make besides queues."""


def event(context):
    """An event of the context."""
    return context.Event()


def lock(context):
    """A lock of the context."""
    return context.Lock()


def semaphore(context, value):
    """A semaphore of the context."""
    return context.Semaphore(value)


def count_released(semaphore):
    """The number of times that the semaphore can be acquired without waiting."""
    count = 0
    while semaphore.acquire(False):
        count += 1
    return count
