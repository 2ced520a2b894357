"""Provides `mp`, the context of the judged implementation and start method, to the programs of the specification.

A program that cannot show here what its rule is about says so with `not_applicable`.
"""

import faulthandler
import functools
import json
import multiprocessing
import os
import signal
import sys

_number = getattr(signal, "SIGUSR2", None)  # PyPy has `register` on Windows, too
if _number is not None and hasattr(faulthandler, "register") and sys.__stderr__ is not None:
    faulthandler.register(_number, file=sys.__stderr__)

_context = json.loads(os.environ["QUEUESPEC_CONTEXT"])
sys.path.insert(0, _context["home"])
import boot  # noqa: E402, F401

from queuespec.actors import adapter, loading, protocol  # noqa: E402

HOLD_SECONDS = 3600.0
"""Longer than any patience, in seconds: the judge ends a program that waits in vain."""

_whole = json.dumps(_context)
_announcement = _context.pop("announcement", None)
os.environ["QUEUESPEC_CONTEXT"] = json.dumps(_context)  # processes that inherit it have nothing to announce


def _announce(word):
    if _announcement is not None:
        print(f"{_announcement} {word}", flush=True)


class _Judged(adapter.Api):
    """Pickled by its name: loky pickles the functions of a main program with the globals that they use."""

    def __reduce__(self):
        return "mp"


@functools.cache
def _loaded():
    name = _context["implementation"]
    if _context.get("spared") and multiprocessing.parent_process() is not None:
        name = "multiprocessing"  # which it shares its contexts with
    implementation = loading.load(name, _context["directory"], (os.path.dirname(__file__),))
    implementation.mark_semaphores()
    return _Judged(implementation, implementation.context(_context["start_method"]))


class _Later:
    """Loads the implementation when it is used."""

    def __getattr__(self, name):
        return getattr(_loaded(), name)

    def __reduce__(self):
        return "mp"


if _announcement is None and _context.get("spared"):
    mp = _Later()
else:
    _announce(protocol.LOADING)
    mp = _loaded()
    _announce(protocol.LOADED)
    # What contexts of the standard library's own have made arrives in a child without the implementation.
    _context["spared"] = mp.is_the_standard_library
    os.environ["QUEUESPEC_CONTEXT"] = json.dumps(_context)


def announced():
    """The environment of an interpreter that announces to the judge, as this one did, when it loads the implementation.

    What it prints must not be held back.
    """
    return {**os.environ, "QUEUESPEC_CONTEXT": _whole}


def stretched(seconds):
    """A timeout on this machine, in seconds, for what is given `seconds` on a fast one; the judge has measured that."""
    return seconds * float(os.environ.get("QUEUESPEC_STRETCH", 1))


def not_applicable(reason):
    """Ends this program without a verdict about the queue; `reason` is a sentence."""
    print(f"{protocol.NOT_APPLICABLE}{reason}", flush=True)
    raise SystemExit(protocol.NOT_APPLICABLE_CODE)
