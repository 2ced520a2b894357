"""Results files are read completely or refused with one sentence, whatever happened to them."""

import copy
import gzip
import hashlib
import json
import os

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import EXPLORED, finding, header, text_of, text_of_exploring, verdict

from queuespec import results
from queuespec.__main__ import main
from queuespec.explore.counterexample import Counterexample
from queuespec.report import counterexample
from queuespec.results import BadFile, reading, schema

SCHEMA = json.loads(schema.FILE.read_text(encoding="utf-8"))


@pytest.fixture
def file(tmp_path):
    """Writes a file of this text, or these bytes."""

    def write(content, name="some.jsonl"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_what_is_written_is_read_again(file):
    written = [
        verdict(timeline=((0.5, "parent", "get()", "returned 1", None),)),
        verdict("other.rule", "hangs", output=("a", "b")),
    ]

    run = results.read(file(text_of(written)), timelines=True)

    assert run.header == header()
    assert run.verdicts == written
    assert run.cut_short == ""


def test_line_ends_may_be_carriage_return_and_line_feed(file):
    run = results.read(file(text_of([verdict()]).replace("\n", "\r\n")))

    assert len(run.verdicts) == 1


def test_a_file_from_before_hazards_had_verdicts_of_their_own_can_be_read(file):
    lines = GOOD.splitlines()
    lines[-1] = lines[-1].replace('"absent": 0, "shown": 0, ', "")

    assert len(results.read(file("\n".join([*lines, ""]))).verdicts) == 3


def test_the_schema_that_ships_describes_what_is_written(tmp_path):
    path = tmp_path / "run.jsonl"
    some = [verdict(), verdict("a", "hangs", explanation="why", declared={"expected": "hangs", "reason": "x"})]
    results.write(path, header(), some, 1.0, [finding()], EXPLORED)

    jsonschema.Draft7Validator.check_schema(SCHEMA)
    for line in path.read_text().splitlines():
        jsonschema.validate(json.loads(line), SCHEMA, jsonschema.Draft7Validator)


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
    validator = jsonschema.Draft7Validator({"$ref": f"#/$defs/{name}", "$defs": SCHEMA["$defs"]})

    if not schema.checks()[name](line):
        assert validator.is_valid(line)


SAVED = results.saved(header(), finding().counterexample)


def places(data, path=()):
    """Each place in nested data: the keys that lead to it."""
    yield path
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from places(value, (*path, key))


@given(st.sampled_from([*places(SAVED)][1:]), anything, st.booleans())
def test_what_our_check_of_a_counterexample_accepts_can_be_used(path, instead, gone):
    data = copy.deepcopy(SAVED)
    *before, last = path
    inside = data
    for key in before:
        inside = inside[key]
    if gone:
        del inside[last]
    else:
        inside[last] = instead
    validator = jsonschema.Draft7Validator({"$ref": "#/$defs/saved", "$defs": SCHEMA["$defs"]})

    if not schema.checks()["saved"](data):
        assert validator.is_valid(data)
        one = Counterexample.of_json(data["counterexample"])
        assert [*counterexample.listing(one), *counterexample.rows(one), counterexample.how_often(one)]


def test_findings_are_read_as_they_were_written(file):
    run = results.read(file(text_of_exploring([finding(), finding("order", "SimpleQueue", {"fork": 1, "spawn": 2})])))

    assert [(one.cause, one.kind, one.rule, one.counts) for one in run.findings] == [
        ("lost", "Queue", "order.fifo", {"fork": 3}),
        ("order", "SimpleQueue", "order.fifo", {"fork": 1, "spawn": 2}),
    ]
    assert run.explored == EXPLORED
    assert Counterexample.of_json(run.findings[0].counterexample).history.steps[1].value == "p-1"


def test_a_file_of_findings_that_was_changed_is_refused(file):
    text = text_of_exploring([finding()])

    with pytest.raises(BadFile, match="the file was changed later"):
        results.read(file(text.replace('"tried": 10', '"tried": 11')))
    with pytest.raises(BadFile, match=r"line 2: invalid finding: 'counterexample\.shown' must be integer"):
        results.read(file(text.replace('"shown": 7', '"shown": "7"')))


def test_check_counts_findings(file, capsys):
    assert main(["check", str(file(text_of_exploring([finding()])))]) == 0
    assert capsys.readouterr().out.endswith("complete; 1 finding\n")


# Damaged files

GOOD = text_of([verdict(), verdict(start_method="spawn", reported_start_method="spawn"), verdict("b.rule", "hangs")])


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda lines: [], "the file is empty"),
        (lambda lines: lines[1:], "the first line is not a header"),
        (lambda lines: lines[:-1], "cut short after 3 verdicts: the footer is missing"),
        (lambda lines: lines[:2] + lines[3:], "the counts of the footer do not match"),
        (lambda lines: [*lines, lines[-1]], "unexpected line after the footer"),
        (lambda lines: [lines[0], *lines], "unexpected second header"),
        (lambda lines: [*lines[:2], *lines[1:]], "second verdict for"),
        (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], "the file was changed later"),
        (lambda lines: [line.replace("b.rule", "c.rule") for line in lines], "the file was changed later"),
        (lambda lines: [line.replace('"start_methods": ["fork", "spawn"]', '"start_methods": ["fork", "fork"]')
                        for line in lines], "a start method is listed twice"),
        (lambda lines: [line.replace('"start_methods": ["fork", "spawn"]', '"start_methods": []')
                        for line in lines], "'start_methods' must contain at least 1 items"),
        (lambda lines: [line.replace('"start_methods": ["fork", "spawn"]', '"start_methods": ["fork", 7]')
                        for line in lines], "'start_methods.1' must be string"),
        (lambda lines: [*lines[:2], "", *lines[2:]], "line 3: the line is not valid JSON"),
        (lambda lines: [*lines[:2], "[]", *lines[2:]], "line 3: the line is not a JSON object"),
        (lambda lines: [*lines[:2], "[" * 100_000, *lines[2:]], "line 3: the line is not valid JSON"),
        (lambda lines: [*lines[:2], '{"rule": NaN}', *lines[2:]], "NaN is not valid JSON"),
        (lambda lines: [*lines[:2], '{"rule": "a", "rule": "b"}', *lines[2:]], "two values of the same name"),
        (lambda lines: [line.replace('"rule": "b', '"new": 1, "rule": "b') for line in lines], "not contain {'new'}"),
        (lambda lines: [line.replace('"hangs"', "7") for line in lines], "'verdict' must be one of"),
        (lambda lines: [line.replace('"hangs"', '"fine"') for line in lines], "'verdict' must be one of"),
        (lambda lines: [line.replace('"format": 1', '"format": 2') for line in lines], "reads format 1"),
        (lambda lines: [line.replace('"format": 1', '"format": [1]') for line in lines], "reads format 1"),
        (lambda lines: [line.replace('"reported_start_method": "spawn"', '"reported_start_method": "fork"')
                        for line in lines], "was judged under spawn, but its children were started by fork"),
        (lambda lines: [line.replace('"hangs"', '"shown"') for line in lines], "is shown, but it is not a hazard"),
        (lambda lines: [line.replace('"start_methods": ["fork", "spawn"]', '"start_methods": ["fork"]')
                        for line in lines], "start method 'spawn' is not in the header"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_one_clear_sentence(file, capsys, damage, words):
    path = file("".join(line + "\n" for line in damage(GOOD.splitlines())))

    status = main(["check", str(path)])

    told = capsys.readouterr()
    assert status == 4
    assert words in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""


def test_after_a_damaged_file_the_others_are_checked_as_well(file, capsys):
    good, bad = file(GOOD, "good"), file(GOOD[:-5], "bad")

    assert main(["check", str(bad), str(good)]) == 4

    told = capsys.readouterr()
    assert "bad: cut short" in told.err
    assert "good: complete; 3 verdicts" in told.out


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_into_which_nobody_writes_is_not_waited_for(tmp_path, capsys):
    os.mkfifo(tmp_path / "pipe")

    assert main(["check", str(tmp_path / "pipe")]) == 4

    assert "pipe: the file is empty" in capsys.readouterr().err


@pytest.mark.skipif(not os.path.isdir("/dev/fd"), reason="needs the shell's <(...)")
def test_a_pipe_can_be_read(capsys):
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as file:
        file.write(GOOD)

    assert main(["check", f"/dev/fd/{reading}"]) == 0

    os.close(reading)
    assert "complete; 3 verdicts" in capsys.readouterr().out


def test_a_file_with_missing_verdicts_is_not_whole(file, capsys):
    status = main(["check", str(file(text_of([verdict(), verdict("b.rule", "not-run")])))])

    assert status == 4
    assert "cut short: 1 planned verdict missing" in capsys.readouterr().out


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp500"])
def test_a_file_in_another_encoding_is_one_clear_sentence(file, capsys, encoding):
    assert main(["check", str(file(GOOD.encode(encoding)))]) == 4

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
    assert main(["check", str(file(content))]) == 4

    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert len(told) < 1000


@pytest.mark.parametrize("path", ["nowhere.jsonl", ".", "nul\0", "a\x1b[31m\nb"])
def test_a_file_that_cannot_be_read_is_one_clear_sentence(capsys, tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)

    assert main(["check", path]) == 4

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
        assert main(["compare", str(tmp_path / "old"), str(tmp_path / "new"), "--format", form]) in (1, 4)
    assert main(["table", str(tmp_path / "new")]) in (0, 4)
    assert main(["expectations", str(tmp_path / "new")]) in (0, 4)


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
        assert main(["compare", old, new, "--format", form]) in (0, 1, 4)
        assert main(["table", new, "--format", form]) in (0, 4)
    assert main(["check", new]) in (0, 4)
    assert main(["expectations", new]) in (0, 4)
    told = capsys.readouterr()
    assert (told.out + told.err).replace("\n", "").isprintable()
    assert "##[" not in told.out + told.err
    assert not [line for line in (told.out + told.err).splitlines() if line.lstrip().startswith("::")]


def test_a_line_that_grows_while_it_is_read_is_refused():
    begun = GOOD[: GOOD.index("\n", GOOD.index("\n") + 1) + 30].splitlines(keepends=True)
    reader = reading._Reader("some.jsonl", False)
    for line in begun:
        reader.take(line.encode())

    with pytest.raises(BadFile, match="the previous line is truncated, but it is not the last one"):
        reader.take(b"more\n")
