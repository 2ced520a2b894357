"""Whether a scenario ends in whatever order its calls take effect."""

from __future__ import annotations

from collections.abc import Iterator

from queuespec.explore.scenario import GETS, PUTS, TASKS, Operation, Part, Scenario

LIMIT = 20_000
"""After how many states a scenario counts as one that may not end."""

LARGE = 4096
"""The size, in bytes, from which on an item may not fit into a pipe."""

_State = tuple[tuple[int, ...], int, int]


def ends_for_certain(scenario: Scenario, puts: int = 0) -> bool:
    """Whether no order of its calls makes one of them wait forever, if the queue does what it should.

    Items are counted, whichever they are; whatever may fail may also fail here; an item that cannot be pickled takes no
    place for long, and may leave its task unfinished; a process that has closed the queue meets nothing but exceptions.
    A large item must be waited for by a get() without a timeout. The first part begins with that many `puts`, which end
    before the others begin.
    """
    programs = [[*_that_matter(part)] for part in scenario.parts]
    joined = any(one.call == "join" for program in programs for one in program)
    first: _State = ((puts, *(0 for _ in programs[1:])), puts, puts)
    seen, left = {first}, [first]
    while left:
        state = left.pop()
        after = [*_after(scenario, programs, joined, state)]
        if not after and not _at_end(programs, state):
            return False
        new = [one for one in after if one not in seen]
        seen.update(new)
        left.extend(new)
        if len(seen) > LIMIT:
            return False
    return True


def _that_matter(part: Part) -> Iterator[Operation]:
    """The operations of a part that others can make wait, or that make others wait."""
    for operation in part.operations:
        if operation.call == "close":
            return
        if operation.call in (*PUTS, *GETS, *TASKS):
            yield operation


def _at_end(programs: list[list[Operation]], state: _State) -> bool:
    whole = all(at == len(program) for program, at in zip(programs, state[0]))
    large = any(operation.size >= LARGE for program in programs for operation in program)
    return whole and not (large and state[1])


def _after(scenario: Scenario, programs: list[list[Operation]], joined: bool, state: _State) -> Iterator[_State]:
    places, items, tasks = state
    current = [program[at] if at < len(program) else None for program, at in zip(programs, places)]
    if not (joined or scenario.maxsize):
        for actor, operation in enumerate(current):
            if operation is not None and operation.call in PUTS and not operation.size:
                yield _moved(places, actor), items + (not operation.bad), tasks + 1
                return  # it can never wait, and the sooner it is made, the more can become of it
    for actor, operation in enumerate(current):
        if operation is not None:
            others = [other for number, other in enumerate(current) if number != actor]
            for more, unfinished in _effects(scenario, operation, items, tasks, others):
                yield _moved(places, actor), items + more, tasks + unfinished


def _moved(places: tuple[int, ...], actor: int) -> tuple[int, ...]:
    return (*places[:actor], places[actor] + 1, *places[actor + 1 :])


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
    elif not tasks:  # join()
        yield 0, 0
