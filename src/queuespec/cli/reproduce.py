"""``queuespec reproduce RULE``: a rule as a program of its own, to be attached to a bug report.

The program has the text of the rule's test, the roles and items that it uses, and as much of `driver` as it takes to
perform it with plain `multiprocessing`: no pytest, no queuespec. Where only one process calls the queue, that is
nearly nothing.
"""

from __future__ import annotations

import ast
import functools
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from queuespec.actors.adapter import DECLARED
from queuespec.cli.inlining import Key, Program, Source
from queuespec.cli.listing import unknown
from queuespec.cli.parser import COMMANDS, Status
from queuespec.judge.facts import CannotJudge, probe, refuse_what_cannot_be_judged
from queuespec.judge.options import positive_seconds
from queuespec.queues.declare import find
from queuespec.report.console import Forgiving, say_error
from queuespec.report.document import rules_of
from queuespec.results import write_atomically
from queuespec.rules import Facts, Rule, chapters, specification_folder
from queuespec.text import one_line

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from queuespec.cli.inlining import Edit
    from queuespec.cli.parser import Commands
    from queuespec.queues.declare import Declared

DRIVER = "queuespec.cli.driver"
PACKAGE = Path(__file__).parents[1]

MEANT = {
    **{name: Key(DRIVER, name) for name in ("raises", "made", "ShutDown", "Empty", "Full")},
    "histories": Key("queuespec.stage.histories", "histories"),
}

PLAIN_FIXTURES = {
    *("queue", "make_queue", "small_queue", "full_queue", "context", "module", "kind", "start_method", "facts"),
    *("make_object", "make_manager"),
}
"""What a rule may use whose test can be performed without actors."""

CALLERS = {"child", "make_child", "make_thread"}
"""What it may use besides, where children and threads hold one queue each, and nothing is sent there but calls."""

ENDS = {"begins_to_leave", "ends", "is_killed", "leaves", "stays_alive"}
"""What may become of the process of a child there."""

BY_EDITS = ("expect", "check", "Caller")
"""Names of the driver's that edits put into the text of a test."""

MAKERS = {"make_queue", "make_child", "make_thread", "make_object", "make_manager", "program"}
"""Nouns of the driver's."""


class Refused(Exception):
    """There can be no such program; the text is one sentence."""


def add_parser(commands: Commands) -> None:
    """Adds the command."""
    arguments = commands.add_parser(
        "reproduce",
        help=COMMANDS["reproduce"],
        description="Writes a short program without queuespec that shows whether a queue does what a rule says: its "
        "exit status is 0 if it does. It is meant to be attached to a bug report.",
    )
    arguments.add_argument("slug", metavar="RULE", help="the rule's name, such as get.blocks-when-empty")
    arguments.add_argument("--start-method", metavar="NAME", help="default: the first that the rule is about")
    arguments.add_argument("--implementation", metavar="NAME", default="multiprocessing", help="as for judging")
    arguments.add_argument("--kind", metavar="KIND", help="of queue (default: the first that the rule is about)")
    arguments.add_argument("--python", metavar="EXECUTABLE", default=sys.executable, help="that will run the program")
    arguments.add_argument(
        "--patience",
        metavar="SECONDS",
        type=positive_seconds,
        default=10.0,
        help="how long a thing that must happen may take (default: 10)",
    )
    arguments.add_argument("--output", metavar="FILE", type=Path, help="where to write it (default: standard output)")
    arguments.add_argument("--force", action="store_true", help="also where FILE is there already")
    arguments.set_defaults(run=run)


def run(given: argparse.Namespace) -> Status:
    """Writes the program."""
    try:
        text = reproduction(given)
        if given.output is None:
            Forgiving(sys.stdout).write(text)
        elif given.output.exists() and not given.force:
            raise Refused(f"{one_line(str(given.output))!r} is there already; --force replaces it")
        else:
            write_atomically(given.output, [text])
    except (Refused, CannotJudge) as refusal:
        say_error(f"queuespec reproduce: {refusal}")
        return Status.UNUSABLE
    except OSError as error:
        if given.output is None:
            raise  # told as for every other command
        why = error.strerror or type(error).__name__
        say_error(f"queuespec reproduce: {one_line(str(given.output))!r} cannot be written: {why}")
        return Status.UNUSABLE
    return Status.OK


def reproduction(given: argparse.Namespace) -> str:
    """The program's text. Raises `Refused`, or `CannotJudge` for what cannot be judged."""
    rules = {rule.slug: rule for rule in rules_of(chapters())}
    named = {**{slug: rule for rule in rules.values() for slug in rule.proves}, **rules}
    rule = named.get(given.slug)
    if rule is None:
        raise Refused(unknown(given.slug, named))
    if rule.level == "untested":
        raise Refused(f"{rule.slug} has no test that could be performed: {rule.reason}")
    facts = probe(given.python, given.implementation)
    refuse_what_cannot_be_judged(facts, [given.start_method] if given.start_method else [])
    methods = [given.start_method] if given.start_method else facts.start_methods
    fitting = [method for method in methods if not rule.not_applicable(facts, method)]
    if not fitting:
        raise Refused(f"{rule.slug} does not apply: {rule.not_applicable(facts, methods[0])}")
    if given.kind is not None and given.kind not in rule.kinds:
        about = f"is about {', '.join(rule.kinds)}" if rule.kinds else "is about no kind of queue"
        raise Refused(f"{rule.slug} {about}, and not about {given.kind!r}")
    kinds = [given.kind] if given.kind else rule.kinds or ("",)
    lacking = [rule.unsupported(facts, kind) for kind in kinds]
    if all(lacking):
        raise Refused(f"{rule.slug} cannot be performed: {lacking[0]}")
    kind = kinds[lacking.index("")]
    return Reproduction(rule, facts, given.implementation, fitting[0], kind, given.patience).text


@functools.cache
def source_of(module: str) -> Source | None:
    """A module of the specification or of this package; None for one that is installed wherever Python is."""
    if module.startswith("queuespec."):
        path = PACKAGE.joinpath(*module.split(".")[1:]).with_suffix(".py")
    else:
        path = specification_folder() / f"{module}.py"
    return Source(module, path.read_text(encoding="utf-8")) if path.is_file() else None


class Reproduction:
    """A rule as a program."""

    def __init__(
        self, rule: Rule, facts: Facts, implementation: str, start_method: str, kind: str, patience: float
    ) -> None:
        self.rule = rule
        self.facts = facts
        self.module, _, self.path = implementation.partition(":")
        self.start_method = start_method
        self.kind = kind
        self.patience = patience
        self.variant: type[Declared] | None = find(self.module, self.path) if self.module in DECLARED else None
        chapter = source_of(Path(rule.file).stem)
        assert chapter is not None
        self.chapter = chapter
        test = chapter.definitions[rule.test]
        assert isinstance(test, ast.FunctionDef)
        self.test = test
        self.fixtures = [argument.arg for argument in test.args.args]
        self.cases = list(_parameters(test))
        self.queues = self._queues()
        self.with_callers = False
        self.plain = self._can_be_plain()
        if self.plain and "make_object" in self.fixtures:
            self.fixtures.remove("make_object")

    def _can_be_plain(self) -> bool:
        """Whether the main program can call the queue itself, and nothing special is needed to build the queue."""
        varied = {name for names, _ in self.cases for name in names}
        if set(self.fixtures) - PLAIN_FIXTURES - CALLERS - varied:
            return False
        if self.variant and {"context", "process", "manager", "module", "Manager", "Served"} & set(vars(self.variant)):
            return False
        if (self.variant or self.path) and {"module", "make_manager"} & set(self.fixtures):
            return False
        used: set[str] = set()
        functions = list(self._functions())
        for node in (node for function in functions for node in ast.walk(function)):
            if isinstance(node, ast.Attribute):
                used.add(node.attr)
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "make_queue":
                used.update(keyword.arg or "" for keyword in node.keywords)
        if "kind" in used:
            return False
        self.with_callers = bool(used & {"begins", "calls", "process"} or CALLERS & set(self.fixtures))
        if not self.with_callers:
            return True
        return functions == [self.test] and all(map(self._is_for_callers, ast.walk(self.test)))

    def _functions(self) -> Iterator[ast.FunctionDef]:
        """The test, and the functions of its chapter that it calls."""
        waiting, seen = [self.test], {self.test}
        while waiting:
            function = waiting.pop()
            yield function
            for node in ast.walk(function):
                helper = self.chapter.definitions.get(node.id) if isinstance(node, ast.Name) else None
                if isinstance(helper, ast.FunctionDef) and helper not in seen:
                    seen.add(helper)
                    waiting.append(helper)

    def _queues(self) -> set[str]:
        """The variables of the test that are queues of the main program."""
        found = {"queue", "small_queue", "full_queue"} & set(self.fixtures)
        for node in ast.walk(self.test):
            if isinstance(node, ast.Assign) and "make_queue" in _names_in(node.value):
                found = found.union(*map(_names_in, node.targets))
        return found

    def _is_for_callers(self, node: ast.AST) -> bool:
        """Whether this is no call, or one that the main program or a `Caller` of the driver's can perform."""
        if isinstance(node, ast.Attribute) and node.attr in ("begins", "calls"):
            return not _is_one_of(node.value, PLAIN_FIXTURES - self.queues)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute) and node.value.attr == "process":
            return node.attr in ENDS and not _is_one_of(node.value.value, PLAIN_FIXTURES | self.queues)
        if not isinstance(node, ast.Call):
            return True
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        if isinstance(node.func, ast.Attribute) and node.func.attr in ENDS and given:
            return False
        if isinstance(node.func, ast.Name):
            if node.func.id in CALLERS:
                return len(given) == 1 and isinstance(given[0], ast.Name) and given[0].id in self.queues
            return node.func.id != "make_object"
        if isinstance(node.func, ast.Attribute) and _is_one_of(node.func.value, self.queues):
            if node.func.attr != "begins":
                return True
        sent = set().union(*map(_names_in, given))
        return not sent & {*self.queues, "made", "context", "module", "child"}

    @property
    def _home(self) -> str:
        """The module that a plain program has its context of."""
        return "multiprocessing" if self.variant or self.path else self.module

    @property
    def text(self) -> str:
        program = self._program()
        names = [*self.fixtures, *(name for names, _ in self.cases for name in names)]
        bound = {*names, *self._wanted(), "context", "manager"}
        if not self.plain:
            bound -= MAKERS
        key = Key(self.chapter.name, self.rule.test)
        program.names[key] = self.rule.test.removeprefix("test_")
        for name in BY_EDITS:
            program.names[Key(DRIVER, name)] = name
        for _, values in self.cases:
            program.use(self.chapter, values, bound)
        program.add(key)
        lines = self._main(program, bound)
        for used in list(program.defined):
            source = source_of(used.module)
            assert source is not None
            for _, _, instead in self._edits(source, source.definitions[used.name]):
                if instead.partition("(")[0] in BY_EDITS:
                    program.add(Key(DRIVER, instead.partition("(")[0]))
        definitions = program.text(taken={"main"})
        main = "\n".join(f"    {line()}" if callable(line) else f"    {line}" for line in lines)
        main = re.sub(r"<<(\S+) (\S+)>>", lambda found: program.names[Key(found[1], found[2])], main)
        body = f'{definitions}\n\ndef main():\n{main}\n\n\nif __name__ == "__main__":\n    main()\n'
        imports = {*program.imports, f"import {self.module}"} if not self.variant else program.imports
        imports = {line for line in imports if re.search(rf"\b{line.split()[-1]}\b", body)}
        nodes = ast.walk(ast.parse(body))
        if any(getattr(node, "annotation", None) or getattr(node, "returns", None) for node in nodes):
            imports = imports | {"from __future__ import annotations"}
        ordered = sorted(imports, key=lambda line: ("__future__" not in line, line.startswith("from"), line))
        said = "\n".join(ordered).replace("annotations\n", "annotations\n\n")
        text = f"{self._headline()}\n{said}\n{body}"
        ast.parse(text)
        return text

    def _headline(self) -> str:
        rule = self.rule
        words = [f"{rule.slug}: {rule.sentence}", ""]
        words += [f"Source: {source}{' - ' if source.url else ''}{source.url}" for source in rule.source]
        under = f"{self.kind or 'the module'} under {self.start_method}"
        words += ["", f"It is about {under}, and was written for", one_line(self.facts.described) + "."]
        words += ["Its exit status is 0 if the queue does as the rule says. If not, the last line says why; or a stack"]
        words += ['after "Timeout" does, where a call hangs.']
        text = "\n".join(line.rstrip() for line in words).replace("\\", "\\\\").replace('"""', "'''")
        return f'"""{text}\n"""\n'

    # What the program is made of

    def _program(self) -> Program:
        program = Program(source_of, MEANT, DRIVER, self._edits)
        constants = {
            "MODULE": f"MODULE = {self.module}",
            "CONTEXT": f"CONTEXT = {self.module}.get_context({_quoted(self.start_method)})",
            "KIND": f"KIND = {_quoted(self.kind)}",
            "PATIENCE": f"PATIENCE = {self.patience:g}",
            "PROGRAMS": self._programs() if "program" in self.fixtures else "PROGRAMS = {}",
        }
        if self.plain:
            constants["CONTEXT"] = f"CONTEXT = {self._home}.get_context({_quoted(self.start_method)})"
        else:
            constants |= self._built_by_implementation()
        for name, text in constants.items():
            program.constants[Key(DRIVER, name)] = text
        if self.variant or self.path:
            self._add_implementation(program)
        return program

    def _built_by_implementation(self) -> dict[str, str]:
        """What of the driver is another way where it takes an adapter to build things."""
        if not (self.variant or self.path):
            return {}
        return {
            "MODULE": "MODULE = Api(IMPLEMENTATION, IMPLEMENTATION.module)",
            "CONTEXT": f"CONTEXT = Api(IMPLEMENTATION, IMPLEMENTATION.context({_quoted(self.start_method)}))",
        }

    def _add_implementation(self, program: Program) -> None:
        made = f"QueueClass({self.module}, {_quoted(self.path)})"
        if self.variant:
            made = f"Variant({self.variant.__name__}, {_quoted(self.module + ':' + self.path)})"
            key = Key(self.variant.__module__, self.variant.__name__)
            program.names[key] = self.variant.__name__
            program.add(key)
        program.constants[Key(DRIVER, "IMPLEMENTATION")] = f"IMPLEMENTATION = {made}"

    def _programs(self) -> str:
        """The programs of the specification that the rule names, and what they import."""
        folder = specification_folder() / "programs"
        called = {
            str(node.args[0].value)
            for function in self.chapter.definitions.values()
            for node in ast.walk(function)
            if isinstance(node, ast.Call)
            and getattr(node.func, "id", "") == "program"
            and isinstance(node.args[0], ast.Constant)
            and function.lineno <= self.test.end_lineno  # type: ignore[operator]
            and function.end_lineno >= self.test.lineno  # type: ignore[operator]
        }
        files = {"judged.py": self._judged()}
        for name in sorted(called):
            files[f"{name}.py"] = (folder / f"{name}.py").read_text(encoding="utf-8")
        entries = "".join(f"    {_quoted(name)}: {_long(text)},\n" for name, text in files.items())
        return f"PROGRAMS = {{\n{entries}}}"

    def _judged(self) -> str:
        """The module that the programs of the specification know the context by."""
        if not (self.variant or self.path):
            context = f"mp = {self.module}.get_context({_quoted(self.start_method)})"
            return f"import {self.module}.managers\n\n{context}\nmp.managers = {self.module}.managers\n"
        program = Program(source_of, MEANT, "", lambda source, node: ())
        for name, text in self._built_by_implementation().items():
            program.constants[Key(DRIVER, name)] = text
        self._add_implementation(program)
        program.constants[Key(DRIVER, "MODULE")] = "mp = CONTEXT"
        program.add(Key(DRIVER, "MODULE"))
        text = program.text()
        imports = sorted({*program.imports, *((f"import {self.module}",) if self.path and not self.variant else ())})
        return "from __future__ import annotations\n\n" + "\n".join(imports) + "\n" + text

    # The main function

    def _main(self, program: Program, bound: set[str]) -> list[Any]:
        lines: list[Any] = []
        indent = ""
        for names, values in self.cases:
            said = functools.partial(_loop, program, self.chapter, names, values, indent)
            lines.append(said)
            indent += "    "
        if not self.plain or self.with_callers or self.kind.startswith("Manager.") or "context" in self.fixtures:
            program.refer(Key(DRIVER, "apart"), bound)
            lines.insert(0, f"<<{DRIVER} apart>>()")
        key = Key(self.chapter.name, self.rule.test)
        call = f"<<{key.module} {key.name}>>"
        if self.plain:
            program.imports.add("import faulthandler")
            lines.append(f"{indent}faulthandler.dump_traceback_later({3 * self.patience:g}, exit=True)")
            lines += [f"{indent}{line}" for line in self._plain_nouns(program, bound)]
            caller = f"<<{DRIVER} Caller>>"
            makers = {"make_child": caller, "make_thread": f"functools.partial({caller}, start=threading.Thread)"}
            given = [makers.get(name, name) for name in self.fixtures]
            lines.append(f"{indent}{call}({', '.join(given)})")
        else:
            program.refer(Key(DRIVER, "watched"), bound)
            varied = [name for names, _ in self.cases for name in names]
            lines.append(f"{indent}with watched({', '.join(varied)}):")
            lines += [f"{indent}    {line}" for line in self._nouns(program, bound)]
            lines.append(f"{indent}    {call}({', '.join(map(self._given, self.fixtures))})")
        return lines

    def _wanted(self) -> Iterator[str]:
        """The nouns of the test, each behind those that it takes."""
        conftest = source_of("conftest")
        assert conftest is not None
        varied = {name for names, _ in self.cases for name in names}
        seen: list[str] = []

        def want(name: str) -> None:
            if name in seen or name in varied:
                return
            fixture = conftest.definitions.get(name)
            if isinstance(fixture, ast.FunctionDef):
                for argument in fixture.args.args:
                    want(argument.arg)
            elif name == "child":
                want("queue")
            elif name in ("queue", "make_queue", "make_manager") and self.plain:
                want("context")
                if name == "queue" and "make_queue" in self.fixtures:
                    want("make_queue")
            if name not in seen:
                seen.append(name)

        for name in self.fixtures:
            want(name)
        yield from seen

    def _plain_nouns(self, program: Program, bound: set[str]) -> Iterator[str]:
        kind = self.kind.rpartition(".")[2] or "Queue"
        owner = "manager" if self.kind.startswith("Manager.") else "context"
        build = f"{owner}.{kind}"
        if self.path and not self.variant:
            build = f"{self.module}.{self.path}"
        elif self.variant and hasattr(self.variant, kind) and owner == "context":
            program.imports.add("import functools")
            build = f"functools.partial({self.variant.__name__}.{kind}, ctx=context)"
        program.imports.add(f"import {self._home}")
        for name in self._wanted():
            if name == "context":
                if self.with_callers:
                    program.refer(Key(DRIVER, "CONTEXT"), bound)
                    yield f"context = <<{DRIVER} CONTEXT>>"
                else:
                    yield f"context = {self._home}.get_context({_quoted(self.start_method)})"
                if owner == "manager":
                    yield "manager = context.Manager()"
            elif name == "make_queue":
                yield f"make_queue = {build}"
            elif name == "queue":
                yield "queue = make_queue()" if "make_queue" in self._wanted() else f"queue = {build}()"
            elif name == "module":
                yield f"module = {self.module}"
            elif name == "make_manager":
                yield "make_manager = context.Manager"
            elif name in CALLERS:
                program.refer(Key(DRIVER, "Caller"), bound)
                if name == "child":
                    yield f"child = <<{DRIVER} Caller>>(queue)"
            else:
                yield self._noun(program, bound, name)

    def _nouns(self, program: Program, bound: set[str]) -> Iterator[str]:
        for name in self._wanted():
            noun = {
                "queue": "make_queue()",
                "child": "make_child(queue)",
                "context": "hold({}, CONTEXT._owner)" if self.variant or self.path else "hold({}, CONTEXT)",
                "module": "hold({}, MODULE)",
                "parent": "PARENT",
            }.get(name)
            if name in MAKERS:
                program.refer(Key(DRIVER, name), bound)
            elif noun is None:
                yield self._noun(program, bound, name)
            else:
                for used in re.findall(r"(?<![.\w])[A-Za-z_]+", noun):
                    if used not in bound or used.startswith("make_"):
                        program.refer(Key(DRIVER, used), bound)
                        noun = re.sub(rf"\b{used}\b", f"<<{DRIVER} {used}>>", noun)
                yield f"{name} = {noun.format(_quoted(name))}"

    def _given(self, noun: str) -> str:
        return f"<<{DRIVER} {noun}>>" if noun in MAKERS and not self.plain else noun

    def _noun(self, program: Program, bound: set[str], name: str) -> str:
        if name in ("kind", "start_method"):
            return f"{name} = {_quoted(getattr(self, name))}"
        if name == "facts":
            key, arguments = Key(DRIVER, "Facts"), ""
        elif name == "crowd":
            key, arguments = Key("queuespec.judge.crowd", "Crowd"), "2"
        else:
            key = Key("conftest", name)
            conftest = source_of("conftest")
            fixture = conftest.definitions.get(name) if conftest is not None else None
            if not isinstance(fixture, ast.FunctionDef):
                raise Refused(f"{self.rule.slug} cannot be performed alone: its test takes {name!r}")
            arguments = ", ".join(self._given(argument.arg) for argument in fixture.args.args)
        program.refer(key, bound)
        return f"{name} = <<{key.module} {key.name}>>({arguments})"

    # How the text of a test is changed

    def _edits(self, source: Source, node: ast.AST) -> Iterator[Edit]:
        if source.name not in (self.chapter.name, "conftest"):
            return
        arguments = self.test.args.args
        if node is self.test and len(self.fixtures) < len(arguments):
            yield source.start(arguments[0]), source.end(arguments[-1]), ", ".join(self.fixtures)
        for one in ast.walk(node):
            if isinstance(one, ast.Assert):
                yield from _without_assert(source, one)
            elif isinstance(one, ast.With):
                for raising in [item.context_expr for item in one.items]:
                    if isinstance(raising, ast.Call) and getattr(raising.func, "id", "") == "raises":
                        end = source.end(raising) - 1
                        yield end, end, f", {_quoted(_shortened(one.body[-1]))}"
            elif isinstance(one, ast.Call) and self.plain:
                yield from self._without_actors(source, one)
            elif isinstance(one, ast.Attribute) and self.plain:
                yield from self._of_callers(source, one)

    def _of_callers(self, source: Source, node: ast.Attribute) -> Iterator[Edit]:
        """``queue.calls.get()`` is a call of a thread's, and ``child.process.leaves()`` becomes ``child.leaves()``."""
        if node.attr in ("begins", "calls") and _is_one_of(node.value, self.queues):
            yield source.start(node), source.start(node), "Caller("
            yield source.end(node.value), source.end(node.value), ", threading.Thread)"
        elif node.attr == "process":
            yield source.end(node.value), source.end(node), ""

    def _without_actors(self, source: Source, node: ast.Call) -> Iterator[Edit]:
        """``queue.plays(roles.f, 1)`` becomes ``roles.f(queue, 1)``, and ``made(items.f, 1)`` is ``items.f(1)``."""
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        if name not in ("plays", "made", "make_object"):
            return
        first = []
        if isinstance(function, ast.Attribute):
            if self.with_callers and not _is_one_of(function.value, self.queues):
                return
            first = [source.between(source.start(function.value), source.end(function.value))]
        role = node.args[0]
        others = sorted(map(source.start, [*node.args[1:], *node.keywords]))
        yield source.start(node), source.start(role), ""
        opened = f"({', '.join([*first, ''])}" if others else f"({''.join(first)}"
        yield source.end(role), others[0] if others else source.end(role), opened


def _parameters(test: ast.FunctionDef) -> Iterator[tuple[list[str], ast.expr]]:
    """What a test is repeated for: names, and the expression of the values that they take."""
    for decorator in test.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) in ("each", "pytest.mark.parametrize"):
            names = ast.literal_eval(decorator.args[0])
            yield [names] if isinstance(names, str) else list(names), decorator.args[1]


def _loop(program: Program, source: Source, names: list[str], values: ast.expr, indent: str) -> str:
    return f"{indent}for {', '.join(names)} in {program.said(source, values)}:"


def _without_assert(source: Source, node: ast.Assert) -> Iterator[Edit]:
    """``assert get() == "a"`` becomes ``expect("get()", get(), "a")``, anything else ``check(..., "...")``."""
    start, end = source.start(node), source.end(node)
    after = start + len("assert ")
    test = node.test
    if node.msg is None and isinstance(test, ast.Compare) and len(test.ops) == 1:
        left, right = test.left, test.comparators[0]
        found = re.fullmatch(r"(\s*(?:==|is)\s*)\(*", source.between(source.end(left), source.start(right)))
        if found and source.start(left) == after and isinstance(test.ops[0], (ast.Eq, ast.Is)):
            yield start, after, f"expect({_quoted(_shortened(left))}, "
            yield source.end(left), source.end(left) + len(found[1]), ", "
            yield end, end, ")"
            return
    yield start, after, "check("
    yield end, end, ")" if node.msg is not None else f", {_quoted(_shortened(test))})"


def _names_in(node: ast.AST) -> set[str]:
    return {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}


def _is_one_of(node: ast.AST, names: set[str]) -> bool:
    return isinstance(node, ast.Name) and node.id in names


def _shortened(node: ast.AST) -> str:
    return one_line(ast.unparse(node), 100)


def _quoted(text: str) -> str:
    return f'"{text}"' if '"' not in text and "\\" not in text else repr(text)


def _long(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f'"""\\\n{escaped}"""'
