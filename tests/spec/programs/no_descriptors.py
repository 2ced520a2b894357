"""Makes a round trip after file descriptors 0 to 2 were closed: ``no_descriptors.py KIND``."""

import os
import sys

from round_trip import make_round_trip


def main():
    """Closes the descriptors and makes the round trip; prints by another descriptor why it failed."""
    printing = os.dup(1)
    sys.stdin = sys.stdout = sys.stderr = None
    for number in range(3):
        os.close(number)
    try:
        make_round_trip(sys.argv[1])
    except (Exception, SystemExit) as error:
        os.write(printing, f"{error!r}\n".encode())
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
