"""What a run writes: complete results, or what it knew when it was cut short; never the file of an earlier run."""

import os
import signal
import xml.etree.ElementTree

import pytest
from runs import ACCUSING, judged_says
from samples import RULE, header, queuespec, text_of, verdict

from queuespec import results
from queuespec.__main__ import main
from queuespec.results import Recorder


def test_a_run_writes_what_it_judged_and_how(judge, tmp_path):
    judge("--rule", RULE, "--start-method", "spawn", "--patience", "20", "-k", "spawn-Queue", "-n1", parallel=True)

    run = results.read(tmp_path / "results.jsonl")

    assert run.header.start_methods == ("spawn",)
    assert run.header.subject.python_version == judged_says("platform.python_version()")
    assert run.header.options["patience"] == 20
    assert run.header.options["rules"] == [RULE]
    assert len(run.header.rule_set) == 16
    assert [(one.rule, one.reported_start_method) for one in run.verdicts] == [(RULE, "spawn")]
    assert not (tmp_path / "results.jsonl.unfinished").exists()


def test_a_verdict_that_deviates_keeps_its_timeline(judge):
    run = judge(
        *("--rule", RULE, "--start-method", ACCUSING, "--patience", "1"),
        *("--implementation", "fault:get-hangs-in-c", "-k", f"{ACCUSING}-Queue"),
    )

    assert "get()" in [row[2] for row in run.of(RULE)[0]["timeline"]]


def test_a_crashed_worker_costs_its_verdict_and_no_other(tmp_path, judge):
    (tmp_path / "crashing.py").write_text(
        "import os\n"
        "def pytest_runtest_call(item):\n"
        "    rule = item.get_closest_marker('rule').args[0]\n"
        "    if rule == 'get.nonblocking-raises-empty' and 'spawn-JoinableQueue' in item.name:\n"
        "        os._exit(1)\n"
    )

    rules = ("--rule", RULE, "--rule", "get.nonblocking-raises-empty", "--start-method", "spawn")

    run = judge("-p", "crashing", "-n2", *rules, parallel=True, env={"PYTHONPATH": str(tmp_path)})

    lost = [one for one in run.verdicts if one["verdict"] == "not-run"]
    assert [(one["rule"], one["start_method"], one["kind"]) for one in lost] == [
        ("get.nonblocking-raises-empty", "spawn", "JoinableQueue")
    ]
    assert lost[0]["explanation"] == "the test worker that judged this crashed"
    assert run.status == 1
    assert results.read(tmp_path / "results.jsonl").cut_short == "cut short: 1 planned verdict missing"


def test_parameters_are_named_the_same_from_run_to_run(judge, tmp_path):
    judge("--rule", "share.no-pickle-outside-spawning", "-k", f"{ACCUSING}-Queue")

    found = [one.parameters for one in results.read(tmp_path / "results.jsonl").verdicts]
    assert len(set(found)) == len(found) > 1
    assert not [name for name in found if "0x" in name]


def test_what_was_lost_of_a_rule_with_parameters_is_told_apart(tmp_path, judge):
    (tmp_path / "crashing.py").write_text("import os\ndef pytest_runtest_call(item):\n    os._exit(1)\n")
    options = ("-p", "crashing", "-n1", "--rule", "put.timeout-int-or-float", "-k", f"{ACCUSING}-Queue")

    judge(*options, parallel=True, env={"PYTHONPATH": str(tmp_path)})

    lost = results.read(tmp_path / "results.jsonl").verdicts
    assert len({one.key for one in lost}) == len(lost) > 1
    assert all(one.parameters for one in lost)
    assert {one.verdict for one in lost} == {"not-run"}


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
@pytest.mark.parametrize("workers", ["-n0", "-n2"])
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

    run = queuespec("--rule", RULE, "--results", tmp_path / "some.jsonl")

    assert run.returncode == 4
    assert f"--results: cannot write {str(tmp_path / 'some.jsonl')!r}: " in run.stderr


@pytest.mark.parametrize("options", [("-n0",), ("-p", "no:xdist")], ids=" ".join)
def test_without_a_terminal_to_report_to_results_are_written_and_github_is_told(tmp_path, options):
    summary = tmp_path / "summary.md"
    faulty = ("--implementation", "fault:get-looks-only", "-k", f"{ACCUSING}-Queue", "--start-method", ACCUSING)

    run = queuespec(
        *("-p", "no:terminal", *options, *faulty, "--rule", "order.fifo-in-process"),
        *("--results", tmp_path / "results.jsonl"),
        GITHUB_ACTIONS="true",
        GITHUB_STEP_SUMMARY=str(summary),
    )

    assert run.returncode == 1
    assert [one.verdict for one in results.read(tmp_path / "results.jsonl").verdicts] == ["deviates"]
    assert "| order.fifo-in-process | deviates |" in summary.read_text(encoding="utf-8")
    assert [line.partition(" ")[0] for line in run.stdout.splitlines()] == ["::error"]


def test_a_folder_that_is_not_there_is_told_before_anything_is_judged(tmp_path):
    run = queuespec("--rule", RULE, "--results", tmp_path / "nowhere" / "results.jsonl")

    assert run.returncode == 4
    assert "--results: no such directory: " in run.stderr


def test_what_is_no_file_is_not_replaced(tmp_path):
    run = queuespec("--rule", RULE, "--results", os.devnull)

    assert run.returncode == 4
    assert "--results: " in run.stderr
    assert os.path.exists(os.devnull)


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


def test_junit_says_rule_and_verdict_as_properties(judge, tmp_path):
    judge(
        "--rule",
        RULE,
        "--start-method",
        ACCUSING,
        "-k",
        f"{ACCUSING}-Queue",
        "--junit-xml",
        tmp_path / "junit.xml",
        "-n1",
        parallel=True,
    )

    cases = xml.etree.ElementTree.parse(tmp_path / "junit.xml").iter("testcase")
    found = [{one.get("name"): one.get("value") for one in case.iter("property")} for case in cases]

    assert [(one["rule"], one["kind"], one["start_method"], one["verdict"]) for one in found] == [
        (RULE, "Queue", ACCUSING, "conforms")
    ]


def test_junit_says_rule_and_verdict_also_of_what_failed_or_was_lost(judge, tmp_path):
    (tmp_path / "crashing.py").write_text(
        "import os\ndef pytest_runtest_call(item):\n    '-Joinable' in item.name and os._exit(1)\n"
    )
    judge(
        *("-p", "crashing", "-n1", "--start-method", ACCUSING, "-k", f"{ACCUSING}-Queue or {ACCUSING}-Joinable"),
        *("--implementation", "fault:lifo", "--rule", "order.fifo-in-process"),
        *("--junit-xml", tmp_path / "junit.xml"),
        parallel=True,
        env={"PYTHONPATH": str(tmp_path)},
    )

    cases = xml.etree.ElementTree.parse(tmp_path / "junit.xml").iter("testcase")
    found = [{one.get("name"): one.get("value") for one in case.iter("property")} for case in cases]

    assert sorted((one["rule"], one["kind"], one["verdict"]) for one in found) == [
        ("order.fifo-in-process", "JoinableQueue", "not-run"),
        ("order.fifo-in-process", "Queue", "deviates"),
    ]


def test_what_a_recorder_has_begun_can_be_read_as_cut_short(tmp_path):
    recorder = Recorder(tmp_path / "some.jsonl")
    recorder.begin(header())
    recorder.add(verdict())

    run = results.read(recorder.unfinished, cut_short=True)

    assert [one.key for one in run.verdicts] == [verdict().key]
    assert run.cut_short == "cut short after 1 verdict: the footer is missing"
