"""Makes a round trip with each kind of odd standard streams: ``odd_streams.py KIND``."""

import contextlib
import io
import os
import sys

from round_trip import make_round_trip


def closed():
    """A file that has been closed."""
    with open(os.devnull) as file:
        return file


ODD = {"None": lambda: None, "closed": closed, "without a file descriptor": io.StringIO}


@contextlib.contextmanager
def streams(make):
    """Replaces the standard streams, and puts them back."""
    kept = sys.stdin, sys.stdout, sys.stderr
    sys.stdin, sys.stdout, sys.stderr = make(), make(), make()
    try:
        yield
    finally:
        sys.stdin, sys.stdout, sys.stderr = kept


def main():
    """Makes the round trips."""
    for name, make in ODD.items():
        try:
            with streams(make):
                make_round_trip(sys.argv[1])
        except (Exception, SystemExit) as error:
            raise SystemExit(f"with streams that are {name}: {error!r}") from None


if __name__ == "__main__":
    main()
