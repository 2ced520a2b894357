"""What runs in the judged processes, asked in this one: robust whatever it is given, and never trusted with more."""

import multiprocessing.dummy
import multiprocessing.managers
import os
import pickle
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
import runs

from queuespec.actors import actor, adapter, probe
from queuespec.actors.parent import Parent
from queuespec.actors.protocol import MARK, SIZE, body_size, decoded, described, pickled, short_repr
from queuespec.implementations import NAMES
from queuespec.stage.exceptions import ShutDown, raised_by
from queuespec.stage.settings import ACTORS

# What crosses the channel


class Unspeakable(Exception):
    """Cannot be shown in any way."""

    def __repr__(self):
        raise KeyboardInterrupt

    __str__ = __repr__


def refuse(reference):
    raise AssertionError(f"{reference} should have crossed the channel as it is")


@pytest.mark.parametrize("value", [1j, bytearray(b"a"), [{"a": (1, 2.5, None)}, {3}, frozenset(b"x")]], ids=repr)
def test_plain_values_cross_the_channel(value):
    assert decoded(pickled(value), refuse) == value


@pytest.mark.parametrize("value", [os.system, KeyError(), eval], ids=["system", "an exception", "eval"])
def test_nothing_else_is_loaded_from_the_channel(value):
    with pytest.raises(pickle.UnpicklingError, match="the channel carries plain values only, not "):
        decoded(pickle.dumps(value), refuse)


def test_what_begins_like_no_message_is_not_waited_for():
    with pytest.raises(pickle.UnpicklingError, match="this is not the beginning of a message"):
        body_size(b"\xff" * SIZE.size)


def test_an_object_that_cannot_be_shown_is_named():
    assert short_repr(Unspeakable()) == "<Unspeakable whose repr raised KeyboardInterrupt>"
    assert described(Unspeakable())["message"] == "(its text could not be had: KeyboardInterrupt)"


def test_an_exception_that_reports_another_is_described_by_the_other():
    text = "\n---\nTraceback (most recent call last):\n  File 'a.py', line 1\n    get()\nKeyError: 'a'\n---"

    assert described(LookupError(text))["repr"] == """LookupError("KeyError: 'a'")"""
    assert described(LookupError("a\nb"))["repr"] == "LookupError('a\\nb')"


def test_what_only_a_newer_python_raises_is_known_here():
    there = {**described(LookupError("closed")), "name": "ShutDown", "known": ["queue.ShutDown"]}

    assert raised_by("get()", there).is_a(ShutDown)


# The adapter


class Other(adapter.Implementation):
    """Makes its own processes and managers."""

    replaced = ("Process", "Queue")

    def make(self, owner, kind, *args, **kwargs):
        return "a queue", owner, kind, args

    def process(self, context, **kwargs):
        return "a process", context, kwargs

    def manager(self, context):
        return "a manager", context


def test_users_get_what_the_implementation_makes():
    api = adapter.Api(Other(), "its owner")

    assert api.Process(target=1) == ("a process", "its owner", {"target": 1})
    assert api.Manager() == ("a manager", "its owner")
    assert api.Queue(2) == ("a queue", "its owner", "Queue", (2,))
    assert api.upper() == "ITS OWNER"


def test_a_class_that_does_not_say_what_it_takes_gets_no_context():
    implementation = adapter.load("builtins:dict")

    assert implementation.make("its owner", "Queue", a=1) == {"a": 1}


def test_a_library_without_managers_of_its_own_has_those_of_the_standard_library():
    assert adapter.Implementation(multiprocessing.dummy).managers() is multiprocessing.managers
    assert adapter.Implementation(multiprocessing).managers() is multiprocessing.managers


def test_semaphores_get_no_mark_where_they_cannot_be_listed(monkeypatch):
    config = dict(multiprocessing.current_process()._config)
    monkeypatch.setattr(multiprocessing.current_process(), "_config", config)
    before = config["semprefix"]

    monkeypatch.delenv(MARK, raising=False)
    adapter.Implementation().mark_semaphores()

    assert config["semprefix"] == before


# The parent


def ended(exitcode):
    """A process as the parent sees it."""
    return SimpleNamespace(
        join=lambda seconds: None, exitcode=exitcode, is_alive=lambda: exitcode is None, close=lambda: None
    )


def test_the_parent_names_what_it_could_not_end():
    parent = Parent(adapter.load("multiprocessing"), "", None)
    parent.processes = {"child": ended(0), "child 2": ended(None)}
    parent.manager = SimpleNamespace(_process=ended(1))

    left = parent.tidy(0, {})

    assert "process child 2" in left
    assert "process child" not in left
    assert "a manager that has ended" in left
    assert parent.processes == {}


# Stacks without a signal


def test_a_timer_prints_the_stacks_where_no_signal_does(monkeypatch, tmp_path):
    monkeypatch.setattr(actor, "STACK_SIGNAL", None)
    with (tmp_path / "stacks").open("w") as file:
        monkeypatch.setattr(sys, "__stderr__", file)
        actor._arm_timer(60)
        actor._disarm_timer()
        actor._arm_timer(0.01)
        time.sleep(0.1)
        actor._disarm_timer()

    assert (tmp_path / "stacks").read_text().startswith("Timeout (0:00:00.01")


# The probe


@pytest.fixture
def facts(monkeypatch):
    """What the probe finds here; it changes `sys.path`, as it may in a process of its own."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "boot", raising=False)
    yield probe.facts
    sys.modules.pop("boot", None)


def test_a_python_that_is_too_old_is_answered_by_one_sentence(facts, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 8, 20))

    found = facts("multiprocessing")

    assert found == {"error": "it is Python 3.8, and 3.9 is the oldest that can be judged", "option": "--python"}


def test_an_implementation_that_is_not_there_is_answered_by_one_sentence(facts):
    assert facts("no_such_module") == {
        "error": "there is no implementation named 'no_such_module' here (No module named 'no_such_module')",
        "known": NAMES,
    }


def test_a_system_without_semaphores_is_a_fact(facts, monkeypatch):
    def refuse(method):
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(multiprocessing, "get_context", refuse)

    assert facts("multiprocessing")["semaphores"] == "[Errno 38] Function not implemented"


# What a child has to wait for

OF_QUEUES = "multiprocessing.spawn, multiprocessing.queues, multiprocessing.synchronize"
SHOWN = "; import sys; print(*{name.partition('.')[0] for name in sys.modules})"


def imported_by(modules):
    words = [runs.judged_python, "-c", f"import {modules}{SHOWN}"]
    answer = subprocess.run(words, cwd=ACTORS, check=True, stdout=subprocess.PIPE, text=True)
    return {*answer.stdout.split()}


def test_a_child_imports_little_that_a_queue_does_not():
    ours = imported_by(f"{OF_QUEUES}, boot, queuespec.actors.actor")

    assert ours - imported_by(OF_QUEUES) <= {"__future__", "boot", "faulthandler", "gc", "queuespec", "resource"}
