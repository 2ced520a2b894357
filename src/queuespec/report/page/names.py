"""Names for files, addresses and anchors, from text of others."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection

LONGEST = 60


def anchor(text: str) -> str:
    """A name that an address can have as its fragment: the text itself, if it can be one, as every slug can."""
    return text if re.fullmatch(r"[A-Za-z][\w.-]{0,99}", text, re.ASCII) else f"{slug(text)}-{_digest(text)}"


def slug(text: str) -> str:
    """Lowercase letters, digits, dots and hyphens."""
    return re.sub(r"[^a-z0-9.]+", "-", text.lower())[:LONGEST].strip("-.") or "unnamed"


def file_name(text: str, taken: Collection[str] = ()) -> str:
    """A name for a file or a directory; different texts have different names, also where case does not count."""
    name = slug(text)
    if name != text.replace("_", "-"):
        name = f"{name}-{_digest(text)}"
    return unique(name, taken)


def unique(name: str, taken: Collection[str]) -> str:
    """The name, with a number if it is taken."""
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    return found


def natural(text: str) -> list[tuple[int, str]]:
    """A key that sorts ``3.9`` before ``3.10``."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"([0-9]+)", text) if part]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:8]
