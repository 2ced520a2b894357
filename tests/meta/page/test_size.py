"""A site of 100,000 verdicts: how long the command takes, how much memory, and what a browser loads first."""

import dataclasses
import os
import subprocess
import sys

import pytest
import runs

pytest.importorskip("jinja2", reason="the extra `page` brings it")

import sites

from queuespec import results as files

pytestmark = pytest.mark.thorough
SECONDS, MEGABYTES, FIRST_VIEW = 20, 500, 300_000
"""The bounds: seconds of processor time, which a busy machine does not change; the last one is in bytes."""
MEASURED = """
import resource, sys, time
from queuespec.__main__ import main
status = main(sys.argv[1:])
print(time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, status)
"""


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A site of runs with all rules, of which every tenth hangs; and what it took to make it."""
    pytest.importorskip("resource", reason="this system does not say how much memory a process had")
    directory = tmp_path_factory.mktemp("large")
    rules = [rule for chapter in sites.CHAPTERS for rule in chapter.rules if rule.test]
    methods = ("fork", "spawn", "forkserver")
    verdicts = [
        files.Verdict(
            rule.slug, rule.level, rule.chapter, rule.sentence, f"x.py::{rule.test}", kind=kind, start_method=method,
            **({"verdict": "shown"} if rule.level == "hazard" else {"verdict": "conforms"} if number % 10 else {
                "verdict": "hangs", "explanation": f"get({number}) was still running after 12.7 s",
                "timeline": sites.TIMELINE * 5,
            })
        )
        for number, rule in enumerate(rules)
        for method in methods
        for kind in rule.kinds or ("",)
    ]  # fmt: skip
    paths, count = [], 0
    while count < 100_000:
        header = dataclasses.replace(sites.results().header, start_methods=methods)
        subject = dataclasses.replace(header.subject, python_version=f"3.{9 + len(paths) // 4}.{len(paths) % 4}")
        paths.append(directory / f"{len(paths)}.jsonl")
        files.write(paths[-1], dataclasses.replace(header, subject=subject), verdicts)
        count += len(verdicts)
    words = [sys.executable, "-c", MEASURED, "page", *map(str, paths), "--output", str(directory / "site")]
    env = runs.environment(PYTHONPATH=str(runs.CHECKOUT / "src"))
    output = subprocess.run(words, env=env, check=True, capture_output=True, text=True, timeout=600).stdout
    seconds, memory, status = output.splitlines()[-1].split()
    assert status == "0"
    return directory / "site", float(seconds), int(memory) / (1024**2 if sys.platform == "darwin" else 1024)


def test_the_command_is_quick_and_needs_little_memory(large):
    _, seconds, megabytes = large

    assert seconds < SECONDS
    assert megabytes < MEGABYTES


def test_the_first_view_is_small(large):
    site = large[0]

    assert sum(os.path.getsize(site / name) for name in ("index.html", "style.css", "page.js", "icon.svg")) < FIRST_VIEW


def test_a_browser_shows_the_first_view_soon(large, opened, expect):
    url = (large[0] / "index.html").as_uri()

    page = opened(url)
    page.wait_for_function("performance.getEntriesByType('navigation')[0].loadEventEnd > 0")
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}

    expect(page.locator("tr[data-run]").nth(100)).to_be_attached()
    assert 0 < metrics["ProcessTime"] < 2  # seconds of processor time, which a busy machine does not change
