"""A matrix of 200 rows: the first view stays small, and what it had no room for is there when it is needed."""

import os

import pytest
from samples import verdict

pytest.importorskip("jinja2", reason="the extra `page` brings it")

import sites

METHODS = ("fork", "spawn", "forkserver")
FIRST_VIEW = 300_000
"""Bytes."""
LAST = "multiprocessing-cp3.75.1-linux"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site of 67 incomplete runs, which are compared with nothing, with a verdict a chapter and start method."""
    rules = [next(rule for rule in chapter.rules if rule.test) for chapter in sites.CHAPTERS]
    verdicts = [
        verdict(
            rule.slug,
            level="promise" if number else "de-facto",
            chapter=rule.chapter,
            start_method=method,
            **(sites.DEVIATES if method == "spawn" else {}),
        )
        for number, rule in enumerate(rules)
        for method in METHODS
    ]
    runs = [
        sites.results(
            f"{number}.jsonl",
            "cut short after 9 verdicts: the footer is missing",
            verdicts=verdicts,
            start_methods=METHODS,
            python_version=f"3.{9 + number}.1",
        )
        for number in range(67)
    ]
    return sites.built(tmp_path_factory.mktemp("many") / "site", runs, sites.FEW)


@pytest.fixture
def rows(site, opened):
    """The rows of the last run, whose cells the first view had no room for."""
    page = opened((site / "index.html").as_uri())
    return page.locator(f"tr[data-run='{LAST}']")


def test_the_first_view_is_small(site):
    sizes = {name: os.path.getsize(site / name) for name in ("index.html", "style.css", "page.js", "icon.svg")}

    assert sum(sizes.values()) < FIRST_VIEW
    assert sizes["index.html"] > FIRST_VIEW / 2  # the room is used


def test_rows_are_filled_when_they_are_seen(rows, expect):
    expect(rows).to_have_count(3)
    expect(rows.nth(1).locator("td")).to_have_text([f"0/{len(sites.CHAPTERS)} deviates"])

    rows.nth(1).scroll_into_view_if_needed()

    expect(rows.nth(1).locator("td")).to_have_text(["0/1 deviates"] * len(sites.CHAPTERS))
    expect(rows.nth(1).locator("td.bad")).to_have_count(len(sites.CHAPTERS))
    expect(rows.first.locator("td:not([class])")).to_have_count(len(sites.CHAPTERS))
    expect(rows.page.locator("[data-later]")).to_have_count(0)


def test_a_filled_cell_leads_to_its_chapter(rows, expect):
    rows.first.scroll_into_view_if_needed()
    rows.first.locator("td a").nth(4).click()

    expect(rows.page.locator("h1")).to_have_text(f"multiprocessing: {sites.CHAPTERS[4].name.replace('_', ' ')}")
    expect(rows.page.locator("p.lead")).to_contain_text("CPython 3.75.1")


def test_a_level_counts_in_rows_that_were_not_seen(rows, expect):
    rows.page.select_option("select[name=level]", "promise")

    expect(rows.nth(1).locator("td")).to_have_text(["", *["0/1 deviates"] * (len(sites.CHAPTERS) - 1)])
    expect(rows.page.locator("output")).to_have_text("201 of 201 rows")


def test_rows_that_were_not_seen_count_for_what_differs(rows, expect):
    rows.page.check("input[name=only]")

    expect(rows.nth(1).locator("td")).to_have_text(["0/1 deviates"] * len(sites.CHAPTERS))
    expect(rows.page.locator(".matrix thead th:visible")).to_have_count(1 + len(sites.CHAPTERS))


def test_without_scripts_a_cell_counts_all_chapters_and_leads_to_them(site, opened, expect):
    page = opened((site / "index.html").as_uri(), base=site.as_uri(), java_script_enabled=False)

    page.locator(f"tr[data-run='{LAST}'][data-start-method=spawn] a").click()

    expect(page.locator("table.chapters td", has_text="0/1")).to_have_count(len(sites.CHAPTERS))


@pytest.mark.parametrize("width", [400, 1400])
def test_it_is_not_wider_than_the_window(site, opened, expect, width):
    page = opened((site / "index.html").as_uri(), base=site.as_uri(), width=width)
    last = page.locator("tr[data-run]").last
    expect(last.locator("td")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    last.scroll_into_view_if_needed()

    expect(last.locator("td")).to_have_count(len(sites.CHAPTERS))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
