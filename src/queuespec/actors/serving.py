"""The program that holds what all judged processes of a run share, such as a server or a cluster, by an adapter's
`serve()`.

Arguments: a marker, the implementation's name, the judge's current directory. Prints a line that begins with the
marker: a JSON object of the environment variables by which the judged processes find it. The end of standard input is
the end of the run, also that of a judge that was killed; the program ends what it holds then.
"""

import json
import os
import signal
import sys

if __name__ == "__main__":  # a process that is spawned from here needs nothing else
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import boot  # noqa: F401

    from queuespec.actors import loading, protocol


def main(marker, implementation_name, directory):  # type: ignore[no-untyped-def]
    """Goes on with `serve()` when standard input ends."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(1))  # ends what serve() has started until then
    answers = os.dup(1)
    implementation = loading.load(implementation_name, directory)
    environment = None
    for environment in implementation.serve():
        if not isinstance(environment, dict) or {*map(type, (*environment, *environment.values()))} - {str}:
            wrong = protocol.short_repr(environment)
            loading.complain(f"serve() of the adapter should yield a dictionary of strings, but yields {wrong}")
            sys.exit(protocol.NOT_LOADED_CODE)
        # What is left of a judge that was killed is asked to end by SIGTERM, beside the end of standard input.
        signal.signal(signal.SIGTERM, lambda number, frame: None)
        os.write(answers, f"\n{marker}{json.dumps(environment)}\n".encode())
        sys.stdin.read()
    if environment is None:
        loading.complain("serve() of the adapter yields nothing")
        sys.exit(protocol.NOT_LOADED_CODE)


if __name__ == "__main__":
    main(*sys.argv[1:])  # type: ignore[no-untyped-call]
