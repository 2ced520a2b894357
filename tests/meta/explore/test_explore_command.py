"""``queuespec explore`` as a user types it: what it finds, saves, replays, and how it ends."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest
import runs
from hypothesis import given
from hypothesis import strategies as some
from samples import finding, header, queuespec

from queuespec import results
from queuespec.__main__ import main
from queuespec.cli import common, saving
from queuespec.explore.counterexample import Counterexample

FEW = ("--kind", "Queue", "--start-method", runs.METHOD, "--seed", "2", "--jobs", "1", "--rounds", "8")
WRONG = ("--implementation", "fault:none-for-empty")


@pytest.fixture(scope="module")
def explored(tmp_path_factory):
    """A run that has found something, and its directory."""
    home = tmp_path_factory.mktemp("explored")
    return queuespec("explore", *FEW, *WRONG, "--save", home / "new" / "saved", "--results", home / "x.jsonl"), home


def test_what_is_found_is_shown_saved_and_exit_status_1(explored):
    run, home = explored

    assert run.returncode == 1
    said, saved = run.stdout, home / "new" / "saved" / "counterexample-1.json"
    assert "seed 2\nbroken: " in said
    assert f"(Queue, {runs.METHOD})\n\nqueue = Queue(), under {runs.METHOD}\n" in said
    assert "returned None" in said
    assert "\nshown in 10 of 10 further runs\n" in said
    assert f"again: queuespec explore --replay {saved}" in said
    assert re.match(r"\d findings?: 8 rounds in ", said.splitlines()[-1])
    assert "fault:none-for-empty cannot be imported by a program" in run.stderr
    assert os.listdir(saved.parent) == [saved.name]


def test_the_same_seed_finds_the_same(explored):
    again = queuespec("explore", *FEW, *WRONG)

    def told(run):
        return [line for line in run.stdout.splitlines() if line.startswith(("broken: ", "queue = ", "shown in"))]

    assert told(again) == told(explored[0])


def test_the_results_have_the_finding_and_how_far_it_went(explored):
    found = results.read(explored[1] / "x.jsonl")

    assert found.cut_short == ""
    assert found.header.options["seed"] == 2
    assert found.header.options["kinds"] == ["Queue"]
    assert found.header.subject.implementation == "fault:none-for-empty"
    assert {(one.kind, *one.counts) for one in found.findings} == {("Queue", runs.METHOD)}
    assert found.explored["rounds"] == 8


def test_a_saved_counterexample_can_be_run_again(explored, tmp_path):
    saved = explored[1] / "new" / "saved" / "counterexample-1.json"

    again = queuespec("explore", "--replay", saved, "--rounds", "2")
    assert again.returncode == 1
    assert "\nbroken: " in again.stdout
    assert "\nshown in 2 of 2 further runs\n" in again.stdout

    other = queuespec("explore", "--replay", saved, "--rounds", "2", "--implementation", "multiprocessing")
    assert other.returncode == 0
    assert other.stdout.splitlines()[-1].startswith("not shown in 2 runs: ")


def test_nothing_is_found_in_what_is_right():
    run = queuespec("explore", *FEW)

    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.splitlines()[-1].startswith("nothing found: 8 rounds in ")


REFUSED = [
    (["--for", "90x"], "argument --for: '90x' is not a duration such as 90, 90s, 30m or 2h"),
    (["--for", "0"], "argument --for: '0' is not a duration such as 90, 90s, 30m or 2h"),
    (["--rounds", "-1"], "argument --rounds: '-1' is not a positive whole number"),
    (["--seed", "x"], "argument --seed: 'x' is not a whole number from 0"),
    (["--start-method", "teleport"], "--start-method: 'teleport' is not available on this platform"),
    (
        ["--implementation", "no_such_module"],
        "--implementation: there is no implementation named 'no_such_module' here",
    ),
    (["--results", "no/such/directory/x"], "--results: no such directory"),
    (["--save", os.devnull], "--save: cannot write to"),
    (["--replay", "no such file"], "cannot read no such file: No such file or directory"),
    (["--replay", "x", "--kind", "Queue"], "--replay: it runs what the file says, and --kind has no effect on that"),
    (["--replay", "x", "--save", "y"], "--replay: it runs what the file says, and --save has no effect on that"),
]


@pytest.mark.parametrize(("words", "said"), REFUSED)
def test_what_cannot_be_used_is_one_sentence(words, said, capsys):
    try:
        status = main(["explore", *words])
    except SystemExit as ended:
        status = ended.code

    captured = capsys.readouterr()
    assert (status, captured.out) == (4, "")
    assert captured.err.startswith(f"queuespec explore: {said}")
    assert captured.err.count("\n") == 1


def test_a_kind_that_the_implementation_lacks_is_nothing_to_do():
    run = queuespec("explore", "--implementation", "threads", "--kind", "Manager.Queue", "--rounds", "1")

    assert run.returncode == 5
    assert "nothing to explore" in run.stderr


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("1.5m", 90), ("30m", 1800), ("2h", 7200), ("0.5", 0.5)]
)
def test_durations(text, seconds):
    assert common.seconds_of(text) == seconds


@pytest.mark.skipif(os.name != "posix", reason="Windows sends Ctrl-C to a console")
@pytest.mark.parametrize("times", [1, 3])
def test_ctrl_c_ends_with_what_was_found(times, tmp_path):
    words = ["explore", *FEW[:-2], *WRONG, "--for", "1h", "--results", str(tmp_path / "x.jsonl")]
    environment = runs.environment(PYTHONPATH=str(runs.CHECKOUT / "src"), PYTHONUNBUFFERED="1")
    command = [sys.executable, "-m", "queuespec", *words]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background may ignore it
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    signal.signal(signal.SIGINT, before)
    with process:
        for line in process.stdout:
            if line.startswith("found in"):
                break
        begun = time.monotonic()
        for number in range(times):
            process.send_signal(signal.SIGINT)
            if number + 1 < times:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(0.3)  # two signals at the same time are one
        rest = process.stdout.read()

    assert process.returncode == 2
    assert re.match(r"interrupted: \d+ findings?: ", rest.splitlines()[-1])
    assert time.monotonic() - begun < 60  # it takes 2 s on a quiet machine
    assert len(results.read(tmp_path / "x.jsonl").findings) == 1
    assert os.listdir(tmp_path) == ["x.jsonl"]


def test_exploring_that_hangs_ends_and_says_so(tmp_path):
    (tmp_path / "hanging.py").write_text(HANGING)
    begun = time.monotonic()

    run = queuespec("explore", *FEW[:-2], "--implementation", f"{tmp_path / 'hanging.py'}:Queue", "--for", "0.1")

    assert run.returncode == 5
    assert run.stderr.endswith("queuespec explore: no run ended within the time; raise --for\n")
    assert time.monotonic() - begun < 90  # it took eight times as long as the first call may take


HANGING = """\
import multiprocessing.queues
import time

class Queue(multiprocessing.queues.Queue):
    def put(self, *args, **kwargs):
        while True:
            time.sleep(0.01)

    get = get_nowait = put_nowait = qsize = empty = full = put
"""


# Saved counterexamples


@pytest.fixture
def one():
    return Counterexample.of_json(finding().counterexample)


def test_saving_replaces_nothing(tmp_path, one):
    (tmp_path / "counterexample-1.json").write_text("mine")
    (tmp_path / "counterexample-2.py").write_text("mine, too")
    saver = saving.Saver(tmp_path)

    files = [saver.save(header(), runs.facts_of("Linux", (3, 14, 1)), one).name for _ in range(2)]

    assert files == ["counterexample-3.json", "counterexample-4.json"]
    assert (tmp_path / "counterexample-1.json").read_text() == "mine"
    assert (tmp_path / "counterexample-2.py").read_text() == "mine, too"
    assert saving.read(str(tmp_path / files[0])) == (header(), one)


def changed(data, change):
    change(data)
    return data


def hold(data):
    return data["counterexample"]["schedule"]["holds"][0]


def parts(data):
    return data["counterexample"]["history"]["scenario"]["parts"]


def operations(data):
    return [one for part in parts(data) for one in part["operations"]]


HOSTILE = [
    (lambda data: operations(data)[0].pop("item"), "parent calls put() without an item"),
    (lambda data: operations(data)[-1].update(call="full", item="x"), "child 1 calls full() with an item"),
    (lambda data: hold(data).update(operation=9), "parent is held in operation 9, which it does not have"),
    (lambda data: parts(data).append(parts(data)[0]), "'parent' is there twice"),
    (lambda data: parts(data)[1]["operations"].append(parts(data)[0]["operations"][0]), "'p-1' is there twice"),
    (lambda data: hold(data).update(then="explode"), "must be one of"),
    (lambda data: parts(data)[0].update(actor="parent; rm -rf /"), "must match pattern"),
    (lambda data: parts(data)[0]["operations"][0].update(size=1 << 40), "must be smaller than or equal to"),
    (lambda data: data["counterexample"].pop("history"), "must contain"),
    (lambda data: data.update(extra=1), "must not contain"),
]


@pytest.mark.parametrize(("change", "said"), HOSTILE)
def test_a_hostile_counterexample_is_one_sentence(change, said, tmp_path):
    data = changed(json.loads(json.dumps(results.saved(header(), finding().counterexample))), change)
    (tmp_path / "x.json").write_text(json.dumps(data))

    with pytest.raises(results.BadFile, match=r"^[^\n]*x\.json: invalid counterexample: [^\n]*$") as refused:
        saving.read(str(tmp_path / "x.json"))
    assert said in str(refused.value)


def test_a_results_file_is_no_counterexample(explored, capsys):
    file = str(explored[1] / "x.jsonl")

    assert main(["explore", "--replay", file]) == 4
    said = "it is a results file; give a counterexample, which explore --save DIR writes"
    assert capsys.readouterr().err == f"queuespec explore: {file}: {said}\n"


@pytest.mark.parametrize("name", ["./evil.py", "evil.py:Queue", "C:\\evil", "/tmp/evil"])
def test_a_counterexample_does_not_say_which_file_to_run(name, tmp_path, capsys):
    data = results.saved(header(implementation=name), finding().counterexample)
    (tmp_path / "x.json").write_text(json.dumps(data))

    assert main(["explore", "--replay", str(tmp_path / "x.json")]) == 4
    assert capsys.readouterr().err.endswith(", which is a file; name it by --implementation\n")


def test_a_file_is_named_in_the_command_that_runs_a_counterexample_again(tmp_path):
    (tmp_path / "wrong.py").write_text(NONE_FOR_EMPTY)
    wrong = f"{tmp_path / 'wrong.py'}:Queue"

    run = queuespec("explore", *FEW, "--implementation", wrong, "--save", tmp_path / "saved")
    saved = tmp_path / "saved" / "counterexample-1.json"
    assert f"again: queuespec explore --replay {saved} --implementation {wrong}\n" in run.stdout

    again = queuespec("explore", "--replay", saved, "--implementation", wrong, "--rounds", "1")
    assert f"again: queuespec explore --replay {saved} --implementation {wrong}\n" in again.stdout


NONE_FOR_EMPTY = """\
import multiprocessing.queues
import queue

class Queue(multiprocessing.queues.Queue):
    def get(self, *args, **kwargs):
        try:
            return super().get(*args, **kwargs)
        except queue.Empty:
            return None
"""


@given(some.binary(max_size=200) | some.text(max_size=200).map(str.encode) | some.just(b"[" * 100_000))
def test_anything_else_is_one_sentence(tmp_path_factory, content):
    file = tmp_path_factory.mktemp("x") / "x.json"
    file.write_bytes(content)

    with pytest.raises(results.BadFile) as refused:
        saving.read(str(file))
    assert str(refused.value).isprintable()
