"""A rule as a program of its own, or as a bug report in Markdown."""

from __future__ import annotations

import ast
import keyword
import re
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from queuespec.report.adapter_text import AdapterText
from queuespec.report.console import judging
from queuespec.report.inlining import ADAPTING, RUNNER, Key, Module, Program, Unsuitable, local_names, module_named
from queuespec.report.script import HELD, MAIN, MAKERS, VALUE, Noun, Script, quoted, worker
from queuespec.rules import Rule, is_own
from queuespec.text import markdown


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
    """The verdict and its explanation, if it has been judged."""
    context_parameter: str = ""
    """The name by which a queue class takes the context (see `queuespec.rules.Facts`)."""
    adapter: tuple[str, ...] = ()
    """The adapter's file and module, its class, and what the class defines (see `queuespec.rules.Facts`)."""
    lacks: tuple[str, ...] = ()
    timeline: tuple[str, ...] = ()
    stacks: str = ""

    @property
    def about(self) -> str:
        """The kind of queue and the start method."""
        return " under ".join(word for word in (self.kind, self.start_method) if word)


LONGEST_PROGRAM = 150
"""Maximum number of lines, besides those of an adapter. Nobody reads a longer program in a bug report."""

LONGEST_PART = 20
"""Maximum number of lines of each part of a bug report."""


def bug_report(rule: Rule, case: Case, version: str) -> str:
    """A rule and its verdict, in Markdown; `version` is that of queuespec."""
    lines = [f"# {rule.slug}: {rule.sentence}", "", rule.why, ""]
    lines += [f"- {case.about}: {markdown(case.verdict, 1000)}", f"- on {markdown(case.described)}"]
    lines += [f"- judged by queuespec {version}"]
    lines += [f"- source: {f'[{source}]({source.url})' if source.url else source}" for source in rule.source]
    options = ["--implementation", case.implementation] if case.implementation != "multiprocessing" else []
    options = ["--rules", Path(rule.file).name, *options] if is_own(rule) else options
    again = judging(rule.slug, case.start_method, case.kind, options)
    lines += ["", *_fenced("console", [f"$ pip install queuespec && {again}"])]
    chapter, test = _test_of(rule)
    text = chapter.changed(test.body[1], test.body[-1])
    lines += ["", "The test:", "", *_fenced("python", textwrap.dedent("    " + text).splitlines())]
    if case.timeline:
        lines += ["", "The calls, each with its caller and outcome:", "", *_fenced("text", case.timeline, last=True)]
    if case.stacks:
        lines += ["", "Where it hangs:", "", *_fenced("text", case.stacks.splitlines())]
    return "\n".join(lines) + "\n"


def reproducing(rule: Rule, case: Case) -> list[str]:
    """The command that writes a rule as a program, where the implementation is installed."""
    words = ["queuespec", "reproduce", rule.slug]
    words += ["--implementation", case.implementation] if case.implementation != "multiprocessing" else []
    words += ["--rules", Path(rule.file).name] if is_own(rule) else []
    words += ["--start-method", case.start_method] if case.start_method else []
    return words + (["--kind", case.kind] if case.kind else [])


def _is_name(text: str) -> bool:
    """Whether it is a name, or several with dots between them, as code has them."""
    return all(part.isidentifier() and not keyword.iskeyword(part) for part in text.split("."))


def _fenced(language: str, lines: Sequence[str], last: bool = False) -> list[str]:
    """A fenced block of Markdown with these lines: the first or last `LONGEST_PART` of them."""
    more = len(lines) - LONGEST_PART
    if more > 0:
        kept = [*lines[-LONGEST_PART:]] if last else [*lines[:LONGEST_PART]]
        lines = [f"({more} earlier lines)", *kept] if last else [*kept, f"({more} more lines)"]
    longest = max(map(len, re.findall("`+", "\n".join(lines))), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}", *lines, fence]


def _test_of(rule: Rule) -> tuple[Module, ast.FunctionDef]:
    file = Path(rule.file)
    chapter = module_named(file.stem, file.parent)
    assert chapter is not None
    test = chapter.definitions[rule.test]
    assert isinstance(test, ast.FunctionDef)
    return chapter, test


def source_of(rule: Rule) -> str:
    """The test of a rule with its decorators, as it is written."""
    chapter, test = _test_of(rule)
    first = min([test.lineno, *(decorator.lineno for decorator in test.decorator_list)])
    return b"".join(chapter.text.splitlines(keepends=True)[first - 1 : test.end_lineno]).decode("utf-8")


class Reproduction:
    """A rule as a program. Raises `Unsuitable` if it cannot be one."""

    def __init__(self, rule: Rule, case: Case) -> None:
        self.rule = rule
        self.case = case
        self.adapter = None
        home, _, path = case.implementation.partition(":")
        if case.adapter:
            file, module, class_, *defines = case.adapter
            self.adapter = AdapterText(file, module, class_, defines, case.lacks)
            home, path = "multiprocessing", ""
        if home in ("fault", "better") or not (_is_name(home) and _is_name(path or home)):
            raise Unsuitable(f"{case.implementation} cannot be imported by a program")
        self.home = "multiprocessing" if path else home
        chapter, self.test = _test_of(rule)
        local = local_names(self.test) | {"context", "manager", "main"}
        self.program = Program(local | self.adapter.names if self.adapter else local)
        self.program.imports |= {"import faulthandler", f"import {self.home}", f"import {home}"}
        owner = "manager" if case.kind.startswith("Manager.") else "context"
        build = case.implementation.replace(":", ".") if path else f"{owner}.{case.kind.rpartition('.')[2]}"
        if case.context_parameter:
            self.program.imports.add("import functools")
            build = f"functools.partial({build}, {case.context_parameter}=context)"
        self.script = Script(self.program, chapter, local, build)
        self._there: set[str] = set()

    @property
    def text(self) -> str:
        """The whole program."""
        body = self.test.body[1:]
        loops = []
        for decorator in self.test.decorator_list:
            if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "each":
                names, values = ast.literal_eval(decorator.args[0]), self.script.text(decorator.args[1])
                names = [names] if isinstance(names, str) else names
                loops.append(f"for {', '.join(names)} in {values}:")
                self._there.update(names)
        lines = [line for argument in self.test.args.args for line in self._given(argument.arg)]
        edits = [edit for node in body for edit in self.script.edits(node)]
        said = textwrap.dedent("    " + self.script.module.changed(body[0], body[-1], edits))
        lines += ["", *said.split("\n")]
        context = f"{self.home}.get_context({quoted(self.case.start_method)})"
        if self.adapter:
            if "start_methods" in self.adapter.defines:
                own = "context" in self.adapter.defines
                context = f"ADAPTER.context({quoted(self.case.start_method)})" if own else f"{self.home}.get_context()"
            context = f"{self.adapter.context}({context})"
            self.program.name_of(Key(ADAPTING, self.adapter.context))
        for name, made in {"manager": "context.Manager()", "context": context}.items():
            if re.search(rf"\b{name}\b", "\n".join(lines)):
                lines.insert(0, f"{name} = {made}")
        lines.insert(0, "faulthandler.dump_traceback_later(3 * PATIENCE, exit=True)")
        for loop in reversed(loops):
            lines = [loop, *_indented(lines)]
        patience = Key(RUNNER, "PATIENCE")
        self.program.name_of(patience)
        self.program.texts[patience] = f"PATIENCE = {self.case.patience:g}  # seconds that a call may take"
        connects, tidies = (self.adapter and name in self.adapter.defines for name in ("connect", "tidy"))
        if connects:
            lines.insert(0, "ADAPTER.connect()")
        ours = [text for key, text in self.program.texts.items() if key.module != ADAPTING]
        if tidies or re.search(r"\bManager\(\)|\bSIGSTOP\b", "\n".join([*ours, *lines])):
            lines.insert(0, "apart()")
        for name in ("expect", "check", "raises", "Worker", "apart"):
            if re.search(rf"\b{name}\(", "\n".join(lines)):
                self.program.name_of(Key(RUNNER, name))
        main = "\n".join(["def main():", *_indented(lines)])
        guarded = ["main()"]
        if self.adapter and tidies:  # also in the process that main() has forked from, which has connected to nothing
            again = [f"ADAPTER = {self.adapter.name}()", "ADAPTER.connect()"] if connects else []
            guarded = ["try:", *_indented(guarded), "finally:", *_indented([*again, "ADAPTER.tidy()"])]
        start = "\n".join(['if __name__ == "__main__":', *_indented(guarded)])
        text = f"{self.program.definitions()}\n\n\n{main}\n\n\n{start}\n"
        adapter = f"{self.adapter.text}\n\n" if self.adapter else ""
        text = f'"""{self._headline()}\n"""\n\n{self._imports(text)}\n\n{adapter}{text}'
        ast.parse(text, feature_version=(3, 9))
        texts = [adapter, *(text for key, text in self.program.texts.items() if key.module == ADAPTING)]
        if len(text.splitlines()) - sum(len(one.splitlines()) + 2 for one in texts) > LONGEST_PROGRAM:
            raise Unsuitable(f"it would have more than {LONGEST_PROGRAM} lines")
        return text

    def _given(self, name: str) -> Iterator[str]:
        """The statements that make an argument of the test."""
        if name in self._there:
            return
        self._there.add(name)
        nouns, script = self.script.nouns, self.script
        conftest = module_named("conftest")
        fixture = conftest.definitions.get(name) if conftest is not None else None
        if name in ("kind", "start_method"):
            if any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(self.test)):
                yield f"{name} = {quoted(getattr(self.case, name))}"
        elif name == "largest_item":
            yield f"{name} = 64 * 1024**2"
        elif name == "child":
            yield from self._given("queue")
            nouns[name] = Noun("worker", "queue")
            yield f"child = {worker(['queue'])}"
        elif name in ("context", "parent", "module", "queue"):
            nouns[name] = MAIN if name == "parent" else HELD
            made = {"module": self.home, "queue": f"{script.build}()"}.get(name)
            yield from [f"{name} = {made}"] if made else []
        elif conftest is not None and isinstance(fixture, ast.FunctionDef):
            for argument in fixture.args.args:
                yield from self._given(argument.arg)
            maker = Script(self.program, conftest, local_names(fixture) | script.local, script.build)
            maker.nouns = nouns
            *statements, last = fixture.body[1:]
            value = last.value if isinstance(last, ast.Return) and last.value else last
            nouns[name] = maker.noun(value)
            if nouns[name] == VALUE:
                raise Unsuitable(f"its test takes {name!r}")
            yield from map(maker.text, statements)
            yield f"{name} = {maker.text(value)}"
        elif name not in MAKERS:
            raise Unsuitable(f"its test takes {name!r}")

    def _imports(self, text: str) -> str:
        nodes = list(ast.walk(ast.parse(text)))
        used = {node.id for node in nodes if isinstance(node, ast.Name)}
        wanted = [line for line in self.program.imports if line.split()[-1].partition(".")[0] in used]
        if self.adapter:
            for line in wanted:
                self.adapter.refuse_another_meaning(line)
            wanted = [line for line in wanted if line not in self.adapter.imports]
        wanted.sort(key=lambda line: (line.startswith("from"), line))
        annotated = any(getattr(node, "annotation", None) or getattr(node, "returns", None) for node in nodes)
        if annotated or (self.adapter and self.adapter.annotated):
            wanted = ["from __future__ import annotations", "", *wanted]
        return "\n".join(wanted)

    def _headline(self) -> str:
        rule, case = self.rule, self.case
        words = [f"{rule.slug}: {rule.sentence}", "", *rule.why.splitlines()]
        words += [source.url or str(source) for source in rule.source]
        words += ["", f"{case.about}, for {case.described}."]
        words += textwrap.wrap(f"Observed: {case.verdict}", 110) if case.verdict else []
        words += ["Exit status 0: the queue does what the first line says. 1: the output shows what happens instead."]
        return "\n".join(line.rstrip() for line in words).replace("\\", "\\\\").replace('"""', "'''")


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" if line else "" for line in "\n".join(lines).split("\n")]
