"""Items of another bench in a picture: what they look like there, and that the window notices nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PyQt6.QtCore import QPointF
from PyQt6.QtWidgets import QGraphicsPathItem, QGraphicsView

from optiverse_collab.core.records import Record
from optiverse_collab.host.optiverse.adapter import OptiverseHost
from optiverse_collab.host.optiverse.picture import OptiversePicture
from tests.helpers.optiverse_drawing import Drawing
from tests.helpers.optiverse_panel import Panel
from tests.helpers.optiverse_user import events
from tests.helpers.optiverse_window import window_of

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]

Bench = dict[str, Record]


@pytest.fixture
def user(host: OptiverseHost) -> Drawing:
    """Has a source, a lens, a ruler and a measure of a ray on the bench."""
    user = Drawing(window_of(host))
    user.place("source", 0.0, 0.0)
    user.place("lens", 100.0, 0.0)
    user.draw("ruler", (0.0, 50.0), (60.0, 50.0))
    user.retrace()
    user.measure()
    return user


@pytest.fixture
def picture(host: OptiverseHost, user: Drawing) -> Iterator[OptiversePicture]:
    """A picture in a view inside the main window, where the host's items take it for their window."""
    made = host.picture()
    view = QGraphicsView(made.scene, host.window)
    yield made
    view.deleteLater()
    made.scene.deleteLater()


def with_props(bench: Bench, kind: str, **props: Any) -> Bench:
    """The bench, with these properties in every record of a kind."""
    return {
        id: Record(id, one.kind, {**one.props, **props}) if one.kind == kind else one
        for id, one in bench.items()
    }


def id_of(bench: Bench, kind: str) -> str:
    return next(id for id, one in bench.items() if one.kind == kind)


def centre(picture: OptiversePicture, id: str) -> QPointF:
    outline = picture.outline(id)
    assert outline is not None
    return outline.boundingRect().center()


def is_seen(picture: OptiversePicture, id: str) -> bool:
    shown = {getattr(item, "item_uuid", None) for item in picture.scene.items() if item.isVisible()}
    return id in shown


def traces_of(window: Any, host: OptiverseHost) -> dict[str, object]:
    """What a change of the bench would leave somewhere in the window."""
    return {
        "records": host.records(),
        "title": window.windowTitle(),
        "file": (window.isWindowModified(), window.file_controller.saved_file_path),
        "undo": (window.undo_stack.can_undo(), len(window.undo_stack._undo_stack)),
        "selection": [item.item_uuid for item in window.scene.selectedItems()],
        "items": len(window.scene.items()),
        "groups": Panel(window).groups(),
    }


def test_the_window_notices_nothing(host: OptiverseHost, user: Drawing, picture: OptiversePicture) -> None:
    window = window_of(host)
    events()
    bench, before = host.records(), traces_of(window, host)
    window.magnetic_snap = True
    group = Record("group", "group", {"name": "G", "locked": True, "visible": False})
    for x_mm in (3.0, 3.5, 4.0):
        other = with_props(bench, "component", pos=[x_mm, 0.0], locked=True, parent="group")
        picture.show({**other, "group": group})
        events()
    picture.show({})
    events()
    assert traces_of(window, host) == before


def test_items_are_exactly_where_the_record_says(
    host: OptiverseHost, user: Drawing, picture: OptiversePicture
) -> None:
    """Neither a lock nor the magnet holds them."""
    window_of(host).magnetic_snap = True
    bench = host.records()
    id, source = id_of(bench, "component"), id_of(bench, "source")
    picture.show(with_props(bench, "component", locked=True))
    at = centre(picture, id)
    x_mm, y_mm = bench[id].props["pos"]
    beside = bench[source].props["pos"][1] + 0.5
    picture.show(with_props(bench, "component", locked=True, pos=[x_mm + 7.0, beside]))
    assert (centre(picture, id) - at).x() == pytest.approx(7.0)
    assert (centre(picture, id) - at).y() == pytest.approx(beside - y_mm)


def test_measure_lies_along_its_ray(host: OptiverseHost, user: Drawing, picture: OptiversePicture) -> None:
    """Without its ray, it is left out: the host would draw it somewhere else."""
    bench = host.records()
    id = id_of(bench, "path_measure")
    picture.show(bench)
    at = centre(picture, id)
    x_mm, y_mm = bench[id_of(bench, "source")].props["pos"]
    picture.show(with_props(bench, "source", pos=[x_mm, y_mm + 30.0]))
    assert centre(picture, id).y() - at.y() == pytest.approx(30.0, abs=1.0)
    picture.show({key: one for key, one in bench.items() if one.kind != "source"})
    assert not is_seen(picture, id)


def test_hidden_layer_is_hidden(host: OptiverseHost, user: Drawing, picture: OptiversePicture) -> None:
    """With everything in it, and no light leaves its sources. 0.2 has no layers, and shows it."""
    has_layers = Panel(window_of(host)).has_layers
    bench = host.records()
    source, lens = id_of(bench, "source"), id_of(bench, "component")
    for visible in (True, False, True):
        group = Record("group", "group", {"name": "G", "visible": visible})
        picture.show({**with_props(bench, "source", parent="group"), "group": group})
        assert is_seen(picture, source) is (visible or not has_layers)
        assert (picture.outline(source) is not None) is (visible or not has_layers)
        assert is_seen(picture, lens)
        rays = [item for item in picture.scene.items() if isinstance(item, QGraphicsPathItem)]
        assert bool(rays) is (visible or not has_layers)


def test_what_only_moves_is_the_same_object(
    host: OptiverseHost, user: Drawing, picture: OptiversePicture
) -> None:
    def items() -> dict[str, Any]:
        found = {getattr(item, "item_uuid", None): item for item in picture.scene.items()}
        return {id: found[id] for id in bench if bench[id].kind != "path_measure"}

    bench = host.records()
    picture.show(bench)
    before = items()
    picture.show(with_props(bench, "component", pos=[20.0, 30.0]))
    assert items() == before
