"""What a system can do is asked of it; its name says nothing."""

import os
import subprocess
import sys

import pytest
import runs
from runs import CHECKOUT, META, environment

on_posix = pytest.mark.skipif(os.name != "posix", reason="Windows always counts its semaphores, and has no /proc")

NOT_COUNTED = """
import _multiprocessing

real = _multiprocessing.SemLock

class SemLock:
    SEM_VALUE_MAX = real.SEM_VALUE_MAX

    def __init__(self, *args):
        self.real = real(*args) if args else None

    @classmethod
    def _rebuild(cls, *args):
        rebuilt = cls()
        rebuilt.real = real._rebuild(*args)
        return rebuilt

    def __getattr__(self, name):
        return getattr(self.real, name)

    def __enter__(self):
        return self.real.__enter__()

    def __exit__(self, *args):
        return self.real.__exit__(*args)

    def _get_value(self):
        raise NotImplementedError

_multiprocessing.SemLock = SemLock
"""

UNDER_THE_NAME_OF_MACOS = """
import platform

platform.system = lambda: "Darwin"
"""

QSIZE = [word for name in ("approximate", "anywhere", "not-implemented", "fails-on-macos", "counts-buffered")
         for word in ("--rule", f"look.qsize-{name}")]  # fmt: skip

OF_PROC = (
    *("semaphores", "semaphore-names", "semaphores-of-killed", "semaphore-names-of-killed"),
    *("killed-tracker", "new-tracker-cleans-up", "descriptors-of-closed"),
)
"""The rules of the chapter *resources* that look into `/proc`."""

WITHOUT_POSIX = """
import importlib, pathlib, pkgutil, signal, sys
import os, asyncio, psutil, random, shutil, subprocess, tempfile, uuid
import _pytest.runner, pytest

for name in ("fcntl", "grp", "pty", "pwd", "resource", "termios", "tty"):
    sys.modules[name] = None
of_os = (
    "P_PID WEXITED WNOHANG WNOWAIT WUNTRACED chown fchmod fork forkpty geteuid getpgid getpgrp getuid killpg mkfifo "
    "openpty register_at_fork sched_getaffinity set_blocking setpgid setsid sysconf uname waitid"
)
of_signal = (
    "SIGALRM SIGCHLD SIGCONT SIGHUP SIGKILL SIGPIPE SIGQUIT SIGSTOP SIGTSTP SIGUSR1 SIGUSR2 alarm pause pthread_kill "
    "pthread_sigmask setitimer sigwait"
)
for module, names in ((os, of_os), (signal, of_signal)):
    for name in names.split():
        if hasattr(module, name):
            delattr(module, name)

def imported(name):
    try:
        importlib.import_module(name)
    except ImportError as error:
        if "halted" in str(error):
            print(name, error)
    except AttributeError as error:
        print(name, error)

import queuespec
package = [module.name for module in pkgutil.walk_packages(queuespec.__path__, "queuespec.")]
for name in package:
    if not name.endswith("__main__"):
        imported(name)
folders = [pathlib.Path(name) for name in sys.argv[1:]]
sys.path += map(str, folders)
for folder in folders:
    for path in folder.glob("*.py"):
        imported(path.stem)
"""


@on_posix
def test_a_build_that_cannot_count_its_semaphores_need_not_be_macos(judge, trait):
    run = judge(*QSIZE, env=trait(NOT_COUNTED))

    assert run.status == 0, run.output
    assert run.words("look.qsize-approximate") == run.words("look.qsize-anywhere") == {"not-applicable"}
    assert run.words("look.qsize-not-implemented") == run.words("look.qsize-fails-on-macos") == {"conforms"}


@on_posix
def test_a_macos_that_counts_its_semaphores_is_judged_by_what_it_counts(judge, trait):
    asking = "import multiprocessing; multiprocessing.Semaphore().get_value()"
    if subprocess.run([runs.judged_python, "-c", asking], stderr=subprocess.DEVNULL).returncode:
        pytest.skip("semaphores are not counted here")
    run = judge(*QSIZE, "--start-method", "spawn", env=trait(UNDER_THE_NAME_OF_MACOS))

    assert run.status == 0, run.output
    assert run.words("look.qsize-approximate") == run.words("look.qsize-anywhere") == {"conforms"}
    assert run.words("look.qsize-not-implemented") == run.words("look.qsize-fails-on-macos") == {"not-applicable"}


@on_posix
def test_what_only_proc_shows_is_not_applicable_without_it(judge, mounted):
    rules = [word for name in OF_PROC for word in ("--rule", f"resources.{name}")]
    options = (*rules, "--start-method", "spawn", "-k", "SimpleQueue")

    run = judge(*options, "--rule", "get.blocks-when-empty", before=mounted("mount -t tmpfs tmpfs /proc"))

    assert run.words("get.blocks-when-empty") == {"conforms"}, run.output
    assert {verdict["explanation"] for verdict in run.verdicts} == {
        "",
        "semaphores cannot be listed here",
        "processes cannot be listed here",
        "the semaphores of a process cannot be counted here",
        "the descriptors of a process cannot be counted here",
    }


def test_every_module_can_be_imported_without_what_only_posix_has():
    spec = CHECKOUT / "tests" / "spec"
    folders = [META, *(META / name for name in ("cli", "judge", "platforms", "report", "results", "rules", "stage"))]
    words = [sys.executable, "-c", WITHOUT_POSIX, *map(str, [*folders, spec])]
    env = environment(PYTHONPATH=os.pathsep.join([str(CHECKOUT / "src"), str(spec)]))

    run = subprocess.run(words, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)

    assert (run.returncode, run.stdout.decode(errors="replace")) == (0, "")
