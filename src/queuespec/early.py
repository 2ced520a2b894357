"""What pytest needs before it reads any test: loaded wherever queuespec is installed, and by its command."""

from __future__ import annotations

import tempfile
from collections.abc import Generator

import pytest

NO_FOLDER = "there is no writable folder for temporary files; point TMPDIR to one"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """Refuses in one sentence where pytest could not even begin to capture output."""
    if early_config.known_args_namespace.capture != "no":
        try:
            tempfile.gettempdir()
        except OSError:
            raise pytest.UsageError(NO_FOLDER) from None
    return (yield)
