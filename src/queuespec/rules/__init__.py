"""What must hold: the rules, their sources and chapters. Imports neither pytest nor our other packages."""

from queuespec.rules.chapters import Chapter, chapters, imported, specification_folder
from queuespec.rules.each import each, each_of
from queuespec.rules.facts import Facts, Subject
from queuespec.rules.rule import Rule, chapter_of, dotted, rule, rule_of, untested
from queuespec.rules.sources import (
    ARTICLE,
    CHANGELOG,
    DOCS,
    ISSUE,
    OBSERVED,
    PICKLE,
    THREAD_QUEUE,
    WHATS_NEW,
    Source,
)
from queuespec.rules.words import KINDS, LEVELS, SYSTEMS

__all__ = [
    "ARTICLE",
    "CHANGELOG",
    "DOCS",
    "ISSUE",
    "KINDS",
    "LEVELS",
    "OBSERVED",
    "PICKLE",
    "SYSTEMS",
    "THREAD_QUEUE",
    "WHATS_NEW",
    "Chapter",
    "Facts",
    "Rule",
    "Source",
    "Subject",
    "chapter_of",
    "chapters",
    "dotted",
    "each",
    "each_of",
    "imported",
    "rule",
    "rule_of",
    "specification_folder",
    "untested",
]
