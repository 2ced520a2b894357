"""Pictures can be read: labels with units, nothing over the data, and series that differ without color."""

import pytest
from measurements import beside, measurement, sized, whole
from runs import without

from queuespec.results.measurement import STANDARD, Measured, Measurement

try:
    from queuespec.report import plots
except ImportError:
    plots = None


@pytest.fixture(autouse=True)
def drawing():
    if plots is None:
        without("matplotlib")


def everything():
    """A run with all that is drawn, of another implementation."""
    found = [*whole().all]
    for one in whole("standard").figures:
        found.append(Measurement(**{**fields(one), "of": STANDARD, "limit": ""}))
    for producers, consumers in ((1, 1), (2, 2), (4, 4), (1, 4), (8, 8)):
        words = {"parameters": {"producers": producers, "consumers": consumers}, "workload": "crowd"}
        found += [measurement(1e-5 * producers, **words), measurement(2e-5, of=STANDARD, **words)]
    return Measured(found)


def fields(one):
    return {name: getattr(one, name) for name in one.__dataclass_fields__}


def drawn(measured=None, subject="faster-fifo 1.4"):
    return {name: figure for name, _, figure in plots.pictures(everything() if measured is None else measured, subject)}


def test_there_is_a_picture_of_each_kind():
    assert [*drawn()] == ["throughput", "latency", "crowds", "growth", "side-by-side"]


def test_every_axis_has_a_label_and_its_ticks_have_units():
    for name, figure in drawn().items():
        (axes,) = figure.axes
        figure.draw_without_rendering()
        assert axes.get_xlabel(), name
        assert axes.get_ylabel() or name == "side-by-side", name
        assert axes.get_title(loc="left"), name
    ticks = {name: [one.get_text() for one in figure.axes[0].get_xticklabels()] for name, figure in drawn_ticks()}
    assert any(text.endswith("KiB") for text in ticks["throughput"])
    assert any(text.endswith("µs") for text in ticks["latency"])


def drawn_ticks():
    for name, figure in drawn().items():
        figure.draw_without_rendering()
        yield name, figure


def test_no_legend_is_over_the_data():
    for name, figure in drawn().items():
        figure.draw_without_rendering()
        box = figure.axes[0].get_window_extent()
        for legend in figure.legends:
            assert not legend.get_window_extent().overlaps(box), name
        assert figure.legends or name == "side-by-side"


def test_series_differ_without_color():
    looks = [(style["marker"], style["linestyle"]) for style in plots.STYLES]

    assert len({marker for marker, _ in looks}) == len({str(line) for _, line in looks}) == len(plots.STYLES)
    assert len(set(plots.HATCHES)) == len(plots.HATCHES)


def test_pictures_are_written_twice(tmp_path):
    written = plots.save(tmp_path / "new", plots.pictures(everything(), "x"))

    assert {path.suffix for path in written} == {".svg", ".png"}
    assert all(path.stat().st_size > 1000 for path in written)


def test_the_same_picture_is_the_same_file(tmp_path):
    for name in "ab":
        plots.save_svg(tmp_path / name, plots.latency(everything(), "x"))

    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("subject", ["$\\frac{", "<script>alert(1)</script>", "\u202e\U0001f600\u0000", "x" * 500])
def test_a_subject_of_any_name_is_drawn(tmp_path, subject):
    for picture in (plots.latency(everything(), subject), plots.side_by_side(everything(), subject)):
        plots.save_svg(tmp_path / "x.svg", picture)

        assert b"<script" not in (tmp_path / "x.svg").read_bytes()


def test_the_start_of_a_process_is_told_apart_by_its_method():
    found = []
    for method in ("fork", "spawn"):
        words = {"quantity": "first item", "workload": "start", "start_method": method}
        found += [measurement(1e-2, limit="empty process", **words), measurement(5e-3, of="empty process", **words)]
    labels = [one.get_text() for one in drawn(Measured(found))["side-by-side"].axes[0].get_yticklabels()]

    assert labels == [f"start of a process to its first item ({method})" for method in ("fork", "spawn")]


def test_nothing_is_drawn_of_nothing():
    assert drawn(Measured([])) == {}
    assert drawn(Measured([measurement(None, problem="it hung")])) == {}


def test_figures_of_one_round_are_drawn_without_intervals():
    assert "throughput" in drawn(Measured(beside(sized(1 << 20, 1e-3, number=1, limit="pipe"), pipe=1e-4)))


def test_the_history_of_a_figure():
    runs = [(f"2026-01-0{day}", whole(day)) for day in range(1, 6)]
    chosen = [whole().find("transfer", "item", size=1 << 20)[0].about[:3]]
    name, _, figure = plots.history(runs, chosen)

    assert name == "history"
    assert len(figure.axes[0].get_lines()[0].get_xdata()) == 5
    assert plots.history(runs[:1], chosen) is None
