"""Which items of a window are the bench."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QFileDialog

from tests.helpers.optiverse_session import Participant, differences, notice, rest, truth
from tests.helpers.wire import Wire

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]

Session = tuple[Wire, Participant, Participant]


def test_file_imported_twice_is_there_twice_for_everybody(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The host gives the items of both the same ids."""
    wire, ann, bob = session
    path = tmp_path / "telescope.json"
    ann.user.place("lens", 0.0, 0.0)
    ann.user.draw("ruler", (0.0, 50.0), (60.0, 50.0))
    rest(wire, ann, bob)
    path.write_text(json.dumps(ann.saved()), "utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args, **kwargs: (str(path), ""))
    for count in (4, 6):
        ann.window.act_import_as_layer.trigger()
        notice(wire, ann, bob)
        assert len(truth(wire)) - len(ann.panel.groups()) == count
        assert len(ann.user.items() + ann.user.drawn()) == len(bob.user.items() + bob.user.drawn()) == count
        assert differences(wire, ann, bob) == []
    moved = bob.user.items()[1]
    bob.user.select(moved)
    bob.user.drag(moved, 30, 40)
    rest(wire, ann, bob)
    assert ann.item(moved.item_uuid).pos() == moved.pos()
    assert differences(wire, ann, bob) == []
