"""What the figures of a run mean, in sentences that are computed from them and from their intervals."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

from queuespec.results import figures, statistics
from queuespec.results.figures import size_of, times, value
from queuespec.results.measurement import SECONDS, STANDARD, Measured, Measurement
from queuespec.results.statistics import Estimate

CONSIDERABLE = 1.1
"""The factor from which a difference is worth a sentence."""

PERCENTILES = ("p50", "p90", "p99")
"""The quantities of a round trip, each of which is a duration by itself, as those of put and get are."""

FLAT = 1.5
"""The factor below which a cost that does not grow measurably is called flat."""

UNKNOWN = "does not grow measurably, but the interval is too wide to call it flat"

NOISY = 0.1
"""The spread of the loop from which the machine is called busy."""

CLOCK = 0.01
"""The part of a figure from which on the reading of the clock is stated."""


def answers(measured: Measured) -> Iterator[str]:
    """The sentences, what matters most first."""
    for part in (
        _parts,
        _elsewhere,
        _put,
        _latency,
        _kinds,
        _maxsize,
        _timeout,
        _growth,
        _crowds,
        _start,
        _memory,
        _standard,
    ):
        yield from part(measured)
    yield from _machine(measured)


def between(one: Measurement, other: Measurement) -> Estimate | None:
    """The ratio of the costs of two figures of the same rounds."""
    series = statistics.paired(one.rounds, other.rounds)
    return statistics.estimate(series) if series else None


def _is_more(estimate: Estimate | None) -> bool:
    return estimate is not None and estimate.low > CONSIDERABLE


def _is_less(estimate: Estimate | None) -> bool:
    return estimate is not None and estimate.high < 1 / CONSIDERABLE


def _inverse(one: Estimate) -> Estimate:
    return Estimate(1 / one.value, 1 / one.high, 1 / one.low)


def _transfers(measured: Measured, shape: str = "bytes") -> list[Measurement]:
    found = measured.find("transfer", "item", shape=shape)
    return sorted(found, key=lambda one: float(one.parameters.get("size", 0)))


PARTS = {"pickle": "pickling", "pipe": "the pipe", "": "the rest (locks, feeder thread, waiting)"}


MOST = 1.5
"""Parts overlap, but one that takes this many times as long as the whole is none."""

NO_PIPE = "no pipe"
"""Stands for the parts of a transfer that takes less time than the pipe, and so is none through one."""


def _largest_part(measured: Measured, one: Measurement) -> tuple[str, float] | None:
    """Which part of a transfer takes longer than each other one, and how much of it; None if none is known to.

    Each part is measured by itself, and they may overlap, so that their sum may be more than the whole.
    """
    others = [measured.beside(one, name) for name in ("pickle", "pipe")]
    rounds = [values for values in zip(one.rounds, *(other.rounds for other in others if other)) if all(values)]
    shares = [
        {"pickle": pickle / whole, "pipe": pipe / whole, "": 1 - (pickle + pipe) / whole}
        for whole, pickle, pipe in (values for values in rounds if len(values) == 3)
    ]
    if not shares:
        return None
    middle = {name: statistics.estimate([share[name] for share in shares]).value for name in PARTS}
    if statistics.estimate([share["pipe"] for share in shares]).low > CONSIDERABLE:
        return NO_PIPE, 0.0
    largest = max(PARTS, key=middle.__getitem__)
    ahead = [[share[largest] - share[name] for share in shares] for name in PARTS if name != largest]
    is_known = middle[largest] < MOST and all(statistics.estimate(one).low > 0 for one in ahead)
    return (largest, middle[largest]) if is_known else None


def _parts(measured: Measured) -> Iterator[str]:
    known = [(one, _largest_part(measured, one)) for one in _transfers(measured)]
    for name, group in itertools.groupby(known, key=lambda pair: pair[1][0] if pair[1] else None):
        if name is None:
            continue
        if name == NO_PIPE:
            sizes = ", ".join(size_of(one.parameters["size"]) for one, _ in group)
            yield f"For bytes of {sizes}, a transfer takes less time than a pipe with the same bytes."
            continue
        some = [(one, part[1]) for one, part in group if part]
        first, last = (size_of(one.parameters["size"]) for one, _ in (some[0], some[-1]))
        shares = sorted(round(100 * share) for _, share in some)
        about = f"{shares[0]} %" if shares[0] == shares[-1] else f"{shares[0]}-{shares[-1]} %"
        sizes = f"of {first}" if first == last else f"of {first} to {last}"
        yield f"For bytes {sizes}, {PARTS[name]} takes the most: as long as {about} of a transfer."
    open_ones = [one for one, part in known if part is None and measured.series(one, "pipe")]
    unclear = [size_of(one.parameters["size"]) for one in open_ones]
    if unclear:
        yield f"For bytes of {', '.join(unclear)}, the noise hides which takes the most: pickling, pipe, or the rest."
    for shape in ("ints", "dicts", "array"):
        for one in _transfers(measured, shape):
            series = measured.series(one, "pickle")
            if series:
                share = _inverse(statistics.estimate(series))
                part = f"{100 * share.value:.0f} % ({100 * share.low:.0f}-{100 * share.high:.0f} %)"
                word = "dominates" if share.low > 0.5 else "does not dominate" if share.high < 0.5 else "is a part of"
                yield f"Pickling {word} the {figures.title(one)}: it alone takes as long as {part} of it."
            apart = measured.ratio(one, "out-of-band")
            if apart is not None:
                what = "a pipe takes with its buffer out-of-band"
                yield f"The {figures.title(one)} takes {times(apart)} as long as {what}."


def _elsewhere(measured: Measured) -> Iterator[str]:
    plain = {one.parameters["size"]: one for one in _transfers(measured)}
    for place, name in {"shared memory": "shared memory", "file": "a file"}.items():
        known = [one for one in _transfers(measured, place) if one.parameters["size"] in plain]
        ratios = [(one.parameters["size"], between(plain[one.parameters["size"]], one)) for one in known]
        found = [(size, ratio) for size, ratio in ratios if ratio is not None]
        pays = [*itertools.takewhile(lambda pair: pair[1].low > 1, reversed(found))]
        if pays:
            size, ratio = pays[-1]
            yield f"From {size_of(size)} on, of the sizes measured, {name} pays: {times(ratio)} as fast."
        elif found:
            size, ratio = found[-1]
            how = "is slower" if ratio.high < 1 else "is not measurably faster"
            yield f"At {size_of(size)}, {name} {how} than the queue: {times(ratio)} as fast."


def _put(measured: Measured) -> Iterator[str]:
    for put in measured.find("hand over", "put"):
        for there in measured.find("hand over", "acknowledged", size=put.parameters["size"]):
            found = between(there, put)
            if put.estimate and there.estimate and _is_more(found):
                size = size_of(put.parameters["size"])
                after, arrives = value(put.estimate.value, SECONDS), value(there.estimate.value, SECONDS)
                yield f"put() of {size} returns after {after}; the other process has acknowledged it after {arrives}."


def _latency(measured: Measured) -> Iterator[str]:
    found = {one.quantity: one for name in ("p50", "p99") for one in measured.find("round trip", name)}
    if len(found) == 2:
        middle, most = (found[name].estimate for name in ("p50", "p99"))
        assert middle and most
        yield f"A round trip takes {value(middle.value, SECONDS)}; one in a hundred takes {value(most.value, SECONDS)}."


def _plain(measured: Measured) -> Measurement | None:
    return next(iter(measured.find("transfer", "item", shape="bytes", size=100)), None)


def _cheaper_or_dearer(found: Estimate | None) -> str:
    if found is None:
        return ""
    if _is_more(found):
        return f"costs {times(found)} as much"
    return f"costs {times(found)} as much, which is less" if _is_less(found) else ""


def _kinds(measured: Measured) -> Iterator[str]:
    base = _plain(measured)
    for one in measured.find("kind", "item"):
        said = _cheaper_or_dearer(between(one, base)) if base else ""
        if said:
            yield f"A small item by {figures.title(one).removeprefix('transfer by ')} {said} as by {one.kind}."


def _maxsize(measured: Measured) -> Iterator[str]:
    base, free = _plain(measured), []
    for one in measured.find("maxsize", "item"):
        found = between(one, base) if base else None
        if _is_more(found):
            assert found is not None
            yield f"With maxsize {one.parameters['maxsize']}, a small item costs {times(found)} as much as without."
        elif found is not None:
            free.append(str(one.parameters["maxsize"]))
    if free:
        yield f"With maxsize {', '.join(free)}, no cost beyond the noise was measured."


def _timeout(measured: Measured) -> Iterator[str]:
    base = _plain(measured)
    for one in measured.find("timeout", "item"):
        found = between(one, base) if base else None
        if _is_more(found):
            assert found is not None
            yield f"With a timeout for get(), a small item costs {times(found)} as much as without."


def _growth(measured: Measured) -> Iterator[str]:
    some = sorted(measured.find("growth", "item"), key=lambda one: float(one.parameters["items"]))
    if len(some) < 2:
        return
    least, most = some[0], some[-1]
    found = between(most, least)
    if found is None:
        return
    ends = f"from {least.parameters['items']:,} to {most.parameters['items']:,} waiting items"
    flat = found.low > 1 / FLAT and found.high < FLAT
    how = "grows: it is not flat" if found.low > 1 else "falls" if found.high < 1 else "is flat" if flat else UNKNOWN
    yield f"The cost of an item {ends} {how}: {times(found)}."


def _crowds(measured: Measured) -> Iterator[str]:
    some = measured.find("crowd", "item")
    alone = next((one for one in some if (one.parameters["producers"], one.parameters["consumers"]) == (1, 1)), None)
    for one in some:
        found = between(alone, one) if alone and one is not alone else None
        if found is not None and (_is_more(found) or _is_less(found)):
            yield f"{figures.title(one)} pass {times(found)} as many items per second as one of each."


def _start(measured: Measured) -> Iterator[str]:
    for one in measured.find("start", "first item"):
        if one.estimate:
            spent = value(one.estimate.value, one.unit)
            yield f"Under {one.start_method}, the first item of a new process is there after {spent}."


def _memory(measured: Measured) -> Iterator[str]:
    some = [one for one in measured.find("memory", "peak of the producer") if one.estimate]
    for one in some:
        size = float(one.parameters["size"])
        if one.estimate and size:
            more = f"{one.estimate.value / size:.1f} times its size"
            yield f"While an item of {size_of(size)} travels, its producer has up to {more} of memory besides it."


def _standard(measured: Measured) -> Iterator[str]:
    if not measured.has_standard:
        return
    found = [(one, measured.ratio(one, STANDARD)) for one in measured.figures if one.values]
    known = [(one, estimate) for one, estimate in found if estimate is not None]
    for which, words in ((_is_less, "cheaper"), (_is_more, "dearer")):
        some = sorted((pair for pair in known if which(pair[1])), key=lambda pair: -abs(math.log(pair[1].value)))
        if some:
            names = "; ".join(f"{figures.title(one)} {times(estimate)}" for one, estimate in some[:5])
            number = f"{len(some)} of {len(known)} figures {'is' if len(some) == 1 else 'are'}"
            yield f"Compared with multiprocessing, {number} {words}: {names}."


def _machine(measured: Measured) -> Iterator[str]:
    for one in measured.find("machine", "time", of="loop"):
        noise = statistics.spread(one.values)
        busy = "it does something else, too, and intervals are wide" if noise > NOISY else "it does little else"
        yield f"Noise of this machine: the same loop varies by {100 * noise:.0f} % between rounds; {busy}."
    for one in measured.find("machine", "time", of="clock"):
        assert one.estimate is not None
        clock = one.estimate.value
        some = [
            other for other in measured.figures if other.unit == SECONDS and other.quantity in ("put", "get", "p50")
        ]
        small = [other for other in some if other.estimate and CLOCK * other.estimate.value < clock]
        affected = ", ".join(dict.fromkeys(map(figures.title, small)))
        if affected:
            yield f"Reading the clock takes {value(clock, SECONDS)}, more than 1 % of: {affected}."
