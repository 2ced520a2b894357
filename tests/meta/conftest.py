"""Judging from outside."""

import contextlib
import functools

import pytest
from runs import judged

with contextlib.suppress(ImportError):  # the other tests here need nothing but the package
    import hypothesis

    hypothesis.settings.register_profile("the same every time", derandomize=True, deadline=None, database=None)
    hypothesis.settings.load_profile("the same every time")


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
