"""Modules with the same name: an adapter beside them works, or one sentence says what to rename, before judging."""

import pytest
import runs
from runs import METHODS, asked

from queuespec.judge import options
from queuespec.judge.options import CannotJudge

ADAPTER = """
class Adapter:
    name = "own"

    def queue(self, kind, owner, maxsize=0):
        return owner.Queue(maxsize)
"""
TAKEN = {
    **dict.fromkeys(("queue", "queuespec", "time"), "its name is also that of "),
    **dict.fromkeys(("items", "roles", "judged", "ways"), "judged processes have a module of their own that is named "),
    "one.more": "its name has another dot",
}
"""Names of files that cannot be judged, and a part of the sentence."""

OWN = "raise OSError('an own module is imported')"


@pytest.fixture
def beside(tmp_path, monkeypatch):
    """A directory beside the current one."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


def refused(name):
    with pytest.raises(CannotJudge) as refusal:
        options.probe(runs.judged_python, str(name))
    return str(refusal.value)


@pytest.mark.parametrize("name", TAKEN)
def test_a_file_whose_name_is_taken_is_to_be_renamed(beside, name):
    file = beside / f"{name}.py"
    file.write_text(ADAPTER, encoding="utf-8")

    sentence = refused(file)

    assert TAKEN[name] in sentence
    assert sentence.startswith("--implementation: ")
    assert ": rename " in sentence


@pytest.mark.parametrize("name", ["items", "resources"])
def test_neither_can_it_import_a_module_whose_name_is_taken(beside, name):
    (beside / f"{name}.py").write_text("", encoding="utf-8")
    (beside / "own.py").write_text(f"import {name}\n{ADAPTER}", encoding="utf-8")

    assert refused(beside / "own.py").endswith(f"{name!r}: rename {beside / name}.py")


@pytest.mark.parametrize("name", ["alone", "boot"])
def test_a_name_that_no_judged_process_imports_is_free(judge, tmp_path, name):
    (tmp_path / f"{name}.py").write_text(ADAPTER, encoding="utf-8")
    rules = ("surroundings.module-switch", "deliver.child-to-child")

    run = judge("--implementation", tmp_path / f"{name}.py", *asked(rules, METHODS[:2]))

    assert run.status == 0, run.output
    assert {slug: run.words(slug) - {"unsupported"} for slug in rules} == {slug: {"conforms"} for slug in rules}


def test_what_stands_beside_an_adapter_is_nobodys_unless_the_adapter_imports_it(judge, tmp_path):
    for name in ("queue", "random", "pickle", "items", "roles", "boot", "ways"):
        (tmp_path / f"{name}.py").write_text(OWN, encoding="utf-8")
    (tmp_path / "own.py").write_text(ADAPTER, encoding="utf-8")
    rules = ("surroundings.module-switch", "deliver.child-to-child")

    run = judge("--implementation", tmp_path / "own.py", *asked(rules, METHODS[:2]))

    assert run.status == 0, run.output
    assert {slug: run.words(slug) - {"unsupported"} for slug in rules} == {slug: {"conforms"} for slug in rules}


@pytest.mark.parametrize("package", [False, True], ids=["file", "package"])
def test_a_directory_whose_files_python_would_take_for_its_own_is_refused(beside, package):
    """Processes that multiprocessing starts, and workers of pytest-xdist, import from the current directory first."""
    if package:
        (beside / "here" / "pickle").mkdir()
    file = beside / "here" / ("pickle/__init__.py" if package else "pickle.py")
    file.write_text(OWN, encoding="utf-8")

    sentence = refused("multiprocessing")

    shown = "pickle" if package else "pickle.py"
    assert sentence == (
        f"Python would import {shown} of the current directory instead of the standard library's; judge in another one"
    )


def test_others_are_welcome_there(beside):
    for name in ("setup.py", "conftest.py", "tests.py", "turtledemo.py"):
        (beside / "here" / name).write_text(OWN, encoding="utf-8")
    (beside / "here" / "pickle").mkdir()

    assert options.probe(runs.judged_python, "multiprocessing").implementation == "multiprocessing"
