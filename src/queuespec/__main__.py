"""The command line: ``queuespec [pytest options]`` judges, and other commands read what was found."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest

from queuespec.rules import specification_folder


def main(arguments: list[str] | None = None) -> int:
    """Runs the specification with pytest's options; pytest's exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
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
