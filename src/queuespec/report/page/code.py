"""The test of a rule as highlighted code."""

from __future__ import annotations

import functools

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from queuespec.report.reproduction import source_of
from queuespec.rules import Rule


@functools.cache
def _formatter() -> HtmlFormatter[str]:
    return HtmlFormatter(nowrap=True)


def test_of(rule: Rule) -> Markup:
    """The test with its decorators, as lines of HTML; classes name the tokens, and the style sheet colors them."""
    return Markup(highlight(source_of(rule), PythonLexer(stripnl=True), _formatter()).rstrip())
