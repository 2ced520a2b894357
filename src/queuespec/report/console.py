"""Where people read: a terminal of some width, with or without colours, or a file that has neither."""

from __future__ import annotations

import io
import os
from typing import IO, TYPE_CHECKING, Any, cast

from rich.console import Console

if TYPE_CHECKING:
    from typing import TextIO

    from rich.console import RenderableType

UNBOUNDED = 100_000
"""The width of what is no terminal: nothing is wrapped there."""


def console_for(file: TextIO, colour: bool | None = None, width: int | None = None) -> Console:
    """A console for this stream: colours on a terminal only, and none under ``NO_COLOR``."""
    terminal = file.isatty()
    if colour is None:
        colour = terminal and "NO_COLOR" not in os.environ
    options: dict[str, Any] = {"emoji": False, "markup": False, "highlight": False, "legacy_windows": False}
    if not colour:
        options.update(color_system=None, no_color=True)
    elif not terminal:
        options["color_system"] = "standard"
    if width is not None or not terminal:
        options["width"] = width or UNBOUNDED
    return Console(file=cast("IO[str]", Forgiving(file)), force_terminal=colour, safe_box=True, **options)


class Forgiving(io.TextIOBase):
    """A stream that writes an escape where the encoding of the one behind it lacks a character."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._encoding = getattr(file, "encoding", None) or "utf-8"

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding

    def isatty(self) -> bool:
        return self._file.isatty()

    def fileno(self) -> int:
        return self._file.fileno()

    def flush(self) -> None:
        self._file.flush()

    def write(self, text: str) -> int:
        try:
            return self._file.write(text)
        except UnicodeEncodeError:
            return self._file.write(text.encode(self._encoding, "backslashreplace").decode(self._encoding))


def show(console: Console, *lines: RenderableType) -> None:
    """Prints lines as they are: a long one is left to the terminal."""
    for line in lines:
        console.print(line, soft_wrap=True)
