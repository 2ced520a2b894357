"""A call in slow motion rests at its own lines, and at no others that happen to be run meanwhile."""

import gc
import sys
import weakref

import pytest

from queuespec.rules import specification_folder


@pytest.fixture
def line_by_line(monkeypatch):
    monkeypatch.syspath_prepend(str(specification_folder()))
    from roles import timing

    return timing.line_by_line


class Cycle:
    def __init__(self, at_its_end):
        self.itself = self
        weakref.finalize(self, at_its_end)


@pytest.mark.skipif(not hasattr(gc, "get_threshold"), reason="this Python does not collect after so many objects")
@pytest.mark.skipif(sys.gettrace() is not None, reason="a debugger or a measurement of coverage traces lines itself")
def test_what_earlier_tests_left_does_not_rest_at_its_end(line_by_line):
    ended = []

    def call():
        made = []
        for number in range(1000):
            made.append([number])
        return len(made)

    def rests():
        """How often the call rests, if objects are collected while it lasts."""
        found = []
        gc.enable()
        assert line_by_line(call, (), lambda: found.append("rest")) == 1000
        return len(found)

    was = gc.get_threshold()
    gc.set_threshold(200)
    try:
        alone = rests()
        gc.disable()
        gc.collect()
        Cycle(lambda: ended.append("the end"))
        after_another = rests()
    finally:
        gc.enable()
        gc.set_threshold(*was)

    assert ended == ["the end"]
    assert after_another == alone
