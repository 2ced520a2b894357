"""Runs of the specification as a user starts them, judged from outside, and what came of them."""

import dataclasses
import json
import multiprocessing
import os
import re
import subprocess
import sys
from pathlib import Path

import forks
import pytest

from queuespec.rules import Facts

META = Path(__file__).parent
CHECKOUT = META.parents[1]
METHODS = multiprocessing.get_all_start_methods()
METHOD = "fork" if "fork" in METHODS else "spawn"
ACCUSING = METHOD if sys.platform != "darwin" else "spawn"
"""A start method under which a deviation fails the run: on macOS, that is not fork."""

judged_python = sys.executable
"""The interpreter whose queue the runs judge: that of the option ``--python``."""

CROSS_SECTION = (
    "api.queue-methods",
    "put.nonblocking-raises-full",
    "get.blocks-when-empty",
    "get.nonblocking-raises-empty",
    "cap.freed-by-get",
    "order.fifo-in-process",
    "item.none-falsy",
    "deliver.child-to-child",
    "jt.after-close-waits",
    "exit.child-flushes",
    "join.blocks-until-all-done",
    "td.too-many",
)
"""Rules of most chapters, quick to judge. Every fault is judged by them, whatever it is meant for; one that turns some
of them red as well names these as its ``collateral``."""


PICKLED_BY_PUT = "put() pickles its item itself, so nothing can hold an item back between put() and the pipe"
"""Why a rule does not apply to a queue, rather than to a platform."""
NEED_NOT_HAVE = ", and need not have it"
"""The end of another such reason: the rule is about a method that no documentation promises yet."""

RELEASED = [
    int(minor) for minor in re.findall(r"Python :: 3\.(\d+)\"", (CHECKOUT / "pyproject.toml").read_text("utf-8"))
]
"""The minor versions of the released Pythons, as the classifiers have them: 9 for 3.9."""

PLATFORMS = {
    "linux": ("Linux", ("fork", "spawn", "forkserver")),
    "darwin": ("Darwin", ("spawn", "fork", "forkserver")),
    "win32": ("Windows", ("spawn",)),
}
"""`sys.platform`, and what goes with it: `platform.system`, the start methods."""


def facts_of(system, python, **others):
    """What a `platform.system` and a Python report to the rules, unless `others` say something else."""
    words = ("implementation_home", "implementation_version", "machine", "python_build", "python_version", "release")
    facts = {
        **dict.fromkeys((*words, "executable"), ""),
        "implementation": "multiprocessing",
        "lacks": (),
        "context_parameter": "",
    }
    facts |= {"python_implementation": "cpython", "free_threaded": False, "semaphores": None, "python": python}
    facts |= {"counted": system != "Darwin"}
    facts |= {"system": system, "start_methods": dict(PLATFORMS.values())[system]}
    return Facts(**{**facts, **others})


thorough = False
"""Whether the run is thorough: the option ``-m`` says so."""


def rest(values, few, words=False):
    """Parameters of a test: a few of them always, the rest in thorough runs. With `words`, each is several of them.

    Other runs do without the rest: each worker would collect thousands of tests that it does not run.
    """
    values = [value for value in values if thorough or value in few]
    return [
        pytest.param(*(value if isinstance(value, tuple) and words else (value,)), marks=marks)
        for value in values
        for marks in [() if value in few else pytest.mark.thorough]
    ]


@dataclasses.dataclass
class Run:
    """A finished run of the specification."""

    status: int
    output: str
    verdicts: list

    def of(self, slug):
        """The verdicts of one rule."""
        return [verdict for verdict in self.verdicts if verdict["rule"] == slug]

    def words(self, slug):
        """The set of verdict words of one rule."""
        return {verdict["verdict"] for verdict in self.of(slug)}


WORKERS = "2"
"""Of a run that says nothing about it: there are many runs, and several at the same time."""


def judged_says(expression):
    """What the judged interpreter has for an expression, as text."""
    words = [judged_python, "-c", f"import multiprocessing, platform; print({expression})"]
    return subprocess.run(words, check=True, capture_output=True, text=True, encoding="utf-8").stdout.strip()


def without(what):
    """Skips a test for want of something that need not be installed, or fails it where everything must be."""
    end = pytest.fail if os.environ.get("QUEUESPEC_REQUIRED") else pytest.skip
    end(f"{what} is not installed here")


def environment(**changes):
    """The environment of a run: ours, without what a surrounding run has put into it. Bytecode is kept: most of the
    work of a short run is to read the specification. Nothing says ``CI``: pytest repeats whole texts there. The plugin
    of Hypothesis would take half as long as a short run."""
    foreign = ("PYTEST_", "QUEUESPEC_", "GITHUB_", "PYTHONDONTWRITEBYTECODE")
    known = ("CI", "BUILD_NUMBER")
    ours = {name: value for name, value in os.environ.items() if name not in known and not name.startswith(foreign)}
    options = {"PYTEST_XDIST_AUTO_NUM_WORKERS": WORKERS, "PYTEST_ADDOPTS": "-p no:hypothesispytest"}
    return {**ours, **options, **changes}


def command(*options, parallel=False, methods=()):
    """How a user judges, as a list of words; under all start methods if neither `methods` nor the options name any."""
    words = [sys.executable, "-m", "pytest", str(CHECKOUT / "tests" / "spec"), "-p", "no:cacheprovider"]
    if "--start-method" not in options:
        words += [word for method in methods for word in ("--start-method", method)]
    return [*words, "--python", judged_python, *(() if parallel else ("-n0",)), *map(str, options)]


def judged(results, *options, parallel=False, methods=(METHOD,), env=None, seconds=300, directory=CHECKOUT, before=()):
    """Runs the specification, under one start method unless told otherwise; its results are written to `results`.

    `before` are words that a command begins with.
    """
    results.unlink(missing_ok=True)
    words = [*before, *command(*options, parallel=parallel, methods=methods)]
    return finished(words, results, directory, environment(**(env or {})), seconds)


def judged_by(chapter, directory, *options, **env):
    """Runs a specification of somebody else, of one chapter with this text, in an empty directory."""
    (directory / "test_own.py").write_text(chapter, encoding="utf-8")
    words = ("-m", "pytest", "test_own.py", "-p", "queuespec.plugin", "-p", "no:cacheprovider", "--rootdir", ".")
    path = os.pathsep.join([str(CHECKOUT / "src"), str(META / "implementations")])
    words = [sys.executable, *words, *map(str, options)]
    return finished(words, directory / "results.jsonl", directory, environment(PYTHONPATH=path, **env), 120)


def chapter_of_gets(count):
    """A chapter in which this number of tests calls get(), each on a queue whose `maxsize` is the test's own number."""
    return f'''
"""A chapter in which each test has a queue of its own, which is wrong in its own way."""

from queuespec import OBSERVED, Empty, each, raises, rule


@rule("own.get", source=OBSERVED, kinds=("Queue",))
@each("number", range(1, {count + 1}))
def test_get(make_queue, make_child, number):
    """get() waits until an item arrives.

    It is the rule get.blocks-when-empty.
    """
    queue = make_queue(maxsize=number)
    getting = make_child(queue).calls.get()
    getting.stays_blocked()

    queue.put("late")

    assert getting.returns() == "late"
'''


def finished(words, results, directory, env, seconds):
    """The run that these words started, after its end."""
    words = [*words, "--results", str(results)]
    if words[:2] == [sys.executable, "-m"] and forks.suits(env):
        status, output = forks.run(words[2:], directory, env, seconds)
    else:
        process = subprocess.run(
            words,
            cwd=directory,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=seconds,
        )
        status, output = process.returncode, process.stdout
    lines = results.read_text(encoding="utf-8").splitlines() if results.exists() else []
    return Run(status, output, [data for data in map(json.loads, lines) if "rule" in data])


COMMANDS = """
import contextlib, io, json, sys
from queuespec.__main__ import main
done = []
for words in json.loads(sys.argv[1]):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main(words)
        except SystemExit as end:
            status = end.code
    done.append([int(status), out.getvalue(), err.getvalue()])
print(json.dumps(done))
"""


def outcomes(*commands, source=CHECKOUT / "src"):
    """Performs commands one after another in one process: the status of each, its output and what it said on standard
    error. `source` is the directory with the package."""
    words = [sys.executable, "-c", COMMANDS, json.dumps(commands)]
    env = environment(PYTHONPATH=str(source))
    process = subprocess.run(words, cwd=source.parent, env=env, check=True, stdout=subprocess.PIPE, timeout=120)
    return json.loads(process.stdout)


ONE_KIND = ("-k", " or ".join(f"{method}-Queue" for method in METHODS))
"""Options that leave the kind ``Queue``."""


def asked(slugs, methods=(METHOD,)):
    """The options that ask for these rules alone."""
    words = [word for slug in slugs for word in ("--rule", slug)]
    return words + [word for method in methods for word in ("--start-method", method)]
