"""Items of a given size."""


def zeros(size):
    """An item of `size` bytes; a million does not fit into the pipe of any platform."""
    return bytes(size)


def block(tag, size):
    """A recognizable block of `size` bytes: a pattern whose start depends on `tag`."""
    start = tag % 251
    pattern = bytes(range(251))
    return (tag, size, (pattern * (size // 251 + 2))[start : start + size])


def intact(item):
    """Whether the item is a block with every byte unchanged."""
    return isinstance(item, tuple) and len(item) == 3 and item == block(*item[:2])


def damage(item):
    """Describes what is wrong with an item that should be a block."""
    if not (isinstance(item, tuple) and len(item) == 3 and isinstance(item[2], bytes)):
        return f"damaged: {item!r:.40}"
    got = len(item[2])
    return f"damaged: {got} of {item[1]} bytes" if got != item[1] else f"damaged: {got} bytes that are not as they were"


LARGE = 2_000_000
"""Size of a large item, in bytes: more than any pipe holds."""


def large():
    """An item that does not fit into any pipe: the feeder thread is busy with it until another process reads."""
    return bytes(LARGE)
