"""Which single changes of the standard library's queues the specification notices: ``python bench/mutants.py``.

Changes one thing at a time in a copy of a module of an interpreter's `multiprocessing` - a condition negated, a
statement dropped or swapped with the next, a lock, an argument, a constant or a name replaced -, has the specification
judge it, and prints a line for each: where, what, and the first gating rule that noticed it, else the others that did.

``--module synchronize`` is another module than `queues`, ``--only Queue.put`` one function, ``--start-method spawn``
another start method: `__getstate__` and `__setstate__` are used by spawn and forkserver alone. ``--sample 20`` takes 20
of the changes, always the same ones. What else is given goes to pytest: ``-k SimpleQueue`` judges less, ``--strict``
more. There are some hundreds of changes, each of which takes a run that ends with the first deviation; what nobody
notices need not be visible to a user. ``--explore 60`` also explores each for a minute, all kinds and start methods,
and prints what that finds. Needs a POSIX shell.
"""

from __future__ import annotations

import argparse
import ast
import concurrent.futures
import contextlib
import copy
import itertools
import json
import shlex
import shutil
import subprocess
import sys
import tempfile
import textwrap
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from power import explored

if TYPE_CHECKING:
    from collections.abc import Iterator

SPECIFICATION = Path(__file__).parents[1] / "tests" / "spec"
BAD = ("absent", "deviates", "hangs", "crashes")

SWAPS = (
    *(("_reader", "_writer"), ("_rlock", "_wlock"), ("_sem", "_unfinished_tasks"), ("_closed", "_joincancelled")),
    *(("_finalize_join", "_finalize_close"), ("_close", "_jointhread"), ("_get_value", "_is_zero")),
    *(("append", "appendleft"), ("popleft", "pop"), ("notify", "notify_all"), ("monotonic", "process_time")),
    *(("Full", "Empty"), ("ValueError", "OSError"), ("Exception", "ValueError"), ("block", "timeout")),
)
"""Names and attributes that take each other's place."""

PAIRS = ((ast.Lt, ast.GtE), (ast.Gt, ast.LtE), (ast.Is, ast.IsNot), (ast.Eq, ast.NotEq), (ast.In, ast.NotIn))
OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {one: other for pair in PAIRS for one, other in (pair, pair[::-1])}
"""The comparison that is true where the other is false."""

Change = tuple[int, str, Callable[[], object]]
"""A line, a change in words, and what changes the tree."""


def changes_of(function: ast.FunctionDef) -> Iterator[Change]:
    """All single changes of a method."""
    for node in ast.walk(function):
        for statements in (getattr(node, name, None) for name in ("body", "orelse", "finalbody")):
            if isinstance(statements, list):
                yield from changes_of_statements(statements)
        line = getattr(node, "lineno", function.lineno)
        for words, change in changes_of_node(node):
            yield line, words, change


def changes_of_statements(block: list[ast.stmt]) -> Iterator[Change]:
    """Yields the changes of a block: a statement dropped, swapped with the next one, or replaced by its body."""
    for at, one in enumerate(block):
        text = in_words(one)
        if text.startswith(("debug(", "info(", "import ", "from ", "pass", "'", '"')):
            continue
        yield one.lineno, f"without {text}", lambda at=at: block.__setitem__(at, ast.Pass())
        if at + 1 < len(block):
            other = in_words(block[at + 1])
            yield one.lineno, f"{other} before {text}", lambda at=at: block.insert(at, block.pop(at + 1))
        if isinstance(one, (ast.With, ast.Try)):
            yield (
                one.lineno,
                f"only the body of {text}",
                lambda at=at, one=one: block.__setitem__(slice(at, at + 1), one.body),
            )


def changes_of_node(node: ast.AST) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yields the changes of one node of the tree, each in words and as the function that makes it."""
    text = in_words(node) if isinstance(node, (ast.expr, ast.stmt)) else ""

    def puts(name: str, value: object) -> Callable[[], object]:
        return lambda: setattr(node, name, value)

    if isinstance(node, (ast.If, ast.Assert)):
        yield f"not: {text}", puts("test", ast.UnaryOp(ast.Not(), node.test))
        yield f"always: {text}", puts("test", ast.Constant(True))
    if isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, int)):
        values = [not node.value] if isinstance(node.value, bool) else [(node.value or 0) + 1, (node.value or 0) - 1]
        for value in values:
            yield f"{value} for {text}", puts("value", value)
    for field in ("id", "attr"):
        for one, other in itertools.chain(SWAPS, (pair[::-1] for pair in SWAPS)):
            if getattr(node, field, None) == one:
                yield f"{other} for {text}", puts(field, other)
    if isinstance(node, ast.Compare):
        yield f"otherwise: {text}", puts("ops", [OPPOSITE[type(node.ops[0])]()])
    if isinstance(node, ast.BoolOp):
        yield f"or for and: {text}", puts("op", ast.Or())
        for value in node.values:
            yield f"only {in_words(value)} of {text}", puts("values", [value, value])
    if isinstance(node, ast.BinOp):
        yield f"the wrong sign: {text}", puts("op", ast.Add() if isinstance(node.op, ast.Sub) else ast.Sub())
    for field in ("args", "elts", "keywords"):
        parts = getattr(node, field, None)
        for at in range(len(parts) if text and isinstance(parts, list) else 0):
            yield f"one less, {at}: {text}", lambda parts=parts, at=at: parts.pop(at)
            if at and field != "keywords":
                yield f"exchanged, {at}: {text}", lambda parts=parts, at=at: parts.insert(at - 1, parts.pop(at))
    if isinstance(node, ast.Return) and node.value is not None:
        yield f"None for {text}", puts("value", ast.Constant(None))


def in_words(node: ast.AST) -> str:
    """The first line of its source."""
    return ast.unparse(node).partition("\n")[0]


def functions_of(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    """All functions of a module and the methods of its classes, with their names."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            yield prefix + node.name, node
        elif isinstance(node, (ast.ClassDef, ast.If, ast.Try)):
            yield from functions_of(node, f"{node.name}." if isinstance(node, ast.ClassDef) else prefix)


def mutants(source: str, only: str) -> Iterator[tuple[str, str]]:
    """What was changed, and the whole source with that change."""
    lines = source.splitlines(keepends=True)
    for name, function in functions_of(ast.parse(source)):
        seen = {ast.unparse(function)}
        first = min(node.lineno for node in (function, *function.decorator_list))
        for number in itertools.count() if name.startswith(only) else ():
            changed = copy.deepcopy(function)
            chosen = next(itertools.islice(changes_of(changed), number, None), None)
            if chosen is None:
                break
            line, words, change = chosen
            change()
            try:
                text = ast.unparse(ast.fix_missing_locations(changed))
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", SyntaxWarning)
                    compile(text, name, "exec")
            except (SyntaxError, ValueError):
                continue
            if text not in seen:
                seen.add(text)
                text = textwrap.indent(text, " " * function.col_offset) + "\n"
                yield (
                    f"{name}, line {line}: {words}",
                    "".join((*lines[: first - 1], text, *lines[function.end_lineno :])),
                )


@contextlib.contextmanager
def interpreter(text: str, package: Path, options: argparse.Namespace) -> Iterator[Path]:
    """An interpreter whose standard library has the change: a program, so that the judge itself does not find it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(package, folder / "multiprocessing", ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "multiprocessing" / f"{options.module}.py").write_text(text)
        python = folder / "python"
        # The warning is about ``ctx is 1``.
        place = f"PYTHONPATH={shlex.quote(name)} PYTHONDONTWRITEBYTECODE=1"
        python.write_text(f'#!/bin/sh\n{place} exec {shlex.quote(options.python)} -W ignore::SyntaxWarning "$@"\n')
        python.chmod(0o755)
        yield python


def found_by(text: str, package: Path, options: argparse.Namespace) -> str:
    """What exploring finds of the change, in words."""
    with interpreter(text, package, options) as python:
        try:
            one = explored(["--python", str(python)], options.explore)
        except RuntimeError as error:
            return f"refused: {str(error).splitlines()[-1]}"
    return f"{one.seconds:.0f} s: {one.sentence}" if one.sentence else "NOT FOUND"


def noticed_by(text: str, package: Path, options: argparse.Namespace) -> str:
    """The first gating rule that notices the change, else the other rules that do, in words."""
    with interpreter(text, package, options) as python:
        found = python.with_name("results")
        words = ["-q", "-x", "-n0", "-p", "no:cacheprovider", "--patience", str(options.patience)]
        words += ["-k", "not Manager"] if options.module == "queues" else []
        words += ["--python", str(python), "--results", str(found), "--start-method", options.start_method]
        command = [sys.executable, "-m", "pytest", str(SPECIFICATION), *words, *options.others]
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        lines = [json.loads(line) for line in found.read_text().splitlines()] if found.exists() else []
    verdicts: list[dict[str, Any]] = [line for line in lines if line.get("verdict") in BAD and not line["declared"]]
    gating = [verdict["rule"] for verdict in verdicts if verdict["gates"]]
    others = sorted({verdict["rule"] for verdict in verdicts})
    if gating:
        return str(gating[0])
    if run.returncode:
        return f"no rule, but: {run.stdout.strip().splitlines()[-1]}"
    return f"only {', '.join(others)}" if others else "NOBODY"


def main() -> None:
    """Judges every change and prints who notices it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", metavar="EXE", default=sys.executable, help="whose queues (default: this one's)")
    parser.add_argument("--module", metavar="NAME", default="queues", help="such as synchronize (default: queues)")
    parser.add_argument("--only", metavar="FUNCTION", default="", help="such as Queue.put, or SimpleQueue")
    parser.add_argument("--sample", metavar="N", type=int, help="at most so many changes, chosen evenly")
    parser.add_argument("--start-method", default="fork", help="default: fork")
    parser.add_argument("--patience", type=float, default=5.0, help="default: 5")
    parser.add_argument("--workers", type=int, default=2, help="how many at a time (default: 2)")
    parser.add_argument("--explore", type=float, metavar="SECONDS", help="explore each for that long, too")
    options, options.others = parser.parse_known_args()
    question = "import multiprocessing; print(multiprocessing.__path__[0])"
    answer = subprocess.run([options.python, "-c", question], stdout=subprocess.PIPE, check=True, text=True)
    package = Path(answer.stdout.strip())
    asked = list(mutants((package / f"{options.module}.py").read_text(), options.only))
    step = max(1, len(asked) // (options.sample or len(asked) or 1))
    asked = asked[step // 2 :: step][: options.sample]
    with concurrent.futures.ThreadPoolExecutor(options.workers) as pool:
        answers = pool.map(lambda mutant: noticed_by(mutant[1], package, options), asked)
        for (words, _), notice in zip(asked, answers):
            print(f"{words}  <- {notice}", flush=True)
    for words, text in asked if options.explore else ():
        print(f"{words}  explored: {found_by(text, package, options)}", flush=True)


if __name__ == "__main__":
    main()
