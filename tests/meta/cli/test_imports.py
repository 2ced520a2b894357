"""Only judging needs pytest: everything else works, and starts, without it."""

import os
import subprocess
import sys

import pytest
from runs import CHECKOUT, environment
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


@pytest.mark.parametrize(
    "module", ["queuespec", "queuespec.rules", "queuespec.stage", "queuespec.results", "queuespec.report"]
)
def test_what_others_import_does_not_import_pytest(module):
    run = run_without_pytest(f"import {module}; print({module}.__name__)")

    assert (run.stdout, run.stderr) == (f"{module}\n", "")


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


COMMAND = "from queuespec.__main__ import main; sys.exit(main(sys.argv[1:]))"


@pytest.mark.parametrize("line", ["--help", "--version", "tabel", "judge --help"])
def test_the_front_door_does_not_import_pytest(line):
    run = run_without_pytest(COMMAND, *line.split())

    assert (run.stdout + run.stderr).count("queuespec") >= 1
    assert run.returncode == (4 if line == "tabel" else 0), run.stderr


@pytest.mark.parametrize("line", ["check FILE", "table FILE", "compare FILE FILE", "expectations FILE"])
def test_no_command_about_results_imports_pytest(results, line):
    run = run_without_pytest(COMMAND, *line.replace("FILE", str(results)).split())

    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("line", ["list", f"explain {RULE}", "spec --output {null}", "faults lifo"])
def test_no_command_about_rules_imports_pytest(line):
    run = run_without_pytest(COMMAND, *line.format(null=os.devnull).split())

    assert run.returncode == 0, run.stderr
