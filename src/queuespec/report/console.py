"""Where people read: a terminal of some width, with or without colours, or a file that has neither."""

from __future__ import annotations

import errno
import io
import os
import sys
import textwrap
from typing import IO, TYPE_CHECKING, Any, cast

from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from typing import TextIO

    from rich.console import RenderableType

UNBOUNDED = 100_000
"""The width of what is no terminal: nothing is wrapped there."""
NARROW = 30
"""Columns that a sentence needs, to stand beside something else."""


def console_for(file: TextIO, colour: bool | None = None, width: int | None = None) -> Console:
    """A console for this stream: colours on a terminal only, and none under ``NO_COLOR``."""
    terminal = file.isatty()
    options: dict[str, Any] = {"emoji": False, "markup": False, "highlight": False}
    if colour is None:
        colour = terminal and not os.environ.get("NO_COLOR")
    else:  # whoever has decided so has made the terminal understand it
        options["legacy_windows"] = False
    if not colour:
        options.update(color_system=None, no_color=True)
    elif not terminal:
        options["color_system"] = "standard"
    if width is not None or not terminal:
        options["width"] = width or UNBOUNDED
    return Console(file=cast("IO[str]", Forgiving(file)), force_terminal=colour, safe_box=True, **options)


class Forgiving(io.TextIOBase):
    """A stream that writes an escape where the encoding of the one behind it lacks a character, and nothing any more
    once nobody reads it."""

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
        try:
            self._file.flush()
        except OSError as error:
            self._unless_nobody_reads(error)

    def close(self) -> None:
        """The stream behind it belongs to others. A flush at the end of this object, as its base class has it, could
        raise where nobody can catch it; Python 3.15 prints that."""

    def write(self, text: str) -> int:
        try:
            return self._file.write(text)
        except UnicodeEncodeError:
            return self.write(text.encode(self._encoding, "backslashreplace").decode(self._encoding))
        except OSError as error:
            self._unless_nobody_reads(error)
            return len(text)

    def _unless_nobody_reads(self, error: OSError) -> None:
        if not isinstance(error, BrokenPipeError) and not (os.name == "nt" and error.errno == errno.EINVAL):
            raise error
        self.forget()

    def forget(self) -> None:
        """From here on, what is written is thrown away."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._file.fileno())
        os.close(nowhere)


def hand_over(text: str) -> None:
    """Writes a document for programs as it is; what the encoding of the output lacks is escaped."""
    Forgiving(sys.stdout).write(text + "\n")


def say(*lines: str) -> None:
    """Prints plain lines for people."""
    show(console_for(sys.stdout), *map(Text, lines))


def say_error(text: str) -> None:
    """Prints one sentence where errors belong."""
    show(console_for(sys.stderr), Text(text))


def hanging(console: Console, head: str, text: str) -> Text:
    """`text` behind a head, broken between words where the console is narrow, its further lines below the first."""
    begin, indent = head, " " * len(head)
    if console.width - len(head) < NARROW:
        begin = indent = " " * 6
    rows = textwrap.fill(
        text,
        console.width,
        initial_indent=begin,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return Text((rows or head) if begin == head else f"{head.rstrip()}\n{rows}")


def show(console: Console, *lines: RenderableType) -> None:
    """Prints lines as they are: a long one is left to the terminal."""
    for line in lines:
        console.print(line, soft_wrap=True)
