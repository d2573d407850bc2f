"""Edits in a file for somebody else contain only the edits, and such a file is never trusted."""

from __future__ import annotations

from pathlib import Path

import pytest

from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.protocol.messages import FullState
from optiverse_collab.core.protocol.page_records import PageRecord
from optiverse_collab.core.records import Put, Remove, Set
from optiverse_collab.disk import given_edits
from optiverse_collab.disk.given_edits import read_edits, write_edits
from optiverse_collab.errors import BenchFileError

SECRET = "client id of Bob"


@pytest.fixture
def bob() -> Replica:
    """Bob's replica, with three unsent edits, in a session of three lenses."""
    bob = Replica(SECRET)
    bob.connected()
    lenses = [PageRecord(f"lens {n}", "component", {"x": n}) for n in range(3)]
    bob.receive(FullState("epoch 1", 1, 7, "head", 0, 3, records=lenses, done=True))
    bob.edit([Set("lens 0", {"x": 10})])
    bob.edit([Put("new", "component", {"x": 5})])
    bob.edit([Remove("lens 1")])
    return bob


def test_edits_arrive_with_what_they_are_about(tmp_path: Path, bob: Replica) -> None:
    file = tmp_path / "bob.edits"
    write_edits(file, "lab", "Bob", bob.save())
    author, edits = read_edits(file)
    assert author == "Bob"
    assert [edit.mine for edit in edits] == [change.operations[0] for change in bob.pending]
    assert [edit.record.props["x"] if edit.record is not None else None for edit in edits] == [10, 5, None]


def test_secrets_and_the_rest_of_the_bench_stay_here(tmp_path: Path, bob: Replica) -> None:
    """SYNC-8: anyone who knows a client id speaks for its replica."""
    again = Replica.restore(bob.save(), "another secret")
    file = tmp_path / "bob.edits"
    write_edits(file, "lab", "Bob", again.save())
    data = file.read_bytes()
    assert b"lens 1" in data
    assert not any(text in data for text in (SECRET.encode(), b"another secret", b"lens 2"))


def test_file_without_edits_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "nothing.edits"
    write_edits(file, "lab", "Bob", Replica("bob").save())
    with pytest.raises(BenchFileError, match="has no edits for a session; ask its author"):
        read_edits(file)


@pytest.mark.parametrize("damage", ["bench", "cut", "long", "rule"])
def test_file_of_others_is_not_trusted(
    tmp_path: Path, bob: Replica, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    file = tmp_path / "bob.edits"
    if damage == "rule":
        bob._pending.changes[0].ops["lens 0"] = [Set("lens 0", {"x": float("inf")})]
    write_edits(file, "lab", "Bob", bob.save())
    if damage == "bench":
        file.write_text("{}")
    elif damage == "cut":
        file.write_bytes(file.read_bytes()[:60])
    elif damage == "long":
        monkeypatch.setattr(given_edits, "MOST_BYTES", 10)
    with pytest.raises(BenchFileError, match="has no edits"):
        read_edits(file)


def test_disk_that_fails_is_one_sentence(tmp_path: Path, bob: Replica) -> None:
    with pytest.raises(BenchFileError, match="can't be written"):
        write_edits(tmp_path / "no folder" / "bob.edits", "lab", "Bob", bob.save())
    with pytest.raises(BenchFileError, match="can't be read"):
        read_edits(tmp_path / "nowhere.edits")
