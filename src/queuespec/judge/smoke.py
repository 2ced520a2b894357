"""Asks once, before anything is judged, whether the implementation is a queue for several processes, and how fast.

What is none deviates from every rule, for one reason; this is one sentence instead.
"""

from __future__ import annotations

import contextlib
import dataclasses
import statistics
from collections.abc import Collection
from typing import Any

from queuespec.judge.options import CannotJudge
from queuespec.rules import KINDS
from queuespec.stage import Call, Failure, NotStarted, Raised, Settings, Stage, SuiteError, Supervisor

PATIENCE = 2.0
"""Timeout for each step of the check, in seconds. A queue that exceeds it is judged: that it hangs is a verdict."""

ROUND_TRIPS = 11
"""How often the time for an item is measured: now and then something else takes the processor."""

TO_ITSELF = 0.5
"""Timeout for a process to get an item that it has put itself, in seconds."""

OURS = ("fault:", "better:")
"""What the names of our own queues begin with, each of which is judged by what it does."""


def refuse_what_is_no_queue(settings: Settings, start_method: str, lacks: Collection[str]) -> float:
    """Makes a queue of the first kind, has a child put an item, and gets it in the parent.

    Returns how long it takes a child to put an item and to get it back, in seconds; 0.0 if that is not known. Raises
    `CannotJudge` if there cannot be a queue, or a child cannot have it, if its methods are coroutines, or if each
    process has a queue of its own. Whatever else goes wrong is judged by the rules.
    """
    kinds = [kind for kind in KINDS if kind not in lacks]
    if settings.implementation == "multiprocessing" or settings.implementation.startswith(OURS) or not kinds:
        return 0.0
    about = f"--implementation: the {kinds[0]} of {settings.implementation!r}"
    with contextlib.closing(Supervisor()) as supervisor, contextlib.suppress(Failure, NotStarted):
        try:
            stage = Stage(dataclasses.replace(settings, patience=PATIENCE), start_method, supervisor)
        except NotStarted:
            raise
        except SuiteError as error:
            raise CannotJudge(f"--implementation: {error}") from None
        try:
            return _passes_an_item(stage, kinds[0], about)
        finally:
            stage.tidy()
            stage.leave()
    return 0.0


def _passes_an_item(stage: Stage, kind: str, about: str) -> float:
    try:
        queue = stage.make_queue(kind)
    except Raised as error:
        raise CannotJudge(f"{about} cannot be created: {error.remote_repr}") from None
    try:
        child = stage.make_child(queue)
    except Raised as error:
        how = f"cannot be passed to a child process under {stage.start_method}: {error.remote_repr}"
        raise CannotJudge(f"{about} {how}") from None
    _refuse_coroutine(child.calls.put("item"), about)
    getting = queue.calls.get()
    if stage.watch(lambda: getting.over, stage.settings.calling):
        _refuse_coroutine(getting, about)
        return statistics.median(_round_trip(child) for _ in range(ROUND_TRIPS))
    # Were there one queue, its parent, which has waited for longer, would get one of several items.
    if all(_gets_back_an_item(stage, child) for _ in range(3)) and not getting.over:
        how = "is not shared between processes: a child gets what it puts, and its parent does not"
        raise CannotJudge(f"{about} {how}")
    return 0.0


def _round_trip(child: Any) -> float:
    putting = child.calls.put("item")
    putting.returns()
    getting = child.calls.get()
    getting.returns()
    return float(putting.elapsed + getting.elapsed)


def _gets_back_an_item(stage: Stage, child: Any) -> bool:
    getting = child.calls.get()
    if not stage.watch(lambda: bool(getting.over), stage.settings.stretched(TO_ITSELF)) or getting.value != "item":
        return False
    child.put("item")
    return True


def _refuse_coroutine(call: Call, about: str) -> None:
    call.finish()
    if call.returned_coroutine:
        raise CannotJudge(f"{about} is for asyncio, not for processes: {call.text} returned a coroutine")
