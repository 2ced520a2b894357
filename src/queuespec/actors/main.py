"""The program of a stage. A child that is spawned imports it again, before it receives the queue."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import boot  # noqa: F401

from queuespec.actors import actor

actor.watch()
if __name__ == "__main__":
    from queuespec.actors import parent

    parent.main()
