"""A rule as a program of its own: it shows the fault, accuses no good queue, and needs nothing but Python."""

import argparse
import ast
import contextlib
import functools
import inspect
import multiprocessing
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from runs import CHECKOUT, environment, rest
from samples import verdict

from queuespec.__main__ import main
from queuespec.cli.reproduce import Refused, add_arguments, asked_for
from queuespec.judge.options import probe
from queuespec.queues.declare import faults
from queuespec.report import reproduction, runner
from queuespec.report.document import rules_of
from queuespec.report.inlining import Unsuitable
from queuespec.report.reproduction import Reproduction, bug_report
from queuespec.rules import chapters

METHODS = [method for method in ("fork", "spawn") if method in multiprocessing.get_all_start_methods()]
IMPLEMENTATIONS = Path(__file__).with_name("implementations")
RULES = {rule.slug: rule for rule in rules_of(chapters()) if rule.test}
ONE_CASE = ("--start-method", METHODS[0], "--kind", "Queue")
"""There is nothing to choose, so that no rule has to be judged for a program."""
PARSER = argparse.ArgumentParser()
add_arguments(PARSER)
known = functools.cache(probe)


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Writes a program: ``written("get.blocks-when-empty", "--start-method", "fork")`` is its path.

    Raises `LookupError` for a rule that does not apply here, or has no program.
    """
    monkeypatch.setattr("queuespec.cli.reproduce.probe", known)

    def write(slug, *words, patience="30"):
        kinds = RULES[slug].kinds[:1] if "--kind" not in words else ()
        words = (slug, *words, "--patience", patience, *(word for kind in kinds for word in ("--kind", kind)))
        try:
            rule, case, _ = asked_for(PARSER.parse_args(words))
            text = Reproduction(rule, case).text
        except (Refused, Unsuitable) as reason:
            raise LookupError(str(reason)) from None
        path = tmp_path / "reproduction.py"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def performed(path, *options, **variables):
    """The exit status of a program that is run where nothing of ours can be imported, and what it printed."""
    directory = tempfile.mkdtemp(prefix="qr-")  # what a hang ends cannot remove the directory of its manager
    process = subprocess.Popen(
        [sys.executable, *options, str(path)],
        cwd=path.parent,
        env=environment(**{"PYTHONPATH": "", **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), directory), **variables}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        output = process.communicate(timeout=180)[0]
    finally:
        if os.name == "posix":
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        shutil.rmtree(directory, ignore_errors=True)
    return process.returncode, output


def performed_with(fault, path):
    """The same where the program has this wrong queue in place of the standard library's."""
    text = path.read_text(encoding="utf-8")
    assert "import multiprocessing\n" in text
    text = text.replace("import multiprocessing\n", "import faulty as multiprocessing\n")
    path.write_text(text, encoding="utf-8")
    homes = os.pathsep.join(map(str, (IMPLEMENTATIONS, CHECKOUT / "src")))
    return performed(path, PYTHONPATH=homes, FAULT=f"fault:{fault}")


A_FEW = ("order.fifo-in-process", "get.blocks-when-empty", "cap.exact", "manager.global-order")
"""Rules of one process, of several, with parameters, with a manager."""


@pytest.mark.parametrize("method", rest(METHODS, METHODS[:1]))
@pytest.mark.parametrize("slug", rest(RULES, A_FEW))
def test_a_good_queue_is_not_accused(written, slug, method):
    try:
        path = written(slug, "--start-method", method)
    except LookupError as reason:
        pytest.skip(str(reason))

    status, output = performed(path)
    assert status == 0, output
    assert not re.search("should (have|be) |Timeout ", output)


SHOWN = [
    ("order.fifo-in-process", "lifo", "queue.get() should have returned 'a', but it returned 'b'"),
    ("get.blocks-when-empty", "get-hangs-in-c", "queue.get() was still running after 2 s"),
    ("exit.bad-item-last", "bad-item-ends-the-process", "its process ended with exit code 70"),
    ("get.timeout-raises-empty", "timeouts-over-at-once", "this should be true: queue.get(timeout=0.2) waited 0.2"),
    ("put.nonblocking-raises-full", "full-one-late", "should have raised Full, but it returned"),
    ("manager.global-order", "manager-queue-is-a-stack", "but it returned ['third', 'second', 'first']"),
    ("ctx.set-once", "start-method-set-again", "should have raised RuntimeError, but it returned"),
    ("look.never-blocks", "empty-waits-for-readers", "Timeout (0:00:0"),
]
"""A rule, a fault, and a part of what the program says."""


@pytest.mark.parametrize("method", rest(METHODS, METHODS[:1]))
@pytest.mark.parametrize(("slug", "fault", "words"), rest(SHOWN, SHOWN[:3], words=True))
def test_a_fault_is_shown_in_words(written, slug, fault, words, method):
    status, output = performed_with(fault, written(slug, "--start-method", method, patience="2"))

    assert status == 1, output
    assert words in output


BREAKING = [
    (name, slug)
    for name, fault in faults().items()
    for slug in fault.breaks
    if slug in RULES and not hasattr(fault, "Manager")  # a manager that others make has its own queues
]


@pytest.mark.thorough
@pytest.mark.parametrize(("fault", "slug"), BREAKING)
def test_every_fault_is_shown_by_the_programs_of_the_rules_that_it_breaks(written, fault, slug):
    silent = []
    for method in METHODS:
        for kind in RULES[slug].kinds or ("",):
            try:
                words = ("--start-method", method, *(("--kind", kind) if kind else ()))
                path = written(slug, *words, patience="3")
            except LookupError:
                continue
            status, output = performed_with(fault, path)
            if status != 0:
                return
            silent.append((method, kind, status, output))

    assert not silent


def test_a_hang_shows_the_stack_of_who_hangs_and_leaves_no_process(written):
    psutil = pytest.importorskip("psutil")
    for slug in ("get.blocks-when-empty", "order.fifo-in-process"):
        path = written(slug, "--start-method", METHODS[0], patience="1")

        status, output = performed_with("get-hangs-in-c", path)

        assert status == 1
        assert "Timeout (0:00:" in output
        assert " in get\n" in output
    deadline = time.monotonic() + 10
    while left := [one for one in psutil.process_iter(["cmdline"]) if str(path) in (one.info["cmdline"] or ())]:
        assert time.monotonic() < deadline, left


def test_a_class_of_queue_is_imported(written, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(IMPLEMENTATIONS))
    words = ("--implementation", "queue_class:Queue", "--start-method", multiprocessing.get_all_start_methods()[0])
    path = written("pattern.producer-consumer", *words)
    (path.parent / "queue_class.py").write_text((IMPLEMENTATIONS / "queue_class.py").read_text())

    assert "queue_class.Queue" in path.read_text(encoding="utf-8")
    assert performed(path) == (0, "")


def test_a_class_of_queue_gets_the_context_that_it_takes(written):
    path = written("cap.freed-by-get", "--implementation", "multiprocessing.queues:Queue")

    assert "multiprocessing.queues.Queue, ctx=context" in path.read_text(encoding="utf-8")
    assert performed(path) == (0, "")


SEVERAL = "deliver.child-to-child"
"""A rule of several processes."""

ADAPTERS = {
    "file": (str(IMPLEMENTATIONS / "odd_arguments.py"), METHODS),
    "class of a file": (f"{IMPLEMENTATIONS / 'own_reducers.py'}:Adapter", METHODS),
    "what travels": (str(IMPLEMENTATIONS / "on_a_server.py"), METHODS),
    "contexts": (str(IMPLEMENTATIONS / "own_contexts.py"), ["own spawn"]),
    "module": ("odd_arguments:Adapter", METHODS),
    "entry point": ("my-queue", METHODS),
    "built in": ("threads", ["thread"]),
}
"""Names of adapters of all kinds, and their start methods."""


@pytest.fixture
def offered(monkeypatch):
    """An installed package that offers an adapter as ``my-queue``, and modules with adapters."""
    with tempfile.TemporaryDirectory() as directory:
        info = Path(directory, "mine-1.0.dist-info")
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text("[queuespec.implementations]\nmy-queue = odd_arguments:Adapter\n")
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([directory, str(IMPLEMENTATIONS)]))
        yield


@pytest.mark.usefixtures("offered")
@pytest.mark.parametrize("slug", ["order.fifo-in-process", SEVERAL])
@pytest.mark.parametrize("given", ADAPTERS)
def test_an_adapter_is_a_part_of_the_program(written, given, slug):
    name, methods = ADAPTERS[given]
    for method in methods:
        path = written(slug, "--implementation", name, "--start-method", method, "--kind", "Queue")

        assert performed(path) == (0, "")
        assert "\nADAPTER = Adapter()\n" in path.read_text(encoding="utf-8")


def test_a_manager_of_an_adapter_has_its_queues(written):
    name = str(IMPLEMENTATIONS / "own_reducers.py")
    words = ("--start-method", METHODS[-1], "--kind", "Manager.Queue")

    assert performed(written(SEVERAL, "--implementation", name, *words)) == (0, "")


def test_exceptions_stand_for_others_in_the_program_as_well(written):
    name = str(IMPLEMENTATIONS / "on_a_server.py")
    words = ("--start-method", METHODS[0], "--kind", "Queue")

    assert performed(written("put.nonblocking-raises-full", "--implementation", name, *words)) == (0, "")


STACK = """
from __future__ import annotations

import os
import queue

import on_a_stack_of_its_own


class Adapter:
    name: str = "a stack"
    version = os.environ["QUEUESPEC_MARK"][:0]
    lacks = ("processes",)
    start_methods = ("thread",)

    def queue(self, kind, owner, maxsize=0):
        return queue.LifoQueue(maxsize)

    def process(self, context, target, args, daemon):
        import threading

        return threading.Thread(target=target, args=args)

    def tidy(self):
        print("tidied")


if __name__ == "__main__":
    Nothing()
"""


def test_what_an_adapter_has_wrong_is_shown(written, tmp_path):
    adapter = tmp_path / "stack.py"
    adapter.write_text(STACK.replace("import on_a_stack_of_its_own\n", ""), encoding="utf-8")
    words = ("--start-method", "thread", "--kind", "Queue")

    status, output = performed(written("order.fifo-in-process", "--implementation", str(adapter), *words))

    assert status == 1, output
    assert "queue.get() should have returned 'a', but it returned 'b'" in output
    assert "tidied" in output


CONNECTS = """
class Adapter:
    server = None

    def connect(self):
        assert self.server is None
        self.server = "the server"

    def queue(self, kind, owner, maxsize=0):
        assert self.server == "the server"
        return owner.Queue(maxsize)

    def tidy(self):
        print("tidied", self.server)
"""


@pytest.mark.parametrize("tidies", [False, True])
def test_an_adapter_connects_before_it_makes_queues_or_tidies(written, tmp_path, tidies):
    adapter = tmp_path / "connects.py"
    adapter.write_text(CONNECTS if tidies else CONNECTS.partition("    def tidy")[0], encoding="utf-8")
    words = ("--implementation", str(adapter), "--start-method", METHODS[0], "--kind", "Queue")

    status, output = performed(written(SEVERAL, *words))

    assert status == 0, output
    assert {*output.splitlines()} == ({"tidied the server"} if tidies else set())


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("import on_a_stack_of_its_own", "import beside", "its adapter imports beside, which the program cannot"),
        ("import on_a_stack_of_its_own", "import queuespec", "its adapter imports queuespec, which the program cannot"),
        ("import on_a_stack_of_its_own", "Worker = None", "its adapter and the program both define Worker"),
        ("import on_a_stack_of_its_own", "import queue as sys", "sys would mean two things"),
        ('"processes",', "", "the processes that its adapter starts do not know the program"),
        (
            "    def queue",
            "    serve = None\n\n    def queue",
            "its adapter shares a server or a cluster with all of a run",
        ),
    ],
)
def test_an_adapter_that_does_not_stand_alone_says_why(written, tmp_path, old, new, reason):
    adapter = tmp_path / "stack.py"
    (tmp_path / "beside.py").write_text("", encoding="utf-8")
    text = STACK.replace(old, new).replace("import on_a_stack_of_its_own", "")
    adapter.write_text(text, encoding="utf-8")
    words = ("--start-method", "thread", "--kind", "Queue")

    with pytest.raises(LookupError, match=reason):
        written("order.fifo-in-process", "--implementation", str(adapter), *words)


def test_what_an_adapter_lacks_is_found_by_a_run(capsys):
    words = ["--implementation", "threads", "--start-method", "thread", "--kind", "Queue"]

    assert main(["reproduce", "exit.child-flushes", *words]) == 4

    assert "exit.child-flushes does not apply: queue does not have " in capsys.readouterr().err


def test_a_rule_of_one_process_is_a_page(written):
    text = written("order.fifo-in-process").read_text(encoding="utf-8")

    assert len(text.splitlines()) < 50
    assert "    context = multiprocessing.get_context(" in text
    assert "https://docs.python.org/3/library/multiprocessing.html#pipes-and-queues" in text


def test_a_test_that_is_repeated_is_a_loop(written):
    text = written("cap.exact", "--start-method", METHODS[0]).read_text(encoding="utf-8")

    assert "    for maxsize in [1, 2, 3, 10]:\n" in text


def test_the_runner_of_several_processes_is_short(written):
    text = written("get.blocks-when-empty", "--start-method", METHODS[0]).read_text(encoding="utf-8")
    parts = [inspect.getsource(part) for part in (runner.Worker, runner.work)]

    assert all(part in text for part in parts)
    assert len("\n\n".join(parts).splitlines()) <= 60
    assert '    getting = child.begin("queue.get()")' in text
    assert '    queue.put("late")' in text


def test_reproductions_are_short(monkeypatch):
    monkeypatch.setattr("queuespec.cli.reproduce.probe", known)
    lengths = {}
    for slug, rule in RULES.items():
        kinds = [word for kind in rule.kinds[:1] for word in ("--kind", kind)]
        try:
            rule, case, _ = asked_for(PARSER.parse_args([slug, "--start-method", METHODS[0], *kinds]))
            text = Reproduction(rule, case).text
        except Refused:
            continue
        except Unsuitable:
            text = bug_report(rule, case, "1.0")
        lengths[slug] = len(text.splitlines())

    assert len(lengths) > 200
    assert statistics.median(lengths.values()) <= 60
    assert max(lengths.values()) <= reproduction.LONGEST_PROGRAM


@pytest.mark.parametrize("slug", ["order.fifo-in-process", "get.blocks-when-empty", "manager.global-order"])
def test_a_program_imports_nothing_but_the_standard_library(written, slug):
    text = written(slug, "--start-method", METHODS[0]).read_text(encoding="utf-8")
    tree = ast.parse(text, feature_version=(3, 9))

    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert "multiprocessing" in names
    assert not [name for name in names if name.partition(".")[0] in ("queuespec", "pytest", "roles", "items")]


def test_a_program_speaks_also_without_assertions(written):
    path = written("order.fifo-in-process", "--start-method", METHODS[0])
    path.write_text(path.read_text(encoding="utf-8").replace('"b"', '"c"', 1), encoding="utf-8")

    assert performed(path, "-O") == (1, "queue.get() should have returned 'b', but it returned 'c'\n")


def test_the_program_is_printed_unless_a_file_is_named(capsys):
    assert main(["reproduce", "order.fifo-in-process", "--start-method", METHODS[0]]) == 0

    printed = capsys.readouterr().out
    compile(printed, "reproduction", "exec")
    assert "\nObserved: conforms\n" in printed


# Bug reports


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["deliver.no-loss", *ONE_CASE], "its test takes 'crowd'"),
        (["pattern.producer-consumer-program"], "its test takes 'program'"),
        (["order.fifo-in-process", *ONE_CASE, "--implementation", "fault:lifo"], "cannot be imported by a program"),
    ],
)
def test_what_has_no_program_has_a_bug_report(capsys, monkeypatch, words, reason):
    judged = verdict(words[0], explanation="It was judged.")
    monkeypatch.setattr("queuespec.cli.reproduce.performed", lambda *about: (judged, ""))

    assert main(["reproduce", *words]) == 0

    printed = capsys.readouterr()
    assert printed.out.startswith(f"# {words[0]}: ")
    assert "conforms: It was judged.\n" in printed.out
    assert reason in printed.err
    assert len(printed.err.splitlines()) == 1


def test_a_bug_report_has_all_that_is_known_of_a_hang(capsys):
    words = ["--implementation", "fault:get-hangs-in-c", "--patience", "1", "--start-method", METHODS[0]]

    assert main(["reproduce", "get.blocks-when-empty", "--format", "markdown", *words]) == 0

    report = capsys.readouterr().out
    assert "# get.blocks-when-empty: `get()` waits until an item arrives." in report
    assert re.search(f"- Queue under {METHODS[0]}: hangs: get\\(\\) was still running after [\\d.]+ s\n", report)
    assert f"on fault:get-hangs-in-c on {sys.implementation.name.replace('cpython', 'CPython')} " in report
    assert "(https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.get)" in report
    command = "queuespec --rule get.blocks-when-empty --implementation fault:get-hangs-in-c"
    assert f"$ pip install queuespec && {command} --start-method {METHODS[0]} -k {METHODS[0]}-Queue\n" in report
    assert "\nassert getting.returns() == " in report
    assert " child      get()  still running\n" in report
    assert "getting.py" in report


def test_the_kind_that_deviates_is_the_default(capsys):
    assert RULES["item.none-falsy"].kinds[0] == "Queue"
    words = ["--implementation", "fault:simple-is-a-stack", "--start-method", METHODS[0]]

    assert main(["reproduce", "item.none-falsy", *words]) == 0

    assert f"- SimpleQueue under {METHODS[0]}: deviates: " in capsys.readouterr().out


@pytest.mark.skipif("fork" not in METHODS, reason="it is a fault of fork")
def test_the_start_method_that_deviates_is_the_default(capsys):
    words = ["--implementation", "fault:fork-copies-the-lock", "--patience", "2"]

    assert main(["reproduce", "share.fork-during-put", *words]) == 0

    assert "- Queue under fork: hangs: " in capsys.readouterr().out


# What cannot be


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["get.block-when-empty"], "there is no rule 'get.block-when-empty'; did you mean 'get.blocks-when-empty'"),
        (["manager.slower"], "manager.slower is not tested: "),
        (["get.timeout-raises-empty", "--kind", "SimpleQueue"], ", not about 'SimpleQueue'"),
        (["order.fifo-in-process", "--start-method", "teleport"], "'teleport' is not available on this platform"),
        (["order.fifo-in-process", "--implementation", "no_such_module"], "there is no implementation named"),
        (["order.fifo-in-process", "--python", "no-such-python"], "as a Python interpreter ("),
        (["simple.close", "--implementation", "queue_class:Queue"], "does not have SimpleQueue"),
        (["order.fifo-in-process", *ONE_CASE, "--output", "no/such/folder/file.py"], "cannot write 'no"),
        (["order.fifo-in-process", "--output", str(Path(__file__))], "already exists; --force replaces it"),
    ],
    ids=lambda value: " ".join(value[-2:-1] or value) if isinstance(value, list) else "",
)
def test_what_cannot_be_is_answered_by_one_sentence(capsys, monkeypatch, words, said):
    monkeypatch.setenv("PYTHONPATH", str(IMPLEMENTATIONS))
    before = Path(__file__).read_bytes()

    assert main(["reproduce", *words]) == 4

    printed = capsys.readouterr()
    assert said in printed.err
    assert len(printed.err.splitlines()) == 1
    assert printed.out == ""
    assert Path(__file__).read_bytes() == before


def test_a_run_that_judged_nothing_is_answered_by_its_last_words(capsys, monkeypatch):
    def end_immediately(words, **others):
        return subprocess.CompletedProcess(words, 3, b"begun\n", b"no space left\n")

    facts = known(sys.executable, "multiprocessing")
    monkeypatch.setattr("queuespec.cli.reproduce.probe", lambda python, implementation: facts)
    monkeypatch.setattr("queuespec.cli.reproduce.subprocess.run", end_immediately)

    assert main(["reproduce", "order.fifo-in-process", "--start-method", METHODS[0]]) == 4

    assert capsys.readouterr().err == "queuespec reproduce: cannot judge order.fifo-in-process: no space left\n"


@pytest.mark.skipif("spawn" not in METHODS or sys.platform == "win32", reason="it applies there")
def test_a_rule_that_does_not_apply_is_refused_with_its_reason(capsys):
    assert main(["reproduce", "ctx.methods-windows"]) == 4

    assert "ctx.methods-windows does not apply: only on Windows" in capsys.readouterr().err


def test_a_rule_that_does_not_apply_to_the_queue_is_refused_with_its_reason(capsys):
    assert main(["reproduce", "join.timeout"]) == 4

    assert "join.timeout does not apply: the queue does not have join(timeout)" in capsys.readouterr().err


def test_a_file_is_replaced_by_force(tmp_path):
    path = tmp_path / "reproduction.py"
    path.write_text("mine", encoding="utf-8")

    assert main(["reproduce", "order.fifo-in-process", *ONE_CASE, "--output", str(path), "--force"]) == 0

    assert path.read_text(encoding="utf-8").startswith('"""order.fifo-in-process: ')
    assert [entry.name for entry in tmp_path.iterdir()] == ["reproduction.py"]
