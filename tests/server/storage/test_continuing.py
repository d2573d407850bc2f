"""Sessions that continue from a participant's replica: HOST-1."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from msgspec import structs

from optiverse_collab.core.protocol.changes import PushedChange
from optiverse_collab.core.protocol.continuation import FORMAT, Continuation
from optiverse_collab.core.records import Lane, Record, Set
from optiverse_collab.core.server.history import TERM, History
from optiverse_collab.core.server.journal import Parent
from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage.alone import opened_alone
from optiverse_collab_server.storage.check import check_folder
from optiverse_collab_server.storage.continuing import end_of, snapshot_from
from optiverse_collab_server.storage.reading import read_stored
from optiverse_collab_server.storage.steps import finished
from optiverse_collab_server.storage.transfer import import_session, read_export
from optiverse_collab_server.storage.viewing import viewed

LENS = Record("lens", "component", {"pos": [1, 1]}, Lane.BENCH)
FOUND = Continuation(FORMAT, 1, "lab", "e", 7, "ab" * 16, 3, 90, [LENS])


def test_server_continues_where_the_replica_was(tmp_path: Path) -> None:
    """HOST-1, CLK-8: the same clock and head, in an epoch that names the other one."""
    export = read_export(msgspec.json.encode(FOUND))
    with opened_alone(tmp_path) as view:
        import_session(view, export.session, export, "e2")
    assert [report.faults for report in check_folder(tmp_path)] == [[]]
    with viewed(tmp_path) as view:
        stored = finished(read_stored(view.connection, view.session("lab")))
    history = History(stored.snapshot, stored.names, stored.entries)
    assert (history.epoch, history.clock, history.chain.head.hex()) == ("e2", 7, "ab" * 16)
    assert history.document.records == {"lens": LENS}
    assert history.parents == [Parent("e", 7, 90, 3)] == [end_of(FOUND)]
    assert history.turns.term == TERM


@pytest.mark.parametrize(("seen", "is_held"), [(6, True), (7, False)])
def test_values_count_as_set_by_the_last_change(seen: int, is_held: bool) -> None:
    """HOST-1: an older edit never replaces one that its author may not have seen."""
    history = History(snapshot_from(FOUND))
    change = PushedChange(1, [Set("lens", {"pos": [2, 2]})], seen, True)
    entry = history.accept("origin", (), "ann", 99, change, sent=7).entry
    assert bool(entry.held) is is_held


def test_a_file_that_does_not_fit_together_is_refused() -> None:
    for broken in (structs.replace(FOUND, head="x"), structs.replace(FOUND, head="ab")):
        with pytest.raises(StorageError, match="This is not an exported session"):
            read_export(msgspec.json.encode(broken))
