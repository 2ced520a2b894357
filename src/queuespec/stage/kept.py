"""Children that are kept between tests, with the queues that they already hold.

An interpreter takes longer to start than most tests take. So a stage makes some queues ahead, and starts a child that
holds all of them: the next tests have a queue that nobody has used, and a child that already holds it. Which tests may
have such a child is not decided here (see `queuespec.judge.uses`).
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import TYPE_CHECKING

from queuespec.actors.protocol import CALLED, KEEPER
from queuespec.stage.calls import View
from queuespec.stage.channel import Request
from queuespec.stage.exceptions import Failure

if TYPE_CHECKING:
    from queuespec.stage.calls import Call
    from queuespec.stage.remote import RemoteActor
    from queuespec.stage.stage import Stage

__tracebackhide__ = True  # pytest shows the frames of tests, not these

AHEAD = 5
"""How many queues of a kind are made ahead; each has some semaphores and file descriptors in two processes."""

IDLE, IDLE_IN_ALL = 2, 5
"""How many children are kept for a kind, and in all: few tests need more at the same time, and each has imported the
implementation."""

CLEARING = 2.0
"""Timeout for a child to release what a test has left, in seconds. Exceeding it costs a new stage, never a verdict."""


class Kept:
    """The children that a stage keeps, and the queues that it has made ahead."""

    def __init__(self, stage: Stage) -> None:
        self.offered = False
        """Whether this test may have a child that an earlier test has had."""
        self.begun = False
        """Whether this test has called anything but what makes queues and starts children."""
        self._stage = stage
        self._numbers = itertools.count(1)
        self._ahead: defaultdict[str, list[str]] = defaultdict(list)
        """The queues of each kind that no test has had, by the names under which parent and children hold them."""
        self._kinds: dict[str, str] = {}
        """The kinds of this test's queues that were made without arguments, by their names in this test."""
        self._first: dict[str, str] = {}
        """The names of this test's queues while they were ahead, by their names in this test."""
        self._holds: dict[RemoteActor, set[str]] = {}
        """What children of this test hold for other tests."""
        self._idle: dict[RemoteActor, set[str]] = {}
        """The children that no test has, and what they hold."""

    @property
    def idle(self) -> list[RemoteActor]:
        """The children that no test has."""
        return [*self._idle]

    def tells_pace(self, stretch: float) -> None:
        """Lets the children that no test has know how slow the machine is by now."""
        try:
            for actor in self._idle:
                self._begin(actor, "be_told_pace", stretch).result()
        except Failure:  # as in `child`
            self._stage.clean = False

    def queue(self, kind: str, name: str, text: str) -> bool:
        """Gives the test a queue that was made ahead, under this name; returns whether there is one."""
        if not self.offered:
            return False
        self._kinds[name] = kind
        if not self._ahead[kind]:
            return False
        self._first[name] = self._ahead[kind].pop(0)
        self._stage.parent_begins("take", self._first[name], text=text, keep=name).result()
        return True

    def suits(self, held: tuple[View, ...]) -> bool:
        """Whether a child with these objects may be one that is kept: they are queues that nobody has used."""
        if not self.offered or self.begun or not held:
            return False
        return all(one.process is self._stage.parent and one._name in self._kinds for one in held)

    def child(self, name: str, held: tuple[View, ...]) -> RemoteActor | None:
        """A child that already holds these queues, from here on under this name; None if there is none."""
        stage = self._stage
        wanted = {self._first.get(one._name, ""): one._name for one in held}
        found = next((one for one, holds in self._idle.items() if wanted.keys() <= holds), None)
        if found is None:
            return None
        try:
            self._begin(found, "take", wanted).result()
        except Failure:  # it did not outlive the time between two tests, which this test has nothing to do with
            stage.clean = False
            return None
        self._holds[found] = self._idle.pop(found)
        stage.parent_begins("start_kept", found.name, name, text=f"start of {name}").result()
        found.name = name
        stage.actors[name] = found
        stage.reported.add(str(found.start_method))
        return found

    def ahead_of(self, held: tuple[View, ...]) -> tuple[View, ...]:
        """The queues that a new child with these is given for other tests; they are made now, if there are none."""
        kinds = dict.fromkeys(self._kinds[one._name] for one in held)
        for kind in kinds:
            if not self._ahead[kind]:
                names = [f"ahead {next(self._numbers)}" for _ in range(AHEAD)]
                making = self._stage.parent_begins("make_ahead", kind, names)
                making.text = f"{kind}()"
                self._ahead[kind] += making.result()
        return tuple(View(self._stage.parent, name) for kind in kinds for name in self._ahead[kind])

    def has_started(self, actor: RemoteActor, ahead: tuple[View, ...]) -> None:
        """A new child of this test holds these queues for other tests."""
        if ahead:
            self._holds[actor] = {view._name for view in ahead}

    def clears(self) -> dict[str, str]:
        """Keeps the children that are after a test as they were before it, and leaves all others to the stage. Returns
        the names under which the parent knows them, and those that it has to give them."""
        ahead = {name for names in self._ahead.values() for name in names}
        clearing: dict[RemoteActor, Call] = {}
        seconds = self._stage.settings.stretched(CLEARING)
        for actor, holds in self._holds.items():
            others = [*self._idle.values(), *(self._holds[other] for other in clearing)]
            has_room = len(others) < IDLE_IN_ALL and sum(not holds.isdisjoint(other) for other in others) < IDLE
            if has_room and holds & ahead and actor.ready and actor.busy is None and not actor.end_is_expected:
                clearing[actor] = self._begin(actor, "clear", sorted(holds & ahead), seconds)
        self._stage.watch(lambda: all(call.over for call in clearing.values()), 2 * seconds)
        renamed = {}
        for actor, call in clearing.items():
            if call.over and call.value is True:
                del self._stage.actors[actor.name]
                renamed[actor.name] = actor.name = f"kept {next(self._numbers)}"
                self._idle[actor] = self._holds[actor] & ahead
        for actor in [actor for actor, holds in self._idle.items() if not holds & ahead]:
            del self._idle[actor]
            renamed[actor.name] = actor.name = f"child {actor.name}"
            self._stage.actors[actor.name] = actor
        self._holds.clear()
        self._kinds.clear()
        self._first.clear()
        self.offered = self.begun = False
        return renamed

    def _begin(self, actor: RemoteActor, method: str, *args: object) -> Call:
        return self._stage.begin(actor, method, Request(CALLED, (KEEPER, method, *args)), noted=False)
