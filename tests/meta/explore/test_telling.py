"""What a person gets of a counterexample: the scenario, the lanes, where it was held, and a program of its own."""

import dataclasses
import io
import subprocess

import pytest
import runs
from samples import finding

from queuespec.explore.counterexample import Broken, Counterexample
from queuespec.explore.coverage import Coverage
from queuespec.explore.history import Ending, History, Step
from queuespec.explore.scenario import Operation, Part, Scenario
from queuespec.explore.schedule import Held, Hold, Schedule
from queuespec.report import counterexample, exploring
from queuespec.report.console import console_for
from queuespec.report.inlining import Unsuitable
from queuespec.report.lanes import in_text
from queuespec.report.standalone import program

ONE = Counterexample.of_json(finding().counterexample)

TOLD = """\
broken: "p-1" was got twice (Queue, fork)

queue = Queue(maxsize=1), under fork
parent:
    put("p-1")   # held at multiprocessing/queues.py:96
child 1:
    get(timeout=0.05)
fault: signal

          parent                       child 1
 0.0 ms   put("p-1") (still running)
 1.0 ms   |                            get(timeout=0.05) returned "p-1"
79.0 ms   |                            end of the process ended with exit code -9

parent is held in put() at multiprocessing/queues.py:96, at visit 2; it is killed there when the
others have ended or cannot go on
    self._notempty.notify()
nearest rule: order.fifo: First in, first out.
shown in 7 of 10 further runs
again: queuespec explore
"""


def told(one, width=None):
    sheet = io.StringIO()
    counterexample.to_console(console_for(sheet, width=width), one, "First in, first out.", "again: queuespec explore")
    return sheet.getvalue()


def test_a_counterexample_is_told_whole():
    lines = [line.rstrip() for line in told(ONE, 100).splitlines()]

    assert [*filter(None, lines)] == [*filter(None, TOLD.splitlines())]


def test_a_narrow_terminal_has_the_calls_one_below_the_other():
    text = told(ONE, 60)

    assert max(map(len, text.splitlines())) <= 80
    assert '0.0 ms  parent     put("p-1")  still running' in text


def rows(*calls):
    return [(begun, actor, call, outcome, took) for begun, actor, call, outcome, took in calls]


def test_lanes_show_what_happens_meanwhile():
    lanes = in_text(
        rows(
            (0.000, "parent", "get()", 'returned "a"', 0.004),
            (0.001, "child 1", "full()", "returned False", 0.0005),
            (0.002, "child 1", 'put("a")', "returned None", 0.001),
            (0.005, "child 1", "get()", "still running", None),
            (0.006, "parent", "empty()", "returned True", 0.001),
        ),
        100,
    )

    assert lanes == [
        "         parent                  child 1",
        "0.0 ms   get()",
        "1.0 ms   |                       full() returned False",
        '2.0 ms   |                       put("a") returned None',
        '4.0 ms   returned "a"',
        "5.0 ms                           get() (still running)",
        "6.0 ms   empty() returned True   |",
    ]


def test_hostile_text_is_one_line_of_what_can_be_seen():
    hostile = Counterexample.of_json(finding(say=lambda text: f"{text}\x1b[31m\n\u202e<script>").counterexample)

    text = told(hostile)

    assert all(character.isprintable() or character == "\n" for character in text)
    assert len(text.splitlines()) <= len(TOLD.splitlines()) + 2


@pytest.mark.parametrize(
    ("shown", "tried", "said"),
    [
        (10, 10, "shown in 10 of 10 further runs"),
        (0, 1, "shown in 0 of 1 further run"),
        (0, 0, "shown once; there was no time to run it again"),
    ],
)
def test_how_often_it_shows(shown, tried, said):
    assert counterexample.how_often(dataclasses.replace(ONE, shown=shown, tried=tried)) == said


def test_progress_is_a_line_with_rates():
    met = Coverage(120, 30, 4000, frozenset("ab"), frozenset("abc"), 2, 90)

    assert exploring.line(10.0, 60.0, met, 1) == (
        "10 s of 1:00  120 rounds (12/s)  30 of 4,000 known schedules (3/s)  1 finding"
    )
    assert exploring.line(3725.0, None, Coverage(1), 0) == "1:02:05  1 round (0/s)  0 findings"
    assert exploring.line(70.0, 60.0, Coverage(7), 1) == "1:10, ending  7 rounds (0/s)  1 finding"
    assert exploring.covered(met) == (
        "120 rounds, 30 of 4,000 schedules for 2 of 90 pairs of operations, held at 2 of 3 lines that these visit"
    )


def test_what_has_no_python_code_is_explored_by_stress_alone():
    assert exploring.covered(Coverage(5, pairs=6)) == "5 rounds, there is no Python code to hold an actor at"
    assert exploring.covered(Coverage(5)) == "5 rounds"


def test_a_log_has_a_line_now_and_then():
    sheet = io.StringIO()
    progress = exploring.Progress(lambda: "10 s", sheet)
    for _ in range(100):
        progress.show()
    assert sheet.getvalue() == ""

    progress._shown -= exploring.PAUSE
    progress.show()
    progress.show()
    progress.clear()
    assert sheet.getvalue() == "10 s\n"


# A program of its own

QUEUE = """\
import multiprocessing.queues
import queue

class Queue(multiprocessing.queues.Queue):
    def get(self, block=True, timeout=None):
        try:
            return super().get(block, timeout)
        except queue.Empty:
            return {empty}
"""
WHERE = {"file": "multiprocessing/queues.py", "function": "put", "text": "self._notempty.notify()"}


def of_a_class(method):
    """While put() in a child is held before it wakes the feeder thread, the parent gets None; then the item arrives."""
    put, get = Operation("put", "c1-1"), Operation("get", timeout=0.05)
    scenario = Scenario("Queue", method, (Part("child 1", (put,)), Part("parent", (get, get))), 2)
    steps = (
        Step("child 1", put, 1, 9, "returned", None),
        Step("parent", get, 2, 3, "returned", None),
        Step("parent", get, 4, 5, "returned", None),
        Step("parent", get, 10, 11, "returned", "c1-1"),
        Step("parent", get, 12, 13, "raised", "Empty"),
    )
    hold = Hold("child 1", 0, **WHERE, line=line_of(WHERE["text"]))
    history = History(scenario, steps[:3], (Ending("child 1", 1, 20, 0),))
    return Counterexample(Broken("it returned None", "get.x", "none"), Schedule(0, (hold,)), history, 10, 10)


def line_of(text):
    """The first line of the judged interpreter's queues that says this."""
    source = runs.judged_says("open(__import__('multiprocessing.queues').queues.__file__).read()")
    return [line.strip() for line in source.splitlines()].index(text) + 1


@pytest.mark.parametrize("method", runs.rest(runs.METHODS, [runs.METHOD]))
def test_a_program_shows_it_where_it_shows_and_nowhere_else(method, tmp_path):
    facts = runs.facts_of("Linux", (3, 14, 1), implementation="own_queue:Queue", context_parameter="ctx")
    file = tmp_path / "counterexample-1.py"
    file.write_text(program(of_a_class(method), facts), encoding="utf-8")
    statuses = {}
    for empty in ("None", "1 / 0"):
        (tmp_path / "own_queue.py").write_text(QUEUE.format(empty=empty), encoding="utf-8")
        run = subprocess.run([runs.judged_python, file], capture_output=True, text=True, timeout=60, cwd=tmp_path)
        statuses[empty] = run.returncode, run.stdout.splitlines()[0]

    assert statuses == {"None": (1, "It shows:"), "1 / 0": (0, "It does not show.")}, run.stderr


def test_a_program_finds_a_module_that_is_not_installed(tmp_path):
    facts = {"implementation": "own_queue:Queue", "context_parameter": "ctx"}
    facts["implementation_home"] = str(tmp_path / "elsewhere" / "own_queue.py")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "own_queue.py").write_text(QUEUE.format(empty="None"), encoding="utf-8")
    file = tmp_path / "counterexample-1.py"
    file.write_text(program(of_a_class(runs.METHOD), runs.facts_of("Linux", (3, 14, 1), **facts)), encoding="utf-8")

    run = subprocess.run([runs.judged_python, file], capture_output=True, text=True, timeout=60)

    assert (run.returncode, run.stdout.splitlines()[:1]) == (1, ["It shows:"]), run.stderr


@pytest.mark.parametrize(
    "home", ["/x/lib/python3.13/site-packages/billiard/__init__.py", "/x/site-packages/own_queue.py", "", "[built-in]"]
)
def test_what_is_installed_is_found_without_a_directory(home):
    facts = runs.facts_of("Linux", (3, 14, 1), implementation="own_queue:Queue", implementation_home=home)

    assert "sys.path" not in program(of_a_class(runs.METHOD), facts)


def test_a_program_of_threads_in_a_manager_and_without_holds_can_be_read(tmp_path):
    put = Operation("put", "p-1", size=70_000)
    parts = (Part("parent", (put,)), Part("parent thread 1", (Operation("get"),)))
    steps = (
        Step("parent", put, 1, 2, "returned", None),
        Step("parent thread 1", Operation("get"), 1, 3, "returned", "p-1"),
    )
    history = History(Scenario("Manager.Queue", runs.METHOD, parts), steps)
    one = Counterexample(Broken('a """quote', "get.x", "none"), Schedule(4), history, 1, 10)
    file = tmp_path / "counterexample-1.py"
    file.write_text(program(one, runs.facts_of("Linux", (3, 14, 1))), encoding="utf-8")

    run = subprocess.run([runs.judged_python, file], capture_output=True, text=True, timeout=60)

    assert (run.returncode, run.stdout.splitlines()[0]) == (1, "It shows:"), run
    assert run.stderr == ""


@pytest.mark.parametrize("name", ["fault:lifo", "better:thread", "./my_adapter.py"])
def test_what_no_program_can_import_is_none(name):
    with pytest.raises(Unsuitable, match="cannot be imported by a program"):
        program(dataclasses.replace(ONE, schedule=Schedule()), runs.facts_of("Linux", (3, 14, 1), implementation=name))


# Lines by their text


def test_a_line_is_found_by_its_text():
    texts = ["with self._notempty:", "self._notempty.notify()", "self._notempty.notify()"]
    visits = [(90, 1), (93, 1), (93, 2)]
    file = "multiprocessing/queues.py"
    lines = [Hold("child 1", 0, file, "put", *visit, text=text) for visit, text in zip(visits, texts)]

    assert Held("child 1", 0, "put", "self._notempty.notify()").among(lines) == lines[1]
    again = Held("child 1", 0, "put", "self._notempty.notify()", visit=2, then="kill").among(lines)
    assert again == dataclasses.replace(lines[2], then="kill")
    assert Held("child 1", 1, "put", "self._notempty.notify()").among(lines) is None
    assert Held("child 1", 0, "get", "self._notempty.notify()").among(lines) is None
