"""The pages of runs that measured: figures, what they mean, what has changed, and pictures if they can be drawn."""

import dataclasses
import importlib.util
import itertools
import re
import sys

import pytest
from measurements import beside, measurement, sized, whole
from samples import header, queuespec, text_of

pytest.importorskip("jinja2", reason="the extra `page` brings it")
pytest.importorskip("html5lib", reason="the extra `test` brings it")

import sites
from runs import without
from test_hostile_page import PIECES
from test_site import dead_links, elements

from queuespec import results
from queuespec.report.page import measured as pages_of
from queuespec.report.page.build import build
from queuespec.results import Results
from queuespec.results.measurement import STANDARD, Measured


def run(measured=None, name="measured.jsonl", **changes):
    """A run that measured."""
    return Results(name, header(start_methods=("fork",), **changes), [], measured=measured or whole())


@pytest.fixture
def undrawn(monkeypatch):
    """No picture can be drawn."""
    monkeypatch.setattr(pages_of, "_plots", lambda: None)


@pytest.fixture
def made(tmp_path, undrawn):
    """Builds a site, and returns its pages by path."""

    def make(runs, earlier=()):
        build(tmp_path / "site", runs, sites.FEW, earlier)
        assert dead_links(tmp_path / "site") == set()
        found = sites.pages(tmp_path / "site")
        for text in found.values():
            elements(text)
        return found

    return make


def costs(found):
    """The page of the one run that measured."""
    (path,) = (path for path in found if path.startswith("measurements/") and path != "measurements/index.html")
    return found[path]


def test_figures_and_their_meaning_are_on_a_page_of_their_own(made):
    found = made([run(), sites.results()])

    assert 'href="measurements/index.html"' in found["index.html"]
    text = costs(found)
    assert "transfer of 1 MiB" in text
    assert "the rest (locks, feeder thread, waiting) takes the most" in text or "the noise hides" in text
    assert re.search(r"<td>1\.\d\dx \(\d\.\d\d-\d\.\d\d\) Connection</td>", text)
    assert "matplotlib was not installed" in text


def test_a_site_without_measurements_does_not_load_what_draws(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(pages_of, "_plots", lambda: asked.append("matplotlib"))

    build(tmp_path / "site", [sites.results()], sites.FEW)
    assert asked == []

    build(tmp_path / "site", [run()], sites.FEW)
    assert asked == ["matplotlib"]


def test_a_site_may_be_of_measurements_alone(made):
    found = made([run()])

    assert "1 run that measured" in found["index.html"]


def test_another_implementation_has_a_column_more(made):
    text = costs(made([run(Measured(beside(sized(100, 2e-5), **{STANDARD: 1e-5})))]))

    assert "to multiprocessing" in text
    assert "to multiprocessing" not in costs(made([run()]))


def test_what_has_changed_since_an_earlier_run(made):
    before = [run(whole("older", noise=0.02), started="2026-01-01T00:00:00Z"), run(whole("old", noise=0.02))]
    text = costs(made([run(whole("new", slower=2, noise=0.02), started="2026-02-03T00:00:00Z")], before))

    assert "Changes since 2026-01-02" in text
    assert "11 slower and none faster beyond the noise of both runs" in text
    assert "transfer of 1 MiB, fork: 2.0" in text or "transfer of 1 MiB, fork: 1.9" in text


def test_a_run_of_another_subject_is_no_earlier_one(made):
    text = costs(made([run()], [run(python_version="3.9.1")]))

    assert "Changes since" not in text


def test_two_runs_of_one_subject_have_two_pages(made):
    found = made([run(), run(whole("again"))])

    assert sum(path.startswith("measurements/") for path in found) == 3


def test_hostile_text_stays_text(made):
    texts = itertools.cycle(PIECES)
    some = [
        measurement(1e-5, next(texts), next(texts), parameters={"name": next(texts), "size": next(texts)}),
        measurement(1e-5, "transfer", parameters={"shape": next(texts), "size": next(texts)}, limit=next(texts)),
        measurement(1e-5, "growth", parameters={"items": next(texts)}),
        measurement(1e-5, "crowd", parameters={"producers": next(texts)}),
        measurement(None, problem=next(texts), of=next(texts)),
    ]
    subject = dataclasses.replace(header().subject, implementation=PIECES[0], python_version=PIECES[1])
    head = dataclasses.replace(header(), subject=subject, started=PIECES[2])
    hostile = Results("x.jsonl", head, [], measured=Measured(some))
    found = made([hostile])

    harmless = {one.tag for text in made([run()]).values() for one in elements(text)}
    for text in found.values():
        assert all(one.isprintable() or one == "\n" for one in text)
        assert {one.tag for one in elements(text)} <= harmless
        assert "onerror" not in {name for one in elements(text) for name in one.attrib}


def test_the_command_makes_it_of_files(tmp_path):
    lines = results.as_lines(header(), (), measured=whole())
    (tmp_path / "measured.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    (tmp_path / "judged.jsonl").write_text(text_of([]), encoding="utf-8")
    shown = queuespec("page", str(tmp_path / "measured.jsonl"), "--output", str(tmp_path / "site"))

    assert shown.returncode == 0, shown.stderr
    assert (tmp_path / "site" / "measurements" / "index.html").is_file()


def test_pictures_are_files_beside_the_page(tmp_path):
    if importlib.util.find_spec("matplotlib") is None:
        without("matplotlib")
    build(tmp_path / "site", [run()], sites.FEW, [run(whole("old"), started="2026-01-01T00:00:00Z")])
    text = costs(sites.pages(tmp_path / "site"))
    names = re.findall(r'<img src="([^"]+)" alt="([^"]+)"', text)

    assert dead_links(tmp_path / "site") == set()
    assert {name.rpartition("-")[2] for name, _ in names} >= {
        "throughput.svg",
        "latency.svg",
        "growth.svg",
        "history.svg",
    }
    for name, title in names:
        picture = (tmp_path / "site" / "measurements" / name).read_text(encoding="utf-8")
        assert "<script" not in picture
        assert title
    assert "matplotlib" not in text
    assert sys.modules["matplotlib"]
