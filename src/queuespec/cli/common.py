"""What several commands do: find the checkout, or a rule by its name; refuse an unknown name; write a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from queuespec.cli.parser import Refused
from queuespec.report.document import rules_of
from queuespec.results import write_atomically
from queuespec.rules import Rule, chapters, specification_folder
from queuespec.rules.words import did_you_mean
from queuespec.text import one_line

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path


def checkout() -> Path | None:
    """The checkout that this package is in; None if the package is installed elsewhere."""
    home = specification_folder().parents[1]
    return home if (home / "pyproject.toml").is_file() else None


def rule_named(slug: str) -> Rule:
    """The rule with this slug, or the one whose test also proves it. Raises `Refused`."""
    rules = rules_of(chapters())
    named = {proved: rule for rule in rules for proved in rule.proves}
    named.update({rule.slug: rule for rule in rules})
    refuse_unknown([slug], named)
    return named[slug]


def refuse_unknown(names: Collection[str], known: Collection[str], what: str = "rule") -> None:
    """Raises `Refused` for a name of a rule, or of something else, that does not exist; names the closest one."""
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known) or f"; 'queuespec {'list' if what == 'rule' else 'faults'}' lists all"
            raise Refused(f"there is no {what} '{one_line(name, 100)}'{hint}")


def write(path: Path, *parts: str) -> None:
    """Writes a file. Raises `Refused`."""
    try:
        write_atomically(path, parts)
    except OSError as error:
        raise Refused(f"cannot write {one_line(str(path))!r}: {error.strerror or type(error).__name__}") from None
