"""Asks an interpreter what can be judged there. Runs in it and prints lines of JSON; older Pythons must get that far.

Arguments: a marker that begins each line (an implementation may print what it likes), the implementation's name, the
names of modules that judged processes import besides it. The first line, an empty object, says that this is a Python
and the import begins; the second has the facts.
"""

import importlib
import json
import os
import platform
import sys
import threading
import time

ENOUGH = 64
"""Number of semaphores without which nothing is judged: a JoinableQueue has eight, and a test several queues."""

MANY_THREADS = 16
"""Number of threads without which nothing is judged. Some systems count the threads of all processes of a user."""


def facts(implementation_name, ours=(), importing=lambda: None):  # type: ignore[no-untyped-def]
    """The facts about this interpreter and the implementation, by name; or only "error", a sentence, "option", what it
    is about, and "known", other names of implementations.

    Calls `importing` before it imports the implementation.
    """
    version = list(sys.version_info[:3])
    if version < [3, 9]:
        too_old = "it is Python %d.%d, and 3.9 is the oldest that can be judged" % tuple(version[:2])  # noqa: UP031
        return {"error": too_old, "option": "--python"}
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import boot  # noqa: F401

    sys.path.append(os.getcwd())
    from queuespec.actors import adapter, loading

    shadows = shadowing(os.getcwd())  # type: ignore[no-untyped-call]
    if shadows:
        text = "Python would import %s of the current directory instead of the standard library's; judge in another one"
        return {"error": text % ", ".join(shadows), "option": ""}
    started = threads()  # type: ignore[no-untyped-call]
    if started < MANY_THREADS:
        text = "this system lets a process start only %d threads, and judging takes %d"
        return {"error": text % (started, MANY_THREADS), "option": ""}
    importing()
    begun, before = time.perf_counter(), memory()  # type: ignore[no-untyped-call]
    try:
        implementation = adapter.load(implementation_name)
        spent = {"loading": time.perf_counter() - begun, "memory": memory() - before}  # type: ignore[no-untyped-call]
        for name in ours:
            if name in sys.modules:
                where = getattr(sys.modules[name], "__file__", None)
                text = "judged processes have a module of their own that is named %r: rename %s"
                return {"error": text % (name, where or "that of the implementation")}
        return known(implementation, version, spent)  # type: ignore[no-untyped-call]
    except BaseException as error:
        return {"error": loading.reason(implementation_name, error), "known": getattr(error, "known", ())}


def shadowing(directory):  # type: ignore[no-untyped-def]
    """The files of a directory that a process imports which multiprocessing starts there, instead of the standard
    library's: until it has received a path, the current directory comes first."""
    entries = {name[:-3]: name for name in os.listdir(directory) if name.endswith(".py")}
    for name in os.listdir(directory):
        if os.path.isfile(os.path.join(directory, name, "__init__.py")):
            entries[name] = name
    if entries.keys().isdisjoint(getattr(sys, "stdlib_module_names", entries)):
        return []
    for name in ("connection", "forkserver", "managers", "pool", "resource_tracker", "spawn"):
        try:
            importlib.import_module("multiprocessing." + name)
        except ImportError:
            pass
    library = os.path.realpath(os.path.dirname(os.__file__))
    found = []
    for name in sorted(entries):
        home = getattr(sys.modules.get(name), "__file__", None)
        if home and os.path.realpath(home).startswith(library + os.sep) and "site-packages" not in home:
            found.append(entries[name])
    return found


def threads():  # type: ignore[no-untyped-def]
    """The number of threads that this process can start, but at most `MANY_THREADS`."""
    over, started = threading.Event(), 0
    waiting = [threading.Thread(target=over.wait) for _ in range(MANY_THREADS)]
    try:
        for thread in waiting:
            thread.start()
            started += 1
    except RuntimeError:
        pass
    over.set()
    for thread in waiting[:started]:
        thread.join()
    return started


def memory():  # type: ignore[no-untyped-def]
    """The largest number of bytes that this process has used so far; 0 if the system does not say."""
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def spares_children(implementation):  # type: ignore[no-untyped-def]
    """Whether its contexts, and so its queues, are those of the standard library."""
    from queuespec.actors.adapter import Api

    try:
        return bool(Api(implementation, implementation.module).get_context().is_the_standard_library)
    except Exception:  # what is wrong with its contexts is reported when they are needed
        return False


def known(implementation, version, spent):  # type: ignore[no-untyped-def]
    """The facts about this interpreter and an implementation, which took that much to load."""
    import sysconfig

    from queuespec.actors import loading

    answer = {
        "implementation": implementation.name,
        "implementation_version": loading.version_of(implementation),
        "implementation_home": implementation.home,
        "context_parameter": implementation.context_parameter,
        "spares_children": spares_children(implementation),  # type: ignore[no-untyped-call]
        "adapter": list(implementation.defines),
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
    answer.update(spent)
    answer["semaphores"], answer["counted"] = semaphores()  # type: ignore[no-untyped-call]
    if "semaphores" in implementation.lacks:
        answer["semaphores"] = None
    answer.update(implementation.facts())
    return answer


def semaphores():  # type: ignore[no-untyped-def]
    """Why there are not enough semaphores here, or None if there are; and whether they report their values."""
    made = 0
    try:
        import multiprocessing

        # A semaphore for fork loses its name as it is made: there is nothing to remove, should this process be killed.
        context = multiprocessing.get_context("fork" if hasattr(os, "fork") else "spawn")
        semaphore = context.Semaphore()
        held = [semaphore]
        while len(held) < ENOUGH:
            made = len(held)
            held.append(context.Semaphore())
    except (ImportError, OSError) as error:
        return ("there are only %d: %s" % (made, error) if made else str(error)), False  # noqa: UP031
    try:
        semaphore.get_value()
    except NotImplementedError:
        return None, False
    return None, True


def main(marker, implementation_name, *ours):  # type: ignore[no-untyped-def]
    """Prints the lines by a file descriptor of their own: an implementation may replace or close the standard ones."""
    answers = os.dup(1)

    def answer(data):  # type: ignore[no-untyped-def]
        os.write(answers, ("\n" + marker + json.dumps(data) + "\n").encode())

    answer(facts(implementation_name, ours, lambda: answer({})))  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main(*sys.argv[1:])  # type: ignore[no-untyped-call]
