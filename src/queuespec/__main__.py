"""``python -m queuespec`` and ``queuespec``: runs the command that the first argument names, `judge` by default."""

from __future__ import annotations

import argparse
import os
import signal
import sys

from queuespec.cli import judge
from queuespec.cli.parser import COMMANDS, Refused, Status, parser_of
from queuespec.judge.options import CannotJudge
from queuespec.report.console import Forgiving, say_error
from queuespec.results.verdict import BadFile
from queuespec.rules.words import did_you_mean
from queuespec.text import one_line

TRACEBACK = "QUEUESPEC_TRACEBACK"
"""The environment variable that shows the traceback of an internal error."""

POLITE = ("explore", "measure", "page")
"""Commands that clear up what they have begun when they are asked to end by SIGTERM, as after Ctrl-C."""

FRONT = ("-h", "--help", "--print-completion")
"""First arguments that are about the command line itself."""


def main(words: list[str] | None = None) -> int:
    """Runs a command with these arguments, or those of the process; returns its exit status, or raises `SystemExit`."""
    words = sys.argv[1:] if words is None else words
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # the process was started with the file descriptor closed
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    about = f"queuespec {words[0]}" if words and words[0] in COMMANDS else "queuespec"
    try:
        status = int(perform(words))
        Forgiving(sys.stdout).flush()
        return status
    except KeyboardInterrupt:
        say_error(f"{about}: interrupted")
        return Status.INTERRUPTED
    except (BadFile, CannotJudge, Refused) as error:
        say_error(f"{about}: {error}")
        return Status.UNUSABLE
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            say_error(f"{about}: cannot write the output: {error.strerror or error}")
        Forgiving(sys.stdout).forget()
        return Status.UNUSABLE
    except Exception as error:
        if os.environ.get(TRACEBACK):
            raise
        what = one_line(f"{type(error).__name__}: {error}")
        say_error(f"{about}: internal error: {what}; set {TRACEBACK}=1 to see the traceback")
        return Status.INTERNAL_ERROR


def perform(words: list[str]) -> int:
    """Runs a command; returns its exit status. Raises what the command raises, and `Refused`."""
    first = words[0] if words else "judge"
    if first == "judge":
        return judge.run(argparse.Namespace(words=words[1:]))
    if first in COMMANDS or first in FRONT:
        if first in POLITE and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            signal.signal(signal.SIGTERM, signal.default_int_handler)
        given = (parser_of(first) if first in COMMANDS else parser_of()).parse_args(words)
        return int(given.run(given))
    if first.startswith(("-", "@")) or not first or os.path.exists(judge.file_of(first)):
        return judge.run(argparse.Namespace(words=words))
    if os.sep in first or "/" in first or "::" in first or first.endswith(".py"):
        raise Refused(f"no such file or directory: '{one_line(judge.file_of(first), 100)}'")
    hint = did_you_mean(first, COMMANDS) or "; 'queuespec --help' lists the commands"
    raise Refused(f"no such command: '{one_line(first, 100)}'{hint}")


if __name__ == "__main__":
    sys.exit(main())
