"""How long judged processes wait for what they do not leave to the judge."""

import os

HOLD_SECONDS = 3600.0
"""Timeout for what another process has to do, in seconds: longer than any patience. The judge ends a process that waits
in vain."""


def stretched(seconds):
    """A timeout on this machine, in seconds, for what is given `seconds` on a fast one; the judge has measured that."""
    return seconds * float(os.environ.get("QUEUESPEC_STRETCH", 1))
