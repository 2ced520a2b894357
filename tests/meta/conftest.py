"""Judging from outside."""

import functools

import pytest
from runs import judged


def pytest_addoption(parser):
    parser.addoption(
        "--thorough",
        action="store_true",
        help="judge every fault, and better queues by the whole specification (some minutes; default: a few of them)",
    )


@pytest.fixture
def judge(tmp_path):
    """Runs the specification: ``judge("--implementation", "fault:lifo")``."""
    return functools.partial(judged, tmp_path / "results.jsonl")
