"""A queue for the threads of one process looks the same, and fails where there are two processes, for that reason."""

import pytest
from runs import METHODS, asked, rest

ALONE = "order.fifo-in-process"
TOGETHER = {
    "get.blocks-when-empty": "get() was still running after 2 s",
    "cap.shared-across-processes": "put_nowait('too much') should have raised Full, but it returned None",
    "deliver.child-to-child": "get() was still running after 2 s",
}
"""Rules about two processes, and what they say where a fork has copied the queue."""


@pytest.mark.parametrize("implementation", rest(["queue:Queue", "multiprocessing.dummy:Queue"], ["queue:Queue"]))
def test_a_fork_copies_it_and_a_spawned_process_cannot_be_given_it(judge, implementation):
    methods = [method for method in METHODS if method != "forkserver"]

    run = judge("--implementation", implementation, "--patience", "2", *asked((ALONE, *TOGETHER), methods))

    for method in methods:
        verdicts = [one for one in run.verdicts if (one["kind"], one["start_method"]) == ("Queue", method)]
        found = {one["rule"]: (one["verdict"], one["explanation"]) for one in verdicts}
        assert found.pop(ALONE) == ("conforms", "")
        if method == "fork":
            assert {slug: explanation for slug, (_, explanation) in found.items()} == TOGETHER
        else:
            assert set(found) == set(TOGETHER)
            for verdict, explanation in found.values():
                assert verdict == "deviates"
                assert "start of child should have returned, but it raised TypeError" in explanation
