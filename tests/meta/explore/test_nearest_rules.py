"""Whatever the monitor says is broken, it names a rule that the specification has."""

import ast
import re
from pathlib import Path

from queuespec.explore import conditions, monitor
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
