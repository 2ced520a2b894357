"""The version of queuespec: the build takes it from the tag and writes it into the metadata of the distribution."""

from __future__ import annotations

import importlib.metadata

UNKNOWN = "0.0.0"
"""The version of sources that are not installed, and of a build without git metadata."""


def installed_version() -> str:
    """The version of the installed distribution, or `UNKNOWN` if this is a checkout that is not installed."""
    try:
        return importlib.metadata.version("queuespec")
    except importlib.metadata.PackageNotFoundError:
        return UNKNOWN


__version__ = installed_version()
