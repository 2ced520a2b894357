"""What cannot be copied into a program is refused: a program that says something else than the test would be worse."""

import pytest

from queuespec.report.inlining import Module, Program, Rewriter, Unsuitable, local_names
from queuespec.report.reproduction import LONGEST_PART, _fenced
from queuespec.report.script import HELD, Noun, Script

CHAPTER = """
import roles
from roles import moving
from queuespec import ShutDown
from pytest import skip

def test(queue):
    {line}
"""


def copied(line):
    """A line of a test as a program has it, and the imports of the program."""
    module = Module("test_some", CHAPTER.format(line=line).encode())
    test = module.definitions["test"]
    program = Program(())
    text = Rewriter(program, module, local_names(test)).text(test.body[0])
    return text, program.imports


def test_what_the_judge_has_a_stand_in_for_comes_from_the_library():
    assert copied("raise ShutDown") == ("raise ShutDown", {"from queue import ShutDown"})


@pytest.mark.parametrize("line", ["roles.moving.increment(queue, 1)", "moving.increment(queue, 1)"])
def test_a_role_is_called_by_its_name(line):
    assert copied(line)[0] == "increment(queue, 1)"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("skip()", "it needs pytest"),
        ("f'{moving.increment}'", "it would change an f-string"),
        ("increment = moving.increment", "increment would mean two things"),
        ("print(moving)", "the module roles.moving is used as a value"),
    ],
)
def test_what_would_mean_something_else_is_refused(line, reason):
    with pytest.raises(Unsuitable, match=reason):
        copied(line)


def scripted(text, **nouns):
    """Statements of a test as a program has them, where these variables stand for something."""
    module = Module("test_some", f"def test(queue, child):\n    {text}".encode())
    test = module.definitions["test"]
    script = Script(Program(()), module, local_names(test), "context.Queue")
    script.nouns.update(nouns)
    return script.text(test.body[0])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("with open('x') as file:\n        pass", "it has a `with` block other than `with raises"),
        ("child.process.outcome()", "child.process.outcome has no counterpart"),
    ],
)
def test_what_has_no_counterpart_is_refused(text, reason):
    with pytest.raises(Unsuitable, match=reason):
        scripted(text, queue=HELD, child=Noun("worker", "queue"))


def test_an_attribute_that_is_assigned_stands_for_nothing():
    assert scripted("queue.name = 'x'", queue=HELD) == "queue.name = 'x'"


def test_of_a_long_part_the_beginning_or_the_end_is_shown():
    lines = [f"line {number}" for number in range(LONGEST_PART + 2)]

    assert _fenced("text", lines)[-3:] == [f"line {LONGEST_PART - 1}", "(2 more lines)", "```"]
    assert _fenced("text", lines, last=True)[:3] == ["```text", "(2 earlier lines)", "line 2"]
