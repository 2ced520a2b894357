"""Only judging needs pytest: everything else works, and starts, without it."""

import json
import os
import subprocess
import sys

import pytest
from runs import CHECKOUT, COMMANDS, environment
from samples import RULE, text_of, verdict

SPECIFICATION = CHECKOUT / "tests" / "spec"
WITHOUT_PYTEST = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("pytest", "_pytest", "pluggy", "xdist"):
            raise ImportError(f"{name} is blocked here")

sys.meta_path.insert(0, Blocked())
"""


def run_without_pytest(program, *words):
    """Runs a program in an interpreter that cannot import pytest."""
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_PYTEST + program, *map(str, words)],
        env=environment(PYTHONPATH=str(CHECKOUT / "src")),
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )


def test_what_others_import_does_not_import_pytest():
    modules = ("queuespec", "queuespec.rules", "queuespec.stage", "queuespec.results", "queuespec.report")

    run = run_without_pytest("".join(f"import {module}; print({module}.__name__)\n" for module in modules))

    assert (run.stdout.split(), run.stderr) == ([*modules], "")


def test_the_package_has_every_name_that_it_offers_and_no_other():
    program = "import queuespec\nfor name in queuespec.__all__: print(name, getattr(queuespec, name) is not None)"
    run = run_without_pytest(program + "\nassert set(queuespec.__all__) <= set(dir(queuespec))\nqueuespec.nothing")

    assert "AttributeError: module 'queuespec' has no attribute 'nothing'" in run.stderr
    assert "each True\n" in run.stdout
    assert "False" not in run.stdout


@pytest.fixture
def results(tmp_path):
    """A results file."""
    path = tmp_path / "results.jsonl"
    path.write_text(text_of([verdict()]))
    return path


@pytest.fixture
def statuses():
    """The exit status of each of these commands; what one of them imports, the next one finds imported."""

    def run(*commands):
        done = run_without_pytest(COMMANDS, json.dumps([command.split() for command in commands]))
        assert done.returncode == 0, done.stderr
        return {command: status for command, (status, _, _) in zip(commands, json.loads(done.stdout))}

    return run


def test_the_front_door_does_not_import_pytest(statuses):
    expected = {"--help": 0, "--version": 0, "tabel": 4, "judge --help": 0}

    assert statuses(*expected) == expected


def test_no_command_about_results_imports_pytest(statuses, results):
    commands = [f"check {results}", f"table {results}", f"compare {results} {results}", f"expectations {results}"]

    assert statuses(*commands) == dict.fromkeys(commands, 0)


def test_no_command_about_rules_imports_pytest(statuses):
    commands = ["list", f"explain {RULE}", f"spec --output {os.devnull}", "faults lifo"]

    assert statuses(*commands) == dict.fromkeys(commands, 0)
