"""Makes a round trip where there is no directory for temporary files."""

import os
import tempfile

from round_trip import make_round_trip

if __name__ == "__main__":
    tempfile.tempdir = os.path.join(os.getcwd(), "no such directory")
    make_round_trip()
