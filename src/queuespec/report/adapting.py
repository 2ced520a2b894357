"""What a reproduction needs to use an adapter, whose text is copied into it: a context that has the adapter's queues.

The text of these definitions is copied into the program, where `ADAPTER` is the adapter. Standard library only, Python
3.9 and later.
"""

import functools

ADAPTER = None


class Adapted:
    """A context or a manager; its queues are those of the adapter."""

    def __init__(self, owner, prefix=""):
        self.owner = owner
        self.prefix = prefix

    def __getattr__(self, name):
        if name.endswith("Queue"):
            return functools.partial(self.make, self.prefix + name)
        return getattr(self.owner, name)

    def make(self, kind, *args, **kwargs):
        return ADAPTER.queue(kind, self.owner, *args, **kwargs)

    def Manager(self):
        start = getattr(ADAPTER, "manager", lambda context: context.Manager())
        return type(self)(start(self.owner), "Manager.")


class AdaptedToo(Adapted):
    """The same for an adapter that also says how queues travel, who uses them, or what their exceptions stand for."""

    def make(self, kind, *args, **kwargs):
        return Translated(super().make(kind, *args, **kwargs))

    def Process(self, target, args, daemon):
        pipe, held, others = args
        if hasattr(ADAPTER, "sent"):
            queues = {name: one.queue for name, one in held.items() if type(one) is Translated}
            held = {**held, **{name: Sent(ADAPTER.sent(one)) for name, one in queues.items()}}
        if hasattr(ADAPTER, "process"):  # threads, which share the main program's end of the pipe
            return ADAPTER.process(self.owner, target=receive, args=(target, pipe, held, []), daemon=daemon)
        return self.owner.Process(target=receive, args=(target, pipe, held, others), daemon=daemon)


class Sent:
    """What travels in place of a queue."""

    def __init__(self, what):
        self.what = what


def receive(target, pipe, held, others):
    received = {name: Translated(ADAPTER.received(one.what)) for name, one in held.items() if type(one) is Sent}
    target(pipe, {**held, **received}, others)


class Translated:
    """A queue whose exceptions are raised as those that they stand for."""

    def __init__(self, queue):
        self.queue = queue

    def __getattr__(self, name):
        if name.startswith("_") or name == "queue":
            raise AttributeError(name)
        found = getattr(self.queue, name)
        return functools.update_wrapper(functools.partial(self.call, found), found) if callable(found) else found

    def call(self, method, *args, **kwargs):
        exceptions = getattr(ADAPTER, "exceptions", {})
        try:
            return method(*args, **kwargs)
        except tuple(exceptions) as error:
            raise next(known for own, known in exceptions.items() if isinstance(error, own))(str(error)) from error
