"""Uses a queue in a subinterpreter: ``subinterpreted.py KIND put``, or ``subinterpreted.py KIND round-trip``."""

import importlib
import sys

from judged import mp, not_applicable
from round_trip import make_round_trip

CODE = """
import sys, types
sys.modules["faulthandler"] = types.ModuleType("faulthandler")  # a subinterpreter cannot import the real one
sys.path[:] = {path!r}
import subinterpreted
subinterpreted.use{words!r}
"""


def use(kind, what):
    """Puts an item and gets it, or makes a round trip; runs in the subinterpreter."""
    if what == "put":
        queue = getattr(mp, kind)()
        try:
            queue.put("item")
        except RuntimeError as error:
            print(f"put() raised {error!r}", flush=True)
        else:
            print(f"get() returned {queue.get()!r}", flush=True)
    else:
        make_round_trip(kind)
        print("the item is back", flush=True)


def run_in_a_subinterpreter(code):
    """Runs the code; before Python 3.14, only a private module has subinterpreters."""
    for name in ("concurrent.interpreters", "_interpreters", "_xxsubinterpreters"):
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        created = module.create()
        if hasattr(created, "exec"):
            created.exec(code)
            created.close()
        else:
            failed = module.run_string(created, code)
            module.destroy(created)
            if failed:
                raise SystemExit(failed.formatted)
        return
    not_applicable("this Python has no subinterpreters")


if __name__ == "__main__":
    run_in_a_subinterpreter(CODE.format(path=sys.path, words=tuple(sys.argv[1:])))
