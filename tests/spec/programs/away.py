"""Makes a round trip with a child that has moved to a session of its own: ``away.py KIND``."""

import os
import signal
import sys

from judged import stretched
from round_trip import bring_back, make_round_trip

LONGEST = 60
"""Seconds that a child may live on a fast machine; nobody who ends the process group of this program would find it."""


def bring_back_from_away(there, back):
    """Does the work in a new session."""
    signal.setitimer(signal.ITIMER_REAL, stretched(LONGEST))
    os.setsid()
    bring_back(there, back)


if __name__ == "__main__":
    make_round_trip(sys.argv[1], bring_back_from_away)
