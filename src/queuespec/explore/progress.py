"""Whether a scenario comes to its end in whatever order its calls take effect."""

from __future__ import annotations

from collections.abc import Iterator

from queuespec.explore.scenario import Operation, Scenario

LIMIT = 20_000
"""After how many states a scenario counts as one that may not come to its end."""

LARGE = 4096
"""The size, in bytes, from which on an item may not fit into a pipe."""

_State = tuple[tuple[int, ...], int, int]


def ends_for_certain(scenario: Scenario) -> bool:
    """Whether no order of its calls makes one of them wait forever, if the queue does what it should.

    Items are counted and not told apart; whatever may fail may also fail here; an item that cannot be pickled takes no
    place for long, and may leave its task unfinished; a process that has closed the queue meets nothing but exceptions.
    A large item must be waited for by a get() without a timeout.
    """
    first: _State = ((0,) * len(scenario.parts), 0, 0)
    seen, left = {first}, [first]
    while left:
        state = left.pop()
        after = [*_after(scenario, state)]
        if not after and not _at_end(scenario, state):
            return False
        new = [one for one in after if one not in seen]
        seen.update(new)
        left.extend(new)
        if len(seen) > LIMIT:
            return False
    return True


def _at_end(scenario: Scenario, state: _State) -> bool:
    whole = all(at == len(part.operations) for part, at in zip(scenario.parts, state[0]))
    large = any(operation.size >= LARGE for part in scenario.parts for operation in part.operations)
    return whole and not (large and state[1])


def _after(scenario: Scenario, state: _State) -> Iterator[_State]:
    places, items, tasks = state
    current = [part.operations[at] if at < len(part.operations) else None for part, at in zip(scenario.parts, places)]
    for actor, operation in enumerate(current):
        if operation is None:
            continue
        moved = (*places[:actor], places[actor] + 1, *places[actor + 1 :])
        if any(one.call == "close" for one in scenario.parts[actor].operations[: places[actor]]):
            yield moved, items, tasks  # whatever it is, it raises an exception
            continue
        others = [other for number, other in enumerate(current) if number != actor]
        for more, unfinished in _effects(scenario, operation, items, tasks, others):
            yield moved, items + more, tasks + unfinished


def _effects(
    scenario: Scenario, operation: Operation, items: int, tasks: int, others: list[Operation | None]
) -> Iterator[tuple[int, int]]:
    call = operation.call
    may_fail = call in ("put_nowait", "get_nowait") or operation.timeout is not None
    if call in ("put", "put_nowait"):
        received = any(other is not None and other.call == "get" and other.timeout is None for other in others)
        if scenario.kind == "SimpleQueue" and operation.size >= LARGE:
            room = received and not items
        else:
            room = not scenario.maxsize or items < scenario.maxsize
        if room:
            yield (0 if operation.bad else 1), 1
        if may_fail and scenario.maxsize:
            yield 0, 0
    elif call in ("get", "get_nowait"):
        if items:
            yield -1, 0
        if may_fail:
            yield 0, 0
    elif call == "task_done":
        yield 0, -1 if tasks else 0
    elif call != "join" or not tasks:
        yield 0, 0
