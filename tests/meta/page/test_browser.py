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
def test_every_kind_of_page_opens_from_a_disk(opened, expect, site, path):
    page = opened(url(site, path), base=site.as_uri())

    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator("body")).to_have_css("margin", "0px")  # the style sheet applies


def test_it_works_as_a_part_of_another_site_on_a_server(opened, expect, served):
    page = opened(f"{served}/")
    page.get_by_role("link", name="billiard 4.3.2").click()
    page.locator("table.chapters").get_by_role("link", name="getting").click()
    page.get_by_role("link", name="Specification", exact=True).click()
    page.fill("input[name=text]", "blocks-when-empty")

    expect(page.locator("table.index tbody tr:visible")).to_have_count(1)
    page.goto(f"{served}/")
    page.select_option("select[name=level]", "hazard")
    expect(page.locator(".matrix")).to_contain_text("shown")


def test_filters_leave_the_rows_that_fit_and_say_how_many(opened, expect, site):
    page = opened(url(site))
    rows = page.locator(MATRIX_ROWS)
    expect(rows).to_have_count(8)

    page.select_option("select[name=implementation]", "billiard 4.3.2")
    expect(rows).to_have_count(2)
    page.select_option("select[name=start-method]", "spawn")
    expect(rows).to_have_count(1)
    expect(page.locator("output")).to_have_text("1 of 8 rows")

    page.click("button[type=reset]")
    expect(rows).to_have_count(8)


def test_the_filter_is_in_the_address_so_that_it_can_be_shared(opened, expect, site):
    page = opened(url(site))
    page.select_option("select[name=implementation]", "billiard 4.3.2")
    page.check("input[name=only]")
    shared = f"{url(site)}#implementation=billiard+4.3.2&only=yes"
    expect(page).to_have_url(shared)

    other = opened(shared)

    expect(other.locator(MATRIX_ROWS)).to_have_count(2)
    expect(other.locator("select[name=implementation]")).to_have_value("billiard 4.3.2")
    page.click("button[type=reset]")
    expect(page).to_have_url(url(site))


def test_only_chapters_that_differ_are_left(opened, expect, site):
    page = opened(url(site))
    heads = page.locator(".matrix thead th:visible")
    expect(heads).to_have_count(6)

    page.check("input[name=only]")

    expect(heads).to_have_text(["start method", "getting"])


def test_a_level_changes_the_counts_and_all_levels_restore_them(opened, expect, site):
    page = opened(url(site))
    cells = page.locator(".matrix td")
    whole = cells.all_inner_texts()

    assert any("hangs" in text for text in whole)
    page.select_option("select[name=level]", "hazard")
    expect(page.locator(".matrix td", has_text="hangs")).to_have_count(0)
    page.select_option("select[name=level]", "")

    expect(cells).to_have_text(whole, use_inner_text=True)


def test_a_cell_opens_to_rules_and_a_rule_to_what_happened(opened, expect, site):
    page = opened(url(site))
    page.locator("tr[data-run^=billiard][data-start-method=fork] td", has_text="hangs").locator("a").click()
    page.check("input[name=only]")
    rule = page.locator("details.rule:visible")
    expect(rule).to_have_count(1)
    rule.locator("summary").first.click()

    expect(rule).to_contain_text("get() was still running after 12.7 s", use_inner_text=True)
    again = "queuespec --rule get.blocks-when-empty --implementation billiard -v --start-method fork"
    expect(rule).to_contain_text(again, use_inner_text=True)
    expect(rule.locator("svg.lanes .blocked")).to_have_count(1)
    expect(rule.locator("svg.lanes").first).to_be_visible()
    expect(rule.locator("pre").first).to_contain_text("4711")


def test_the_address_of_a_rule_opens_it(opened, expect, site):
    page = opened(f"{url(site, PAGES[2])}#get.blocks-when-empty", base=site.as_uri())

    expect(page.locator("details.rule[open]")).to_have_count(1)
    expect(page.locator("svg.lanes").first).to_be_visible()


def test_a_rule_is_found_by_its_words(opened, expect, site):
    page = opened(url(site))
    page.fill("#find", "waits until item arrives")

    page.locator(".found a").first.click()

    expect(page).to_have_url(f"{url(site, 'specification/getting.html')}#get.blocks-when-empty")


def test_the_keyboard_alone_leads_from_the_matrix_to_a_failure(opened, expect, site):
    page = opened(url(site), base=site.as_uri())

    def tab_to(element):
        for _ in range(80):
            if element.evaluate("(one) => one === document.activeElement"):
                break
            focused = page.evaluate_handle("document.activeElement")
            page.keyboard.press("Tab")
            page.wait_for_function("(one) => one !== document.activeElement", arg=focused)
        expect(element).to_be_focused()

    tab_to(page.locator(".skip"))
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    tab_to(page.locator("td", has_text="hangs").locator("a"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(url(site, PAGES[2]))
    tab_to(page.locator("summary", has_text="hangs"))
    page.keyboard.press("Enter")

    expect(page.locator("svg.lanes").first).to_be_visible()


def test_everything_can_be_read_without_scripts(opened, expect, site):
    page = opened(url(site), base=site.as_uri(), java_script_enabled=False)

    expect(page.locator("form:visible, .find:visible")).to_have_count(0)
    page.locator("tr[data-run^=billiard][data-start-method=fork] td", has_text="hangs").locator("a").click()
    page.locator("details.rule", has_text="hangs").locator("summary").first.click()
    expect(page.locator("svg.lanes").first).to_be_visible()


@pytest.mark.parametrize("width", [400, 900, 1400])
@pytest.mark.parametrize("path", PAGES)
def test_no_page_is_wider_than_the_window(opened, site, path, width):
    page = opened(url(site, path), base=site.as_uri(), width=width)

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_print_shows_what_is_closed_on_the_screen(opened, expect, site):
    page = opened(url(site, PAGES[2]), base=site.as_uri())

    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")

    expect(page.locator("svg.lanes").first).to_be_visible()
    expect(page.locator(".filters:visible, nav:visible")).to_have_count(0)


@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark", "width": 400}], ids=["light", "dark and narrow"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(opened, site, path, options):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="the extra `browser` brings it")
    page = opened(url(site, path), base=site.as_uri(), **options)
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")

    found = axe.Axe().run(page, options={"preload": False}).response["violations"]  # it would ask for the style sheet

    assert {one["id"]: [node["html"][:200] for node in one["nodes"][:3]] for one in found} == {}
