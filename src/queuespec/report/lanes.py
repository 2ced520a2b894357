"""The calls of several actors as a picture: a lane for each actor, and time downward.

The picture is SVG for a page, whose style sheet gives it its colors, or lines of text for a terminal.
"""

from __future__ import annotations

import dataclasses
import html
import re
from collections.abc import Sequence

from queuespec.text import SHOWN_CALLS, Row, in_lines, one_line

GUTTER, LANE, SLOT, HEAD, PAD = 92, 236, 20, 34, 12
"""In pixels: the width of the times and of a lane, the height of a line and of the names, the space around."""
MOST_LANES = 12
LETTERS = (LANE - 3 * PAD) // 7
"""Number of characters that fit into a lane."""
SAME = "\0"
"""The place of an end that is shown beside its beginning."""
ENDS = re.compile(r"\b(?:ended|died|was killed|exit code|signal)\b|^leaves\b")
"""What a call that ends its actor says, or what its outcome says of a process that is gone."""
STARTED = re.compile(r"start of (.+)")


@dataclasses.dataclass
class _Box:
    """A call in the picture; slots are counted from the top."""

    row: Row
    first: int = 0
    last: int | None = None
    """None while it is still running."""
    until: int = 0
    """Where the next call of its actor begins, or the picture ends, if it is still running."""

    @property
    def look(self) -> str:
        """The class of its style."""
        outcome, seconds = self.row[3:]
        if seconds is None:
            return "dies" if ENDS.search(outcome) else "blocked"
        if outcome.startswith("raised"):
            return "raised"
        return "waited" if self.last is not None and self.last - self.first > 1 else "done"


def svg(rows: Sequence[Row], title: str = "The calls") -> str:
    """The picture of the last calls, as an element of a page; empty for no calls.

    What blocks spans the lines of the calls that others make in the meantime; what never ended is open at its end.
    Actors are given lanes in the order of their first calls; those beyond `MOST_LANES` share the last one.
    """
    rows = rows[-SHOWN_CALLS:]
    if not rows:
        return ""
    actors = [*dict.fromkeys(row[1] for row in rows)]
    lanes = {actor: min(number, MOST_LANES - 1) for number, actor in enumerate(actors)}
    boxes, times = _laid_out(rows)
    height = HEAD + len(times) * SLOT + 2 * PAD
    width = GUTTER + min(len(actors), MOST_LANES) * LANE
    parts = [
        f'<svg class="lanes" role="img" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
        f"<title>{_text(title, 300)}</title>",
    ]
    for actor, lane in [*lanes.items()][:MOST_LANES]:
        middle = GUTTER + lane * LANE + PAD // 2
        parts.append(f'<text class="actor" x="{middle}" y="{HEAD - 14}">{_text(actor, LETTERS)}</text>')
        parts.append(f'<path class="lane" d="M{middle} {HEAD - 4}V{height - PAD}"/>')
    for slot, when in enumerate(times):
        y = HEAD + slot * SLOT + 15
        parts.append(f'<text class="time" x="{GUTTER - 14}" y="{y}">{when * 1000:,.1f} ms</text>')
    for box in boxes:
        parts += _drawn(box, lanes, len(times))
    return "".join([*parts, "</svg>"])


def in_text(rows: Sequence[Row], width: int) -> list[str]:
    """The picture as lines of plain characters; as `text.in_lines` has the calls if the lanes do not fit in `width`."""
    boxes, times = _laid_out(rows)
    actors = [*dict.fromkeys(row[1] for row in rows)]
    lanes: dict[str, list[str]] = {actor: [""] * len(times) for actor in actors}
    for box in boxes:
        _, actor, call, outcome, _ = box.row
        lane, last = lanes[actor], box.until if box.last is None else box.last
        lane[box.first] = one_line(call, 60)
        for slot in range(box.first + 1, last):
            lane[slot] = "|"
        if box.last is None:
            lane[box.first] += f" ({one_line(outcome, 60)})"
        elif box.last == box.first + 1:  # nothing happens between: one line is enough
            lane[box.first] += f" {one_line(outcome, 60)}"
            lane[last] = SAME
        else:
            lane[last] = one_line(outcome, 60)
    slots = [slot for slot in range(len(times)) if all(lane[slot] != SAME for lane in lanes.values())]
    cells = [[f"{times[slot] * 1000:,.1f} ms", *(lane[slot] for lane in lanes.values())] for slot in slots]
    cells.insert(0, ["", *actors])
    widths = [max(map(len, column)) for column in zip(*cells)]
    if sum(widths) + 3 * len(actors) > width:
        return [*in_lines(rows)]
    return [
        "   ".join([f"{row[0]:>{widths[0]}}", *(f"{cell:{wide}}" for cell, wide in zip(row[1:], widths[1:]))]).rstrip()
        for row in cells
    ]


def _laid_out(rows: Sequence[Row]) -> tuple[list[_Box], list[float]]:
    """The calls in their slots, and the time of each slot in seconds."""
    boxes = [_Box(row) for row in rows]
    events = []
    for number, (begun, _, _, _, seconds) in enumerate(rows):
        events.append((begun, number, False))
        if seconds is not None:
            events.append((begun + max(seconds, 0.0), number, True))
    # A call ends after it begins, also if both have the same time; others keep the order in which they began.
    events.sort(key=lambda event: event[0])
    times: list[float] = []
    for when, number, ends in events:
        if ends:
            boxes[number].last = len(times)
        else:
            boxes[number].first = len(times)
        times.append(when)
    following: dict[str, int] = {}
    for box in reversed(boxes):
        box.until = following.get(box.row[1], len(times))
        following[box.row[1]] = box.first
    return boxes, times


def _drawn(box: _Box, lanes: dict[str, int], slots: int) -> list[str]:
    _, actor, call, outcome, seconds = box.row
    x = GUTTER + lanes[actor] * LANE
    y = HEAD + box.first * SLOT
    end = box.last if box.last is not None else max(box.until - 1, min(slots, box.first + 1))
    tall = (end - box.first + 1) * SLOT - 4
    whole = f"{call}: {outcome}" + ("" if seconds is None else f" ({seconds * 1000:.1f} ms)")
    parts = [f'<g class="{box.look}"><title>{_text(whole, 500)}</title>']
    started = STARTED.fullmatch(call)
    other = lanes.get(started[1], -1) if started else -1
    if other > lanes[actor]:
        to = GUTTER + other * LANE + PAD // 2
        parts.append(f'<path class="starts" d="M{x + LANE - PAD} {y + 8}H{to - 2}m-5 -4l5 4l-5 4"/>')
    parts.append(f'<rect x="{x}" y="{y}" width="{LANE - PAD}" height="{tall}" rx="4"/>')
    parts.append(f'<text x="{x + PAD - 2}" y="{y + 14}">{_text(call, LETTERS)}</text>')
    if box.look == "dies" or ENDS.search(call):
        parts.append(f'<path class="cross" d="M{x + LANE - 30} {y + 4}l8 8m0 -8l-8 8"/>')
    below = HEAD + end * SLOT + 12
    parts.append(f'<text class="outcome" x="{x + PAD - 2}" y="{below}">{_text(outcome, LETTERS)}</text>')
    return [*parts, "</g>"]


def _text(text: str, limit: int) -> str:
    line = one_line(text, max(limit, 40))
    return html.escape(line if len(line) <= limit else line[: limit - 1] + "…")
