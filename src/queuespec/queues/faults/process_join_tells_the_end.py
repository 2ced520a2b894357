"""Process.join() returns whether the process has ended."""

import copy

START_METHODS = ("fork",)
BREAKS = {"exit.join-with-timeout": "join(0.1) should have returned None, but it returned False"}


def context(real):
    class Process(real.Process):
        def join(self, timeout=None):
            super().join(timeout)
            return self.exitcode is not None

    changed = copy.copy(real)
    changed.Process = Process
    return changed
