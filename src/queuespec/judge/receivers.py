"""Whose methods code calls: a process has a `join`, a pool a `close`, and a dictionary a `get`, as queues have.

Whatever is not known to be something else may be a queue.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Callable

from queuespec.rules.words import METHODS

MAKERS = frozenset(
    (
        *("Process", "Thread", "Timer", "Popen", "Pool", "ThreadPool", "ThreadPoolExecutor", "ProcessPoolExecutor"),
        *("Manager", "make_manager", "BaseManager", "SyncManager", "open", "socket", "create_connection", "dict"),
        *("apply_async", "submit", "main_thread", "current_thread", "parent_process", "current_process"),
    )
)
"""What makes or finds objects that are no queues."""

LITERALS = (ast.Constant, ast.JoinedStr, ast.Dict, ast.DictComp, ast.Set, ast.SetComp)


def methods_in(tree: ast.Module, known: Mapping[str, object]) -> set[str]:
    """The methods of queues that this code may call on one. `known` has the values of the names that it only uses."""
    receivers = Receivers(tree, known)
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in METHODS)
    return {node.attr for node in found if not receivers.is_another(node.value)}


class Receivers:
    """The names in some code, and what they are bound to there."""

    def __init__(self, tree: ast.Module, known: Mapping[str, object]) -> None:
        self._known = known
        self._bound: defaultdict[str, list[ast.expr | None]] = defaultdict(list)
        """None stands for anything."""
        self._classes: dict[str, ast.ClassDef] = {}
        self._modules: set[str] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                self._classes[node.name] = node
            elif isinstance(node, ast.Import):
                self._modules.update((one.asname or one.name).partition(".")[0] for one in node.names)
            else:
                for target, value in _bindings(node):
                    self._bind(target, value)
        self._asked: set[str] = set()

    def _bind(self, target: ast.AST, value: ast.expr | None) -> None:
        if isinstance(target, ast.Name):
            self._bound[target.id].append(value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            parts = value.elts if isinstance(value, (ast.Tuple, ast.List)) else []
            same = len(parts) == len(target.elts)
            for number, one in enumerate(target.elts):
                self._bind(one, parts[number] if same else None)

    def is_another(self, node: ast.expr | None) -> bool:
        """Whether this expression is known to be no queue, but a process, a module or the like."""
        if isinstance(node, LITERALS):
            return True
        if isinstance(node, ast.Call):
            return self._makes_another(node.func)
        if isinstance(node, ast.Attribute):
            return self._is_module(node.value)
        if isinstance(node, ast.Subscript):
            return self._has_others(node.value)
        return isinstance(node, ast.Name) and (self._is_module(node) or self._always(node.id, self.is_another))

    def _always(self, name: str, holds: Callable[[ast.expr], bool]) -> bool:
        """Whether something holds for all that a name is bound to here."""
        if name in self._asked or name not in self._bound:
            return False
        self._asked.add(name)
        try:
            return all(value is not None and holds(value) for value in self._bound[name])
        finally:
            self._asked.discard(name)

    def _has_others(self, node: ast.expr) -> bool:
        """Whether this is a list or the like of what is no queue."""
        if isinstance(node, (ast.List, ast.Tuple)):
            return bool(node.elts) and all(map(self.is_another, node.elts))
        if isinstance(node, (ast.ListComp, ast.GeneratorExp)):
            return self.is_another(node.elt)
        return isinstance(node, ast.Name) and self._always(node.id, self._has_others)

    def _is_module(self, node: ast.expr) -> bool:
        if not isinstance(node, ast.Name) or node.id in self._bound:
            return False
        return node.id in self._modules or isinstance(self._known.get(node.id), ModuleType)

    def _makes_another(self, function: ast.expr) -> bool:
        name = getattr(function, "attr", getattr(function, "id", ""))
        if name in MAKERS:
            return True
        if isinstance(function, ast.Name) and name in self._classes:
            return any(map(self._makes_another, self._classes[name].bases))
        known = self._known.get(name) if isinstance(function, ast.Name) else None
        return isinstance(known, type) and any(base.__name__ in MAKERS for base in known.__mro__)


def _bindings(node: ast.AST) -> Iterator[tuple[ast.AST, ast.expr | None]]:
    """What a node binds, and to what; an element of something is ``something[...]``."""
    if isinstance(node, ast.Assign):
        yield from ((target, node.value) for target in node.targets)
    elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)):
        yield node.target, node.value
    elif isinstance(node, (ast.For, ast.comprehension)):
        yield node.target, ast.Subscript(node.iter, ast.Constant(0), ast.Load())
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        yield node.optional_vars, node.context_expr
    elif isinstance(node, ast.arg):
        yield ast.Name(node.arg, ast.Store()), None
