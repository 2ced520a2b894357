"""The size of a crowd is what was asked for."""

import argparse

import pytest

from queuespec.judge.nouns import Crowd
from queuespec.judge.options import positive_number


def test_a_crowd_puts_the_same_number_of_items_for_each_producer():
    put = Crowd(3).put

    assert len(put) == len(set(put)) == 900
    assert {producer for producer, _ in put} == {0, 1, 2}


def test_a_crowd_is_divided_so_that_every_producer_is_in_one_process():
    assert Crowd(3).divided_by(2) == [[0, 2], [1]]


@pytest.mark.parametrize("text", ["0", "-1", "2.5", "many", ""])
def test_the_size_of_a_crowd_is_a_positive_whole_number(text):
    with pytest.raises(argparse.ArgumentTypeError, match="is not a positive whole number"):
        positive_number(text)


def test_a_positive_whole_number_is_taken():
    assert positive_number("12") == 12
