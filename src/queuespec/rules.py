"""What a rule of the specification is, and where the rules of a specification are found.

A rule lives at its test and nowhere else: `rule` ties the two, the test's name is the sentence, its docstring the
reason why. A documented behaviour that cannot be tested stands in its chapter as `untested`.
"""

from __future__ import annotations

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

    ``DOCS / "Queue.get"`` is the entry of that name in the documentation of `multiprocessing`, ``DOCS / "cleanup"`` and
    ``DOCS / "all-start-methods"`` are sections of it.
    """

    document: str
    base: str = ""
    link: Callable[[str], str] | None = None
    """From the part to what follows `base` in the link to it."""
    part: str = ""

    def __truediv__(self, part: str) -> Source:
        return dataclasses.replace(self, part=part)

    @property
    def is_section(self) -> bool:
        """Whether the part is a section of a page and no name: lower-case words with hyphens."""
        return self.part[:1].islower() and "_" not in self.part and "." not in self.part

    @property
    def url(self) -> str:
        """A link to the part, or the empty text for a document that is not on the web."""
        if not self.base or not self.part or self.link is None:
            return self.base
        link = self.link(self.part)
        return link if link.startswith("https:") else self.base + link

    def __str__(self) -> str:
        return f"{self.document}, {self.part}" if self.part else self.document


_HOMES = {
    "SyncManager": "managers.",
    "BaseManager": "managers.",
    "BaseProxy": "managers.",
    "Connection": "connection.",
    "Listener": "connection.",
    "Client": "connection.",
    "Pool": "pool.",
    "AsyncResult": "pool.",
}
"""Modules of what the documentation of `multiprocessing` describes outside the package itself."""


def _fragment(module: str) -> Callable[[str], str]:
    """Fragments of a module's page: its sections are lower-case words with hyphens, anything else is a name."""

    def fragment(part: str) -> str:
        if (part[0].islower() and "_" not in part) or part.startswith("object."):
            return f"#{part}"
        home = _HOMES.get(part.partition(".")[0], "") if module == "multiprocessing" else ""
        return f"#{module}.{home}{part}"

    return fragment


def _issue(part: str) -> str:
    """An issue's page: ``94765`` and ``gh-94765`` on GitHub, ``bpo-30886`` on the older tracker."""
    tracker, _, number = part.rpartition("-")
    return f"https://bugs.python.org/issue{number}" if tracker == "bpo" else number


def _entry(part: str) -> str:
    """The entry of the changelog has no link of its own, its issue has; a section such as ``python-3-12-0`` has one."""
    if part.startswith("gh-"):
        return f"https://github.com/python/cpython/issues/{part[3:]}"
    if part.startswith("bpo-"):
        return _issue(part)
    return f"#{part}" if part.startswith("python-") else ""


def _page(part: str) -> str:
    """``3.14`` or ``3.14.html``, with or without a fragment."""
    page, hash_, fragment = part.partition("#")
    return page.removesuffix(".html") + ".html" + hash_ + fragment


_LIBRARY = "https://docs.python.org/3/library/"
DOCS = Source("multiprocessing", f"{_LIBRARY}multiprocessing.html", _fragment("multiprocessing"))
THREAD_QUEUE = Source("queue", f"{_LIBRARY}queue.html", _fragment("queue"))
PICKLE = Source("pickle", f"{_LIBRARY}pickle.html", _fragment("pickle"))
CHANGELOG = Source("changelog", "https://docs.python.org/3/whatsnew/changelog.html", _entry)
WHATS_NEW = Source("what's new", "https://docs.python.org/3/whatsnew/", _page)
ISSUE = Source("CPython issue", "https://github.com/python/cpython/issues/", _issue)
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
    semaphores: str | None
    python_build: str = ""

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


_CALLS = ("cancel join thread", "join thread", "put nowait", "get nowait", "task done", "qsize", "str", "repr")
"""Words that can only be the name of a method."""

_ADVERBIAL = {"after", "before", "by", "in", "of", "until"}
_VERBAL = {
    *("is", "are", "was", "were", "be", "been", "being", "to", "not", "ever", "never", "just", "already"),
    *("can", "cannot", "could", "may", "might", "must", "did", "does", "has", "had", "have"),
    *("it", "they", "who", "that", "everything", "nothing", "something", "another"),
    *("child", "consumer", "parent", "process", "processes", "producer", "producers", "thread", "threads"),
}
"""Before these, `put` and `get` are verbs of the sentence and no names."""

_SYSTEMS = {"linux": "Linux", "macos": "macOS", "windows": "Windows", "posix": "POSIX", "cpython": "CPython"}
_CODE = re.compile(
    r"([A-Z][a-z]{2,}[A-Z]\w*|\w*[a-z]Error|OSError|EOFError|Queue|Full|Empty|None|True|False|maxsize|obj)$"
)


def sentence_of(test_name: str) -> str:
    """The sentence that a test's name is: ``test_get_waits_until_...`` reads "`get()` waits until ...".

    Names of methods are told from the verbs they are spelled like by the words around them.
    """
    text = test_name.removeprefix("test_").replace("_", " ")
    for call in _CALLS:
        text = re.sub(rf"\b{call}\b", f"`{call.replace(' ', '~')}()`", text)
    text = re.sub(r"\bpython (\d) (\d+)", r"Python~\1.\2", text)
    words = text.split(" ")
    verb = False
    for position, word in enumerate(words):
        before = words[position - 1] if position else ""
        after = words[position + 1] if position + 1 < len(words) else ""
        if word in ("put", "get"):
            verb = before in _VERBAL or after in ("it", "them") or (verb and before in ("and", "or", "put", "get"))
            named = not verb
        elif word in ("join", "close", "empty", "full", "iter", "shutdown"):
            called = [name for name in words[:position][-2:] if name.endswith("()`")]
            if not before:
                named = after not in ("queue", "queues")
            else:
                named = before in _ADVERBIAL or before.endswith("()`") or (before == "and" and bool(called))
        else:
            named = False
        if named:
            words[position] = f"`{word}()`"
        elif _CODE.match(word):
            words[position] = f"`{word}`"
        else:
            words[position] = _SYSTEMS.get(word, word)
    text = " ".join(words)
    return re.sub(r"`[^`]*`", lambda code: code.group().replace("~", "_"), text).replace("~", " ")


def _finished(sentence: str) -> str:
    """With calls as code, a capital letter at the beginning and a full stop at the end."""
    sentence = re.sub(r"(?<![`\w.])\w+\(\)(?!`)", r"`\g<0>`", sentence)
    sentence = sentence[:1].upper() + sentence[1:]
    return sentence if sentence.endswith((".", "!", "?")) or not sentence else sentence + "."


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
        test.__rule__ = Rule(  # type: ignore[attr-defined]
            slug=slug,
            level=level,
            source=source if isinstance(source, tuple) else (source,),
            sentence=_finished(sentence or sentence_of(test.__name__)),
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
        sentence=_finished(sentence),
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
    found = getattr(test, "__rule__", None)
    return found if isinstance(found, Rule) else None


def chapters(folder: Path | None = None) -> list[Chapter]:
    """All chapters of a specification, in reading order, with all their rules."""
    folder = folder or specification_folder()
    sys.path.insert(0, str(folder))
    try:
        return [_chapter(path, imported(path)) for path in sorted(folder.glob("test_*.py"))]
    finally:
        sys.path.remove(str(folder))


def imported(path: Path) -> ModuleType:
    """A chapter's module, apart from the one that pytest makes of it."""
    name = f"queuespec_chapter_{path.stem}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
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
    title, _, introduction = inspect.cleandoc(module.__doc__ or "").partition("\n")
    rules.sort(key=lambda entry: entry.line)
    return Chapter(chapter_of(path.name), title.rstrip("."), introduction.strip(), tuple(rules))
