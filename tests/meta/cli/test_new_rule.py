"""``queuespec new-rule``: the skeleton of a rule and of its fault, in a checkout."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from runs import CHECKOUT

from queuespec.rules import chapters

CHAPTERS = [chapter.name for chapter in chapters()]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    home = tmp_path_factory.mktemp("checkout")
    for name in ("src", "tests/spec"):
        shutil.copytree(CHECKOUT / name, home / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CHECKOUT / "pyproject.toml", home)
    return home


def queuespec(checkout: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    run = "import sys; sys.path.insert(0, sys.argv.pop(1)); from queuespec.__main__ import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", run, str(checkout / "src"), *arguments],
        cwd=checkout,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=60,
    )


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_skeletons_can_be_read_and_are_not_yet_written(checkout, chapter):
    slug = f"new-{chapter.replace('_', '-')}.rule"
    written = queuespec(checkout, "new-rule", slug, "--chapter", chapter)
    assert (written.returncode, written.stderr) == (0, "")
    assert f"queuespec --rule {slug}" in written.stdout

    explained = queuespec(checkout, "explain", slug)
    assert explained.returncode == 0, explained.stderr
    assert "TODO" in explained.stdout

    broken = queuespec(checkout, "faults", f"breaks-{slug.replace('.', '-')}")
    assert broken.returncode == 0, broken.stderr
    assert slug in broken.stdout


def test_a_slug_whose_first_word_is_known_needs_no_chapter(checkout):
    assert queuespec(checkout, "new-rule", "get.another-one", "--fault", "get-another-2").returncode == 0
    assert "def test_get_another_one(" in (checkout / "tests/spec/test_getting.py").read_text(encoding="utf-8")
    faults = (checkout / "src/queuespec/queues/faults/getting.py").read_text(encoding="utf-8")
    assert "class GetAnother2:" in faults


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["gett.one"], "no rule begins with 'gett.'; did you mean 'get'?"),
        (["get.blocks-when-empty"], "a slug is never reused"),
        (["Get.One"], "is not a valid slug"),
        (["get.one", "--chapter", "gettin"], "there is no chapter 'gettin'; did you mean 'getting'?"),
        (["get.one", "--fault", "none-for-empty"], "a fault named 'none-for-empty' already exists"),
        (["get.one", "--fault", "None"], "is not a valid name"),
        (["get.one", "--fault", "none"], "is not a valid name"),
    ],
)
def test_a_slip_writes_nothing(checkout, arguments, sentence):
    before = {path: path.read_bytes() for path in checkout.rglob("*.py")}
    refused = queuespec(checkout, "new-rule", *arguments)
    assert (refused.returncode, refused.stdout) == (4, "")
    assert sentence in refused.stderr
    assert {path: path.read_bytes() for path in checkout.rglob("*.py")} == before
