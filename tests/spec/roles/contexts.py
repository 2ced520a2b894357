"""What actors do with contexts and start methods."""

import importlib
import queue as thread_queue
import socket
import sys
import threading
import types
import warnings

from items import patience

from roles import moving

CRASH_SECONDS = 2.0
"""Seconds in which a process with an unusable queue may fail by itself; then it is killed, which counts the same."""


def can_send_file_descriptors():
    """Whether this platform can send file descriptors over a Unix domain socket."""
    return hasattr(socket, "CMSG_LEN") and hasattr(socket, "SCM_RIGHTS")


def sorted_start_methods(module):
    """The names of the start methods that the module supports, in alphabetical order."""
    return sorted(module.get_all_start_methods())


def start_method_without_temporary_files(module):
    """The global start method of a program that cannot write even one byte to any file."""
    import resource

    allowed = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, allowed[1]))
    try:
        return module.get_start_method()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, allowed)


def make_queue_of(module, method):
    """Makes a queue of the context of a start method."""
    module.get_context(method).Queue()


def _item_through(queue, context, item):
    process = context.Process(target=moving.put_one, args=(queue, item))
    process.start()
    process.join()
    return queue.get_nowait()


def items_through_each_of(module, methods):
    """The items that were sent through a queue and a process of each start method, with all queues alive together."""
    contexts = [module.get_context(method) for method in methods]
    queues = [context.Queue() for context in contexts]
    return [_item_through(queue, context, f"by {method}") for queue, context, method in zip(queues, contexts, methods)]


def items_through_processes_of(module, method, senders):
    """The items that processes of `method` put into queues of the other contexts."""
    context = module.get_context(method)
    return [_item_through(module.get_context(of).Queue(), context, f"by {of}") for of in senders]


def give_a_queue_of_fork_to_a_process_of(module, method, kind):
    """Passes a queue of the fork context to a process of `method` and describes the outcome."""
    queue = getattr(module.get_context("fork"), kind)()
    process = module.get_context(method).Process(target=moving.put_and_let_go, args=(queue, "x"))
    try:
        process.start()
    except RuntimeError:
        return "start raised RuntimeError"
    process.join(patience.stretched(CRASH_SECONDS))
    if process.exitcode is None:
        process.kill()
        process.join()
    if process.exitcode != 0:
        return "the process failed"
    return "the process ended well" if queue.empty() else "the item arrived"


def start_a_nameless_function(context):
    """Starts a process whose target is a lambda, which cannot be pickled, and joins it."""
    process = context.Process(target=lambda: None)
    process.start()
    process.join()


def warnings_of_a_fork_after_a_put(module, method, kind):
    """The names of the warning categories that were issued."""
    context = module.get_context(method)
    queue = getattr(context, kind)()
    queue.put("x")
    process = context.Process(target=threading.get_ident)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        process.start()
    process.join()
    queue.get()
    return [warning.category.__name__ for warning in caught]


def make_queue_without_semaphores(module, method, kind):
    """Makes a queue while the extension module that provides semaphores has none, as on platforms without them."""
    sys.modules["_multiprocessing"] = types.ModuleType("_multiprocessing")
    getattr(module.get_context(method), kind)()


def dummy_queue_is_a_thread_queue(kind):
    """Whether a queue of `multiprocessing.dummy` is an instance of `queue.Queue`."""
    dummy = importlib.import_module("multiprocessing.dummy")
    return isinstance(getattr(dummy, kind)(), thread_queue.Queue)
