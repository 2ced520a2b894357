"""No two rules are one: their tests may not do the same to the same queues under other names and with other items."""

import ast
import itertools
from collections import defaultdict
from pathlib import Path

import pytest

from queuespec.rules import chapters
from queuespec.rules.words import KINDS, START_METHODS, SYSTEMS

RULES = [rule for chapter in chapters() for rule in chapter.rules if rule.test]
PUTS = ("put", "put_nowait")


class Shape(ast.NodeTransformer):
    """Renames what a test may name as it likes: its own variables, and the items that it puts."""

    def __init__(self, names, items):
        self.names = names
        self.items = items
        self.renamed = {}

    def visit_Name(self, node):
        return ast.Name(self._renamed(node.id), node.ctx) if node.id in self.names else node

    def visit_Constant(self, node):
        return ast.Constant(self._renamed(node.value)) if node.value in self.items else node

    def _renamed(self, value):
        return self.renamed.setdefault((type(value), value), f"<{len(self.renamed)}>")


def constants(node):
    return {part.value for part in ast.walk(node) if isinstance(part, ast.Constant)}


def is_put(node):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in PUTS


def shape(test):
    """What a test does, whatever it calls its variables and items; its fixtures and the roles it uses count."""
    body = test.body[1:] if ast.get_docstring(test) else test.body
    nodes = [node for statement in body for node in ast.walk(statement)]
    names = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    items = set().union(*(constants(argument) for node in nodes if is_put(node) for argument in node.args[:1]))
    return ast.dump(Shape(names, items).visit(ast.Module(body, [])))


def meet(first, second):
    """Whether there is a queue that both rules are about."""
    axes = (("kinds", KINDS), ("systems", tuple(SYSTEMS.values())), ("start_methods", START_METHODS))
    return all(seen(first, axis, all_of) & seen(second, axis, all_of) for axis, all_of in axes)


def seen(rule, axis, all_of):
    """What a rule says of kinds, systems or start methods; a rule about the module alone has the kind ``None``."""
    said = set(getattr(rule, axis)) or ({None} if axis == "kinds" else set(all_of))
    return said | ({"Linux", "macOS"} if "POSIX" in said else set())


def parsed(source):
    (test,) = ast.parse(source).body
    return test


def test_no_two_rules_have_the_same_test():
    tests = {
        (path, node.name): node
        for path in {rule.file for rule in RULES}
        for node in ast.parse(Path(path).read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    alike = defaultdict(list)
    for rule in RULES:
        alike[shape(tests[rule.file, rule.test])].append(rule)
    pairs = [pair for group in alike.values() for pair in itertools.combinations(group, 2) if meet(*pair)]

    assert [(first.slug, second.slug) for first, second in pairs] == []


BASE = 'def test_a(queue):\n    got = queue.put("a")\n    queue.put("b")\n    assert queue.get() == "a"\n'


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (BASE.replace("test_a", "test_b").replace("got", "answer"), True),
        (BASE.replace('"a"', '"first"').replace('"b"', "2"), True),
        (BASE.replace("(queue):\n", '(queue):\n    """Another sentence."""\n'), True),
        (BASE.replace('== "a"', '== "b"'), False),
        (BASE.replace('"b"', '"a"'), False),
        (BASE.replace("queue.get()", "queue.get_nowait()"), False),
        (BASE.replace("queue", "full_queue"), False),
        (BASE.replace('"b")', '"b", timeout=1)'), False),
    ],
    ids=[
        "another variable",
        "other items",
        "another docstring",
        "another item comes out",
        "one item twice",
        "another method",
        "another fixture",
        "another argument",
    ],
)
def test_names_and_items_make_no_difference_and_all_else_does(other, same):
    assert (shape(parsed(BASE)) == shape(parsed(other))) is same
