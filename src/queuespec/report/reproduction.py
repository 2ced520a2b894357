"""A rule as a program of its own: the text of its test, performed with plain `multiprocessing`.

Where one process alone calls the queue, that is nearly nothing. Where there are several, each of them is a `Worker`
of `runner`, and what a test has an actor do is the text of a call.
"""

from __future__ import annotations

import ast
import builtins
import re
import shlex
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from queuespec.report.inlining import RUNNER, Edit, Key, Module, Program, Rewriter, Unsuitable, local_names, module_named
from queuespec.text import markdown, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from queuespec.rules import Rule


class Noun(NamedTuple):
    """What an expression of a test stands for, if it is no value."""

    what: str
    """held: by the main program; main: that process; worker: what a process or thread holds; process: such a one;
    call: one under way; several: a sequence of nouns."""
    name: str = ""
    """How a worker names what it holds, or the words of a call."""
    parts: tuple[Noun | None, ...] = ()


HELD, MAIN, PROCESS = Noun("held"), Noun("main"), Noun("process")

VERBS = frozenset(
    "plays begins calls process stays_blocked returns returns_one_of raises succeeds_or_raises waited elapsed "
    "leaves begins_to_leave ends has_ended is_killed stays_alive dies over error outcome".split()
)
"""What only the nouns of a test have."""

ENDS = {
    "begins_to_leave": "{}.pipe.send(None)",
    "ends": "{}.exitcode()",
    "has_ended": "(not {}.process.is_alive())",
    "is_killed": "({0}.process.kill(), {0}.exitcode())[1]",
    "leaves": "{}.leave()",
}
"""How processes end."""

_COMPREHENSIONS = (ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp)

VARIANTS = ("fault", "better")
"""What implementations are named that no program can import."""


class Script(Rewriter):
    """The text of a test as the main function of a program."""

    def __init__(self, program: Program, module: Module, local: frozenset[str], build: str) -> None:
        super().__init__(program, module, local)
        self.build = build
        """The expression that makes a queue of the kind in question."""
        self.nouns: dict[str, Noun] = {}
        self.waited_for: dict[str, ast.Call] = {}
        """Calls of the main program that nothing happens beside: it can wait for them itself."""
        self._sends = False

    # What things are

    def noun(self, node: ast.AST) -> Noun | None:
        """What an expression stands for."""
        if isinstance(node, ast.Name):
            return self.nouns.get(node.id)
        if isinstance(node, (ast.List, ast.Tuple)):
            return _several(map(self.noun, node.elts))
        if isinstance(node, (ast.ListComp, ast.GeneratorExp)):
            self._bind_loops(node)
            return _several([self.noun(node.elt)])
        if isinstance(node, ast.Subscript):
            found = self.noun(node.value)
            if found is not None and found.what == "several":
                position = getattr(node.slice, "value", 0)
                return found.parts[position if len(found.parts) > 1 else 0]
        if isinstance(node, ast.Attribute) and node.attr == "process":
            found = self.noun(node.value)
            return found and {"held": MAIN, "worker": PROCESS}.get(found.what)
        return self._made_by(node) if isinstance(node, ast.Call) else None

    def _made_by(self, node: ast.Call) -> Noun | None:
        function = node.func
        if isinstance(function, ast.Name):
            if function.id in ("make_queue", "make_object", "make_manager"):
                return HELD
            if function.id in ("make_child", "make_thread"):
                views = [Noun("worker", self._name(view)) for view in node.args]
                return PROCESS if not views else views[0] if len(views) == 1 else Noun("several", parts=tuple(views))
            if function.id in ("enumerate", "zip", "reversed"):
                each = [self._element(one) for one in node.args]
                if function.id == "reversed":
                    return _several(each)
                return _several([_several(each if function.id == "zip" else [None, *each])])
        elif isinstance(function, ast.Attribute):
            begun = isinstance(function.value, ast.Attribute) and function.value.attr == "calls"
            if begun or function.attr == "begins":
                return Noun("call", self._words(node))
        return None

    def _element(self, node: ast.AST) -> Noun | None:
        """What each of a sequence stands for."""
        found = self.noun(node)
        if found is None or found.what != "several":
            return None
        return found.parts[0] if len(set(found.parts)) == 1 else None

    def _bind(self, target: ast.AST, noun: Noun | None) -> None:
        if isinstance(target, (ast.Tuple, ast.List)):
            parts = noun.parts if noun is not None else ()
            if len(parts) == 1:
                parts *= len(target.elts)
            for number, one in enumerate(target.elts):
                self._bind(one, parts[number] if parts else None)
        elif isinstance(target, ast.Name):
            self.nouns.pop(target.id, None)
            if noun is not None:
                self.nouns[target.id] = noun

    def _bind_loops(self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp) -> None:
        for loop in node.generators:
            self._bind(loop.target, self._element(loop.iter))

    def _name(self, node: ast.AST) -> str:
        """The variable that something held has in the main program, which is its name elsewhere as well."""
        if isinstance(node, ast.Name) and self.noun(node) == HELD:
            return node.id
        raise Unsuitable("what a process is given has no name")

    def _words(self, node: ast.AST) -> str:
        """An expression as a person names it: the call of a worker as if it were the worker's method."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            noun = self.noun(node.func.value)
            if noun is not None and noun.what == "call":
                return noun.name
            if node.func.attr in ("dies", "ends", "is_killed", "leaves"):
                return f"the exit code of {_words_of(node.func.value)}".replace(".process", "")
            if node.func.attr in ("plays", "begins"):
                role = _words_of(node.args[0]).rpartition(".")[2]
                return f"{role}({', '.join(map(_words_of, [*node.args[1:], *node.keywords]))})"
        return _words_of(node).replace(".calls.", ".")

    def find_waited_for(self, body: list[ast.stmt]) -> None:
        """Finds the calls that the main program begins, and that are known to raise before anything else happens."""
        for first, then in zip(body, body[1:]):
            if not (isinstance(first, ast.Assign) and isinstance(first.targets[0], ast.Name)):
                continue
            name, call = first.targets[0].id, first.value
            timed = any(_words_of(one).startswith(f"{name}.waited(") for one in body)
            if timed and _words_of(then).startswith(f"{name}.raises(") and self._begun_by_the_main_program(call):
                assert isinstance(call, ast.Call)
                self.waited_for[name] = call

    # What stands in the program

    def edits(self, node: ast.AST) -> Iterator[Edit]:
        """How the text of a node has to be changed; what a name stands for is known behind its assignment."""
        if isinstance(node, ast.Assign):
            noun = self.noun(node.value)
            if self.waited_for.get(_words_of(node.targets[0])) is node.value:
                yield self._edit(node, "begun = time.monotonic()")
            else:
                yield from super().edits(node)
            for target in node.targets:
                self._bind(target, noun)
            return
        if isinstance(node, ast.For):
            self._bind(node.target, self._element(node.iter))
        elif isinstance(node, _COMPREHENSIONS):
            self._bind_loops(node)
        elif isinstance(node, ast.With):
            for item in node.items:
                yield self._raising(item, node.body[-1])
            for one in node.body:
                yield from self.edits(one)
            return
        yield from super().edits(node)

    def instead(self, node: ast.AST) -> str | None:
        """What stands in the program for a node; None where its parts may have to be changed, but not the whole."""
        if isinstance(node, ast.Assert):
            return self._assertion(node)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            return self._statement(node.value)
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.Attribute):
            noun = self.noun(node.value)
            if noun is not None or node.attr in VERBS:
                return self._attribute(node, noun)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            noun = self.noun(node)
            if noun is not None and noun.what == "worker" and self._sends:
                return noun.name
            if node.id.startswith("make_") and node.id in self.local:
                raise Unsuitable(f"{node.id} is used as a value")
        return super().instead(node)

    def _raising(self, item: ast.withitem, last: ast.stmt) -> Edit:
        """``with raises(Full):`` is also given the call that must raise."""
        given = item.context_expr
        if item.optional_vars is not None or not (isinstance(given, ast.Call) and _words_of(given.func) == "raises"):
            raise Unsuitable("a block is no `with raises(...)`")
        what = self._words(last.value) if isinstance(last, ast.Expr) else _words_of(last)
        return self._edit(given, f"{self.text(given.func)}({self.text(given.args[0])}, {quoted(what)})")

    def _edit(self, node: ast.AST, text: str) -> Edit:
        return Edit(self.module.start(node), self.module.end(node), text)

    def _assertion(self, node: ast.Assert) -> str:
        """``assert get() == "a"`` becomes ``expect("get()", get(), "a")``, anything else ``check(..., "...")``."""
        test = node.test
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            if isinstance(test.ops[0], ast.Eq) or (isinstance(test.ops[0], ast.Is) and _is_constant(test.comparators[0])):
                found, wanted = self.text(test.left), self.text(test.comparators[0])
                return f"{self._runner('expect')}({quoted(self._words(test.left))}, {found}, {wanted})"
        return f"{self._runner('check')}({self.text(test)}, {quoted(self._words(test))})"

    def _runner(self, name: str) -> str:
        return self.program.name_of(Key(RUNNER, name))

    def _statement(self, node: ast.Call) -> str | None:
        """What a call that is under way must do, or the end of a process, as a statement."""
        if not isinstance(node.func, ast.Attribute):
            return None
        noun, verb = self.noun(node.func.value), node.func.attr
        if noun == PROCESS and verb in ("leaves", "ends"):
            words = f"{_words_of(node.func.value)} ends".replace(".process", "")
            return f"{self._runner('check')}({self._call(node)} is not None, {quoted(words)})"
        if noun is None or noun.what != "call":
            return None
        result = self._result(node.func.value)
        given = ", ".join(map(self.text, node.args))
        indent = " " * (node.col_offset + 4)
        if verb == "raises":
            return f"with {self._runner('raises')}({given}, {quoted(noun.name)}):\n{indent}{result}"
        if verb == "succeeds_or_raises":
            self.program.imports.add("import contextlib")
            return f"with contextlib.suppress({given}):\n{indent}{result}"
        if verb == "returns_one_of":
            return f"{self._runner('check')}({result} in ({given}), {quoted(f'{noun.name} is one of {given}')})"
        if verb == "waited":
            taken = self._taken(node.func.value)
            return f"{self._runner('check')}({taken} >= {given} / 2, {quoted(f'{noun.name} took {given} s')})"
        return None

    def _result(self, call: ast.expr) -> str:
        """The result of a call: of a worker that has begun it, or of the main program, which can wait for it."""
        direct = self.waited_for.get(call.id) if isinstance(call, ast.Name) else call
        if not (isinstance(direct, ast.Call) and self._begun_by_the_main_program(direct)):
            return f"{self.text(call)}.result()"
        assert isinstance(direct.func, ast.Attribute)
        if direct.func.attr == "begins":
            target = direct.func.value
            return self._performed(direct, [self.text(target)] if self.noun(target) == HELD else [])
        assert isinstance(direct.func.value, ast.Attribute)
        return f"{self.text(direct.func.value.value)}.{direct.func.attr}({', '.join(self._arguments(direct, False))})"

    def _begun_by_the_main_program(self, node: ast.expr) -> bool:
        function = node.func if isinstance(node, ast.Call) else None
        if not isinstance(function, ast.Attribute):
            return False
        begins = isinstance(function.value, ast.Attribute) and function.value.attr == "calls"
        target = function.value.value if begins else function.value  # type: ignore[attr-defined]
        return (begins or function.attr == "begins") and self.noun(target) in (HELD, MAIN)

    def _taken(self, call: ast.expr) -> str:
        """The seconds that a call took."""
        if isinstance(call, ast.Name) and call.id in self.waited_for:
            self.program.imports.add("import time")
            return "time.monotonic() - begun"
        return f"{self.text(call)}.seconds"

    def _attribute(self, node: ast.Attribute, noun: Noun | None) -> str | None:
        """An attribute that is not called."""
        what = noun.what if noun is not None else ""
        if self._sends:
            raise Unsuitable("a process is given what another one has")
        if node.attr == "process" and what == "worker":
            return self.text(node.value)
        if node.attr == "pid" and what in ("process", "main"):
            self.program.imports.add("import os")
            return "os.getpid()" if what == "main" else f"{self.text(node.value)}.process.pid"
        if node.attr == "elapsed" and what == "call":
            return self._taken(node.value)
        if what != "held" or node.attr in VERBS:
            raise Unsuitable(f"{_words_of(node)} has no counterpart")
        return None

    def _call(self, node: ast.Call) -> str | None:
        """A call of what a test is given, or of what that has made."""
        function = node.func
        if isinstance(function, ast.Name):
            return self._making(function.id, node)
        if not isinstance(function, ast.Attribute):
            return None
        begins = isinstance(function.value, ast.Attribute) and function.value.attr == "calls"
        target = function.value.value if begins else function.value  # type: ignore[attr-defined]
        noun = self.noun(target)
        if noun is None:
            if function.attr in VERBS:
                raise Unsuitable(f"{_words_of(function)} has no counterpart")
            return None
        if self._sends:
            raise Unsuitable("an argument is what another process returns")
        if noun.what in ("held", "main"):
            return self._of_the_main_program(node, target, noun, function.attr, begins)
        receiver = self.text(target)
        if noun.what == "call":
            if function.attr == "returns":
                return self._result(target)
            if function.attr == "stays_blocked":
                return f"{receiver}.stays_blocked()"
        elif noun.what == "worker" and function.attr not in VERBS - {"plays", "begins"}:
            if function.attr in ("plays", "begins"):
                return self._played(receiver, function.attr, node, [noun.name])
            return self._sent(receiver, begins, node, f"{noun.name}.{function.attr}")
        elif noun.what == "process":
            if function.attr in ("plays", "begins"):
                return self._played(receiver, function.attr, node, [])
            return self._end(receiver, function.attr, node)
        raise Unsuitable(f"{_words_of(function)} has no counterpart")

    def _making(self, name: str, node: ast.Call) -> str | None:
        """A call of what makes things, or of any other function."""
        if name in ("made", "make_object"):
            return self._performed(node, [])
        if name == "make_queue":
            kinds = [word.value.value for word in node.keywords if word.arg == "kind"]  # type: ignore[attr-defined]
            words = [self.text(one) for one in node.args]
            words += [self._keyword(word) for word in node.keywords if word.arg != "kind"]
            build = self.build if not kinds else f"context.{kinds[0]}"
            return f"{build}({', '.join(words)})"
        if name == "make_manager":
            return "context.Manager()"
        if name in ("make_child", "make_thread"):
            if any(word.arg != "daemon" for word in node.keywords):
                raise Unsuitable("a process is started in a way of its own")
            held = [self._name(one) for one in node.args]
            made = self.worker(held, name == "make_thread")
            return made if len(held) < 2 else f"([{made}] * {len(held)})"
        if not hasattr(builtins, name) and any(map(self.noun, node.args)):
            raise Unsuitable(f"{name}() is a part of the test by itself")
        return None

    def worker(self, held: Iterable[str], thread: bool) -> str:
        words = ["context", *(["thread=True"] if thread else []), *(f"{name}={name}" for name in held)]
        return f"{self._runner('Worker')}({', '.join(words)})"

    def _keyword(self, word: ast.keyword) -> str:
        return f"{word.arg}={self.text(word.value)}" if word.arg else f"**{self.text(word.value)}"

    def _arguments(self, node: ast.Call, role: bool) -> list[str]:
        return [*map(self.text, node.args[role:]), *map(self._keyword, node.keywords)]

    def _performed(self, node: ast.Call, first: list[str]) -> str:
        """A role that the main program performs: ``queue.plays(roles.f, 1)`` is ``f(queue, 1)``."""
        return f"{self.text(node.args[0])}({', '.join([*first, *self._arguments(node, True)])})"

    def _of_the_main_program(self, node: ast.Call, target: ast.AST, noun: Noun, verb: str, begins: bool) -> str | None:
        first = [self.text(target)] if noun == HELD else []
        if verb == "plays":
            return self._performed(node, first)
        if verb in VERBS - {"begins"}:
            raise Unsuitable(f"{_words_of(node.func)} has no counterpart")
        if verb != "begins" and not begins:
            return None
        names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and self.noun(one) == HELD}
        worker = self.worker(sorted(names), True)
        if begins:
            return self._sent(worker, True, node, f"{self._name(target)}.{verb}")
        return self._sent(worker, True, node, None, first)

    def _sent(
        self, worker: str, begins: bool, node: ast.Call, function: str | None = None, first: Iterable[str] = ()
    ) -> str:
        """A call as text for the worker that performs it, with the values of the variables in it."""
        self._sends = True
        try:
            role = function is None
            function = function or self.text(node.args[0])
            text = f"{function}({', '.join([*first, *self._arguments(node, role)])})"
        finally:
            self._sends = False
        tree = ast.parse(text, mode="eval").body
        names = {one.id for one in ast.walk(tree) if isinstance(one, ast.Name)} & self.local - local_names(tree)
        names = {name for name in names if name not in self.nouns}
        values = [f"{name}={name}" for name in sorted(names)]
        return f"{worker}.{'begin' if begins else 'call'}({', '.join([quoted(ast.unparse(tree)), *values])})"

    def _played(self, receiver: str, verb: str, node: ast.Call, first: list[str]) -> str:
        """A role that a worker performs."""
        text = self._sent(receiver, verb == "begins", node, None, first)
        role = self.meaning(node.args[0])
        if isinstance(role, Key) and re.search(r"\b(Process|Pool)\(", self.program.texts[role]):
            raise Unsuitable("a child starts a process of its own, and children that end with the program cannot")
        return text

    def _end(self, process: str, verb: str, node: ast.Call) -> str:
        """The end of a process, or that there is none."""
        if verb == "dies":
            return f"{self._sent(process, True, node)}.exitcode()"
        if verb == "stays_alive":
            goes_on = f"{process}.process.join(0.1) or {process}.process.is_alive()"
            return f"{self._runner('check')}({goes_on}, {quoted(f'the process of {process} goes on')})"
        if verb not in ENDS or node.args:
            raise Unsuitable(f"{_words_of(node)} has no counterpart")
        return ENDS[verb].format(process)



class Case(NamedTuple):
    """What a reproduction is about, besides the rule."""

    implementation: str
    start_method: str
    kind: str
    patience: float
    """Seconds that a call may take."""
    described: str
    """The interpreter, the system and the implementation that it was written for."""
    verdict: str = ""
    """What came of it, in a word and a sentence, if it has been judged."""
    timeline: tuple[str, ...] = ()
    stacks: str = ""

    @property
    def about(self) -> str:
        """The kind of queue and the start method."""
        return " under ".join(word for word in (self.kind, self.start_method) if word)


LONGEST_PROGRAM = 150
"""Lines. Nobody reads more of them for a bug report."""

LONGEST_PART = 20
"""Lines of each part of a bug report."""


def bug_report(rule: Rule, case: Case, version: str) -> str:
    """What is known of a rule and of what came of it, in Markdown; `version` is that of queuespec."""
    lines = [f"# {rule.slug}: {rule.sentence}", "", rule.why, ""]
    lines += [f"- {case.about}: {markdown(case.verdict, 1000)}", f"- on {markdown(case.described)}"]
    lines += [f"- judged by queuespec {version}"]
    lines += [f"- source: {f'[{source}]({source.url})' if source.url else source}" for source in rule.source]
    words = ["queuespec", "--rule", rule.slug]
    words += ["--implementation", case.implementation] if case.implementation != "multiprocessing" else []
    words += ["--start-method", case.start_method] if case.start_method else []
    words += ["-k", case.kind] if case.kind else []
    lines += ["", *_fenced("console", [f"$ pip install queuespec && {' '.join(map(shlex.quote, words))}"])]
    chapter, test = _test_of(rule)
    text = chapter.changed(chapter.start(test.body[1]), chapter.end(test), ())
    lines += ["", "The test:", "", *_fenced("python", textwrap.dedent("    " + text).splitlines())]
    if case.timeline:
        lines += ["", "What was called, by whom, and what came of it:", "", *_fenced("text", case.timeline, last=True)]
    if case.stacks:
        lines += ["", "Where it hangs:", "", *_fenced("text", case.stacks.splitlines())]
    return "\n".join(lines) + "\n"


def _fenced(language: str, lines: Sequence[str], last: bool = False) -> list[str]:
    """A block of Markdown with these lines, or as many of the first or last ones as are read."""
    more = len(lines) - LONGEST_PART
    if more > 0:
        kept = [*lines[-LONGEST_PART:]] if last else [*lines[:LONGEST_PART]]
        lines = [f"({more} earlier lines)", *kept] if last else [*kept, f"({more} more lines)"]
    longest = max(map(len, re.findall("`+", "\n".join(lines))), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}", *lines, fence]


def _test_of(rule: Rule) -> tuple[Module, ast.FunctionDef]:
    chapter = module_named(Path(rule.file).stem)
    assert chapter is not None
    test = chapter.definitions[rule.test]
    assert isinstance(test, ast.FunctionDef)
    return chapter, test


class Reproduction:
    """A rule as a program. Raises `Unsuitable` if it cannot be one."""

    def __init__(self, rule: Rule, case: Case) -> None:
        self.rule = rule
        self.case = case
        module, _, path = case.implementation.partition(":")
        if module in VARIANTS or not re.fullmatch(r"\w+(\.\w+)*", module):
            raise Unsuitable(f"{case.implementation} is nothing that a program can import")
        chapter, self.test = _test_of(rule)
        self.home = "multiprocessing" if path else module
        own = f"{'manager' if case.kind.startswith('Manager.') else 'context'}.{case.kind.rpartition('.')[2]}"
        local = local_names(self.test) | {"context", "manager", "main"}
        self.program = Program(local)
        self.program.imports |= {"import faulthandler", f"import {self.home}", f"import {module}"}
        self.script = Script(self.program, chapter, local, case.implementation.replace(":", ".") if path else own)
        self._used = {name.id for one in self.test.body for name in ast.walk(one) if isinstance(name, ast.Name)}
        self._there: set[str] = set()

    @property
    def text(self) -> str:
        """The whole program."""
        module, test = self.script.module, self.test
        loops = []
        for names, values in _parameters(test):
            loops.append(f"for {', '.join(names)} in {self.script.text(values)}:")
            self._there.update(names)
        given = [line for argument in test.args.args for line in self._given(argument.arg)]
        first = test.body[1]
        self.script.find_waited_for(test.body)
        edits = [edit for node in test.body[1:] for edit in self.script.edits(node)]
        body = textwrap.dedent("    " + module.changed(module.start(first), module.end(test), edits))
        patience = Key(RUNNER, "PATIENCE")
        self.program.name_of(patience)
        self.program.texts[patience] = f"PATIENCE = {self.case.patience:g}  # seconds that a call may take"
        said = "\n".join([*given, body])
        if re.search(r"\bmanager\.", said):
            given.insert(0, "manager = context.Manager()")
        if re.search(r"\b(context|manager)\b", said):
            given.insert(0, f"context = {self.home}.get_context({quoted(self.case.start_method)})")
        lines = ["faulthandler.dump_traceback_later(3 * PATIENCE, exit=True)", *given, "", *body.split("\n")]
        for loop in reversed(loops):
            lines = [loop, *(f"    {line}" if line else "" for line in lines)]
        definitions = self.program.definitions()
        if re.search(r"\bManager\(\)|\bSIGSTOP\b", definitions + "\n".join(lines)):
            lines.insert(0, f"{self.program.name_of(Key(RUNNER, 'apart'))}()")
            definitions = self.program.definitions()
        main = "\n".join(f"    {line}" if line else "" for line in lines)
        text = f'{definitions}\n\n\ndef main():\n{main}\n\n\nif __name__ == "__main__":\n    main()\n'
        text = f'"""{self._headline()}\n"""\n\n{self._imports(text)}\n\n{text}'
        ast.parse(text, feature_version=(3, 9))
        if len(text.splitlines()) > LONGEST_PROGRAM:
            raise Unsuitable(f"it would have more than {LONGEST_PROGRAM} lines")
        return text

    def _given(self, name: str) -> Iterator[str]:
        """The statements that make what a test takes."""
        if name in self._there:
            return
        self._there.add(name)
        nouns, script = self.script.nouns, self.script
        conftest = module_named("conftest")
        fixture = conftest.definitions.get(name) if conftest is not None else None
        if name in ("kind", "start_method"):
            if name in self._used:
                yield f"{name} = {quoted(getattr(self.case, name))}"
        elif name in ("make_queue", "make_child", "make_thread", "make_object", "make_manager"):
            pass
        elif name == "context":
            nouns[name] = HELD
        elif name == "parent":
            nouns[name] = MAIN
        elif name == "module":
            nouns[name] = HELD
            yield f"module = {self.home}"
        elif name == "queue":
            nouns[name] = HELD
            yield f"queue = {script.build}()"
        elif name == "child":
            yield from self._given("queue")
            nouns[name] = Noun("worker", "queue")
            yield f"child = {script.worker(['queue'], False)}"
        elif isinstance(fixture, ast.FunctionDef) and isinstance(fixture.body[-1], ast.Return):
            assert conftest is not None
            for argument in fixture.args.args:
                yield from self._given(argument.arg)
            maker = Script(self.program, conftest, local_names(fixture) | script.local, script.build)
            maker.nouns = nouns
            for one in fixture.body[1:-1]:
                yield maker.text(one)
            last = fixture.body[-1].value
            noun = maker.noun(last) if last is not None else None
            if noun is None or last is None:
                raise Unsuitable(f"its test takes {name!r}")
            nouns[name] = noun
            yield f"{name} = {maker.text(last)}"
        else:
            raise Unsuitable(f"its test takes {name!r}")

    def _imports(self, text: str) -> str:
        nodes = list(ast.walk(ast.parse(text)))
        used = {node.id for node in nodes if isinstance(node, ast.Name)}
        wanted = sorted(
            (line for line in self.program.imports if line.split()[-1].partition(".")[0] in used),
            key=lambda line: (line.startswith("from"), line),
        )
        if any(getattr(node, "annotation", None) or getattr(node, "returns", None) for node in nodes):
            wanted = ["from __future__ import annotations", "", *wanted]
        return "\n".join(wanted)

    def _headline(self) -> str:
        rule, case = self.rule, self.case
        words = [f"{rule.slug}: {rule.sentence}", "", *rule.why.splitlines()]
        words += [source.url or str(source) for source in rule.source]
        words += ["", f"{case.about}, for {case.described}."]
        if case.verdict:
            words.append(f"There it {case.verdict}")
        words += [
            "Exit status 0: the queue does as the first line says. 1: the last line, or a stack, shows what it does instead.",
        ]
        return "\n".join(line.rstrip() for line in words).replace("\\", "\\\\").replace('"""', "'''")


def _parameters(test: ast.FunctionDef) -> Iterator[tuple[list[str], ast.expr]]:
    """What a test is repeated for: names, and the expression of the values that they take."""
    for decorator in test.decorator_list:
        if isinstance(decorator, ast.Call) and getattr(decorator.func, "attr", "") == "parametrize":
            names = ast.literal_eval(decorator.args[0])
            yield [names] if isinstance(names, str) else list(names), decorator.args[1]


def _several(parts: Iterable[Noun | None]) -> Noun | None:
    found = tuple(parts)
    return Noun("several", parts=found) if any(part is not None for part in found) else None


def _is_constant(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant)


def _words_of(node: ast.AST) -> str:
    return one_line(ast.unparse(node), 100)


def quoted(text: str) -> str:
    """The text as a literal, in double quotes where that needs no escapes."""
    return f'"{text}"' if '"' not in text and "\\" not in text else repr(text)
