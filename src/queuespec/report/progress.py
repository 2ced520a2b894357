"""How far a run is, in one line. Standard library only: workers import it, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from queuespec.text import counted, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

GAP = "  "


def line(done: int, planned: int, seconds: float, deviating: Sequence[str], width: int) -> str:
    """One line, narrower than `width`: the progress of a run, its duration so far, and the rules that deviate, latest
    first."""
    rate = f"{GAP}{done / seconds:.0f}/s" if seconds > 0 else ""
    text = f"{done:,}/{planned:,} verdicts{rate}"
    if deviating:
        text += f"{GAP}{counted(len(deviating), 'rule')} deviating: {', '.join(deviating)}"
    text = one_line(text, 4 * width)
    return text if len(text) < width else text[: max(0, width - 4)] + "..."
