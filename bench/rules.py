"""What a rule costs, beside the floor: prints figures, judges nothing. ``tox run -e bench``.

The floor of a start method is a bare process, started and joined by a clean program; beside it stands the same process
given a queue, whose modules a new interpreter must import. A rule is the usual one: a queue, a child, an item passed,
everything tidied up; a spawned child that is tidied away spares itself what the bare process does: to take the modules
of its interpreter apart. All are measured in turn, a few at a time, and medians are compared: a slow machine is slow
for all, and each finds the machine's caches as a run of its own kind leaves them.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from queuespec.rules import specification_folder
from queuespec.stage import Settings, Stage, Supervisor, Timeline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Callable

FEW = 5

FLOOR = """
import multiprocessing, sys, time
def nothing(*queues): pass
if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    def once():
        begun = time.perf_counter()
        queues = [context.Queue() for _ in range(int(sys.argv[2]))]
        process = context.Process(target=nothing, args=queues)
        process.start()
        process.join()
        return time.perf_counter() - begun
    for line in sys.stdin:
        print(once(), flush=True)
"""


def milliseconds(seconds: list[float]) -> str:
    """Formats the median of times in seconds as milliseconds."""
    return f"{statistics.median(seconds) * 1000:8.1f} ms"


@contextlib.contextmanager
def floor(method: str, queues: int, directory: Path) -> Iterator[Callable[[], float]]:
    """What tells the seconds of one more process that is given so many queues, start to joined."""
    program = directory / "floor.py"
    program.write_text(FLOOR)
    words = [sys.executable, str(program), method, str(queues)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        asked, answers = process.stdin, process.stdout

        def once() -> float:
            asked.write("\n")
            asked.flush()
            return float(answers.readline())

        yield once


def rule(stage: Stage) -> None:
    """The usual rule: a queue, a child, an item passed, everything tidied up."""
    stage.records_in(Timeline())
    queue = stage.make_queue("Queue")
    child = stage.make_child(queue)
    getting = child.calls.get()
    queue.put("item")
    assert getting.returns() == "item"
    stage.tidy()
    assert stage.clean


def timed(function: object, *args: object) -> float:
    """Calls the function and returns how long the call took, in seconds."""
    begun = time.perf_counter()
    function(*args)  # type: ignore[operator]
    return time.perf_counter() - begun


def bare_start() -> None:
    """Runs an interpreter that imports the standard library's queues and exits."""
    subprocess.run([sys.executable, "-c", "import multiprocessing.queues"], check=True)


def costs(rounds: int, directory: Path) -> None:
    """The cost of a rule, and of a stage, beside their floors."""
    settings = Settings("multiprocessing", sys.executable, (str(specification_folder()),))
    supervisor = Supervisor()
    for method in multiprocessing.get_all_start_methods():
        starts, bare = [], []
        for _ in range(rounds):
            begun = time.perf_counter()
            stage = Stage(settings, method, supervisor)
            starts.append(time.perf_counter() - begun)
            stage.leave()
            bare.append(timed(bare_start))
        stage = Stage(settings, method, supervisor)
        lowest, with_queue, cost = [], [], []
        with floor(method, 0, directory) as bare_process, floor(method, 1, directory) as process_with_queue:
            for _ in range(rounds):
                lowest += [bare_process() for _ in range(FEW)]
                with_queue += [process_with_queue() for _ in range(FEW)]
                cost += [timed(rule, stage) for _ in range(FEW)]
        stage.leave()
        ratio = statistics.median(cost) / statistics.median(lowest)
        more = (statistics.median(cost) - statistics.median(lowest)) * 1000
        print(
            f"{method:<11} process {milliseconds(lowest)}   rule {milliseconds(cost)}   {ratio:.2f} x, {more:+.1f} ms"
            f" (with a queue {milliseconds(with_queue).strip()})"
        )
        ratio = statistics.median(starts) / statistics.median(bare)
        print(f"{'':<11} bare    {milliseconds(bare)}   stage{milliseconds(starts)}   {ratio:.2f} x")
    supervisor.close()


def whole_run() -> None:
    """Where the time of a run goes: one process, one test after the other (see `accounting`)."""
    for method in multiprocessing.get_all_start_methods():
        words = ["-p", "accounting", "-n0", "-q", "-p", "no:cacheprovider", "--start-method", method]
        answer = subprocess.run(
            [sys.executable, "-m", "queuespec", *words],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])},
            stdout=subprocess.PIPE,
            check=False,
            text=True,
        )
        print(f"the whole specification, {method}:")
        print("\n".join(line for line in answer.stdout.splitlines() if line.startswith(("account:", "=="))))


def main() -> None:
    """Prints the costs of a rule and of a stage, then where the time of a whole run goes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as directory:
        costs(rounds, Path(directory))
    whole_run()


if __name__ == "__main__":
    main()
