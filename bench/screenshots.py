"""Makes the pictures of README.md from results files of real runs: the page, what happened in a failure, and the end
of a run in a terminal. It needs the extra ``browser``, and Chromium: ``python bench/screenshots.py RESULTS...``.
"""

import argparse
import html
import io
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

from queuespec import results
from queuespec.__main__ import main as queuespec
from queuespec.report import summary

DOCS = Path(__file__).parents[1] / "docs"
WIDTH = 100
TERMINAL = """<!DOCTYPE html><meta charset="utf-8"><style>
body {{ margin: 0; background: #1b1f23; color: #e3e6e8; padding: 20px 24px; width: max-content; }}
pre {{ font: 14px/1.45 "DejaVu Sans Mono", monospace; margin: 0; }} {stylesheet}
</style><pre>{code}</pre>"""


def terminal(found: results.Results, command: str) -> str:
    """The end of a run as a page."""
    header = found.header
    shown = summary.text(header.subject.judged, found.verdicts, header.start_methods, [], width=WIDTH, color=True)
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text(f"$ {command}\n"), Text.from_ansi(shown), soft_wrap=True, sep="")
    return console.export_html(theme=DIMMED_MONOKAI, code_format=TERMINAL, inline_styles=False)


def main() -> None:
    """Writes the pictures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("files", metavar="RESULTS", nargs="+")
    options.add_argument("--failure", default="share.no-return-to-parent", help="a rule that a run deviates from")
    options.add_argument("--terminal", default="multiprocess", help="the implementation whose run ends in a terminal")
    given = options.parse_args()
    DOCS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as directory, sync_playwright() as playwright:
        site = Path(directory, "site")
        if queuespec(["page", *given.files, "--output", str(site)]):
            raise SystemExit("there is no page of these files")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        page = browser.new_page(viewport={"width": 1400, "height": 860}, device_scale_factor=1)
        page.goto((site / "index.html").as_uri())
        page.screenshot(path=DOCS / "matrix.png")
        failing = next(path for path in site.rglob("*.html") if fails(path, given.failure))
        page.goto(f"{failing.as_uri()}#{given.failure}")
        page.wait_for_selector("details.rule[open] svg")
        page.locator("details.rule[open]").screenshot(path=DOCS / "failure.png")
        for name in given.files:
            found = results.read(name)
            if found.header.subject.implementation == given.terminal:
                Path(directory, "terminal.html").write_text(
                    terminal(found, f"queuespec --implementation {given.terminal}")
                )
                page.goto(Path(directory, "terminal.html").as_uri())
                page.locator("body").screenshot(path=DOCS / "terminal.png")
        browser.close()


def fails(path: Path, rule: str) -> bool:
    """Whether a page shows the calls of a failure of this rule."""
    entry = path.read_text(encoding="utf-8").partition(f'<details class="rule" id="{html.escape(rule)}"')[2]
    return "<svg" in entry.partition('<details class="rule"')[0]


if __name__ == "__main__":
    main()
