"""Judging from outside, and on systems that are as this one with a trait of another."""

import contextlib
import functools
import os
import subprocess
import sys

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


@pytest.fixture
def trait(tmp_path):
    """The environment of a run whose interpreters all begin with these lines."""

    def changes(lines):
        folder = tmp_path / "trait"
        folder.mkdir()
        (folder / "sitecustomize.py").write_text(lines + "\nIN_PLACE = True\n", encoding="utf-8")
        found = {"PYTHONPATH": str(folder)}
        probe = [sys.executable, "-c", "import sitecustomize; sitecustomize.IN_PLACE"]
        subprocess.run(probe, env={**os.environ, **found}, check=True)
        return found

    return changes


@pytest.fixture
def mounted(tmp_path):
    """What to put before a command, so that it finds these file systems, and nobody else does."""

    def before(commands):
        folder = tmp_path / "mounted"
        folder.mkdir()
        words = ["unshare", "--mount", "sh", "-c", f"set -e\nFOLDER='{folder}'\n{commands}\nexec \"$@\"", "sh"]
        try:
            tried = subprocess.run([*words, sys.executable, "-c", ""], capture_output=True, text=True)
        except OSError:
            pytest.skip("there is no unshare here")
        if tried.returncode:
            pytest.skip(f"nothing can be mounted here: {tried.stderr.strip()[-200:]}")
        return words

    return before
