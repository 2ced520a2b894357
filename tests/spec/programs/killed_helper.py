"""Kills helper processes and then creates and uses queues: ``killed_helper.py KIND MODULE CREATOR``.

The helpers are the children of this program whose command line names the module. The creator is "main", or a "child"
that was running at that time. Prints "before and after" for a new queue, and in the main program for an old one.
"""

import contextlib
import os
import signal
import sys
import time

from judged import mp, not_applicable


def add(queue, answers, word):
    """Gets a word and answers with both."""
    answers.put(f"{queue.get()} and {word}")


def passed(queue, answers):
    """Passes a word through a child and returns its answer."""
    child = mp.Process(target=add, args=(queue, answers, "after"))
    child.start()
    queue.put("before")
    answer = answers.get()
    child.join()
    return answer


def make_when_asked(connection, kind):
    """Makes a queue after a message has arrived, passes a word through it, and sends it back."""
    word = connection.recv()
    queue = getattr(mp, kind)()
    queue.put(word)
    connection.send(f"{queue.get()} and after")


def helpers(module):
    """The process ids of the helpers."""
    found = []
    for process_id in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError), open(f"/proc/{process_id}/stat", errors="replace") as stat:
            parent = int(stat.read().rpartition(")")[2].split()[1])
            with open(f"/proc/{process_id}/cmdline", errors="replace") as command:
                if parent == os.getpid() and module in command.read():
                    found.append(int(process_id))
    return found


def has_ended(process_id):
    """Whether a child has ended. Does not reap it: that is for the code that started it."""
    with open(f"/proc/{process_id}/stat", errors="replace") as stat:
        return stat.read().rpartition(")")[2].split()[0] in "ZX"


def kill_helpers(module):
    """Kills the helpers that run this module, and waits until they have ended."""
    for process_id in helpers(module):
        os.kill(process_id, signal.SIGKILL)
        while not has_ended(process_id):
            time.sleep(0.001)  # nothing announces the end of a process to others than those who reap it


def main():
    """Prints the words that come back after the helpers were killed."""
    kind, module, creator = sys.argv[1:]
    if not os.path.isdir("/proc/self"):
        not_applicable("processes cannot be listed here")
    old = [getattr(mp, kind)() for _ in range(2)]
    passed(*old)
    if not helpers(module):
        not_applicable(f"no helper process runs a module named {module} here")
    if creator == "child":
        connection, other = mp.Pipe()
        child = mp.Process(target=make_when_asked, args=(other, kind))
        child.start()
        kill_helpers(module)
        connection.send("before")
        print(f"{connection.recv()}: a new queue", flush=True)
        child.join()
    else:
        kill_helpers(module)
        print(f"{passed(*old)}: the old queue", flush=True)
        print(f"{passed(*(getattr(mp, kind)() for _ in range(2)))}: a new queue", flush=True)


if __name__ == "__main__":
    main()
