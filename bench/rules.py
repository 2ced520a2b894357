"""What a rule costs, beside the floor: prints figures, judges nothing. ``tox run -e bench``.

The floor of a start method is a bare process, started and joined by a clean program. A rule is the usual one: a queue,
a child, an item passed, everything tidied up. Both are measured in turn, in the same run, and medians are compared.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from queuespec.processes import Household
from queuespec.rules import specification_folder
from queuespec.stage import Settings, Stage, View, timeline

FLOOR = """
import json, multiprocessing, sys, time
def nothing(): pass
if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    def once():
        begun = time.perf_counter()
        process = context.Process(target=nothing)
        process.start()
        process.join()
        return time.perf_counter() - begun
    for _ in range(3):
        once()
    print(json.dumps([once() for _ in range(int(sys.argv[2]))]))
"""


def milliseconds(seconds: list[float]) -> str:
    return f"{statistics.median(seconds) * 1000:8.1f} ms"


def floor(method: str, rounds: int, folder: Path) -> list[float]:
    """Seconds of a bare process, start to joined."""
    program = folder / "floor.py"
    program.write_text(FLOOR)
    answer = subprocess.run([sys.executable, str(program), method, str(rounds)], stdout=subprocess.PIPE, check=True)
    return list(json.loads(answer.stdout))


def rule(stage: Stage) -> None:
    """The usual rule: a queue, a child, an item passed, everything tidied up."""
    timeline.begin()
    queue = stage.make_queue("Queue")
    child = View(stage.make_child(queue), queue._name)
    getting = child.calls.get()
    queue.put("item")
    assert getting.returns() == "item"
    stage.tidy()
    assert stage.clean


def timed(function: object, *args: object) -> float:
    begun = time.perf_counter()
    function(*args)  # type: ignore[operator]
    return time.perf_counter() - begun


def bare_start() -> None:
    subprocess.run([sys.executable, "-c", "import multiprocessing.queues"], check=True)


def costs(rounds: int, folder: Path) -> None:
    """The cost of a rule, and of a stage, beside their floors."""
    settings = Settings("multiprocessing", sys.executable, (str(specification_folder()),))
    household = Household()
    for method in multiprocessing.get_all_start_methods():
        starts, bare = [], []
        for _ in range(rounds):
            begun = time.perf_counter()
            stage = Stage(settings, method, household)
            starts.append(time.perf_counter() - begun)
            stage.leave()
            bare.append(timed(bare_start))
        stage = Stage(settings, method, household)
        for _ in range(3):
            rule(stage)
        lowest, cost = [], []
        for _ in range(3):
            lowest += floor(method, rounds, folder)
            cost += [timed(rule, stage) for _ in range(rounds)]
        stage.leave()
        ratio = statistics.median(cost) / statistics.median(lowest)
        more = (statistics.median(cost) - statistics.median(lowest)) * 1000
        print(
            f"{method:<11} process {milliseconds(lowest)}   rule {milliseconds(cost)}   {ratio:.2f} x, +{more:.1f} ms"
        )
        ratio = statistics.median(starts) / statistics.median(bare)
        print(f"{'':<11} bare    {milliseconds(bare)}   stage{milliseconds(starts)}   {ratio:.2f} x")
    household.close()


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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        costs(rounds, Path(folder))
    whole_run()


if __name__ == "__main__":
    main()
