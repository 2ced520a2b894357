"""What actors record is read as it was written."""

import math

from hypothesis import given
from hypothesis import strategies as some

from queuespec.explore.history import Step
from queuespec.explore.records import _value, read
from queuespec.explore.scenario import Operation


@given(some.none() | some.booleans() | some.integers() | some.text() | some.floats(allow_nan=False))
def test_a_value_is_read_as_it_was_written(value):
    found = _value(ascii(value))

    assert (type(found), found) == (type(value), value)
    assert not isinstance(value, float) or math.copysign(1, found) == math.copysign(1, value)


def test_a_step_that_has_not_ended_has_no_outcome(tmp_path):
    record = tmp_path / "record"
    record.write_text("0 10 put None\n0 12 returned None\n1 13 get 0.05\n2 1", encoding="utf-8")
    operations = (Operation("put", "a"), Operation("get", timeout=0.05))

    first, second = read(str(record), "parent", operations)

    assert (first.operation, first.begin, first.end, first.outcome, first.value) == (
        operations[0],
        10,
        12,
        "returned",
        None,
    )
    assert second == Step("parent", operations[1], 13)
    assert [step.operation.timeout for step in read(str(record), "parent", ())] == [None, 0.05]
    assert read(str(tmp_path / "none"), "parent", ()) == []
