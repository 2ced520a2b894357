"""Measurements in results files: written and read again as they were, refused if they are damaged."""

import dataclasses
import json
from pathlib import Path

import pytest
from measurements import beside, measurement, sized, whole
from samples import header, queuespec, verdict

from queuespec import results
from queuespec.results import BadFile
from queuespec.results.measurement import STANDARD, Measured, Measurement


def lines(measured, verdicts=()):
    return [*results.as_lines(header(), verdicts, 1.0, measured=measured)]


@pytest.fixture
def written(tmp_path):
    """Writes lines to a file, and returns its path."""

    def write(found):
        path = tmp_path / "run.jsonl"
        path.write_text("".join(f"{line}\n" for line in found), encoding="utf-8")
        return path

    return write


def changed(found, number, **data):
    """The lines, with other data in one of them."""
    return [*found[:number], json.dumps({**json.loads(found[number]), **data}), *found[number + 1 :]]


def test_what_is_written_is_read_again(written):
    measured = whole()
    read = results.read(written(lines(measured)))

    assert not read.cut_short
    assert [one.key for one in read.measured.all] == [one.key for one in measured.all]
    for one, other in zip(read.measured.all, measured.all):
        assert one.rounds == pytest.approx(other.rounds, rel=1e-5)
        assert one.limit == other.limit and one.unit == other.unit


def test_a_line_says_the_value_its_interval_and_its_ratios():
    figure = sized(100, 2e-5, noise=0.02, limit="Connection")
    data = json.loads(lines(Measured(beside(figure, Connection=1e-5, **{STANDARD: 4e-5})))[1])

    assert data["low"] < data["value"] < data["high"]
    assert data["to_limit"]["of"] == "Connection"
    assert data["to_limit"]["low"] < 2 < data["to_limit"]["high"]
    assert data["to_standard"]["value"] == pytest.approx(0.5, rel=0.05)


def test_a_round_without_a_value_keeps_its_place(written):
    one = dataclasses.replace(measurement(), rounds=(1e-5, None, 3e-5))
    read = results.read(written(lines(Measured([one]))))

    assert read.measured.all[0].rounds == (1e-5, None, 3e-5)
    assert read.measured.all[0].values == [1e-5, 3e-5]


def test_what_could_not_be_measured_is_a_line_too(written):
    one = measurement(None, quantity="", problem="transfers() was still running\nafter 12.7 s")
    read = results.read(written(lines(Measured([one]))))

    assert read.measured.all[0].problem == "transfers() was still running\\nafter 12.7 s"
    assert read.measured.all[0].estimate is None


def test_verdicts_and_measurements_may_be_in_one_file(written):
    read = results.read(written(lines(Measured([measurement()]), [verdict()])))

    assert (len(read.verdicts), len(read.measured.all)) == (1, 1)


def test_a_missing_line_is_noticed(written):
    found = lines(whole())
    with pytest.raises(BadFile, match="another number of measurements"):
        results.read(written([*found[:3], *found[4:]]))


def test_a_changed_line_is_noticed(written):
    with pytest.raises(BadFile, match="the digest of the footer does not match"):
        results.read(written(changed(lines(whole()), 2, samples=7)))


def test_a_file_that_was_cut_short_says_how_much_it_has(written):
    path = written(lines(whole())[:4])

    assert results.read(path, cut_short=True).cut_short == "cut short after 3 measurements: the footer is missing"
    with pytest.raises(BadFile, match="cut short after 3 measurements"):
        results.read(path)


def test_the_same_measurement_twice_is_refused(written):
    found = lines(whole())
    with pytest.raises(BadFile, match="second measurement of transfer item of queue"):
        results.read(written([*found[:2], found[1]]))


@pytest.mark.parametrize(
    "data",
    [
        {"unit": "furlong"},
        {"rounds": ["1"]},
        {"rounds": [-1]},
        {"rounds": [1e300]},
        {"rounds": [1.0] * 1001},
        {"workload": "two\nlines"},
        {"workload": ""},
        {"parameters": {"size": [1]}},
        {"parameters": dict.fromkeys(map(str, range(30)), 1)},
        {"of": 7},
        {"more": 1},
    ],
)
def test_a_line_that_does_not_fit_the_schema_is_refused(written, data):
    with pytest.raises(BadFile, match="line 2: invalid measurement"):
        results.read(written(changed(lines(Measured([measurement()])), 1, **data)))


def test_a_figure_of_another_version_is_read(written):
    one = measurement(workload="a workload of later", parameters={"color": "blue", "number": 1})
    read = results.read(written(lines(Measured([one]))))

    assert read.measured.find("a workload of later", "item")


def test_check_counts_them(written):
    shown = queuespec("check", str(written(lines(whole()))))

    assert shown.returncode == 0
    assert shown.stdout.rstrip().endswith(f"complete; {len(whole().all)} measurements")


@pytest.fixture
def compared(tmp_path):
    """Compares two runs on the command line."""

    def compare(old, new, *options):
        for name, run in (("old", old), ("new", new)):
            (tmp_path / name).write_text("".join(f"{line}\n" for line in lines(run)), encoding="utf-8")
        return queuespec("compare", str(tmp_path / "old"), str(tmp_path / "new"), *options)

    return compare


def test_compare_shows_what_became_slower(compared):
    shown = compared(whole("old", noise=0.02), whole("new", noise=0.02, slower=1.5))

    assert shown.returncode == 0
    assert "Slower (11)" in shown.stdout
    assert "transfer of 1 MiB, fork: 1.5" in shown.stdout
    assert shown.stdout.rstrip().endswith(
        "11 slower and none faster beyond the noise of both runs, of 11 common figures"
    )


@pytest.mark.parametrize(("above", "status"), [("1.2", 1), ("2", 0)])
def test_compare_fails_above_a_factor(compared, above, status):
    shown = compared(whole("old", noise=0.02), whole("new", noise=0.02, slower=1.5), "--fail-above", above)

    assert shown.returncode == status


@pytest.mark.parametrize("above", ["0.5", "nan", "inf", "much"])
def test_a_factor_below_one_is_refused(compared, above):
    shown = compared(whole(), whole(), "--fail-above", above)

    assert shown.returncode == 4
    assert "is not a factor of at least 1" in shown.stderr


def test_twins_are_the_same_on_the_command_line(compared):
    shown = compared(whole("old"), whole("new"), "--fail-above", "1", "--format", "json")

    assert shown.returncode == 0
    assert {one["change"] for one in json.loads(shown.stdout)["costs"]} == {"same"}


def test_compare_as_markdown(compared):
    shown = compared(whole("old", noise=0.02), whole("new", noise=0.02, slower=3), "--format", "markdown")

    assert "### Slower (11)" in shown.stdout
    assert "\n- transfer of 100 B, fork: " in shown.stdout


def test_runs_without_a_common_figure_cannot_be_compared(compared):
    shown = compared(Measured([sized(1, 1e-5)]), Measured([sized(2, 1e-5)]))

    assert shown.returncode == 4
    assert "nothing to compare" in shown.stderr


def test_every_field_of_a_measurement_is_in_the_schema():
    definitions = json.loads((Path(results.__file__).with_name("results.schema.json")).read_text(encoding="utf-8"))
    fields = {field.name for field in dataclasses.fields(Measurement)}

    assert fields <= set(definitions["$defs"]["measurement"]["properties"])
