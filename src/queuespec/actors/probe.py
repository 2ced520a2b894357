"""Asks an interpreter what can be judged there. Runs in it, prints one line of JSON; older Pythons must get that far.

Arguments: a marker that begins the line (an implementation may print what it likes), the implementation's name.
"""

import json
import os
import platform
import sys


def facts(implementation_name):  # type: ignore[no-untyped-def]
    """The facts about this interpreter and the implementation, by name; or only "error", a sentence."""
    version = list(sys.version_info[:3])
    if version < [3, 9]:
        return {"error": "it is Python %d.%d, and 3.9 is the oldest that can be judged" % tuple(version[:2])}  # noqa: UP031
    import sysconfig

    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import boot  # noqa: F401

    sys.path.append(os.getcwd())
    from queuespec.actors import adapter

    try:
        implementation = adapter.load(implementation_name)
    except adapter.UnknownImplementation as error:
        return {"error": str(error)}
    answer = {
        "implementation": implementation.name,
        "implementation_version": implementation.version,
        "implementation_home": implementation.home,
        "lacks": list(implementation.lacks),
        "start_methods": implementation.start_methods(),
        "python": version,
        "python_implementation": sys.implementation.name,
        "python_version": platform.python_version(),
        "python_build": " ".join(platform.python_build()),
        "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
        "system": platform.system(),
        "machine": platform.machine(),
        "release": platform.release(),
        "executable": sys.executable,
    }
    answer.update(implementation.facts())
    try:
        import multiprocessing

        # A lock for fork loses its name as it is made: there is nothing to remove, should this process be killed.
        multiprocessing.get_context("fork" if hasattr(os, "fork") else "spawn").Lock()
        answer["semaphores"] = None
    except (ImportError, OSError) as error:
        answer["semaphores"] = str(error)
    return answer


if __name__ == "__main__":
    print("\n" + sys.argv[1] + json.dumps(facts(sys.argv[2])))  # type: ignore[no-untyped-call]
