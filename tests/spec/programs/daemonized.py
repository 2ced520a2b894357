"""Makes a round trip in a daemon, as the second of two forks in a session of their own: ``daemonized.py KIND``.

The daemon has left the process group of its program. So a guard in its session ends it if the program is killed.
"""

import os
import signal
import sys

from round_trip import make_round_trip


def guard(lifeline):
    """Waits for the end of the program; unless the program has said goodbye, kills all processes of this session."""
    if not os.read(lifeline, 1):
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


def daemon(kind, report):
    """Leaves directory and streams behind, makes the round trip and reports what happened."""
    os.chdir("/")
    null = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(null, number)
    try:
        make_round_trip(kind)
        said = "the item is back"
    except (Exception, SystemExit) as error:
        said = repr(error)
    os.write(report, f"{said}\n".encode())


def session(kind, lifeline, report):
    """Starts guard and daemon in a session of their own, and ends; only the daemon returns."""
    os.setsid()
    if os.fork() == 0:
        os.close(report)
        guard(lifeline)
    if os.fork() != 0:
        os._exit(0)
    daemon(kind, report)


def main():
    """Starts the session and prints what its daemon has reported."""
    (lifeline, living), (reports, report) = os.pipe(), os.pipe()
    first = os.fork()
    if first == 0:
        os.close(living)
        os.close(reports)
        session(sys.argv[1], lifeline, report)
        return
    os.close(report)
    os.waitpid(first, 0)
    with open(reports) as told:
        print(told.read(), end="")
    os.write(living, b".")


if __name__ == "__main__":
    main()
