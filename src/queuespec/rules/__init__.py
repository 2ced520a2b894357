"""What must hold: the rules, their sources and chapters. Imports neither pytest nor our other packages."""

from queuespec.rules.chapters import Chapter, chapters, specification_folder
from queuespec.rules.facts import Facts, Subject
from queuespec.rules.own import BadRules, is_own, with_own
from queuespec.rules.rule import Rule, chapter_of, dotted, each, each_of, rule, rule_of, untested
from queuespec.rules.sources import (
    ARTICLE,
    CHANGELOG,
    DOCS,
    ISSUE,
    LIBRARY,
    OBSERVED,
    PICKLE,
    THREAD_QUEUE,
    WHATS_NEW,
    Source,
)
from queuespec.rules.words import KINDS, LEVELS, SYSTEMS
