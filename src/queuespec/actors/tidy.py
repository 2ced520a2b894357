"""Lets an adapter remove what is left on its server by processes that were killed. Arguments: its name, the judge's
current directory.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import boot  # noqa: F401

from queuespec.actors import loading

if __name__ == "__main__":
    implementation = loading.load(sys.argv[1], sys.argv[2])
    implementation.connect()
    implementation.tidy()
