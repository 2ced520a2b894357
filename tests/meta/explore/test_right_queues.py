"""A queue that does what it should is never accused, in whatever order its calls take effect."""

import itertools
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from simulated import play

from queuespec.explore.generate import CALLS, scenarios
from queuespec.explore.monitor import broken


@pytest.mark.parametrize("kind", CALLS)
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 1 << 30))
def test_no_run_of_a_right_queue_is_accused(kind, seed):
    for scenario in itertools.islice(scenarios(kind, "spawn", seed), 3):
        history, _forbidden = play(scenario, random.Random(seed))

        assert broken(history) is None, history
