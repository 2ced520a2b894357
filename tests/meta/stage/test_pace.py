"""Deadlines follow the pace of the machine, and what does not start is no verdict on the queue."""

import itertools
import types

import pytest
import runs
import stage_roles
from stages import Unmeasured

from queuespec.stage import NotStarted, Settings
from queuespec.stage import settings as settings_module
from queuespec.stage.pace import LATEST, Pace

FAST, SLOW = 0.001, 2.0
"""How long the start of an interpreter takes on some machines, in seconds."""


class Measured(Pace):
    """The pace of a machine that takes this long to start an interpreter, once somebody measures it."""

    def __init__(self, start):
        super().__init__()
        self._measured = start

    def measure(self, python):
        self.saw(self._measured)


@pytest.fixture
def waiting():
    """Waits with the patience for a call, and returns whether that was successful, and the seconds of each wait: those
    of this number are in vain."""

    def wait_with(pace, in_vain, patience=12.7):
        settings, waits = Settings("multiprocessing", runs.judged_python, (), patience, pace=pace), []

        def wait(seconds):
            waits.append(seconds)
            return len(waits) > in_vain

        return settings.awaits(wait, lambda: settings.calling), waits

    return wait_with


def test_the_pace_is_measured_by_a_process_of_the_judged_python():
    pace = Pace()

    pace.measure(runs.judged_python)

    assert 0 < pace.start < 60
    assert 0 < pace.byte < 1e-3


def test_a_python_that_cannot_be_started_has_a_pace():
    pace = Pace()

    pace.measure("./no-such-python")

    assert pace.start > 0
    assert pace.byte == 0


def test_a_start_that_met_something_else_is_no_pace():
    pace = Pace()

    for seconds in (0.1, 60.0, 0.2):
        pace.saw(seconds)

    assert pace.start == 0.2


def test_what_is_late_on_a_slow_machine_has_more_time(waiting):
    over, waits = waiting(Measured(SLOW), in_vain=1)

    assert over
    assert waits == pytest.approx([12.7, settings_module.CALL * SLOW], rel=0.1)


def test_what_is_late_on_a_fast_machine_has_none(waiting):
    over, waits = waiting(Measured(FAST), in_vain=9)

    assert not over
    assert waits == [pytest.approx(12.7, rel=0.1), 0.0]


def test_an_import_takes_as_many_times_as_long_as_the_start_of_an_interpreter():
    settings = Settings("multiprocessing", runs.judged_python, (), loading=2.0)
    for _ in range(LATEST):
        settings.pace.saw(0.02)
    before = settings.starting, settings.importing
    for _ in range(LATEST):
        settings.pace.saw(0.1)

    assert (settings.starting, settings.importing) == (before[0] + 3 * 8.0, before[1] + 3 * 8.0)


def test_a_judge_that_has_stood_still_waits_once_more(waiting, monkeypatch):
    ticks = iter([0.0, 0.0, 60.0, 60.0])
    monkeypatch.setattr(settings_module, "time", types.SimpleNamespace(monotonic=lambda: next(ticks, 60.0)))

    over, waits = waiting(Unmeasured(), in_vain=1)

    assert over
    assert waits == pytest.approx([12.7, 12.7])


def test_a_judge_that_is_late_every_time_gives_up(waiting, monkeypatch):
    ticks = itertools.count(0, 60)
    monkeypatch.setattr(settings_module, "time", types.SimpleNamespace(monotonic=lambda: next(ticks)))

    over, waits = waiting(Unmeasured(), in_vain=9)

    assert not over
    assert len(waits) == 3


def test_large_items_have_the_time_that_their_bytes_take():
    pace = Pace()
    pace.byte = 1e-6
    settings = Settings("multiprocessing", runs.judged_python, (), pace=pace)

    assert settings.performing(1_000_000) == settings.performing() + settings_module.CARRIAGE


def test_processes_know_how_slow_the_machine_is(a_stage):
    before = a_stage.make_child().plays(stage_roles.stretch)
    for _ in range(5):
        a_stage.settings.pace.saw(SLOW)
    a_stage.tells_pace()

    after = f"{settings_module.CALL * SLOW / Settings.patience:.1f}"
    assert float(before) < float(after)
    assert a_stage.parent.plays(stage_roles.stretch) == after
    assert a_stage.make_child().plays(stage_roles.stretch) == after


def test_a_manager_that_does_not_start_is_not_the_queue(new_stage):
    a_stage = new_stage(runs.METHOD, patience=0.3, pace=Unmeasured())
    a_stage.parent.plays(stage_roles.have_managers_that_do_not_start)

    with pytest.raises(NotStarted, match=r"^the manager did not start within 0\.3 s; raise --patience$"):
        a_stage.make_queue("Manager.Queue")
