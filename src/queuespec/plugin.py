"""pytest's side of the specification: options, fixtures, verdicts, and the table at the end of a run."""

from __future__ import annotations

import contextlib
import dataclasses
import difflib
import functools
import importlib
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

import pytest

from queuespec import results
from queuespec.judge.options import add_options
from queuespec.results import expectations
from queuespec.rules import Chapter, Facts, Rule, chapters, imported, rule_of, specification_folder
from queuespec.rules.chapters import in_order
from queuespec.stage import (
    Failure,
    Hangs,
    Program,
    Raised,
    RemoteActor,
    Settings,
    Stage,
    Supervisor,
    Timeline,
    View,
)
from queuespec.stage.exceptions import error_in_words
from queuespec.stage.timeline import in_lines
from queuespec.text import counted, one_line, printable

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

JUDGING = pytest.StashKey["Judging"]()
FINDING = pytest.StashKey["Finding"]()
PROGRAMS = pytest.StashKey["list[Program]"]()
CARGO = "queuespec_verdict"
"""The attribute of a test report that carries the verdict from a worker."""

BACKSTOP = 60.0
"""Seconds that a test may take beyond what its own deadlines allow, before pytest-timeout ends it."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("queuespec", "judging a process-safe queue")
    add_options(group.addoption)
    # pytest's own --strict, which every supported version has, lets de-facto rules gate the run as well.


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None, object, object]:
    """Comes before pytest's capturing, which would fail with a traceback where it cannot have a temporary file.

    Raises:
        pytest.UsageError: there is no folder for one.
    """
    try:
        tempfile.gettempdir()
    except OSError:
        raise pytest.UsageError("there is no writable folder for temporary files; point TMPDIR to one") from None
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_cmdline_main(config: pytest.Config) -> Generator[None, object, object]:
    """Runs in parallel unless told otherwise, where pytest-xdist is loaded. A wrapper, because it must come before
    pytest-xdist's own `tryfirst` also when this plugin was loaded first, by ``-p``."""
    options = config.option
    if not hasattr(config, "workerinput"):
        if getattr(options, "numprocesses", 0) is None and not options.tx and not options.collectonly:
            options.numprocesses = "auto"
        if getattr(options, "numprocesses", None) and options.dist == "no":
            options.dist = "worksteal"  # what hangs is not waited for by what comes after it
    return (yield)


@pytest.hookimpl(optionalhook=True, wrapper=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> Generator[None, int, int]:
    """More workers than cores: most of a run is waiting, for processes to start and for nothing to happen."""
    cores = yield
    return cores if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ else cores + min(2 * cores, 8)


class Judging:
    """What a run knows: facts of the judged interpreter, the stages of this process, the verdicts so far."""

    def __init__(self, config: pytest.Config, facts: Facts) -> None:
        self.facts = facts
        self.plugins = config.pluginmanager
        self.strict = bool(config.getoption("strict", False))
        chosen = config.getoption("start_method")
        self.start_methods = tuple(method for method in facts.start_methods if not chosen or method in chosen)
        self.python = config.getoption("python")
        self.implementation = config.getoption("implementation")
        self.patience = config.getoption("patience")
        self.quiet = config.getoption("quiet_time")
        self.planned: dict[str, Callable[[], results.Verdict | None]] = {}
        self.verdicts: dict[str, results.Verdict] = {}
        self.lifeline: socket.socket | None = None
        self.lines: list[socket.socket] = []
        self.problems: list[str] = []
        self.declarations = expectations.Declarations([])
        self.recorder: results.Recorder | None = None
        self.begun = datetime.now(timezone.utc)
        self.lost: dict[str, str] = {}
        self.timeline = Timeline()
        """Of the test that is running."""
        self._supervisor: Supervisor | None = None
        self._stages: dict[tuple[str, str], Stage] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        cargo = getattr(report, CARGO, None)
        if cargo is not None:
            verdict = results.Verdict.from_data(json.loads(cargo))
            self.verdicts[report.nodeid] = verdict
            if self.recorder is not None:
                self.try_to_record(lambda recorder: recorder.add(verdict))
        elif report.when not in ("setup", "call", "teardown"):
            self.lost[report.nodeid] = "the test worker that judged this crashed"
            describe = self.planned.get(report.nodeid)
            lost = describe() if describe is not None else None
            junit = next((one for one in self.plugins.get_plugins() if type(one).__name__ == "LogXML"), None)
            if lost is not None and junit is not None:  # it takes properties from what a worker reports at the end
                for name, value in _properties(lost):
                    junit.node_reporter(report).add_property(name, value)

    def try_to_record(self, step: Callable[[results.Recorder], None]) -> None:
        """A step of writing the results; a failure is a problem of the run, told once."""
        if self.recorder is not None:
            try:
                step(self.recorder)
            except OSError as error:
                why = error.strerror or type(error).__name__
                self.problems.append(f"the results cannot be written to {self.recorder.path}: {why}")
                self.recorder = None

    def pytest_keyboard_interrupt(self) -> None:
        """Workers do not finish what they are at."""
        self.close_lifeline()

    def in_order(self) -> list[results.Verdict]:
        """The verdicts in the order of the specification, whichever worker gave them first."""
        order = {test: position for position, test in enumerate(self.planned)}
        return sorted(self.verdicts.values(), key=lambda verdict: order.get(verdict.test, len(order)))

    def close_lifeline(self) -> None:
        if self.lifeline is not None:
            self.lifeline.close()
            for line in self.lines:
                line.close()
            self.lifeline = None

    @property
    def supervisor(self) -> Supervisor:
        if self._supervisor is None:
            self._supervisor = Supervisor()
        return self._supervisor

    def settings(self, folder: Path) -> Settings:
        return Settings(self.implementation, self.python, (str(folder),), self.patience, self.quiet)

    def stage(self, start_method: str, folder: Path) -> Stage:
        """A clean stage for this start method; one that was used before if it is as new."""
        key = (start_method, str(folder))
        if key not in self._stages:
            self._stages[key] = Stage(self.settings(folder), start_method, self.supervisor)
        return self._stages[key]

    def put_back(self, stage: Stage) -> None:
        stage.tidy()
        if not stage.clean:
            stage.end()
            self._stages = {key: other for key, other in self._stages.items() if other is not stage}

    def close(self) -> None:
        for stage in self._stages.values():
            stage.leave()
        self._stages.clear()
        if self._supervisor is not None:
            self._supervisor.close()
            self._supervisor = None


class Finding:
    """What has been found out about one test so far."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.verdict = "not-run"
        self.explanation = ""
        self.seconds = 0.0
        self.reported: set[str] = set()
        self.timeline: tuple[Any, ...] = ()
        self.entry: expectations.Entry | None = None


# Before anything is judged


def probe(python: str, implementation: str) -> Facts:
    """Asks the interpreter that is to be judged what it is. Raises `pytest.UsageError` with one sentence."""
    marker = secrets.token_hex(8)
    program = Path(__file__).parent / "actors" / "probe.py"
    try:
        answer = subprocess.run(
            [python, str(program), marker, implementation],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise pytest.UsageError(f"--python: {python!r} cannot be run as a Python interpreter ({error})") from None
    found = re.search(marker.encode() + rb"(\{.*\})", answer.stdout)
    if found is None:
        last = answer.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2][:200]
        raise pytest.UsageError(f"--python: {python!r} does not answer as a Python interpreter ({last or 'no answer'})")
    data = json.loads(found.group(1))
    if "error" in data:
        about = f"--python: {python!r} cannot be judged: " if "oldest" in data["error"] else "--implementation: "
        raise pytest.UsageError(about + data["error"])
    return Facts.read(data)


def refuse_what_cannot_be_judged(facts: Facts, start_methods: list[str]) -> None:
    """Raises `pytest.UsageError` with one sentence that says what is missing and what to do."""
    for method in start_methods:
        if method not in facts.start_methods:
            available = ", ".join(facts.start_methods)
            raise pytest.UsageError(f"--start-method: there is no {method!r} here; this platform has {available}")
    if facts.semaphores is not None:
        raise pytest.UsageError(
            f"this system gives Python no semaphores ({facts.semaphores}), so that it can have no process-safe queue; "
            "on Linux, mount a writable /dev/shm"
        )


def refuse_unknown_rules(slugs: list[str]) -> None:
    """Raises `pytest.UsageError` with one sentence for a slug that the specification does not have."""
    if not slugs:
        return
    known = {slug for chapter in chapters() for rule in chapter.rules for slug in (rule.slug, *rule.proves)}
    for slug in slugs:
        if slug not in known:
            near = difflib.get_close_matches(slug, known, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise pytest.UsageError(f"--rule: there is no rule {slug!r}{hint}")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "rule(slug): the rule of the specification that this test proves")
    if hasattr(config, "workerinput"):
        facts = Facts.read(json.loads(config.workerinput["queuespec_facts"]))
        _end_with_the_controller(config.workerinput["queuespec_lifeline"])
    elif config.option.help or getattr(config.option, "version", False):
        return
    else:
        facts = probe(config.getoption("python"), config.getoption("implementation"))
        refuse_what_cannot_be_judged(facts, config.getoption("start_method"))
        refuse_unknown_rules(config.getoption("rule"))
    judging = config.stash[JUDGING] = Judging(config, facts)
    if hasattr(config, "workerinput"):
        declared = map(expectations.Entry.from_data, json.loads(config.workerinput["queuespec_deviations"]))
        judging.declarations = expectations.Declarations(declared)
    else:
        judging.declarations = declarations(config, facts)
        if config.getoption("results") and not config.option.collectonly:
            judging.recorder = recorder(Path(config.getoption("results")).resolve())
    config.pluginmanager.register(config.stash[JUDGING], "queuespec verdicts")


def declarations(config: pytest.Config, facts: Facts) -> expectations.Declarations:
    """The declared deviations that concern what is judged. Raises `pytest.UsageError` with one sentence."""
    header = header_of(config, facts)
    try:
        entries = expectations.known()
        for name in config.getoption("deviations"):
            entries += expectations.read(Path(name))
    except results.BadFile as error:
        raise pytest.UsageError(f"--deviations: {error}") from None
    return expectations.Declarations(entry for entry in entries if entry.concerns(header))


def recorder(path: Path) -> results.Recorder:
    """Writes the results there. Raises `pytest.UsageError` with one sentence where that cannot be."""
    if path.is_dir():
        raise pytest.UsageError(f"--results: {str(path)!r} is a folder; name a file in it")
    if not path.parent.is_dir():
        raise pytest.UsageError(f"--results: there is no folder {str(path.parent)!r}")
    if path.exists() and not path.is_file():
        raise pytest.UsageError(f"--results: {str(path)!r} is no file that could be replaced")
    found = results.Recorder(path)
    try:
        found.try_to_write()
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise pytest.UsageError(f"--results: {str(path)!r} cannot be written: {why}") from None
    return found


def header_of(config: pytest.Config, facts: Facts, rule_set: str = "") -> results.Header:
    """The first line of a results file."""
    judging = config.stash.get(JUDGING, None)
    options = config.option
    return results.Header(
        queuespec=importlib.import_module("queuespec").__version__,
        rule_set=rule_set,
        implementation=one_line(facts.implementation, 150),
        implementation_version=one_line(facts.implementation_version, 100),
        implementation_home=one_line(facts.implementation_home, 1000),
        python_implementation=facts.python_implementation,
        python_version=facts.python_version,
        python_build=one_line(facts.python_build),
        free_threaded=facts.free_threaded,
        system=facts.system,
        release=one_line(facts.release),
        machine=one_line(facts.machine),
        start_methods=judging.start_methods if judging is not None else facts.start_methods,
        options={
            "patience": options.patience,
            "quiet_time": options.quiet_time,
            "strict": bool(config.getoption("strict", False)),
            "crowd": options.crowd,
            "rules": [one_line(slug) for slug in options.rule],
            "keyword": one_line(options.keyword),
            "deviations": [one_line(Path(name).name) for name in options.deviations],
        },
        started=judging.begun.strftime("%Y-%m-%dT%H:%M:%SZ") if judging is not None else "",
    )


def pytest_report_header(config: pytest.Config) -> list[str]:
    judging = config.stash[JUDGING]
    return [f"judged: {one_line(judging.facts.described)}", f"start methods: {', '.join(judging.start_methods)}"]


def pytest_unconfigure(config: pytest.Config) -> None:
    judging = config.stash.get(JUDGING, None)
    if judging is not None:
        judging.close()
        judging.close_lifeline()


# Workers of pytest-xdist end with their controller, also with one that is killed


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    judging = node.config.stash[JUDGING]
    if judging.lifeline is None:
        judging.lifeline = socket.create_server(("127.0.0.1", 0), backlog=1024)
    data = {name: getattr(judging.facts, name) for name in Facts.__dataclass_fields__}
    node.workerinput["queuespec_facts"] = json.dumps(data)
    declared = [entry.as_data for entry in judging.declarations.entries]
    node.workerinput["queuespec_deviations"] = json.dumps(declared)
    node.workerinput["queuespec_lifeline"] = judging.lifeline.getsockname()[1]


def _end_with_the_controller(port: int) -> None:
    line = socket.create_connection(("127.0.0.1", port))

    def wait() -> None:
        with contextlib.suppress(OSError):
            line.recv(1)
        os._exit(1)

    threading.Thread(target=wait, name="lifeline", daemon=True).start()


# Collecting


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    rule = rule_of(metafunc.function)
    if rule is None:
        return
    if "start_method" in metafunc.fixturenames:
        metafunc.parametrize("start_method", metafunc.config.stash[JUDGING].start_methods)
    if "make_queue" in metafunc.fixturenames and "kind" not in metafunc.fixturenames:
        metafunc.fixturenames.append("kind")
    if "kind" in metafunc.fixturenames:
        metafunc.parametrize("kind", rule.kinds)


def _is_asked_for(config: pytest.Config, rule: Rule | None) -> bool:
    wanted = config.getoption("rule")
    return not wanted or (rule is not None and not {rule.slug, *rule.proves}.isdisjoint(wanted))


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: pytest.Collector, obj: object) -> list[pytest.Item] | None:
    """Makes no tests of a rule that is not asked for: to make all and choose then takes longer than to judge a few."""
    rule = rule_of(obj)
    return None if rule is None or _is_asked_for(collector.config, rule) else []


def pytest_itemcollected(item: pytest.Item) -> None:
    """``-k`` knows a test by its rule, too."""
    rule = rule_of(getattr(item, "function", None))
    if rule is not None:
        item.add_marker(pytest.mark.rule(rule.slug))
        item.extra_keyword_matches.update((rule.slug, *rule.proves))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        asked_for = _is_asked_for(config, rule_of(getattr(item, "function", None)))
        (kept if asked_for else left_out).append(item)
    order = {path: position for position, path in enumerate(in_order(specification_folder()))}
    items[:] = sorted(kept, key=lambda item: order.get(item.path, -1))
    if left_out:
        config.hook.pytest_deselected(items=left_out)


def pytest_collection_finish(session: pytest.Session) -> None:
    judging = session.config.stash[JUDGING]
    for item in session.items:
        rule = rule_of(getattr(item, "function", None))
        if rule is not None:
            if session.config.pluginmanager.hasplugin("timeout") and item.get_closest_marker("timeout") is None:
                # Only now: `-k timeout` chooses by names, and by those of marks.
                item.add_marker(pytest.mark.timeout(BACKSTOP + 6 * judging.patience))
            judging.planned[item.nodeid] = lambda item=item, rule=rule: _verdict(item, Finding(rule))  # type: ignore[misc]
    _begin_to_record(session.config)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any, ids: list[str]) -> None:
    judging = node.config.stash[JUDGING]
    for test in ids:
        judging.planned.setdefault(test, lambda test=test: _not_run(node.config, test))
    _begin_to_record(node.config)


def _begin_to_record(config: pytest.Config) -> None:
    """Once all test files have been imported by pytest, or are not in this process: they are read for the rule set."""
    judging = config.stash[JUDGING]
    if judging.recorder is not None and not judging.recorder.begun:
        header = header_of(config, judging.facts, _rule_set())
        judging.try_to_record(lambda recorder: recorder.begin(header))


@functools.cache
def _chapters() -> list[Chapter]:
    """All chapters, once pytest has collected; none where one cannot be imported, which pytest reports."""
    try:
        return chapters()
    except Exception:
        return []


def _rule_set() -> str:
    return results.rule_set(_chapters()) if _chapters() else ""


@functools.cache
def _has_rules(file: Path) -> bool:
    """Whether a test file ties a test to a rule: others are not imported here."""
    return re.search(r"^@rule\(", file.read_text(encoding="utf-8"), re.MULTILINE) is not None


def _rule_at(config: pytest.Config, test: str) -> Rule | None:
    """The rule that a test proves, by the test's id."""
    path, _, rest = test.partition("::")
    file = config.rootpath / path
    if not _has_rules(file):
        return None
    sys.path.insert(0, str(file.parent))
    try:
        return rule_of(getattr(imported(file), rest.partition("[")[0], None))
    finally:
        sys.path.remove(str(file.parent))


def _not_run(config: pytest.Config, test: str) -> results.Verdict | None:
    """The verdict of a test of which nothing is known but its id; None if it proves no rule."""
    rule = _rule_at(config, test)
    if rule is None:
        return None
    _, _, parameters = test.partition("[")
    found = parameters.rstrip("]").split("-")
    judging = config.stash[JUDGING]
    start_method = next((method for method in judging.start_methods if method in found), "")
    kind = next((kind for kind in rule.kinds if kind in found), "")
    return results.Verdict(
        rule=rule.slug,
        level=rule.level,
        chapter=rule.chapter,
        sentence=rule.sentence,
        test=test,
        verdict="not-run",
        gates=rule.gates(judging.strict),
        explanation=judging.lost.get(test, ""),
        start_method=start_method,
        kind=kind,
        parameters=_others_in(test, start_method, kind),
    )


def _others_in(test: str, start_method: str, kind: str) -> str:
    """The parameters of a test but for start method and kind, as its id names them: the same from run to run."""
    _, _, parameters = test.partition("[")
    words = parameters[: -len("]")].split("-") if parameters else []
    for known in (start_method, kind):
        if known in words:
            words.remove(known)
    return one_line("-".join(words))


# Judging one test


@pytest.fixture
def start_method(request: pytest.FixtureRequest) -> str:
    raise pytest.UsageError("only a test with a rule has a start method")


@pytest.fixture
def stage(request: pytest.FixtureRequest, start_method: str) -> Iterator[Stage]:
    """A clean main program of the judged Python, for this start method."""
    judging = request.config.stash[JUDGING]
    stage = judging.stage(start_method, request.path.parent)
    stage.records_in(judging.timeline)
    yield stage
    if request.node.stash[FINDING].verdict != "conforms":
        stage.clean = False
    judging.put_back(stage)


@pytest.fixture
def make_queue(stage: Stage, request: pytest.FixtureRequest) -> Callable[..., View]:
    """Makes a queue, of the kind that is judged: ``make_queue(maxsize=2)``."""

    def make(*args: object, kind: str = "", **kwargs: object) -> View:
        __tracebackhide__ = True
        return stage.make_queue(kind or request.getfixturevalue("kind"), *args, **kwargs)

    return make


@pytest.fixture
def queue(stage: Stage, kind: str) -> View:
    """A queue as the process that created it, the parent, holds it."""
    __tracebackhide__ = True
    return stage.make_queue(kind)


@pytest.fixture
def make_child(stage: Stage) -> Callable[..., Any]:
    """Starts a child process: ``make_child(queue)`` is the queue as the child holds it, several give a tuple."""
    return stage.make_child


@pytest.fixture
def child(queue: View, make_child: Callable[..., Any]) -> Any:
    """The same queue as a child process holds it."""
    return make_child(queue)


@pytest.fixture
def parent(stage: Stage) -> RemoteActor:
    """The process that creates the queues and starts the children."""
    return stage.parent


@pytest.fixture
def context(stage: Stage) -> View:
    """The context of the start method as the parent holds it: ``context.cpu_count()``."""
    return stage.context


@pytest.fixture
def make_object(stage: Stage) -> Callable[..., View]:
    """Makes what is no queue: ``make_object(roles.event, context)`` is what that role returned, held by the parent."""
    return stage.hold


@pytest.fixture
def make_manager(stage: Stage) -> Callable[[], View]:
    """Starts a manager of this test's own, held by the parent: ``make_manager()``. The queues whose kind begins with
    ``Manager.`` belong to another one, which the parent keeps."""
    return stage.make_manager


@pytest.fixture
def facts(request: pytest.FixtureRequest) -> Facts:
    """What is known of the judged interpreter: version, system, start methods."""
    return request.config.stash[JUDGING].facts


@pytest.fixture
def program(request: pytest.FixtureRequest, start_method: str) -> Iterator[Callable[..., Program]]:
    """Starts a program of the specification: ``program("producer_consumer")`` runs ``programs/producer_consumer.py``
    with the judged Python, and is watched from outside."""
    judging = request.config.stash[JUDGING]
    started = request.node.stash[PROGRAMS] = []

    def start(name: str, *arguments: object) -> Program:
        folder = request.path.parent / "programs"
        words = tuple(map(str, arguments))
        started.append(
            Program(folder / f"{name}.py", words, judging.settings(folder), start_method, judging.supervisor)
        )
        return started[-1]

    yield start
    for one in started:
        one.close()


@dataclasses.dataclass(frozen=True)
class Crowd:
    """How many producers meet as many consumers, and how many items each of them puts."""

    size: int

    @property
    def items(self) -> int:
        return 100 * self.size

    @property
    def put(self) -> list[tuple[int, int]]:
        """All that the crowd puts: (producer, number)."""
        return [(producer, number) for producer in range(self.size) for number in range(self.items)]

    def divided_by(self, processes: int) -> list[list[int]]:
        """The producers, divided between so many processes."""
        return [list(range(first, self.size, processes)) for first in range(processes)]


@pytest.fixture
def crowd(request: pytest.FixtureRequest) -> Crowd:
    """How many processes meet: ``crowd.size`` producers put ``crowd.items`` each; see ``--crowd``."""
    return Crowd(request.config.getoption("crowd"))


@pytest.fixture
def fresh_stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A main program that has chosen no start method yet, for this test alone."""
    judging = request.config.stash[JUDGING]
    stage = Stage(judging.settings(request.path.parent), "", judging.supervisor)
    stage.records_in(judging.timeline)
    yield stage
    if request.node.stash[FINDING].verdict == "conforms":
        stage.leave()
    else:
        stage.end()


@pytest.fixture
def module(fresh_stage: Stage) -> View:
    """The module itself, as a program that has just started imports it: ``module.get_start_method()``."""
    return fresh_stage.module


@pytest.fixture
def make_thread(stage: Stage) -> Callable[..., Any]:
    """Starts a thread in the parent's process: ``make_thread(queue)`` is the queue as that thread calls it."""
    return stage.make_thread


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    rule = rule_of(getattr(item, "function", None))
    if rule is None:
        return
    judging = item.config.stash[JUDGING]
    judging.timeline = Timeline()
    finding = item.stash[FINDING] = Finding(rule)
    reason = rule.not_applicable(judging.facts, _parameter(item, "start_method") or None)
    if reason:
        finding.verdict, finding.explanation = "not-applicable", reason
        pytest.skip(f"not-applicable: {reason}")
    reason = rule.unsupported(judging.facts, _parameter(item, "kind") or None)
    if reason:
        finding.verdict, finding.explanation = "unsupported", reason
        pytest.skip(f"unsupported: {reason}")


def _parameter(item: pytest.Item, name: str) -> str:
    callspec = getattr(item, "callspec", None)
    return str(callspec.params.get(name, "")) if callspec is not None else ""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    finding = item.stash.get(FINDING, None)
    if finding is None:
        return report
    finding.seconds += call.duration
    stage = (getattr(item, "funcargs", None) or {}).get("stage")
    if stage is not None and call.when != "teardown":
        finding.reported |= stage.reported
    if call.when == "call" and report.passed:
        finding.verdict = "conforms"
        if item.config.getoption("timeline"):
            finding.timeline = tuple(item.config.stash[JUDGING].timeline.rows())
        _compare_with_what_was_declared(item, finding, report)
    elif report.failed and call.excinfo is not None:
        _explain(item, call.excinfo.value, finding, report)
        if finding.verdict in results.BAD:
            _compare_with_what_was_declared(item, finding, report)
            if not _gates(item, finding.rule):
                report.outcome = "skipped"
                report.wasxfail = f"{finding.verdict}: {finding.explanation}"
    elif report.skipped and finding.verdict == "not-run" and call.excinfo is not None:
        finding.explanation = str(call.excinfo.value)
    if call.when == "teardown":
        verdict = _verdict(item, finding).bounded
        vars(report)[CARGO] = json.dumps(verdict.as_data())
        report.user_properties += _properties(verdict)
    return report


def _properties(verdict: results.Verdict) -> list[tuple[str, object]]:
    """What other reports, such as JUnit's, are to say of a verdict."""
    names = ("rule", "level", "kind", "start_method", "verdict", "explanation")
    return [(name, getattr(verdict, name)) for name in names]


def _gates(item: pytest.Item, rule: Rule) -> bool:
    """Whether a deviation fails the run. On macOS the system's own libraries may crash a process that was forked:
    no verdict there can accuse the queue."""
    judging = item.config.stash[JUDGING]
    forked_on_macos = judging.facts.system == "Darwin" and _parameter(item, "start_method") == "fork"
    return rule.gates(judging.strict) and not forked_on_macos


def _compare_with_what_was_declared(item: pytest.Item, finding: Finding, report: pytest.TestReport) -> None:
    """A deviation that was declared does not fail the run; one that is declared and is not there does."""
    finding.entry = entry = item.config.stash[JUDGING].declarations.entry_for(*_verdict(item, finding).key)
    if entry is None:
        return
    surprise = expectations.surprise(entry, finding.verdict)
    if surprise and finding.verdict == "conforms":
        report.outcome = "failed"
        report.longrepr = f"{finding.rule.slug}: {surprise}"
    elif surprise:
        report.sections.append(("declared", surprise))
    elif finding.verdict != "conforms":
        report.outcome = "skipped"
        report.wasxfail = f"declared to be so: {finding.verdict}: {finding.explanation}"


def _explain(item: pytest.Item, error: BaseException, finding: Finding, report: pytest.TestReport) -> None:
    """Says what a failure means for the rule: a verdict and a sentence, or that the specification itself failed."""
    if isinstance(error, Failure):
        verdict = error.verdict
    elif isinstance(error, pytest.fail.Exception) and str(error).startswith("Timeout"):
        verdict = "hangs"
    elif isinstance(error, (AssertionError, Raised)):
        verdict = "deviates"
    else:
        finding.verdict = "not-run"
        finding.explanation = f"the specification itself failed: {type(error).__name__}: {error}"
        return
    finding.verdict = verdict
    timeline = item.config.stash[JUDGING].timeline
    finding.explanation = one_line(sentence_about(error, timeline), 1000)
    finding.timeline = tuple(timeline.rows())
    rule = finding.rule
    sources = "\n".join(f"{source}: {source.url}" if source.url else str(source) for source in rule.source)
    report.sections.append((f"rule {rule.slug} ({rule.level})", f"{rule.sentence}\n{rule.why}\n{sources}"))
    judged = one_line(item.config.stash[JUDGING].facts.described)
    under = " under ".join(word for word in (_parameter(item, "kind"), _parameter(item, "start_method")) if word)
    report.sections.append((f"verdict {verdict}", f"{finding.explanation}\n{under}{': ' if under else ''}{judged}"))
    if timeline.calls:
        report.sections.append(("timeline", str(timeline)))
    arguments = getattr(item, "funcargs", None) or {}
    stage = arguments.get("stage") or arguments.get("fresh_stage")
    outputs = {f"output of the program {one_line(one.text)}": one.output for one in item.stash.get(PROGRAMS, ())}
    if stage is not None:
        outputs["output of the judged processes"] = stage.tree.output()
    for title, output in outputs.items():
        if isinstance(error, Hangs):  # its text has the stacks already
            output = _STACK_LINE.sub("", output)
        if output.strip():
            # Marked at the left, so that no line of it is taken for a command by what reads the log.
            report.sections.append((title, "| " + printable(output.strip("\n"), 4000).replace("\n", "\n| ")))


_STACK_LINE = re.compile(r"^(Thread 0x|Current thread |Timeout \(|  File \".*\", line \d+ in ).*\n*", re.MULTILINE)
"""A line that `faulthandler` has written."""


def sentence_about(error: BaseException, timeline: Timeline) -> str:
    """One sentence: what was called, what was expected, what happened."""
    if isinstance(error, Raised):
        return f"{error.remote_call} should have returned, but it raised {error_in_words(error)}"
    call = timeline.last
    text = str(error).partition("\n")[0]
    if isinstance(error, Failure) or not isinstance(error, AssertionError):
        return text
    text = text.removeprefix("AssertionError: ").removeprefix("assert ")
    if call is not None and call.returned and re.match(r"(not )?(True|False|None|0|\[\])$", text):
        wanted = "false" if text.startswith("not ") else "true"
        return f"{call.text} should have returned something {wanted}, but it {call.outcome}"
    if call is not None and call.returned and text.endswith(f" in {call.value!r}"):
        part = text[: -len(f" in {call.value!r}")]
        return f"{call.text} should have returned something with {part} in it, but it {call.outcome}"
    return text


def pytest_assertrepr_compare(config: pytest.Config, op: str, left: object, right: object) -> list[str] | None:
    """``assert queue.get() == "a"`` fails with a sentence."""
    if op not in ("==", "is"):
        return None
    timeline = config.stash[JUDGING].timeline
    returned = [call for call in reversed(timeline.calls) if call.returned and call.value is left]
    if not returned or (left in (None, True, False) and returned[0] is not timeline.last):
        return None
    call = returned[0]
    return [f"{call.text} should have returned {right!r}, but it {call.outcome}"]


def _verdict(item: pytest.Item, finding: Finding) -> results.Verdict:
    return results.Verdict(
        rule=finding.rule.slug,
        level=finding.rule.level,
        chapter=finding.rule.chapter,
        sentence=finding.rule.sentence,
        test=item.nodeid,
        verdict=finding.verdict,
        gates=_gates(item, finding.rule),
        explanation=finding.explanation,
        kind=_parameter(item, "kind"),
        start_method=_parameter(item, "start_method"),
        reported_start_method=", ".join(sorted(finding.reported)),
        parameters=_others_in(item.nodeid, _parameter(item, "start_method"), _parameter(item, "kind")),
        seconds=round(finding.seconds, 4),
        timeline=finding.timeline,
        declared=finding.entry.declaration if finding.entry is not None else None,
    )


# All tests together


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    config = session.config
    judging = config.stash[JUDGING]
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    for test, describe in judging.planned.items():
        if test not in judging.verdicts:
            verdict = describe()
            if verdict is not None:
                judging.verdicts[test] = verdict
    if not judging.verdicts:
        judging.try_to_record(lambda recorder: recorder.abandon())
        return
    found = judging.in_order()
    left_out = [verdict for verdict in found if verdict.verdict == "not-run"]
    if not any(verdict.verdict in results.JUDGED for verdict in found):
        judging.problems.append("nothing was judged: a run that verified nothing is no success")
    elif left_out:
        judging.problems.append(f"incomplete: without {len(left_out)} of {counted(len(found), 'planned verdict')}")
    if judging.declarations.entries and _chapters():
        tested = [rule for chapter in _chapters() for rule in chapter.rules if rule.level != "untested"]
        kinds = {rule.slug: rule.kinds for rule in tested}
        proved_by = {slug: rule.slug for rule in tested for slug in rule.proves}
        narrowed = set(judging.start_methods) != set(judging.facts.start_methods)
        judging.problems += judging.declarations.idle(found, kinds, judging.facts.start_methods, proved_by, narrowed)
    if judging.recorder is not None:
        header = header_of(config, judging.facts, _rule_set())
        seconds = (datetime.now(timezone.utc) - judging.begun).total_seconds()
        judging.try_to_record(lambda recorder: recorder.finish(header, found, seconds))
        if left_out and judging.recorder is not None and judging.recorder.earlier.exists():
            judging.problems.append(f"the results of an earlier run are kept in {judging.recorder.earlier}")
    if judging.problems and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    if not config.pluginmanager.hasplugin("terminalreporter"):
        _tell_github(config, found, print)


def _tell_github(config: pytest.Config, verdicts: list[results.Verdict], write_line: Callable[[str], None]) -> None:
    from queuespec.report import github

    judging = config.stash[JUDGING]
    header = header_of(config, judging.facts)
    github.tell(header, verdicts, judging.problems, lambda verdict: _rule_at(config, verdict.test), write_line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    judging = config.stash[JUDGING]
    verdicts = judging.in_order()
    if not verdicts:
        return
    from queuespec.report import table

    if config.getoption("timeline"):
        terminalreporter.section("timelines")
        for verdict in verdicts:
            if verdict.timeline:
                terminalreporter.write_line(verdict.test)
                for line in in_lines(verdict.timeline):
                    terminalreporter.write_line(line)
    terminalreporter.section(f"verdicts: {one_line(judging.facts.described)}")
    writer = terminalreporter._tw
    table.write(verdicts, judging.start_methods, writer._file, writer.fullwidth, writer.hasmarkup)
    for verdict in verdicts:
        if verdict.verdict in results.BAD or verdict.verdict == "not-run":
            about = " ".join(word for word in (verdict.rule, verdict.start_method, verdict.kind) if word)
            known = f" (declared: {verdict.declared['reason']})" if verdict.declared else ""
            if verdict.explanation:
                terminalreporter.write_line(f"{verdict.verdict}: {about}: {one_line(verdict.explanation, 1000)}{known}")
        elif verdict.declared and verdict.declared["unstable"]:
            about = " ".join(word for word in (verdict.rule, verdict.start_method, verdict.kind) if word)
            terminalreporter.write_line(f"unstable, this time {verdict.verdict}: {about}: {verdict.declared['reason']}")
    terminalreporter.write_line(f"{counted(len(verdicts), 'verdict')}: {table.summary(verdicts)}")
    for problem in judging.problems:
        terminalreporter.write_line(problem, red=True)
    _tell_github(config, verdicts, terminalreporter.write_line)
