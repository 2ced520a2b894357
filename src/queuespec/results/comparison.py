"""What changed between two runs, in sentences: regressions, repairs, and what cannot be compared, kept apart."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from rich.text import Text

from queuespec.report.console import show
from queuespec.results import JUDGED, BadFile, Header, Results, Verdict
from queuespec.text import counted, markdown, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console

GROUPS = {
    "regressions": "Regressions",
    "repairs": "Repairs",
    "new": "New rules",
    "withdrawn": "Withdrawn rules",
    "no-longer-judged": "No longer judged",
    "judged-now": "Judged only now",
    "not-gating": "Changes that gate no run",
    "unstable": "Changes that were declared unstable",
}


@dataclasses.dataclass
class Change:
    """One rule that came out otherwise, for one or several kinds."""

    rule: str
    start_method: str
    parameters: str
    before: str
    after: str
    explanation: str
    kinds: list[str]
    declared: str = ""

    def sentence(self, setting: str) -> str:
        where = ", ".join(filter(None, (setting, self.start_method)))
        about = ", ".join(filter(None, (*self.kinds, self.parameters)))
        what = f"{self.before or 'not judged'} -> {self.after or 'not judged'}"
        known = f" (declared: {self.declared})" if self.declared else ""
        return one_line(f"{where}: {self.rule}{f' ({about})' if about else ''} {what}{known}")


class Comparison:
    """Two runs, the old and the new. Raises `BadFile` for two that have nothing in common."""

    def __init__(self, old: Results, new: Results) -> None:
        for results in (old, new):
            if results.cut_short:
                raise BadFile(f"{results.name} cannot be compared: {results.cut_short}")
        self.old, self.new = old, new
        self.changed = dict(_differences(old.header, new.header))
        self.setting = _setting(old.header, new.header)
        self.compared = 0
        self.groups: dict[str, dict[str, dict[tuple[str, ...], Change]]] = {name: {} for name in GROUPS}
        self._compare()
        if not self.compared:
            raise BadFile(f"{old.name} and {new.name} have no judged verdict in common: there is nothing to compare")

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
                self._note("new", None, new)
            elif new.verdict in JUDGED:
                self._note("judged-now", None, new)
        for old in before.values():
            if other_rules and old.rule not in new_rules and not _narrowed(self.new):
                self._note("withdrawn", old, None)
            elif old.verdict in JUDGED:
                self._note("no-longer-judged", old, None)

    def _compare_two(self, old: Verdict, new: Verdict) -> None:
        was, now = old.verdict in JUDGED, new.verdict in JUDGED
        self.compared += was and now
        if old.verdict == new.verdict:
            return
        if not was and not now:
            return
        if not was:
            self._note("judged-now", old, new)
        elif not now and not (old.verdict == "conforms" and new.verdict == "unsupported"):
            self._note("no-longer-judged", old, new)
        elif any(one.declared and one.declared.get("unstable") for one in (old, new)):
            self._note("unstable", old, new)
        elif not (old.gates or new.gates):
            self._note("not-gating", old, new)
        elif not now or JUDGED.index(new.verdict) > JUDGED.index(old.verdict):
            self.compared += not now
            self._note("regressions", old, new)
        else:
            self._note("repairs", old, new)

    def _note(self, group: str, old: Verdict | None, new: Verdict | None) -> None:
        one = new or old
        assert one is not None
        words = (one.rule, one.start_method, one.parameters, old.verdict if old else "", new.verdict if new else "")
        changes = self.groups[group].setdefault(self._cause(group, old, new), {})
        if words not in changes:
            declared = new.declared["reason"] if new and new.declared else ""
            changes[words] = Change(*words, one_line(new.explanation, 300) if new else "", [], one_line(declared))
        if one.kind:
            changes[words].kinds.append(one.kind)

    def _cause(self, group: str, old: Verdict | None, new: Verdict | None) -> str:
        """What changed that may be the reason, in words."""
        if old and new and old.sentence and new.sentence and (old.sentence, old.level) != (new.sentence, new.level):
            return "the rule itself"
        if group in ("new", "withdrawn"):
            return "rule set"
        causes = [name for name in self.changed if name != "rule set"] or list(self.changed)
        return " and ".join(causes) or "nothing that is recorded"

    def count(self, group: str) -> int:
        """How many verdicts are in a group."""
        return sum(max(1, len(change.kinds)) for found in self.groups[group].values() for change in found.values())

    @property
    def conclusion(self) -> str:
        """The last word: what was compared, and what came of it."""
        worse, lost = self.count("regressions"), self.count("no-longer-judged")
        found = f"{counted(worse, 'regression')}" if worse else "no regression"
        rest = f"; {lost} that the old one has {'is' if lost == 1 else 'are'} not judged in the new one" if lost else ""
        return f"{found} among {counted(self.compared, 'verdict')} that both have{rest}"


def _narrowed(results: Results) -> bool:
    """Whether only some rules were asked for."""
    options = results.header.options
    return bool(options.get("rules") or options.get("keyword"))


def _arrow(old: str, new: str) -> str:
    return old if old == new else f"{old} -> {new}"


def _python(old: Header, new: Header) -> str:
    if (old.python_implementation, old.free_threaded) == (new.python_implementation, new.free_threaded):
        name = old.python.partition(" ")[0]
        free = " free-threaded" if old.free_threaded else ""
        return f"{name} {_arrow(old.python_version, new.python_version)}{free}"
    return _arrow(old.python, new.python)


def _setting(old: Header, new: Header) -> str:
    """What was judged, as every sentence begins."""
    parts = [_python(old, new)]
    if old.judged != new.judged or old.implementation != "multiprocessing":
        parts.insert(0, _arrow(old.judged, new.judged))
    if old.platform != new.platform:
        parts.append(_arrow(old.platform, new.platform))
    return ", ".join(one_line(part, 200) for part in parts)


def _differences(old: Header, new: Header) -> Iterator[tuple[str, str]]:
    """What changed between the headers, by name, in words."""
    if old.python != new.python:
        yield "Python", _python(old, new)
    elif old.python_build != new.python_build:
        yield "Python", f"{old.python}, build {_arrow(old.python_build or 'unknown', new.python_build or 'unknown')}"
    if old.judged != new.judged:
        yield "implementation", _arrow(old.judged, new.judged)
    if (old.platform, old.release) != (new.platform, new.release):
        yield "OS", _arrow(f"{old.platform} {old.release}".rstrip(), f"{new.platform} {new.release}".rstrip())
    if (old.queuespec, old.rule_set) != (new.queuespec, new.rule_set):
        yield "rule set", _arrow(f"queuespec {old.queuespec} ({old.rule_set})", f"{new.queuespec} ({new.rule_set})")
    one, two = dict(old.options), dict(new.options)
    if one != two:
        names = [name for name in sorted({*one, *two}) if one.get(name) != two.get(name)]
        yield "options", ", ".join(f"{name} {_arrow(_told(one.get(name)), _told(two.get(name)))}" for name in names)


def _told(option: Any) -> str:
    """What an option was, in words."""
    if option is None:
        return "unknown"
    if isinstance(option, list):
        return " ".join(map(str, option)) or "none"
    return str(option) or "none"


def _described(label: str, results: Results) -> str:
    header = results.header
    when = f", {header.started[:10]}" if header.started else ""
    about = f"{header.judged} on {header.python}, {header.platform}{when}"
    return one_line(f"{label}: {about}: {counted(len(results.verdicts), 'verdict')} ({results.name})")


def _facts(comparison: Comparison) -> Iterator[str]:
    yield _described("old", comparison.old)
    yield _described("new", comparison.new)
    for name, words in comparison.changed.items():
        yield one_line(f"changed: {name}: {words}")
    if not comparison.changed:
        yield "changed: nothing that is recorded"


def to_terminal(comparison: Comparison, console: Console) -> None:
    """In sentences, for people."""
    show(console, *map(Text, _facts(comparison)))
    for group, title in GROUPS.items():
        causes = comparison.groups[group]
        if not causes:
            continue
        style = {"regressions": "bold red", "repairs": "bold green"}.get(group, "bold")
        show(console, Text(), Text(f"{title} ({comparison.count(group)})", style=style))
        for cause, changes in causes.items():
            show(console, Text(f"  what changed: {cause}"))
            for change in changes.values():
                show(console, Text(f"    {change.sentence(comparison.setting)}"))
                if change.explanation and change.after in JUDGED:
                    show(console, Text(f"      {change.explanation}"))
    style = "bold red" if comparison.groups["regressions"] else "bold"
    show(console, Text(), Text(comparison.conclusion, style=style))


def as_markdown(comparison: Comparison) -> str:
    lines = [f"- {markdown(fact)}" for fact in _facts(comparison)]
    for group, title in GROUPS.items():
        causes = comparison.groups[group]
        if not causes:
            continue
        lines += ["", f"### {title} ({comparison.count(group)})"]
        for cause, changes in causes.items():
            lines += ["", f"What changed: {markdown(cause)}", ""]
            lines += [_markdown_item(change, comparison.setting) for change in changes.values()]
    return "\n".join([*lines, "", f"**{markdown(comparison.conclusion)}**", ""])


def _markdown_item(change: Change, setting: str) -> str:
    told = f"<br>{markdown(change.explanation)}" if change.explanation and change.after in JUDGED else ""
    return f"- {markdown(change.sentence(setting))}{told}"


def as_json(comparison: Comparison) -> str:
    data: dict[str, Any] = {
        "old": {"file": comparison.old.name, **comparison.old.header.as_data()},
        "new": {"file": comparison.new.name, **comparison.new.header.as_data()},
        "changed": comparison.changed,
        "compared": comparison.compared,
    }
    for group in GROUPS:
        data[group] = list(_items(comparison.groups[group], comparison.setting))
    return json.dumps(data, indent=1)


def _items(causes: dict[str, dict[tuple[str, ...], Change]], setting: str) -> Iterable[dict[str, Any]]:
    for cause, changes in causes.items():
        for change in changes.values():
            yield {**dataclasses.asdict(change), "cause": cause, "text": change.sentence(setting)}
