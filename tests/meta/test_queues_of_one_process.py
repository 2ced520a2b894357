"""A queue for the threads of one process looks the same, and fails where there are two processes, for that reason."""

import pytest
from runs import METHODS, asked

ALONE = "order.fifo-in-process"
TOGETHER = {
    "get.blocks-when-empty": "get() was still running after 2 s",
    "cap.shared-across-processes": "put_nowait('too much') should have raised Full, but it returned None",
    "deliver.child-to-child": "get() was still running after 2 s",
}
"""Rules about two processes, and what they say where a fork has copied the queue."""


@pytest.fixture(params=["queue:Queue", "multiprocessing.dummy:Queue"])
def judged_under(judge, request):
    """Verdict and explanation by rule, for the one kind that there is."""

    def run(method):
        rules = asked((ALONE, *TOGETHER), [method])
        found = judge("--implementation", request.param, "--patience", "2", *rules).verdicts
        return {one["rule"]: (one["verdict"], one["explanation"]) for one in found if one["kind"] == "Queue"}

    return run


@pytest.mark.skipif("fork" not in METHODS, reason="there is no fork here")
def test_a_fork_copies_it(judged_under):
    found = judged_under("fork")

    assert found.pop(ALONE) == ("conforms", "")
    assert {slug: explanation for slug, (_, explanation) in found.items()} == TOGETHER


def test_a_spawned_process_cannot_be_given_it(judged_under):
    found = judged_under("spawn")

    assert found.pop(ALONE) == ("conforms", "")
    assert set(found) == set(TOGETHER)
    for verdict, explanation in found.values():
        assert verdict == "deviates"
        assert "start of child should have returned, but it raised TypeError" in explanation
