"""A slip in a rule's declaration is refused when the decorator runs, with the word that was meant."""

import pytest
from runs import facts_of

from queuespec.rules import CHANGELOG, DOCS, rule, rule_of, untested

GOOD = {"slug": "get.slip", "source": DOCS / "Queue.get"}


def declared(**words):
    @rule(**{**GOOD, **words})
    def test_slip(queue):
        """A sentence.

        A reason that is long enough.
        """

    return test_slip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"level": "promis"}, "rule 'get.slip': unknown level 'promis'; did you mean 'promise'?"),
        ({"level": "Hazard"}, "unknown level 'Hazard'; did you mean 'hazard'?"),
        ({"systems": ("linux",)}, "unknown system 'linux'; did you mean 'Linux'?"),
        ({"kinds": ("queue",)}, "unknown kind 'queue'; did you mean 'Queue'?"),
        ({"kinds": ("Queue", "Manager.Queu")}, "unknown kind 'Manager.Queu'; did you mean 'Manager.Queue'?"),
        ({"start_methods": ("fokr",)}, "unknown start method 'fokr'; did you mean 'fork'?"),
        ({"needs": ("start method",)}, "unknown need 'start method'; did you mean 'start methods'?"),
        ({"slug": "Get.Slip"}, "'Get.Slip' is not a valid slug"),
        ({"proves": ("slip",)}, "'slip' is not a valid slug"),
        ({"since": (3, 12), "until": (3, 10)}, "it applies until 3.10, which is not after 3.12"),
        ({"since": "3.13"}, "since should be a version such as (3, 13), but is '3.13'"),
        ({"level": "untested"}, "a rule with a test cannot have the level 'untested'"),
    ],
)
def test_a_word_that_is_not_known_is_refused(words, said):
    with pytest.raises((TypeError, ValueError), match="rule '") as refusal:
        declared(**words)

    assert said in str(refusal.value)


@pytest.mark.parametrize(
    "words", [{"proves": "get.other"}, {"kinds": "Queue"}, {"start_methods": ("fork")}, {"systems": "Linux"}], ids=str
)
def test_a_word_in_place_of_a_tuple_is_refused(words):
    with pytest.raises(TypeError, match="should be a tuple, but is"):
        declared(**words)


def test_a_part_that_its_document_does_not_have_is_refused():
    with pytest.raises(ValueError, match=r"unknown part 'Queue\.gett' .*; did you mean 'Queue\.get'\?"):
        DOCS / "Queue.gett"


def test_a_rule_without_a_sentence_or_a_source_is_refused():
    with pytest.raises(ValueError, match="the docstring should be a sentence, an empty line, and a reason"):
        rule(**GOOD)(lambda queue: None)
    with pytest.raises(TypeError, match="source should be a Source"):
        declared(source=())
    with pytest.raises(ValueError, match="the sentence that says what is true is missing"):
        untested("get.slip", "", source=DOCS / "Queue.get", reason="There is one.")


def test_what_is_untested_is_checked_as_well():
    with pytest.raises(ValueError, match="'Slip' is not a valid slug"):
        untested("Slip", "A sentence.", source=DOCS / "Queue.get", reason="There is one.")
    with pytest.raises(ValueError, match="an untested behavior needs a reason"):
        untested("get.slip", "A sentence.", source=DOCS / "Queue.get", reason="")


def test_a_good_declaration_is_taken():
    assert declared().__name__ == "test_slip"


def test_a_rule_says_from_which_python_on_it_no_longer_applies():
    rule = rule_of(declared(since=(3, 10), until=(3, 12)))

    assert rule.not_applicable(facts_of("Linux", (3, 9, 0)), "fork") == "this behavior was added in Python 3.10"
    assert rule.not_applicable(facts_of("Linux", (3, 11, 9)), "fork") == ""
    assert rule.not_applicable(facts_of("Linux", (3, 12, 0)), "fork") == "this behavior was removed in Python 3.12"


def test_a_section_of_the_changelog_has_a_link_of_its_own():
    assert (CHANGELOG / "python-3-12-0").url == "https://docs.python.org/3/whatsnew/changelog.html#python-3-12-0"
    assert (CHANGELOG / "somewhere").url == "https://docs.python.org/3/whatsnew/changelog.html"
