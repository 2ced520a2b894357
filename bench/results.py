"""How long it takes to merge 100,000 verdicts into a table, and to compare two files of as many; and the memory.

    python bench/results.py [--rules 400]

The bars: 5 seconds of processor and 300 MB each; the time on the clock is told as well.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src"
sys.path.insert(0, str(SOURCE))

from queuespec import results  # noqa: E402

VERDICTS = 100_000
SECONDS, MEGABYTES = 5.0, 300.0

MEASURED = """
import resource, sys, time
sys.path.insert(0, {source!r})
from queuespec.__main__ import main
sys.stdout = open({output!r}, "w", encoding="utf-8")
status = main([{command!r}, *sys.argv[1:]])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
print(peak, time.process_time(), file=sys.stderr)
sys.exit(status)
"""


def write(path: Path, python: str, rules: int, start_methods: tuple[str, ...], bad: int) -> None:
    """A file as a run writes it: every `bad`-th verdict deviates."""
    subject = {"implementation": "multiprocessing", "python_implementation": "cpython", "system": "Linux"}
    run = {"queuespec": "0.1.0", "rule_set": "0123456789abcdef", "python_version": python}
    header = results.Header.from_data({**subject, **run, "start_methods": start_methods})
    verdicts = (
        results.Verdict(
            rule=f"chapter{rule % 12}.rule-number-{rule}",
            level="promise",
            chapter=f"chapter{rule % 12}",
            sentence=f"`get()` does what rule {rule} says that it does, whoever asks",
            test=f"tests/spec/test_{rule % 12:02}.py::test_get_does_what_rule_{rule}_says[{method}-{kind}]",
            verdict="hangs" if (rule * 31 + number) % bad == 0 else "conforms",
            explanation="get() was still running after 10 s" if (rule * 31 + number) % bad == 0 else "",
            kind=kind,
            start_method=method,
            reported_start_method=method,
            seconds=0.1234,
        )
        for rule in range(rules)
        for number, method in enumerate(start_methods)
        for kind in ("Queue", "JoinableQueue")
    )
    results.write(path, header, verdicts)


def measure(name: str, command: str, arguments: list[str], output: Path) -> bool:
    """Runs a command and prints its time and memory; returns whether it succeeded within the limits."""
    begun = time.perf_counter()
    program = MEASURED.format(source=str(SOURCE), output=str(output), command=command)
    process = subprocess.run([sys.executable, "-c", program, *arguments], stderr=subprocess.PIPE, text=True)
    seconds = time.perf_counter() - begun
    if process.returncode not in (0, 1):
        print(f"{name}: exit status {process.returncode}: {process.stderr}")
        return False
    megabytes, busy = map(float, process.stderr.split()[-2:])
    kept = busy < SECONDS and megabytes < MEGABYTES
    size = output.stat().st_size / 1e6
    took = f"{seconds:.2f} s ({busy:.2f} s of processor)"
    print(f"{name}: {took}, {megabytes:.0f} MB, {size:.1f} MB written{'' if kept else '  TOO MUCH'}")
    return kept


def main() -> int:
    """Measures the commands on generated results; returns 1 if one fails or exceeds the limits, otherwise 0."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rules", type=int, default=400)
    rules = parser.parse_args().rules
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        methods = ("fork", "spawn", "forkserver")
        files = []
        for number in range(-(-VERDICTS // (rules * 6))):
            files.append(home / f"{number}.jsonl")
            write(files[-1], f"3.{number}.0", rules, methods, 97)
        old, new = home / "old.jsonl", home / "new.jsonl"
        write(old, "3.14.1", -(-VERDICTS // 6), methods, 97)
        write(new, "3.14.2", -(-VERDICTS // 6), methods, 89)
        kept = [
            measure(f"table, {len(files)} files, {form}", "table", [*map(str, files), "--format", form], home / "out")
            for form in ("text", "markdown", "json")
        ]
        kept += [
            measure(f"compare, {form}", "compare", [str(old), str(new), "--format", form], home / "out")
            for form in ("text", "markdown", "json")
        ]
        kept.append(measure("check", "check", [str(old)], home / "out"))
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
