"""Histories that a test writes down."""

from queuespec.explore.history import Ending, History, Step
from queuespec.explore.scenario import Operation, Part, Scenario

MILLISECOND = 1_000_000

RUNNING = "still running"


def history(kind, *steps, endings=(), maxsize=0):
    """The history of these steps: actor, call and item, begin, end or `RUNNING`, and what it returned, or raised.

    Times are in milliseconds. A call has its timeout, in seconds, behind its name: ``get@0.05``; an item is ``bad a``,
    or large: ``*a``. An exception is ``!Empty``.
    """
    made = []
    for actor, call, begin, end, *value in steps:
        name, _, item = call.partition(" ")
        name, _, timeout = name.partition("@")
        size = 200_000 if item.startswith("*") else 0
        operation = Operation(name, item.strip("*"), float(timeout) if timeout else None, size, item.startswith("bad"))
        value = value[0] if value else None
        raised = isinstance(value, str) and value.startswith("!")
        if end is RUNNING:
            made.append(Step(actor, operation, begin * MILLISECOND))
        else:
            made.append(
                Step(
                    actor,
                    operation,
                    begin * MILLISECOND,
                    end * MILLISECOND,
                    *(("raised", value[1:]) if raised else ("returned", value)),
                )
            )
    actors = dict.fromkeys(step.actor for step in made)
    parts = tuple(Part(actor, tuple(one.operation for one in made if one.actor == actor)) for actor in actors)
    return History(
        Scenario(kind, "spawn", parts, maxsize),
        tuple(made),
        tuple(Ending(process, start * MILLISECOND, end * MILLISECOND, code) for process, start, end, code in endings),
    )
