"""Writes the skeleton of an adapter, which judges the standard library's queue until you put yours in its place; then
prints what to do next. ADAPTERS.md has examples.
"""

from __future__ import annotations

import keyword
import sys
import textwrap
from pathlib import Path

from queuespec.cli.common import write
from queuespec.cli.parser import Arguments, Parser, Refused, Status
from queuespec.report.console import say
from queuespec.rules.words import ABILITIES, KINDS, METHODS
from queuespec.text import one_line

SKELETON = '''\
"""How queuespec judges {name}. It runs in the processes that use the queue, and needs nothing of queuespec."""


class Adapter:
    name = "{name}"  # in reports
    version = ""

    # The kinds of queue that there are; rules about others are unsupported. All of them:
    # {kinds}
    kinds = ("Queue",)

    # What the queue does not have; rules that need it are unsupported. Methods:
{methods}
    # Abilities:
{abilities}
    lacks = ()

    # Exceptions that stand for those of the module `queue`, without being derived from them:
    # exceptions = {{my_library.Timeout: queue.Empty}}

    def queue(self, kind, owner, maxsize=0):
        """A new queue of one of the kinds. `owner` is the multiprocessing context that its users are started by."""
        return owner.Queue(maxsize)  # your queue

    # If users cannot be given the queue itself: what travels in its place, and what they make of it.
    #
    # def sent(self, queue):
    #     return queue.address, queue.name
    #
    # def received(self, what):
    #     return MyQueue(*what)

    # If its users are not processes of multiprocessing: how they are started, and the names of these ways. What is
    # returned has start(), join(timeout) and is_alive(), and exitcode and kill() unless `lacks` names them.
    #
    # start_methods = ("task",)
    #
    # def process(self, context, target, args, daemon):
    #     return MyTask(target, args)
    #
    # If a library with a context of its own starts them: its context, which makes processes, locks and events.
    #
    # def context(self, start_method):
    #     return my_library.get_context(start_method)

    # After each test, and in a new process after one was killed: remove what is left of the queues. What they are
    # named after is the same in these processes.
    #
    # def tidy(self):
    #     my_server.delete_all(name_begins_with=os.environ["QUEUESPEC_MARK"])

    # Further methods, described in ADAPTERS.md: manager(context), connect(), serve().
'''

NEXT = """\
1. write the adapter:        {path}
2. try it:                   queuespec --implementation {shown} --rule order.fifo-in-process
3. judge:                    queuespec --implementation {shown}"""


def add_arguments(parser: Parser) -> None:
    """Adds the arguments."""
    parser.add_argument("name", metavar="NAME", help="the file's name without .py: an identifier such as my_adapter")


def run(given: Arguments) -> Status:
    """Writes the skeleton, and prints what to do next. Raises `Refused`."""
    if not given.name.isidentifier():
        raise Refused(f"{one_line(given.name, 100)!r} is not a valid name; write one such as my_adapter")
    if keyword.iskeyword(given.name) or given.name in standard_modules():
        raise Refused(f"{given.name!r} is a name of Python's own; write one such as my_adapter")
    path = Path(f"{given.name}.py").resolve()
    if path.exists():
        raise Refused(f"{one_line(str(path))!r} already exists")
    write(path, skeleton(given.name))
    say(NEXT.format(path=path, shown=f"./{path.name}"))
    return Status.OK


def standard_modules() -> frozenset[str]:
    """The names of the standard library's modules; before Python 3.10, of those that are loaded."""
    return getattr(sys, "stdlib_module_names", frozenset(sys.modules))


def skeleton(name: str) -> str:
    """The text of an adapter that judges the standard library's queue."""
    abilities = "\n".join(f'    # "{word}": {meaning}' for word, meaning in ABILITIES.items())
    methods = textwrap.fill(", ".join(METHODS), 100, initial_indent="    # ", subsequent_indent="    # ")
    return SKELETON.format(name=name, kinds=", ".join(KINDS), methods=methods, abilities=abilities)
