"""Whatever the monitor says is broken, it names a rule that the specification has."""

import ast
import re
from pathlib import Path

import pytest

from queuespec.explore import conditions, monitor
from queuespec.explore.history import History, Step
from queuespec.explore.scenario import Operation, Part, Scenario
from queuespec.rules.chapters import chapters


def named(module):
    """The slugs in the code of a module."""
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {text for text in texts if isinstance(text, str) and re.fullmatch(r"[a-z]+\.[a-z-]+", text)}


def test_each_rule_that_the_monitor_names_exists():
    slugs = {rule.slug for chapter in chapters() for rule in chapter.rules}
    found = named(conditions) | named(monitor)

    assert len(found) > 30
    assert found - slugs == set()


@pytest.mark.parametrize(
    ("call", "outcome", "rule"),
    [
        ("get", "raised", "deliver.no-loss"),
        ("get_nowait", "raised", "get.nowait-equivalent"),
        ("put_nowait", "raised", "put.nowait-equivalent"),
        ("put_nowait", "", "put.nowait-equivalent"),
        ("get_nowait", "", "get.nowait-equivalent"),
    ],
)
def test_the_rule_is_about_the_operation(call, outcome, rule):
    operation = Operation(call, "p-1" if call == "put_nowait" else "")
    step = Step("parent", operation, 1, 2, outcome, "EOFError") if outcome else Step("parent", operation, 1)
    scenario = Scenario("Queue", "fork", (Part("parent", (operation,)),))

    found = monitor.broken(History(scenario, (step,)))

    assert found is not None
    assert found.rule == rule
