"""Edits that are set aside are kept, listed, and can be merged (DISK-6)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from optiverse_collab.core.client.conflicts import HeldChange
from optiverse_collab.core.client.saved import Saved
from optiverse_collab.core.records import Remove
from optiverse_collab.disk.replica_file import ReplicaFile
from optiverse_collab.disk.set_aside import AsideReason, copy_aside, described, found_in, set_aside
from optiverse_collab.errors import DiskError
from tests.helpers.replicas import OWNER, pending, saved

COPY = saved(pending(4), pending(5), records=3)


def file_in(folder: Path, slot: str, copy: Saved = COPY) -> Path:
    """The file of a replica in a slot."""
    file = folder / "slots" / slot / "replica"
    file.parent.mkdir(parents=True)
    replica = ReplicaFile(file)
    replica.replace(OWNER, copy)
    replica.close()
    return file


def test_a_replica_of_another_epoch_is_offered(tmp_path: Path) -> None:
    file = file_in(tmp_path, "one")
    data = file.read_bytes()
    set_aside(file, AsideReason.EPOCH)
    assert not file.exists()
    [one] = found_in(tmp_path)
    assert (one.reason, one.owner, one.epoch, one.edits) == (AsideReason.EPOCH, OWNER, "epoch 1", 2)
    assert one.when_ms == one.file.stat().st_mtime_ns // 1_000_000
    assert one.file.read_bytes() == data
    assert one.load() == COPY
    one.discard()
    assert found_in(tmp_path) == []


def test_what_is_only_held_counts_too(tmp_path: Path) -> None:
    """SEEN-9: they are in no session, and their user has not decided."""
    held = {"lens": HeldChange([Remove("lens")], "Ben")}
    set_aside(file_in(tmp_path, "one", saved(pending(4), held=held)), AsideReason.EPOCH)
    assert [one.edits for one in found_in(tmp_path)] == [2]


def test_a_reason_that_only_a_newer_version_knows(tmp_path: Path) -> None:
    """It hides no other entry, and its file stays unchanged."""
    set_aside(file_in(tmp_path, "one"), AsideReason.EPOCH)
    [one] = found_in(tmp_path)
    (one.file.parent / "unheard-of.replica").write_bytes(one.file.read_bytes())
    assert {found.reason for found in found_in(tmp_path)} == {AsideReason.EPOCH, AsideReason.NEWER}


def test_setting_aside_what_is_not_there_does_nothing(tmp_path: Path) -> None:
    set_aside(tmp_path / "slots" / "one" / "replica", AsideReason.EPOCH)
    assert found_in(tmp_path) == []


def test_nothing_that_was_set_aside_is_overwritten(tmp_path: Path) -> None:
    file = file_in(tmp_path, "one")
    old = file.read_bytes()
    copy_aside(file, old, AsideReason.DAMAGED)
    set_aside(file, AsideReason.DAMAGED)
    assert [one.file.read_bytes() for one in found_in(tmp_path)] == [old, old]


def test_the_newest_comes_first(tmp_path: Path) -> None:
    for place, slot in enumerate(("one", "two", "three")):
        file = file_in(tmp_path, slot, saved(*map(pending, range(1, place + 1))))
        os.utime(file, (1000 + place, 1000 + place))
        set_aside(file, AsideReason.EPOCH)
    assert [one.edits for one in found_in(tmp_path)] == [2, 1, 0]


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"junk", AsideReason.UNREADABLE), (b"optiverse-collab replica 7\n?", AsideReason.NEWER)],
)
def test_what_can_not_be_read_says_why(tmp_path: Path, data: bytes, reason: AsideReason) -> None:
    file = tmp_path / "replica"
    file.write_bytes(data)
    one = described(file, AsideReason.UNREADABLE)
    assert (one.reason, one.owner, one.load()) == (reason, None, None)


def test_a_disk_that_fails_is_told(tmp_path: Path) -> None:
    file = file_in(tmp_path, "one")
    one = described(file, AsideReason.EPOCH)
    file.unlink()
    with pytest.raises(DiskError, match="Using the folder"):
        one.load()
