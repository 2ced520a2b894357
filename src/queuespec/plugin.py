"""The entry point for pytest: registers the modules of `queuespec.judge` that have hooks and fixtures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from queuespec.judge import collection, nouns, performing, progress, session, verdicts, workers

if TYPE_CHECKING:
    import pytest


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """The first hook that pytest calls: a module that it registers here takes part in all of them."""
    for module in (collection, nouns, performing, progress, session, verdicts, workers):
        pluginmanager.register(module)
