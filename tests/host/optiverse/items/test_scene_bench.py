"""The items of a window that belong to the bench."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtWidgets import QFileDialog

from tests.helpers.optiverse_drawing import Drawing
from tests.helpers.optiverse_session import Participant, differences, rest
from tests.helpers.optiverse_user import clear
from tests.helpers.wire import Wire

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]


def test_items_of_one_id_are_there_twice_for_everybody(
    windows: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before she shares her bench, Ann imports the open file: the host gives both copies the same ids."""
    wire = Wire()
    for window in windows[:2]:
        clear(window)
    user = Drawing(windows[0])
    user.place("lens", 0.0, 0.0)
    user.draw("ruler", (0.0, 50.0), (60.0, 50.0))
    path = tmp_path / "telescope.json"
    path.write_text(json.dumps(windows[0].file_controller.file_manager.serialize_scene()), "utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args, **kwargs: (str(path), ""))
    windows[0].act_import_as_layer.trigger()
    assert len({item.item_uuid for item in user.items()}) == 1
    ann, bob = (Participant(wire, name, windows[i]) for i, name in enumerate(("ann", "bob")))
    try:
        rest(wire, ann, bob)
        for one in (ann, bob):
            assert (len(one.user.items()), len(one.user.drawn("ruler"))) == (2, 2)
        moved = bob.user.items()[1]
        bob.user.select(moved)
        bob.user.drag(moved, 30, 40)
        rest(wire, ann, bob)
        assert ann.item(moved.item_uuid).pos() == moved.pos()
        assert differences(wire, ann, bob) == []
    finally:
        for one in (ann, bob):
            one.host.close()
