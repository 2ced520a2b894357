"""Judges Pythons and holds what is found against what is kept here: ``reference/judge.py [--write] [PYTHON ...]``.

Without a PYTHON the running one is judged. Says what moved, and fails if anything did; with ``--write`` takes it over.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from queuespec import results
from queuespec.report.commands import keep_reference

HERE = Path(__file__).parent


def name_of(header):
    """The file that keeps what is known of the judged interpreter: ``cpython-3.13t-linux.jsonl``."""
    version = ".".join(header.python_version.split(".")[:2]) + ("t" if header.free_threaded else "")
    return f"{header.python_implementation}-{version}-{header.system}.jsonl".lower()


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0].partition(":")[0] + ".")
    parser.add_argument("--write", action="store_true", help="keep what is found")
    parser.add_argument("pythons", metavar="PYTHON", nargs="*", default=[sys.executable])
    chosen = parser.parse_args()
    status = 0
    with tempfile.TemporaryDirectory() as folder:
        for number, python in enumerate(chosen.pythons):
            found = Path(folder, f"{number}.jsonl")
            subprocess.run([sys.executable, "-m", "queuespec", "-q", "--python", python, "--results", str(found)])
            if not found.exists():
                print(f"{python} was not judged")
                status = 2
                continue
            kept = HERE / name_of(results.read(found).header)
            if not chosen.write and not kept.exists():
                print(f"{kept.name} is not there: nothing is known of {python}")
                status = 2
                continue
            status = max(status, keep_reference([str(found), str(kept), *(() if chosen.write else ("--check",))]))
            print(f"{kept.name} was {'written' if chosen.write else 'compared'}")
    return status


if __name__ == "__main__":
    sys.exit(main())
