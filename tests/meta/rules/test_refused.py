"""A slip in a rule's declaration is refused when the decorator runs, with the word that was meant."""

import pytest

from queuespec.rules import DOCS, rule, untested

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
        ({"level": "untested"}, "a rule with a test cannot have the level 'untested'"),
    ],
)
def test_a_word_that_is_not_known_is_refused(words, said):
    with pytest.raises(ValueError, match="rule '") as refusal:
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


def test_what_is_untested_is_checked_as_well():
    with pytest.raises(ValueError, match="'Slip' is not a valid slug"):
        untested("Slip", "A sentence.", source=DOCS / "Queue.get", reason="There is one.")


def test_a_good_declaration_is_taken():
    assert declared().__name__ == "test_slip"
