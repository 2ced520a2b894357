"""The command line: ``queuespec [pytest options]`` judges, and other commands read what was found."""

from __future__ import annotations

import sys
import tempfile
from importlib import import_module
from pathlib import Path

import pytest

from queuespec.rules import specification_folder

COMMANDS = {
    "check": "queuespec.report.commands:check",
    "compare": "queuespec.report.commands:compare",
    "deviations": "queuespec.report.commands:draft_deviations",
    "reference": "queuespec.report.commands:keep_reference",
    "table": "queuespec.report.commands:show_table",
}
"""Name to module and function, imported when it is called: takes the arguments, returns the exit status."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the specification with pytest's options, or the command that is named first; the exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments and arguments[0] in COMMANDS:
        module, _, function = COMMANDS[arguments[0]].partition(":")
        return int(getattr(import_module(module), function)(arguments[1:]))
    try:
        tempfile.gettempdir()
    except OSError:
        print("queuespec: there is no writable folder for temporary files; point TMPDIR to one", file=sys.stderr)
        return int(pytest.ExitCode.USAGE_ERROR)
    folder = specification_folder()
    checkout = folder.parent.parent
    if (checkout / "pyproject.toml").is_file():
        root, settings = checkout, checkout / "pyproject.toml"
        own = []
    else:
        root, settings = folder, Path(__file__).with_name("pytest.ini")
        own = ["-o", f"cache_dir={Path.cwd() / '.pytest_cache'}"]
    own += ["-p", "queuespec.plugin", "-c", str(settings), "--rootdir", str(root)]
    return int(pytest.main([*own, *arguments, str(folder)]))


if __name__ == "__main__":
    sys.exit(main())
