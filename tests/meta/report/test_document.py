"""The specification as a document: complete, linked, the same every time, and never older than its tests."""

import dataclasses
import difflib
import re
from pathlib import Path

import pytest
from runs import CHECKOUT

from queuespec.__main__ import main
from queuespec.cli.spec import NAME
from queuespec.report.document import rule_text, specification
from queuespec.rules import chapters

CHAPTERS = chapters()
RULES = [rule for chapter in CHAPTERS for rule in chapter.rules]
TEXT = specification(CHAPTERS)


def test_the_document_of_this_checkout_is_up_to_date(capsys):
    assert main(["spec", "--check"]) == 0, capsys.readouterr().err


def test_outside_a_checkout_a_file_has_to_be_named(monkeypatch, capsys):
    monkeypatch.setattr("queuespec.cli.spec.checkout", lambda: None)

    assert main(["spec"]) == 4

    assert capsys.readouterr().err == (
        "queuespec spec: no checkout with a SPECIFICATION.md found; name a file with --output\n"
    )


def test_it_is_the_same_every_time():
    assert specification(chapters()) == TEXT


def test_every_behaviour_can_be_linked_to():
    slugs = [slug for rule in RULES for slug in (rule.slug, *rule.proves)]

    assert [slug for slug in slugs if TEXT.count(f'<a id="{slug}"></a>') != 1] == []


def test_every_link_inside_leads_somewhere():
    anchors = set(re.findall(r'<a id="([^"]+)">', TEXT))

    assert {target for target in re.findall(r"\]\(#([^)]+)\)", TEXT) if target not in anchors} == set()


def test_every_rule_links_the_file_of_its_test_and_names_the_test():
    for rule in (rule for rule in RULES if rule.test):
        name = Path(rule.file).name
        assert f"`{rule.test}` in [{name}](tests/spec/{name})" in TEXT
        assert f"def {rule.test}(" in (CHECKOUT / "tests" / "spec" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("position", [0, -1], ids=["first", "last"])
def test_a_new_rule_changes_its_own_lines_and_the_index_and_nothing_else(position):
    chapter = CHAPTERS[2]
    near = [rule for rule in chapter.rules if rule.test][position]
    rules = list(chapter.rules)
    rules.insert(rules.index(near), dataclasses.replace(near, slug="new.rule", sentence="A new sentence", proves=()))
    rules = [dataclasses.replace(rule, line=rule.line + 20 * (rule.line >= near.line)) for rule in rules]
    found = [dataclasses.replace(one, rules=tuple(rules)) if one is chapter else one for one in CHAPTERS]

    changes = [
        line for line in difflib.ndiff(TEXT.splitlines(), specification(found).splitlines()) if not line.startswith(" ")
    ]

    assert [line for line in changes if not line.startswith("+")] == []
    assert len(changes) == 1 + rule_text(near).count("\n") - len(near.proves) + 2
    assert sum("new.rule" in line for line in changes) == 3


def test_every_source_on_the_web_has_a_link():
    urls = {source.url for rule in RULES for source in rule.source if source.url}

    assert {url for url in urls if f"]({url})" not in TEXT} == set()


def test_what_is_untested_says_the_reason():
    assert [rule.slug for rule in RULES if rule.level == "untested" and rule.reason not in TEXT] == []


def test_it_has_no_lines_that_break_its_tables():
    index = TEXT[TEXT.index("## Index") :].splitlines()

    assert [line for line in index if line.startswith("| [") and line.count("|") != 4] == []


def test_writing_makes_a_file_that_the_check_accepts(tmp_path):
    file = tmp_path / NAME

    assert main(["spec", "--output", str(file)]) == 0

    assert main(["spec", "--check", "--output", str(file)]) == 0
    assert b"\r" not in file.read_bytes()


@pytest.mark.parametrize("content", [None, "", TEXT + "\n"], ids=["missing", "empty", "changed"])
def test_a_document_that_is_not_up_to_date_fails_the_check_with_one_sentence(tmp_path, capsys, content):
    file = tmp_path / NAME
    if content is not None:
        file.write_text(content, encoding="utf-8")

    assert main(["spec", "--check", "--output", str(file)]) == 1

    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert "queuespec spec" in said[0]
    assert file.exists() == (content is not None)


def test_a_place_that_cannot_be_written_to_is_a_usage_error(tmp_path, capsys):
    assert main(["spec", "--output", str(tmp_path / "no folder" / NAME)]) == 4

    assert len(capsys.readouterr().err.splitlines()) == 1
