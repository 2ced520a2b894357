"""Runs another program, passes on its output until no process of it is left, and prints its exit code.

``whole.py NAME ARGUMENTS`` runs ``NAME.py`` with the arguments.
"""

import subprocess
import sys
from pathlib import Path

if __name__ == "__main__":
    path = Path(__file__).with_name(f"{sys.argv[1]}.py")
    run = subprocess.Popen([sys.executable, path, *sys.argv[2:]], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    for line in run.stdout or ():  # ends when the last process that has inherited the standard output has ended
        print(line.decode(errors="replace"), end="", flush=True)
    print("all of it has ended, with exit code", run.wait(), flush=True)
