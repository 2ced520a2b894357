"""The text of a test as the main function of a program: it makes the main program's calls itself, and sends the calls
of other processes and threads to a `Worker` of `runner` as text.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from queuespec.report.inlining import Edit, Key, Module, Program, Rewriter, Unsuitable, local_names
from queuespec.text import one_line


class Noun(NamedTuple):
    """What an expression of a test stands for."""

    what: str = ""
    """held: an object in the main program; main: the main program; worker: an object in a worker; process: a worker;
    call: a call that a worker has begun; several: a sequence of nouns; empty: a value."""
    name: str = ""
    """The worker's name for its object, or the text of the call."""
    parts: tuple[Noun, ...] = ()


VALUE, HELD, MAIN, PROCESS = Noun(), Noun("held"), Noun("main"), Noun("process")

MAKERS = ("make_queue", "make_object", "make_manager", "make_child", "make_thread")

VERBS = frozenset(
    "plays begins calls process stays_blocked returns returns_one_of raises succeeds_or_raises waited elapsed over "
    "outcome leaves begins_to_leave ends has_ended is_killed stays_alive dies error".split()
)
"""The attributes that only nouns have."""

ENDS = {
    "begins_to_leave": "{0}.pipe.send(None)",
    "ends": "{0}.exitcode()",
    "has_ended": "(not {0}.process.is_alive())",
    "is_killed": "({0}.process.kill(), {0}.exitcode())[1]",
    "leaves": "{0}.leave()",
    "stays_alive": 'check({0}.process.join(0.1) or {0}.process.is_alive(), "{0} goes on")',
}
"""How processes end."""

OUTCOMES = {
    "raises": "with raises({1}, {2}):\n{3}{0}.result()",
    "returns_one_of": "check({0}.result() in [{1}], {2})",
    "stays_blocked": "{0}.stays_blocked()",
    "succeeds_or_raises": "with contextlib.suppress({1}):\n{3}{0}.result()",
    "waited": "check({0}.seconds >= {1} / 2, {2})",
}
"""What a call that has begun must do, as a statement: format strings of the call, the arguments, its text, and the
indentation."""


class Script(Rewriter):
    """Writes the statements of a test; `build` is the expression that makes a queue. Raises `Unsuitable`."""

    def __init__(self, program: Program, module: Module, local: frozenset[str], build: str) -> None:
        super().__init__(program, module, local)
        self.build = build
        self.nouns: defaultdict[str, Noun] = defaultdict(Noun)
        self._sends = False

    # What things are

    def noun(self, node: ast.AST) -> Noun:
        """What an expression stands for."""
        if isinstance(node, ast.Name):
            return self.nouns[node.id]
        if isinstance(node, (ast.List, ast.Tuple)):
            return _several(map(self.noun, node.elts))
        if isinstance(node, (ast.ListComp, ast.GeneratorExp)):
            self._bind_loops(node)
            return _several([self.noun(node.elt)])
        if isinstance(node, ast.Subscript):
            parts = self.noun(node.value).parts
            return parts[getattr(node.slice, "value", 0) % len(parts)] if parts else VALUE
        if isinstance(node, ast.Attribute) and node.attr == "process":
            return {"held": MAIN, "worker": PROCESS}.get(self.noun(node.value).what, VALUE)
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                return Noun("call", self._words(node)) if node.func.attr == "begins" or _calls(node) else VALUE
            if _words_of(node.func) in ("make_child", "make_thread"):
                views = [Noun("worker", self._name(view)) for view in node.args]
                return PROCESS if not views else views[0] if len(views) == 1 else _several(views)
            return HELD if _words_of(node.func) in MAKERS else VALUE
        return VALUE

    def bind(self, target: ast.AST, noun: Noun) -> None:
        """Notes what a variable stands for from now on."""
        if isinstance(target, (ast.Tuple, ast.List)):
            for one, part in zip(target.elts, itertools.cycle(noun.parts or (VALUE,))):
                self.bind(one, part)
        elif isinstance(target, ast.Name):
            self.nouns[target.id] = noun

    def _bind_loops(self, node: ast.AST) -> None:
        for loop in [node] if isinstance(node, ast.For) else getattr(node, "generators", ()):
            parts = set(self.noun(loop.iter).parts)
            self.bind(loop.target, parts.pop() if len(parts) == 1 else VALUE)

    def _name(self, node: ast.AST) -> str:
        """The variable of an object in the main program, which is its name everywhere."""
        if isinstance(node, ast.Name) and self.noun(node) == HELD:
            return node.id
        raise Unsuitable("it starts a process with an object that has no name")

    def _words(self, node: ast.AST) -> str:
        """An expression as a person names it."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            noun, verb = self.noun(node.func.value), node.func.attr
            if noun.what == "call":
                return noun.name
            if verb in ENDS or verb == "dies":
                return f"the exit code of {_words_of(node.func.value)}".replace(".process", "")
            if verb in ("plays", "begins"):
                given = ", ".join(map(_words_of, [*node.args[1:], *node.keywords]))
                return f"{_words_of(node.args[0]).rpartition('.')[2]}({given})"
        return _words_of(node).replace(".calls.", ".")

    # What stands in the program

    def edits(self, node: ast.AST) -> Iterator[Edit]:
        """How the text of a node has to be changed; it is known what a variable stands for after its assignment."""
        self._bind_loops(node)
        noun = self.noun(node.value) if isinstance(node, ast.Assign) else VALUE
        yield from super().edits(node)
        for target in node.targets if isinstance(node, ast.Assign) else ():
            self.bind(target, noun)

    def instead(self, node: ast.AST) -> str | None:
        """The program's text for a node; None if at most its parts have to be changed."""
        if isinstance(node, ast.Assert):
            return self._assertion(node.test)
        if isinstance(node, ast.With):
            return self._block(node)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            return self._statement(node.value)
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                return self._making(node)
            return self._call(node) if isinstance(node.func, ast.Attribute) else None
        if isinstance(node, ast.Attribute) and (self.noun(node.value) != VALUE or node.attr in VERBS):
            return self._attribute(node)
        if isinstance(node, ast.Name):
            noun = self.noun(node)
            if noun.what == "worker" and self._sends:
                return noun.name
            if node.id in MAKERS:
                raise Unsuitable(f"{node.id} is used as a value")
        return super().instead(node)

    def _assertion(self, test: ast.expr) -> str:
        """``assert get() == "a"`` becomes ``expect("get()", get(), "a")``, anything else ``check(..., "...")``."""
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            how, wanted = test.ops[0], test.comparators[0]
            if isinstance(how, ast.Eq) or (isinstance(how, ast.Is) and isinstance(wanted, ast.Constant)):
                return f"expect({quoted(self._words(test.left))}, {self.text(test.left)}, {self.text(wanted)})"
        return f"check({self.text(test)}, {quoted(self._words(test))})"

    def _block(self, node: ast.With) -> str:
        """``with raises(Full):`` also gets the text of the call that must raise."""
        (item, *others), last = node.items, node.body[-1]
        given = item.context_expr
        if others or item.optional_vars or not isinstance(given, ast.Call) or _words_of(given.func) != "raises":
            raise Unsuitable("it has a `with` block other than `with raises(...)`")
        what = quoted(self._words(last.value if isinstance(last, ast.Expr) else last))
        body = [edit for one in node.body for edit in self.edits(one)]
        start, end = self.module.span(given)
        return self.module.changed(node, last, [(start, end, f"raises({self.text(given.args[0])}, {what})"), *body])

    def _statement(self, node: ast.Call) -> str | None:
        """What a call that has begun must do, or the end of a process."""
        if not isinstance(node.func, ast.Attribute):
            return None
        noun, verb = self.noun(node.func.value), node.func.attr
        if noun == PROCESS and verb in ("leaves", "ends"):
            words = self._words(node).replace("the exit code of ", "") + " ends"
            return f"check({self._call(node)} is not None, {quoted(words)})"
        if noun.what != "call" or verb not in OUTCOMES:
            return None
        given = ", ".join(map(self.text, node.args))
        words = f"{noun.name} {verb.replace('_', ' ')} {given}" if verb != "raises" else noun.name
        self.program.imports.add("import contextlib")
        return OUTCOMES[verb].format(self.text(node.func.value), given, quoted(words), " " * (node.col_offset + 4))

    def _attribute(self, node: ast.Attribute) -> str | None:
        """An attribute that is not called."""
        what = self.noun(node.value).what
        self.program.imports.add("import os")
        known = {("worker", "process"): "{}", ("process", "pid"): "{}.process.pid", ("main", "pid"): "os.getpid()"}
        form = {**known, ("call", "elapsed"): "{}.seconds"}.get((what, node.attr))
        if self._sends or (form is None and (what != "held" or node.attr in VERBS)):
            raise Unsuitable(f"{_words_of(node)} has no counterpart")
        return form.format(self.text(node.value)) if form is not None and "{}" in form else form

    def _call(self, node: ast.Call) -> str | None:
        """A method call on an argument of the test, or on an object that one has made."""
        assert isinstance(node.func, ast.Attribute)
        target, verb, begins = node.func.value, node.func.attr, _calls(node)
        if isinstance(target, ast.Attribute) and begins:
            target = target.value
        noun = self.noun(target)
        if noun == VALUE and verb not in VERBS:
            return None
        if self._sends or noun.what in ("", "several"):
            raise Unsuitable(f"{_words_of(node.func)} has no counterpart")
        if noun.what == "call" and verb == "returns":
            return f"{self.text(target)}.result()"
        if noun == PROCESS and verb in ENDS and not node.args:
            return ENDS[verb].format(self.text(target))
        role = verb in ("plays", "begins", "dies") and not begins
        if noun.what == "call" or (verb in VERBS and not role):
            raise Unsuitable(f"{_words_of(node.func)} has no counterpart")
        here = noun.what in ("held", "main")
        holder = self.text(target) if noun == HELD else noun.name
        if here and verb != "begins" and not begins:
            return self._performed(node, holder, role) if role else None
        receiver = self.text(target)
        if here:
            names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and self.noun(one) == HELD}
            receiver = worker(sorted(names), True)
        text, values = self._sent(node, holder, role)
        started = self.meaning(node.args[0]) if role and not here else None
        if isinstance(started, Key) and re.search(r"\b(Process|Pool)\(", self.program.texts[started]):
            raise Unsuitable("its child starts a process, which a daemonic child cannot")
        does = "begin" if begins or verb in ("begins", "dies") else "call"
        return f"{receiver}.{does}({', '.join([text, *values])}){'.exitcode()' if verb == 'dies' else ''}"

    def _performed(self, node: ast.Call, holder: str, role: bool) -> str:
        """A call as the process that performs it writes it: ``queue.plays(roles.f, 1)`` is ``f(queue, 1)``."""
        given = [*([holder] if role and holder else []), *self._given(node)[role:]]
        function = self.text(node.args[0]) if role else f"{holder}.{node.func.attr}"  # type: ignore[attr-defined]
        return f"{function}({', '.join(given)})"

    def _given(self, node: ast.Call) -> list[str]:
        """The arguments of a call, without the kind of a queue."""
        named = [(word.arg, self.text(word.value)) for word in node.keywords if word.arg != "kind"]
        return [*map(self.text, node.args), *(f"{name}={text}" if name else f"**{text}" for name, text in named)]

    def _sent(self, node: ast.Call, holder: str, role: bool) -> tuple[str, list[str]]:
        """A call as text for a worker, and the values of the variables in it."""
        self._sends = True
        tree = ast.parse(self._performed(node, holder, role), mode="eval").body
        self._sends = False
        names = {one.id for one in ast.walk(tree) if isinstance(one, ast.Name)} & self.local - local_names(tree)
        return quoted(ast.unparse(tree)), [f"{name}={name}" for name in sorted(names) if self.nouns[name] == VALUE]

    def _making(self, node: ast.Call) -> str | None:
        """A call of a fixture that makes something, or of any other function."""
        name = _words_of(node.func)
        if name in ("made", "make_object"):
            return self._performed(node, "", True)
        if name == "make_queue":
            kinds = [f"context.{ast.literal_eval(word.value)}" for word in node.keywords if word.arg == "kind"]
            return f"{(kinds or [self.build])[0]}({', '.join(self._given(node))})"
        if name == "make_manager":
            if node.keywords:
                raise Unsuitable("its manager is not the usual one")
            return "context.Manager()"
        if name in ("make_child", "make_thread"):
            made = worker(map(self._name, node.args), name == "make_thread")
            return made if len(node.args) < 2 else f"([{made}] * {len(node.args)})"
        if any(self.noun(one) not in (VALUE, HELD) for one in node.args):
            raise Unsuitable(f"{name}() has no counterpart")
        return None


def worker(held: Iterable[str], thread: bool = False) -> str:
    """The expression that starts a process or thread with these variables as its arguments."""
    words = ["context", *(["thread=True"] if thread else []), *(f"{name}={name}" for name in held)]
    return f"Worker({', '.join(words)})"


def _calls(node: ast.Call) -> bool:
    """Whether this is a call such as ``queue.calls.get()``."""
    target = getattr(node.func, "value", None)
    return isinstance(target, ast.Attribute) and target.attr == "calls"


def _several(parts: Iterable[Noun]) -> Noun:
    found = tuple(parts)
    return Noun("several", parts=found) if set(found) - {VALUE} else VALUE


def _words_of(node: ast.AST) -> str:
    return one_line(ast.unparse(node), 100)


def quoted(text: str) -> str:
    """The text as a literal, in double quotes if that needs no escapes."""
    return f'"{text}"' if '"' not in text and "\\" not in text else repr(text)
