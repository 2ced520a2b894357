"""Programs that are forked from an interpreter that has imported the implementation are as those in a new one."""

import contextlib
import json
import os
import signal
import sys

import pytest
import runs

from queuespec.stage import Program, Settings, Supervisor
from queuespec.stage.preloading import SEVERAL

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="programs are preloaded on Linux only")

SLOW = "import os\nfrom multiprocessing import *\nfrom multiprocessing import get_context\nname = os.getpid()\n"


@pytest.fixture
def program(tmp_path):
    """Starts a program that can use the module `slow`, by an interpreter that has imported it if that takes long."""
    (tmp_path / "slow.py").write_text(SLOW)
    with contextlib.ExitStack() as ends:

        def start(text, *arguments, loading=10.0, implementation="slow"):
            settings = Settings(
                implementation, runs.judged_python, (), patience=20.0, loading=loading, directory=str(tmp_path)
            )
            supervisor = ends.enter_context(contextlib.closing(Supervisor()))
            supervisor.preloads(settings)
            path = tmp_path / "some.py"
            path.write_text(text)
            started = Program(path, arguments, settings, "spawn", supervisor)
            ends.callback(started.close)
            return started

        yield start


LOADS = """\
import json, os, sys
context = json.loads(os.environ["QUEUESPEC_CONTEXT"])
sys.path.insert(0, context["home"])
import boot
from queuespec.actors import loading
loading.load(context["implementation"], context["directory"])
"""

FOUND = """\
import os, signal, sys, threading
import __main__
found = {
    "arguments": sys.argv, "path": [os.path.basename(one) for one in sys.path], "flags": sys.flags,
    "main": [__main__.__name__, __main__.__file__, repr(__main__.__spec__)], "names": sorted(vars(__main__)),
    "files": os.listdir("/proc/self/fd"), "directory": os.getcwd(), "environment": sorted(os.environ),
    "session": os.getsid(0) == os.getpid(), "threads": [str(one.name) for one in threading.enumerate()],
    "signals": [str(signal.getsignal(one)) for one in sorted(signal.valid_signals())],
    "mask": list(signal.pthread_sigmask(signal.SIG_BLOCK, [])), "input": sys.stdin.read(),
    "streams": [f"{one} {one.write_through}" for one in (sys.stdin, sys.stdout, sys.stderr)],
}
import json
print(json.dumps(found, default=str))
"""


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_program_finds_what_a_new_interpreter_has(program, monkeypatch, unbuffered):
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    found = []
    for loading in (0.0, 10.0):
        run = program(FOUND, "an argument", loading=loading)
        run.succeeds()
        found.append(json.loads(run.output))

    new, forked = found
    assert forked == new


def test_the_implementation_is_imported_already(program):
    names = []
    for loading in (0.0, 10.0):
        run = program(f"{LOADS}import slow\nprint('same' if slow.name == os.getpid() else 'other')", loading=loading)
        run.succeeds()
        names.append(run.output)

    assert names == ["same\n", "other\n"]


LOOKS = f"""\
import sys
sys.path.insert(0, {str(runs.CHECKOUT / "tests" / "spec" / "programs")!r})
from judged import mp

def look(queue):
    queue.put("slow" in sys.modules)

if __name__ == "__main__":
    queue = mp.Queue()
    mp.Process(target=look, args=(queue,)).start()
    print(queue.get())
"""


ADAPTER = """\
import slow

class Adapter:
    def queue(self, kind, owner, maxsize=0):
        return owner.Queue(maxsize)
"""


@pytest.mark.parametrize("adapts", [False, True])
def test_children_import_an_adapter_but_no_module_that_their_queue_does_not_need(program, tmp_path, adapts):
    path = tmp_path / "adapted.py"
    path.write_text(ADAPTER)

    program(LOOKS, implementation=str(path) if adapts else "slow").prints_nothing_but(f"{adapts}\n")


def test_programs_are_forked_as_soon_as_it_pays(tmp_path):
    (tmp_path / "some.py").touch()
    settings = Settings("multiprocessing", runs.judged_python, (), patience=20.0, loading=0.01)
    started = []
    with contextlib.closing(Supervisor()) as supervisor:
        supervisor.preloads(settings)
        for _ in range(SEVERAL + 2):
            program = Program(tmp_path / "some.py", (), settings, "spawn", supervisor)
            program.succeeds()
            program.close()
            started.append(program.tree.is_new)

    assert started == [True] * SEVERAL + [False] * 2


def test_exit_handlers_run_in_the_order_in_which_a_new_program_registers_them(program):
    text = "import atexit\natexit.register(print, 'last')\n" + LOADS
    text += "import multiprocessing.util as util\nutil.Finalize(None, print, ['first'], exitpriority=1)\n"

    program(text).prints_nothing_but("first\nlast\n")


ENDS = {"": 0, "raise SystemExit(3)": 3, "1 / 0": 1, "os.kill(os.getpid(), 9)": -9}


@pytest.mark.parametrize("text", ENDS)
def test_exit_codes_are_those_of_the_program(program, text):
    run = program(f"import os\n{text}")

    assert run.ends() == ENDS[text]
    assert run.tree._supervisor._preloader._is_used


def test_what_is_more_than_a_module_is_loaded_by_each_program(program):
    """An adapter may hold what does not survive a fork."""
    run = program(f"{LOADS}print('loaded')", implementation="threads")

    run.prints_nothing_but("loaded\n")
    assert not run.tree._supervisor._preloader._is_used


def test_an_interpreter_that_is_not_ready_in_time_starts_nothing_later(program, tmp_path, monkeypatch):
    monkeypatch.setattr(Settings, "importing", 0.1)
    text = "import os\nfrom pathlib import Path\nPath('mark').with_name(str(os.getpid())).touch()\n"
    text = text.replace("'mark'", repr(str(tmp_path / "ran" / "mark")))
    (tmp_path / "ran").mkdir()
    (tmp_path / "late.py").write_text("import time\ntime.sleep(2)\nfrom multiprocessing import *\n")

    run = program(text, implementation="late")
    run.succeeds()

    assert not run.tree._supervisor._preloader._is_used
    assert run.tree._supervisor._preloader.popen.wait() == -signal.SIGKILL
    assert len(os.listdir(tmp_path / "ran")) == 1


def test_a_program_leads_its_session_as_soon_as_it_is_known(program):
    tree = program("import threading\nthreading.Event().wait()").tree

    assert os.getsid(tree.pid) == tree.pid


def test_a_program_that_still_runs_ends_with_its_supervisor(program):
    run = program("import os, threading\nprint(os.getppid(), flush=True)\nthreading.Event().wait()")
    run.prints("\n")
    preloader = int(run.output)
    assert os.path.exists(f"/proc/{preloader}")

    run.tree._supervisor.close()

    assert run.tree.wait(20.0) is not None
    assert not os.path.exists(f"/proc/{preloader}")
