"""What bug reports say of the standard library's queues is what its versions are judged to do, by each start method."""

import shutil
import subprocess
import sys

import pytest
from runs import asked

SPAWNING = ("spawn", "forkserver")
VERSIONS = [(3, minor) for minor in range(9, 14)]

KNOWN = {
    # A queue that the main program keeps is unlinked at its end, before a child that is starting has opened it.
    "hazard.end-while-child-starts": lambda version, method: "shown" if method in SPAWNING else "not-applicable",
    "exit.item-of-ended-main": lambda version, method: "not-applicable" if method in SPAWNING else "conforms",
    # Python 3.12 starts no threads at exit.
    "exit.first-put-in-exit-hook": lambda version, method: "not-applicable" if version[1] == 12 else "conforms",
    "hazard.first-put-in-exit-hook": lambda version, method: "shown" if version[1] == 12 else "not-applicable",
    # Starting the resource tracker used to unblock signals.
    "resources.signal-mask": lambda version, method: (
        "deviates" if method in SPAWNING and not is_mended(version) else "conforms"
    ),
    # A bare fork copies the buffer of a queue, but not its thread.
    "hazard.bare-fork": lambda version, method: "shown",
    "share.bare-fork": lambda version, method: "conforms",
    # Proxies that are sent to another process take the key of that process, not that of their manager.
    "manager.own-key": lambda version, method: "conforms",
    "manager.own-key-nested": lambda version, method: "shown",
    # An interrupted request leaves its answer in the connection.
    "manager.stale-answer": lambda version, method: "shown",
    # Nothing ends a thread that waits, and nobody releases the locks of a dead process.
    "hazard.abandoned-get": lambda version, method: "shown",
    "hazard.kill-writer-locks-producers": lambda version, method: "shown",
}
"""Slug to the verdict of a version under a start method."""


def is_mended(version):
    """Whether starting the resource tracker leaves the signal mask alone."""
    return version >= (3, 13, 2) or (3, 12, 9) <= version < (3, 13)


def installed(version):
    """The path of a CPython of this version, and the version with its micro number. Skips the test without one."""
    path = sys.executable if version == sys.version_info[:2] else shutil.which("python{}.{}".format(*version))
    question = "import sys; print(sys.implementation.name, *sys.version_info[:3])"
    asked = path and subprocess.run([path, "-c", question], capture_output=True, text=True, check=False)
    if not asked or not asked.stdout.startswith("cpython"):
        pytest.skip("this version of CPython is not installed")
    return path, tuple(map(int, asked.stdout.split()[1:]))


@pytest.mark.thorough
@pytest.mark.skipif(sys.platform != "linux", reason="on other systems, not all of this has been seen yet")
@pytest.mark.parametrize("version", VERSIONS, ids="{0[0]}.{0[1]}".format)
def test_what_reports_say_is_judged_so(judge, version):
    path, version = installed(version)

    run = judge("--python", path, *asked(KNOWN, ("fork", *SPAWNING)), parallel=True)

    found = {(one["rule"], one["start_method"], one["verdict"]) for one in run.verdicts}
    assert found == {
        (slug, method, word(version, method)) for slug, word in KNOWN.items() for method in ("fork", *SPAWNING)
    }
    assert run.status == 0, run.output
