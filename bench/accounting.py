"""A pytest plugin that says where the time of a run goes: ``pytest -p accounting -n0 tests/spec``."""

from __future__ import annotations

import functools
import time
from collections import Counter
from typing import Any, Callable

from queuespec.stage import Actor, Call, Program, Stage, timeline

spent: Counter[str] = Counter()
begun = time.perf_counter()
_depth = 0


def charge(owner: Any, method: str, account: str) -> None:
    """Adds the time that a method takes to an account, once where such methods call each other."""
    real: Callable[..., Any] = getattr(owner, method)

    @functools.wraps(real)
    def charged(*args: Any, **kwargs: Any) -> Any:
        global _depth
        start = time.perf_counter()
        _depth += 1
        try:
            return real(*args, **kwargs)
        finally:
            _depth -= 1
            if _depth == 0:
                spent[account] += time.perf_counter() - start  # type: ignore[assignment]

    setattr(owner, method, charged)


for _owner, _method in (
    (Stage, "__init__"),
    (Stage, "make_child"),
    (Stage, "tidy"),
    (Stage, "leave"),
    (Stage, "end"),
    (Stage, "exit_code"),
    (Program, "__init__"),
    (Program, "ends"),
    (Program, "prints"),
    (Actor, "leaves"),
):
    charge(_owner, _method, "starting and ending processes")
charge(Call, "stays_blocked", "quiet time")
charge(Program, "stays_running", "quiet time")


def pytest_runtest_teardown() -> None:
    """Time-outs that are the rule themselves."""
    spent["time-outs"] += sum(call.seconds or 0.0 for call in timeline.calls if "timeout=" in call.text)  # type: ignore[assignment]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    wall = time.perf_counter() - begun
    rest = wall - sum(spent.values())
    for account, seconds in [*spent.items(), ("everything else", rest)]:
        terminalreporter.write_line(f"account: {account:<30} {seconds:7.2f} s  {seconds / wall:5.0%}")
