"""Another bench than the window's, in a separate scene."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtGui import QPainterPath

from optiverse_collab.core.records import Record
from optiverse_collab.host.pictures import limit, stack
from optiverse_collab_demo.model import Bench
from optiverse_collab_demo.scene import BenchScene
from optiverse_collab_demo.theme import Theme


class DemoPicture:
    """Implements `optiverse_collab.host.api.Picture`.

    Args:
        theme: in which colours.

    Attributes:
        scene: see `Picture`.
    """

    def __init__(self, theme: Theme) -> None:
        self._bench = Bench()
        self._shown: dict[str, Record] = {}
        self.scene = BenchScene(self._bench)
        self._bench.setParent(self.scene)
        self.scene.set_theme(theme)

    def show(self, records: Mapping[str, Record]) -> None:
        gone = [id for id, old in self._shown.items() if id not in records or records[id].kind != old.kind]
        self._bench.remove(gone)
        for id, record in records.items():
            if id in gone or self._shown.get(id) != record:
                self._bench.put(id, record.kind, record.props)
        self._shown = dict(records)
        stack([shown for id in records if (shown := self.scene.graphics(id)) is not None])
        self.scene.update_light()
        limit(self.scene, self.scene.extent())

    def outline(self, id: str) -> QPainterPath | None:
        return self.scene.outline(id)
