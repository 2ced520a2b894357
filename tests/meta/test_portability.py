"""Other systems, as far as they can be had here: one trait of them at a time, over a run of the specification.

A trait is a few lines that Python runs at its start, in the judge and in all that it starts.
"""

import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from runs import CHECKOUT, METHOD, ONE_KIND, command, environment, rest

from queuespec.stage.processes import LONGEST_PARENT, temporary_directory

PLATFORMS = Path(__file__).with_name("platforms")
PACKAGE = CHECKOUT / "src" / "queuespec"


A_FEW_RULES = [
    word for slug in ("get.blocks-when-empty", "get.nonblocking-raises-empty", "put.returns-before-flush")
    for word in ("--rule", slug)
] + ["-k", "not Joinable and not Manager"]  # fmt: skip

NO_FORK = """
import multiprocessing
import os
from multiprocessing import context

for name in ("fork", "forkpty", "register_at_fork"):
    delattr(os, name)
context._concrete_contexts = {"spawn": context._concrete_contexts["spawn"]}
context._default_context._default_context = context._concrete_contexts["spawn"]
multiprocessing.get_all_start_methods = lambda: ["spawn"]
"""

NO_STACK_SIGNAL = """
import faulthandler

del faulthandler.register
"""

COARSE_CLOCK = """
import time

def in_ticks(clock):
    return lambda: clock() // 0.015625 * 0.015625

for name in ("time", "monotonic", "perf_counter"):
    setattr(time, name, in_ticks(getattr(time, name)))
"""

NO_REFERENCE_COUNTING = """
from multiprocessing import connection, process, queues

kept_alive = []

def keeping(init):
    def keep(self, *args, **kwargs):
        kept_alive.append(self)
        init(self, *args, **kwargs)
    return keep

for cls in (connection._ConnectionBase, process.BaseProcess, queues.Queue, queues.SimpleQueue):
    cls.__init__ = keeping(cls.__init__)
"""

WITHOUT_SHM = """
for name in null zero random urandom tty; do touch "$FOLDER/$name"; mount --bind "/dev/$name" "$FOLDER/$name"; done
mount --rbind "$FOLDER" /dev
"""
NOTHING_TO_WRITE_TO = """
for folder in /tmp /var/tmp /usr/tmp; do
    test ! -d "$folder" || { mount --bind "$folder" "$folder" && mount -o remount,bind,ro "$folder"; }
done
"""
NO_TEMPORARY_DIRECTORY = "no writable directory for temporary files; set TMPDIR to one"

on_posix = pytest.mark.skipif(os.name != "posix", reason="Windows has the trait itself, or has no such thing")


@pytest.fixture
def installed():
    """Runs the command as it is installed, with the specification inside the package, in a folder of this name."""
    root = Path(tempfile.mkdtemp(prefix="installed-"))
    root.chmod(0o755)

    def run(*options, folder="here", before=(), cwd=None):
        home = root / folder
        unfinished = shutil.ignore_patterns("*.pyc.*")  # bytecode that a run beside this one is writing
        shutil.copytree(PACKAGE, home / "queuespec", ignore=unfinished, dirs_exist_ok=True)
        shutil.copytree(CHECKOUT / "tests" / "spec", home / "queuespec" / "spec", ignore=unfinished, dirs_exist_ok=True)
        process = subprocess.run(
            [*before, sys.executable, "-m", "queuespec", *options],
            cwd=cwd or home,
            env=environment(PYTHONPATH=str(home)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=300,
        )
        return process.returncode, process.stdout.decode("utf-8", "replace")

    yield run
    shutil.rmtree(root, ignore_errors=True)


def everything_conforms(run):
    return run.status == 0 and {verdict["verdict"] for verdict in run.verdicts} == {"conforms"}


@on_posix
def test_a_system_without_fork_is_judged_under_spawn(judge, trait):
    run = judge(*A_FEW_RULES, "-n1", env=trait(NO_FORK), parallel=True, methods=())

    assert everything_conforms(run), run.output
    assert {verdict["start_method"] for verdict in run.verdicts} == {"spawn"}


@on_posix
def test_a_start_method_that_the_system_lacks_is_refused_in_one_sentence(judge, trait):
    run = judge("--start-method", "fork", env=trait(NO_FORK))

    assert run.status != 0
    assert "'fork' is not available on this platform; it has spawn" in run.output


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="there is no fork here")
def test_a_deviation_under_fork_on_macos_is_reported_and_gates_nothing(judge):
    run = judge("--implementation", "fault:empty-handed-on-macos", *A_FEW_RULES[2:4], "--start-method", "fork")

    assert run.words("get.nonblocking-raises-empty") == {"deviates"}
    assert run.status == 0, run.output


def test_a_deviation_under_spawn_on_macos_gates(judge):
    run = judge("--implementation", "fault:empty-handed-on-macos", *A_FEW_RULES[2:4], "--start-method", "spawn")

    assert run.status == 1, run.output


def test_a_hang_shows_its_stack_where_there_is_no_signal_for_it(judge, trait):
    lines = NO_STACK_SIGNAL if os.name == "posix" else ""
    options = ["--rule", "get.blocks-when-empty", "--start-method", "spawn", "-k", "spawn-Queue", "--patience", "2"]

    run = judge("--implementation", "fault:get-hangs-in-c", *options, "-v", env=trait(lines))

    assert "hangs" in run.words("get.blocks-when-empty")
    assert "in get" in run.output.partition("where child was:")[2], run.output


def test_a_clock_that_ticks_64_times_a_second_is_good_enough(judge, trait):
    timed = ("--rule", "get.timeout-raises-empty", "--rule", "put.timeout-raises-full")

    run = judge(*A_FEW_RULES, *timed, env=trait(COARSE_CLOCK))

    assert everything_conforms(run), run.output


def test_nothing_relies_on_objects_ending_with_their_last_reference(judge, trait):
    run = judge(*A_FEW_RULES, env=trait(NO_REFERENCE_COUNTING), methods=())

    assert everything_conforms(run), run.output


@pytest.mark.parametrize("encoding", rest(["cp1252", "cp932", "ascii"], ["cp932"]))
def test_a_console_that_cannot_write_every_character_shows_the_whole_run(judge, encoding):
    env = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "COLUMNS": "80"}
    options = ["--implementation", "fault:speaks-in-tongues", "--start-method", "spawn", "-v", "-rA"]

    run = judge(*options, *A_FEW_RULES, env=env)

    assert run.words("get.nonblocking-raises-empty") == {"deviates"}, run.output
    assert "UnicodeEncodeError" not in run.output
    assert "INTERNALERROR" not in run.output
    assert "verdicts:" in run.output.splitlines()[-1] or "failed" in run.output.splitlines()[-1]


def test_a_child_that_takes_five_seconds_to_start_is_waited_for(judge):
    env = {"PYTHONPATH": str(PLATFORMS), "QUEUESPEC_START_TAKES": "5"}

    run = judge("--implementation", "late", "--rule", "get.blocks-when-empty", *ONE_KIND, env=env, methods=())

    assert everything_conforms(run), run.output


SPAWNED = ["--rule", "get.blocks-when-empty", *ONE_KIND, "--patience", "1", "--start-method", "spawn"]


def test_nothing_is_known_of_a_queue_whose_child_takes_longer_than_patience_to_start(judge):
    env = {"PYTHONPATH": str(PLATFORMS), "QUEUESPEC_START_TAKES": "3600"}

    run = judge("--implementation", "late", *SPAWNED, env=env)

    assert run.status == 1, run.output
    (verdict,) = run.of("get.blocks-when-empty")
    assert verdict["verdict"] == "not-run", run.output
    assert re.fullmatch(r"the process of child did not start within [\d.]+ s; raise --patience", verdict["explanation"])


def test_a_child_that_did_not_start_is_started_again(judge, tmp_path):
    late = [tmp_path / name for name in ("the smoke check's", "the rule's")]
    words = {"QUEUESPEC_START_TAKES": "3600", "QUEUESPEC_LATE_CHILDREN": os.pathsep.join(map(str, late))}

    run = judge("--implementation", "late", *SPAWNED, env={"PYTHONPATH": str(PLATFORMS), **words})

    assert everything_conforms(run), run.output
    assert all(file.exists() for file in late), "no child was late"


def test_the_installed_command_runs_in_parallel_from_any_folder_and_knows_what_failed_last(installed):
    folder = "ein Ordner für 日本"
    options = ["--implementation", "fault:speaks-in-tongues", "--start-method", "spawn", *A_FEW_RULES]

    first, output = installed(*options, folder=folder)
    again, last = installed(*options, "--last-failed", "-k", "empty", "-n0", folder=folder)

    assert (first, again) == (1, 1)
    assert "workers" in output
    assert "1 of 4 verdicts fails" in output
    assert "1 of 1 verdict fails" in last


@on_posix
def test_a_temporary_folder_that_is_too_long_for_sockets_is_no_obstacle(judge, tmp_path):
    folder = tmp_path / ("x" * 255)
    folder.mkdir()

    env = {"TMPDIR": str(folder), "PYTEST_DEBUG_TEMPROOT": str(tmp_path)}
    run = judge(*A_FEW_RULES, env=env, methods=())

    assert everything_conforms(run), run.output


@on_posix
def test_our_temporary_folder_leaves_room_for_the_names_of_sockets(tmp_path, monkeypatch):
    for parent in (tmp_path / ("x" * 255), Path("/tmp") / ("y" * (LONGEST_PARENT - len("/tmp/")))):
        parent.mkdir(exist_ok=True)
        monkeypatch.setattr(tempfile, "tempdir", str(parent))
        folder = temporary_directory()
        os.rmdir(folder)
        assert len(folder + "/pymp-01234567/sock-0123456789ab") < 92  # what CPython takes to be possible anywhere
    parent.rmdir()


@on_posix
def test_a_person_without_a_home_can_judge(judge, monkeypatch):
    monkeypatch.delenv("HOME", raising=False)

    run = judge(*A_FEW_RULES)

    assert everything_conforms(run), run.output


@on_posix
def test_a_working_folder_that_cannot_be_written_is_no_obstacle(installed, tmp_path):
    folder = tmp_path / "read only"
    folder.mkdir(mode=0o555)
    if os.access(folder, os.W_OK):  # as root
        folder = Path("/proc")
        if not folder.is_dir():
            pytest.skip("root can write everywhere here")

    status, output = installed(*A_FEW_RULES, "--start-method", METHOD, "-n1", cwd=folder)

    assert status == 0, output


@on_posix
def test_sixty_four_file_descriptors_are_enough(installed):
    limited = ["sh", "-c", 'ulimit -n 64; exec "$@"', "sh"]

    status, output = installed(*A_FEW_RULES, "-n1", before=limited)

    assert status == 0, output


@on_posix
def test_shared_memory_of_64_megabytes_is_enough(installed, mounted):
    options = (*A_FEW_RULES, "--start-method", METHOD, "-n0")

    status, output = installed(*options, before=mounted("mount -t tmpfs -o size=64m tmpfs /dev/shm"))

    assert status == 0, output


@on_posix
@pytest.mark.parametrize(
    ("commands", "reason"),
    [("mount -t tmpfs -o ro tmpfs /dev/shm", "Read-only file system"), (WITHOUT_SHM, "No such file or directory")],
    ids=["read-only", "missing"],
)
def test_a_system_without_semaphores_is_refused_in_one_sentence(installed, mounted, commands, reason):
    status, output = installed(*A_FEW_RULES, before=mounted(commands))

    assert status == pytest.ExitCode.USAGE_ERROR
    assert output.splitlines()[0].startswith("ERROR: Python has too few semaphores on this system ([Errno"), output
    assert reason in output
    assert output.strip().endswith("on Linux, mount a writable /dev/shm")
    assert "Traceback" not in output


def without_coverage(output):
    """What a run printed before coverage, which then has nowhere to write its data to either, said so."""
    return output.partition("\nException ignored in atexit callback: <bound method Coverage")[0].strip()


@on_posix
def test_a_system_without_a_folder_for_temporary_files_is_refused_in_one_sentence(installed, mounted):
    status, output = installed(*A_FEW_RULES, before=mounted(NOTHING_TO_WRITE_TO), cwd="/proc")

    assert status == pytest.ExitCode.USAGE_ERROR
    assert without_coverage(output) == f"queuespec: {NO_TEMPORARY_DIRECTORY}"


@on_posix
@pytest.mark.parametrize("options", [[], ["-s", "--start-method", "spawn"]], ids=["capturing", "not-capturing"])
def test_pytest_without_a_folder_for_temporary_files_says_the_same_sentence(mounted, options):
    run = subprocess.run(
        [*mounted(NOTHING_TO_WRITE_TO), *command(*A_FEW_RULES, *options)],
        cwd="/proc",
        env=environment(PYTHONDONTWRITEBYTECODE="1"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )

    assert run.returncode == pytest.ExitCode.USAGE_ERROR, run.stdout
    assert without_coverage(run.stdout) == f"ERROR: {NO_TEMPORARY_DIRECTORY}"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="an ordinary user judges already")
def test_an_ordinary_user_can_judge(installed):
    as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    if shutil.which(as_nobody[0]) is None:
        pytest.skip("there is no setpriv here")
    program = "import subprocess, sys; subprocess.check_call([sys.executable, '-c', ''])"
    if subprocess.run([*as_nobody, sys.executable, "-c", program], capture_output=True).returncode:
        pytest.skip(f"an ordinary user cannot run {sys.executable}")

    status, output = installed(*A_FEW_RULES, "--start-method", METHOD, "-n1", before=as_nobody, cwd="/")

    assert status == 0, output
