"""The page in a real browser: read, filtered, shared, used by keyboard alone, from a disk and from a server."""

import functools
import http.server
import threading

import pytest

MATRIX_ROWS = "tr[data-run]:visible"
PAGES = [
    "index.html",
    "billiard-4.3.2-cp3.14.1-linux/index.html",
    "billiard-4.3.2-cp3.14.1-linux/getting.html",
    "specification/index.html",
    "specification/getting.html",
    "specification/differences.html",
    "comparisons/index.html",
    "comparisons/multiprocessing-cp3.14.1-linux--billiard-4.3.2-cp3.14.1-linux.html",
]


def url(site, path="index.html"):
    return (site / path).as_uri()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def served(site):
    """The address of the site on a server, where it is a part of another site."""
    handler = functools.partial(Quiet, directory=str(site.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/site"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("path", PAGES)
def test_every_kind_of_page_opens_from_a_disk(opened, site, path):
    page = opened(url(site, path), base=site.as_uri())

    assert page.locator("h1").count() == 1
    assert page.evaluate("getComputedStyle(document.body).margin") == "0px"  # the style sheet applies


def test_it_works_as_a_part_of_another_site_on_a_server(opened, served):
    page = opened(f"{served}/")
    page.get_by_role("link", name="billiard 4.3.2").click()
    page.locator("table.chapters").get_by_role("link", name="getting").click()
    page.get_by_role("link", name="Specification", exact=True).click()
    page.fill("input[name=text]", "blocks-when-empty")

    assert page.locator("table.index tbody tr:visible").count() == 1
    page.goto(f"{served}/")
    page.select_option("select[name=level]", "promise")
    page.wait_for_function("queuespec.levels && !document.querySelector('.matrix').textContent.includes('shown')")


def test_filters_leave_the_rows_that_fit_and_say_how_many(opened, site):
    page = opened(url(site))
    assert page.locator(MATRIX_ROWS).count() == 8

    page.select_option("select[name=implementation]", "billiard 4.3.2")
    assert page.locator(MATRIX_ROWS).count() == 2
    page.select_option("select[name=start-method]", "spawn")
    assert page.locator(MATRIX_ROWS).count() == 1
    assert page.locator("output").inner_text() == "1 of 8 rows"

    page.click("button[type=reset]")
    assert page.locator(MATRIX_ROWS).count() == 8


def test_the_filter_is_in_the_address_so_that_it_can_be_shared(opened, site):
    page = opened(url(site))
    page.select_option("select[name=implementation]", "billiard 4.3.2")
    page.check("input[name=only]")
    shared = page.url

    other = opened(shared)

    assert "#implementation=billiard+4.3.2&only=" in shared
    assert other.locator(MATRIX_ROWS).count() == 2
    assert other.locator("select[name=implementation]").input_value() == "billiard 4.3.2"
    page.click("button[type=reset]")
    page.wait_for_url(url(site))


def test_only_chapters_that_differ_are_left(opened, site):
    page = opened(url(site))
    heads = page.locator(".matrix thead th:visible")
    assert heads.count() == 6

    page.check("input[name=only]")

    assert heads.all_inner_texts() == ["start method", "getting"]


def test_a_level_changes_the_counts_and_all_levels_restore_them(opened, site):
    page = opened(url(site))
    cells = page.locator(".matrix td")
    whole = cells.all_inner_texts()

    page.select_option("select[name=level]", "hazard")
    page.wait_for_function("document.querySelectorAll('.matrix td')[5].textContent !== '1'")
    assert page.locator(".matrix td", has_text="deviates").count() == 0
    page.select_option("select[name=level]", "")

    assert cells.all_inner_texts() == whole


def test_a_cell_opens_to_rules_and_a_rule_to_what_happened(opened, site):
    page = opened(url(site))
    page.locator("tr[data-run^=billiard][data-start-method=fork] td", has_text="hangs").locator("a").click()
    page.check("input[name=only]")
    rule = page.locator("details.rule:visible")
    assert rule.count() == 1
    rule.locator("summary").first.click()

    text = rule.inner_text()
    assert "get() was still running after 12.7 s" in text
    assert "queuespec --rule get.blocks-when-empty --implementation billiard -v --start-method fork" in text
    assert rule.locator("svg.lanes .blocked").count() == 1
    assert rule.locator("svg.lanes").first.is_visible()
    assert "4711" in rule.locator("pre").first.text_content()


def test_the_address_of_a_rule_opens_it(opened, site):
    page = opened(f"{url(site, PAGES[2])}#get.blocks-when-empty", base=site.as_uri())

    assert page.locator("details.rule[open]").count() == 1
    assert page.locator("svg.lanes").first.is_visible()


def test_a_rule_is_found_by_its_words(opened, site):
    page = opened(url(site))
    page.fill("#find", "waits until item arrives")

    page.locator(".found a").first.click()

    page.wait_for_url("**/specification/getting.html#get.blocks-when-empty")


def test_the_keyboard_alone_leads_from_the_matrix_to_a_failure(opened, site):
    page = opened(url(site), base=site.as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    for _ in range(80):
        page.keyboard.press("Tab")
        if "hangs" in page.evaluate("document.activeElement.closest('td')?.textContent ?? ''"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/billiard-4.3.2-cp3.14.1-linux/getting.html")
    for _ in range(80):
        page.keyboard.press("Tab")
        if "hangs" in page.evaluate("document.activeElement.closest('summary')?.textContent ?? ''"):
            break
    page.keyboard.press("Enter")

    assert page.locator("svg.lanes").first.is_visible()


def test_everything_can_be_read_without_scripts(opened, site):
    page = opened(url(site), base=site.as_uri(), java_script_enabled=False)

    assert page.locator("form:visible, .find:visible").count() == 0
    page.locator("tr[data-run^=billiard][data-start-method=fork] td", has_text="hangs").locator("a").click()
    page.locator("details.rule", has_text="hangs").locator("summary").first.click()
    assert page.locator("svg.lanes").first.is_visible()


@pytest.mark.parametrize("width", [400, 900, 1400])
@pytest.mark.parametrize("path", PAGES)
def test_no_page_is_wider_than_the_window(opened, site, path, width):
    page = opened(url(site, path), base=site.as_uri(), width=width)

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_print_shows_what_is_closed_on_the_screen(opened, site):
    page = opened(url(site, PAGES[2]), base=site.as_uri())

    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")

    assert page.locator("svg.lanes").first.is_visible()
    assert page.locator(".filters:visible, nav:visible").count() == 0


@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark", "width": 400}], ids=["light", "dark and narrow"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(opened, site, path, options):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="the extra `browser` brings it")
    page = opened(url(site, path), base=site.as_uri(), **options)
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")

    found = axe.Axe().run(page, options={"preload": False}).response["violations"]  # it would ask for the style sheet

    assert {one["id"]: [node["html"][:200] for node in one["nodes"][:3]] for one in found} == {}
