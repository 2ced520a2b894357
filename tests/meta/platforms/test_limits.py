"""What is charged to a queue is not the machine's: its limits are asked for, and named."""

import os
import tempfile
from pathlib import Path

import pytest
from runs import METHODS, asked

HERE = Path(__file__).parent
pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows has none of these limits")

SEMAPHORES = """
import errno
import os
import weakref
from multiprocessing.synchronize import SemLock

held = []

def limited(make):
    def make_one_more(self, *args, **kwargs):
        if len(held) >= {most}:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        make(self, *args, **kwargs)
        held.append(None)
        weakref.finalize(self, held.pop).atexit = False
    return make_one_more

SemLock.__init__ = limited(SemLock.__init__)
SemLock.__setstate__ = limited(SemLock.__setstate__)
"""

THREADS = """
import threading

class Thread(threading.Thread):
    def start(self):
        if threading.active_count() >= {most}:
            raise RuntimeError("can't start new thread")
        super().start()

threading.Thread = Thread
"""

SOCKETS_AS_ON_MACOS = """
import os
import tempfile
from multiprocessing import process, util

make = util.get_temp_dir

def get_temp_dir():
    before = tempfile.gettempdir()
    if process.current_process()._config.get("tempdir") is None and len(before) + 32 >= 92:
        tempfile.tempdir = os.environ["SYSTEM_WIDE"]
    try:
        return make()
    finally:
        tempfile.tempdir = before

util.get_temp_dir = get_temp_dir
"""

MANY_QUEUES = ("resources.descriptors-of-closed", "resources.threads", "resources.collected-midway")


def descriptors(most):
    """What to put before a command, so that a process can have only that many."""
    return ["sh", "-c", f'ulimit -n {most}; exec "$@"', "sh"]


def reasons(run):
    return {verdict["explanation"] for verdict in run.verdicts if verdict["verdict"] == "not-applicable"}


def test_256_semaphores_in_a_process_are_enough(judge, trait):
    run = judge(*asked(MANY_QUEUES[:2]), "-k", "JoinableQueue", env=trait(SEMAPHORES.format(most=256)), methods=())

    assert {verdict["verdict"] for verdict in run.verdicts} == {"conforms"}, run.output


def test_with_fewer_what_takes_more_is_not_applicable(judge, trait):
    env = trait(SEMAPHORES.format(most=100))

    run = judge(*asked([*MANY_QUEUES[:2], "get.blocks-when-empty"]), "-k", "JoinableQueue and not Manager", env=env)

    assert run.words("get.blocks-when-empty") == {"conforms"}, run.output
    assert reasons(run) == {"a process can have only 12 queues here ([Errno 24] Too many open files)"}, run.output
    assert run.status == 0


def test_without_enough_semaphores_nothing_is_judged(judge, mounted):
    run = judge(*asked(["api.queue-methods"]), before=mounted("mount -t tmpfs -o size=64k tmpfs /dev/shm"))

    assert run.status == pytest.ExitCode.USAGE_ERROR, run.output
    assert "Python has too few semaphores on this system (there are only 1" in run.output


@pytest.mark.parametrize("most", [48, 64, 128])
def test_few_file_descriptors_accuse_no_queue(judge, most):
    rules = (*MANY_QUEUES, "resources.descriptors", "surroundings.descriptor-limit", "resources.many-files")

    run = judge(*asked([*rules, "deliver.child-to-child"]), "-k", "Queue and not Joinable", before=descriptors(most))

    assert run.words("deliver.child-to-child") == {"conforms"}, run.output
    assert run.words("resources.many-files") == {"not-applicable"}
    assert f"a process may have only {most} open files here" in reasons(run)
    assert {verdict["verdict"] for verdict in run.verdicts} == {"conforms", "not-applicable"}, run.output
    assert run.status == 0


def test_few_threads_accuse_no_queue(judge, trait):
    run = judge(*asked(["resources.threads", "get.blocks-when-empty"]), "-n0", env=trait(THREADS.format(most=20)))

    assert run.words("get.blocks-when-empty") == {"conforms"}, run.output
    assert run.words("resources.threads") == {"not-applicable"}
    assert "a process can have only 19 more threads here (can't start new thread)" in reasons(run)


def test_without_enough_threads_nothing_is_judged(judge, trait):
    run = judge(*asked(["api.queue-methods"]), env=trait(THREADS.format(most=8)))

    assert run.status == pytest.ExitCode.USAGE_ERROR, run.output
    assert "this system lets a process start only 7 threads, and judging takes 16" in run.output


@pytest.mark.skipif("forkserver" not in METHODS, reason="only a fork server has a socket")
def test_a_temporary_directory_as_on_macos_has_room_for_sockets(judge, trait):
    with tempfile.TemporaryDirectory(dir="/tmp") as home:
        given = Path(home) / ("x" * (48 - len(home) - 1))
        elsewhere = Path(home) / "e"
        given.mkdir()
        elsewhere.mkdir()
        env = {**trait(SOCKETS_AS_ON_MACOS), "TMPDIR": str(given), "SYSTEM_WIDE": str(elsewhere)}
        options = ("--start-method", "forkserver", "-k", "forkserver-Queue", "--patience", "2")

        run = judge("--implementation", "fault:get-hangs-in-c", "--rule", "get.blocks-when-empty", *options, env=env)

        assert run.words("get.blocks-when-empty") == {"hangs"}, run.output
        assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize(("queue", "verdict"), [("Queue", "conforms"), ("Leaking", "deviates")])
def test_a_machine_that_has_run_out_for_a_moment_is_not_the_queue(judge, tmp_path, queue, verdict):
    options = ("--rule", "get.nowait-takes-what-is-there", "--implementation", f"running_out:{queue}")

    run = judge(*options, env={"PYTHONPATH": str(HERE), "QUEUESPEC_RAN_OUT": str(tmp_path / "ran out")})

    judged = [one for one in run.verdicts if one["verdict"] not in ("unsupported", "not-applicable")]
    assert [(one["verdict"], one["kind"]) for one in judged] == [(verdict, "Queue")], run.output
