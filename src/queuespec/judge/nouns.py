"""The fixtures that a test is written with: queue, child, parent, program ... and the stages behind them."""

from __future__ import annotations

import dataclasses
import functools
import time
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import Any, Callable

import pytest

from queuespec import results
from queuespec.judge.options import CannotJudge
from queuespec.judge.planned import ASSIGNMENT, Assignment, rule_of_item
from queuespec.judge.uses import leaves_children_as_they_were
from queuespec.judge.verdicts import FINDING
from queuespec.rules import Facts, specification_folder
from queuespec.rules.chapters import imported, importing_from
from queuespec.rules.own import arguments_in
from queuespec.rules.words import did_you_mean
from queuespec.stage import Crashes, Program, RemoteActor, Stage, Supervisor, View
from queuespec.text import one_line

CLOCK_TICK = 0.01
"""The precision of the time at which a process was started, in seconds."""


class Stages:
    """The stages of this process. A stage is kept between tests as long as it is clean."""

    def __init__(self, given: Assignment) -> None:
        self._given = given
        self._kept: dict[tuple[str, Path], Stage] = {}
        self._begun: list[tuple[float, str]] = []
        """When each test began, in seconds since the start of the system, and its rule."""
        self.escaped: list[str] = []
        """What was left running in a session of its own, until `close` ended it: its command and the rule."""

    @functools.cached_property
    def supervisor(self) -> Supervisor:
        """Everything that this process has started."""
        supervisor = Supervisor()
        supervisor.preloads(self._given.settings)
        return supervisor

    def fresh(self, start_method: str, directory: Path) -> Stage:
        """A new stage, whose actors import roles and items from this directory."""
        return Stage(self._given.settings_for(directory), start_method, self.supervisor)

    def take(self, start_method: str, directory: Path) -> Stage:
        """A clean stage: the one that was used before, or a new one."""
        key = (start_method, directory)
        if key not in self._kept:
            self._kept[key] = self.fresh(start_method, directory)
        self._kept[key].tells_pace()
        return self._kept[key]

    def put_back(self, stage: Stage) -> None:
        """Ends what a test left on the stage, and the stage itself if it is not clean."""
        stage.tidy()
        if not stage.clean:
            stage.end()
            self._kept = {key: other for key, other in self._kept.items() if other is not stage}

    def begins(self, slug: str) -> None:
        """Notes that a test of this rule begins."""
        if hasattr(time, "CLOCK_BOOTTIME"):
            self._begun.append((time.clock_gettime(time.CLOCK_BOOTTIME), slug))

    def _during(self, started: float | None) -> str:
        """The rule during whose test a process was started, in words; empty if that is unknown."""
        before = [slug for begun, slug in self._begun if started is not None and begun <= started + CLOCK_TICK]
        return f" (started during {before[-1]})" if before else ""

    def ends(self) -> None:
        """Raises `Crashes` if the parent of the judged programs was killed during the test, which ends all stages."""
        if "supervisor" in vars(self) and not self.supervisor.has_its_launcher():
            for stage in self._kept.values():
                stage.end()
            self._kept.clear()
            raise Crashes("the parent process of a judged process was killed or stopped during the test")

    def close(self) -> None:
        """Ends all stages and everything that they have started."""
        for stage in self._kept.values():
            stage.leave()
        self._kept.clear()
        if "supervisor" in vars(self):
            self.supervisor.close()
            for one in sorted(self.supervisor.escaped, key=lambda one: one["started"] or 0.0):
                self.escaped.append(one_line(one["command"], 60) + self._during(one["started"]))
            del self.supervisor


STAGES = pytest.StashKey[Stages]()
"""Where pytest's configuration keeps the `Stages`."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Notes when the test of a rule begins."""
    rule = rule_of_item(item)
    if rule is not None:
        item.config.stash[STAGES].begins(rule.slug)
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """A test during which the parent of what it judges was killed is its verdict on the queue, too."""
    yield
    finding = item.stash.get(FINDING, None)
    if finding is not None:
        try:
            item.config.stash[STAGES].ends()
        except Crashes:
            if finding.verdict in (results.CONFORMS, results.SHOWN):
                raise


@dataclasses.dataclass(frozen=True)
class Crowd:
    """As many producers as consumers, and the number of items that each producer puts."""

    size: int

    @property
    def items(self) -> int:
        """The number of items of each producer."""
        return 100 * self.size

    @property
    def put(self) -> list[tuple[int, int]]:
        """All items that the crowd puts: (producer, number)."""
        return [(producer, number) for producer in range(self.size) for number in range(self.items)]

    def divided_by(self, processes: int) -> list[list[int]]:
        """The numbers of the producers, divided among that many processes."""
        return [list(range(first, self.size, processes)) for first in range(processes)]


NOT_FOR_OWN = ("program",)
"""Nouns that only the specification has: its programs share a module of their own."""


def offer_all(plugins: pytest.PytestPluginManager) -> None:
    """Makes the nouns in the specification's ``conftest.py`` known to tests in other directories, too."""
    home = specification_folder()
    with importing_from(home):
        plugins.register(imported(home / "conftest.py"), "queuespec nouns")


def refuse_unknown_nouns(own: Iterable[Path], plugins: Iterable[object]) -> None:
    """Raises `CannotJudge` if a test in one of the files with rules of the user's own takes what no fixture makes."""
    known = {"request"}.union(*map(_fixtures_of, plugins)) - {*NOT_FOR_OWN}
    for file in own:
        for test, names in arguments_in(file).items():
            for name in sorted(names - known - _fixtures_of(imported(file))):
                near = did_you_mean(name, known)
                raise CannotJudge(f"{file.name}: {test} takes {name!r}, and there is no such noun{near}")


def _fixtures_of(module: object) -> set[str]:
    found = getattr(module, "__dict__", {}).items()
    marks = ("_fixture_function", "_pytestfixturefunction")  # since pytest 8.4, and before
    return {name for name, value in found if any(mark in getattr(value, "__dict__", ()) for mark in marks)}


@pytest.fixture
def start_method(request: pytest.FixtureRequest) -> str:
    """The judged start method."""
    raise pytest.UsageError("only a test with a rule has a start method")


@pytest.fixture
def stage(request: pytest.FixtureRequest, start_method: str) -> Iterator[Stage]:
    """A clean main program of the judged Python, for this start method."""
    stages = request.config.stash[STAGES]
    finding = request.node.stash[FINDING]
    stage = finding.stage = stages.take(start_method, request.path.parent)
    stage.records_in(finding.timeline)
    stage.kept.offered = _may_have_kept_children(request.node, start_method)
    yield stage
    if finding.verdict not in (results.CONFORMS, results.SHOWN):
        stage.clean = False
    stages.put_back(stage)


def _may_have_kept_children(item: pytest.Item, start_method: str) -> bool:
    """Whether a test may have a child that an earlier one has had. What is forked from the stage costs no more than to
    ask. An adapter's queues may cost anything, or be removed after each test."""
    is_slow = start_method != "fork"
    return is_slow and not item.config.stash[ASSIGNMENT].facts.adapter and leaves_children_as_they_were(item)


@pytest.fixture
def fresh_stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A main program that has chosen no start method yet, for this test alone."""
    finding = request.node.stash[FINDING]
    stage = finding.stage = request.config.stash[STAGES].fresh("", request.path.parent)
    stage.records_in(finding.timeline)
    yield stage
    if finding.verdict in (results.CONFORMS, results.SHOWN):
        stage.leave()
    else:
        stage.end()


@pytest.fixture
def make_queue(stage: Stage, request: pytest.FixtureRequest) -> Callable[..., View]:
    """Makes a queue of the judged kind: ``make_queue(maxsize=2)``."""

    def make(*args: object, kind: str = "", **kwargs: object) -> View:
        __tracebackhide__ = True
        return stage.make_queue(kind or request.getfixturevalue("kind"), *args, **kwargs)

    return make


@pytest.fixture
def queue(stage: Stage, kind: str) -> View:
    """A queue as the parent, the process that created it, holds it."""
    __tracebackhide__ = True
    return stage.make_queue(kind)


@pytest.fixture
def make_child(stage: Stage) -> Callable[..., Any]:
    """Starts a child process: ``make_child(queue)`` is the queue as the child holds it, several make a tuple."""
    return stage.make_child


@pytest.fixture
def child(queue: View, make_child: Callable[..., Any]) -> Any:
    """The same queue as a child process holds it."""
    return make_child(queue)


@pytest.fixture
def make_thread(stage: Stage) -> Callable[..., Any]:
    """Starts a thread in the parent's process: ``make_thread(queue)`` is the queue as that thread calls it."""
    return stage.make_thread


@pytest.fixture
def parent(stage: Stage) -> RemoteActor:
    """The process that creates the queues and starts the children."""
    return stage.parent


@pytest.fixture
def context(stage: Stage) -> View:
    """The context of the start method as the parent holds it: ``context.cpu_count()``."""
    return stage.context


@pytest.fixture
def module(fresh_stage: Stage) -> View:
    """The module itself, as a program that has just started imports it: ``module.get_start_method()``."""
    return fresh_stage.module


@pytest.fixture
def make_object(stage: Stage) -> Callable[..., View]:
    """Makes an object that is not a queue: ``make_object(roles.event, context)`` is what that role returned, held by
    the parent."""
    return stage.hold


@pytest.fixture
def make_manager(stage: Stage) -> Callable[..., View]:
    """Starts a manager for this test alone, held by the parent: ``make_manager()``, or ``make_manager(authkey=b"key")``
    with what `BaseManager` takes by name. The queues whose kind begins with ``Manager.`` belong to another manager,
    which the parent keeps."""
    return stage.make_manager


@pytest.fixture
def facts(request: pytest.FixtureRequest) -> Facts:
    """The facts of the judged interpreter: version, system, start methods."""
    return request.config.stash[ASSIGNMENT].facts


@pytest.fixture
def program(request: pytest.FixtureRequest, start_method: str) -> Iterator[Callable[..., Program]]:
    """Starts a program of the specification: ``program("producer_consumer")`` runs ``programs/producer_consumer.py``
    with the judged Python, and is watched from outside."""
    given = request.config.stash[ASSIGNMENT]
    supervisor = request.config.stash[STAGES].supervisor
    started = request.node.stash[FINDING].programs

    def start(name: str, *arguments: object) -> Program:
        directory = request.path.parent / "programs"
        words, settings = tuple(map(str, arguments)), given.settings_for(directory)
        fresh = Program(directory / f"{name}.py", words, settings, start_method, supervisor)
        started.append(fresh)
        return fresh

    yield start
    for one in started:
        one.close()


@pytest.fixture
def crowd(request: pytest.FixtureRequest) -> Crowd:
    """How many processes meet: ``crowd.size`` producers put ``crowd.items`` each; see ``--crowd``."""
    return Crowd(request.config.getoption("crowd"))


@pytest.fixture
def largest_item(request: pytest.FixtureRequest, stage: Stage) -> int:
    """The size of the largest item, in bytes; see ``--largest-item``. Roles have time for it."""
    stage.largest_item = int(request.config.getoption("largest_item")) * 1024**2
    return stage.largest_item
