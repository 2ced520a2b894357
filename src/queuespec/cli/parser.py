"""The parser of the command line, and the names of all commands.

The module of a command has its description as docstring, `add_arguments(parser)`, and `run(arguments)`, which returns
the exit status. It is imported when the command is used.
"""

from __future__ import annotations

import argparse
import enum
import functools
import importlib
import sys
from typing import Any, NoReturn

from queuespec.implementations import NAMES
from queuespec.judge.options import add_options, add_strict
from queuespec.text import one_line

Arguments = argparse.Namespace
"""What the `run` of a command is given."""

COMMANDS = {
    "judge": "judge a queue (default)",
    "explore": "look for new deviations",
    "list": "list the rules",
    "explain": "explain a rule",
    "reproduce": "write a bug report",
    "table": "show results as a table",
    "page": "write results as a site",
    "badge": "write a badge",
    "compare": "compare two runs",
    "measure": "measure what it costs",
    "check": "validate results files",
    "expectations": "draft expectations",
    "faults": "list the faults",
    "spec": "write SPECIFICATION.md",
    "new-rule": "draft a new rule",
    "new-adapter": "draft an adapter",
}
"""The commands and what they do; each has a module of its name."""

WIDTH = 80


class Status(enum.IntEnum):
    """The exit statuses of all commands, as `STATUSES` describes them; they are those of pytest."""

    OK = 0
    DEVIATION = 1
    INTERRUPTED = 2
    INTERNAL_ERROR = 3
    UNUSABLE = 4
    NOTHING = 5


class Refused(Exception):
    """A command cannot do what its arguments say; the message is one sentence."""


STATUSES = (
    "exit status: 0 success; 1 a deviation, a finding, a missing verdict or a regression; 2 interrupted; "
    "3 an error in queuespec; 4 invalid arguments or files; 5 nothing to do"
)


class Parser(argparse.ArgumentParser):
    """A parser that reports an error in one sentence and exits with status 4; abbreviated options are errors."""

    def __init__(self, **settings: Any) -> None:
        help_format = functools.partial(argparse.HelpFormatter, max_help_position=26, width=WIDTH)
        super().__init__(**{"allow_abbrev": False, "epilog": STATUSES, "formatter_class": help_format, **settings})

    def add_repeatable(self, *names: str, **settings: Any) -> None:
        """Adds an option whose values make a list, by default an empty one."""
        self.add_argument(*names, action="append", default=[], **settings)

    def error(self, message: str) -> NoReturn:
        """Prints the sentence to standard error and exits."""
        self.exit(Status.UNUSABLE, f"{self.prog}: {one_line(message)}\n")


class Front(Parser):
    """The parser of all commands; its help is an overview of one screen."""

    def format_help(self) -> str:
        """The commands, in two columns, and the options for judging."""
        options = Parser(add_help=False, usage=argparse.SUPPRESS, epilog="")
        group = options.add_argument_group("options for judging; those of pytest work, too (judge --pytest-help)")
        add_options(group.add_argument)
        add_strict(group.add_argument)
        longest = max(map(len, COMMANDS))
        cells = [f"  {name:{longest}}  {text}" for name, text in COMMANDS.items()]
        rows = [f"{one:{WIDTH // 2}}{two}" for one, two in zip(cells[::2], [*cells[1::2], ""])]
        head = ["usage: queuespec [COMMAND] [OPTIONS] | COMMAND --help | --version; commands:", *rows]
        built_in = f"built in: {' '.join(NAMES)}"
        return "\n".join([*map(str.rstrip, head), options.format_help().rstrip(), built_in, ""])


def parser_of(*commands: str) -> Parser:
    """The parser, with these commands only: importing all of them takes longer than running one."""
    # argparse lets the top-level parser refuse an unknown argument of a command.
    parser = Front(prog=f"queuespec {commands[0]}" if len(commands) == 1 else "queuespec")
    parser.add_argument("-V", "--version", action="store_true")  # for completion; `judge` shows it
    parser.add_argument("--print-completion", metavar="SHELL", action=_Completion, choices=("bash", "zsh"))
    subparsers = parser.add_subparsers(prog="queuespec", dest="command", metavar="COMMAND", parser_class=Parser)
    for name in commands:
        module = importlib.import_module(f"queuespec.cli.{name.replace('-', '_')}")
        command = subparsers.add_parser(name, help=COMMANDS[name], description=module.__doc__)
        command.set_defaults(run=module.run)
        module.add_arguments(command)
    return parser


class _Completion(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, _: object, shell: Any, option: object = None) -> None:
        try:
            import shtab
        except ImportError:
            parser.error("shell completion requires shtab; install it with: pip install 'queuespec[completion]'")
        everything = parser_of(*COMMANDS)
        add_options(everything.add_argument)
        add_strict(everything.add_argument)
        print(shtab.complete(everything, shell=shell))
        parser.exit()


def version() -> str:
    """``queuespec 0.1.0 (pytest 9.2.0, Python 3.11.7)``."""
    import importlib.metadata  # here, so that no command waits for it

    from queuespec import __version__

    python = sys.version.partition(" ")[0]
    return f"queuespec {__version__} (pytest {importlib.metadata.version('pytest')}, Python {python})"


def add_format(parser: argparse.ArgumentParser, *more: str) -> None:
    """Adds ``--format``, with a choice of text, JSON, and `more`."""
    parser.add_argument("--format", choices=("text", *more, "json"), default="text", help="default: text")
