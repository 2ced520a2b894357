"""A queue that reaches a child on two paths is two objects there."""

from multiprocessing import queues

BREAKS = {"share.nested-is-one": "held_once() should have returned something true, but it returned False"}


def _apart(value):
    if isinstance(value, dict):
        return {key: _apart(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(map(_apart, value))
    if isinstance(value, queues.Queue):
        twin = object.__new__(type(value))
        twin.__dict__.update(value.__dict__)
        return twin
    return value


def process(context, args=(), **kwargs):
    return context.Process(args=_apart(args), **kwargs)
