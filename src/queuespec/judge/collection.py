"""Collection: a test for each kind and start method of a rule, the selection of rules, the order of the chapters."""

from __future__ import annotations

import functools
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from queuespec.judge.ledger import LEDGER
from queuespec.judge.planned import ASSIGNMENT, AXES, PLANNED, plan, rule_of_item
from queuespec.judge.workers import is_worker, send_plan
from queuespec.rules import Rule, each_of, rule_of, specification_folder
from queuespec.rules.chapters import in_order

BACKSTOP = 600.0
"""Seconds that a test may take beyond its own deadlines before pytest-timeout ends it."""


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Runs first, so that every id begins with start method and kind (see `planned`)."""
    rule = rule_of(metafunc.function)
    if rule is None:
        return
    if "make_queue" in metafunc.fixturenames and "kind" not in metafunc.fixturenames:
        metafunc.fixturenames.append("kind")
    axes = {"start_method": metafunc.config.stash[ASSIGNMENT].start_methods, "kind": rule.kinds}
    for name in AXES:
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, axes[name])
    for names, values, ids in each_of(metafunc.function):
        metafunc.parametrize(names, values, ids=ids)


@functools.cache
def _chapters(own: tuple[Path, ...] = ()) -> dict[Path, int]:
    return {path: position for position, path in enumerate([*in_order(specification_folder()), *own])}


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, pytest.CollectReport, Any]:
    """Adds the files with rules of the user's own."""
    report = yield
    if isinstance(collector, pytest.Session) and report.passed:
        for file in collector.config.stash[ASSIGNMENT].own:
            if not collector.isinitpath(file):
                name = _from(collector.config.rootpath, file)
                report.result.append(pytest.Module.from_parent(collector, path=file, nodeid=name))
    return report


def _from(root: Path, file: Path) -> str:
    """The file as test ids name it: relative to pytest's root directory, if it is on the same drive."""
    try:
        return Path(os.path.relpath(file, root)).as_posix()
    except ValueError:
        return file.as_posix()


def _is_asked_for(config: pytest.Config, rule: Rule | None) -> bool:
    wanted = config.getoption("rule")
    return not wanted or (rule is not None and not {rule.slug, *rule.proves}.isdisjoint(wanted))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Does not import a chapter that has none of the rules that ``--rule`` names."""
    wanted = config.getoption("rule")
    if not wanted or collection_path.suffix != ".py" or collection_path not in _chapters():
        return None
    text = collection_path.read_text(encoding="utf-8")
    return None if any(slug in text for slug in wanted) else True


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: pytest.Collector, obj: object) -> list[pytest.Item] | None:
    """Makes no tests of a rule that ``--rule`` leaves out: making them all takes longer than judging a few."""
    rule = rule_of(obj)
    return None if rule is None or _is_asked_for(collector.config, rule) else []


def pytest_itemcollected(item: pytest.Item) -> None:
    """Lets ``-k`` select a test by its rule, too."""
    rule = rule_of_item(item)
    if rule is not None:
        item.add_marker(pytest.mark.rule(rule.slug))
        item.extra_keyword_matches.update((rule.slug, *rule.proves))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keeps the rules that ``--rule`` names, in the order of the chapters."""
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        (kept if _is_asked_for(config, rule_of_item(item)) else left_out).append(item)
    positions = _chapters(config.stash[ASSIGNMENT].own)
    items[:] = sorted(kept, key=lambda item: positions.get(item.path, -1))
    if left_out:
        config.hook.pytest_deselected(items=left_out)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Makes the plan. Runs first: pytest-xdist reports what a worker has collected in the same hook."""
    config = session.config
    given = config.stash[ASSIGNMENT]
    plans = []
    for item in session.items:
        rule = rule_of_item(item)
        if rule is None:
            continue
        item.stash[PLANNED] = plan(item, rule, given)
        plans.append(item.stash[PLANNED])
        if config.pluginmanager.hasplugin("timeout") and item.get_closest_marker("timeout") is None:
            # Only now: `-k timeout` would also match the name of the mark.
            item.add_marker(pytest.mark.timeout(BACKSTOP + 6 * given.settings.performing()))
    if is_worker(config):
        send_plan(config, plans)
    else:
        config.stash[LEDGER].plan(plans)
        config.stash[LEDGER].begin()
