"""queuespec: the executable specification of Python's `multiprocessing.Queue` family."""

from queue import Empty, Full

from queuespec.rules import (
    ARTICLE,
    CHANGELOG,
    DOCS,
    ISSUE,
    OBSERVED,
    PICKLE,
    THREAD_QUEUE,
    WHATS_NEW,
    rule,
    untested,
)
from queuespec.stage import ShutDown, histories, made, raises

__version__ = "0.1.0"

__all__ = [
    "ARTICLE",
    "CHANGELOG",
    "DOCS",
    "ISSUE",
    "OBSERVED",
    "PICKLE",
    "THREAD_QUEUE",
    "WHATS_NEW",
    "Empty",
    "Full",
    "ShutDown",
    "histories",
    "made",
    "raises",
    "rule",
    "untested",
]
