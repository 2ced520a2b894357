"""What crosses the channel: plain values as they are, everything else as a stand-in that can be handed back."""

import pytest
import runs
import stage_roles
from hypothesis import given, settings
from hypothesis import strategies as st
from runs import METHOD
from stages import PATH

from queuespec.actors import protocol
from queuespec.actors.protocol import Opaque
from queuespec.stage import Settings, Stage, SuiteError, calls, made

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(0, 50).map(lambda bits: 1 << bits * 40)
    | st.floats()
    | st.complex_numbers()
    | st.text(st.characters())
    | st.text(st.characters(categories=["Cs"]))
    | st.binary()
)
HASHABLE = st.recursive(SCALARS, lambda inner: st.tuples(inner) | st.frozensets(inner), max_leaves=5)
PLAIN = st.recursive(
    HASHABLE | st.binary().map(bytearray) | st.sets(HASHABLE),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(HASHABLE, inner),
    max_leaves=15,
)


def shape(value):
    """The value with the type of each part, in words: not a number is then equal to itself."""
    kind = type(value).__name__
    if isinstance(value, (set, frozenset)):
        return kind, sorted(map(repr, map(shape, value)))
    if isinstance(value, dict):
        return kind, [(shape(key), shape(entry)) for key, entry in value.items()]
    if isinstance(value, (list, tuple)):
        return kind, [shape(entry) for entry in value]
    return kind, repr(value)


@pytest.fixture(scope="module")
def echoing(supervisor):
    """A stage that these tests share."""
    stage = Stage(Settings("multiprocessing", runs.judged_python, PATH, patience=20.0), METHOD, supervisor)
    yield stage
    stage.leave()


@settings(max_examples=60)
@given(value=PLAIN)
def test_plain_values_cross_as_they_are_both_ways(echoing, value):
    assert shape(echoing.parent.plays(stage_roles.echo, value)) == shape(value)


@pytest.mark.parametrize("name", stage_roles.ODD)
def test_anything_else_can_be_handed_back_and_is_the_same_object(new_stage, name):
    stage = new_stage(METHOD)
    parent = stage.parent

    stand_in = parent.plays(stage_roles.make_odd, name)
    nested = parent.plays(stage_roles.nest, stand_in, name)

    assert isinstance(stand_in, Opaque)
    assert nested == [{"key": (stand_in, stand_in)}]
    assert parent.plays(stage_roles.is_the_same, stand_in, name)
    assert parent.plays(stage_roles.is_the_same, nested[0]["key"][1], name=name)
    assert stand_in.repr in calls.in_words([stand_in]) + calls.in_words(stand_in)
    stage.tidy()
    assert stage.clean


def test_another_process_gets_the_stand_in(new_stage):
    stage = new_stage(METHOD)
    queue = stage.make_queue("Queue")
    child = stage.make_child(queue)

    lock = stage.parent.plays(stage_roles.make_odd, "lock")
    child.put(lock)

    assert queue.get() == lock


def test_a_queue_may_return_what_is_not_plain(new_stage):
    stage = new_stage(METHOD)
    queue = stage.make_queue("Queue")

    queue.put(bytearray(b"a"))
    queue.put(2j)
    queue.put(made(stage_roles.make_odd, "complex"))
    queue.put(made(stage_roles.make_odd, "IntEnum"))

    assert queue.get() == bytearray(b"a")
    assert queue.get() == 2j
    assert queue.get().repr == "<class 'complex'>"
    assert queue.get().type == "stage_roles.Number"


def test_cyclic_values_cross_as_they_are(echoing):
    cyclic = echoing.parent.plays(stage_roles.grow, "a", 3)

    assert cyclic[3]["cyclic"] is cyclic

    again = echoing.parent.plays(stage_roles.echo, cyclic)

    assert again[3]["cyclic"] is again
    assert again[:3] == ["a"] * 3


HUGE = {
    "str": lambda: "a" * 10_000_000,
    "bytearray": lambda: bytearray(10_000_000),
    "list": lambda: list(range(1_000_000)),
    "int": lambda: 1 << 10_000_000,
}


@pytest.mark.parametrize("kind", HUGE)
def test_huge_values_cross_as_they_are(echoing, kind):
    huge = HUGE[kind]()

    echo = echoing.parent.plays(stage_roles.echo, huge)

    assert (echo == huge) is True


@pytest.mark.parametrize("depth", [100, 700, 850, 900, 950, 990, 1_000, 2_000, 100_000])
def test_what_is_nested_crosses_in_some_way_and_can_be_handed_back(echoing, depth):
    value = echoing.parent.plays(stage_roles.nested, depth)

    again = echoing.parent.plays(stage_roles.echo, value)

    assert type(again) is type(value)


def test_what_is_raised_may_be_as_odd_as_it_likes(echoing):
    raising = echoing.parent.begins(stage_roles.raise_odd)

    assert raising.raises(Exception).remote_repr == "told oddly"
    assert "raise_odd" in raising.error.remote_traceback


def test_too_long_a_value_is_replaced_as_a_whole(new_stage, monkeypatch):
    stage = new_stage(METHOD)
    stage.parent.plays(stage_roles.limit_messages, 1000)
    monkeypatch.setattr(protocol, "LARGEST_MESSAGE", 1000)
    stage.clean = False

    value = stage.parent.plays(stage_roles.long_text, 1000)

    assert value.type == "builtins.str"
    assert value.repr.startswith("'xxxx")
    assert stage.parent.plays(stage_roles.echo, value) == value
    with pytest.raises(SuiteError, match="too long for the channel"):
        stage.parent.plays(stage_roles.echo, "a" * 1000)
