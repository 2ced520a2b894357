"""``queuespec new-rule``: the skeleton of a rule and of its fault, in a checkout."""

import shutil

import pytest
from runs import CHECKOUT, outcomes

from queuespec.__main__ import main
from queuespec.rules import chapters

CHAPTERS = [chapter.name for chapter in chapters()]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    home = tmp_path_factory.mktemp("checkout")
    for name in ("src", "tests/spec", "changes"):
        shutil.copytree(CHECKOUT / name, home / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CHECKOUT / "pyproject.toml", home)
    return home


def queuespec(checkout, *commands):
    return outcomes(*commands, source=checkout / "src")


def test_the_skeletons_of_every_chapter_can_be_read_and_are_not_yet_written(checkout):
    slugs = {chapter: f"new-{chapter.replace('_', '-')}.rule" for chapter in CHAPTERS}
    written = queuespec(checkout, *(["new-rule", slug, "--chapter", chapter] for chapter, slug in slugs.items()))
    for slug, (status, printed, said) in zip(slugs.values(), written):
        assert (status, said) == (0, "")
        assert f"queuespec --rule {slug}\n" in printed

    rules = queuespec(checkout, *(["explain", slug] for slug in slugs.values()))
    faults = queuespec(checkout, *(["faults", f"breaks-{slug.replace('.', '-')}"] for slug in slugs.values()))
    for slug, (status, printed, said) in zip([*slugs.values()] * 2, [*rules, *faults]):
        assert (status, said) == (0, "")
        assert slug in printed
    assert all("TODO" in printed for _, printed, _ in rules)


def test_a_slug_whose_first_word_is_known_needs_no_chapter(checkout):
    assert queuespec(checkout, ["new-rule", "get.another-one", "--fault", "get-another-2"])[0][0] == 0
    assert "def test_get_another_one(" in (checkout / "tests/spec/test_getting.py").read_text(encoding="utf-8")
    faults = (checkout / "src/queuespec/queues/faults/getting.py").read_text(encoding="utf-8")
    assert "class GetAnother2:" in faults
    fragment = checkout / "changes" / "+get-another-one.added.md"
    assert fragment.read_text(encoding="utf-8") == "The rule `get.another-one`.\n"


SLIPS = [
    (["gett.one"], "no rule begins with 'gett.'; did you mean 'get'?"),
    (["get.blocks-when-empty"], "a slug is never reused"),
    (["Get.One"], "is not a valid slug"),
    (["get.one", "--chapter", "gettin"], "there is no chapter 'gettin'; did you mean 'getting'?"),
    (["get.one", "--fault", "none-for-empty"], "a fault named 'none-for-empty' already exists"),
    (["get.one", "--fault", "None"], "is not a valid name"),
    (["get.one", "--fault", "none"], "is not a valid name"),
]


def test_a_slip_writes_nothing(checkout):
    before = {path: path.read_bytes() for path in checkout.rglob("*.[pm][yd]")}
    refused = queuespec(checkout, *(["new-rule", *words] for words, _ in SLIPS))
    for (words, sentence), (status, printed, said) in zip(SLIPS, refused):
        assert (words, status, printed) == (words, 4, "")
        assert sentence in said
    assert {path: path.read_bytes() for path in checkout.rglob("*.[pm][yd]")} == before


def test_a_package_that_is_no_checkout_gets_no_rules(monkeypatch, capsys):
    monkeypatch.setattr("queuespec.cli.new_rule.checkout", lambda: None)

    assert main(["new-rule", "get.one"]) == 4

    said = "new rules are written in a checkout of queuespec; install it there with pip install -e ."
    assert capsys.readouterr().err == f"queuespec new-rule: {said}\n"
