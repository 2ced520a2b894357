"""The files of a site: complete, valid, linked, safe, and whole or not there at all."""

import dataclasses
import html
import json
import os
import re
import shlex
import subprocess
import sys
import urllib.parse

import pytest
import runs
from samples import queuespec, text_of, verdict

pytest.importorskip("jinja2", reason="the extra `page` brings it")
html5lib = pytest.importorskip("html5lib", reason="the extra `test` brings it")

import sites  # noqa: E402

from queuespec.report.page import build as writing_site  # noqa: E402
from queuespec.report.page import names  # noqa: E402
from queuespec.report.page import site as writing  # noqa: E402
from queuespec.results import schema  # noqa: E402
from queuespec.results.verdict import BadFile  # noqa: E402

POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"


@pytest.fixture(scope="module")
def pages(site):
    return sites.pages(site)


def elements(text):
    """The elements of a page; raises what a strict parser finds wrong."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return [one for one in parser.parse(text).iter() if isinstance(one.tag, str)]


def test_every_page_is_valid(pages):
    for text in pages.values():
        elements(text)


def test_no_page_has_two_elements_of_one_name(pages):
    for path, text in pages.items():
        found = re.findall(r' id="([^"]*)"', text)
        assert len(found) == len(set(found)), path


def dead_links(site):
    """The links that lead to no file, or to no element in it, each with its page."""
    pages, missing = sites.pages(site), set()
    for path, text in pages.items():
        for link in set(re.findall(r' (?:href|src)="([^"]*)"', text)):
            target, _, fragment = html.unescape(link).partition("#")
            if re.match("https://", target):
                continue
            file = ((site / path).parent / urllib.parse.unquote(target)).resolve() if target else site / path
            inside = file.relative_to(site.resolve() if target else site).as_posix()
            if not file.is_file() or (fragment and f' id="{fragment}"' not in pages[inside]):
                missing.add((path, link))
    return missing


def test_every_link_leads_to_a_file_and_to_an_element_in_it(site):
    assert dead_links(site) == set()


def test_a_page_allows_nothing_but_the_site_itself(pages):
    for path, text in pages.items():
        found = elements(text)
        scripts = [one for one in found if one.tag == "script"]
        assert [one.get("content") for one in found if one.get("http-equiv")] == [POLICY], path
        assert [one.get("src").rpartition("/")[2] for one in scripts] == ["page.js"], path
        assert not any("".join(one.itertext()).strip() for one in scripts), path
        assert [one.tag for one in found if one.tag == "style" or one.get("style")] == [], path
        assert [name for one in found for name in one.keys() if name.startswith("on")] == [], path  # noqa: SIM118


def test_styles_and_scripts_name_no_other_place(site):
    for name in ("style.css", "page.js", "icon.svg"):
        text = (site / name).read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?:|//\w+\.|@import|url\(|fetch\(|XMLHttp|innerHTML|eval\(", text), name


def test_every_table_has_a_caption_and_heads_with_a_scope(pages):
    for path, text in pages.items():
        for table in (one for one in elements(text) if one.tag == "table"):
            assert table.find("caption") is not None, path
            assert [head for head in table.iter("th") if not head.get("scope")] == [], path


def test_a_rule_has_its_page_its_test_its_faults_and_who_deviates(pages):
    text = pages["specification/getting.html"]
    entry = text[text.index('id="get.blocks-when-empty"') :].partition("</article>")[0]

    assert "<code>get()</code> waits until an item arrives." in entry
    assert '<span class="nf">test_get_blocks_when_empty</span>' in entry
    assert "https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.get" in entry
    assert "<code>lifo</code> The last item is returned first." in entry
    assert "2 of 3 conform" in entry
    assert '<b class="word bad">hangs</b>' in entry


def test_every_rule_is_in_the_index_and_only_those_that_differ_in_the_differences(pages):
    rules = [rule.slug for chapter in sites.CHAPTERS for rule in chapter.rules]
    index, differences = pages["specification/index.html"], pages["specification/differences.html"]

    assert [slug for slug in rules if f"#{slug}" not in index] == []
    assert {slug for slug in rules if f"#{slug}" in differences} == {"get.blocks-when-empty"}
    assert "linux" in differences
    assert "windows" not in differences  # a run that explored judges no rule


def test_a_bug_report_can_be_copied_and_says_what_happened(pages):
    text = html.unescape(pages["billiard-4.3.2-cp3.14.1-linux/getting.html"])

    assert "# get.blocks-when-empty: `get()` waits until an item arrives." in text
    assert "$ pip install queuespec && queuespec --rule get.blocks-when-empty --implementation billiard" in text


def test_what_a_process_printed_and_a_program_to_copy_are_beside_what_deviates(tmp_path):
    def prints(one):
        return {**sites.hangs(one), "output": ("<b>no memory</b>",)} if sites.hangs(one) else {}

    getting = [chapter for chapter in sites.CHAPTERS if chapter.name == "getting"]
    matter = sites.MATTER._replace(chapters=getting)
    site = sites.built(tmp_path / "site", [sites.results(change=prints)], matter)
    text = sites.pages(site)["multiprocessing-cp3.14.1-linux/getting.html"]
    program = html.unescape(text.partition("A program to copy")[2].partition("<pre")[2].partition("</pre>")[0])

    assert "&lt;b&gt;no memory&lt;/b&gt;" in text.partition("What the judged processes printed")[2]
    compile(program.partition(">")[2], "program", "exec")
    assert 'context = multiprocessing.get_context("fork")' in program


PROGRAM = "A program to copy"


@pytest.mark.parametrize(
    ("implementation", "header", "said"),
    [
        ("billiard", {"implementation_is": "module"}, 'context = billiard.get_context("fork")'),
        (
            "mine:Fifo",
            {"implementation_is": "class", "context_parameter": "ctx"},
            "functools.partial(mine.Fifo, ctx=context)",
        ),
    ],
)
def test_a_program_makes_the_queues_of_others(tmp_path, implementation, header, said):
    run = sites.results(change=sites.hangs, implementation=implementation, **header)
    text = _getting_of(tmp_path, run)
    program = html.unescape(text.partition(PROGRAM)[2].partition("<pre")[2].partition("</pre>")[0]).partition(">")[2]

    compile(program, "program", "exec")
    assert said in program


@pytest.mark.parametrize(
    ("implementation", "header"),
    [
        ("their.queue", {"implementation_is": "adapter"}),
        ("billiard", {}),
        ("fault:lifo", {"implementation_is": "class"}),
        ("os.system('x');", {"implementation_is": "module"}),
        ("os:system('x');", {"implementation_is": "class"}),
        ("class", {"implementation_is": "module"}),
    ],
)
def test_what_no_program_can_be_made_for_has_the_command_that_can(tmp_path, implementation, header):
    text = _getting_of(tmp_path, sites.results(change=sites.hangs, implementation=implementation, **header))

    assert PROGRAM not in text
    command = f"queuespec reproduce get.blocks-when-empty --implementation {shlex.quote(implementation)}"
    assert f"{command} --start-method fork --kind Queue</pre>" in html.unescape(text)


def test_the_kind_of_a_hostile_file_gets_into_no_program(tmp_path):
    def hostile(one):
        return {**sites.hangs(one), "kind": "Queue(print(1))"} if sites.hangs(one) and one.kind == "Queue" else {}

    text = _getting_of(tmp_path, sites.results(change=hostile))

    assert "Queue(print(1))" in text
    assert PROGRAM not in text


def _getting_of(tmp_path, results):
    """The page of the chapter of a run that has a rule that is broken."""
    getting = [chapter for chapter in sites.CHAPTERS if chapter.name == "getting"]
    found = sites.pages(sites.built(tmp_path / "site", [results], sites.MATTER._replace(chapters=getting)))
    (text,) = (text for path, text in found.items() if path.endswith("getting.html") and "specification" not in path)
    return text


def test_an_expected_deviation_says_the_reason_and_links_only_to_the_web(tmp_path):
    def declared(one):
        changes = sites.hangs(one)
        return {**changes, "declared": {"expected": "deviates", "reason": "It polls.", "link": "javascript:alert(1)"}}

    site = sites.built(tmp_path / "site", [sites.results(change=declared)], sites.FEW)
    text = "".join(sites.pages(site).values())

    assert "It polls." in text
    assert 'href="javascript' not in text


def test_an_incomplete_run_and_one_of_other_rules_are_said_to_be_that(pages):
    index = pages["index.html"]
    run = pages["multiprocessing-cp3.14.1-macos/index.html"]

    assert "<em>cut short after 9 verdicts: the footer is missing</em>" in index
    assert "<em>rule set ffff</em>" in index
    assert "2 different sets of rules" in index
    assert "This run is incomplete: cut short after 9 verdicts: the footer is missing." in run
    assert "judged by another rule set" in run
    assert not any("macos" in path for path in pages if path.startswith("comparisons/"))


def test_a_rule_that_had_other_words_keeps_them(tmp_path):
    old = sites.results(verdicts=[verdict(sentence="`get()` used to wait.", chapter="contexts")])

    text = sites.pages(sites.built(tmp_path / "site", [old], sites.MATTER))[
        "multiprocessing-cp3.14.1-linux/contexts.html"
    ]

    assert "<code>get()</code> used to wait." in text
    assert "The rule has other words now" in text


def test_two_runs_of_one_subject_and_unknown_words_have_pages_of_their_own(tmp_path):
    files = [
        sites.results(started="2026-01-02T03:04:05Z"),
        sites.results(started="2026-01-09T03:04:05Z", change=sites.hangs),
        sites.results(python_version="??", python_implementation="new", system="Plan 9", implementation="?"),
        sites.results(verdicts=[verdict("no.such-rule", chapter="no such chapter")], machine="z80"),
    ]

    site = sites.built(tmp_path / "site", files)

    assert dead_links(site) == set()
    assert {path.name for path in site.iterdir() if path.is_dir()} == {
        *("multiprocessing-cp3.14.1-linux", "multiprocessing-cp3.14.1-linux-2", "multiprocessing-cp3.14.1-linux-z80"),
        *("new-plan-9", "comparisons", "specification"),
    }
    compared = sites.pages(site)["comparisons/multiprocessing-cp3.14.1-linux--multiprocessing-cp3.14.1-linux-2.html"]
    assert "regressions" in compared
    assert "get.blocks-when-empty (Queue, JoinableQueue) conforms -&gt; hangs" in compared
    assert "1/1" in sites.pages(site)["multiprocessing-cp3.14.1-linux-z80/index.html"]


def test_earlier_runs_are_compared_with_the_run_of_the_same_subject_and_are_no_rows(tmp_path):
    earlier = [
        sites.results("1.jsonl", change=sites.hangs, started="2026-01-01T00:00:00Z"),
        sites.results("2.jsonl", started="2026-01-01T12:00:00Z"),
        sites.results("3.jsonl", started="2025-01-01T12:00:00Z", implementation="billiard"),
    ]
    directory = tmp_path / "site"

    writing_site.build(directory, [sites.results("new.jsonl")], sites.FEW, earlier)

    found = sites.pages(directory)
    one, two = (f"comparisons/earlier-2026-01-01--multiprocessing-cp3.14.1-linux{end}.html" for end in ("", "-2"))
    assert {path for path in found if path.startswith("comparisons/")} == {one, two, "comparisons/index.html"}
    assert "Repairs (" in found[one]
    assert "no regressions" in found[two]
    assert found["index.html"].count('class="run"') == 1
    assert one.rpartition("/")[2] in found["multiprocessing-cp3.14.1-linux/index.html"]


def test_the_counts_of_a_cell_leave_out_what_has_not_to_conform():
    from queuespec.report.page.runs import Cell, cell

    def of(*words, gates=True):
        return cell([verdict(verdict=word, gates=gates) for word in words])

    assert of("conforms", "conforms", "shown", "not-applicable") == Cell("2/2", "conforms", "good")
    assert of("conforms", "hangs", "deviates") == Cell("1/3", "hangs", "bad")
    assert of("conforms", "deviates", gates=False) == Cell("1/2", "deviates", "mild")
    assert of("conforms", "not-run") == Cell("1/2", "not-run", "mild")
    assert of("shown", "absent") == Cell("", "shown", "mild")
    assert of("unsupported", "not-applicable") == Cell("", "not-applicable", "none")
    assert of() == Cell("", "", "none")


def test_the_same_files_make_the_same_site(site, pages, tmp_path):
    assert sites.pages(sites.built(tmp_path / "again")) == pages


def test_names_of_files_are_safe_and_differ_where_case_does_not_count():
    texts = ["Getting", "getting", "../../etc/passwd", "a/b", "a:b", "con\u202e", "", "x" * 500, "\ud800"]

    found = [names.file_name(text) for text in texts]

    assert len({*map(str.lower, found)}) == len(texts)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,80}", name) for name in found)
    assert names.anchor("get.blocks-when-empty") == "get.blocks-when-empty"
    assert " " not in names.anchor("a b")


def test_an_earlier_site_is_replaced_and_anything_else_is_left_alone(tmp_path):
    few = [sites.results(verdicts=[verdict()])]
    site = sites.built(tmp_path / "site", few, sites.FEW)
    with (site / writing.MANIFEST).open("a") as manifest:
        manifest.write("old.html\n")
    (site / "old.html").write_text("old")
    sites.built(site, few, sites.FEW)
    assert not (site / "old.html").exists()

    if os.name != "nt":  # where making a link takes a right of its own
        (tmp_path / "link").symlink_to(site, target_is_directory=True)
        sites.built(tmp_path / "link", few, sites.FEW)
        assert (tmp_path / "link").is_symlink()


@pytest.mark.parametrize("place", ["other", "site", "site/specification", "site/empty"])
def test_a_file_that_no_site_has_written_is_left_alone(tmp_path, place):
    few = [sites.results(verdicts=[verdict()])]
    site = sites.built(tmp_path / "site", few, sites.FEW)
    mine = tmp_path / place / "thesis"
    mine.parent.mkdir(exist_ok=True)
    mine.mkdir() if place == "site/empty" else mine.write_text("mine")

    with pytest.raises(writing.Unusable, match="thesis', which is no file of an earlier page; move it"):
        sites.built(tmp_path / "other" if place == "other" else site, few, sites.FEW)

    assert mine.exists()


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("notes.txt", "notes.txt is a file; name a directory"),
        ("notes.txt/site", "cannot .*notes.txt.*: "),
        ("closed/site", "cannot make the page in .*closed: Permission denied; name a directory elsewhere"),
        ("unreadable", "cannot write .*unreadable': Permission denied"),
    ],
)
def test_a_place_that_cannot_be_written_is_one_sentence_and_stays_as_it_is(tmp_path, place, said):
    (tmp_path / "results.jsonl").write_text(text_of([verdict()]))
    (tmp_path / "notes.txt").write_text("mine")
    for name, mode in ("closed", 0o500), ("unreadable", 0):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mine").write_text("mine")
        (tmp_path / name).chmod(mode)
    if "notes" not in place and os.access(tmp_path / "unreadable", os.R_OK):
        pytest.skip("this user may write everywhere")

    run = queuespec("page", tmp_path / "results.jsonl", "--output", tmp_path / place)

    assert run.returncode == 4
    assert re.search(f"^queuespec page: .*{said}", run.stderr)
    assert run.stderr.count("\n") == 1
    for name in ("closed", "unreadable"):
        (tmp_path / name).chmod(0o700)
        assert (tmp_path / name / "mine").read_text() == "mine"
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_failure_leaves_the_earlier_site_and_nothing_else(tmp_path):
    few = [sites.results(verdicts=[verdict()])]
    site = sites.built(tmp_path / "site", few, sites.FEW)
    before = sites.pages(site)

    with pytest.raises(BadFile):
        sites.built(site, [sites.results(verdicts=[])], sites.FEW)

    assert sites.pages(site) == before
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes, and the command waits for one")
def test_a_polite_signal_leaves_nothing_half_written(tmp_path):
    os.mkfifo(tmp_path / "results.jsonl")
    words = ["page", tmp_path / "results.jsonl", "--output", tmp_path / "site"]
    command = [sys.executable, "-m", "queuespec", *map(str, words)]
    environment = runs.environment(PYTHONPATH=str(runs.CHECKOUT / "src"))
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as process:
        with (tmp_path / "results.jsonl").open("w"):  # which waits for its reader
            assert len([*tmp_path.iterdir()]) == 2
            process.terminate()
            _, said = process.communicate(timeout=60)

    assert (process.returncode, said) == (2, b"queuespec page: interrupted\n")
    assert [path.name for path in tmp_path.iterdir()] == ["results.jsonl"]


def test_an_earlier_run_of_another_subject_is_said_to_be_compared_with_nothing(tmp_path):
    (tmp_path / "results.jsonl").write_text(text_of([verdict()]))
    (tmp_path / "old.jsonl").write_text(text_of([verdict()], implementation="billiard"))
    words = ["page", tmp_path / "results.jsonl", "--earlier", tmp_path / "old.jsonl", "--output", tmp_path / "site"]

    run = queuespec(*words)

    assert run.returncode == 0
    assert "old.jsonl is compared with nothing: no run here has the same queue, Python and system" in run.stderr


def test_a_copy_of_a_results_file_is_no_other_run(tmp_path):
    names = [tmp_path / "results.jsonl", tmp_path / "copy.jsonl"]
    for name in names:
        name.write_text(text_of([verdict()]))

    run = queuespec("page", *names, "--earlier", names[1], "--output", tmp_path / "site")

    assert run.returncode == 0
    assert run.stderr == f"queuespec page: {names[1]} is the same run as {names[0]}; it is used once\n" * 2
    found = sites.pages(tmp_path / "site")
    assert found["index.html"].count('class="run"') == 1
    assert [path for path in found if path.startswith("comparisons/")] == ["comparisons/index.html"]


def test_the_command_writes_the_site_and_names_its_first_page(tmp_path):
    (tmp_path / "results.jsonl").write_text(text_of([verdict()]))

    run = queuespec("page", tmp_path / "results.jsonl", "--output", tmp_path / "a" / "site")

    assert (run.returncode, run.stderr) == (0, "")
    assert re.fullmatch(rf"{re.escape(str(tmp_path / 'a' / 'site' / 'index.html'))}: \d+ pages\n", run.stdout)
    assert "1/1" in (tmp_path / "a" / "site" / "index.html").read_text(encoding="utf-8")
    levels = (tmp_path / "a" / "site" / "levels.js").read_text(encoding="utf-8")
    assert json.loads(levels[len("queuespec.levels(") : -len(");\n")])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        (text_of([verdict()]).replace('"get()', '"GET()', 1).replace("waits", "w" * 10_000_000), "longer than"),
    ],
    ids=["empty", "ten megabytes"],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_sentence(tmp_path, text, said):
    (tmp_path / "results.jsonl").write_text(text)

    run = queuespec("page", tmp_path / "results.jsonl", "--output", tmp_path / "site")

    assert run.returncode == 4
    assert said in run.stderr
    assert len(run.stderr) < 500
    assert run.stderr.count("\n") == 1
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize("missing", ["jinja2", "pygments"])
def test_without_the_extra_the_command_says_what_to_install(tmp_path, missing):
    program = f"import sys; sys.modules[{missing!r}] = None; from queuespec.__main__ import main; sys.exit(main())"
    (tmp_path / "results.jsonl").write_text(text_of([verdict()]))
    words = ["page", tmp_path / "results.jsonl", "--output", tmp_path / "site"]

    run = subprocess.run(
        [sys.executable, "-c", program, *map(str, words)],
        env=runs.environment(PYTHONPATH=str(runs.CHECKOUT / "src")),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )

    assert run.returncode == 4
    assert run.stderr == (
        f"queuespec page: the page needs the extra 'page' ({missing} is not installed): pip install 'queuespec[page]'\n"
    )


def test_a_run_that_explored_and_found_nothing_has_its_page(tmp_path):
    explored = dataclasses.replace(sites.results("explored.jsonl", verdicts=[]), explored={"rounds": 3})
    site = sites.built(tmp_path / "site", [explored])

    assert any("nothing" in page.read_text(encoding="utf-8") for page in site.glob("*/index.html"))


def test_a_finding_of_exploring_is_drawn_and_can_be_run_again(pages):
    (text,) = (text for path, text in pages.items() if path.startswith("multiprocessing-cp3.14.1-windows/index"))

    assert "Exploring multiprocessing has found 2 ways to be wrong in 1,230 runs." in text
    assert text.count('<svg class="lanes"') == 2
    assert (
        '<td class="whole bad" colspan="5"><a href="multiprocessing-cp3.14.1-windows/index.html">2 findings</a></td>'
        in (pages["index.html"])
    )
    shown = html.unescape(text)
    assert '"p-1" was got twice' in shown
    assert 'put("p-1")   # held at multiprocessing/queues.py:96' in shown
    assert "parent is held in put() at multiprocessing/queues.py:96, at visit 2; it is killed there when" in shown
    assert "<code>self._notempty.notify()</code>" in shown
    assert "Shown in 7 of 10 further runs." in shown
    assert "queuespec explore --replay counterexample.json" in shown
    saved = json.loads(shown.partition('tabindex="0">{')[2].partition("</pre>")[0].join(["{", ""]))
    assert schema.checks()["saved"](saved) == ""
