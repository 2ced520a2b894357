"""A rule as a program of its own: it shows the fault, accuses no good queue, and needs nothing but Python."""

import ast
import multiprocessing
import subprocess
import sys
from pathlib import Path

import pytest
from runs import environment, rest

from queuespec.__main__ import main

METHODS = [method for method in ("fork", "spawn") if method in multiprocessing.get_all_start_methods()]
IMPLEMENTATIONS = Path(__file__).with_name("implementations")


@pytest.fixture
def written(tmp_path, capsys):
    """Writes the program of a rule: ``written("get.blocks-when-empty", "--start-method", "fork")`` is its path."""

    def write(*words, patience="30"):
        path = tmp_path / "reproduction.py"
        assert main(["reproduce", *words, "--patience", patience, "--output", str(path)]) == 0, capsys.readouterr().err
        return path

    return write


def performed(path, folder, *options):
    """The exit status of a program that is run where nothing of ours can be imported, and what it printed."""
    process = subprocess.run(
        [sys.executable, *options, str(path)],
        cwd=folder,
        env=environment(PYTHONPATH=""),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=180,
    )
    return process.returncode, process.stdout


SHAPES = {
    "order.fifo-in-process": "one process",
    "put.failed-put-adds-nothing": "a queue that is full",
    "get.timeout-raises-empty": "a call under way in the parent",
    "get.blocks-when-empty": "a call that blocks",
    "pattern.producer-consumer": "several children and a role",
    "order.threads-of-one-process": "threads, a gate",
    "item.custom-class": "an item recipe",
    "cap.exact": "parameters",
    "join.blocks-until-all-done": "a joinable queue",
    "simple.close": "a simple queue",
    "share.simplequeue-goes-on": "two queues, of which one goes through the other",
    "manager.global-order": "a queue of a manager",
    "exit.flush-on-sys-exit": "an end of a process, an event",
    "cap.blocked-put-wakes-across": "a call under way in a child, another in a thread",
    "deliver.no-loss": "a crowd, a history",
    "ctx.set-once": "the module",
    "pattern.producer-consumer-program": "a program of its own",
}


@pytest.mark.parametrize("method", rest(METHODS, METHODS[:1]))
@pytest.mark.parametrize(
    "slug", rest(SHAPES, ("order.fifo-in-process", "get.blocks-when-empty", "exit.flush-on-sys-exit"))
)
def test_a_good_queue_is_not_accused(written, tmp_path, slug, method):
    status, output = performed(written(slug, "--start-method", method), tmp_path)

    assert status == 0, output
    assert "should" not in output


SHOWN = [
    ("order.fifo-in-process", "lifo", "queue.get() should have returned 'a', but it returned 'b'"),
    ("get.blocks-when-empty", "get-hangs-in-c", "get() of child 1 was still running after 2 s"),
    ("exit.bad-item-last", "bad-item-ends-the-process", "the process of child 1 died with exit code 70"),
    ("get.timeout-raises-empty", "timeouts-over-at-once", "should have waited 0.2 s, but it raised Empty()"),
    ("put.nonblocking-raises-full", "full-one-late", "should have raised Full, but it returned"),
    ("manager.global-order", "manager-queue-is-a-stack", "but it returned ['third', 'second', 'first']"),
    ("ctx.set-once", "start-method-set-again", "should have raised RuntimeError, but it returned"),
    ("deliver.no-loss", "one-in-ten-twice", "duplicated: "),
    ("get.timeout-prevents-freeze", "timeouts-ignored", "had not printed 'nobody takes anything' after 2 s"),
    ("exit.flush-on-sys-exit", "flush-is-optional", "should have gone on, but it died with exit code 3"),
    ("look.never-blocks", "empty-waits-for-readers", "Timeout (0:00:02)!"),
]
"""A rule, a fault, and a part of what the program says."""


@pytest.mark.parametrize("method", rest(METHODS, METHODS[:1]))
@pytest.mark.parametrize(
    ("slug", "fault", "words"),
    rest(SHOWN, SHOWN[:3], words=True),
)
def test_a_fault_is_shown(written, tmp_path, slug, fault, words, method):
    program = written(slug, "--start-method", method, "--implementation", f"fault:{fault}", patience="2")

    status, output = performed(program, tmp_path)

    assert status == 1, output
    assert words in output


@pytest.mark.skipif("fork" not in METHODS, reason="it is a fault of fork")
@pytest.mark.thorough
def test_a_fault_is_shown_that_depends_on_how_far_a_call_has_come(written, tmp_path):
    program = written("share.fork-during-put", "--implementation", "fault:fork-copies-the-lock", patience="2")

    status, output = performed(program, tmp_path)

    assert status == 1, output
    assert "was still running after 2 s" in output


def test_a_hang_shows_the_stack_of_who_hangs(written, tmp_path):
    program = written("get.blocks-when-empty", "--implementation", "fault:get-hangs-in-c", patience="2")
    alone = written("order.fifo-in-process", "--implementation", "fault:get-hangs-in-c", "--force", patience="1")

    for path in (program, alone):
        status, output = performed(path, tmp_path)
        assert status == 1
        assert "Timeout (0:00:" in output
        assert " in get\n" in output


def test_a_class_of_queue_is_imported(written, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(IMPLEMENTATIONS))
    program = written("pattern.producer-consumer", "--implementation", "queue_class:Queue")
    text = program.read_text(encoding="utf-8")
    (tmp_path / "queue_class.py").write_text((IMPLEMENTATIONS / "queue_class.py").read_text())

    assert "queue_class.Queue" in text
    assert performed(program, tmp_path) == (0, "")


def test_a_rule_of_one_process_is_a_page(written):
    text = written("order.fifo-in-process").read_text(encoding="utf-8")

    assert len(text.splitlines()) < 50
    assert "    context = multiprocessing.get_context(" in text
    assert "https://docs.python.org/3/library/multiprocessing.html#pipes-and-queues" in text


def test_a_rule_with_children_that_call_the_queue_is_a_few_pages(written):
    text = written("get.blocks-when-empty").read_text(encoding="utf-8")

    assert len(text.splitlines()) < 200
    assert '    queue.put("late")' in text


@pytest.mark.parametrize("slug", ["order.fifo-in-process", "get.blocks-when-empty", "deliver.no-loss"])
def test_a_program_imports_nothing_but_the_standard_library(written, slug):
    tree = ast.parse(written(slug).read_text(encoding="utf-8"), feature_version=(3, 9))

    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert "multiprocessing" in names
    assert not [name for name in names if name.partition(".")[0] in ("queuespec", "pytest", "roles", "items")]


def test_a_program_speaks_also_without_assertions(written, tmp_path):
    program = written("order.fifo-in-process", "--implementation", "fault:lifo")

    assert performed(program, tmp_path, "-O")[0] == 1


def test_the_program_is_printed_unless_a_file_is_named(capsys):
    assert main(["reproduce", "order.fifo-in-process"]) == 0

    compile(capsys.readouterr().out, "reproduction", "exec")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["get.block-when-empty"], "there is no rule 'get.block-when-empty'; did you mean 'get.blocks-when-empty'"),
        (["manager.slower"], "manager.slower has no test that could be performed: "),
        (["order.fifo-in-process", "--kind", "SimpleQueue"], "and not about 'SimpleQueue'"),
        (["order.fifo-in-process", "--start-method", "teleport"], "there is no 'teleport' here"),
        (["order.fifo-in-process", "--implementation", "no_such_module"], "there is no implementation named"),
        (["order.fifo-in-process", "--python", "no-such-python"], "cannot be run as a Python interpreter"),
        (["simple.close", "--implementation", "queue_class:Queue"], "does not have SimpleQueue"),
        (["order.fifo-in-process", "--output", "no/such/folder/file.py"], "cannot be written: "),
        (["order.fifo-in-process", "--output", str(Path(__file__))], "is there already; --force replaces it"),
        (["order.fifo-in-process", "--patience", "0"], "is not a positive number of seconds"),
    ],
    ids=lambda value: " ".join(value[1:2] or value) if isinstance(value, list) else "",
)
def test_what_cannot_be_is_answered_by_one_sentence(capsys, monkeypatch, words, said):
    monkeypatch.setenv("PYTHONPATH", str(IMPLEMENTATIONS))
    before = Path(__file__).read_bytes()

    try:
        status = main(["reproduce", *words])
    except SystemExit as end:
        status = end.code

    assert status == 4
    printed = capsys.readouterr()
    assert said in printed.err
    assert len(printed.err.splitlines()) == 1
    assert printed.out == ""
    assert Path(__file__).read_bytes() == before


@pytest.mark.skipif("spawn" not in METHODS or sys.platform == "win32", reason="it applies there")
def test_a_rule_that_does_not_apply_is_refused_with_its_reason(capsys):
    assert main(["reproduce", "ctx.methods-windows"]) == 4

    assert "ctx.methods-windows does not apply: only on Windows" in capsys.readouterr().err


def test_a_file_is_replaced_by_force(tmp_path):
    path = tmp_path / "reproduction.py"
    path.write_text("mine", encoding="utf-8")

    assert main(["reproduce", "order.fifo-in-process", "--output", str(path), "--force"]) == 0

    assert path.read_text(encoding="utf-8").startswith('"""order.fifo-in-process: ')
    assert [entry.name for entry in tmp_path.iterdir()] == ["reproduction.py"]
