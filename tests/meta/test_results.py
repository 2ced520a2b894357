"""Results files: what a run writes, what of it can be read again, and what happens to damaged ones."""

import gzip
import hashlib
import json
import os
import signal
import xml.etree.ElementTree

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from runs import ACCUSING, judged_says
from samples import RULE, header, queuespec, text_of, verdict

from queuespec import results
from queuespec.cli import commands
from queuespec.results import BadFile, Recorder, schema
from queuespec.text import command as workflow_command
from queuespec.text import markdown, one_line, printable

SCHEMA = json.loads(schema.FILE.read_text(encoding="utf-8"))


@pytest.fixture
def file(tmp_path):
    """Writes a file of this text, or these bytes."""

    def write(content, name="some.jsonl"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


# What a run writes


def test_a_run_writes_what_it_judged_and_how(judge, tmp_path):
    judge("--rule", RULE, "--start-method", "spawn", "--patience", "20", "-k", "spawn-Queue", "-n1", parallel=True)

    run = results.read(tmp_path / "results.jsonl")

    assert run.header.start_methods == ("spawn",)
    assert run.header.python_version == judged_says("platform.python_version()")
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
    assert results.read(tmp_path / "results.jsonl").cut_short == "cut short: without 1 planned verdict"


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

    status = commands.show_table([f"{path}.unfinished"])

    assert status == 0
    assert "cut short after 2 verdicts: it has no footer" in capsys.readouterr().out


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
    assert f"--results: {str(tmp_path / 'some.jsonl')!r} cannot be written: " in run.stderr


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
    assert "--results: there is no directory" in run.stderr


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
    assert "the results cannot be written to" in run.stdout
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
    assert run.cut_short == "cut short after 1 verdict: it has no footer"


# What is read again


def test_what_is_written_is_read_again(file):
    written = [verdict(timeline=((0.5, "parent", "get()", "returned 1", None),)), verdict("other.rule", "hangs")]

    run = results.read(file(text_of(written)), timelines=True)

    assert run.header == header()
    assert run.verdicts == written
    assert run.cut_short == ""


def test_line_ends_may_be_carriage_return_and_line_feed(file):
    run = results.read(file(text_of([verdict()]).replace("\n", "\r\n")))

    assert len(run.verdicts) == 1


def test_the_schema_that_ships_describes_what_is_written(tmp_path):
    path = tmp_path / "run.jsonl"
    some = [verdict(), verdict("a", "hangs", explanation="why", declared={"expected": "hangs", "reason": "x"})]
    results.write(path, header(), some)

    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for line in path.read_text().splitlines():
        jsonschema.validate(json.loads(line), SCHEMA, jsonschema.Draft202012Validator)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5) | st.just("fork"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
LINES = [json.loads(line) for line in text_of([verdict(timeline=((0.5, "parent", "get()", "1", None),))]).splitlines()]


@given(
    number=st.sampled_from([0, 1, 2]),
    changes=st.dictionaries(
        st.sampled_from(sorted({*LINES[0], *LINES[1], *LINES[2]})) | st.text(max_size=5), anything, max_size=2
    ),
    without=st.sets(st.sampled_from(sorted({*LINES[0], *LINES[1], *LINES[2]})), max_size=1),
)
def test_our_checks_accept_nothing_that_the_schema_refuses(number, changes, without):
    name = ("header", "verdict", "footer")[number]
    line = {key: value for key, value in {**LINES[number], **changes}.items() if key not in without}
    validator = jsonschema.Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": SCHEMA["$defs"]})

    if not schema.checks()[name](line):
        assert validator.is_valid(line)


# Damaged files

GOOD = text_of([verdict(), verdict(start_method="spawn", reported_start_method="spawn"), verdict("b.rule", "hangs")])


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda lines: [], "it is empty"),
        (lambda lines: lines[1:], "does not begin with a header"),
        (lambda lines: lines[:-1], "cut short after 3 verdicts: it has no footer"),
        (lambda lines: lines[:2] + lines[3:], "the footer counts other verdicts"),
        (lambda lines: [*lines, lines[-1]], "something after the footer"),
        (lambda lines: [lines[0], *lines], "a second header"),
        (lambda lines: [*lines[:2], *lines[1:]], "a second verdict for"),
        (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], "the file was changed"),
        (lambda lines: [line.replace("b.rule", "c.rule") for line in lines], "the file was changed"),
        (lambda lines: [*lines[:2], "", *lines[2:]], "line 3: the line is no JSON"),
        (lambda lines: [*lines[:2], "[]", *lines[2:]], "line 3: the line is no JSON object"),
        (lambda lines: [*lines[:2], "[" * 100_000, *lines[2:]], "line 3: the line is no JSON"),
        (lambda lines: [*lines[:2], '{"rule": NaN}', *lines[2:]], "NaN is no JSON"),
        (lambda lines: [*lines[:2], '{"rule": "a", "rule": "b"}', *lines[2:]], "stands twice"),
        (lambda lines: [line.replace('"rule": "b', '"new": 1, "rule": "b') for line in lines], "'new' is unknown"),
        (lambda lines: [line.replace('"hangs"', "7") for line in lines], "'verdict' should be one of"),
        (lambda lines: [line.replace('"hangs"', '"fine"') for line in lines], "'verdict' should be one of"),
        (lambda lines: [line.replace('"format": 1', '"format": 2') for line in lines], "reads format 1"),
        (lambda lines: [line.replace('"format": 1', '"format": [1]') for line in lines], "reads format 1"),
        (lambda lines: [line.replace('"reported_start_method": "spawn"', '"reported_start_method": "fork"')
                        for line in lines], "it conforms under spawn, but the children were started by fork"),
        (lambda lines: [line.replace('"start_methods": ["fork", "spawn"]', '"start_methods": ["fork"]')
                        for line in lines], "the header knows no start method 'spawn'"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_one_clear_sentence(file, capsys, damage, words):
    path = file("".join(line + "\n" for line in damage(GOOD.splitlines())))

    status = commands.check([str(path)])

    told = capsys.readouterr()
    assert status == 2
    assert words in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""


def test_after_a_damaged_file_the_others_are_checked_as_well(file, capsys):
    good, bad = file(GOOD, "good"), file(GOOD[:-5], "bad")

    assert commands.check([str(bad), str(good)]) == 2

    told = capsys.readouterr()
    assert "bad: cut short" in told.err
    assert "good: complete; 3 verdicts" in told.out


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_into_which_nobody_writes_is_not_waited_for(tmp_path, capsys):
    os.mkfifo(tmp_path / "pipe")

    assert commands.check([str(tmp_path / "pipe")]) == 2

    assert "pipe: it is empty" in capsys.readouterr().err


@pytest.mark.skipif(not os.path.isdir("/dev/fd"), reason="needs the shell's <(...)")
def test_a_pipe_can_be_read(capsys):
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as file:
        file.write(GOOD)

    assert commands.check([f"/dev/fd/{reading}"]) == 0

    os.close(reading)
    assert "complete; 3 verdicts" in capsys.readouterr().out


def test_a_file_with_missing_verdicts_is_not_whole(file, capsys):
    status = commands.check([str(file(text_of([verdict(), verdict("b.rule", "not-run")])))])

    assert status == 2
    assert "cut short: without 1 planned verdict" in capsys.readouterr().out


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp500"])
def test_a_file_in_another_encoding_is_one_clear_sentence(file, capsys, encoding):
    assert commands.check([str(file(GOOD.encode(encoding)))]) == 2

    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(GOOD.encode()),
        GOOD.encode("latin-1") + b"\xe9",
        b"\0" * 1000,
        bytes(range(256)) * 100,
        b"x" * 5_000_000,
        b'{"format":1' + b"0" * 9000,
    ],
    ids=["gzip", "latin-1", "zeros", "every byte", "one long line", "a long number"],
)
def test_what_is_no_results_file_is_one_clear_sentence(file, capsys, content):
    assert commands.check([str(file(content))]) == 2

    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert len(told) < 1000


@pytest.mark.parametrize("path", ["nowhere.jsonl", ".", "nul\0", "a\x1b[31m\nb"])
def test_a_file_that_cannot_be_read_is_one_clear_sentence(capsys, tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)

    assert commands.check([path]) == 2

    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "\x1b" not in told


def test_every_beginning_of_a_file_is_refused(file):
    refused = 0
    for end in range(len(GOOD) - 1):
        with pytest.raises(BadFile):
            results.read(file(GOOD[:end]))
        refused += 1

    assert refused == len(GOOD) - 1


def test_every_beginning_of_a_file_with_its_header_can_be_read_as_cut_short(file):
    begin = GOOD.index("\n")

    assert all(results.read(file(GOOD[:end]), cut_short=True).cut_short for end in range(begin, len(GOOD) - 1))


OLD = text_of([verdict(), verdict("b.rule")])
NEW = text_of([verdict(), verdict("b.rule", "hangs", explanation="get() was still running")]).encode()


@given(data=st.data())
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_damage_hides_a_regression_or_ends_in_a_traceback(tmp_path, data):
    damaged = bytearray(NEW)
    for _ in range(data.draw(st.integers(1, 4))):
        begin = data.draw(st.integers(0, len(damaged)))
        end = data.draw(st.integers(begin, min(len(damaged), begin + data.draw(st.sampled_from([0, 1, 40, 4000])))))
        some = st.binary(max_size=8) | st.sampled_from([b"\n", b'"', b"conforms", b"hangs", bytes(NEW[begin:end]) * 2])
        damaged[begin:end] = data.draw(some)
    (tmp_path / "old").write_text(OLD)
    (tmp_path / "new").write_bytes(damaged)

    for form in ("text", "markdown", "json"):
        assert commands.compare([str(tmp_path / "old"), str(tmp_path / "new"), "--format", form]) in (1, 2)
    assert commands.show_table([str(tmp_path / "new")]) in (0, 2)
    assert commands.draft_deviations([str(tmp_path / "new")]) in (0, 2)


def sealed(lines):
    """Lines with the footer that belongs to them: the file of somebody who forges one."""
    text = "".join(json.dumps(line) + "\n" for line in lines)
    found = dict.fromkeys(results.VERDICTS, 0)
    for line in lines[1:]:
        found[line["verdict"]] += 1
    return text + json.dumps({"counts": found, "digest": hashlib.sha256(text.encode()).hexdigest()}) + "\n"


some_text = st.text(st.characters(exclude_categories=()), max_size=20) | st.sampled_from(
    ["\x1b[31m", "\ud800", "::error::x", "##[error]x", "<script>", "a|b\n# c", "y" * 3000, "NaN", "1e999"]
)


@given(data=st.data())
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_forged_file_ends_in_no_traceback_and_writes_nothing_active(tmp_path, capsys, data):
    lines = [json.loads(line) for line in NEW.decode().splitlines()[:-1]]
    for _ in range(data.draw(st.integers(1, 3))):
        number = data.draw(st.integers(0, len(lines) - 1))
        name = data.draw(
            st.sampled_from([*sorted(lines[number].keys() - {"verdict", "format"}), "timeline", "declared"])
        )
        lines[number][name] = data.draw(anything | some_text | st.lists(some_text) | st.integers(-(10**30), 10**30))
    (tmp_path / "old").write_text(OLD)
    (tmp_path / "new").write_text(sealed(lines))
    old, new = str(tmp_path / "old"), str(tmp_path / "new")

    for form in ("json", "markdown", "text"):
        capsys.readouterr()
        assert commands.compare([old, new, "--format", form]) in (0, 1, 2)
        assert commands.show_table([new, "--format", form]) in (0, 2)
    assert commands.check([new]) in (0, 2)
    assert commands.draft_deviations([new]) in (0, 2)
    told = capsys.readouterr()
    assert (told.out + told.err).replace("\n", "").isprintable()
    assert "##[" not in told.out + told.err
    assert not [line for line in (told.out + told.err).splitlines() if line.lstrip().startswith("::")]


# Hostile text

HOSTILE = "\x1b[31mred\x07\n::error::no\r<script>alert(1)</script> | `x` \u202egnol\ud800" + "x" * 1000


def test_a_line_is_bounded_and_has_only_what_can_be_seen():
    line = one_line(HOSTILE)

    assert line.isprintable()
    assert len(line) <= 530
    assert one_line("x" * 10_000_000).endswith("... (10000000 characters)")
    assert one_line(line) == line


@given(st.text())
def test_any_text_becomes_harmless(text):
    assert one_line(text).isprintable()
    assert all(line.isprintable() for line in printable(text).split("\n"))
    assert "<" not in markdown(text)
    assert "\n" not in markdown(text) + workflow_command(text)


HOSTILE_QUEUE = """
import multiprocessing

class Strange(Exception):
    pass

Strange.__name__ = "Strange\\x1b[32m"

class Queue:
    __version__ = "1"
    def __init__(self, *args, **kwargs): pass
    def __reduce__(self): return Queue, ()
    def get(self, *args, **kwargs):
        print("\\n::error::injected\\x1b]0;title\\x07 ##[stop-commands]injected")
        raise Strange("##[error]injected\\x1b[31m<script>|\\n::error::injected" + "\\u202e" + "y" * 10_000_000)
    get_nowait = put = get
"""


def test_a_hostile_implementation_breaks_no_file_no_table_and_no_log(judge, tmp_path):
    (tmp_path / "hostile.py").write_text(HOSTILE_QUEUE)
    github = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}

    run = judge(
        *("--implementation", "hostile:Queue", "--start-method", ACCUSING, "--patience", "2"),
        *("--rule", RULE, "--rule", "put.returns-before-flush"),
        *("--junit-xml", tmp_path / "junit.xml"),
        env={"PYTHONPATH": str(tmp_path), **github},
    )

    assert run.status == 1
    assert "\x1b" not in run.output
    assert "\u202e" not in run.output
    assert len(run.output) < 200_000
    assert not [line for line in run.output.splitlines() if line.lstrip().startswith("::error::injected")]
    assert "##[" not in run.output
    assert (tmp_path / "results.jsonl").stat().st_size < 200_000
    assert "<script>" not in (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert len(results.read(tmp_path / "results.jsonl").verdicts) == len(run.verdicts)
    xml.etree.ElementTree.parse(tmp_path / "junit.xml")
