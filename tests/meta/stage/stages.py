"""What the tests of the stage have in common."""

import multiprocessing
from pathlib import Path

PATH = (str(Path(__file__).parent),)
"""Where the roles of these tests are."""

METHODS = multiprocessing.get_all_start_methods()
