"""Stages that the tests ask themselves, without a run of the specification."""

import contextlib

import pytest
import runs
from stages import METHODS, PATH

from queuespec.stage import Settings, Stage, Supervisor


@pytest.fixture
def supervisor():
    with contextlib.closing(Supervisor()) as supervisor:
        yield supervisor


@pytest.fixture(params=METHODS)
def a_stage(request, supervisor):
    """A stage of each start method."""
    stage = Stage(Settings("multiprocessing", runs.judged_python, PATH, patience=20.0), request.param, supervisor)
    yield stage
    stage.end()
