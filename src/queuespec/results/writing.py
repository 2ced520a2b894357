"""Writing results files: complete or not at all; during the run, the verdicts go to a separate file."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from queuespec.results.findings import Explored, Found
from queuespec.results.measurement import Measured
from queuespec.results.reading import is_whole
from queuespec.results.verdict import NOT_RUN, VERDICTS, Header, Verdict


def as_lines(
    header: Header,
    verdicts: Iterable[Verdict],
    seconds: float = 0.0,
    findings: Iterable[Found] = (),
    explored: Explored = None,
    measured: Measured | None = None,
) -> Iterator[str]:
    """The lines of a complete file, without line ends. `seconds` is the duration of the run."""
    digest = hashlib.sha256()
    found = dict.fromkeys(VERDICTS, 0)

    def line(data: dict[str, Any]) -> str:
        text = json.dumps(data)
        digest.update(text.encode() + b"\n")
        return text

    yield line(header.as_data())
    for verdict in verdicts:
        found[verdict.verdict] += 1
        yield line(vars(verdict.bounded))
    for finding in findings:
        yield line(finding.as_data())
    far: dict[str, Any] = {} if explored is None else {"explored": explored}
    if measured:
        yield from map(line, map(measured.as_data, measured.all))
        far["measurements"] = len(measured.all)
    yield line({"counts": found, "seconds": round(seconds, 3), **far, "digest": digest.hexdigest()})


def write(
    path: Path,
    header: Header,
    verdicts: Iterable[Verdict],
    seconds: float = 0.0,
    findings: Iterable[Found] = (),
    explored: Explored = None,
) -> None:
    """Writes a complete results file. Raises `OSError`."""
    lines = as_lines(header, verdicts, seconds, findings, explored)
    write_atomically(path, (line + "\n" for line in lines))


def write_atomically(path: Path, text: Iterable[str]) -> None:
    """Replaces a file: it has all of the new text, or is unchanged. A device or a pipe, which cannot be replaced, is
    written to, and so is the file that a link leads to. Raises `OSError`."""
    if path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8", newline="\n") as device:
            device.writelines(text)
        return
    path = Path(os.path.realpath(path))
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with fresh.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
    finally:
        with contextlib.suppress(OSError):
            fresh.unlink()


class Recorder:
    """Writes verdicts as they arrive, so that a run that is killed leaves those that it had.

    They go to a file with ``.unfinished`` appended to its name, which is a results file that was cut short. The file of
    an earlier run could be mistaken for that of this run, so it is renamed to ``.earlier`` until this run is complete.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.unfinished = path.with_name(path.name + ".unfinished")
        self.earlier = path.with_name(path.name + ".earlier")

    def try_to_write(self) -> None:
        """Raises `OSError` if a file cannot be written there."""
        with self.unfinished.open("a", encoding="utf-8"):
            pass
        if not self.unfinished.stat().st_size:
            self.unfinished.unlink()

    def begin(self, header: Header) -> None:
        """Sets the earlier file aside and writes the header. Raises `OSError`."""
        if self.path.exists():
            if self.earlier.exists() and not is_whole(self.path):
                self.path.unlink()
            else:
                os.replace(self.path, self.earlier)
        with self.unfinished.open("w", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps(header.as_data()) + "\n")

    def add(self, one: Verdict | Found) -> None:
        """Appends a verdict or a finding. Raises `OSError`."""
        data = vars(one.bounded) if isinstance(one, Verdict) else one.as_data()
        with self.unfinished.open("a", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps(data) + "\n")

    def finish(
        self,
        header: Header,
        verdicts: Collection[Verdict],
        seconds: float,
        findings: Collection[Found] = (),
        explored: Explored = None,
    ) -> None:
        """Writes the complete file; the earlier file is removed if no verdict is missing. Raises `OSError`."""
        write(self.path, header, verdicts, seconds, findings, explored)
        self.unfinished.unlink(missing_ok=True)
        if all(verdict.verdict != NOT_RUN for verdict in verdicts):
            self.earlier.unlink(missing_ok=True)

    def abandon(self) -> None:
        """Restores the earlier file: there is nothing to write. Raises `OSError`."""
        self.unfinished.unlink(missing_ok=True)
        if self.earlier.exists() and not self.path.exists():
            os.replace(self.earlier, self.path)
