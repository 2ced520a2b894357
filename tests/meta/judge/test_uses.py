"""Whose methods a test calls: known answers for the receivers that tests, roles and programs have."""

import ast
import itertools
import multiprocessing
import os
import sys
import threading
from multiprocessing.managers import BaseManager

import pytest

from queuespec import each
from queuespec.judge.receivers import methods_in
from queuespec.judge.uses import HARMLESS, _modules_of, _names_in_program, _needs_of
from queuespec.rules.words import METHODS


class Server(BaseManager):
    pass


KNOWN = {"multiprocessing": multiprocessing, "os": os, "threading": threading, "Server": Server, "it": 3}

NONE = """
process = context.Process(target=f); process.start(); process.join()
threading.Thread(target=f).join()
one, another = context.Process(), threading.Thread(); one.join(); another.join()
with context.Pool(2) as pool: pool.close(); pool.join()
pool = context.Pool(1); pool.apply_async(f).get(timeout=3)
with ThreadPoolExecutor() as threads: threads.shutdown()
processes = [context.Process() for _ in it]\\nfor each in processes: each.join()
[each.join() for each in (threading.Thread(), context.Process())]
processes = [context.Process()]; processes[0].join()
os.path.join("a", "b"); os.environ.get("a"); os.close(3)
import socket; socket.close(3)
", ".join(it); f"{it}".join(it); {}.get(3); words = {"a": 1}; words.get("a")
manager = make_manager(); manager.shutdown()
server = Server(); server.shutdown()
class Own(Server): pass\\nserver = Own(); server.shutdown()
with open("a") as file: file.close()
threading.main_thread().join(); multiprocessing.parent_process().join()
process = context.Process(); process = threading.Thread(); process.join()
"""
"""A line for each piece of code that calls no method of a queue."""

CALLS = {
    "queue.join()": "join",
    "child.calls.join()": "join",
    "make_thread(queue).calls.close()": "close",
    "def role(process): process.join()": "join",
    "process = context.Process(); process = queue; process.join()": "join",
    "process = context.Process()\ndef other(process): process.join()": "join",
    "for one in queues: one.close()": "close",
    "for one in [context.Process(), queue]: one.join()": "join",
    "one, other = make_child(queue, process); other.join()": "join",
    "os = queue; os.close()": "close",
    "self.process.join()": "join",
    "join = queue.join": "join",
    "process = process or queue; process.join()": "join",
    "pool.join()": "join",
    "pickle.loads(sent).get()": "get",
    "Queue().get()": "get",
}
"""Code, and the method that it may call on a queue."""


@pytest.mark.parametrize("code", NONE.strip().splitlines())
def test_the_method_of_something_else_is_none_of_a_queue(code):
    code = code.replace("\\n", "\n")
    tree = ast.parse(code)

    assert {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} & {*METHODS}
    assert methods_in(tree, KNOWN) == set()


@pytest.mark.parametrize("code", CALLS)
def test_whatever_may_be_a_queue_counts_as_one(code):
    assert methods_in(ast.parse(code), KNOWN) == {CALLS[code]}


def joins_processes_and_gets(queue, context, child):
    """A test as they are."""
    process = context.Process(target=sys.exit)
    process.start()

    child.put("a")
    process.join()

    assert queue.get() == "a"


def test_what_a_test_needs_has_its_methods_alone():
    assert _needs_of(joins_processes_and_gets) == {"put", "get"}


def test_a_function_whose_text_is_unknown_needs_whatever_it_names():
    scope = {}
    text = "def joins(queue, process):\n    process = Process()\n    process.join()"
    exec(compile(text, "a file that is not there", "exec"), scope)  # "<string>" is the text of `python -c` on 3.13

    assert "join" in _needs_of(scope["joins"])


def test_a_program_needs_what_a_program_imports_that_it_writes():
    assert "close" in _names_in_program("started")
    assert "close" not in _names_in_program("alone")
    assert "join" not in _names_in_program("alone")


def only_passes_items(queue, child):
    """A test that leaves its child as it was."""
    child.put([*itertools.repeat("a", 3)])

    assert queue.get()


def looks_at_threads():
    return threading.active_count()


def plays_a_role(child):
    """A test whose role is about the process."""
    return child.plays(looks_at_threads)


def imports_something(child):
    """A test that imports where nobody looks."""
    import os.path as paths

    return paths.join(child)


def finds_a_class(child):
    """A test that uses what a module has."""
    return child.plays(Server)


@each("role", [looks_at_threads])
def has_a_role_as_parameter(child, role):
    """A test whose parameter is about the process."""
    return child.plays(role)


CHANGING = {
    plays_a_role: "threading",
    imports_something: "os",
    finds_a_class: "multiprocessing",
    has_a_role_as_parameter: "threading",
}
"""Tests after which a child is not used again, and the module that says so."""


def test_a_test_that_only_passes_items_uses_no_module_that_changes_a_process():
    assert _modules_of(only_passes_items) <= HARMLESS


@pytest.mark.parametrize(("test", "module"), CHANGING.items(), ids=[test.__name__ for test in CHANGING])
def test_a_test_that_may_change_its_process_uses_a_module_for_it(test, module):
    assert _modules_of(test) - HARMLESS == {module}
