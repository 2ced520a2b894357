"""`queuespec measure`: one sentence for a slip, figures and answers in the end, and the statuses of all commands."""

import csv
import importlib.util
import io
import json
import re
import signal
import subprocess
import sys

import pytest
from runs import CHECKOUT, environment, without
from samples import queuespec

from queuespec import results
from queuespec.__main__ import main
from queuespec.cli import measure
from queuespec.cli.measure import size
from queuespec.stage import Hangs, Unusable

SLOWER = CHECKOUT / "tests" / "meta" / "implementations" / "slower.py"


@pytest.fixture(autouse=True)
def signals():
    """Restores what signals do: at its end, a command that runs in this process ignores Ctrl-C."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0", 0), ("100", 100), ("64K", 65536), ("64KiB", 65536), ("16M", 1 << 24), ("1GiB", 1 << 30)],
)
def test_sizes_are_read_as_people_write_them(text, expected):
    assert size(text) == expected


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--size", "much"), "'much' is not a size up to 1GiB, such as 4096, 64KiB or 16MiB"),
        (("--size", "2GiB"), "'2GiB' is not a size up to 1GiB, such as 4096, 64KiB or 16MiB"),
        (("--size", "-1"), "'-1' is not a size up to 1GiB, such as 4096, 64KiB or 16MiB"),
        (("--for", "0"), "'0' is not a duration such as 90, 90s, 30m or 2h"),
        (("--workload", "transfers"), "there is no workload 'transfers'; did you mean 'transfer'?"),
        (("--workload", "x"), "there is no workload 'x'; there are transfer, round trip, hand over, start, growth"),
        (("--kind", "Pipe"), "invalid choice: 'Pipe'"),
        (("--start-method", "thread"), "'thread' is not available on this platform"),
        (("--implementation", "nothing_of_this_name"), "there is no implementation named 'nothing_of_this_name'"),
        (("--implementation", f"{SLOWER}:Adapter", "--kind", "SimpleQueue"), "has no SimpleQueue"),
        (("--results", "/nowhere/at all"), "--results: '/nowhere/at all' is in no directory that exists"),
        (("--export-csv", "."), "--export-csv: '.' is a directory"),
    ],
)
def test_a_slip_is_one_sentence(words, sentence):
    shown = queuespec("measure", *words)

    assert shown.returncode == 4
    assert sentence in shown.stderr
    assert len(shown.stderr.splitlines()) == 1
    assert shown.stdout == ""


@pytest.mark.parametrize(("option", "module"), [("--plots", "matplotlib"), ("--export-pyperf", "pyperf")])
def test_what_needs_the_extra_says_so_at_the_beginning(option, module, trait, tmp_path):
    hidden = trait(f"import sys; sys.modules[{module!r}] = None")
    words = [sys.executable, "-m", "queuespec", "measure", option, str(tmp_path / "x")]
    path = f"{hidden['PYTHONPATH']}{';' if sys.platform == 'win32' else ':'}{CHECKOUT / 'src'}"
    shown = subprocess.run(words, env=environment(PYTHONPATH=path), capture_output=True, text=True, timeout=60)

    assert shown.returncode == 4
    sentence = f"queuespec measure: {option} requires {module}; install it with: pip install 'queuespec[measure]'\n"
    assert shown.stderr == sentence


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A short run, and what it has written."""
    place = tmp_path_factory.mktemp("run")
    words = ["--for", "2", "--workload", "transfer", "--size", "100", "--start-method", "spawn", "--seed", "7"]
    shown = queuespec("measure", *words, "--results", str(place / "run.jsonl"), "--export-csv", str(place / "run.csv"))
    return shown, place


def test_a_run_ends_with_figures_and_answers(run):
    shown, _ = run

    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith("measured: multiprocessing on ")
    assert "\ntransfer of 100 B " in shown.stdout
    assert "\n- Noise of this machine: " in shown.stdout


def test_a_run_writes_a_results_file(run):
    found = results.read(run[1] / "run.jsonl")

    assert not found.cut_short
    assert found.header.start_methods == ("spawn",)
    assert found.header.options["seed"] == 7
    assert found.header.options["workloads"] == ["transfer"]
    assert found.header.options["sizes"] == [100]
    assert found.measured.find("transfer", "item", size=100)


def test_a_run_writes_csv(run):
    rows = [*csv.DictReader(io.StringIO((run[1] / "run.csv").read_text(encoding="utf-8")))]
    one = next(row for row in rows if (row["figure"], row["of"]) == ("transfer of 100 B", "queue"))

    assert float(one["value"]) > 0
    assert json.loads(one["parameters"]) == {"shape": "bytes", "size": 100}


class Interrupted(measure.Run):
    """A run that its user interrupts when it has measured something."""

    def perform(self):
        super().perform()
        raise KeyboardInterrupt


SHORT = ["measure", "--for", "1", "--workload", "round trip"]


def test_an_interrupted_run_writes_what_it_has(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(measure, "Run", Interrupted)
    status = main([*SHORT, "--results", str(tmp_path / "run.jsonl")])
    shown = capsys.readouterr()

    assert status == 2
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN  # a second Ctrl-C does no harm
    assert results.read(tmp_path / "run.jsonl").measured
    assert shown.out.startswith("measured: ")
    assert "queuespec measure: interrupted in round " in shown.err


class Failing(measure.Run):
    """A run in which the queue fails."""

    def _samples(self, task, of, bench, seconds):
        if of == "queue":
            raise measure.Refused("the queue fails")  # to be turned into what a queue raises
        return super()._samples(task, of, bench, seconds)


def test_a_run_in_which_nothing_works_says_so(monkeypatch, capsys):
    monkeypatch.setattr(measure, "Refused", Hangs)
    monkeypatch.setattr(measure, "Run", Failing)
    status = main(SHORT)

    assert status == 1
    assert "queuespec measure: nothing could be measured: the queue fails" in capsys.readouterr().err


class Unloaded(measure.Run):
    """A run in which no judged process can load the implementation."""

    def perform(self):
        raise Unusable("it cannot be loaded twice")


def test_an_implementation_that_cannot_be_loaded_again_is_one_sentence(monkeypatch, capsys):
    monkeypatch.setattr(measure, "Run", Unloaded)

    assert main(SHORT) == 4
    assert capsys.readouterr().err == "queuespec measure: --implementation: it cannot be loaded twice\n"


def test_a_run_writes_the_json_of_pyperf(monkeypatch, tmp_path):
    if importlib.util.find_spec("pyperf") is None:
        without("pyperf")
    import pyperf

    assert main([*SHORT, "--export-pyperf", str(tmp_path / "run.json")]) == 0
    suite = pyperf.BenchmarkSuite.load(str(tmp_path / "run.json"))

    assert any(name.startswith("round trip, p50") for name in suite.get_benchmark_names())
    assert all(value > 0 for one in suite.get_benchmarks() for value in one.get_values())


def test_progress_says_how_much_time_is_left():
    shown = measure._Shown(100.0)
    lines = []
    shown._line._write = lines.append
    shown._line._shown = -1e9
    shown(3, "round trip")

    assert re.fullmatch(r"round 3, \d+ %, 1:\d\d left: round trip\n", *lines)
