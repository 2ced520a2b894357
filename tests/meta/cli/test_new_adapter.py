"""``queuespec new-adapter``: the skeleton of an adapter, which can be judged as it is."""

import re

import pytest
from runs import asked

from queuespec.__main__ import main
from queuespec.actors.adapted import OPTIONAL
from queuespec.cli.new_adapter import skeleton


def test_the_skeleton_judges_the_queue_of_the_standard_library(judge, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    assert main(["new-adapter", "my_adapter"]) == 0

    assert "queuespec --implementation ./my_adapter.py\n" in capsys.readouterr().out
    run = judge(
        "--implementation", tmp_path / "my_adapter.py", *asked(("order.fifo-in-process", "deliver.child-to-child"))
    )
    assert run.status == 0, run.output
    assert {one["verdict"] for one in run.verdicts if one["kind"] == "Queue"} == {"conforms"}
    assert {one["verdict"] for one in run.verdicts if one["kind"] != "Queue"} == {"unsupported"}


def test_nothing_is_overwritten(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text("mine")

    assert main(["new-adapter", "mine"]) == 4

    assert "already exists" in capsys.readouterr().err
    assert (tmp_path / "mine.py").read_text() == "mine"


def test_a_name_that_cannot_be_imported_is_refused(capsys):
    assert main(["new-adapter", "my-adapter"]) == 4

    assert "'my-adapter' is not a valid name; write one such as my_adapter" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["queue", "class"])
def test_a_name_that_is_taken_is_refused(tmp_path, monkeypatch, capsys, name):
    monkeypatch.chdir(tmp_path)

    assert main(["new-adapter", name]) == 4

    assert f"'{name}' is a name of Python's own" in capsys.readouterr().err
    assert [*tmp_path.iterdir()] == []


def test_every_line_of_the_skeleton_is_python():
    compile(skeleton("mine"), "mine.py", "exec")
    assert max(map(len, skeleton("mine").splitlines())) <= 120


def test_the_skeleton_names_all_that_an_adapter_can_have():
    text = skeleton("mine")

    assert [name for name in OPTIONAL if not re.search(rf"\b{name}\b[( ]", text)] == []
