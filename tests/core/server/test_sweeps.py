"""The server remembers replacements of the bench for absent participants: SYNC-14, DUR-4."""

from __future__ import annotations

import pytest

from optiverse_collab.core.protocol.messages import SyncRequest
from optiverse_collab.core.protocol.outcomes import SweepNotice
from optiverse_collab.core.records import Put, Remove
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Sweep
from optiverse_collab.core.server.sweeps import SWEEPS
from optiverse_collab.errors import ChangeRefused, Reason
from tests.core.server.histories import asked, at, do, make


def swept() -> tuple[History, list[bytes]]:
    """A bench that Bob replaces with the changes 2 and 4, while Cid puts something with change 3."""
    history = make()
    kept = [
        do(history, Put("lens", "k")),
        do(history, Remove("lens"), by="bob", step="sweep:1"),
        do(history, Put("a", "k"), by="cid", step="drag"),
        do(history, Put("b", "k"), by="bob", step="sweep:1"),
    ]
    return history, [one.kept.data for one in kept]


def test_who_lacks_a_part_of_a_replacement_is_told_of_it() -> None:
    """SYNC-14: with the clock at which it began."""
    history, _ = swept()
    for clock in range(1, 5):
        *others, last = asked(history, at(history, clock))
        assert not any(page.sweeps for page in others)
        assert last.sweeps == ([SweepNotice("sweep:1", 2, "bob")] if clock < 4 else [])
    [new] = asked(history, SyncRequest("new"))
    assert new.sweeps == []


def test_replacements_are_in_snapshots_and_entries() -> None:
    """DUR-4"""
    history, kept = swept()
    expected = [Sweep("sweep:1", 2, 4, 2)]
    assert history.snapshot().sweeps == expected
    again = History(History.empty("e"), history.names.take_new(), kept)
    assert list(again.sweeps.kept) == expected
    assert list(History(history.snapshot(), ()).sweeps.kept) == expected


def test_the_same_step_of_somebody_else_is_another_one() -> None:
    history, _ = swept()
    do(history, Put("c", "k"), by="eve", step="sweep:1")
    assert [(one.first, one.last) for one in history.sweeps.kept] == [(2, 4), (5, 5)]


def test_only_the_last_ones_are_remembered() -> None:
    history = make()
    for number in range(SWEEPS + 3):
        do(history, Put("lens", "k", {"n": number}), step=f"restore:{number}")
    assert [one.first for one in history.sweeps.kept] == list(range(4, SWEEPS + 4))


def restored() -> History:
    """A bench that Bob restored with change 2."""
    history = make()
    do(history, Put("lens", "k"))
    do(history, Remove("lens"), by="bob", step="restore:1")
    return history


@pytest.mark.parametrize("yields", [False, True])
def test_a_stale_restore_is_refused(yields: bool) -> None:
    """HIST-9: whatever it concerns; nothing is applied."""
    history = restored()
    with pytest.raises(ChangeRefused, match="restored an earlier bench") as refused:
        do(history, Put("other", "k"), by="cid", step="restore:2", seen=1, yields=yields)
    assert refused.value.reason is Reason.STALE_RESTORE
    assert history.clock == 2


def test_other_changes_are_not_stale() -> None:
    """HIST-9: nor are those of clients that know the other restore, or that continue their own."""
    history = restored()
    do(history, Put("a", "k"), by="cid", step="restore:2", seen=2)
    do(history, Put("b", "k"), by="cid", step="restore:3", seen=1 + 1)
    do(history, Put("c", "k"), by="eve", step="sweep:1", seen=0)
    do(history, Put("d", "k"), by="eve", step="drag", seen=0)
    do(history, Put("e", "k"), by="eve", seen=0)
    with pytest.raises(ChangeRefused, match="restored an earlier bench"):
        do(history, Put("f", "k"), by="bob", step="restore:1", seen=2)
