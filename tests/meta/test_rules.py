"""The rules are in order: names, reasons, and one rule for one behavior."""

import ast
import re
from collections import Counter

from queuespec.rules import KINDS, LEVELS, chapters, specification_folder

CHAPTERS = chapters()
RULES = [rule for chapter in CHAPTERS for rule in chapter.rules]
SLUGS = {rule.slug for rule in RULES}
KNOWN = SLUGS | {slug for rule in RULES for slug in rule.proves}
SLUG = re.compile(r"[a-z]+(-[a-z]+)*\.[a-z0-9]+(-[a-z0-9]+)*")


def test_slugs_are_words_joined_by_hyphens_after_a_chapter_word():
    assert [slug for slug in sorted(KNOWN) if not SLUG.fullmatch(slug)] == []


def test_no_slug_is_used_twice():
    assert [slug for slug, count in Counter(rule.slug for rule in RULES).items() if count > 1] == []


def test_no_behaviour_is_proved_by_two_rules():
    assert [slug for slug, count in Counter(slug for rule in RULES for slug in rule.proves).items() if count > 1] == []


def test_what_a_rule_proves_on_the_way_has_no_test_of_its_own():
    assert {rule.slug: sorted(SLUGS & set(rule.proves)) for rule in RULES if SLUGS & set(rule.proves)} == {}


def test_levels_and_kinds_are_known():
    assert {rule.slug: rule.level for rule in RULES if rule.level not in LEVELS} == {}
    assert {rule.slug: rule.kinds for rule in RULES if set(rule.kinds) - set(KINDS)} == {}


def test_every_rule_says_why_and_what_is_untested_says_the_reason():
    assert [rule.slug for rule in RULES if rule.level != "untested" and len(rule.why) < 10] == []
    assert [rule.slug for rule in RULES if rule.level == "untested" and not rule.reason] == []


def test_every_rule_has_a_test_or_is_untested():
    assert [rule.slug for rule in RULES if not rule.test and rule.level != "untested"] == []
    assert [rule.slug for rule in RULES if rule.test and rule.level == "untested"] == []


def test_every_rule_has_a_source():
    assert [rule.slug for rule in RULES if not rule.source] == []


def test_every_test_of_the_specification_carries_a_rule():
    """One that shares its name with a later one would silently be replaced, and its rule with it."""
    tied = Counter((rule.file.rpartition("test_")[2], rule.test) for rule in RULES if rule.test)
    written = Counter(
        (path.name.rpartition("test_")[2], node.name)
        for path in specification_folder().glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )

    assert written == tied


def test_every_untested_behaviour_is_in_a_list_of_its_chapter():
    written = sum(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "untested"
        for path in specification_folder().glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    )

    assert written == sum(rule.level == "untested" for rule in RULES)


def test_every_chapter_has_a_title_and_an_introduction():
    assert [chapter.name for chapter in CHAPTERS if not chapter.title or not chapter.introduction] == []


def test_no_two_rules_read_the_same():
    """Kinds and chapters aside, a reader could not tell them apart."""
    sentences = Counter((rule.chapter, rule.sentence) for rule in RULES)

    assert [sentence for sentence, count in sentences.items() if count > 1] == []
