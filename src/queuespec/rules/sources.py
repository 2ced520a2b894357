"""Where a behavior is documented."""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import Callable

from queuespec.rules.words import did_you_mean


@dataclasses.dataclass(frozen=True)
class Source:
    """Where a behavior is documented: a document, and a section or a name in it.

    ``DOCS / "Queue.get"`` is the entry of that name in the documentation of `multiprocessing`, ``DOCS / "cleanup"`` and
    ``DOCS / "all-start-methods"`` are sections in it.
    """

    document: str
    base: str = ""
    link: Callable[[str], str] | None = None
    """Maps the part to the rest of its link, after `base`."""
    parts: frozenset[str] = frozenset()
    """The known parts of a document; if this is empty, any part is accepted."""
    part: str = ""

    def __truediv__(self, part: str) -> Source:
        """A part of this document. Raises `ValueError` for an unknown part."""
        if self.parts and part not in self.parts:
            raise ValueError(f"unknown part {part!r} of {self.document}{did_you_mean(part, self.parts)}")
        return dataclasses.replace(self, part=part)

    @classmethod
    def of(cls, text: str) -> Source:
        """The source that a text names: a page on the web by its ``https:`` URL, or anything else in words."""
        text = text.strip()
        if text.startswith("http:") or not text:
            raise ValueError(f"source should be an https URL, or say in words what it is, but is {text!r}")
        return cls(text, base=text if text.startswith("https:") else "")

    @property
    def is_section(self) -> bool:
        """Whether the part is a section of a page, not a name: lowercase words with hyphens."""
        return self.part[:1].islower() and "_" not in self.part and "." not in self.part

    @property
    def url(self) -> str:
        """A link to the part, or an empty string for a document that is not on the web."""
        if not self.base or not self.part or self.link is None:
            return self.base
        link = self.link(self.part)
        return link if link.startswith("https:") else self.base + link

    @property
    def described(self) -> str:
        """The source and its link, for people."""
        return f"{self}: {self.url}" if self.url not in ("", str(self)) else str(self)

    def __str__(self) -> str:
        return f"{self.document}, {self.part}" if self.part else self.document


_HOMES = {
    **dict.fromkeys(("SyncManager", "BaseManager", "BaseProxy"), "managers."),
    **dict.fromkeys(("Connection", "Listener", "Client"), "connection."),
    "Pool": "pool.",
}
"""The modules of names that the documentation of `multiprocessing` describes outside the package itself."""


def _fragment(module: str, part: str) -> str:
    """A fragment of a module's page: sections are lowercase words with hyphens, anything else is a name."""
    if (part[0].islower() and "_" not in part) or part.startswith("object."):
        return f"#{part}"
    home = _HOMES.get(part.partition(".")[0], "") if module == "multiprocessing" else ""
    return f"#{module}.{home}{part}"


def _library_entry(part: str) -> str:
    """The entry of a name in the page of its module: ``sys.exit``."""
    return f"{part.partition('.')[0]}.html#{part}"


def _issue(part: str) -> str:
    """The page of an issue: ``94765`` and ``gh-94765`` on GitHub, ``bpo-30886`` on the older tracker."""
    tracker, _, number = part.rpartition("-")
    return f"https://bugs.python.org/issue{number}" if tracker == "bpo" else f"{_ISSUES}{number}"


def _entry(part: str) -> str:
    """The issue of a changelog entry, which has no link of its own; a section such as ``python-3-12-0`` has one."""
    if part.startswith(("gh-", "bpo-")):
        return _issue(part)
    return f"#{part}" if part.startswith("python-") else ""


def _page(part: str) -> str:
    """``3.14`` or ``3.14.html``, with or without a fragment."""
    page, hash_, fragment = part.partition("#")
    return page.removesuffix(".html") + ".html" + hash_ + fragment


_MULTIPROCESSING = frozenset(
    """
    Queue Queue.put Queue.put_nowait Queue.get Queue.get_nowait Queue.qsize Queue.empty Queue.full Queue.close
    Queue.join_thread Queue.cancel_join_thread JoinableQueue JoinableQueue.task_done JoinableQueue.join
    SimpleQueue SimpleQueue.close SimpleQueue.empty SimpleQueue.get SimpleQueue.put
    Process Process.run Process.start Process.join Process.name Process.is_alive Process.daemon Process.pid
    Process.exitcode Process.authkey Process.sentinel Process.interrupt Process.terminate Process.kill Process.close
    Pipe Connection Connection.send Connection.recv Connection.fileno Connection.close Connection.poll
    Connection.send_bytes Connection.recv_bytes Listener Client Pool
    Manager BaseManager BaseManager.start BaseManager.get_server BaseManager.connect BaseManager.shutdown
    BaseManager.register BaseManager.address SyncManager SyncManager.Queue SyncManager.Lock SyncManager.Event
    SyncManager.Semaphore SyncManager.Condition SyncManager.list SyncManager.dict
    BaseProxy BaseProxy._callmethod BaseProxy._getvalue BaseProxy.__repr__ BaseProxy.__str__
    Lock RLock Semaphore BoundedSemaphore Condition Event Barrier
    ProcessError BufferTooShort AuthenticationError TimeoutError
    active_children cpu_count current_process parent_process freeze_support set_executable
    get_all_start_methods get_context get_start_method set_start_method set_forkserver_preload
    all-start-methods authentication-keys cleanup connection-objects contexts-and-start-methods customized-managers
    examples exceptions exchanging-objects-between-processes global-start-method introduction managers
    module-multiprocessing.dummy pipes-and-queues programming-guidelines proxy-objects reference
    sharing-state-between-processes synchronization-between-processes synchronization-primitives the-process-class
    the-spawn-and-forkserver-start-methods using-a-pool-of-workers using-a-remote-manager
    """.split()
)
_THREAD_QUEUE = frozenset(
    """
    Queue SimpleQueue LifoQueue PriorityQueue Empty Full ShutDown Queue.put Queue.put_nowait Queue.get Queue.get_nowait
    Queue.qsize Queue.empty Queue.full Queue.task_done Queue.join Queue.shutdown
    """.split()
)
_ARTICLE = frozenset(
    "Overview, Specifications, Main Methods, Basic Usage, Full Code Example, Example Output, Customization Points, "
    "Important Notes, Advanced Application, Conclusion".split(", ")
)

_ISSUES = "https://github.com/python/cpython/issues/"
_LIBRARY = "https://docs.python.org/3/library/"
DOCS = Source(
    "multiprocessing", f"{_LIBRARY}multiprocessing.html", partial(_fragment, "multiprocessing"), _MULTIPROCESSING
)
THREAD_QUEUE = Source("queue", f"{_LIBRARY}queue.html", partial(_fragment, "queue"), _THREAD_QUEUE)
LIBRARY = Source("standard library", _LIBRARY, _library_entry)
PICKLE = Source("pickle", f"{_LIBRARY}pickle.html", partial(_fragment, "pickle"))
CHANGELOG = Source("changelog", "https://docs.python.org/3/whatsnew/changelog.html", _entry)
WHATS_NEW = Source("what's new", "https://docs.python.org/3/whatsnew/", _page)
ISSUE = Source("CPython issue", _ISSUES, _issue)
ARTICLE = Source("founding article", parts=_ARTICLE)
OBSERVED = Source("observed in CPython")
