"""Queues that do more than they must keep every promise: a rule that refuses one has made an accident a promise."""

import pkgutil

from runs import CROSS_SECTION, asked

from queuespec import better

BETTER = sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(better.__path__))


def pytest_generate_tests(metafunc):
    metafunc.parametrize("name", BETTER)


def test_a_better_queue_conforms(judge, name, pytestconfig):
    rules = asked(() if pytestconfig.getoption("thorough", False) else CROSS_SECTION)

    run = judge("--implementation", f"better:{name}", "-k", "not Manager", *rules)

    assert {verdict["verdict"] for verdict in run.verdicts if verdict["gates"]} <= {"conforms", "not-applicable"}
    assert run.status == 0, run.output
