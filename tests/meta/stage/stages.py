"""What the tests of the stage have in common."""

import multiprocessing
from pathlib import Path

from queuespec.stage.pace import Pace

PATH = (str(Path(__file__).parent),)
"""Where the roles of these tests are."""

METHODS = multiprocessing.get_all_start_methods()


class Unmeasured(Pace):
    """The pace of a machine for tests about a hang, whose cause they have made: patience is as short as they say."""

    def saw(self, seconds):
        """Takes nothing into account."""

    def measure(self, python):
        """Measures nothing."""
