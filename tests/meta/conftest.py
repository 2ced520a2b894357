"""Judging from outside."""

import functools

import pytest
from runs import judged


@pytest.fixture
def judge(tmp_path):
    """Runs the specification: ``judge("--implementation", "fault:lifo")``."""
    return functools.partial(judged, tmp_path / "results.jsonl")
