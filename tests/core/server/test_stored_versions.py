"""The moments that the versions of a stored session name (HIST-15)."""

from __future__ import annotations

import msgspec

from optiverse_collab.core.records import Lane, Put, Remove, Set
from optiverse_collab.core.server.stored_versions import MARK, StoredVersions
from tests.core.server.histories import do, make


def kept(id: str, clock: int) -> Put:
    """The put of a version."""
    return Put(id, "version", {"name": id, "clock": clock}, Lane.META)


def test_versions_are_found_in_snapshot_and_entries() -> None:
    """HIST-15: as the server's history has them after the same changes."""
    history = make()
    do(history, Put("lens", "k", {"x": 1}))
    do(history, kept("a", 0), kept("b", 1), Put("note", "note", {"clock": 7}, Lane.META))
    found = StoredVersions()
    raws = [msgspec.json.encode(record) for record in history.document.records.values()]
    assert [MARK in raw for raw in raws] == [False, True, True, True]
    for raw in raws:
        found.add_record(msgspec.Raw(raw))
    assert found.clocks == {0, 1}
    changes = (
        [Set("b", {"name": "better"}, ["colour"])],
        [Set("lens", {"clock": 3}), Put("part", "version", {"clock": 3})],
        [Remove("a"), kept("c", 3)],
        [Put("note", "version", {"name": "note", "clock": 4})],
        [Put("c", "note", {}), Set("note", {"name": "Note"})],
        [kept("d", 0), Remove("d"), kept("d", 2)],
    )
    for ops in changes:
        found.add_entry(do(history, *ops).kept.data)
        assert found.clocks == {one.clock for one in history.versions.all.values()}
    assert found.clocks == {1, 4, 2}
