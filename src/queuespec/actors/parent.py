"""The parent actor: the main program that makes the queues and starts the children."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
import threading
import time
from collections.abc import Mapping

from queuespec.actors import loading
from queuespec.actors.actor import Actor, become_the_stage, know_pace, release, serve_child, threads_after
from queuespec.actors.adapter import Api, Implementation
from queuespec.actors.protocol import LASTING, Address
from queuespec.actors.surroundings import Surroundings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Parent:
    """What the parent actor can do besides calling methods: make queues, start children, tidy up."""

    def __init__(self, implementation: Implementation, start_method: str, address: Address) -> None:
        self.implementation = implementation
        self._threads = {*threading.enumerate()}
        """What importing the implementation has started."""
        self.module = Api(self.implementation, self.implementation.module)
        self.context = self.implementation.context(start_method) if start_method else None
        self._start_method = start_method
        self.implementation.mark_semaphores()
        self.processes: dict[str, Any] = {}
        self.manager: Any = None
        self._address = address
        self._surroundings = Surroundings()

    def make(self, kind: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """A new queue of this kind."""
        owner = self.context
        if kind.startswith("Manager."):
            if self.manager is None:
                self.manager = self.implementation.manager(self.context)
            owner = self.manager
        return self.implementation.make(owner, kind, *args, **kwargs)

    def be_told_pace(self, patience: float, stretch: float) -> None:
        """Knows from now on how patient the judge is, in seconds, and how slow the machine, and so do new children."""
        self._address = self._address._replace(patience=patience, stretch=stretch)
        know_pace(stretch)

    def start_manager(self) -> None:
        """Starts the manager that `make` needs, which raises the exception again if that raises one."""
        with contextlib.suppress(Exception):
            self.manager = self.implementation.manager(self.context)

    def make_ahead(self, kind: str, names: list[str]) -> list[str]:
        """Makes queues of this kind for tests that follow; returns the names of those that could be made.

        A queue that starts a thread or a process is made for its own test alone.
        """
        before, made = self._tasks(), []
        with contextlib.suppress(Exception):
            for name in names:
                queue = self.make(kind, (), {})
                if self._tasks() != before:
                    objects["queue of no test"] = queue
                    break
                objects[name] = queue
                made.append(name)
        return made

    def _tasks(self) -> set[Any]:
        """The threads and the children of this process."""
        return {*threading.enumerate(), *self._children()}

    def _children(self) -> set[Any]:
        from multiprocessing import active_children

        return {*active_children(), *getattr(self.module, "active_children", active_children)()}

    def take(self, name: str) -> Any:
        """A queue that was made ahead, for the test that is to have it."""
        return objects.pop(name)

    def _rename(self, names: Mapping[str, str]) -> None:
        for name, other in names.items():
            self.processes[other] = self.processes.pop(name)

    def make_manager(self, words: Mapping[str, Any]) -> Any:
        """A manager that has been started; `tidy` shuts it down if it is held under a name with ``manager``."""
        return self.implementation.manager(self.context, **words)

    def start(self, name: str, names: list[str], held: list[Any], daemon: bool) -> int | None:
        """Starts a child that holds these objects; its process id."""
        implementation = self.implementation
        method = self._start_method if implementation.is_own(self._start_method) else ""
        actor = Actor(self._address, name, loads=implementation.loads, method=method)
        queues = ("ahead", "queue")
        held = [implementation.sent(one) if key.startswith(queues) else one for key, one in zip(names, held)]
        process = implementation.process(self.context, target=serve_child, args=(actor, names, *held), daemon=daemon)
        process.start()
        self.processes[name] = process
        return self._pid(name)

    def _pid(self, name: str) -> int | None:
        pid = getattr(self.processes[name], "pid", None)
        return pid if pid is None else int(pid)

    def start_kept(self, kept: str, name: str) -> int | None:
        """Gives a test a child that runs already, under this name; its process id."""
        self._rename({kept: name})
        return self._pid(name)

    def exit_code(self, name: str, patience: float) -> int | None:
        """Exit code of a child, negative for a signal; None while it still runs after `patience` seconds."""
        process = self.processes[name]
        process.join(patience)
        code = getattr(process, "exitcode", None)
        return code if code is None else int(code)

    def is_alive(self, name: str) -> bool:
        """Whether a child still runs."""
        return bool(self.processes[name].is_alive())

    def kill(self, name: str) -> None:
        """Kills a child by the implementation's own means."""
        self.processes[name].kill()

    def tidy(self, seconds: float, renamed: Mapping[str, str]) -> list[str]:
        """Ends what a test has left: joins its children, closes its queues, waits for their threads.

        Children and objects of tests that follow stay, the children under other names. Returns what else is still there
        after `seconds`; then this stage must not be used again.
        """
        deadline = time.monotonic() + seconds
        left = []
        self._rename(renamed)
        for name in [name for name in self.processes if not name.startswith("kept")]:
            process = self.processes.pop(name)
            process.join(max(0.0, deadline - time.monotonic()))
            if process.is_alive():
                left.append(f"process {name}")
            else:
                with contextlib.suppress(AttributeError):  # there is no close(), or it does not work, as in loky 3.7
                    process.close()
        lasting = {held.name for held in LASTING}
        release(objects, {*lasting, *(name for name in objects if name.startswith("ahead"))})
        self.implementation.tidy()
        left += [f"thread {name}" for name in threads_after(self._threads, deadline)]
        manager = getattr(self.manager, "_process", None)
        if manager is not None and not manager.is_alive():
            left.append("a manager that has ended")
        expected = (manager, *self.processes.values())
        left += [f"process {process.name}" for process in self._children() if process not in expected]
        return left + [f"changed {name}" for name in self._surroundings.changes()]


objects: dict[str, Any] = {}
"""What the parent actor holds, by name."""


def main() -> None:
    """The main program of a stage: serves as the parent actor.

    Standard input carries one line of JSON: address, the first and the last directories for ``sys.path``,
    implementation, start method, the judge's current directory, whether an earlier stage was killed that may have left
    something on a server.
    """
    where, first, last, name, start_method, directory, untidy = json.loads(sys.stdin.readline())
    become_the_stage()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # so does a shell that runs the judge in the background
        signal.signal(signal.SIGINT, signal.default_int_handler)
    address = Address(*where)
    actor = Actor(address, "parent")
    actor.connect()
    implementation = loading.load(name, directory)
    sys.path[:0] = first
    sys.path += last
    loading.connect(implementation)
    if untidy:
        loading.tidy(implementation)
    with loading.ending(f"context() of {implementation.name}"):
        parent = Parent(implementation, start_method, address)
    objects.update(zip((held.name for held in LASTING), (parent, parent.context, parent.module)))
    actor.serve(objects)
