"""What all judged processes of a run share, by an adapter's `serve()`: a server, a cluster."""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import time

from queuespec.stage.exceptions import Unusable, unloaded
from queuespec.stage.processes import LAST_WORDS, ProcessTree, Supervisor, how_ended
from queuespec.stage.settings import ACTORS, Settings
from queuespec.text import one_line

STARTING = 120.0
"""Timeout for the start of what is shared, in seconds: a cluster is several programs."""

ENDING = 30.0
"""Timeout for its end, in seconds."""


class Service:
    """It has started, and ends with this process or by `close`. Raises `Unusable` if it does not start."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        marker = secrets.token_hex(8)
        command = [settings.python, str(ACTORS / "serving.py"), marker, settings.implementation, settings.directory]
        self._supervisor = Supervisor()
        try:
            self._tree = ProcessTree(command, self._supervisor, stdin=None)
            try:
                answer = self._answer(marker)
            except BaseException:
                self._tree.asks_to_end(settings.stretched(ENDING))
                raise
        except BaseException:
            self._supervisor.close()
            raise
        self.environment: dict[str, str] = json.loads(answer)
        """The environment variables by which the judged processes find it."""
        self.problem = ""
        """How the adapter has failed to end it, one sentence."""

    def _answer(self, marker: str) -> str:
        def answers() -> list[str]:
            return re.findall(rf"^{marker}(\{{.*\}})$", self._tree.output(), re.MULTILINE)

        starting, last_words = map(self._settings.stretched, (STARTING, LAST_WORDS))
        self._tree.waits_for(lambda: bool(answers()) or self._tree.has_ended, starting)
        if self._tree.has_ended:
            self._tree.reads_until(time.monotonic() + last_words)
        for answer in answers():
            return answer
        raise Unusable(self._fate(self._tree.wait(0.0), starting))

    def _fate(self, code: int | None, seconds: float) -> str:
        output = self._tree.output()
        last = output.strip().rpartition("\n")[2]
        fate = f"took longer than {seconds:g} s" if code is None else how_ended(code)
        fate += f" ({last})" if last else ""
        return unloaded(output) or f"the program that calls serve() of the adapter {one_line(fate)}"

    def close(self) -> None:
        """Ends it, as the adapter does."""
        assert self._tree.popen.stdin is not None
        with contextlib.suppress(OSError):
            self._tree.popen.stdin.close()
        ending, last_words = map(self._settings.stretched, (ENDING, LAST_WORDS))
        code = self._tree.wait(ending)
        if code is not None:
            self._tree.reads_until(time.monotonic() + last_words)
        self._supervisor.close()
        self.problem = self._fate(code, ending) if code != 0 else ""
