"""Every item on the canvas has an outline, on the bench and in pictures."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPointF

from optiverse_collab.core.records import Put, Record
from optiverse_collab.host.optiverse.adapter import OptiverseHost

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]


@pytest.mark.parametrize("interfaces", [[], None])
def test_component_without_interfaces_has_an_outline(host: OptiverseHost, interfaces: object) -> None:
    """It is drawn as a dashed box; the host gives it an empty shape, since nothing of it can be clicked."""
    bare = Record("bare", "component", {"pos": [30.0, 40.0], "name": "Bare", "interfaces": interfaces})
    host.apply([Put(bare.id, bare.kind, bare.props)])
    picture = host.picture()
    picture.show({"bare": bare})
    for outline in (host.outline("bare"), picture.outline("bare")):
        assert outline is not None
        assert outline.boundingRect().contains(QPointF(30.0, 40.0))
        assert outline.boundingRect().width() > 1.0
    picture.scene.deleteLater()
