"""Measurements as a run might have made them."""

import random

from queuespec.results.measurement import QUEUE, Measured, Measurement

ROUNDS = 10


def rounds(value, noise=0.1, number=ROUNDS, seed=0):
    """That many values around one, with a noise that is a part of it."""
    chance = random.Random(f"{seed} {value}")
    return tuple(value * chance.lognormvariate(0, noise) for _ in range(number))


def measurement(value=1e-5, workload="transfer", quantity="item", of=QUEUE, **changes):
    """One quantity of one workload, by default of a small item."""
    noise = {name: changes.pop(name) for name in ("noise", "number", "seed") if name in changes}
    parameters = {"shape": "bytes", "size": 100} if workload == "transfer" else {}
    facts = {"parameters": parameters, "kind": "Queue", "start_method": "fork", "samples": 100}
    facts["rounds"] = () if value is None else rounds(value, **noise)
    return Measurement(workload, quantity, of, **{**facts, **changes})


def sized(size, value, shape="bytes", **changes):
    """The transfer of an item of a size."""
    return measurement(value, parameters={"shape": shape, "size": size}, **changes)


def beside(figure, **values):
    """A figure, and what was measured beside it: the limit by the name `limit`, others by theirs."""
    words = {"parameters": figure.parameters, "start_method": figure.start_method, "noise": 0.01}
    others = [measurement(value, figure.workload, figure.quantity, of, **words) for of, value in values.items()]
    return [figure, *others]


def whole(seed=0, slower=1.0, noise=0.1):
    """A run: some figures of a queue that is slower by a factor, each with its limit."""
    found = []
    for size in (0, 100, 1 << 16, 1 << 20, 1 << 24):
        cost = 1e-5 + size * 1e-9
        found.append(sized(size, slower * cost, noise=noise, seed=f"queue {seed}", limit="Connection"))
        for of, part in {"Connection": 0.7, "pipe": 0.5, "pickle": 0.1, "memcpy": 0.05}.items():
            found.append(sized(size, part * cost, of=of, noise=noise, seed=f"{of} {seed}"))
    for quantity, cost in {"p50": 5e-5, "p90": 8e-5, "p99": 1e-3}.items():
        words = {"noise": noise, "distribution": tuple(cost * (1 + one / 10) for one in range(11))}
        found.append(measurement(slower * cost, "round trip", quantity, seed=seed, limit="Connection", **words))
        found.append(measurement(cost / 2, "round trip", quantity, "Connection", seed=f"limit {seed}", **words))
    for items in (1000, 10_000, 100_000):
        words = {"parameters": {"items": items}, "noise": noise}
        found.append(measurement(1e-5 * slower, "growth", seed=seed, limit="Connection", **words))
        found.append(measurement(7e-6, "growth", of="Connection", seed=f"limit {seed}", **words))
    return Measured(found)
