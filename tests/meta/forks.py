"""Runs that are forked from a process which has imported pytest: that is a third of the work of a short run."""

import functools
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

from queuespec.stage.launching import Forker

SOURCE = str(Path(__file__).parents[2] / "src")

AT_START = ("PYTHON", "LANG", "LC_", "LD_")
"""What the names of the variables begin with that an interpreter reads when it starts."""

PROGRAM = """
import importlib, os, runpy, socket, sys
from _pytest.config import default_plugins
modules = ["pytest", *(f"_pytest.{name}" for name in default_plugins), "execnet", "rich.console"]
modules += ["queuespec.actors.forking", "queuespec.judge.session", "queuespec.report.summary"]
for name in modules:
    importlib.import_module(name)
words = sys.modules["queuespec.actors.forking"].serve(socket.socket(fileno=0), executes=False)
if words:
    directory, module, *sys.argv[1:] = words
    os.chdir(directory)
    sys.path[0] = directory
    runpy.run_module(module, run_name="__main__", alter_sys=True)
"""


def _at_start(environment):
    return {name: value for name, value in environment.items() if name.startswith(AT_START)}


@functools.cache
def _preloaded():
    """The process that runs are forked from, which ends with this one, and its environment."""
    env = dict(os.environ, PYTHONPATH=SOURCE)
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen([sys.executable, "-c", PROGRAM], stdin=theirs, env=env, start_new_session=True)
    return Forker(ours), _at_start(env), process


def suits(env):
    """Whether a run with this environment can be forked: libraries survive that on Linux alone, and an interpreter
    reads some variables when it starts. Coverage is measured from the start, too."""
    if sys.platform != "linux" or "coverage" in sys.modules:
        return False
    _, known, _ = _preloaded()
    return _at_start({"PYTHONPATH": SOURCE, **env}) == known


def run(words, directory, env, seconds):
    """The exit status and the output of ``python -m`` with these words. Raises `subprocess.TimeoutExpired`."""
    forker, _, _ = _preloaded()
    forked = forker.start([sys.executable, str(directory), *words], env)
    timer = threading.Timer(seconds, os.killpg, (forked.pid, signal.SIGKILL))
    timer.start()
    try:
        forked.stdin.close()
        output = forked.stdout.read().decode("utf-8", "replace")
        status = forked.wait()
    finally:
        is_late = timer.finished.is_set()
        timer.cancel()
        forked.kill()
        forked.stdout.close()
    if is_late:
        raise subprocess.TimeoutExpired(words, seconds, output)
    return status, output
