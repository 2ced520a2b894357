"""What figures mean is computed from them, and said only if their intervals allow it."""

import re

import pytest
from measurements import beside, measurement, sized, whole

from queuespec.report.answers import answers
from queuespec.results.measurement import BYTES, STANDARD, Measured


def said(*some):
    return [*answers(Measured([one for group in some for one in (group if isinstance(group, list) else [group])]))]


def parts(size, cost, shape="bytes", noise=0.02, **shares):
    values = {name: share * cost for name, share in shares.items()}
    return beside(sized(size, cost, shape, noise=noise, limit="Connection"), **values)


def test_which_part_of_a_transfer_takes_the_most():
    found = said(
        parts(100, 1e-5, pickle=0.1, pipe=0.2),
        parts(4096, 2e-5, pickle=0.1, pipe=0.3),
        parts(1 << 20, 1e-3, pickle=0.1, pipe=0.8),
    )

    assert len(found) == 2
    assert found[0].startswith(
        "For bytes of 100 B to 4 KiB, the rest (locks, feeder thread, waiting) takes the most: as"
    )
    assert re.fullmatch(
        r"For bytes of 1 MiB, the pipe takes the most: as long as (79|80|81) % of a transfer\.", found[1]
    )


def test_a_queue_that_is_faster_than_a_pipe_does_not_use_one():
    assert said(parts(1 << 16, 1e-6, pickle=3.0, pipe=40.0)) == [
        "For bytes of 64 KiB, a transfer takes less time than a pipe with the same bytes."
    ]


def test_what_takes_longer_than_the_whole_is_no_part_of_it():
    assert said(parts(1 << 16, 1e-6, pickle=3.0, pipe=0.5)) == [
        "For bytes of 64 KiB, the noise hides which takes the most: pickling, pipe, or the rest."
    ]


def test_noise_may_hide_it():
    assert said(parts(100, 1e-5, noise=0.5, pickle=0.35, pipe=0.35)) == [
        "For bytes of 100 B, the noise hides which takes the most: pickling, pipe, or the rest."
    ]


@pytest.mark.parametrize(("share", "word"), [(0.8, "dominates"), (0.2, "does not dominate"), (0.5, "is a part of")])
def test_whether_pickling_dominates(share, word):
    found = said(parts(1 << 20, 1e-2, "dicts", pickle=share))

    assert found[0].startswith(f"Pickling {word} the transfer of 1 MiB of nested dicts: ")


def elsewhere(**costs):
    return said(
        *(sized(size, 1e-3, noise=0.02) for size in (1 << 16, 1 << 20, 1 << 24)),
        *(sized(1 << power, cost, "shared memory", noise=0.02) for power, cost in zip((16, 20, 24), costs["memory"])),
    )


def test_from_which_size_shared_memory_pays():
    assert elsewhere(memory=(2e-3, 5e-4, 1e-4))[-1].startswith(
        "From 1 MiB on, of the sizes measured, shared memory pays: 2.0"
    )


def test_a_size_from_which_it_does_not_stay_is_none():
    assert elsewhere(memory=(1e-4, 2e-3, 1e-4))[-1].startswith("From 16 MiB on")


def test_where_shared_memory_never_pays():
    assert elsewhere(memory=(2e-3, 2e-3, 2e-3))[-1].startswith("At 16 MiB, shared memory is slower than the queue: 0.5")


def growth(*costs, noise=0.02):
    some = [
        measurement(cost, "growth", parameters={"items": 10**power}, noise=noise) for power, cost in enumerate(costs, 3)
    ]
    (sentence,) = said(*some)
    return sentence


def test_whether_the_cost_of_an_item_grows():
    assert growth(1e-5, 1e-5, 1e-5).startswith("The cost of an item from 1,000 to 100,000 waiting items is flat: ")
    assert "1,000 to 10,000 waiting items grows: it is not flat: " in growth(1e-5, 1e-4)
    assert "1,000 to 10,000 waiting items falls: 0." in growth(1e-4, 1e-5)
    assert "too wide to call it flat" in growth(1e-5, 1.01e-5, noise=0.9)


def test_what_maxsize_costs():
    found = said(
        sized(100, 1e-5, noise=0.02),
        *(
            measurement(cost, "maxsize", parameters={"maxsize": size}, noise=0.02)
            for size, cost in ((1, 3e-5), (10, 1e-5))
        ),
    )

    assert found[0].startswith("With maxsize 1, a small item costs 3.0")
    assert found[1] == "With maxsize 10, no cost beyond the noise was measured."


def test_what_a_timeout_costs():
    base = sized(100, 1e-5, noise=0.02)
    (found,) = said(base, measurement(3e-5, "timeout", noise=0.02))

    assert found.startswith("With a timeout for get(), a small item costs ")
    assert said(base, measurement(1e-5, "timeout", noise=0.02)) == []


def test_what_a_kind_costs():
    (found,) = said(
        sized(100, 1e-5, noise=0.02), measurement(3e-4, "kind", parameters={"kind": "Manager.Queue"}, noise=0.02)
    )

    assert found.startswith("A small item by Manager.Queue costs 3") and found.endswith(" as much as by Queue.")


def test_that_put_returns_before_the_item_is_there():
    words = {"workload": "hand over", "parameters": {"size": 1 << 20}, "noise": 0.001}
    found = said(measurement(5e-6, quantity="put", **words), measurement(1e-3, quantity="acknowledged", **words))

    sentence = r"put\(\) of 1 MiB returns after (4\.99|5\.0\d?) µs; .* has acknowledged it after [\d.]+ m?µ?s\."
    assert re.fullmatch(sentence, *found)


def test_latency_start_crowds_and_memory():
    words = {"noise": 0.001}
    found = said(
        measurement(5e-5, "round trip", "p50", **words),
        measurement(1e-3, "round trip", "p99", **words),
        measurement(1e-5, "crowd", parameters={"producers": 1, "consumers": 1}, **words),
        measurement(2e-5, "crowd", parameters={"producers": 4, "consumers": 4}, **words),
        measurement(0.1, "start", "first item", **words),
        measurement(
            2.0 * (1 << 24), "memory", "peak of the producer", parameters={"size": 1 << 24}, unit=BYTES, **words
        ),
    )

    assert [sentence.partition(" ")[0] for sentence in found] == ["A", "4", "Under", "While"]
    assert found[1].startswith("4 producers, 4 consumers pass 0.50x")
    assert "2.0 times its size" in found[3]


def test_how_it_compares_with_the_standard_library():
    found = said(
        beside(sized(100, 3e-5, noise=0.02), **{STANDARD: 1e-5}),
        beside(sized(1 << 20, 1e-3, noise=0.02), **{STANDARD: 2e-3}),
        beside(sized(1 << 24, 1e-3, noise=0.02), **{STANDARD: 1e-3}),
    )

    assert found[0].startswith("Compared with multiprocessing, 1 of 3 figures is cheaper: transfer of 1 MiB 0.5")
    assert found[1].startswith("Compared with multiprocessing, 1 of 3 figures is dearer: transfer of 100 B ")


@pytest.mark.parametrize(("noise", "words"), [(0.01, "it does little else"), (0.5, "intervals are wide")])
def test_the_noise_of_the_machine_is_said(noise, words):
    (found,) = said(measurement(5e-3, "machine", "time", "loop", noise=noise))

    assert found.startswith("Noise of this machine: ") and found.endswith(f"{words}.")


def test_where_reading_the_clock_counts():
    words = {"workload": "hand over", "quantity": "put", "noise": 0.001}
    (found,) = said(
        measurement(2e-6, parameters={"size": 100}, **words),
        measurement(2e-4, parameters={"size": 1 << 20}, **words),
        measurement(5e-8, "machine", "time", "clock", noise=0.001),
    )

    assert found.endswith("more than 1 % of: put of 100 B.")


def test_nothing_measured_means_nothing():
    assert said() == []
    assert said(measurement(None, problem="it hung")) == []


def test_a_whole_run_has_answers():
    assert len([*answers(whole())]) >= 4
