"""What is judged, explored or measured, made ready: how long to wait on this machine, and what all judged processes
share."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
from collections.abc import Iterator

from queuespec.judge.options import CannotJudge
from queuespec.rules import Facts
from queuespec.stage import Service, Settings, Unusable


def settings_of(option: argparse.Namespace, facts: Facts) -> Settings:
    """How to judge what the options name. An option that a command does not have has its default."""
    return Settings(
        *(option.implementation, option.python, ()),
        *(option.patience, getattr(option, "quiet_time", Settings.quiet), facts.loading),
        tidies="tidy" in facts.adapter[2:],
    )


@contextlib.contextmanager
def serving(settings: Settings, facts: Facts) -> Iterator[tuple[Settings, Service | None]]:
    """The same settings with the environment of what all judged processes share, if the adapter starts something; that
    runs meanwhile. The machine's pace is measured before. Raises `CannotJudge`."""
    settings.pace.measure(settings.python)
    if "serve" not in facts.adapter[2:]:
        yield settings, None
        return
    try:
        service = Service(settings)
    except Unusable as error:
        raise CannotJudge(f"--implementation: {error}") from None
    with contextlib.closing(service):
        yield dataclasses.replace(settings, environment=service.environment), service
