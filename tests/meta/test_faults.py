"""Every fault is seen: the rules it breaks turn red, and say why in the expected words."""

import importlib
import multiprocessing
import pkgutil

import pytest

from queuespec import faults

FAULTS = sorted(module.name for module in pkgutil.iter_modules(faults.__path__))
BAD = {"deviates", "hangs", "crashes"}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_turns_the_rules_it_breaks_red(judge, name):
    fault = importlib.import_module(f"queuespec.faults.{name}")
    available = multiprocessing.get_all_start_methods()
    default = "fork" if "fork" in available else "spawn"
    methods = [method for method in getattr(fault, "START_METHODS", (default,)) if method in available]
    if not methods:
        pytest.skip(f"this fault needs a start method that this platform lacks: {fault.START_METHODS}")
    conforming = getattr(fault, "CONFORMS", ())
    options = [word for slug in (*fault.BREAKS, *conforming) for word in ("--rule", slug)]
    options += [word for method in methods for word in ("--start-method", method)]

    run = judge("--implementation", f"fault:{name.replace('_', '-')}", "--patience", "2", *options)

    silent = {
        slug: [(verdict["verdict"], verdict["explanation"]) for verdict in run.of(slug)]
        for slug, words in fault.BREAKS.items()
        if not any(verdict["verdict"] in BAD and words in verdict["explanation"] for verdict in run.of(slug))
    }
    assert not silent, run.output
    accused = {slug: run.words(slug) for slug in conforming if run.words(slug) != {"conforms"}}
    assert not accused, run.output
