"""Job objects: a process and all its descendants, which the system ends when the last handle to the job is closed.

Only the descendants that a process starts after it has joined a job belong to the job. So the process is created
suspended, and resumed once it is in its job: the `python.exe` of a virtual environment starts the actual interpreter
immediately. Windows only. Source: Microsoft's documentation of job objects (`JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE`).
"""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _KILL_ON_JOB_CLOSE = 0x2000
    _EXTENDED_LIMIT_INFORMATION = 9
    _TERMINATE_SET_QUOTA_AND_RESUME = 0x0901

    class _BasicLimits(ctypes.Structure):
        _fields_ = [
            ("PerProcessUserTimeLimit", ctypes.c_int64),
            ("PerJobUserTimeLimit", ctypes.c_int64),
            ("LimitFlags", wintypes.DWORD),
            ("MinimumWorkingSetSize", ctypes.c_size_t),
            ("MaximumWorkingSetSize", ctypes.c_size_t),
            ("ActiveProcessLimit", wintypes.DWORD),
            ("Affinity", ctypes.c_size_t),
            ("PriorityClass", wintypes.DWORD),
            ("SchedulingClass", wintypes.DWORD),
        ]

    class _ExtendedLimits(ctypes.Structure):
        _fields_ = [
            ("BasicLimitInformation", _BasicLimits),
            ("IoInfo", ctypes.c_uint64 * 6),
            ("ProcessMemoryLimit", ctypes.c_size_t),
            ("JobMemoryLimit", ctypes.c_size_t),
            ("PeakProcessMemoryUsed", ctypes.c_size_t),
            ("PeakJobMemoryUsed", ctypes.c_size_t),
        ]

    _kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel.CreateJobObjectW.restype = wintypes.HANDLE
    _kernel.CreateJobObjectW.argtypes = (wintypes.LPVOID, wintypes.LPCWSTR)
    _kernel.SetInformationJobObject.argtypes = (wintypes.HANDLE, ctypes.c_int, wintypes.LPVOID, wintypes.DWORD)
    _kernel.OpenProcess.restype = wintypes.HANDLE
    _kernel.OpenProcess.argtypes = (wintypes.DWORD, wintypes.BOOL, wintypes.DWORD)
    _kernel.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
    _kernel.TerminateJobObject.argtypes = (wintypes.HANDLE, wintypes.UINT)
    _kernel.CloseHandle.argtypes = (wintypes.HANDLE,)
    _native = ctypes.WinDLL("ntdll")
    _native.NtResumeProcess.argtypes = (wintypes.HANDLE,)

    def job_with(pid: int) -> int:
        """A handle to a new job with this process, which is resumed in it. Raises `OSError` if the system refuses."""
        job = _kernel.CreateJobObjectW(None, None)
        limits = _ExtendedLimits()
        limits.BasicLimitInformation.LimitFlags = _KILL_ON_JOB_CLOSE
        process = _kernel.OpenProcess(_TERMINATE_SET_QUOTA_AND_RESUME, False, pid)
        try:
            if not (
                job
                and process
                and _kernel.SetInformationJobObject(
                    job, _EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), ctypes.sizeof(limits)
                )
                and _kernel.AssignProcessToJobObject(job, process)
            ):
                raise ctypes.WinError(ctypes.get_last_error())
            status = _native.NtResumeProcess(process)
            if status < 0:
                raise OSError(f"cannot resume process {pid} (NTSTATUS {status & 0xFFFFFFFF:#010x})")
        except OSError:
            if job:
                _kernel.CloseHandle(job)
            raise
        finally:
            if process:
                _kernel.CloseHandle(process)
        return int(job)

    def end(job: int) -> None:
        """Ends every process of the job."""
        _kernel.TerminateJobObject(job, 1)

    def close(job: int) -> None:
        """Closes the handle, which ends what is left in the job."""
        _kernel.CloseHandle(job)
