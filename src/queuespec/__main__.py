"""The command line: ``queuespec [pytest options]`` judges, and other commands read what was found."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

import pytest

from queuespec.rules import specification_folder

COMMANDS = {
    "check": "queuespec.cli.commands:check",
    "compare": "queuespec.cli.commands:compare",
    "deviations": "queuespec.cli.commands:draft_deviations",
    "explain": "queuespec.cli.listing:explain",
    "faults": "queuespec.cli.grid:show_faults",
    "list": "queuespec.cli.listing:list_rules",
    "reproduce": "queuespec.cli.reproduce:main",
    "spec": "queuespec.report.document:main",
    "table": "queuespec.cli.commands:show_table",
}
"""Commands other than judging: the function that is given the rest of the line and returns the exit status."""

NO_OUTPUT = 2
INTERRUPTED = 130
"""As shells have it."""


def main(arguments: list[str] | None = None) -> int:
    """Performs the command that the first argument names, or else judges with pytest's options; the exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments and arguments[0] in COMMANDS:
        return perform(arguments[0], arguments[1:])
    return judge(arguments)


def perform(command: str, arguments: list[str]) -> int:
    """Performs a command other than judging; its exit status, also where nobody reads what it says."""
    from queuespec.report.console import Forgiving, say_error

    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started this
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    module, _, function = COMMANDS[command].partition(":")
    try:
        status = int(getattr(importlib.import_module(module), function)(arguments))
        Forgiving(sys.stdout).flush()
    except BrokenPipeError:  # whoever reads has read enough
        Forgiving(sys.stdout).forget()
        return NO_OUTPUT
    except OSError as error:
        say_error(f"queuespec {command}: the output cannot be written: {error.strerror or error}")
        Forgiving(sys.stdout).forget()
        return NO_OUTPUT
    except KeyboardInterrupt:
        return INTERRUPTED
    return status


def judge(arguments: list[str]) -> int:
    """Runs the specification with pytest's options; pytest's exit status."""
    folder = specification_folder()
    checkout = folder.parent.parent
    if (checkout / "pyproject.toml").is_file():
        root, settings = checkout, checkout / "pyproject.toml"
        own = []
    else:
        root, settings = folder, Path(__file__).with_name("pytest.ini")
        own = [] if "no:cacheprovider" in arguments else ["-o", f"cache_dir={Path.cwd() / '.pytest_cache'}"]
    own += ["-p", "queuespec.plugin", "-c", str(settings), "--rootdir", str(root)]
    return int(pytest.main([*own, *arguments, str(folder)]))


if __name__ == "__main__":
    sys.exit(main())
