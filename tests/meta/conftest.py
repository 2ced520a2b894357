"""Judging from outside."""

import contextlib
import functools

import pytest
import runs

with contextlib.suppress(ImportError):  # the other tests here need nothing but the package
    import hypothesis

    hypothesis.settings.register_profile("the same every time", derandomize=True, deadline=None, database=None)
    hypothesis.settings.load_profile("the same every time")


def pytest_configure(config):
    runs.judged_python = config.getoption("python")
    runs.thorough = "thorough" in config.option.markexpr


def pytest_collection_modifyitems(config, items):
    unasked = [name for name in ("thorough", "whole") if name not in config.option.markexpr]
    left_out = {item for item in items if any(map(item.get_closest_marker, unasked))}
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


@pytest.fixture
def judge(tmp_path):
    """Runs the specification: ``judge("--implementation", "fault:lifo")``."""
    return functools.partial(runs.judged, tmp_path / "results.jsonl")
