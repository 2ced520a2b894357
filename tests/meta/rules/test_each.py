"""A test that is repeated with `each` has the ids that it would have with pytest's `parametrize`."""

import pytest
from samples import queuespec

from queuespec.rules import each, each_of

CHAPTER = '''"""A chapter."""

import pytest

from queuespec import OBSERVED, each, rule


@rule("some.rule", source=OBSERVED)
@REPEAT("size", [0, 1.5, -1])
@REPEAT(("text", "words"), [("a", {}), (None, {"timeout": 1})])
@REPEAT("error", [ValueError, KeyError], ids=["value", "key"])
@REPEAT("maker", [dict, list], ids=lambda maker: maker.__name__ + "!")
def test_it(queue, size, text, words, error, maker):
    """It is so.

    Because it is.
    """
'''


def test_ids_are_those_of_parametrize(tmp_path):
    repeats = {"test_each.py": "each", "test_parametrize.py": "pytest.mark.parametrize"}
    for number, (name, repeat) in enumerate(repeats.items()):
        text = CHAPTER.replace("REPEAT", repeat).replace("some.rule", f"some.rule-{number}")
        (tmp_path / name).write_text(text)
    options = ("--collect-only", "-q", "-n0", "--start-method", "spawn", "-p", "no:cacheprovider")

    shown = queuespec("judge", *(tmp_path / name for name in repeats), *options).stdout.splitlines()

    found = [line.partition("::")[2] for line in shown if "::" in line]
    number = 2 * 2 * 2 * 2 * 3
    assert "test_it[spawn-Queue-dict!-key-None-words1-1.5]" in found
    assert len(found) == 2 * number
    assert found[:number] == found[number:]


def test_a_function_knows_what_it_is_repeated_for():
    @each("size", [1, 2])
    @each(("one", "two"), [(1, 2)])
    def test(size, one, two): ...

    assert [(names, values) for names, values, _ in each_of(test)] == [
        (("one", "two"), ((1, 2),)),
        ("size", (1, 2)),
    ]
    assert each_of(queuespec) == ()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((("size",), ()), "there are no values"),
        (("size", []), "there are no values"),
        ((("one", "two"), [(1, 2), (3,)]), "every value should be a tuple of 2"),
    ],
)
def test_a_slip_is_refused_when_the_decorator_runs(arguments, said):
    with pytest.raises(ValueError, match=said):
        each(*arguments)


def test_ids_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="there are 2 values and 1 ids"):
        each("size", [1, 2], ids=["one"])
