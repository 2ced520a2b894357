"""Adapters: queues that multiprocessing knows nothing of are judged, and none is accused of what it says it lacks."""

import inspect
import pickle
import queue
import re
import subprocess
import sys

import pytest
from runs import ACCUSING, CHECKOUT, CROSS_SECTION, META, METHOD, METHODS, asked, outcomes, rest

from queuespec.actors import adapted, adapter
from queuespec.implementations import NAMES
from queuespec.rules.words import ABILITIES, KINDS
from queuespec.rules.words import METHODS as METHODS_OF_QUEUES
from queuespec.stage import documented

IMPLEMENTATIONS = META / "implementations"
BUILT_IN = CHECKOUT / "src" / "queuespec" / "implementations"
EXAMPLES = {
    "odd_arguments": ACCUSING,
    "own_reducers": ACCUSING,
    "on_a_server": ACCUSING,
    "threads": "thread",
    "on_a_cluster": "task",
}
"""The examples of ADAPTERS.md, and a start method of each. Some are built in."""

ACCUSED = {"threads": {"put.signature", "put.nowait-equivalent"}}
"""Rules that gate and that examples break: the first parameter of `queue.Queue.put` is named ``item``, not ``obj``."""

BAD = ("deviates", "hangs", "crashes", "not-run")
OPTIONAL = ("put_nowait", "get_nowait", "qsize", "empty", "full", "close", "join_thread", "cancel_join_thread")
LACKING = [",".join((*OPTIONAL, "task_done", "join")), "maxsize", "exit codes,kill"]


def cross_section_and_whole(names):
    """Parameters: each name, with the rules of the cross-section; in thorough runs with all rules as well."""
    return rest([(name, whole) for name in names for whole in (False, True)], [(name, False) for name in names], True)


def judged(judge, implementation, method, whole, slugs=CROSS_SECTION, **env):
    words = ("--start-method", method) if whole else asked(slugs, [method])
    name = implementation if implementation in NAMES else IMPLEMENTATIONS / implementation
    return judge("--implementation", name, *words, parallel=whole, env=env, seconds=900)


@pytest.mark.parametrize(("name", "whole"), cross_section_and_whole(EXAMPLES))
def test_no_example_is_accused_wrongly(judge, name, whole):
    run = judged(judge, name if name in NAMES else f"{name}.py", EXAMPLES[name], whole)

    accused = {one["rule"] for one in run.verdicts if one["gates"] and one["verdict"] in BAD}
    assert accused == (ACCUSED.get(name, set()) if whole else set()), run.output
    told = {one["reported_start_method"] for one in run.verdicts if one["verdict"] == "conforms"}
    assert told <= {"", EXAMPLES[name]}
    assert "conforms" in run.words("get.blocks-when-empty")


@pytest.mark.parametrize("method", [method for method in METHODS if method != METHOD])
def test_a_queue_that_is_sent_as_something_else_arrives_under_every_start_method(judge, method):
    run = judge("--implementation", IMPLEMENTATIONS / "on_a_server.py", *asked(["deliver.child-to-child"], [method]))

    assert run.status == 0, run.output
    assert "conforms" in run.words("deliver.child-to-child")


@pytest.mark.parametrize(("lacking", "whole"), cross_section_and_whole(LACKING))
def test_no_rule_uses_what_an_adapter_lacks(judge, lacking, whole):
    """What `queuespec.judge.uses` finds in a test's code is all that the test needs."""
    processes = "exit codes" in lacking
    name, method = ("bare.py:WithoutProcesses", "task") if processes else ("bare.py", METHOD)
    run = judged(judge, name, method, whole, LACKS=lacking)

    assert [one for one in run.verdicts if one["verdict"] in BAD] == [], run.output
    assert "conforms" in run.words("order.fifo-in-process")


def test_what_is_lacking_is_named(judge):
    slugs = ("jt.after-close-waits", "exit.child-flushes", "cap.freed-by-get")
    lacking = "join_thread,exit codes,maxsize"

    run = judged(judge, "bare.py:WithoutProcesses", "task", False, slugs, LACKS=lacking)

    found = {one["explanation"] for one in run.verdicts if one["kind"] == "Queue"}
    assert found == {
        "bare does not have join_thread()",
        "bare does not have contexts and exit codes",
        "bare does not have maxsize",
    }


NEEDED = {
    "close.flushes": "buffer",
    "jt.blocks-until-drained": "buffer and threads",
    "cancel.exit-of-main": "buffer and cancel_join_thread() and programs",
    "item.custom-class": "pickling",
    "item.any-equality": "pickling",
    "item.pickled-late": "buffer and pickling and threads",
}
"""What rules need that they do not say: it is in their roles, fixtures, items and programs."""


def test_what_roles_fixtures_items_and_programs_need_is_found(judge):
    lacking = "buffer,cancel_join_thread,pickling,programs,threads"

    run = judged(judge, "bare.py", METHOD, False, (*NEEDED, "order.fifo-in-process"), LACKS=lacking)

    assert {slug: run.of(slug)[0]["explanation"] for slug in NEEDED} == {
        slug: f"bare does not have {words}" for slug, words in NEEDED.items()
    }
    assert "conforms" in run.words("order.fifo-in-process")


def test_the_words_for_methods_are_those_of_the_documentation():
    assert {*METHODS_OF_QUEUES} == documented.FAMILY
    assert {*documented.QUEUES} == {*KINDS}


def test_a_program_finds_the_file_from_another_directory(judge):
    """Runs of the specification, and so relative paths, begin in the checkout."""
    path = f"./{(IMPLEMENTATIONS / 'odd_arguments.py').relative_to(CHECKOUT).as_posix()}"

    run = judge("--implementation", path, *asked(["surroundings.module-switch"]))

    assert run.status == 0, run.output
    assert run.words("surroundings.module-switch") == {"conforms"}


SLIPS = {
    "has_no_queue": ("", "has no attribute 'Adapter'"),
    "makes_no_queue": ("class Adapter:\n    def queues(self): ...\n", "its class Adapter has no method queue()"),
    "fails": (
        "class Adapter:\n    def queue(self, *args):\n        raise OSError('no server')\n",
        "cannot be created: OSError('no server')",
    ),
    "cannot_be_made": (
        "class Adapter:\n    def __init__(self):\n        raise OSError('no server')\n    def queue(self): ...\n",
        "--implementation: cannot make the adapter cannot_be_made:Adapter: OSError: no server",
    ),
    "kinds_of_its_own": (
        "class Adapter:\n    kinds = ('Queu',)\n    def queue(self): ...\n",
        "has an unknown kind 'Queu'; known: Queue, ",
    ),
    "lacks_no_tuple": (
        "class Adapter:\n    lacks = ('close')\n    def queue(self, *args): ...\n",
        "lacks of the adapter should be a tuple, but is 'close'",
    ),
    "lacks_a_word": (
        "class Adapter:\n    lacks = ('clsoe',)\n    def queue(self, *args): ...\n",
        "lacks_a_word:Adapter lacks an unknown capability 'clsoe'; did you mean 'close'?",
    ),
    "queue": ("class Adapter: ...\n", "its name is also that of "),
}
"""Files, and a part of the sentence that answers each."""


def test_an_adapter_that_cannot_be_used_is_one_sentence(tmp_path):
    for name, (text, _) in SLIPS.items():
        (tmp_path / f"{name}.py").write_text(text)

    found = outcomes(*(["judge", "--implementation", str(tmp_path / f"{name}.py")] for name in SLIPS))

    for (name, (_, words)), (status, printed, said) in zip(SLIPS.items(), found):
        assert words in said, (name, said)
        assert "Traceback" not in printed + said
        assert (name, status) == (name, 4)


def test_an_installed_package_offers_an_adapter_by_name(judge, tmp_path):
    info = tmp_path / "mine-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[queuespec.implementations]\nmy-queue = odd_arguments:Adapter\n")
    (tmp_path / "odd_arguments.py").write_text((IMPLEMENTATIONS / "odd_arguments.py").read_text())

    run = judge("--implementation", "my-queue", *asked(["deliver.child-to-child"]), env={"PYTHONPATH": str(tmp_path)})
    slip = judge("--implementation", "my_queue", *asked(["deliver.child-to-child"]), env={"PYTHONPATH": str(tmp_path)})

    assert run.status == 0, run.output
    assert "odd_arguments.RingQueue 1.0" in run.output
    assert slip.status == 4
    assert "did you mean 'my-queue'?" in slip.output


def test_an_adapter_of_our_own_comes_before_a_module_of_its_name(judge, tmp_path):
    (tmp_path / "threads.py").write_text("raise OSError('imported')")

    run = judge(
        *("--implementation", "threads", *asked(["order.fifo-in-process"], ["thread"])),
        env={"PYTHONPATH": str(tmp_path)},
    )

    assert run.status == 0, run.output
    assert "judged: queue on " in run.output


def test_those_of_our_own_are_named_in_the_help_and_to_who_misspells_one():
    (_, front, _), (_, whole, _), (status, _, said) = outcomes(
        ["--help"], ["judge", "--help"], ["judge", "--implementation", "thraeds"]
    )

    assert f"built in: {' '.join(NAMES)}\n" in front
    assert f"one of: {', '.join(NAMES)}." in " ".join(whole.replace("-\n", "-").split())
    assert status == 4
    assert "there is no implementation named 'thraeds' here" in said
    assert "did you mean 'threads'?" in said


def test_a_start_method_of_its_own_can_have_a_context(judge):
    """Programs and what else needs a context are judged then."""
    slugs = ("deliver.child-to-child", "close.flushes", "close.gc-closes")

    run = judge("--implementation", IMPLEMENTATIONS / "own_contexts.py", *asked(slugs, ["own spawn"]))

    assert run.status == 0, run.output
    assert {slug: run.of(slug)[0]["verdict"] for slug in slugs} == dict.fromkeys(slugs, "conforms")


@pytest.mark.parametrize("name", ["multiprocessing.queues:Queue", "multiprocessing.queues:SimpleQueue"])
def test_a_class_gets_the_context_that_it_wants_and_maxsize_by_name(judge, name):
    run = judge(
        "--implementation", name, *asked(["cap.freed-by-get", "order.fifo-in-process", "deliver.child-to-child"])
    )

    assert run.status == 0, run.output
    expected = {"conforms", "unsupported"} if name.endswith(":Queue") else {"unsupported"}
    assert run.words("cap.freed-by-get") == expected


class Late(Exception):
    pass


class LateQueue:
    maxsize = 3

    def get(self, block):
        raise Late(f"block={block}")


def test_exceptions_are_raised_as_those_that_they_stand_for():
    translated = pickle.loads(pickle.dumps(adapted.Translated(LateQueue(), {Late: queue.Empty})))

    with pytest.raises(queue.Empty, match="block=False") as raised:
        translated.get(False)

    assert isinstance(raised.value.__cause__, Late)
    assert translated.maxsize == 3
    assert inspect.signature(translated.get) == inspect.signature(LateQueue().get)
    assert not hasattr(translated, "put")


def test_a_target_arrives_where_the_package_is_unknown():
    target = adapted.Target(print, ("it arrived",))
    program = "import pickle, sys; pickle.load(sys.stdin.buffer)()"

    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], input=pickle.dumps(target), capture_output=True, check=True
    )

    assert done.stdout.split() == [b"it", b"arrived"]


def test_the_page_has_the_examples_as_they_are_judged():
    page = (CHECKOUT / "ADAPTERS.md").read_text(encoding="utf-8")

    for name in EXAMPLES:
        home = BUILT_IN if name in NAMES else IMPLEMENTATIONS
        text = (home / f"{name}.py").read_text(encoding="utf-8")
        assert f"```python\n{text}```" in page, f"{name}.py is another one in ADAPTERS.md"
    named = dict(re.findall(r'^\| `"([\w ]+)"` \| (.*) \|$', page, re.MULTILINE))
    assert named == ABILITIES


def test_a_class_of_a_queue_is_no_adapter():
    assert not adapted.is_adapter(queue.Queue)
    assert adapter.load("multiprocessing.queues:Queue").name == "multiprocessing.queues:Queue"


SERVING = """
import os

class Adapter:
    def serve(self):
        {begin}
        yield {{"SHARED": "found"}}
        {end}
        with open(os.environ["ENDED"], "a") as file:
            file.write("ended ")

    def queue(self, kind, owner, maxsize=0):
        return owner.Queue({{"found": maxsize}}[os.environ["SHARED"]])
"""


@pytest.mark.parametrize("parallel", [False, True])
def test_what_a_run_shares_is_started_and_ended_once(judge, tmp_path, parallel):
    (tmp_path / "serving.py").write_text(SERVING.format(begin="", end=""))
    ended = tmp_path / "ended"

    words = asked(["deliver.child-to-child", "order.fifo-in-process"])
    run = judge("--implementation", tmp_path / "serving.py", *words, parallel=parallel, env={"ENDED": str(ended)})

    assert run.status == 0, run.output
    assert ended.read_text() == "ended "


@pytest.mark.parametrize(
    ("begin", "sentence"),
    [
        (
            "raise OSError('no network')",
            "the program that calls serve() of the adapter died with exit code 1 (OSError: no",
        ),
        ("os._exit(3)", "the program that calls serve() of the adapter died with exit code 3\n"),
        ("return", "serve() of the adapter yields nothing"),
        ("yield 5", "serve() of the adapter should yield a dictionary of strings, but yields 5"),
    ],
)
def test_what_a_run_shares_and_cannot_be_started_is_one_sentence(judge, tmp_path, begin, sentence):
    (tmp_path / "serving.py").write_text(SERVING.format(begin=begin, end=""))

    run = judge("--implementation", tmp_path / "serving.py", *asked(["order.fifo-in-process"]))

    assert run.status == 4
    assert f"--implementation: {sentence}" in run.output


@pytest.mark.parametrize("parallel", [False, True])
def test_what_a_run_shares_and_cannot_be_ended_fails_the_run(judge, tmp_path, parallel):
    (tmp_path / "serving.py").write_text(SERVING.format(begin="", end="raise OSError('no network')"))

    words = asked(["order.fifo-in-process"])
    run = judge("--implementation", tmp_path / "serving.py", *words, parallel=parallel)

    assert run.status == 1, run.output
    assert "problem: the program that calls serve() of the adapter died with exit code 1 (OSError: no" in run.output


NO_TIDYING = """
class Adapter:
    def queue(self, kind, owner, maxsize=0):
        return owner.Queue(maxsize)

    def tidy(self):
        raise OSError("no network")
"""


def test_what_cannot_be_removed_is_no_failure_of_the_specification(judge, tmp_path):
    (tmp_path / "untidy.py").write_text(NO_TIDYING)

    words = asked(["deliver.child-to-child", "order.fifo-in-process"])
    run = judge("--implementation", tmp_path / "untidy.py", *words)

    assert run.status == 1
    assert "not-run: tidy() of untidy:Adapter raised OSError('no network')" in run.output


NO_CONTEXT = """
class Adapter:
    start_methods = ("mine",)

    def queue(self, kind, owner, maxsize=0):
        return owner.Queue(maxsize)

    def context(self, start_method):
        raise OSError(f"no {start_method} here")
"""


def test_a_context_that_cannot_be_had_is_one_sentence(judge, tmp_path):
    (tmp_path / "contexts.py").write_text(NO_CONTEXT)

    run = judge("--implementation", tmp_path / "contexts.py", *asked(["order.fifo-in-process"], ["mine"]), methods=())

    assert run.status == 4
    assert "--implementation: context() of contexts:Adapter raised OSError('no mine here')\n" in run.output
