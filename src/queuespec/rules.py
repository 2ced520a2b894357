"""What a rule of the specification is, and where the rules of a specification are found.

A rule lives at its test and nowhere else: `rule` ties the two, the test's name is the sentence, its docstring the
reason why. A documented behaviour that cannot be tested stands in its chapter as `untested`.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib.util
import inspect
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, TypeVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import ModuleType

LEVELS = ("promise", "platform", "de-facto", "hazard", "untested")
KINDS = ("Queue", "JoinableQueue", "SimpleQueue", "Manager.Queue", "Manager.JoinableQueue")
SYSTEMS = {"Linux": "Linux", "Darwin": "macOS", "Windows": "Windows"}

Test = TypeVar("Test", bound=Callable[..., object])


@dataclasses.dataclass(frozen=True)
class Source:
    """Where a behaviour is documented: a document, and in it a section or a name.

    ``DOCS / "Queue.get"`` is the entry of that name in the documentation of `multiprocessing`.
    """

    document: str
    base: str = ""
    prefixes: tuple[str, ...] = ()
    part: str = ""

    def __truediv__(self, part: str) -> Source:
        return dataclasses.replace(self, part=part)

    @property
    def url(self) -> str:
        """A link with fragment, or the empty text for a document that is not on the web."""
        if not self.base or not self.part:
            return self.base
        if (self.part[0].islower() and "-" in self.part) or not self.prefixes:
            return self.base + self.part
        prefix = self.prefixes[0]
        if self.part.startswith(("SyncManager", "BaseManager", "BaseProxy")):
            prefix += "managers."
        return self.base + prefix + self.part

    def __str__(self) -> str:
        return f"{self.document}, {self.part}" if self.part else self.document


DOCS = Source("multiprocessing", "https://docs.python.org/3/library/multiprocessing.html#", ("multiprocessing.",))
THREAD_QUEUE = Source("queue", "https://docs.python.org/3/library/queue.html#", ("queue.",))
PICKLE = Source("pickle", "https://docs.python.org/3/library/pickle.html#")
CHANGELOG = Source("changelog", "https://docs.python.org/3/whatsnew/changelog.html")
WHATS_NEW = Source("what's new", "https://docs.python.org/3/whatsnew/")
ISSUE = Source("CPython issue", "https://github.com/python/cpython/issues/")
ARTICLE = Source("founding article")
OBSERVED = Source("observed in CPython")


@dataclasses.dataclass(frozen=True)
class Facts:
    """What is known of the judged interpreter before anything is judged (see `queuespec.probe`)."""

    implementation: str
    implementation_version: str
    implementation_home: str
    lacks: tuple[str, ...]
    start_methods: tuple[str, ...]
    python: tuple[int, int, int]
    python_implementation: str
    python_version: str
    free_threaded: bool
    system: str
    machine: str
    release: str
    executable: str
    temporary_folder: str | None
    semaphores: str | None

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Facts:
        values = {field.name: data[field.name] for field in dataclasses.fields(cls)}
        for name in ("lacks", "start_methods", "python"):
            values[name] = tuple(values[name])
        return cls(**values)

    @property
    def described(self) -> str:
        """One line for a person: interpreter, system, implementation."""
        name = {"cpython": "CPython", "pypy": "PyPy"}.get(self.python_implementation, self.python_implementation)
        threads = " free-threaded" if self.free_threaded else ""
        system = SYSTEMS.get(self.system, self.system)
        version = f" {self.implementation_version}" if self.implementation_version else ""
        return f"{self.implementation}{version} on {name} {self.python_version}{threads}, {system} {self.machine}"


@dataclasses.dataclass(frozen=True)
class Rule:
    """One documented behaviour. `since` and `until` are Python versions: first with it, first without it."""

    slug: str
    level: str
    source: tuple[Source, ...]
    sentence: str
    why: str
    proves: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    since: tuple[int, ...] = ()
    until: tuple[int, ...] = ()
    systems: tuple[str, ...] = ()
    start_methods: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    when: tuple[str, Callable[[Facts], bool]] | None = None
    reason: str = ""
    file: str = ""
    line: int = 0
    test: str = ""

    @property
    def chapter(self) -> str:
        """The chapter's file name without what orders the files: ``getting`` for ``test_05_getting.py``."""
        return chapter_of(self.file)

    def gates(self, strict: bool) -> bool:
        """Whether a deviation fails the run."""
        return self.level in ("promise", "platform") or (strict and self.level == "de-facto")

    def not_applicable(self, facts: Facts, start_method: str | None) -> str:
        """Why the rule does not apply there, as a sentence; the empty text where it applies."""
        if self.since and facts.python < self.since:
            return f"this behaviour came with Python {dotted(self.since)}"
        if self.until and facts.python >= self.until:
            return f"this behaviour ended with Python {dotted(self.until)}"
        if self.systems and SYSTEMS.get(facts.system, "POSIX") not in self.systems:
            if not ("POSIX" in self.systems and facts.system != "Windows"):
                return f"this is a behaviour of {' and '.join(self.systems)}"
        if self.start_methods and start_method is not None and start_method not in self.start_methods:
            return f"this is a behaviour of the start method {' and '.join(self.start_methods)}"
        if self.when is not None and not self.when[1](facts):
            return self.when[0]
        return ""

    def unsupported(self, facts: Facts, kind: str | None) -> str:
        """Which needed capability the implementation says it lacks, as a sentence; the empty text for none."""
        wanted = {*self.needs, *((kind,) if kind else ())}
        missing = sorted(wanted & set(facts.lacks))
        return f"{facts.implementation} says that it has no {' and no '.join(missing)}" if missing else ""


def dotted(version: Iterable[int]) -> str:
    return ".".join(map(str, version))


def chapter_of(file: str) -> str:
    """``getting`` for ``.../test_05_getting.py``."""
    return re.sub(r"^test_(\d+[a-z]?_)?", "", Path(file).stem)


_IDENTIFIERS = {
    "put": "put()",
    "get": "get()",
    "put nowait": "put_nowait()",
    "get nowait": "get_nowait()",
    "task done": "task_done()",
    "join thread": "join_thread()",
    "cancel join thread": "cancel_join_thread()",
    "qsize": "qsize()",
    "maxsize": "maxsize",
    "Full": "Full",
    "Empty": "Empty",
    "None": "None",
    "SystemExit": "SystemExit",
    "RecursionError": "RecursionError",
    "KeyboardInterrupt": "KeyboardInterrupt",
    "NotImplementedError": "NotImplementedError",
    "ImportError": "ImportError",
    "RuntimeError": "RuntimeError",
    "AssertionError": "AssertionError",
    "TypeError": "TypeError",
    "ValueError": "ValueError",
    "OSError": "OSError",
}
_IDENTIFIER = re.compile(r"\b(" + "|".join(sorted(_IDENTIFIERS, key=len, reverse=True)) + r")\b")


def sentence_of(test_name: str) -> str:
    """The sentence that a test's name is: ``test_get_waits_until_...`` reads "`get()` waits until ..."."""
    words = test_name.removeprefix("test_").replace("_", " ")
    return _IDENTIFIER.sub(lambda match: f"`{_IDENTIFIERS[match.group()]}`", words)


def rule(
    slug: str,
    *,
    source: Source | tuple[Source, ...],
    level: str = "promise",
    sentence: str = "",
    proves: tuple[str, ...] = (),
    kinds: tuple[str, ...] = ("Queue", "JoinableQueue"),
    since: tuple[int, ...] = (),
    until: tuple[int, ...] = (),
    systems: tuple[str, ...] = (),
    start_methods: tuple[str, ...] = (),
    needs: tuple[str, ...] = (),
    when: tuple[str, Callable[[Facts], bool]] | None = None,
) -> Callable[[Test], Test]:
    """Ties a test to the rule it proves.

    `proves` names further behaviours of the catalogue that this test proves as well. `when` is a condition that the
    other parameters cannot express: a sentence for where it does not hold, and a function of the `Facts`.
    """

    def tie(test: Test) -> Test:
        code = inspect.unwrap(test).__code__
        test.__queuespec_rule__ = Rule(  # type: ignore[attr-defined]
            slug=slug,
            level=level,
            source=source if isinstance(source, tuple) else (source,),
            sentence=sentence or sentence_of(test.__name__),
            why=inspect.cleandoc(test.__doc__ or ""),
            proves=proves,
            kinds=kinds,
            since=since,
            until=until,
            systems=systems,
            start_methods=start_methods,
            needs=needs,
            when=when,
            file=code.co_filename,
            line=code.co_firstlineno,
            test=test.__name__,
        )
        marked: Test = pytest.mark.rule(slug)(test)
        return marked

    return tie


def untested(slug: str, sentence: str, *, source: Source | tuple[Source, ...], reason: str) -> Rule:
    """A documented behaviour that no test here can prove, with the reason."""
    caller = sys._getframe(1)
    return Rule(
        slug=slug,
        level="untested",
        source=source if isinstance(source, tuple) else (source,),
        sentence=sentence,
        why="",
        reason=reason,
        file=caller.f_code.co_filename,
        line=caller.f_lineno,
    )


@dataclasses.dataclass(frozen=True)
class Chapter:
    """A file of the specification: its title and introduction (the docstring), its rules in reading order."""

    name: str
    title: str
    introduction: str
    rules: tuple[Rule, ...]


def specification_folder() -> Path:
    """Where the specification is: beside this package in a checkout, inside it when installed."""
    installed = Path(__file__).parent / "spec"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "tests" / "spec"


def rule_of(test: object) -> Rule | None:
    found = getattr(test, "__queuespec_rule__", None)
    return found if isinstance(found, Rule) else None


def chapters(folder: Path | None = None) -> list[Chapter]:
    """All chapters of a specification, in reading order, with all their rules."""
    folder = folder or specification_folder()
    sys.path.insert(0, str(folder))
    try:
        return [_chapter(path, _imported(path)) for path in sorted(folder.glob("test_*.py"))]
    finally:
        sys.path.remove(str(folder))


def _imported(path: Path) -> ModuleType:
    if path.stem in sys.modules:
        return sys.modules[path.stem]
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def _chapter(path: Path, module: ModuleType) -> Chapter:
    rules = []
    for value in vars(module).values():
        found = value if isinstance(value, Rule) else rule_of(value)
        if found is None and isinstance(value, (list, tuple)):
            rules += [entry for entry in value if isinstance(entry, Rule)]
        elif found is not None:
            rules.append(found)
    title, _, introduction = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")
    rules.sort(key=lambda entry: entry.line)
    return Chapter(chapter_of(path.name), title.rstrip("."), introduction.strip(), tuple(rules))
