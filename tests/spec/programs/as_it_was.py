"""Makes, uses and closes a queue, and prints what it has changed in its process: ``as_it_was.py KIND``.

The output is one line of JSON: for each trait of the process that is not as it was, what it was and what it is.
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
    """The names of the blocked signals."""
    return sorted(signal.Signals(number).name for number in signal.pthread_sigmask(signal.SIG_BLOCK, []))


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
    print(json.dumps({name: [repr(before[name]), repr(after[name])] for name in before if before[name] != after[name]}))


if __name__ == "__main__":
    main()
