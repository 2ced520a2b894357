"""Wrong and better queues are declared without slips, and found by their names."""

import subprocess
import sys

import pytest
from runs import CHECKOUT

from queuespec.actors import adapter
from queuespec.queues import declare
from queuespec.queues.declare import better, fault


@pytest.fixture(autouse=True)
def nothing_stays_declared(monkeypatch):
    monkeypatch.setattr(declare, "_declared", {kind: dict(known) for kind, known in declare._declared.items()})


def declared(name="Wrong", sentence="It is wrong.", defined=(), with_=fault, **words):
    """A class that is declared with these words."""
    body = {"__doc__": sentence, "__module__": __name__, **dict.fromkeys(defined)}
    return with_(**words)(type(name, (), body))


BREAKS = {"order.fifo-in-process": "should have returned"}


def test_a_declaration_is_known_by_the_words_of_its_class():
    found = declared("OneInSevenTwice", "It comes twice.\n\nThis is why.", breaks=BREAKS, pretends={"system": "Darwin"})

    assert (found.name, found.sentence) == ("one-in-seven-twice", "It comes twice.")
    assert (found.breaks, found.conforms, found.collateral, found.not_on) == (BREAKS, (), (), ())
    assert found.pretends == {"system": "Darwin"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"start_methods": ("frok",)}, "unknown start method 'frok'; did you mean fork?"),
        ({"not_on": ("macos",)}, "unknown platform 'macos'; known: darwin, linux, win32"),
        ({"pretends": {"sistem": "Darwin"}}, "unknown pretended fact 'sistem'; did you mean system?"),
        ({"defined": ("JoinableQueu",)}, "unknown name 'JoinableQueu'; did you mean JoinableQueue"),
        ({"not_on": "darwin"}, "not_on is not a tuple"),
        ({"collateral": "item.none-falsy"}, "collateral is not a tuple"),
        ({"breaks": {}}, "it names no rule that it breaks or must keep"),
        ({"breaks": {"order.fifo-in-process": ""}}, "it does not say how order.fifo-in-process is broken"),
        ({"sentence": None}, "the first line of its docstring is not a sentence"),
        ({"sentence": "Wrong"}, "the first line of its docstring is not a sentence"),
        ({"name": "wrong_again"}, "no name on the command line stands for it; call it WrongAgain"),
        ({"name": "Lifo"}, "queuespec.queues.faults.order declares another one of this name"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else "",
)
def test_a_slip_is_refused_when_the_decorator_runs(words, said):
    declare.faults()

    with pytest.raises(ValueError, match="@fault ") as refusal:
        declared(**{"breaks": BREAKS, **words})

    assert said in str(refusal.value)


def test_a_better_queue_needs_no_rules():
    found = declared(with_=better)

    assert (found.breaks, found.pretends) == ({}, {})


@pytest.mark.parametrize("known", [declare.faults(), declare.better_queues()], ids=["faults", "better"])
def test_all_are_listed_by_their_names_in_order(known):
    assert list(known) == sorted(known)
    assert {name: found.name for name, found in known.items()} == {name: name for name in known}


@pytest.mark.parametrize("name", ["like-python-3-14", "like_python_3_14", "get-hangs-in-c", "a-second-behind-another"])
def test_a_name_finds_its_class(name):
    assert adapter.load(f"fault:{name}").name == f"fault:{name.replace('_', '-')}"


def test_a_name_that_is_unlike_all_others_has_no_hint():
    with pytest.raises(adapter.UnknownImplementation) as refusal:
        adapter.load("better:zzzz")

    assert str(refusal.value) == "there is no implementation named 'better:zzzz' here"


def test_a_judged_process_imports_the_one_chapter_that_it_needs():
    """And nothing besides: what other chapters import could change what is judged."""
    text = (
        "import sys\n"
        "from queuespec.actors import adapter\n"
        "adapter.load('fault:lifo')\n"
        "print([name for name in sys.modules if name.startswith('queuespec.queues.faults.')])"
    )
    words = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(CHECKOUT / 'src')!r})\n{text}"]

    printed = subprocess.run(words, check=True, capture_output=True, text=True).stdout

    assert printed.strip() == "['queuespec.queues.faults.order']"


def test_what_a_fault_pretends_is_a_fact():
    assert adapter.load("fault:like-python-3-14").facts() == {
        "system": "Linux",
        "python": (3, 14, 9),
        "python_version": "3.14.9",
    }
