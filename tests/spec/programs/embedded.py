"""Makes a round trip as a program does that embeds Python: ``sys.executable`` names no interpreter."""

import sys

real = sys.executable
if __name__ == "__main__":
    sys.executable = ""

from judged import mp  # noqa: E402
from round_trip import make_round_trip  # noqa: E402

if __name__ == "__main__":
    mp.set_executable(real)
    make_round_trip()
