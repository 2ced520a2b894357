"""What share of wrong queues ``queuespec explore`` finds by itself: prints a table, judges nothing.

``python bench/power.py`` explores each fault of `FAULTS` as a user would, with all kinds and start methods, for a
minute each, one after another; a run ends with its first finding. ``--for 30`` takes less time, names explore those
alone. It says at which load each was explored: a busy machine finds less in a minute. Of changes of the standard
library's queues, ``bench/mutants.py --explore 60`` says the same. Needs a POSIX system.
"""

from __future__ import annotations

import argparse
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple

FAULTS = {
    "order": ("lifo one-in-ten-lost one-in-ten-overtaken one-in-ten-twice a-thread-for-each-put small-overtakes-large"),
    "delivery": (
        "what-is-put-back-is-there-twice an-item-is-overtaken loses-items repeats-items "
        "loses-items-of-threads only-children-get sends-batches-of-hundred sender-looks-without-the-lock "
        "put-never-waits-for-the-lock"
    ),
    "getting": (
        "get-looks-only get-hangs-in-c thread-queue none-for-empty no-item-without-waiting "
        "a-failed-get-frees-a-slot a-third-reader-starves gives-up-behind-another readers-wait-for-each-other "
        "timed-get-receives-late nowait-queues-up a-second-behind-another timeouts-begin-anew "
        "an-idle-queue-ends a-signal-ends-the-wait half-an-item-is-no-item"
    ),
    "putting": (
        "put-waits-for-a-get threads-start-one-thread-each never-waits false-for-full timeouts-ignored "
        "timeouts-over-at-once always-waits nowait-waits a-failed-put-adds-its-item a-failed-put-adds-a-task "
        "a-thread-is-started-once"
    ),
    "looking": (
        "always-empty never-empty children-see-an-empty-queue counts-its-own-process empty-takes-an-item "
        "empty-waits-for-readers full-without-limit qsize-is-negative"
    ),
    "capacity": (
        "full-one-early full-one-late capacity-per-process slots-never-freed only-a-patient-get-makes-room "
        "room-is-made-before-an-item-comes a-pickling-error-keeps-the-slot task-done-frees-the-slot "
        "simple-queue-with-a-buffer"
    ),
    "joinable": (
        "join-never-returns get-marks-as-done items-count-when-flushed count-is-per-process "
        "task-done-only-by-the-getter task-done-counts-twice task-done-never-refuses task-done-waits-for-room "
        "join-looks-before-it-waits join-remembers-the-first-round join-wakes-one-waiter "
        "put-nowait-adds-no-task count-rises-after-the-put join-returns-at-once"
    ),
    "closing": (
        "close-drops-the-buffer close-breaks-the-pipe close-waits-for-the-flush close-wakes-waiting-puts "
        "closed-queue-accepts-items closed-queue-looks-full-or-empty second-close-fails "
        "join-thread-returns-at-once join-thread-of-unused-queue-hangs cancel-join-thread-is-ignored "
        "cancel-before-the-first-put-is-forgotten cancel-is-inherited"
    ),
    "process_end": (
        "flush-is-optional flush-only-on-return first-item-is-lost process-never-ends "
        "bad-item-ends-the-process parents-put-nothing"
    ),
    "sharing": (
        "creator-only children-rely-on-the-parents-thread close-does-nothing close-is-for-all "
        "fork-copies-the-buffer fork-copies-the-lock simple-queue-keeps-its-lock"
    ),
    "items": "feeder-dies-of-a-bad-item buffer-holds-a-thousand no-write-lock a-write-cut-short-is-over",
    "patterns": "none-reaches-two",
    "hazards": "writers-share-no-lock timed-get-gives-up-at-once timeouts-never-end only-the-main-thread-gets",
    "simple_queue": (
        "simple-get-returns-none simple-is-a-stack simple-put-is-late simple-cuts-long-items "
        "simple-close-does-nothing simple-refuses-a-second-close"
    ),
    "manager_queues": (
        "manager-queue-for-each-process manager-queue-is-a-stack manager-queue-join-does-not-wait "
        "manager-queue-ignores-timeouts manager-queue-buffers-in-the-client manager-wraps-exceptions"
    ),
    "manager_clients": (
        "manager-serves-one-at-a-time threads-share-the-connection children-take-part-in-the-conversation"
    ),
}
"""By chapter: the faults that concern several calls or processes and are about ordinary items, in programs of the
methods of a queue. Those about how a queue is made, how special items travel, what one call does with unusual
arguments, Ctrl-C, resources, contexts, and the life of managers are left out: there is nothing to explore about them.
"""


class Explored(NamedTuple):
    """What came of exploring."""

    seconds: float
    """How long it took until the first finding was minimal, or until the end."""
    sentence: str
    """What that finding breaks; empty if nothing was found."""
    far: str
    """How far it came: the last line."""


def explored(arguments: list[str], seconds: float) -> Explored:
    """Explores for that long, or until something is found. Raises `RuntimeError` if it does not explore."""
    command = [sys.executable, "-m", "queuespec", "explore", "--for", f"{seconds:g}", *arguments]
    begun = time.monotonic()
    with tempfile.TemporaryFile("w+", errors="replace") as errors:
        run = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            errors="replace",
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background job ignores it
        )
        assert run.stdout is not None
        lines: list[str] = []
        taken = None
        for line in run.stdout:
            lines.append(line.strip())
            if taken is None and line.startswith("found in "):
                taken = time.monotonic() - begun
                run.send_signal(signal.SIGINT)
        if run.wait() and taken is None:
            errors.seek(0)
            raise RuntimeError(errors.read().strip() or "it ended with an error")
    sentence = next((line.partition(" ")[2] for line in lines if line.startswith("broken: ")), "")
    far = next((line for line in reversed(lines) if re.search(r" rounds?, ", line)), "")
    return Explored(time.monotonic() - begun if taken is None else taken, sentence, far)


def main() -> None:
    """Explores each fault, and prints what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="FAULT", help="default: those of FAULTS")
    parser.add_argument("--for", dest="seconds", type=float, default=60.0, metavar="SECONDS", help="default: 60")
    parser.add_argument("--sample", type=int, default=1, metavar="N", help="every Nth fault only")
    parser.add_argument("--seed", type=int, help="default: any number")
    options = parser.parse_args()
    all_names = [name for names in FAULTS.values() for name in names.split()]
    names = options.names or all_names[options.sample // 2 :: options.sample]
    found = refused = 0
    for name in names:
        seed = secrets.randbelow(1_000_000) if options.seed is None else options.seed
        load = os.getloadavg()[0]
        try:
            one = explored(["--implementation", f"fault:{name}", "--seed", str(seed)], options.seconds)
        except RuntimeError as error:
            refused += 1
            print(f"{name:45} could not be explored: {str(error).splitlines()[-1]}", flush=True)
            continue
        found += bool(one.sentence)
        what = one.sentence or f"NOT FOUND: {one.far}"
        print(f"{name:45} {one.seconds:5.0f} s  load {load:4.1f}  seed {seed:6}  {what}", flush=True)
    print(f"found {found} of {len(names)} within {options.seconds:g} s each ({found / len(names):.0%})")
    if refused:
        print(f"{refused} not explored: what is no queue at all is refused before")


if __name__ == "__main__":
    main()
