"""Files of a site: pages from templates, and what pages share.

Every text that a template shows has only visible characters, on one line of bounded length, and is escaped: results are
text of others.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from queuespec.report.page.names import anchor, file_name
from queuespec.text import counted, one_line

HERE = Path(__file__).parent
SHARED = ("style.css", "page.js", "icon.svg")
"""What every page uses."""
MANIFEST = "files.txt"
"""The files of a site: a directory with these alone may be replaced."""


LONGEST = 5000
"""Maximum length of a text, in characters; a results file has no longer ones."""


class Unusable(Exception):
    """A site cannot be written there; the message is one sentence."""


def shown(value: Any) -> Any:
    """What a template shows for a value."""
    return one_line(value, LONGEST) if isinstance(value, str) and not isinstance(value, Markup) else value


def prose(text: str) -> Markup:
    """A sentence in which what stands between backticks is code."""
    pieces = one_line(text, LONGEST).split("`")
    if len(pieces) % 2 == 0:  # an odd number of backticks
        return escape("`".join(pieces))
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if number % 2 else escape(piece) for number, piece in enumerate(pieces)
    )


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, each on one line."""
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()]


def lines(text: Iterable[str] | str) -> Markup:
    """Lines for an element whose line ends count."""
    rows = text.splitlines() if isinstance(text, str) else text
    return Markup("\n").join(escape(one_line(row, LONGEST)) for row in rows)


class Site:
    """A directory that is filled with pages."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.environment = Environment(
            loader=FileSystemLoader(HERE),
            autoescape=True,
            finalize=shown,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
        )
        self.environment.filters.update(
            prose=prose, paragraphs=paragraphs, lines=lines, anchor=anchor, file_name=file_name, counted=counted
        )
        for name in SHARED:
            shutil.copyfile(HERE / name, directory / name)

    def page(self, path: str, template: str, **values: Any) -> None:
        """Writes a page; `path` is relative to the directory. Raises `OSError`."""
        values["root"] = "../" * path.count("/")
        self.file(path, self.environment.get_template(template).render(values))

    def file(self, path: str, text: str) -> None:
        """Writes a file. Raises `OSError`."""
        target = self.directory / path
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(text.encode("utf-8"))


def _files(directory: Path) -> set[str]:
    """The paths of the files below a directory, and of directories that are empty. Raises `OSError`, for example if
    one cannot be read: what is in there is unknown."""
    found = set()
    with contextlib.suppress(FileNotFoundError):
        for one in os.scandir(directory):
            below = _files(Path(one.path)) if one.is_dir(follow_symlinks=False) else ()
            found |= {f"{one.name}/{name}" for name in below} or {one.name}
    return found


def _written(directory: Path) -> set[str]:
    """The paths of the files that an earlier site has written there."""
    try:
        return {*(directory / MANIFEST).read_text(encoding="utf-8").splitlines()}
    except (OSError, ValueError):
        return set()


@contextlib.contextmanager
def replacing(directory: Path) -> Iterator[Path]:
    """A new directory that takes the place of this one in the end; after an exception, nothing has changed.

    Raises `OSError`, and `Unusable` if it is a file, if there are files in the directory that no earlier site has
    written, or if there cannot be a new directory beside it.
    """
    directory = Path(os.path.realpath(directory))  # a link stays, and what it leads to is replaced
    if directory.exists() and not directory.is_dir():
        raise Unusable(f"{directory} is a file; name a directory")
    others = _files(directory) - _written(directory)
    if others:
        other = f"{min(others)!r}, which is no file of an earlier page"
        raise Unusable(f"{directory} contains {other}; move it, or name another directory")
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        beside = tempfile.TemporaryDirectory(prefix=f".{directory.name}.", dir=directory.parent)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise Unusable(f"cannot make the page in {directory.parent}: {why}; name a directory elsewhere") from None
    with beside as space:
        fresh, earlier = Path(space, "fresh"), Path(space, "earlier")
        fresh.mkdir()
        yield fresh
        names = sorted({*_files(fresh), MANIFEST})
        (fresh / MANIFEST).write_bytes("".join(f"{name}\n" for name in names).encode("utf-8"))
        if directory.exists():
            os.replace(directory, earlier)
        try:
            os.replace(fresh, directory)
        except OSError:
            if earlier.exists():
                os.replace(earlier, directory)
            raise
