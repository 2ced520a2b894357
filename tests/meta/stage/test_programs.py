"""Programs that are watched from outside: what they print and how they end is said in a sentence."""

import contextlib
import os
import re
import signal

import pytest
import runs
from stages import Unmeasured

from queuespec.stage import Deviates, Hangs, NotApplicable, NotStarted, Program, Settings, processes


@pytest.fixture
def program(supervisor, tmp_path):
    """Starts a program of this text."""
    with contextlib.ExitStack() as ends:

        def start(text, *arguments, patience=20.0, implementation=""):
            path = tmp_path / "some.py"
            path.write_text(text)
            settings = Settings(implementation, runs.judged_python, (), patience, pace=Unmeasured())
            started = Program(path, arguments, settings, "spawn", supervisor)
            ends.callback(started.close)
            return started

        yield start


def test_a_program_that_does_what_it_should(program):
    good = program("import sys\nprint('hello', sys.argv[1])", "you")

    good.prints("hello")
    good.succeeds()
    good.prints_nothing_but("hello you\n")
    assert good.ends() == 0


def test_a_program_that_should_fail_and_does(program):
    program("raise SystemExit('no')").fails()


def test_a_program_imports_its_neighbors_whatever_the_environment_says(program, tmp_path, monkeypatch):
    (tmp_path / "neighbor.py").touch()
    monkeypatch.setenv("PYTHONSAFEPATH", "1")

    program("import neighbor").succeeds()


def test_a_program_prints_whole_lines_whatever_the_environment_says(program, monkeypatch):
    """Unbuffered, the text and the end of a line are written apart, and other processes print in between."""
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")

    program("import sys\nsys.exit(sys.stdout.write_through)").succeeds()


def test_what_is_judged_can_be_pickled_to_a_process_that_knows_the_directory_only(program, monkeypatch):
    programs = str(runs.CHECKOUT / "tests" / "spec" / "programs")
    monkeypatch.setenv("PYTHONPATH", programs)
    reading = "import pickle, sys; pickle.load(sys.stdin.buffer).Queue"

    program(
        "import pickle, subprocess, sys\nfrom judged import mp\n"
        f"subprocess.run([sys.executable, '-c', {reading!r}], input=pickle.dumps(mp), check=True)",
        implementation="multiprocessing",
    ).succeeds()


WRONG = {
    "the program some should have succeeded, but it ended with exit code 1: no": (
        "print(1, flush=True)\nraise SystemExit('no')",
        lambda run: run.succeeds(),
    ),
    "the program some should have failed, but it ended with exit code 0": ("", lambda run: run.fails()),
    "the program some should have printed 'b', but it ended with exit code 0: a": (
        "print('a')",
        lambda run: run.prints("b"),
    ),
    "the program some should have printed nothing but 'a', but it printed 'a\\n'": (
        "print('a')",
        lambda run: run.prints_nothing_but("a"),
    ),
}
"""A sentence, and the program and the claim about it that it answers."""


@pytest.mark.parametrize(("sentence", "text", "claim"), [(sentence, *given) for sentence, given in WRONG.items()])
def test_a_program_that_does_something_else_deviates(program, sentence, text, claim):
    with pytest.raises(Deviates, match=rf"^{re.escape(sentence)}$"):
        claim(program(text))


SAYS_NOT_APPLICABLE = "print('a')\nprint('not applicable: there is no such thing here')\nraise SystemExit({})"


@pytest.mark.parametrize("claim", [Program.succeeds, Program.fails, Program.ends, lambda run: run.prints("z")])
def test_a_program_can_say_that_its_rule_is_not_applicable(program, claim):
    with pytest.raises(NotApplicable, match=r"^there is no such thing here$"):
        claim(program(SAYS_NOT_APPLICABLE.format(77)))


def test_a_program_is_not_applicable_only_if_it_also_ends_that_way(program):
    assert program(SAYS_NOT_APPLICABLE.format(1)).ends() == 1
    assert program("raise SystemExit(77)").ends() == 77


ENDLESS = """
import faulthandler, signal, threading
if hasattr(signal, "SIGUSR2"):
    faulthandler.register(signal.SIGUSR2)
print("begun", flush=True)
threading.Event().wait()
"""


def test_a_program_that_has_not_begun_is_not_the_queue(program, tmp_path, monkeypatch):
    (tmp_path / "sitecustomize.py").write_text("import time\ntime.sleep(60)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    late = program(ENDLESS, patience=0.3)

    with pytest.raises(NotStarted, match=r"^the program some had not .* and had not even begun; raise --patience$"):
        late.prints("end")


def test_a_program_that_does_not_end_hangs_and_shows_where(program):
    endless = program(ENDLESS, patience=0.3)
    endless.tree.waits_for(lambda: "begun" in endless.output, 20)

    with pytest.raises(Hangs, match=r"^the program some had not printed 'end' after 0\.3 s") as hang:
        endless.prints("end")
    with pytest.raises(Hangs, match=r"^the program some was still running after 0\.3 s: begun"):
        endless.succeeds()

    assert os.name != "posix" or re.search("where the program was:\n.*in wait\n", str(hang.value), re.DOTALL)


RESTLESS = """
import signal, time
signal.signal(signal.SIGUSR2, lambda *_: None)
print("begun", flush=True)
while True:
    print('  File "some.py", line 1 in restless', flush=True)
    time.sleep(0.001)
"""


SILENT = """
import signal, threading
signal.signal(signal.SIGUSR2, signal.SIG_IGN)
print("begun", flush=True)
threading.Event().wait()
"""


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signal")
@pytest.mark.parametrize(("text", "shown"), [(RESTLESS, True), (SILENT, False)], ids=["restless", "silent"])
def test_a_stack_is_not_waited_for_longer_than_it_may_take(program, monkeypatch, text, shown):
    monkeypatch.setattr(processes, "LONGEST_STACK", 0.1)
    endless = program(text)
    endless.prints("begun")

    where = endless.tree.where("the program", endless.tree.popen.send_signal)

    assert ('line 1 in restless\n  File "some.py"' in where) == shown
    assert bool(where) == shown


def test_the_end_of_a_program_is_seen_where_the_system_cannot_wait_without_reaping(program, monkeypatch):
    monkeypatch.delattr(os, "waitid", raising=False)
    run = program("")

    assert run.tree.waits_for(lambda: run.tree._ended, 20)
    assert run.ends() == 0


def test_a_program_that_cannot_be_supervised_does_not_run(program, supervisor, monkeypatch):
    refused = []

    def refuse(tree):
        refused.append(tree.popen)
        raise OSError("access denied")

    monkeypatch.setattr(supervisor, "adopt", refuse)

    with pytest.raises(OSError, match="access denied"):
        program(ENDLESS)

    assert refused[0].returncode == (-signal.SIGKILL if os.name == "posix" else 1)
