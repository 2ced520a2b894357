"""The monitor: whether the documentation allows what a history shows."""

from __future__ import annotations

from queuespec.explore.conditions import broken_conditions, nearest
from queuespec.explore.counterexample import Broken
from queuespec.explore.evidence import Evidence
from queuespec.explore.history import History
from queuespec.explore.schedule import Schedule
from queuespec.explore.search import LARGEST, stuck


def broken(history: History, schedule: Schedule | None = None) -> Broken | None:
    """What the history does that the documentation does not allow; None if nothing is known to be wrong.

    The schedule says which faults were injected. Without it, a process that ended in the middle of a call, or by a
    signal, is taken for one that was killed.
    """
    evidence = Evidence(history, schedule)
    for found in broken_conditions(evidence):
        return found
    if len(evidence.calls) > LARGEST:
        return None
    unexplained = stuck(evidence)
    if unexplained is None:
        return None
    call = unexplained.call
    if unexplained.forever:
        sentence = f"no order of these calls explains that {call.text} never returned"
        return Broken(sentence, _WAITING.get(call.call, "look.never-blocks"), f"{call.call} blocked, by search")
    did = f"raised {call.value}" if call.raised else f"returned {call.value!r}".replace("'", '"')
    return Broken(f"no order of these calls explains that {call.text} {did}", nearest(call), f"{call.call}, by search")


_WAITING = {
    "put": "put.room-never-blocks",
    "get": "get.blocks-when-empty",
    "join": "join.done-meanwhile",
    "join_thread": "jt.unused-returns",
}
