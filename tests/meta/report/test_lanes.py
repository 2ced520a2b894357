"""The calls as a picture: each actor in its lane, in the order of time, what blocked and what died marked."""

import xml.etree.ElementTree

from queuespec.report.lanes import HEAD, LANE, MOST_LANES, SLOT, svg

ROWS = [
    (0.001, "parent", "Queue()", "returned None", 0.0003),
    (0.002, "parent", "start of child", "returned 4711", 0.001),
    (0.02, "child", "get()", "returned 'late'", 0.03),
    (0.03, "parent", "put('late')", "raised Full()", 0.0005),
    (0.06, "child", "get()", "still running", None),
]


def drawn(rows):
    """Each call: its style, the place of its box and its texts; and the elements of the picture."""
    root = xml.etree.ElementTree.fromstring(svg(rows))
    boxes = []
    for group in root.iter("g"):
        box = group.find("rect")
        place = tuple(float(box.get(name)) for name in ("x", "y", "height"))
        boxes.append((group.get("class"), place, [one.text for one in group.iter("text")]))
    return boxes, root


def test_an_actor_has_a_lane_and_later_calls_are_lower():
    boxes, root = drawn(ROWS)

    assert [one.text for one in root.iter("text") if one.get("class") == "actor"] == ["parent", "child"]
    assert len({x for _, (x, _, _), _ in boxes}) == 2
    assert [y for _, (_, y, _), _ in boxes] == sorted(y for _, (_, y, _), _ in boxes)
    assert boxes[2][1][0] - boxes[0][1][0] == LANE
    assert [texts for _, _, texts in boxes][3] == ["put('late')", "raised Full()"]


def test_a_call_spans_what_others_do_in_the_meantime():
    boxes, _ = drawn(ROWS)

    assert [look for look, _, _ in boxes] == ["done", "done", "waited", "raised", "blocked"]
    (_, (_, y, height), _), (_, (_, inside, _), _) = boxes[2:4]
    assert y < inside < y + height
    assert height == 4 * SLOT - 4


def test_a_call_that_never_ended_reaches_the_end_and_says_so():
    boxes, root = drawn(ROWS)
    *_, (look, (_, y, height), texts) = boxes

    assert (look, texts) == ("blocked", ["get()", "still running"])
    assert y + height + 4 >= HEAD + SLOT * 10
    assert float(root.get("height")) > y + height


def test_what_died_and_what_left_has_a_cross():
    rows = [(0, "child", "leaves (return)", "returned None", 0), (1, "thread", "get()", "ended with exit code 1", None)]

    boxes, root = drawn(rows)

    assert [look for look, _, _ in boxes] == ["done", "dies"]
    assert sum(one.get("class") == "cross" for one in root.iter("path")) == 2


def test_a_start_leads_to_the_lane_that_it_starts():
    _, root = drawn(ROWS)

    assert sum(one.get("class") == "starts" for one in root.iter("path")) == 1


def test_odd_rows_are_drawn_all_the_same():
    assert svg([]) == ""
    rows = [
        (1e308, "<b>", "x" * 5000, "\u202e</svg>", -1.0),
        (float("-inf"), "", "\x1b[31m", "\ud800", float("inf")),
        *((number, f"child {number}", "get()", "still running", None) for number in range(500)),
    ]

    for some in (rows, rows[:5]):
        text = svg(some)
        root = xml.etree.ElementTree.fromstring(text)
        assert text.isprintable()
        assert float(root.get("width")) <= LANE * (MOST_LANES + 1)
    assert "<b>" not in svg(rows[:2])
