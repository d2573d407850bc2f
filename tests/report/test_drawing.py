"""Things, arrows, labels and the legend of a picture."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

from optiverse_collab.core.records import Record
from optiverse_collab.report.drawing import BOARD, COLOURS, DASHES, GHOST, Drawing
from optiverse_collab.report.frame import Frame
from optiverse_collab.report.things import Fate, Thing, things
from tests.helpers.reports import component

SVG = "{http://www.w3.org/2000/svg}"
MILLIMETRES = Frame(0.0, 0.0, 1.0, 600.0)
"""1 px for each mm; the origin is at (50, 50)."""


class Drawn:
    """What is in a drawing.

    Attributes:
        paths: the attributes of each path with its title.
        texts: text → its attributes.
    """

    def __init__(self, drawing: Drawing) -> None:
        root = ElementTree.fromstring(drawing.written())
        self.paths = [
            {**one.attrib, "title": one.findtext(f"{SVG}title", "")} for one in root.iter(f"{SVG}path")
        ]
        self.texts = {one.text: one.attrib for one in root.iter(f"{SVG}text")}

    def titled(self, title: str) -> Iterator[dict[str, str]]:
        """The paths with this title."""
        return (path for path in self.paths if path["title"] == title)


def drawing() -> Drawing:
    """An empty one."""
    return Drawing(MILLIMETRES, "title")


def box(id: str, x: float, y: float, size: float = 20.0) -> Record:
    """An item that is drawn as a box."""
    return component(id, name=id, pos=[x, y], object_height_mm=size)


def thing(before: Record | None, after: Record | None) -> Thing:
    """What became of an item."""
    start, end = ({} if record is None else {"i": record} for record in (before, after))
    [found] = things(start, end)
    return found


def test_a_moved_thing_has_a_ghost_and_an_arrow() -> None:
    made, moved = drawing(), thing(box("M3", 0, 0), box("M3", 100, -50))
    made.ghost(moved)
    made.thing(moved)
    drawn = Drawn(made)
    ghost, now = drawn.titled("M3")
    assert (ghost["stroke"], ghost["stroke-dasharray"]) == (GHOST, DASHES)
    assert ghost["d"] == "M40 60L60 60L60 40L40 40Z"
    assert (now["stroke"], now["d"]) == (COLOURS[Fate.MOVED], "M140 110L160 110L160 90L140 90Z")
    [arrow] = drawn.titled("")
    assert arrow["d"].startswith("M50 50L150 100M")


def test_a_turned_thing_has_no_arrow() -> None:
    made = drawing()
    made.ghost(thing(box("M3", 0, 0), box("M3", 0, 2)))
    assert len(Drawn(made).paths) == 1


def test_removed_and_added_things() -> None:
    made = drawing()
    for one in (
        thing(box("old", 0, 0), None),
        thing(None, box("new", 0, 0)),
        thing(box("x", 0, 0), box("x", 0, 0)),
    ):
        made.ghost(one)
        made.thing(one)
    old, new, same = Drawn(made).paths
    assert (old["title"], old["stroke"], old["stroke-dasharray"]) == ("old", COLOURS[Fate.REMOVED], DASHES)
    assert (new["title"], new["stroke"]) == ("new", COLOURS[Fate.ADDED])
    assert (same["title"], same["stroke"]) == ("x", COLOURS[Fate.SAME])


def test_small_things_are_dots_and_large_ones_are_pale() -> None:
    made = drawing()
    for record in (box("tiny", 0, 0, 1.0), box("board", 0, 0, 300.0)):
        made.thing(thing(record, record))
    mirror = component("m", pos=[0, 0], interfaces=[{"element_type": "mirror"}])
    made.thing(thing(mirror, mirror))
    tiny, board, line = Drawn(made).paths
    assert (tiny["d"], tiny["stroke-width"]) == ("M50 50h.1", "5")
    assert board["stroke"] == BOARD
    assert line["stroke-width"] == "3"


def test_dots_at_one_place_are_one() -> None:
    made = drawing()
    same = [thing(record, record) for record in (box("a", 0, 0), box("b", 1, 1), box("c", 100, 0))]
    made.dots([thing(None, box("d", 0, 0)), *same])
    unchanged, added = Drawn(made).paths
    assert (unchanged["stroke"], unchanged["d"]) == (BOARD, "M50 50h.1M150 50h.1")
    assert (added["stroke"], added["d"]) == (COLOURS[Fate.ADDED], "M50 50h.1")


def test_names_stand_beside_things_where_there_is_room() -> None:
    made = drawing()
    crowd = [thing(None, box(f"M{number}", 100.0, -100.0)) for number in range(10)]
    nameless = thing(None, component("n", pos=[0, 0]))
    board = thing(box("board", 300, -300, 200), box("board", 300, -300, 200))
    missed = made.label([*crowd, nameless, board])
    texts = Drawn(made).texts
    assert len(texts) == 11 - missed
    assert 4 <= missed < 10
    assert texts["M0"]["fill"] == COLOURS[Fate.ADDED]
    assert abs(float(texts["board"]["x"]) - 350) < 10


def test_the_legend_names_the_colours_that_are_there() -> None:
    made = drawing()
    made.legend([thing(None, box("a", 0, 0)), thing(box("b", 0, 0), box("b", 0, 9))])
    assert list(Drawn(made).texts) == ["moved or turned", "added", "200 mm"]
