"""What chapters state rules with: `rule` ties one to its test, `each` repeats a test, `untested` needs none."""

from __future__ import annotations

import dataclasses
import inspect
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Callable, TypeVar, Union

from queuespec.rules.facts import Facts
from queuespec.rules.sources import Source
from queuespec.rules.words import KINDS, LEVELS, METHODS, NEEDS, OWN, START_METHODS, SYSTEMS, check, system_name

Test = TypeVar("Test", bound=Callable[..., object])
Names = Union[str, "tuple[str, ...]"]
Sources = Union[Source, str, "tuple[Source | str, ...]"]
Ids = Union["Sequence[str]", Callable[[Any], "str | None"], None]

_SLUG = re.compile(r"[a-z]+(-[a-z]+)*\.[a-z0-9]+(-[a-z0-9]+)*")


@dataclasses.dataclass(frozen=True)
class Rule:
    """One documented behavior; `rule` explains the fields. Raises `TypeError` and `ValueError` as `rule` does."""

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

    def __post_init__(self) -> None:
        try:
            self._check()
        except (TypeError, ValueError) as error:
            raise type(error)(f"rule {self.slug!r}: {error}") from None

    def _check(self) -> None:
        check("proves", self.proves, self.proves)
        for slug in (self.slug, *self.proves):
            if not _SLUG.fullmatch(str(slug)):
                raise ValueError(f"{slug!r} is not a valid slug; write one such as 'get.blocks-when-empty'")
        check("level", (self.level,), LEVELS)
        check("kind", self.kinds, KINDS)
        check("system", self.systems, (*SYSTEMS.values(), "POSIX"))
        check("start method", self.start_methods, START_METHODS)
        check("need", self.needs, NEEDS, OWN)
        for name in ("since", "until"):
            version = getattr(self, name)
            if not (isinstance(version, tuple) and all(type(number) is int for number in version)):
                raise TypeError(f"{name} should be a version such as (3, 13), but is {version!r}")
        if self.since and self.until and self.until <= self.since:
            raise ValueError(f"it applies until {dotted(self.until)}, which is not after {dotted(self.since)}")
        if not self.source or not all(isinstance(source, Source) for source in self.source):
            raise TypeError(f"source should be a Source such as DOCS / 'Queue.get', but is {self.source!r}")
        if self.level == "untested":
            if not self.reason:
                raise ValueError("an untested behavior needs a reason")
        elif not self.why:
            raise ValueError("the docstring should be a sentence, an empty line, and a reason")
        if not self.sentence:
            raise ValueError("the sentence that says what is true is missing")

    @property
    def chapter(self) -> str:
        """The name of the rule's file: ``getting`` for ``test_getting.py``."""
        return chapter_of(self.file)

    def gates(self, facts: Facts, start_method: str, strict: bool) -> bool:
        """Whether a deviation fails the run. `strict` makes de-facto rules gate, too.

        No rule gates under fork on macOS: the system's own libraries may crash a forked process there, so a verdict
        cannot accuse the queue.
        """
        if system_name(facts.system) == "macOS" and start_method == "fork":
            return False
        return self.level in ("promise", "platform") or (strict and self.level == "de-facto")

    def not_applicable(self, facts: Facts, start_method: str | None) -> str:
        """Why the rule does not apply there, as a sentence; an empty string if it applies."""
        if self.since and facts.python < self.since:
            return f"this behavior was added in Python {dotted(self.since)}"
        if self.until and facts.python >= self.until:
            return f"this behavior was removed in Python {dotted(self.until)}"
        system = system_name(facts.system)
        if self.systems and system not in self.systems and not ("POSIX" in self.systems and system != "Windows"):
            return f"only on {' and '.join(self.systems)}"
        if self.start_methods and start_method is not None and start_method not in self.start_methods:
            return f"only under start method {' and '.join(self.start_methods)}"
        if self.when is not None and not self.when[1](facts):
            return self.when[0]
        return ""

    def unsupported(self, facts: Facts, kind: str | None, used: Iterable[str] = ()) -> str:
        """Which needed capabilities the implementation declares to lack, as a sentence; an empty string for none.

        `used` are those that the test uses, besides what the rule says it needs.
        """
        wanted = {*self.needs, *used, *((kind,) if kind else ())}
        missing = [f"{one}()" if one in METHODS else one for one in sorted(wanted & set(facts.lacks))]
        return f"{facts.implementation} does not have {' and '.join(missing)}" if missing else ""


def dotted(version: Iterable[int]) -> str:
    """``3.13`` for ``(3, 13)``."""
    return ".".join(map(str, version))


def chapter_of(file: str) -> str:
    """``getting`` for ``.../test_getting.py``."""
    return Path(file).stem.removeprefix("test_")


def _marked(text: str) -> str:
    """The text with calls marked as code."""
    return re.sub(r"(?<![`\w.])\w+\(\)(?!`)", r"`\g<0>`", text)


def _sources(slug: str, source: Sources) -> tuple[Source, ...]:
    given = source if isinstance(source, tuple) else (source,)
    try:
        return tuple(Source.of(one) if isinstance(one, str) else one for one in given)
    except ValueError as error:
        raise ValueError(f"rule {slug!r}: {error}") from None


def rule(
    slug: str,
    *,
    source: Sources,
    level: str = "promise",
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

    The first paragraph of the test's docstring is the rule's sentence; the rest says why.

    Args:
        slug: the name, which never changes and is never reused.
        source: where the behavior is documented: a part of a known document, an ``https:`` URL, or words.
        level: what kind of statement it is; see `words.LEVELS`.
        proves: slugs of further behaviors that this test also proves.
        kinds: the kinds of queue it holds for; each has its own verdict.
        since: the first Python version with the behavior.
        until: the first Python version without it.
        systems: names such as ``"Linux"``, or ``"POSIX"``; empty for all.
        start_methods: empty for all.
        needs: capabilities that an implementation may lack; only rules of a user's own need one with a dot in its name.
        when: a condition that the other parameters cannot express: a sentence for where it does not hold, and a
            function of the `Facts`.

    Raises:
        TypeError: when the decorator runs, for a value of the wrong type.
        ValueError: when the decorator runs, for an unknown word, or a docstring without sentence or reason; the
            message names the closest word that exists.
    """
    if level == "untested":
        raise ValueError(f"rule {slug!r}: a rule with a test cannot have the level 'untested'")

    def tie(test: Test) -> Test:
        code = inspect.unwrap(test).__code__
        sentence, _, why = inspect.cleandoc(test.__doc__ or "").partition("\n\n")
        test.__rule__ = Rule(  # type: ignore[attr-defined]
            slug=slug,
            level=level,
            source=_sources(slug, source),
            sentence=_marked(" ".join(sentence.split())),
            why=_marked(why.strip()),
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
        return test

    return tie


def rule_of(test: object) -> Rule | None:
    """The rule that a test function proves, or None."""
    found = getattr(test, "__rule__", None)
    return found if isinstance(found, Rule) else None


def untested(slug: str, sentence: str, *, source: Sources, reason: str) -> Rule:
    """States a documented behavior that no test can prove. Raises `TypeError` and `ValueError` as `rule` does."""
    caller = sys._getframe(1)
    return Rule(
        slug=slug,
        level="untested",
        source=_sources(slug, source),
        sentence=_marked(sentence),
        why="",
        reason=_marked(reason),
        file=caller.f_code.co_filename,
        line=caller.f_lineno,
    )


def each(names: Names, values: Sequence[Any], *, ids: Ids = None) -> Callable[[Test], Test]:
    """Repeats a test for each of `values`; `ids` names the repetitions, by default as pytest does.

    ``@each("maxsize", [1, 2])`` gives the test's argument `maxsize` one value after another, and
    ``@each(("producers", "maxsize"), [(1, 4), (3, 2)])`` gives several arguments a tuple of values.
    Raises `ValueError` when the decorator runs, if the numbers of names, values and ids do not fit.
    """
    if not values:
        raise ValueError(f"each({names!r}): there are no values")
    if not isinstance(names, str) and any(len(value) != len(names) for value in values):
        raise ValueError(f"each({names!r}): every value should be a tuple of {len(names)}")
    if isinstance(ids, (list, tuple)) and len(ids) != len(values):
        raise ValueError(f"each({names!r}): there are {len(values)} values and {len(ids)} ids")

    def repeat(test: Test) -> Test:
        test.__each__ = (*each_of(test), (names, tuple(values), ids))  # type: ignore[attr-defined]
        return test

    return repeat


def each_of(test: object) -> tuple[tuple[Names, tuple[Any, ...], Ids], ...]:
    """The arguments of each `each` of a test function; the decorator nearest to the function comes first."""
    found = getattr(test, "__each__", ())
    return found if isinstance(found, tuple) else ()
