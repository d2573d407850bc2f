"""Items that the host can't show are kept; if the host changed a kind, one sentence says it isn't shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import pytest

from optiverse_collab.convert import read_bench, records_from_bench
from optiverse_collab.core.records import Op, Put, Record, Remove, Set, put
from optiverse_collab.host.optiverse.adapter import OptiverseHost
from optiverse_collab.host.optiverse.items.placeholders import Placeholder
from optiverse_collab.host.optiverse.upstream import check
from optiverse_collab.host.optiverse.upstream.item_names import item_names
from optiverse_collab.host.optiverse.upstream.items import Ruler
from optiverse_collab.host.optiverse.upstream.version import knows_layers
from tests.helpers.optiverse_drawing import Drawing
from tests.helpers.optiverse_user import events
from tests.helpers.optiverse_window import window_of

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]

ITEMS = {
    "ruler": Record("ruler", "ruler", {"points": [[0.0, 5.0], [40.0, 5.0]]}),
    "text": Record("note", "text", {"text": "f = 50", "pos": [10.0, 40.0]}),
    "rectangle": Record("box", "rectangle", {"pos": [20.0, 30.0], "size_mm": [10.0, 5.0]}),
    "angle_measure": Record(
        "angle", "angle_measure", {"vertex": [5.0, 6.0], "point1": [9.0, 6.0], "point2": [5.0, 9.0]}
    ),
    "path_measure": Record("path", "path_measure", {"start_param": 0.25, "end_param": 0.75}),
    "source": Record("laser", "source", {"pos": [-40.0, 0.0]}),
    "component": Record("lens", "component", {"pos": [50.0, 0.0], "interfaces": []}),
}
PRIVATE = [
    ("ruler", "RulerItem", "_points"),
    ("rectangle", "RectangleItem", "_w"),
    ("rectangle", "RectangleItem", "_h"),
    ("angle_measure", "AngleMeasureItem", "_vertex"),
    ("angle_measure", "AngleMeasureItem", "_point1"),
    ("angle_measure", "AngleMeasureItem", "_point2"),
    ("path_measure", "PathMeasureItem", "_ray_index"),
    ("path_measure", "PathMeasureItem", "_label_prefix"),
]
PRIVATE_OF_03 = [("text", "TextNoteItem", "_owner_offset"), ("ruler", "RulerItem", "_locked")]


class ChangedRuler(Ruler, Protocol):
    """A ruler such as another version of the host may have."""

    _vertices: list[object]


def places(host: OptiverseHost) -> list[tuple[float, float]]:
    """The positions of the boxes."""
    boxes = [item for item in window_of(host).scene.items() if isinstance(item, Placeholder)]
    return sorted((box.x(), box.y()) for box in boxes)


def logged(host: OptiverseHost, *levels: str) -> list[str]:
    messages = window_of(host).log_service.get_messages(category="Collaboration")
    return [one.message for one in messages if one.level.name in levels]


def lacking(make: Callable[..., Any], name: str) -> Callable[..., Any]:
    """Make a function that creates items without an attribute."""

    def make_lacking(*args: Any) -> Any:
        item = make(*args)
        delattr(item, name)
        return item

    return make_lacking


def check_all_but(host: OptiverseHost, kind: str, *names: str) -> None:
    """Check that all is kept, and shown except for one kind, which one WARNING names."""
    twin = Record("twin", kind, ITEMS[kind].props)
    records = [*ITEMS.values(), twin]
    host.apply([put(record) for record in records])
    events()
    assert host.records() == {record.id: record for record in records}
    assert logged(host, "WARNING", "ERROR") == [
        f"Each {kind} by others is shown as a dashed box: in {host.name} it has no {', '.join(names)}, "
        "which live collaboration needs."
    ]
    shown = {item.item_uuid for item in window_of(host).scene.items() if hasattr(item, "item_uuid")}
    assert shown == {record.id for record in records if record.kind != kind}
    changes: list[Op] = [Set(record.id, {"future": 1}) for record in records]
    host.apply(changes)
    assert all(record.props["future"] == 1 for record in host.records().values())
    host.apply([Remove("twin")])
    assert "twin" not in host.records()
    assert len(logged(host, "WARNING", "ERROR")) == 1


@pytest.mark.parametrize(("kind", "of", "name"), PRIVATE + PRIVATE_OF_03)
def test_kind_without_an_attribute_becomes_boxes(
    host: OptiverseHost, monkeypatch: pytest.MonkeyPatch, kind: str, of: str, name: str
) -> None:
    if (kind, of, name) in PRIVATE_OF_03 and not knows_layers():
        pytest.skip("Optiverse 0.2 has no such attribute")
    cls = getattr(item_names(), of)
    monkeypatch.setattr(cls, "from_dict", staticmethod(lacking(cls.from_dict, name)))
    check_all_but(host, kind, name)


@pytest.mark.parametrize(
    ("kind", "name"),
    [("source", "_color"), ("source", "_ready"), ("component", "_ready"), ("source", "_locked")],
)
def test_optical_kind_without_an_attribute_becomes_boxes(
    host: OptiverseHost, monkeypatch: pytest.MonkeyPatch, kind: str, name: str
) -> None:
    cls: Any = item_names().TypeRegistry.get_class(kind)
    init = cls.__init__

    def init_lacking(item: Any, *args: Any, **kwargs: Any) -> None:
        init(item, *args, **kwargs)
        delattr(item, name)

    monkeypatch.setattr(cls, "__init__", init_lacking)
    check_all_but(host, kind, name)


def test_boxes_stand_where_the_items_would_be(host: OptiverseHost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(check.ITEMS, "ruler", ChangedRuler)
    host.apply([put(ITEMS["ruler"]), Put("far", "ruler", {"points": [[90.0, 80.0], [95.0, 80.0]]})])
    assert places(host) == [(0.0, 5.0), (90.0, 80.0)]
    host.apply([Set("far", {"points": [[91.0, 81.0], [95.0, 80.0]]})])
    assert places(host) == [(0.0, 5.0), (91.0, 81.0)]
    host.apply([Remove("far")])
    assert places(host) == [(0.0, 5.0)]


def test_own_item_becomes_a_box_when_others_edit_it(
    host: OptiverseHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until then, the change in the host affects nobody."""
    monkeypatch.setitem(check.ITEMS, "ruler", ChangedRuler)
    user = Drawing(window_of(host))
    mine, other = (user.draw("ruler", (0.0, y), (60.0, y)).item_uuid for y in (60.0, 90.0))
    before = host.records()
    assert set(before) == {mine, other}
    host.apply([Set(mine, {"points": [[1.0, 2.0], [3.0, 4.0]]})])
    assert host.records()[mine].props["points"] == [[1.0, 2.0], [3.0, 4.0]]
    assert host.records()[other] == before[other]
    assert [item.item_uuid for item in user.drawn("ruler")] == [other]
    assert places(host) == [(1.0, 2.0)]
    assert len(logged(host, "WARNING", "ERROR")) == 1
    for _ in range(3):
        user.undo()
    assert mine in host.records()


def test_copies_have_what_is_not_shown(
    host: OptiverseHost, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(check.ITEMS, "ruler", ChangedRuler)
    host.apply([put(record) for record in ITEMS.values()])
    path = tmp_path / "copy.json"
    host.save_copy(path)
    assert records_from_bench(read_bench(path)).records["ruler"].props["points"] == [[0.0, 5.0], [40.0, 5.0]]
