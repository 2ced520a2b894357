"""A badge: ``conforms 2481/2481``, as a picture, and as data for the endpoint badge of shields.io."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable
from typing import NamedTuple

from queuespec.results import BAD, CONFORMS, NOT_RUN, Results, worst
from queuespec.results.causes import FAILS, standing

LABEL = "queuespec"
GOOD, EXPECTED, BROKEN, UNKNOWN = "#1f7a44", "#8a6100", "#b3261e", "#5a626b"
"""Colors that white text is readable on."""
LETTER, SPACE = 6.6, 7
"""The width of a letter, and of the space beside a text, in pixels."""


class Badge(NamedTuple):
    """What a badge says."""

    message: str
    color: str


NOTHING = Badge("nothing judged", UNKNOWN)
"""There is nothing to count."""


def badge(files: Iterable[Results]) -> Badge:
    """The badge of runs: how many of the verdicts that gate conform. Incomplete runs are said to be incomplete."""
    words, fails, incomplete = [], False, False
    for results in files:
        incomplete = incomplete or bool(results.cut_short)
        for verdict in results.verdicts:
            if verdict.gates and verdict.verdict in (CONFORMS, *BAD, NOT_RUN):
                words.append(verdict.verdict)
            fails = fails or standing(verdict) == FAILS
    if not words:
        return NOTHING
    ratio = f"{words.count(CONFORMS)}/{len(words)}"
    if incomplete or NOT_RUN in words:
        return Badge(f"incomplete {ratio}", BROKEN if fails else UNKNOWN)
    word = worst(words)
    return Badge(f"{word} {ratio}", BROKEN if fails else GOOD if word == CONFORMS else EXPECTED)


def as_svg(badge: Badge) -> str:
    """The picture."""
    left, right = (round(len(text) * LETTER) + 2 * SPACE for text in (LABEL, badge.message))
    said = html.escape(f"{LABEL}: {badge.message}")
    texts = [
        f'<text x="{SPACE}" y="14" textLength="{left - 2 * SPACE}">{LABEL}</text>',
        f'<text x="{left + SPACE}" y="14" textLength="{right - 2 * SPACE}">{html.escape(badge.message)}</text>',
    ]
    size = f'width="{left + right}" height="20"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{said}">',
            f"<title>{said}</title>",
            f'<rect {size} rx="3" fill="#33393f"/>',
            f'<path d="M{left} 0h{right - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3H{left}z" fill="{badge.color}"/>',
            '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">',
            *texts,
            "</g>",
            "</svg>",
            "",
        ]
    )


def as_endpoint(badge: Badge) -> str:
    """The data, as https://shields.io/badges/endpoint-badge describes it."""
    return json.dumps({"schemaVersion": 1, "label": LABEL, "message": badge.message, "color": badge.color}) + "\n"
