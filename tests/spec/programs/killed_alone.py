"""Kills a program that uses a queue, and prints what is left of its semaphores: ``killed_alone.py KIND [MODULE]``.

If a module is given, the helper processes that run it are killed before the queue is made. Prints "found" and a list of
inode numbers, once the killed program and all of its processes have ended.
"""

import gc
import json
import os
import signal
import subprocess
import sys

from judged import mp
from killed_helper import kill_helpers, passed
from semaphores import inodes, refuse_if_hidden


def be_killed(kind, *modules):
    """Prints the inode numbers of a queue's semaphores and kills this process."""
    passed(*(getattr(mp, kind)() for _ in range(2)))
    gc.collect()
    before = inodes()
    for module in modules:
        kill_helpers(module)
    queues = [getattr(mp, kind)() for _ in range(2)]
    created = inodes() - before
    passed(*queues)
    print("created", json.dumps(sorted(created)), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)


def main():
    """Runs the other program to the end of its output, which all of its processes can write to."""
    refuse_if_hidden()
    command = [sys.executable, __file__, "be killed", *sys.argv[1:]]
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if run.returncode != -signal.SIGKILL:
        sys.exit(run.stdout)
    created = [line[len("created ") :] for line in run.stdout.splitlines() if line.startswith("created ")]
    left = set(json.loads(created[0])) & {file.inode() for file in os.scandir("/dev/shm")}
    print("found", json.dumps(sorted(left)), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "be killed":
        be_killed(*sys.argv[2:])
    else:
        main()
