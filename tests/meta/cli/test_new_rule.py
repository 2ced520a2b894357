"""``queuespec new-rule``: the skeleton of a rule and of its fault, in a checkout."""

import json
import shutil

import pytest
from runs import CHECKOUT, METHOD, outcomes
from samples import header

from queuespec import results
from queuespec.__main__ import main
from queuespec.cli import new_rule
from queuespec.explore.counterexample import Broken, Counterexample
from queuespec.explore.history import History
from queuespec.explore.scenario import Operation, Part, Scenario
from queuespec.explore.schedule import Hold, Schedule
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


def counterexample(file):
    """Saves what a queue does whose get() returns None for Empty, while a put() in another process is held."""
    put, get = Operation("put", "c1-1"), Operation("get_nowait")
    scenario = Scenario("Queue", METHOD, (Part("child 1", (put,)), Part("parent", (get,))), 2)
    line = {"file": "multiprocessing/queues.py", "function": "put", "line": 1, "text": "self._notempty.notify()"}
    broken = Broken('it said """None\\n"""', "get.nonblocking-raises-empty", "none")
    found = Counterexample(broken, Schedule(1, (Hold("child 1", 0, **line),)), History(scenario, ()), 10, 10)
    file.write_text(json.dumps(results.saved(header(), found.as_json())))
    return str(file)


def test_a_counterexample_becomes_a_rule_that_is_red_where_it_was_found(checkout, tmp_path):
    (written,) = queuespec(checkout, ["new-rule", "get.found", "--from", counterexample(tmp_path / "x.json")])
    assert written[0] == 0, written
    text = (checkout / "tests/spec/test_getting.py").read_text(encoding="utf-8")
    assert '"child 1": [Operation("put", "c1-1")],' in text
    assert 'held=[Held("child 1", 0, "put", "self._notempty.notify()")],' in text
    judge = ["--rule", "get.found", "--start-method", METHOD, "-n0", "-p", "no:cacheprovider"]

    green, red = queuespec(checkout, judge, [*judge, "--implementation", "fault:none-for-empty"])

    assert (green[0], "conforms: 1 verdict" in green[1]) == (0, True), green
    assert red[0] == 1
    assert "deviates: get_nowait() of parent returned None" in red[1]


def test_a_line_that_the_judged_queue_does_not_have_leaves_the_rule_out(checkout, tmp_path):
    file = tmp_path / "x.json"
    counterexample(file)
    file.write_text(file.read_text().replace("self._notempty.notify()", "self.of_another_version()"))
    queuespec(checkout, ["new-rule", "get.found-elsewhere", "--from", str(file)])

    judge = ["--rule", "get.found-elsewhere", "--start-method", METHOD, "-n0", "-rs"]
    ((status, said, _),) = queuespec(checkout, judge)

    assert status == 1
    assert "no rule was judged" in said
    assert "put() of this queue does not come to a line 'self.of_another_version()'" in said


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from queuespec import DOCS, raises, rule\n", "from queuespec import DOCS, Operation, raises, rule\n"),
        (
            "from queuespec import (\n    LIBRARY,\n    rule,\n)\n",
            "from queuespec import DOCS, LIBRARY, Operation, rule\n",
        ),
        ("import os\n", "from queuespec import DOCS, Operation\nimport os\n"),
        ("from queuespec import DOCS, Operation\n", "from queuespec import DOCS, Operation\n"),
    ],
)
def test_what_a_skeleton_needs_is_imported(before, after):
    assert new_rule._importing(before, ["DOCS", "Operation"]) == after
