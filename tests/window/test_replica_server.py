"""The data folder that a window makes from its replica: HOST-1."""

from __future__ import annotations

from pathlib import Path

import pytest

from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.records import Put
from optiverse_collab.errors import DiskError
from optiverse_collab.window.replica_server import FILE_NAME, continuation_of, make_folder
from optiverse_collab_server.storage.viewing import viewed
from tests.helpers.wire import LENS, Peer, Wire


def test_the_folder_has_the_session_without_unsent_edits(tmp_path: Path) -> None:
    """HOST-1: those are sent as after any absence."""
    wire, ann = Wire(), Peer("ann")
    wire.connect(ann)
    ann.edit(LENS)
    wire.settle()
    wire.lose(ann)
    ann.edit(Put("mirror", "component", {}))
    found = continuation_of(ann.replica, "lab", 90)
    assert (found.epoch, found.clock, found.head) == ("epoch 1", 1, ann.replica.head)
    assert [record.id for record in found.records] == ["lens"]
    folder = tmp_path / "new"
    make_folder(folder, found)
    with viewed(folder) as view:
        assert [*view.sessions] == ["lab"]
    assert not (folder / FILE_NAME).exists()


def test_what_is_in_the_way_is_said(tmp_path: Path) -> None:
    with pytest.raises(DiskError, match="exists"):
        make_folder(tmp_path, continuation_of(Replica("a"), "lab", 90))
