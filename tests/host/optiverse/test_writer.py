"""The cost of showing others' changes in a window: no more than the change needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from optiverse_collab.core.records import Put, Set
from optiverse_collab.host.optiverse.adapter import OptiverseHost
from optiverse_collab.host.optiverse.layers.panel import LATER_MS
from tests.helpers import user_input
from tests.helpers.optiverse_user import clear, events, wait_until
from tests.helpers.optiverse_window import window_of

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]

LENS = Put("lens", "component", {"pos": [0.0, 0.0], "name": "Lens", "interfaces": []})


@pytest.fixture
def drawn(window: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How often the layer panel was redrawn at our request."""
    times: list[str] = []
    monkeypatch.setattr(type(window), "_refresh_layer_panel", lambda self: times.append("drawn"))
    return times


@pytest.fixture
def host(window: Any, drawn: list[str]) -> Iterator[OptiverseHost]:
    host = OptiverseHost(window)
    host.apply([LENS])
    host.apply([Set("lens", {"name": "A lens"})])
    wait_until(lambda: drawn == ["drawn"])
    drawn.clear()
    yield host
    host.close()
    clear(window)


def test_a_move_does_not_redraw_the_layer_panel(host: OptiverseHost, drawn: list[str]) -> None:
    host.apply([Set("lens", {"pos": [1.0, 0.0], "angle_deg": 5.0})])
    user_input.wait(2 * LATER_MS)
    assert drawn == []
    host.apply([Set("lens", {"name": "L"})])
    wait_until(lambda: drawn == ["drawn"])


def test_a_change_by_others_gives_no_sign_of_an_edit(host: OptiverseHost) -> None:
    """Otherwise each of a thousand moves a second would be read and compared once more."""
    signs: list[str] = []
    events()
    user_input.wait(100)
    host.watch(signs.extend)
    host.apply([Set("lens", {"pos": [1.0, 0.0], "angle_deg": 5.0, "locked": True})])
    assert signs == []
    [item] = [item for item in window_of(host).scene.items() if getattr(item, "item_uuid", "") == "lens"]
    item.set_locked(False)
    item.setPos(2.0, 0.0)
    assert "lens" in signs


def test_a_value_that_cannot_be_shown_is_told_once(host: OptiverseHost) -> None:
    """And not again with each move of the item."""
    window_of(host).log_service.clear()
    host.apply([Set("lens", {"mm_per_pixel": "wide"})])
    host.apply([Set("lens", {"pos": [1.0, 0.0]})])
    told = [one.message for one in window_of(host).log_service.get_messages(category="Collaboration")]
    assert len([text for text in told if "mm_per_pixel" in text]) == 1
    assert host.records()["lens"].props["mm_per_pixel"] == "wide"
    assert host.records()["lens"].props["pos"] == [1.0, 0.0]
