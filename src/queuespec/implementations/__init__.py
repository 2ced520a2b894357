"""Adapters by name: ``--implementation threads`` is the class `Adapter` of ``threads.py``.

They run in judged processes, are described in ADAPTERS.md, and know nothing of this package: standard library and what
they judge only.
"""

import os

NAMES = tuple(
    sorted(
        file[:-3].replace("_", "-")
        for file in os.listdir(os.path.dirname(os.path.abspath(__file__)))
        if file.endswith(".py") and not file.startswith("_")
    )
)
"""The names of all of them: that of the file, with hyphens."""
