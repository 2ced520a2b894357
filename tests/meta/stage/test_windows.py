"""What the judge asks of Windows, told to a stand-in for its libraries."""

import ctypes
import importlib
import sys
from ctypes import wintypes

import pytest


class Library:
    """Notes which functions were called, and answers each with 1, or with what was asked for."""

    def __init__(self, calls, answers):
        self._calls = calls
        self._answers = answers

    def __getattr__(self, name):
        def function(*arguments):
            self._calls.append(name)
            return self._answers.get(name, 1)

        setattr(self, name, function)
        return function


@pytest.fixture
def answers():
    return {"NtResumeProcess": 0}


@pytest.fixture
def calls():
    return []


@pytest.fixture
def windows(monkeypatch, calls, answers):
    from queuespec.stage import windows_jobs as windows

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(wintypes, "DWORD", ctypes.c_uint32)
    monkeypatch.setattr(ctypes, "WinDLL", lambda name, **_: Library(calls, answers), raising=False)
    monkeypatch.setattr(ctypes, "WinError", lambda number: OSError(number, "refused"), raising=False)
    monkeypatch.setattr(ctypes, "get_last_error", lambda: 5, raising=False)
    yield importlib.reload(windows)
    monkeypatch.undo()
    importlib.reload(windows)


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="these are the sizes for 64 bits")
def test_the_limits_of_a_job_have_the_layout_that_windows_expects(windows):
    assert ctypes.sizeof(windows._BasicLimits) == 64
    assert windows._BasicLimits.LimitFlags.offset == 16
    assert windows._BasicLimits.Affinity.offset == 48
    assert ctypes.sizeof(windows._ExtendedLimits) == 144


def test_a_process_is_in_its_job_before_it_runs(windows, calls):
    windows.job_with(42)

    assert calls.index("SetInformationJobObject") < calls.index("AssignProcessToJobObject")
    assert calls.index("AssignProcessToJobObject") < calls.index("NtResumeProcess")


def test_no_handle_is_left_behind_when_windows_refuses_the_job(windows, calls, answers):
    answers["AssignProcessToJobObject"] = 0

    with pytest.raises(OSError, match="refused"):
        windows.job_with(42)

    assert calls.count("CloseHandle") == 2


def test_a_process_that_windows_does_not_resume_is_an_error(windows, answers):
    answers["NtResumeProcess"] = -1073741790

    with pytest.raises(OSError, match="0xc0000022"):
        windows.job_with(42)


def test_what_windows_refuses_leaves_no_handle_to_close(windows, calls, answers):
    answers.update(CreateJobObjectW=0, OpenProcess=0)

    with pytest.raises(OSError, match="refused"):
        windows.job_with(42)

    assert "CloseHandle" not in calls


def test_a_job_is_ended_and_its_handle_is_closed(windows, calls):
    windows.end(1)
    windows.close(1)

    assert calls == ["TerminateJobObject", "CloseHandle"]
