"""Makes, uses and closes a queue, and prints what it has changed in its process: ``as_it_was.py KIND``.

Prints "found" and JSON: for each trait of the process that is not as it was, what is different. It never prints a value
of the environment, which may be a secret.
"""

import faulthandler
import json
import locale
import os
import random
import signal
import sys
import threading
import warnings

from judged import mp


def signal_mask():
    """The blocked signals, by name; a real-time signal has none."""
    return sorted(getattr(number, "name", str(number)) for number in signal.pthread_sigmask(signal.SIG_BLOCK, []))


def umask():
    """The mask of file modes."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def wakeup_descriptor():
    """The file descriptor that signals are written to."""
    number = signal.set_wakeup_fd(-1)
    signal.set_wakeup_fd(number)
    return number


TRAITS = {
    "signal handlers": lambda: {int(number): signal.getsignal(number) for number in signal.valid_signals()},
    "wakeup file descriptor": wakeup_descriptor,
    "standard streams": lambda: [sys.stdin, sys.stdout, sys.stderr],
    "environment": lambda: dict(os.environ),
    "working directory": os.getcwd,
    "file mode mask": umask,
    "start method": lambda: mp.get_start_method(allow_none=True),
    "locale": lambda: locale.setlocale(locale.LC_ALL),
    "state of the module random": random.getstate,
    "command line": lambda: list(sys.argv),
    "import path": lambda: list(sys.path),
    "warnings filters": lambda: list(warnings.filters),
    "exception hooks": lambda: [sys.excepthook, threading.excepthook],
    "faulthandler": faulthandler.is_enabled,
    "threads": lambda: sorted(thread.name for thread in threading.enumerate()),
}
if hasattr(signal, "pthread_sigmask"):
    TRAITS["signal mask"] = signal_mask


def inheritable_descriptors():
    """The open file descriptors that another program would inherit."""
    found = []
    for number in range(256):
        try:
            found += [number] if os.get_inheritable(number) else []
        except OSError:
            pass
    return found


def difference(before, after):
    """What is different, in words."""
    if isinstance(before, dict):
        return f"changed: {sorted(name for name in {*before, *after} if before.get(name) != after.get(name))}"
    if isinstance(before, list):
        return (
            f"gone: {[one for one in before if one not in after]}, new: {[one for one in after if one not in before]}"
        )
    return "changed" if isinstance(before, tuple) else f"{before!r} before, {after!r} after"


def main():
    """Looks at the process before, during and after the use of a queue."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT, signal.SIGTERM])
    random.seed(1)
    before = {name: look() for name, look in TRAITS.items()}
    descriptors = inheritable_descriptors()

    queue = getattr(mp, sys.argv[1])()
    queue.put("item")
    queue.get()
    more = inheritable_descriptors()
    queue.close()
    if hasattr(queue, "join_thread"):
        queue.join_thread()

    after = {name: look() for name, look in TRAITS.items()}
    before["inheritable file descriptors"], after["inheritable file descriptors"] = descriptors, more
    found = {name: difference(was, after[name]) for name, was in before.items() if was != after[name]}
    print("found", json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
