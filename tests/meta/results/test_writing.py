"""What a run writes: complete results, or what it knew when it was cut short; never the file of an earlier run."""

import os
import re
import signal
import xml.etree.ElementTree

import pytest
from runs import ACCUSING, judged_says, outcomes, rest
from samples import RULE, header, queuespec, text_of, verdict

from queuespec import results
from queuespec.__main__ import main
from queuespec.results import Recorder


def properties(path):
    """The properties of each case in a file of JUnit's format."""
    cases = xml.etree.ElementTree.parse(path).iter("testcase")
    return [{one.get("name"): one.get("value") for one in case.iter("property")} for case in cases]


def test_a_run_writes_what_it_judged_and_how_and_tells_junit(judge, tmp_path):
    options = ("--start-method", "spawn", "--patience", "20", "-k", "spawn-Queue", "-n1")

    judge("--rule", RULE, *options, "--junit-xml", tmp_path / "junit.xml", parallel=True)

    run = results.read(tmp_path / "results.jsonl")
    assert run.header.start_methods == ("spawn",)
    assert run.header.subject.python_version == judged_says("platform.python_version()")
    assert run.header.options["patience"] == 20
    assert run.header.options["rules"] == [RULE]
    assert len(run.header.rule_set) == 16
    assert [(one.rule, one.reported_start_method) for one in run.verdicts] == [(RULE, "spawn")]
    assert not (tmp_path / "results.jsonl.unfinished").exists()
    found = properties(tmp_path / "junit.xml")
    assert [(one["rule"], one["kind"], one["start_method"], one["verdict"]) for one in found] == [
        (RULE, "Queue", "spawn", "conforms")
    ]


def test_a_verdict_that_deviates_keeps_its_timeline_and_output(judge):
    run = judge(
        *("--rule", RULE, "--start-method", ACCUSING, "--patience", "1"),
        *("--implementation", "fault:get-hangs-in-c", "-k", f"{ACCUSING}-Queue"),
    )

    assert "get()" in [row[2] for row in run.of(RULE)[0]["timeline"]]
    assert any(re.search(r'File ".*", line \d+ in get', line) for line in run.of(RULE)[0]["output"]), "the stack"


def test_a_crashed_worker_costs_its_verdict_and_no_other(tmp_path, judge):
    (tmp_path / "crashing.py").write_text(
        "import os\n"
        "def pytest_runtest_call(item):\n"
        "    rule = item.get_closest_marker('rule').args[0]\n"
        "    if rule == 'put.timeout-int-or-float' and '-Queue' in item.name:\n"
        "        os._exit(1)\n"
        "    if rule == 'order.fifo-in-process' and '-Joinable' in item.name:\n"
        "        os._exit(1)\n"
    )
    rules = ("--rule", "put.timeout-int-or-float", "--rule", "order.fifo-in-process", "--start-method", ACCUSING)
    options = ("-p", "crashing", "-n1", "--implementation", "fault:lifo", "--junit-xml", tmp_path / "junit.xml")

    run = judge(*options, *rules, parallel=True, env={"PYTHONPATH": str(tmp_path)})

    lost = [one for one in run.verdicts if one["verdict"] == "not-run"]
    with_parameters = [one for one in lost if one["rule"] == "put.timeout-int-or-float"]
    assert {(one["rule"], one["start_method"], one["kind"]) for one in lost} == {
        ("put.timeout-int-or-float", ACCUSING, "Queue"),
        ("order.fifo-in-process", ACCUSING, "JoinableQueue"),
    }
    assert len(lost) == len(with_parameters) + 1
    assert len({one["parameters"] for one in with_parameters}) == len(with_parameters) > 1
    assert all(one["parameters"] for one in with_parameters)
    assert {one["explanation"] for one in lost} == {"the test worker that judged this crashed"}
    assert run.status == 1
    cut_short = f"cut short: {len(lost)} planned verdicts missing"
    assert results.read(tmp_path / "results.jsonl").cut_short == cut_short
    assert {(one["kind"], one["verdict"]) for one in run.of("order.fifo-in-process")} >= {
        ("Queue", "deviates"),
        ("JoinableQueue", "not-run"),
    }
    told = [(one["rule"], one["kind"], one["verdict"]) for one in properties(tmp_path / "junit.xml")]
    assert sorted(told) == sorted((one["rule"], one["kind"], one["verdict"]) for one in run.verdicts)


def test_parameters_are_named_the_same_from_run_to_run(judge, tmp_path):
    judge("--rule", "share.no-pickle-outside-spawning", "-k", f"{ACCUSING}-Queue")

    found = [one.parameters for one in results.read(tmp_path / "results.jsonl").verdicts]
    assert len(set(found)) == len(found) > 1
    assert not [name for name in found if "0x" in name]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal that nothing can catch")
def test_a_run_that_is_killed_leaves_what_it_knew_and_no_file_of_an_earlier_run(tmp_path, capsys):
    path = tmp_path / "results.jsonl"
    path.write_text(text_of([verdict()]))
    (tmp_path / "killing.py").write_text(
        "import os, signal\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # what runs in the background may ignore it
        "judged = []\n"
        "def pytest_runtest_logfinish(nodeid):\n"
        "    judged.append(nodeid)\n"
        "    if len(judged) == 2:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    queuespec("-n0", "-p", "killing", "--start-method", ACCUSING, "--rule", RULE, "--results", path, path=[tmp_path])
    assert not path.exists()

    status = main(["table", f"{path}.unfinished"])

    assert status == 0
    assert "cut short after 2 verdicts: the footer is missing" in capsys.readouterr().out


@pytest.mark.skipif(os.name == "nt", reason="needs a signal to one process alone")
@pytest.mark.parametrize("workers", rest(["-n0", "-n1"], ["-n1"]))
def test_a_run_that_is_interrupted_keeps_the_results_of_the_earlier_one(tmp_path, workers):
    path = tmp_path / "results.jsonl"
    path.write_text(text_of([verdict()]))
    (tmp_path / "interrupting.py").write_text(
        "import os, signal\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # what runs in the background may ignore it
        "judged = []\n"
        "def pytest_runtest_logreport(report):\n"
        "    if report.when == 'teardown' and 'PYTEST_XDIST_WORKER' not in os.environ:\n"
        "        judged.append(report.nodeid)\n"
        "        if len(judged) == 2:\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
    )

    options = (workers, "-p", "interrupting", "--start-method", ACCUSING, "--rule", RULE, "--results", path)
    run = queuespec(*options, path=[tmp_path])

    assert run.returncode == 2
    assert results.read(path).cut_short
    assert results.read(f"{path}.earlier").verdicts == [verdict()]
    assert f"the results of an earlier run are kept in {path}.earlier" in run.stdout
    assert not (tmp_path / "results.jsonl.unfinished").exists()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_an_earlier_file_is_kept_until_there_is_a_whole_one(tmp_path):
    path = tmp_path / "some.jsonl"
    path.write_text(text_of([verdict("good.rule")]))
    lost = verdict(verdict="not-run")

    for verdicts in ([lost], [lost], [verdict()]):
        assert "some.jsonl.earlier" not in names(tmp_path) or results.read(f"{path}.earlier").verdicts[0].rule == (
            "good.rule"
        )
        recorder = Recorder(path)
        recorder.begin(header())
        assert names(tmp_path) == ["some.jsonl.earlier", "some.jsonl.unfinished"]
        recorder.finish(header(), verdicts, 1.0)

    assert names(tmp_path) == ["some.jsonl"]
    assert results.read(path).verdicts == [verdict()]


def test_a_damaged_file_does_not_replace_an_earlier_one(tmp_path):
    (tmp_path / "some.jsonl").write_text("damaged")
    (tmp_path / "some.jsonl.earlier").write_text(text_of([verdict("good.rule")]))

    Recorder(tmp_path / "some.jsonl").begin(header())

    assert names(tmp_path) == ["some.jsonl.earlier", "some.jsonl.unfinished"]
    assert results.read(tmp_path / "some.jsonl.earlier").verdicts[0].rule == "good.rule"


def test_a_run_that_judged_nothing_puts_the_earlier_file_back(tmp_path):
    path = tmp_path / "some.jsonl"
    path.write_text("earlier")
    recorder = Recorder(path)

    recorder.begin(header())
    recorder.abandon()

    assert names(tmp_path) == ["some.jsonl"]
    assert path.read_text() == "earlier"


def test_what_cannot_be_written_is_told_before_anything_is_judged(tmp_path):
    (tmp_path / "some.jsonl.unfinished").mkdir()
    said = {
        str(tmp_path / "some.jsonl"): f"--results: cannot write {str(tmp_path / 'some.jsonl')!r}: ",
        str(tmp_path / "nowhere" / "some.jsonl"): "--results: no such directory: ",
        str(tmp_path): f"--results: {str(tmp_path)!r} is a directory; name a file in it",
        os.devnull: "--results: ",  # what is no file is not replaced
    }

    answers = outcomes(*(["--rule", RULE, "--results", path] for path in said))

    for (path, words), (status, printed, answer) in zip(said.items(), answers):
        assert (path, status, printed) == (path, 4, "")
        assert words in answer
    assert os.path.exists(os.devnull)


@pytest.mark.parametrize("options", rest(["-n0", "-p no:xdist"], ["-p no:xdist"]))
def test_without_a_terminal_to_report_to_results_are_written_and_github_is_told(tmp_path, options):
    summary = tmp_path / "summary.md"
    faulty = ("--implementation", "fault:get-looks-only", "-k", f"{ACCUSING}-Queue", "--start-method", ACCUSING)

    run = queuespec(
        *("-p", "no:terminal", *options.split(), *faulty, "--rule", "order.fifo-in-process"),
        *("--results", tmp_path / "results.jsonl"),
        GITHUB_ACTIONS="true",
        GITHUB_STEP_SUMMARY=str(summary),
    )

    assert run.returncode == 1
    assert [one.verdict for one in results.read(tmp_path / "results.jsonl").verdicts] == ["deviates"]
    assert "| order.fifo-in-process | deviates |" in summary.read_text(encoding="utf-8")
    assert [line.partition(" ")[0] for line in run.stdout.splitlines()] == ["::error"]


def test_a_folder_that_goes_away_is_a_problem_of_the_run_and_no_traceback(tmp_path):
    (tmp_path / "removing.py").write_text(
        "import shutil\n"
        "def pytest_runtest_logfinish(nodeid):\n"
        f"    shutil.rmtree({str(tmp_path / 'folder')!r}, ignore_errors=True)\n"
    )
    (tmp_path / "folder").mkdir()
    path = tmp_path / "folder" / "some.jsonl"

    run = queuespec(
        "-n0", "-p", "removing", "-k", f"{ACCUSING}-Queue", "--rule", RULE, "--results", path, path=[tmp_path]
    )

    assert run.returncode == 1
    assert "cannot write the results to" in run.stdout
    assert "Traceback" not in run.stdout + run.stderr


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    path = tmp_path / "some.jsonl"
    path.write_text("earlier")

    def verdicts():
        yield verdict()
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        results.write(path, header(), verdicts())

    assert path.read_text() == "earlier"
    assert [one.name for one in tmp_path.iterdir()] == ["some.jsonl"]


def test_what_a_recorder_has_begun_can_be_read_as_cut_short(tmp_path):
    recorder = Recorder(tmp_path / "some.jsonl")
    recorder.begin(header())
    recorder.add(verdict())

    run = results.read(recorder.unfinished, cut_short=True)

    assert [one.key for one in run.verdicts] == [verdict().key]
    assert run.cut_short == "cut short after 1 verdict: the footer is missing"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes")
def test_what_is_no_file_is_written_to_and_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    results.write_atomically(pipe, ["some ", "text"])

    assert os.read(reader, 100) == b"some text"
    os.close(reader)
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


@pytest.mark.skipif(os.name != "posix", reason="Windows lets few users make links")
def test_a_link_stays_one(tmp_path):
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "file")

    results.write_atomically(link, ["text"])

    assert link.is_symlink()
    assert (tmp_path / "file").read_text() == "text"
