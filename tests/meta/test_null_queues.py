"""Queues that are none: what does nothing, or refuses everything, conforms to no promise about what queues do."""

import pytest
from runs import asked

NO_QUEUE_NEEDED = ("contexts", "manager_queues", "managers", "manager_clients")
"""Chapters in which these implementations are the standard library's: only its queues are replaced."""

NAMES_ALONE = {
    "api.queue-methods",
    "api.extra-methods",
    "api.joinable-is-queue",
    "api.joinable-methods",
    "api.simple-surface",
    "api.shutdown-absent",
    "api.empty-full-not-exported",
    "exit.code-of-main",
    "exit.join-with-timeout",
    "exit.waits-for-children",
}
"""Rules that say which names there are, or that are about processes: these queues have the names."""

REFUSALS = {"share.not-through-simplequeue", "share.not-as-pool-task"}
"""Rules that want a RuntimeError, which a queue that refuses everything gives for the asking."""


A_FEW = ("put.nonblocking-raises-full", "get.blocks-when-empty", "order.fifo-in-process", "join.blocks-until-all-done")
"""Rules for a run that is not thorough."""


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        pytest.param("does-nothing", A_FEW, id="does-nothing-a few rules"),
        pytest.param("does-nothing", (), id="does-nothing", marks=pytest.mark.thorough),
        pytest.param("always-raises", (), id="always-raises", marks=pytest.mark.thorough),
    ],
)
def test_a_queue_that_is_none_conforms_to_no_promise(judge, name, rules):
    options = ("--implementation", f"fault:{name}", "--patience", "0.5", "-k", "not Manager")

    whole = () if rules else ("-n4",)  # a few rules are judged sooner than workers start

    run = judge(*options, *whole, *asked(rules), parallel=not rules, seconds=600)

    conforming = {
        verdict["rule"]
        for verdict in run.verdicts
        if verdict["verdict"] == "conforms"
        and verdict["level"] in ("promise", "platform")
        and verdict["chapter"] not in NO_QUEUE_NEEDED
        and not verdict["kind"].startswith("Manager.")
    }
    assert conforming - NAMES_ALONE - (REFUSALS if name == "always-raises" else set()) == set()
    assert {verdict["verdict"] for verdict in run.verdicts} >= {"deviates"}
