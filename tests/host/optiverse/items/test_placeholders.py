"""An item that the host can't show is a box on the canvas, and the host doesn't count it as an item."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PyQt6 import sip
from PyQt6.QtCore import QPointF

from optiverse_collab.core.records import Put, Remove, Set
from optiverse_collab.host.optiverse.adapter import OptiverseHost
from optiverse_collab.host.optiverse.items.placeholders import Placeholder
from tests.helpers import optiverse_user
from tests.helpers.optiverse_user import clear
from tests.helpers.optiverse_window import window_of

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]


@pytest.fixture
def host(window: Any) -> Iterator[OptiverseHost]:
    window.log_service.clear()
    host = OptiverseHost(window)
    host.apply([Put("robot", "robot", {"pos": [40.0, 30.0], "arms": 2})])
    yield host
    host.close()
    clear(window)


def boxes(host: OptiverseHost) -> list[Placeholder]:
    return [item for item in window_of(host).scene.items() if isinstance(item, Placeholder)]


def test_it_stands_where_others_put_the_item(host: OptiverseHost) -> None:
    (box,) = boxes(host)
    host.apply([Set("robot", {"pos": [50.0, -30.0]})])
    assert boxes(host) == [box]
    assert (box.pos().x(), box.pos().y()) == (50.0, -30.0)
    assert "robot" in box.toolTip()
    host.apply([Set("robot", {}, ["pos"])])
    assert boxes(host) == []


def test_it_is_drawn(host: OptiverseHost) -> None:
    view = window_of(host).view
    view.centerOn(40.0, 30.0)
    with_it = view.grab().toImage()
    host.apply([Remove("robot")])
    assert boxes(host) == []
    assert view.grab().toImage() != with_it


def test_it_is_in_the_way_of_nothing(host: OptiverseHost) -> None:
    user = optiverse_user.User(window_of(host))
    lens = user.place("lens", 40.0, 30.0)
    user.select(lens)
    user.drag(lens, 30, 0)
    assert lens.pos() == QPointF(70.0, 30.0)
    saved = window_of(host).file_controller.file_manager.serialize_scene()
    assert "robot" not in str(saved)
    assert [item["_type"] for item in saved["items"]] == ["component"]


def test_it_makes_place_for_what_can_be_shown(host: OptiverseHost) -> None:
    host.apply([Put("robot", "source", {"pos": [1.0, 2.0]})])
    assert boxes(host) == []
    assert "robot" in host._bench.items
    host.apply([Put("robot", "robot", {"pos": [1.0, 2.0]})])
    assert len(boxes(host)) == 1


def test_it_goes_with_the_bench(host: OptiverseHost) -> None:
    window_of(host).file_controller.file_manager.load_from_data(optiverse_user.EMPTY)
    assert boxes(host) == []
    host.apply([Put("robot", "robot", {"pos": [1.0, 2.0]})])
    for box in boxes(host):
        sip.delete(box)  # like the host; `scene.clear` would delete helpers of its window, too
    host.apply([Set("robot", {"pos": [3.0, 4.0]})])
    assert [box.pos() for box in boxes(host)] == [QPointF(3.0, 4.0)]
    host.close()
    assert boxes(host) == []
