"""Text of others stays text on a page, whatever it says and wherever it stands."""

import contextlib
import dataclasses
import itertools
import json

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from samples import finding, header, verdict

pytest.importorskip("jinja2", reason="the extra `page` brings it")
pytest.importorskip("html5lib", reason="the extra `test` brings it")

import runs
import sites
from test_site import elements

from queuespec import results
from queuespec.results import Header, Results, Verdict

SCRIPT = "window.hacked = true; alert(1)"
PIECES = [
    f"<script>{SCRIPT}</script>",
    f'"><img src=x onerror="{SCRIPT}">',
    f"' onmouseover='{SCRIPT}' autofocus onfocus='{SCRIPT}",
    f"javascript:{SCRIPT}//",
    "</pre></details></main></svg><style>*{display:none}</style>",
    "{{ 7 * 7 }}{% raw %}{# `code` ",
    "\u202eright to left\u2066\u2069",
    "\x1b[31mred\x1b]0;title\x07",
    "\ud800 \udfff",
    "--><!-- ]]> <![CDATA[",
    "../../../etc/passwd",
    "&lt;script&gt; &#60;",
    "::error::injected\n##[error]",
    "\u2028\u2029\ufeff\u0000",
]
HOSTILE = st.one_of(st.sampled_from(PIECES), st.text(max_size=200), st.text("<>&\"'/`=-! \u202eab", max_size=40))

EXAMPLES = settings(max_examples=40 if runs.thorough else 10, phases=(Phase.generate,))
"""A site takes a second: nobody waits until a failing one has been shrunk."""


def hostile_run(text, name="x.jsonl"):
    """A run in which `text()` is every string that a results file may have."""
    take = itertools.cycle([text() for _ in range(30)]).__next__
    subject = dataclasses.replace(
        header().subject,
        **{field.name: take() for field in dataclasses.fields(header().subject) if field.name != "free_threaded"},
    )
    options = {"patience": 1.5, "rules": [take()], "keyword": take(), "own_rules": [take()], "deviations": [take()]}
    head = Header(subject, take(), take(), ("fork", take()), options, take())
    declared = {"expected": "hangs", "reason": take(), "link": take(), "unstable": False}
    timeline = ((0.1, take(), take(), take(), 0.5), (0.2, take(), f"start of {take()}", take(), None))
    about = [("deviates", declared, timeline), ("unsupported", None, ()), ("conforms", None, ()), ("shown", None, ())]
    verdicts = [
        Verdict(
            rule=take() or "x",
            level="hazard" if word == "shown" else "promise",
            chapter=take(),
            sentence=take(),
            test=take(),
            verdict=word,
            explanation=take(),
            kind=take(),
            start_method=method,
            parameters=take(),
            timeline=timeline,
            declared=declared,
        )
        for word, declared, timeline in about
        for method in head.start_methods
    ]
    known = verdict(verdict="hangs", explanation=take(), kind=take(), timeline=timeline, declared=declared)
    explored = [finding(take() or "x", say=lambda _: take()) for _ in head.start_methods]
    return Results(name, head, [*verdicts, known], take(), explored, {"rounds": 3})


def parts(found):
    """The elements, and the attributes of each."""
    return {(one.tag, name) for one in found for name in ("", *one.keys())}


@pytest.fixture(scope="module")
def harmless(site, tmp_path_factory):
    """The elements and attributes that pages of harmless results have."""
    run = hostile_run(map("harmless{}".format, itertools.count()).__next__)
    other = sites.built(tmp_path_factory.mktemp("harmless") / "site", [run], sites.FEW)
    return parts(one for made in (site, other) for text in sites.pages(made).values() for one in elements(text))


@given(data=st.data())
@EXAMPLES
def test_whatever_the_text_a_page_has_only_known_elements_and_visible_characters(data, harmless, tmp_path_factory):
    run = hostile_run(lambda: data.draw(HOSTILE))

    site = sites.built(tmp_path_factory.mktemp("hostile") / "site", [run, sites.results()], sites.FEW)

    for path, text in sites.pages(site).items():
        assert all(one.isprintable() or one == "\n" for one in text), path
        found = elements(text)
        assert parts(found) <= harmless, path
        addresses = [one.get("href") for one in found if one.get("href")]
        assert [one for one in addresses if not one.startswith("https:") and (":" in one or "//" in one)] == [], path
    for name in ("levels", "rules"):
        text = (site / f"{name}.js").read_text(encoding="ascii")
        json.loads(text.partition("(")[2].rpartition(")")[0])


@given(data=st.data())
@EXAMPLES
def test_what_the_reader_accepts_can_be_shown(data, tmp_path_factory):
    directory = tmp_path_factory.mktemp("read")
    run = hostile_run(lambda: data.draw(HOSTILE))
    lines = [json.dumps(run.header.as_data()), *(json.dumps(vars(one)) for one in run.verdicts)]
    (directory / "x.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with contextlib.suppress(results.BadFile):
        sites.built(
            directory / "site", [results.read(directory / "x.jsonl", cut_short=True, timelines=True)], sites.FEW
        )


def test_a_browser_runs_nothing_and_asks_for_nothing(opened, expect, tmp_path):
    texts = iter(PIECES * 1000)
    run = hostile_run(lambda: next(texts) * 3)
    long = dataclasses.replace(run.verdicts[0], explanation="long " * 2_000_000, rule="a.long")
    site = sites.built(tmp_path / "site", [dataclasses.replace(run, verdicts=[*run.verdicts, long]), sites.results()])

    for path in sorted(site.rglob("*.html")):
        if path.parent.name == "specification" and path.name not in ("index.html", "differences.html", "getting.html"):
            continue
        page = opened(path.as_uri(), base=site.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        assert page.evaluate("[window.hacked, document.scripts.length, document.images.length]") == [None, 1, 0]
        expect(page.locator("main")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 1400, path
    page = opened((site / "index.html").as_uri(), base=site.as_uri())
    shown = page.locator(".matrix td", has_text="shown")
    expect(shown).not_to_have_count(0)
    page.select_option("select[name=level]", "promise")
    expect(shown).to_have_count(0)  # and what a level needs is loaded
    page.fill("#find", "get")
    page.locator(".found a").first.click()
    expect(page.locator("article.entry")).not_to_have_count(0)
