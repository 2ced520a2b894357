"""Histories: what is lost, duplicated, invented, reordered or too much is named, and nothing else is."""

import pytest

from queuespec.stage import histories

PUT = [(1, 0), (1, 1), (2, 0), (2, 1)]


def test_an_empty_history_is_in_order():
    histories.all_arrived([], [])
    histories.all_in_order([])
    histories.never_exceeded([], 1)


def test_a_sane_history_has_nothing_to_say():
    histories.all_arrived(PUT, [(2, 0), (1, 0)], [(1, 1), (2, 1)])
    histories.all_in_order([(2, 0), (1, 0)], [(1, 1), (2, 1)])
    histories.never_exceeded([(0, 2), (1, 3)], 2)


def test_lost_items_are_named():
    assert histories.lost(PUT, [(1, 0), (2, 1)]) == [(1, 1), (2, 0)]


def test_an_item_that_was_put_twice_and_got_once_is_lost():
    assert histories.lost(["a", "a"], ["a"]) == ["a"]


def test_duplicated_items_are_named():
    assert histories.duplicated(PUT, [*PUT, (2, 0)]) == [(2, 0)]


def test_an_item_that_was_put_twice_may_be_got_twice():
    assert histories.duplicated(["a", "a"], ["a", "a"]) == []


def test_invented_items_are_named():
    assert histories.invented(PUT, [*PUT, (3, 0), None]) == [(3, 0), None]


def test_an_item_of_another_type_is_invented_although_it_is_equal():
    assert histories.invented([1], [True]) == [True]


def test_items_that_cannot_be_hashed_are_told_apart():
    assert histories.lost([[1], [2]], [[2]]) == [[1]]


def test_reordered_items_are_the_late_ones():
    assert histories.reordered([(1, 1), (2, 0), (1, 0), (2, 1)]) == [(1, 0)]


def test_a_number_alone_belongs_to_the_one_producer():
    assert histories.reordered([0, 2, 1, 3]) == [1]


def test_what_has_no_number_has_no_order():
    assert histories.reordered(["b", "a", None]) == []


def test_a_verdict_names_the_items_and_who_put_them():
    with pytest.raises(AssertionError, match=r"^lost: 7, 12 \(put by producer 2\)$"):
        histories.all_arrived([(2, 7), (2, 12)], [])


def test_a_verdict_names_all_that_is_wrong():
    with pytest.raises(AssertionError, match=r"^lost: 1; duplicated: 0; invented: 'x'$"):
        histories.all_arrived([0, 1], [0, 0, "x"])


def test_a_verdict_on_order_names_the_late_items():
    with pytest.raises(AssertionError, match=r"^reordered: 0 \(put by producer 1\)$"):
        histories.all_in_order([(1, 1), (1, 0)], [(2, 0)])


def test_a_verdict_on_capacity_names_the_moment():
    with pytest.raises(AssertionError, match=r"^with maxsize 2, 4 puts had returned when 1 items had been taken$"):
        histories.never_exceeded([(0, 2), (1, 4), (2, 4)], 2)


def test_a_long_list_is_counted():
    assert histories.listed(range(100)) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, and 90 more"
