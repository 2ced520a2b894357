"""What changed between two runs: regressions, repairs and other changes, each in a group of its own."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from queuespec.results.costs import Costs
from queuespec.results.findings import Found, Results
from queuespec.results.verdict import CONFORMS, JUDGED, UNSUPPORTED, BadFile, Header, Verdict
from queuespec.text import counted, one_line

REGRESSIONS, REPAIRS, NEW, WITHDRAWN = "regressions", "repairs", "new", "withdrawn"
NO_LONGER_JUDGED, NEWLY_JUDGED, NOT_GATING, UNSTABLE = "no-longer-judged", "newly-judged", "not-gating", "unstable"
NEW_FINDINGS, GONE_FINDINGS = "new-findings", "gone-findings"
RUNS = ("rounds", "schedules")
"""What is counted as a run of exploring."""
GROUPS = (
    *(REGRESSIONS, REPAIRS, NEW, WITHDRAWN, NO_LONGER_JUDGED, NEWLY_JUDGED, NOT_GATING, UNSTABLE),
    *(NEW_FINDINGS, GONE_FINDINGS),
)
"""The groups of changes; only regressions and new findings of exploring fail a comparison."""


@dataclasses.dataclass
class Change:
    """A rule whose verdict changed in the same way for one or several kinds; an empty string means no verdict."""

    rule: str
    start_method: str
    parameters: str
    before: str
    after: str
    explanation: str
    """The explanation of the new verdict, if it is one of `JUDGED`."""
    cause: str
    """What else changed between the runs, as a possible cause."""
    kinds: list[str]
    expected: str = ""
    """The reason from the expected deviation that matches the new verdict."""

    def sentence(self, setting: str) -> str:
        """All but explanation and cause, on one line; `setting` is where it happened."""
        where = ", ".join(filter(None, (setting, self.start_method)))
        about = ", ".join(filter(None, (*self.kinds, self.parameters)))
        what = f"{self.before or 'not judged'} -> {self.after or 'not judged'}"
        known = f" (expected: {self.expected})" if self.expected else ""
        return one_line(f"{where}: {self.rule}{f' ({about})' if about else ''} {what}{known}")


class Comparison:
    """What changed from an old to a new run. Raises `BadFile` if one is incomplete, or they have nothing in common."""

    def __init__(self, old: Results, new: Results) -> None:
        for results in (old, new):
            if results.cut_short:
                raise BadFile(f"cannot compare {results.name}: {results.cut_short}")
        self.old, self.new = old, new
        self.differences = dict(_differences(old.header, new.header))
        """What differs between the headers, by name, in words."""
        self.setting = _setting(old.header, new.header)
        """What was judged, in words."""
        self.compared = 0
        """The number of judged verdicts in common."""
        self._groups: dict[str, dict[tuple[str, ...], Change]] = {name: {} for name in GROUPS}
        self._compare()
        self.explored = old.explored is not None and new.explored is not None
        """Whether both runs explored."""
        if self.explored:
            self._compare_findings()
        self.costs = Costs(old.measured, new.measured)
        """What became slower or faster, if both runs measured."""
        if not self.compared and not self.explored and not self.costs.changes:
            raise BadFile(f"nothing to compare: {old.name} and {new.name} have no judged verdict in common")

    def _compare(self) -> None:
        before = {verdict.key: verdict for verdict in self.old.verdicts}
        old_rules = {verdict.rule for verdict in self.old.verdicts}
        new_rules = {verdict.rule for verdict in self.new.verdicts}
        other_rules = self.old.header.rule_set != self.new.header.rule_set
        for new in self.new.verdicts:
            old = before.pop(new.key, None)
            if old is not None:
                self._compare_two(old, new)
            elif other_rules and new.rule not in old_rules and not _narrowed(self.old):
                self._note(NEW, None, new)
            elif new.verdict in JUDGED:
                self._note(NEWLY_JUDGED, None, new)
        for old in before.values():
            if other_rules and old.rule not in new_rules and not _narrowed(self.new):
                self._note(WITHDRAWN, old, None)
            elif old.verdict in JUDGED:
                self._note(NO_LONGER_JUDGED, old, None)

    def _compare_two(self, old: Verdict, new: Verdict) -> None:
        was, now = old.verdict in JUDGED, new.verdict in JUDGED
        self.compared += was and now
        if old.verdict == new.verdict or not (was or now):
            return
        if not was:
            self._note(NEWLY_JUDGED, old, new)
        elif not now and (old.verdict, new.verdict) != (CONFORMS, UNSUPPORTED):
            self._note(NO_LONGER_JUDGED, old, new)
        elif old.is_unstable or new.is_unstable:
            self._note(UNSTABLE, old, new)
        elif not (old.gates or new.gates):
            self._note(NOT_GATING, old, new)
        elif not now or JUDGED.index(new.verdict) > JUDGED.index(old.verdict):
            self.compared += not now
            self._note(REGRESSIONS, old, new)
        else:
            self._note(REPAIRS, old, new)

    def _compare_findings(self) -> None:
        """Findings are the same if they have the same cause, kind and start method; one is gone only if there was an
        occasion to find it again."""
        before, after = _findings(self.old), _findings(self.new)
        kinds, methods = self.new.header.options.get("kinds"), self.new.header.start_methods
        for key in [*after, *(key for key in before if key not in after)]:
            _, kind, method = key
            if key not in before:
                self._note_finding(NEW_FINDINGS, after[key], method, "not found", "found")
            elif key not in after and method in methods and (kinds is None or kind in kinds):
                self._note_finding(GONE_FINDINGS, before[key], method, "found", "not found")

    def _note_finding(self, group: str, found: Found, method: str, before: str, after: str) -> None:
        about = (found.rule, method, found.cause, before, after)
        cause = " and ".join(self.differences) or "nothing that the files record"
        change = Change(*about, one_line(found.sentence, 300), cause, [found.kind])
        self._groups[group].setdefault((*about, found.kind), change)

    def _note(self, group: str, old: Verdict | None, new: Verdict | None) -> None:
        one = new or old
        assert one is not None
        cause = self._cause(group, old, new)
        words = (one.rule, one.start_method, one.parameters, old.verdict if old else "", new.verdict if new else "")
        changes, key = self._groups[group], (*words, cause)
        if key not in changes:
            explanation = one_line(new.explanation, 300) if new and new.verdict in JUDGED else ""
            expected = one_line(new.declared["reason"]) if new and new.declared else ""
            changes[key] = Change(*words, explanation, cause, [], expected)
        if one.kind:
            changes[key].kinds.append(one.kind)

    def _cause(self, group: str, old: Verdict | None, new: Verdict | None) -> str:
        if old and new and old.sentence and new.sentence and (old.sentence, old.level) != (new.sentence, new.level):
            return "the rule itself"
        if group in (NEW, WITHDRAWN):
            return "rule set"
        causes = [name for name in self.differences if name != "rule set"] or list(self.differences)
        return " and ".join(causes) or "nothing that the files record"

    def changes(self, group: str) -> dict[str, list[Change]]:
        """The changes of a group, by cause; an empty dict if there are none."""
        found: dict[str, list[Change]] = {}
        for change in self._groups[group].values():
            found.setdefault(change.cause, []).append(change)
        return found

    @property
    def fails(self) -> bool:
        """Whether something is worse than before."""
        return bool(self.count(REGRESSIONS) or self.count(NEW_FINDINGS))

    def count(self, group: str) -> int:
        """The number of verdicts in a group."""
        return sum(max(1, len(change.kinds)) for change in self._groups[group].values())

    @property
    def conclusion(self) -> str:
        """One sentence: what was compared, and the outcome."""
        if not self.compared:
            return self._of_findings if self.explored else self.costs.conclusion
        worse, lost = self.count(REGRESSIONS), self.count(NO_LONGER_JUDGED)
        found = counted(worse, "regression") if worse else "no regressions"
        rest = f"; {counted(lost, 'verdict')} of the old run {'is' if lost == 1 else 'are'} no longer judged"
        return f"{found} in {counted(self.compared, 'common verdict')}{rest if lost else ''}"

    @property
    def _of_findings(self) -> str:
        fresh, gone = self.count(NEW_FINDINGS), self.count(GONE_FINDINGS)
        runs = [sum((one.explored or {}).get(name, 0) for name in RUNS) for one in (self.old, self.new)]
        found = counted(fresh, "new finding") if fresh else "no new findings"
        return f"{found}, {gone:,} gone; {runs[0]:,} runs before, {counted(runs[1], 'run')} now"

    def as_data(self) -> dict[str, Any]:
        """All of it, as data for JSON."""
        groups = {
            name: [{**dataclasses.asdict(one), "text": one.sentence(self.setting)} for one in changes.values()]
            for name, changes in self._groups.items()
        }
        return {
            "old": {"file": self.old.name, **self.old.header.as_data()},
            "new": {"file": self.new.name, **self.new.header.as_data()},
            "differences": self.differences,
            "compared": self.compared,
            **groups,
            **({"costs": self.costs.as_data()} if self.costs.changes else {}),
        }


def _findings(results: Results) -> dict[tuple[str, str, str], Found]:
    return {(one.cause, one.kind, method): one for one in results.findings for method in one.counts}


def _narrowed(results: Results) -> bool:
    """Whether the options selected only some rules."""
    options = results.header.options
    return bool(options.get("rules") or options.get("keyword"))


def _arrow(old: str, new: str) -> str:
    return old if old == new else f"{old} -> {new}"


def _python(old: Header, new: Header) -> str:
    one, two = old.subject, new.subject
    if (one.python_implementation, one.free_threaded) == (two.python_implementation, two.free_threaded):
        name = one.interpreter.partition(" ")[0]
        free = " free-threaded" if one.free_threaded else ""
        return f"{name} {_arrow(one.python_version, two.python_version)}{free}"
    return _arrow(one.interpreter, two.interpreter)


def _setting(old: Header, new: Header) -> str:
    """What was judged: the beginning of every sentence."""
    one, two = old.subject, new.subject
    parts = [_python(old, new)]
    if one.judged != two.judged or one.implementation != "multiprocessing":
        parts.insert(0, _arrow(one.judged, two.judged))
    if one.platform != two.platform:
        parts.append(_arrow(one.platform, two.platform))
    return ", ".join(one_line(part, 200) for part in parts)


def _differences(old: Header, new: Header) -> Iterator[tuple[str, str]]:
    one, two = old.subject, new.subject
    if one.interpreter != two.interpreter:
        yield "Python", _python(old, new)
    elif one.python_build != two.python_build:
        builds = _arrow(one.python_build or "unknown", two.python_build or "unknown")
        yield "Python", f"{one.interpreter}, build {builds}"
    if one.judged != two.judged:
        yield "implementation", _arrow(one.judged, two.judged)
    if (one.platform, one.release) != (two.platform, two.release):
        yield "OS", _arrow(f"{one.platform} {one.release}".rstrip(), f"{two.platform} {two.release}".rstrip())
    if (old.queuespec, old.rule_set) != (new.queuespec, new.rule_set):
        yield "rule set", _arrow(f"queuespec {old.queuespec} ({old.rule_set})", f"{new.queuespec} ({new.rule_set})")
    before, after = old.options, new.options
    names = sorted({*before, *after} - {"deviations"})  # those expected change no verdict
    names = [name for name in names if before.get(name) != after.get(name)]
    if names:
        changed = (f"{name} {_arrow(_value(before.get(name)), _value(after.get(name)))}" for name in names)
        yield "options", ", ".join(changed)


def _value(option: Any) -> str:
    """The value of an option, in words."""
    if option is None:
        return "unknown"
    return (" ".join(map(str, option)) if isinstance(option, list) else str(option)) or "none"
