"""Output for people: a terminal of some width, with or without colors, or a file, which has neither."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shlex
import sys
import textwrap
from collections.abc import Iterator, Sequence
from typing import IO, TYPE_CHECKING, Any, TextIO, cast

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

UNBOUNDED = 100_000
"""The width of a file: nothing is wrapped there."""
NARROW = 30
"""A sentence that would get fewer columns than this begins on a line of its own."""


def console_for(file: TextIO, color: bool | None = None, width: int | None = None) -> Console:
    """A console for a stream: colors on a terminal only, and none under ``NO_COLOR``, unless `color` decides."""
    from rich.console import Console  # here, since it takes a while, and commands that print plain lines do not need it

    terminal = file.isatty()
    options: dict[str, Any] = {"emoji": False, "markup": False, "highlight": False}
    if color is None:
        color = terminal and not os.environ.get("NO_COLOR")
    else:  # a caller that decides has prepared the terminal for it
        options["legacy_windows"] = False
    if not color:
        options.update(color_system=None, no_color=True)
    elif not terminal:
        options["color_system"] = "standard"
    if width is not None or not terminal:
        options["width"] = width or UNBOUNDED
    return Console(file=cast("IO[str]", Forgiving(file)), force_terminal=color, safe_box=True, **options)


class Forgiving:
    """A stream on top of another: it escapes characters that the encoding lacks, and discards what is written after the
    reader has closed the pipe."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def flush(self) -> None:
        """Flushes the stream below. Raises `OSError`, but not for a closed pipe."""
        with self._until_closed():
            self._file.flush()

    def write(self, text: str) -> int:
        """Writes text; returns the number of characters. Raises `OSError`, but not for a closed pipe."""
        with self._until_closed():
            try:
                self._file.write(text)
            except UnicodeEncodeError:
                encoding = self._file.encoding
                self._file.write(text.encode(encoding, "backslashreplace").decode(encoding))
        return len(text)

    @contextlib.contextmanager
    def _until_closed(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if not isinstance(error, BrokenPipeError) and not (os.name == "nt" and error.errno == errno.EINVAL):
                raise
            self.forget()

    def forget(self) -> None:
        """Discards what is written from here on."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._file.fileno())
        os.close(nowhere)


def say(text: str) -> None:
    """Prints text to standard output, without wrapping or colors."""
    Forgiving(sys.stdout).write(text + "\n")


def say_error(text: str) -> None:
    """Prints one sentence to standard error."""
    Forgiving(sys.stderr).write(text + "\n")


def hanging(console: Console, head: str, text: str) -> Text:
    """`text` beside a head, wrapped between words with every line below the first."""
    from rich.text import Text

    begin, rest, width = head, " " * len(head), console.width
    if width - len(head) < NARROW:
        begin = rest = " " * 6
    rows = textwrap.fill(
        text, width, initial_indent=begin, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
    return Text((rows or head) if begin == head else f"{head.rstrip()}\n{rows}")


def show(console: Console, *lines: RenderableType) -> None:
    """Prints lines without wrapping them."""
    for line in lines:
        console.print(line, soft_wrap=True)


def judging(rule: str, start_method: str, kind: str, options: Sequence[str] = ()) -> str:
    """The command that judges a rule again, for one kind of queue under one start method."""
    words = ["queuespec", "--rule", rule, *options]
    words += ["--start-method", start_method] if start_method else []
    keyword = "-".join(filter(None, (start_method, kind)))
    words += ["-k", keyword] if kind and re.fullmatch(r"[\w.-]+", keyword) else []
    return shlex.join(words)
