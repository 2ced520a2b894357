"""Starts a program in an unusual way: ``started.py TARGET WAY``.

The program makes a round trip. Its child performs a function of another module if `TARGET` is "imported", and one of
the main module if it is "own", or "removed": then the program first removes its own file. Fails if the program does
not succeed.
"""

import os
import subprocess
import sys
import tempfile
import zipfile

from judged import announced

PROGRAM = """
import os, sys
sys.path += {path!r}
import round_trip

def own(there, back):
    round_trip.bring_back(there, back)

if __name__ == "__main__":
    if sys.argv[1] == "removed":
        os.remove(__file__)
    round_trip.make_round_trip(target=round_trip.bring_back if sys.argv[1] == "imported" else own)
    print("the item is back")
"""
TEXT = PROGRAM.format(path=sys.path)
WAYS = {
    "script": ["app.py"],
    "module": ["-m", "app"],
    "directory": ["directory"],
    "zip": ["app.pyz"],
    "-c": ["-c", TEXT],
    "stdin": ["-"],
    "-I": ["-I", "app.py"],
    "-E": ["-E", "-s", "app.py"],
    "-OO": ["-OO", "app.py"],
    "-X utf8": ["-X", "utf8", "app.py"],
    "-X dev": ["-X", "dev", "-W", "error", "app.py"],
    "PYTHONSAFEPATH": ["app.py"],
}
"""What to start Python with."""


def write_program(directory):
    """Writes the program into a directory, in each form that it can have there."""
    os.mkdir(os.path.join(directory, "directory"))
    for path in ("app.py", os.path.join("directory", "__main__.py")):
        with open(os.path.join(directory, path), "w", encoding="utf-8") as file:
            file.write(TEXT)
    with zipfile.ZipFile(os.path.join(directory, "app.pyz"), "w") as archive:
        archive.writestr("__main__.py", TEXT)


def main():
    """Starts the program; its last line is the last line here."""
    target, way = sys.argv[1:]
    with tempfile.TemporaryDirectory() as directory:
        write_program(directory)
        run = subprocess.run(
            [sys.executable, *WAYS[way], target],
            cwd=directory,
            input=TEXT if way == "stdin" else "",
            encoding="utf-8",
            env={**announced(), **({way: "1"} if way.startswith("PYTHON") else {})},
        )
    sys.exit(run.returncode)


if __name__ == "__main__":
    main()
