"""Other implementations are judged as their users have them, and what is expected of each is held against a record.

A record, in ``implementations/records``, is a program that needs nothing of this package: each of its functions shows
one reason why verdicts deviate. ``-m thorough`` runs the records and a cross-section of the specification, ``-m whole``
judges the whole specification, twice.
"""

import ast
import contextlib
import re
import subprocess

import pytest
from runs import CHECKOUT, CROSS_SECTION, META, asked, environment, judged_python, judged_says, without
from servers import RedisServer

from queuespec.results import expectations
from queuespec.stage import Supervisor

RECORDS = META / "implementations" / "records"
PACKAGES = {
    "aioprocessing": "aioprocessing",
    "billiard": "billiard",
    "dask": "distributed",
    "faster-fifo": "faster_fifo",
    "loky": "loky",
    "multiprocess": "multiprocess",
    "ray": "ray",
    "redis": "yarqueue",
    "remote-manager": "",
    "threads": "",
    "torch.multiprocessing": "torch",
}
"""Names of implementations, and the module, if any, without which there is nothing to judge."""


def identified(name):
    """How tests and environments of tox call an implementation."""
    return f"implementation-{name.partition('.')[0]}"


EACH = pytest.mark.parametrize("name", PACKAGES, ids=identified)


@pytest.fixture
def available(name):
    """The name of an implementation that is installed, and has its server."""
    package = PACKAGES[name]
    if package and judged_says(f"__import__('importlib.util').util.find_spec({package!r})") == "None":
        without(f"the package {package}")
    return name


@pytest.fixture
def served(available):
    """The environment in which the implementation finds its server."""
    with contextlib.closing(Supervisor()) as supervisor:
        yield {"REDIS_URL": f"unix://{RedisServer(supervisor).where}"} if available == "redis" else {}


def reasons(name):
    """Why the implementation deviates where it is expected to: all, and those that it does not inherit."""
    path = expectations.DIRECTORY / f"{name}.toml"
    own = {entry.reason for entry in expectations.read(path)} if path.exists() else set()
    return own | {entry.reason for entry in expectations.known() if entry.implementation == name}, own


def record(name):
    return RECORDS / f"{name.replace('-', '_').replace('.', '_')}_record.py"


@EACH
def test_the_record_shows_each_reason_why_a_deviation_is_expected(name):
    functions = [one for one in ast.parse(record(name).read_text(encoding="utf-8")).body if hasattr(one, "args")]

    facts = [one for one in functions if not one.name.startswith("_")]
    every, own = reasons(name)
    assert own <= {(ast.get_docstring(one) or one.name).replace("\n", " ") for one in facts} <= every


@pytest.mark.thorough
@EACH
def test_the_record_is_true(available):
    words = [judged_python, str(record(available))]

    done = subprocess.run(words, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)

    assert done.returncode == 0, done.stdout.decode(errors="replace")


@pytest.mark.thorough
@EACH
def test_a_cross_section_is_as_expected(judge, available, served):
    run = judge("--implementation", available, *asked(CROSS_SECTION, ()), methods=(), env=served, parallel=True)

    assert run.status == 0, run.output


@pytest.mark.whole
@EACH
def test_two_whole_runs_are_as_expected_and_the_same(judge, available, served):
    first, second = (
        judge("--implementation", available, methods=(), env=served, parallel=True, seconds=1500) for _ in range(2)
    )

    assert (first.status, second.status) == (0, 0), first.output + second.output
    assert by_key(first) == by_key(second)


def by_key(run):
    """The words of all verdicts."""
    return {(one["rule"], one["kind"], one["start_method"], one["parameters"]): one["verdict"] for one in run.verdicts}


def test_the_page_lists_them_all():
    page = (CHECKOUT / "ADAPTERS.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `([\w.-]+)` \| [^|]+ \| [^|]+ \| ([^|]+) \|", page, re.MULTILINE))

    assert list(listed) == sorted(PACKAGES)
    for name, package in PACKAGES.items():
        extra = f"the extra `{identified(name).partition('-')[2]}`"
        assert listed[name].startswith(extra if package else "nothing")
