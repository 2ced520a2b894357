"""How the commands read their arguments: errors are one sentence."""

from __future__ import annotations

import argparse
from typing import NoReturn

from queuespec.text import one_line

USAGE_ERROR = 4
"""The exit status for what cannot be meant, as pytest has it."""


class Arguments(argparse.ArgumentParser):
    """``Arguments("list", "says what ...")`` reads what follows ``queuespec list``."""

    def __init__(self, command: str, description: str, status: int = USAGE_ERROR) -> None:
        super().__init__(prog=f"queuespec {command}", description=description, allow_abbrev=False)
        self.status = status

    def error(self, message: str) -> NoReturn:
        self.exit(self.status, f"{self.prog}: {one_line(message)}\n")
