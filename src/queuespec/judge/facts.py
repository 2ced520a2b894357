"""What is checked before anything is judged: the facts of the interpreter, the rules, and the options.

Nothing here imports pytest.
"""

from __future__ import annotations

import functools
import json
import re
import secrets
import subprocess
from collections.abc import Collection
from pathlib import Path

from queuespec.rules import Chapter, Facts, chapters
from queuespec.rules.words import did_you_mean
from queuespec.text import one_line

PROBE = Path(__file__).parents[1] / "actors" / "probe.py"
PROBING = 60.0
"""Timeout for the facts of an interpreter, in seconds."""


class CannotJudge(Exception):
    """Nothing can be judged; the message is one sentence that says why and what to do about it."""


def probe(python: str, implementation: str) -> Facts:
    """An interpreter's facts. Raises `CannotJudge` if it is not Python, too old, or cannot load the implementation."""
    marker = secrets.token_hex(8)
    try:
        answer = subprocess.run(
            [python, str(PROBE), marker, implementation],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PROBING,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotJudge(f"--python: cannot run {python!r} as a Python interpreter ({error})") from None
    found = re.search(marker.encode() + rb"(\{.*\})", answer.stdout)
    if found is None:
        last = answer.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2][:200]
        raise CannotJudge(f"--python: {python!r} does not behave like a Python interpreter ({last or 'no output'})")
    data = json.loads(found.group(1))
    if "error" in data:
        about = f"--python: cannot judge {python!r}: " if "oldest" in data["error"] else "--implementation: "
        raise CannotJudge(about + data["error"])
    return Facts.read(data)


def refuse_what_cannot_be_judged(facts: Facts, start_methods: Collection[str]) -> None:
    """Raises `CannotJudge` if the platform lacks one of the start methods, or semaphores."""
    for method in start_methods:
        if method not in facts.start_methods:
            available = ", ".join(facts.start_methods)
            raise CannotJudge(f"--start-method: {method!r} is not available on this platform; it has {available}")
    if facts.semaphores is not None:
        raise CannotJudge(
            f"Python has no semaphores on this system ({facts.semaphores}), so it cannot have a process-safe queue; "
            "on Linux, mount a writable /dev/shm"
        )


def refuse_unknown_rules(slugs: Collection[str]) -> None:
    """Raises `CannotJudge` if the specification lacks one of these rules, or cannot be imported."""
    if not slugs:
        return
    known = {slug for chapter in specification() for rule in chapter.rules for slug in (rule.slug, *rule.proves)}
    for slug in slugs:
        if slug not in known:
            raise CannotJudge(f"--rule: there is no rule {slug!r}{did_you_mean(slug, known)}")


@functools.cache
def specification() -> list[Chapter]:
    """All chapters of the specification. Raises `CannotJudge` if one of them cannot be imported."""
    try:
        return chapters()
    except Exception as error:
        about = one_line(f"{type(error).__name__}: {error}")
        raise CannotJudge(f"cannot import the specification: {about}") from error
