"""Loads the implementation where a judged process begins. Nothing that happens here is the queue's doing."""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
from collections.abc import Callable, Iterator

from queuespec.actors import adapter, protocol

at_exit: list[Callable[[], object]] = []
"""What is registered with `atexit` where the implementation is loaded, although it was imported before."""

if getattr(sys.modules.get("boot"), "HERE", None) == os.path.dirname(os.path.abspath(__file__)):
    del sys.modules["boot"]  # it has done its work, and an implementation may have a module of this name


def load(name: str, directory: str, ours: tuple[str, ...] = ()) -> adapter.Implementation:
    """The implementation of this name, without what its modules print while they are imported.

    `directory` is the judge's current directory, which ``sys.path`` gets as its last entry. The entries `ours` are not
    searched: a queue may have the name of one of our modules. Ends the process if there is no such implementation.
    """
    if directory not in sys.path:
        sys.path.append(directory)
    whole = sys.path[:]
    sys.path[:] = [entry for entry in whole if entry not in ours]
    try:
        with _silence():
            implementation = adapter.load(name, directory)
    except BaseException as error:
        complain(reason(name, error))
        raise SystemExit(protocol.NOT_LOADED_CODE) from None
    while at_exit:
        atexit.register(at_exit.pop(0))
    for place, entry in enumerate(whole):
        if entry in ours:
            sys.path.insert(place, entry)
    return implementation


def connect(implementation: adapter.Implementation) -> None:
    """Prepares for making queues, silently; ends this process if that raises an exception."""
    with ending(f"connect() of {implementation.name}"), _silence():
        implementation.connect()


def tidy(implementation: adapter.Implementation) -> None:
    """Removes what processes have left that were killed; ends this process if that raises an exception."""
    with ending(f"tidy() of {implementation.name}"):
        implementation.tidy()


@contextlib.contextmanager
def ending(what: str) -> Iterator[None]:
    """Ends this process with a sentence if what is done meanwhile raises an exception."""
    try:
        yield
    except BaseException as error:
        complain(f"{what} raised {protocol.short_repr(error, 300)}")
        raise SystemExit(protocol.NOT_LOADED_CODE) from None


def reason(name: str, error: BaseException) -> str:
    """Why the implementation of this name cannot be loaded, one sentence."""
    if isinstance(error, adapter.UnknownImplementation):
        return str(error)
    described = protocol.described(error)
    text = f"{described['name']}: {described['message']}" if described["message"] else described["name"]
    return f"cannot load implementation {name!r}: {text}"


def complain(sentence: str) -> None:
    """Tells the judge why this process cannot do its work."""
    with contextlib.suppress(OSError):
        os.write(2, f"\n{protocol.NOT_LOADED}{' '.join(sentence.split())}\n".encode("utf-8", "backslashreplace"))


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Discards what this process prints meanwhile, also what C code prints and what is printed through a copy."""
    null = os.open(os.devnull, os.O_WRONLY)
    kept = []
    _flush()
    for number in (1, 2):
        with contextlib.suppress(OSError):  # a process may have closed it
            kept.append((number, os.dup(number)))
            os.dup2(null, number)
    try:
        yield
    finally:
        _flush()
        for number, copy in kept:
            os.dup2(copy, number)
            os.close(copy)
        os.close(null)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()


def version_of(implementation: adapter.Implementation) -> str:
    """The version that the implementation says, or that of the distribution which has installed its file or else has
    the name of its package; empty if there is none. The standard library's modules have no version of their own."""
    package, home = implementation.package, implementation.home
    if implementation.version or not package or package in getattr(sys, "stdlib_module_names", ()):
        return implementation.version
    from importlib import metadata  # here, since a process that uses a queue should not wait for it

    for one in metadata.distributions():
        root = os.path.join(str(one.locate_file("")), "")
        if home.startswith(root) and home[len(root) :].replace(os.sep, "/") in map(str, one.files or ()):
            return one.version
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
