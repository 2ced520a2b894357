"""Coroutines.

A queue whose methods can be awaited is shared by processes, and by the tasks of each process.
"""

import coroutine_roles

from queuespec import rule

README = "https://github.com/dano/aioprocessing#readme"


@rule("coroutine.get-waits", source=README, kinds=("Queue",))
def test_get_waits(queue, child):
    """coro_get() waits until another process has put an item.

    It is get(), for a process with an event loop.
    """
    getting = child.begins(coroutine_roles.awaits, "coro_get")
    getting.stays_blocked()

    queue.plays(coroutine_roles.awaits, "coro_put", "late")

    assert getting.returns() == "late"


@rule("coroutine.others-run", source=README, kinds=("Queue",))
def test_others_run(child):
    """While coro_get() waits, other tasks of the process run.

    One of them may be the task that puts the item.
    """
    assert child.plays(coroutine_roles.gets_from_another_task, "mine") == "mine"
