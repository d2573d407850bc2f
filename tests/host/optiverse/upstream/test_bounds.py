"""Qt forgets an item of the host's that is removed, whatever changed its bounding rectangle before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QColor, QPixmap
from PyQt6.QtWidgets import QGraphicsScene, QGraphicsView

from optiverse_collab.host.optiverse.upstream.bounds import repair_bounds
from optiverse_collab.host.optiverse.upstream.item_names import item_names
from tests.helpers import user_input
from tests.helpers.optiverse_user import PLAIN, move

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]

Change = Callable[[Any], object]
BENCH = QRectF(-1000.0, -1000.0, 2000.0, 2000.0)
DEPTH = 8
"""Cuts the bench into 256 places, each 125 mm wide and high."""
MIRROR = {"x1_mm": 0.0, "y1_mm": -10.0, "x2_mm": 0.0, "y2_mm": 10.0, "element_type": "mirror"}


@pytest.fixture
def scene(qapp: Any) -> QGraphicsScene:
    """A bench without a window, which Qt cuts into small places."""
    repair_bounds()
    scene = QGraphicsScene(BENCH)
    scene.setBspTreeDepth(DEPTH)
    return scene


def angle() -> Any:
    angle_class: Any = item_names().AngleMeasureItem
    return angle_class(QPointF(), QPointF(400.0, 0.0), QPointF(0.0, 400.0))


def path() -> Any:
    path_class: Any = item_names().PathMeasureItem
    return path_class([[0.0, 0.0], [400.0, 0.0]], 0.0, 1.0, 0)


def drag_end(item: Any) -> None:
    """Drag whatever is 400 mm to the right of the centre that is nearest to it."""
    view = QGraphicsView(item.scene())
    view.resize(2100, 2100)
    view.show()
    viewport = view.viewport()
    assert viewport is not None
    user_input.press(viewport, view.mapFromScene(400.0, 0.0))
    move(viewport, view.mapFromScene(20.0, 0.0), PLAIN)
    view.close()


CHANGES: dict[str, tuple[Callable[[], Any], Change]] = {
    "angle drawn": (angle, lambda item: item.set_point2(QPointF(0.0, 20.0))),
    "angle dragged": (angle, drag_end),
    "angle undone": (angle, lambda item: item.apply_state({"point1": [20.0, 0.0]})),
    "path shortened": (path, lambda item: item.set_target_length(20.0)),
    "path dragged": (path, drag_end),
    "path undone": (path, lambda item: item.apply_state({"end_param": 0.1})),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_measure_is_forgotten(name: str, scene: QGraphicsScene) -> None:
    make, change = CHANGES[name]
    assert is_forgotten(scene, make(), change)


@pytest.mark.parametrize("change", ["hide", "lose its image"])
def test_a_changed_component_is_forgotten(change: str, scene: QGraphicsScene, tmp_path: Path) -> None:
    component = with_image(tmp_path)
    change_it = {"hide": lambda item: item.hide(), "lose its image": lose_image}[change]
    assert is_forgotten(scene, component, change_it)


def test_a_missing_image_takes_no_clicks(qapp: Any, tmp_path: Path) -> None:
    component = with_image(tmp_path)
    lose_image(component)
    without = component.shape()
    component.params.image_path = str(tmp_path / "missing.png")
    component._maybe_attach_sprite()
    assert component.shape() == without


def with_image(folder: Path) -> Any:
    """A component 600 mm high; all of it is image, except for 20 mm in the middle."""
    image = QPixmap(60, 60)
    image.fill(QColor("red"))
    file = folder / "image.png"
    assert image.save(str(file))
    data = {"_type": "component", "image_path": str(file), "object_height_mm": 600.0, "interfaces": [MIRROR]}
    return item_names().deserialize_item(data)


def lose_image(component: Any) -> None:
    component.params.image_path = None
    component._maybe_attach_sprite()
    component._update_geom()


def is_forgotten(scene: QGraphicsScene, item: Any, change: Change) -> bool:
    """Whether Qt no longer knows an item that changes on the bench and is then removed."""
    scene.addItem(item)
    assert is_found(scene, item)
    change(item)
    scene.removeItem(item)
    return not is_found(scene, item)


def is_found(scene: QGraphicsScene, item: Any) -> bool:
    """Whether Qt finds an item anywhere in a scene, even a hidden one."""
    item.setVisible(True)
    return item in scene.items(scene.sceneRect())
