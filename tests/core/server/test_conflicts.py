"""Conflicts with unseen values: SEEN-2 to SEEN-5, SEEN-8 of docs/protocol.md."""

from __future__ import annotations

import msgspec
import pytest

from optiverse_collab.core.protocol.codec import decode_ops
from optiverse_collab.core.protocol.origins import origin_of
from optiverse_collab.core.records import Op, Put, Record, Remove, Set
from optiverse_collab.core.server import conflicts
from optiverse_collab.core.server.conflicts import changed_names
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Accepted, StampedRecord
from optiverse_collab.core.server.names import NameKind
from optiverse_collab.core.server.stamps import Stamp
from optiverse_collab.errors import ChangeRefused, Reason
from tests.core.server.histories import do, make, sides

INSISTS, YIELDS = False, True


@pytest.fixture
def history() -> History:
    """Ann put a record with x, y and z at clock 1, Bob set x at 2, and Cid y at 3."""
    history = make()
    do(history, Put("a", "k", {"x": 0, "y": 0, "z": 0}))
    do(history, Set("a", {"x": "bob"}), by="bob")
    do(history, Set("a", {"y": "cid"}), by="cid")
    return history


def props(history: History, id: str = "a") -> dict[str, object]:
    """The properties of a record in the session."""
    return history.document.records[id].props


def dropped(accepted: Accepted) -> list[Op]:
    """The operations that had no effect."""
    data = accepted.entry.dropped
    return [] if data is msgspec.UNSET else decode_ops(data)


def test_change_that_insists_replaces_what_it_had_not_seen(history: History) -> None:
    """SEEN-3: and names their authors, one part for each of them."""
    accepted = do(history, Set("a", {"x": 1, "y": 1, "z": 1}), seen=1)
    assert props(history) == {"x": 1, "y": 1, "z": 1}
    assert sides(history, accepted.entry.replaced) == [("a", ["x"], "bob", 2), ("a", ["y"], "cid", 3)]
    assert not accepted.entry.held
    assert not dropped(accepted)


def test_change_that_yields_leaves_what_it_had_not_seen(history: History) -> None:
    """SEEN-4: the rest takes effect."""
    accepted = do(history, Set("a", {"x": 1, "z": 1, "new": 1}, ["y"]), seen=1, yields=YIELDS)
    assert props(history) == {"x": "bob", "y": "cid", "z": 1, "new": 1}
    assert sides(history, accepted.entry.held) == [("a", ["x"], "bob", 2), ("a", ["y"], "cid", 3)]
    assert decode_ops(accepted.entry.ops) == [Set("a", {"z": 1, "new": 1})]
    assert dropped(accepted) == [Set("a", {"x": 1}, ["y"])]
    assert not accepted.entry.replaced


@pytest.mark.parametrize("op", [Set("a", {"x": 1}), Set("a", {}, ["x"]), Put("a", "k", {"x": 1})])
def test_change_that_yields_may_have_no_effect_at_all(history: History, op: Op) -> None:
    """SEEN-4, CLK-1: it takes a clock nevertheless."""
    accepted = do(history, op, seen=1, yields=YIELDS)
    assert props(history)["x"] == "bob"
    assert (accepted.entry.clock, decode_ops(accepted.entry.ops)) == (4, [])
    assert len(dropped(accepted)) == 1


def test_rest_of_what_is_unset_takes_effect(history: History) -> None:
    """SEEN-4."""
    accepted = do(history, Set("a", {}, ["x", "z"]), seen=1, yields=YIELDS)
    assert props(history) == {"x": "bob", "y": "cid"}
    assert decode_ops(accepted.entry.ops) == [Set("a", {}, ["z"])]


@pytest.mark.parametrize(("seen", "held"), [(1, ["x", "y"]), (2, ["y"]), (3, [])])
def test_what_was_seen_may_be_replaced(history: History, seen: int, held: list[str]) -> None:
    """SEEN-2."""
    accepted = do(history, Set("a", {"x": 1, "y": 1}), seen=seen, yields=YIELDS)
    assert [name for one in accepted.entry.held for name in one.names] == held


@pytest.mark.parametrize("yields", [INSISTS, YIELDS])
def test_own_values_are_never_unseen(history: History, yields: bool) -> None:
    """SEEN-2: including those of the ids that the replica settled (SYNC-8)."""
    bob = history.names.known(NameKind.ORIGIN, origin_of("bob"))
    accepted = do(history, Set("a", {"x": 1, "y": 1}), by="bob again", own=[bob], seen=1, yields=yields)
    assert props(history)["x"] == 1
    for part in (*accepted.entry.held, *accepted.entry.replaced):
        assert part.names == ["y"]


@pytest.mark.parametrize("yields", [INSISTS, YIELDS])
def test_value_that_is_there_already_conflicts_with_nothing(history: History, yields: bool) -> None:
    """SEEN-8: the same goes for the removal of a property that is not there."""
    accepted = do(history, Set("a", {"x": "bob"}, ["never"]), seen=1, yields=yields)
    assert not accepted.entry.held
    assert not accepted.entry.replaced


def test_change_meets_what_was_removed(history: History) -> None:
    """SEEN-2, STAMP-2: a removed property counts as a value of its remover."""
    do(history, Set("a", {}, ["z"]), by="bob")
    accepted = do(history, Set("a", {"z": 1}), seen=3, yields=YIELDS)
    assert sides(history, accepted.entry.held) == [("a", ["z"], "bob", 4)]
    assert "z" not in props(history)


@pytest.mark.parametrize("yields", [INSISTS, YIELDS])
def test_edit_of_what_is_gone_is_lost(history: History, yields: bool) -> None:
    """DOC-5, PUSH-4: the loss names the remover; a second removal loses nothing."""
    do(history, Remove("a"), by="bob")
    accepted = do(history, Set("a", {"x": 1}), Remove("a"), seen=1, yields=yields)
    assert sides(history, accepted.entry.lost) == [("a", [], "bob", 4)]
    assert dropped(accepted) == [Set("a", {"x": 1})]


def test_who_removed_it_may_be_forgotten() -> None:
    """CLK-4: the loss is reported without a name."""
    history = make()
    accepted = do(history, Set("a", {"x": 1}))
    assert sides(history, accepted.entry.lost) == [("a", [], "", 0)]


@pytest.mark.parametrize("yields", [INSISTS, YIELDS])
def test_change_does_not_conflict_with_itself(history: History, yields: bool) -> None:
    """SEEN-3: a value that one operation replaced is not replaced again by the next."""
    ops = Set("a", {"x": 1}), Put("a", "k", {"x": 2, "z": 2}), Put("n", "k"), Set("n", {"x": 1})
    accepted = do(history, *ops, seen=1, yields=yields)
    parts = accepted.entry.held if yields else accepted.entry.replaced
    assert sides(history, parts) == [("a", ["x"], "bob", 2)]
    assert props(history)["x"] == ("bob" if yields else 2)
    assert props(history)["z"] == 2
    assert props(history, "n") == {"x": 1}


@pytest.mark.parametrize("yields", [INSISTS, YIELDS])
def test_record_that_the_change_made_is_its_own(history: History, yields: bool) -> None:
    """SEEN-7: a put of a new record is never held, nor are the operations on it that follow."""
    do(history, Remove("a"), by="bob")
    accepted = do(history, Put("a", "k", {"x": 1}), Set("a", {"x": 2}), Remove("a"), seen=1, yields=yields)
    assert not accepted.entry.held
    assert not accepted.entry.replaced
    assert "a" not in history.document.records


def test_names_that_an_operation_changes() -> None:
    """SEEN-8: a name that is set and removed counts once."""
    record = Record("a", "k", {"x": 1, "y": None})
    assert changed_names(Set("a", {"x": 1, "y": 0, "z": None}, ["x", "y", "w"]), record) == ["y", "z", "x"]
    assert changed_names(Put("a", "k", {"x": True}), record) == ["x"]
    assert changed_names(Remove("a"), record) == []


@pytest.mark.parametrize("yields", [False, True])
def test_value_without_an_author_is_somebodys(yields: bool) -> None:
    """STAMP-3: it is protected like any other; its author is unknown."""
    unknown = msgspec.structs.replace(
        History.empty("e"),
        clock=1,
        records=[StampedRecord(Record("a", "k", {"x": 1}), 0, {})],
        stamps=[Stamp(1, 0, 0, 0)],
    )
    history = History(unknown)
    entry = do(history, Set("a", {"x": 2}), seen=0, yields=yields).entry
    assert sides(history, entry.held if yields else entry.replaced) == [("a", ["x"], "", 1)]
    assert history.document.records["a"].props["x"] == (1 if yields else 2)
    assert do(history, Set("a", {"x": 3}), seen=1, yields=True).entry.held == []


def test_operations_on_one_record_are_compared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """LIM-11: the cost of a change depends on its size, not on the order of its operations."""
    history = make()
    do(history, Put("a", "k", {f"p{number}": 0 for number in range(100)}))
    do(history, *(Set("a", {f"p{number}": 1}) for number in range(100)), by="bob")
    compared = 0

    def counted(op: Op, record: Record) -> list[str]:
        nonlocal compared
        compared += len(op.props)  # type: ignore[union-attr]
        return changed_names(op, record)

    monkeypatch.setattr(conflicts, "changed_names", counted)
    accepted = do(history, *(Set("a", {f"p{number}": 2}) for number in range(100)), seen=1)
    assert len(accepted.entry.replaced) == 1
    assert compared <= 2 * 100


@pytest.mark.parametrize("yields", [False, True])
def test_change_that_removes_too_much_of_others_is_refused(
    yields: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LIM-11: the limit covers properties that must be checked one by one."""
    monkeypatch.setattr(conflicts, "MOST_MET", 20)
    history = make()
    for id in "abc":
        do(history, Put(id, "k", dict.fromkeys("0123456789", 0)))
    do(history, *(Set(id, {"0": 1}) for id in "abc"), by="bob")
    with pytest.raises(ChangeRefused, match="removes more than 20 properties") as refused:
        do(history, *(Remove(id) for id in "abc"), seen=3, yields=yields)
    assert refused.value.reason is Reason.TOO_LARGE
    do(history, *(Remove(id) for id in "abc"), seen=4, yields=yields)
    assert not history.document.records


def test_change_of_records_with_very_many_properties_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """LIM-11: each is copied whole; removing and making records copies none."""
    monkeypatch.setattr(conflicts, "MOST_TOUCHED", 20)
    history = make()
    for id in "abc":
        do(history, Put(id, "k", dict.fromkeys("0123456789", 0)))
    with pytest.raises(ChangeRefused, match="records with 30 properties together") as refused:
        do(history, *(Set(id, {"0": 1}) for id in "abc"))
    assert refused.value.reason is Reason.TOO_LARGE
    do(history, *(Set(id, {"0": 1}) for id in "ab"))
    do(history, *(Remove(id) for id in "abc"))
    do(history, *(Put(id, "k", dict.fromkeys("0123456789", 0)) for id in "abc"))
