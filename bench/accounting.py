"""A pytest plugin that says where the time of a run goes: ``pytest -p accounting -n0 tests/spec``."""

from __future__ import annotations

import functools
import re
import time
from collections import Counter
from typing import Any, Callable

from queuespec.stage import Call, Program, RemoteActor, Stage

RESTING = ("in_slow_motion(", "put_to_a_stopped_thread(", "put_while_sending(", "rests_while_waiting(")
"""How calls begin that rest on purpose: that they take their time is what the rule is about."""
SECONDS = re.compile(r"timeout=|\b0\.\d")
"""How calls look that wait until a timeout: fractions among arguments are seconds."""

REST = "everything else"

spent: Counter[str] = Counter()
begun = time.perf_counter()
_depth = 0


def charge(owner: Any, method: str, account: str | Callable[..., str]) -> None:
    """Adds the time that a method takes to an account, once where such methods call each other. Which account, its
    arguments may say."""
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
                name = account if isinstance(account, str) else account(*args, **kwargs)
                spent[name] += time.perf_counter() - start  # type: ignore[assignment]

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
    (RemoteActor, "leaves"),
):
    charge(_owner, _method, "starting and ending processes")
charge(Call, "stays_blocked", "quiet time")


def account_of(call: Call, *_: object) -> str:
    """Of the wait for a call to end."""
    if call.text.startswith(RESTING):
        return "rests that are the rule itself"
    if "quiet=" in call.text:
        return "quiet time"
    return "timeouts" if SECONDS.search(call.text) else REST


charge(Call, "finish", account_of)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Prints the seconds of the run that each account was charged with."""
    wall = time.perf_counter() - begun
    spent[REST] += wall - sum(spent.values())  # type: ignore[assignment]
    for account, seconds in spent.items():
        terminalreporter.write_line(f"account: {account:<30} {seconds:7.2f} s  {seconds / wall:5.0%}")
