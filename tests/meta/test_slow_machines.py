"""Slow is not wrong: no machine is too slow, too busy or too often interrupted for a queue that does what it should."""

import os
import signal
import threading

import psutil
import pytest
import slowness
from runs import METHOD, asked

from queuespec.rules import specification_folder
from queuespec.rules.chapters import importing_from

SENSITIVE = (
    "get.interruptible",
    "get.timed-interruptible",
    "get.timeout-kept",
    "exit.interrupt-blocked-reader",
    "exit.flush-on-interrupt",
    "hazard.end-while-child-starts",
    "pattern.token-ring-output",
    "exit.child-waits-for-children",
)
"""Rules that time, signals or the start of several processes decide."""

CHAPTERS = "test_getting.py or test_patterns.py or test_process_end.py or test_ways_to_end.py or test_hazards.py"
"""The chapters with most of these rules."""

THAT_STOP = "partial_item or suspended_consumer"
"""Tests that stop processes themselves, which is of no use where others let them go on."""

SLOW = {
    "quota of 10 %": lambda: slowness.quota(10),
    "quota of 25 %": lambda: slowness.quota(25),
    "busy neighbors": slowness.busy_neighbors,
    "random stops": slowness.random_stops,
}


def right(run):
    """Whether a run has judged something and says no wrong: the standard library is right, and has all dangers."""
    words = {verdict["verdict"] for verdict in run.verdicts}
    return run.status == 0 and "conforms" in words and not words & {"absent", "not-run"}


def test_a_quota_shows_the_sensitive_rules_as_they_are(judge):
    with slowness.quota(25) as under:
        run = judge(*asked(SENSITIVE), "-k", f"{METHOD}-Queue or ({METHOD} and not ueue)", before=under)

    assert right(run), run.output


@pytest.mark.whole
@pytest.mark.parametrize("slow", SLOW)
@pytest.mark.parametrize("method", sorted({METHOD, "spawn"}))
def test_no_slow_machine_costs_a_verdict(judge, slow, method):
    chosen = ("-k", f"({CHAPTERS}) and not ({THAT_STOP})", "-n4")
    with SLOW[slow]() as under:
        run = judge(*chosen, methods=(method,), parallel=True, before=under, seconds=3600)

    assert right(run), run.output


@pytest.mark.skipif(os.name != "posix", reason="Windows has no state for a stopped process")
def test_what_is_stopped_goes_on_in_the_end():
    with psutil.Popen(["sleep", "3600"]) as sleeping:
        try:
            with slowness._stopped([sleeping]):
                _, status = os.waitpid(sleeping.pid, os.WUNTRACED)
                assert os.WIFSTOPPED(status)
            _, status = os.waitpid(sleeping.pid, os.WCONTINUED)
            assert os.WIFCONTINUED(status)
        finally:
            sleeping.kill()


class Waits:
    """A queue on which every get() waits for ever."""

    def get(self):
        threading.Event().wait()


@pytest.mark.skipif(os.name != "posix", reason="Windows sends no signals to threads")
def test_a_signal_before_the_call_interrupts_nothing(monkeypatch):
    """It arrives between two steps of the role if the machine is slow."""
    with importing_from(specification_folder()):
        from roles import timing
    sent, now = threading.Event(), threading.Event()
    start, kill = threading.Thread.start, signal.pthread_kill

    def kill_and_tell(*args):
        kill(*args)
        sent.set()

    def start_slowly(thread):
        start(thread)
        now.set()
        sent.wait()

    monkeypatch.setattr(signal, "pthread_kill", kill_and_tell)
    monkeypatch.setattr(threading.Thread, "start", start_slowly)

    assert timing.interrupted(Waits(), now, "get") is True
