"""Queues that do more than they must keep every promise: a rule that refuses one has made an accident a promise."""

import multiprocessing
import pkgutil

from queuespec import better

BETTER = sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(better.__path__))
METHOD = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
A_FEW = ("--rule", "order.fifo-in-process", "--rule", "get.failed-get-removes-nothing", "--rule", "exit.child-flushes")


def pytest_generate_tests(metafunc):
    metafunc.parametrize("name", BETTER)


def test_a_better_queue_conforms(judge, name, pytestconfig):
    rules = () if pytestconfig.getoption("thorough", False) else A_FEW

    run = judge("--implementation", f"better:{name}", "--start-method", METHOD, "-k", "not Manager", *rules)

    assert {verdict["verdict"] for verdict in run.verdicts if verdict["gates"]} <= {"conforms", "not-applicable"}
    assert run.status == 0, run.output
