"""Finds out by trying whether a program may have what it needs; if not, there is no verdict about the queue.

The standard library's queues are tried: a limit that they meet is the machine's.
"""

import gc
import multiprocessing
import os
import threading

from judged import not_applicable


def queues(kind, number):
    """Ends this program without a verdict if the process cannot have this number of queues."""
    # What is made for fork has no name in the system, so nothing is left if this process is killed.
    context = multiprocessing.get_context("fork" if hasattr(os, "fork") else "spawn")
    made: list[object] = []
    try:
        while len(made) < number:
            made.append(getattr(context, kind)())
    except OSError as error:
        reason = f"a process can have only {len(made)} queues here ({error})"
        made.clear()
        not_applicable(reason)
    made.clear()
    gc.collect()


def threads(number):
    """Ends this program without a verdict if the process cannot have this number of threads."""
    over = threading.Event()
    started: list[threading.Thread] = []
    try:
        while len(started) < number:
            thread = threading.Thread(target=over.wait)
            thread.start()
            started.append(thread)
    except RuntimeError as error:
        not_applicable(f"a process can have only {len(started)} more threads here ({error})")
    finally:
        over.set()
        for thread in started:
            thread.join()
