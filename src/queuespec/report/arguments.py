"""How the commands read their arguments: errors are one sentence, and the exit status for them is pytest's."""

from __future__ import annotations

import argparse
from typing import NoReturn

USAGE_ERROR = 4


class Arguments(argparse.ArgumentParser):
    """``Arguments("list", "says what ...")`` reads what follows ``queuespec list``."""

    def __init__(self, command: str, description: str) -> None:
        super().__init__(prog=f"queuespec {command}", description=description, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE_ERROR, f"{self.prog}: {message}\n")
