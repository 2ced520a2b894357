"""Sites, and a browser to open them with."""

import shutil

import pytest
import runs

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 60_000
"""Milliseconds that a browser may take for what must happen, on a busy machine: nothing waits longer than it has to."""


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The site of three runs."""
    pytest.importorskip("jinja2", reason="the extra `page` brings it")
    import sites

    return sites.built(tmp_path_factory.mktemp("site") / "site")


@pytest.fixture(scope="session")
def chromium():
    """Chromium without a window."""
    try:
        from playwright import sync_api
    except ImportError:
        runs.without("playwright")
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        runs.without("Chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, timeout=2 * PATIENCE)
        yield browser
        browser.close()


@pytest.fixture
def expect(chromium):
    """Playwright's assertions, which wait: what an action leads to is there some time after the action."""
    from playwright import sync_api

    sync_api.expect.set_options(timeout=PATIENCE)
    return sync_api.expect


@pytest.fixture
def opened(chromium, request):
    """Opens an address in a page of its own: ``opened(url, width=400, color_scheme="dark")``. When the test has ended,
    the pages must have caused no errors, and asked for nothing outside of the site."""
    contexts, wrong = [], []

    def open_page(url, base=None, width=1400, **options):
        context = chromium.new_context(viewport={"width": width, "height": 900}, **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        inside = base or url.partition("#")[0].rpartition("/")[0]
        page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda asked: wrong.append(asked.url) if not asked.url.startswith(inside) else None)
        page.on("requestfailed", lambda asked: wrong.append(f"{asked.url}: {asked.failure}"))
        page.goto(url)
        return page

    yield open_page
    found = [*wrong]  # a page that is closed may give up what it was about to load
    for context in contexts:
        context.close()
    assert found == []
