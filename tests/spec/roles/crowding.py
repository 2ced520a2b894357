"""What actors do where many meet: producers put numbered blocks, consumers record what they got."""

import contextlib
import functools
import threading

from items import blocks

LAST = "last"
"""The item that ends a crowd's work. It is not `None`: a queue that loses `None` may be right in everything else."""


def put_blocks(queue, sizes, tag=0):
    """Puts blocks of these sizes, with consecutive tags starting at `tag`."""
    for number, size in enumerate(sizes):
        queue.put(blocks.block(tag + number, size))


def get_blocks(queue, count):
    """Gets `count` blocks and returns the size of each or, for a damaged block, a description."""
    return [_size_in_words(queue.get()) for _ in range(count)]


def get_blocks_until(queue, last):
    """Gets blocks until `last` arrives and returns the size of each or, for a damaged block, a description."""
    return [_size_in_words(item) for item in iter(queue.get, last)]


def _size_in_words(item):
    return item[1] if blocks.intact(item) else blocks.damage(item)


def put_numbered(queue, producer, count, size=0):
    """Puts the numbers from 0 to `count` - 1 as this producer, with blocks of fewer than `size` bytes."""
    for number in range(count):
        queue.put((producer, number, blocks.block(number, number * 37 % size if size else 0)))


def put_numbered_from_threads(queue, producers, count):
    """Puts numbers as several producers, each in a thread of this process."""
    threads = [threading.Thread(target=put_numbered, args=(queue, producer, count)) for producer in producers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def get_numbered(queue, **decision):
    """Gets items until `LAST` arrives and returns (producer, number) for each or, if it is damaged, a description."""
    return [_numbered(item) for item in iter(functools.partial(queue.get, **decision), LAST)]


def _numbered(item):
    block = item[-1] if isinstance(item, tuple) else item
    return item[:2] if blocks.intact(block) else blocks.damage(block)


def pass_token(queue, lock, loops):
    """Takes the token and puts it back, `loops` times; returns how often another process held it at the same time."""
    others = 0
    for _ in range(loops):
        token = queue.get()
        alone = lock.acquire(block=False)
        for _ in range(10_000):
            pass
        if alone:
            lock.release()
        others += not alone
        queue.put(token)
    return others


def offer_block_then_put(queue, size, last):
    """Puts a block of this size, which the queue may refuse, and then the item `last`."""
    with contextlib.suppress(Exception):
        queue.put(blocks.block(1, size), timeout=1)
    queue.put(last)
