"""Reports of edits that met others' unseen ones (SEEN-9, SEEN-10, PUSH-4)."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client import conflicts
from optiverse_collab.core.client.conflicts import HeldChange, of_gone
from optiverse_collab.core.client.effects import Conflict, ConflictKind
from optiverse_collab.core.client.pending import PendingChange
from optiverse_collab.core.client.squash import squash
from optiverse_collab.core.protocol.changes import Change
from optiverse_collab.core.protocol.outcomes import Ack, AckResult, Notice, Part, Replaced
from optiverse_collab.core.records import Op, Put, Record, Remove, Set

LENS = Record("lens", "component", {"x": 1, "y": 2})
THEIRS = Record("lens", "component", {"x": 7, "y": 2, "z": 3})


def change(*ops: Op) -> PendingChange:
    """A pending change."""
    return PendingChange(1, squash(ops), 100, 0)


def lens(**props: int) -> Record:
    """A lens with these properties."""
    return Record("lens", "component", props)


@pytest.mark.parametrize(
    ("ops", "before", "mine", "record"),
    [
        ([Set("lens", {"x": 5}, ["y"])], LENS, Set("lens", {"x": 5}, ["y"]), lens(x=5)),
        ([Set("lens", {"x": 5})], None, Set("lens", {"x": 5}), None),
        (
            [Set("lens", {"x": 5}), Put("lens", "component", {"y": 6})],
            LENS,
            Put("lens", "component", {"y": 6}),
            lens(x=5, y=6),
        ),
    ],
)
def test_edit_of_a_removed_record_is_told_whole(
    ops: list[Op], before: Record | None, mine: Op, record: Record | None
) -> None:
    """DOC-5, REP-8: with the record as its user saw it, if this replica had it."""
    ack = Ack(1, AckResult.DISCARD, 3, lost=[Part("lens", by="bob", clock=2), Part("unheard of")])
    found = conflicts.of_acknowledged(ack, change(*ops), {"lens": before} if before else {}, {}, 3)
    assert found == [Conflict(ConflictKind.GONE, "bob", (), mine, Remove("lens"), record)]


@pytest.mark.parametrize(
    ("ops", "names", "now", "mine", "theirs", "record"),
    [
        (
            [Set("lens", {"x": 5, "y": 6}, ["z"])],
            ["x", "z"],
            THEIRS,
            Set("lens", {"x": 5}, ["z"]),
            Set("lens", {"x": 7, "z": 3}),
            lens(x=5, y=6),
        ),
        (
            [Put("lens", "component", {"x": 5, "y": 6})],
            ["x"],
            THEIRS,
            Set("lens", {"x": 5}),
            Set("lens", {"x": 7}),
            lens(x=5, y=6),
        ),
        (
            [Set("lens", {"x": 5})],
            ["x"],
            lens(y=2),
            Set("lens", {"x": 5}),
            Set("lens", {}, ["x"]),
            lens(x=5, y=2),
        ),
        ([Remove("lens")], [], THEIRS, Remove("lens"), Set("lens", {"x": 7, "y": 2, "z": 3}), LENS),
        ([Set("lens", {"x": 5})], ["x"], None, Set("lens", {"x": 5}), Remove("lens"), lens(x=5, y=2)),
        (
            [Remove("lens"), Put("lens", "mirror", {"x": 5})],
            [],
            THEIRS,
            Put("lens", "mirror", {"x": 5}),
            Set("lens", {"x": 7, "y": 2, "z": 3}),
            Record("lens", "mirror", {"x": 5}),
        ),
    ],
)
def test_held_edit_is_told_with_both_values(
    ops: list[Op], names: list[str], now: Record | None, mine: Op, theirs: Op, record: Record
) -> None:
    """SEEN-4, SEEN-7, REP-8: my value, and the current one."""
    part = Part("lens", names, "bob", 3)
    ack = Ack(1, AckResult.REBASE, 4, held=[part, part, Part("unheard of", ["x"])])
    after = {"lens": now} if now else {}
    [found] = conflicts.of_acknowledged(ack, change(*ops), {"lens": LENS}, after, 4)
    assert found == Conflict(ConflictKind.HELD, "bob", tuple(names), mine, theirs, record)


def test_held_edit_of_a_record_not_seen_here_names_theirs() -> None:
    """SEEN-4: both put it, and only theirs exists."""
    ack = Ack(1, AckResult.DISCARD, 4, held=[Part("lens", by="bob")])
    [found] = conflicts.of_acknowledged(ack, change(Remove("lens")), {}, {"lens": THEIRS}, 4)
    assert found.record == THEIRS


@pytest.mark.parametrize(
    ("part", "before", "mine", "theirs"),
    [
        (Part("lens", ["x"], "bob", 3), LENS, Set("lens", {"x": 5}), Set("lens", {"x": 1})),
        (Part("lens", ["x"], "bob", 4), LENS, Set("lens", {"x": 5}), None),
        (Part("lens", ["x"], "bob", 3), None, Set("lens", {"x": 5}), None),
        (Part("lens", [], "bob", 3), LENS, Set("lens", {"x": 5, "y": 6}), Set("lens", {"x": 1, "y": 2})),
        (Part("lens", ["z"], "bob", 3), LENS, Set("lens"), Set("lens", {}, ["z"])),
    ],
)
def test_replaced_values_are_told_as_far_as_known(
    part: Part, before: Record | None, mine: Op, theirs: Op | None
) -> None:
    """SEEN-3, SEEN-10: a value that is newer than this replica's state was never seen here."""
    ack = Ack(1, AckResult.COMMIT, 4, replaced=[part, Part("unheard of", ["x"])])
    records = {"lens": before} if before else {}
    [found] = conflicts.of_acknowledged(ack, change(Set("lens", {"x": 5, "y": 6})), records, {}, 3)
    assert found == Conflict(ConflictKind.REPLACED_THEIRS, "bob", tuple(part.names), mine, theirs, before)


def test_conflict_names_the_step_of_my_edit() -> None:
    """PUSH-8: so that its undo can be corrected."""
    mine = PendingChange(1, squash([Set("lens", {"x": 5})]), 100, 0, step="drag")
    part = Part("lens", ["x"], "bob", 3)
    ack = Ack(1, AckResult.COMMIT, 4, lost=[part], held=[part], replaced=[part])
    found = conflicts.of_acknowledged(ack, mine, {"lens": LENS}, {}, 3)
    assert [conflict.step for conflict in found] == ["drag"] * 3


def test_part_is_told_with_the_operation_that_has_it() -> None:
    """PUSH-4: a record may have two operations in one change."""
    twice = change(Set("lens", {"x": 5}), Put("lens", "component", {"y": 6}))
    ack = Ack(1, AckResult.COMMIT, 4, replaced=[Part("lens", ["x"]), Part("lens", ["y"])])
    found = conflicts.of_acknowledged(ack, twice, {"lens": LENS}, {}, 4)
    assert [one.mine for one in found] == [Set("lens", {"x": 5}), Set("lens", {"y": 6})]


@pytest.mark.parametrize(
    ("ops", "names", "record", "mine", "theirs"),
    [
        ([Set("lens", {"x": 7, "y": 8})], ["x"], LENS, Set("lens", {"x": 1}), Set("lens", {"x": 7})),
        ([Set("lens", {}, ["x", "y"])], ["x"], LENS, Set("lens", {"x": 1}), Set("lens", {}, ["x"])),
        ([Remove("lens")], ["x", "y"], LENS, Set("lens", {"x": 1, "y": 2}), Remove("lens")),
        ([Remove("lens")], [], LENS, Set("lens", {"x": 1, "y": 2}), Remove("lens")),
        ([Set("lens", {"x": 7})], ["x"], None, Set("lens", {}, ["x"]), Set("lens", {"x": 7})),
        ([], ["x"], LENS, Set("lens", {"x": 1}), None),
    ],
)
def test_replaced_values_of_mine_are_told(
    ops: list[Op], names: list[str], record: Record | None, mine: Op, theirs: Op | None
) -> None:
    """SEEN-10: my edit, and the edit of somebody who had not seen it."""
    others: list[Op] = [Put("other", "component"), *ops]
    theirs_is = Change(
        9, "bob", others, replaced=[Replaced("lens", names, "me"), Replaced("lens", ["y"], "eve")]
    )
    found = [*conflicts.of_others(theirs_is, ["me"], {"lens": record} if record else {})]
    assert found == [Conflict(ConflictKind.REPLACED_MINE, "bob", tuple(names), mine, theirs, record)]


@pytest.mark.parametrize(
    ("after", "theirs"),
    [({"lens": THEIRS}, Set("lens", {"x": 7}, [])), ({}, Remove("lens"))],
)
def test_notice_is_told_with_both_values(after: dict[str, Record], theirs: Op) -> None:
    """SYNC-9: the report covers an absence."""
    found = conflicts.of_notice(Notice(9, "lens", ["x"], "bob"), {"lens": LENS}, after)
    assert found == Conflict(ConflictKind.REPLACED_MINE, "bob", ("x",), Set("lens", {"x": 1}), theirs, LENS)


def held(*told: tuple[Op, Record | None, str]) -> HeldChange:
    """The held edits after these conflicts."""
    kept: dict[str, HeldChange] = {}
    for mine, record, by in told:
        conflicts.keep(kept, Conflict(ConflictKind.HELD, by, (), mine, None, record))
    return kept["lens"]


def test_edits_that_are_held_add_up() -> None:
    """SEEN-9: one list per record, and a copy of the record with all edits."""
    first = Set("lens", {"x": 5}), lens(x=5, y=2), "bob"
    assert held(first) == HeldChange([Set("lens", {"x": 5})], "bob", lens(x=5, y=2))
    assert held(first, (Set("lens", {"y": 6}), lens(x=7, y=6), "eve")) == HeldChange(
        [Set("lens", {"x": 5, "y": 6})], "eve", lens(x=5, y=6)
    )


def test_held_record_has_what_is_known() -> None:
    """SEEN-9."""
    known, unknown = (Set("lens", {"x": 5}), lens(x=5), "bob"), (Set("lens", {"y": 6}), None, "bob")
    both = [Set("lens", {"x": 5, "y": 6})]
    assert held(unknown, known) == HeldChange([Set("lens", {"x": 5, "y": 6})], "bob", lens(x=5))
    assert held(known, unknown).ops == both


def test_held_removal_has_no_record_to_bring_back() -> None:
    """SEEN-9: using it removes the record, or does nothing if somebody else has removed it."""
    removal = held((Remove("lens"), LENS, "bob"))
    assert removal == HeldChange([Remove("lens")], "bob", None)
    assert conflicts.bring_back(removal, is_there=True) == [Remove("lens")]
    assert conflicts.bring_back(removal, is_there=False) == []


def test_edit_after_a_held_removal_takes_its_place() -> None:
    """SEEN-9, REP-8: its user saw the record again; a `set` after the removal would be lost."""
    later = Set("lens", {"x": 5}), lens(x=5, y=2), "eve"
    assert held((Remove("lens"), LENS, "bob"), later) == HeldChange([later[0]], "eve", lens(x=5, y=2))
    assert held(later, (Remove("lens"), LENS, "bob")) == HeldChange([Remove("lens")], "bob", None)


@pytest.mark.parametrize(
    ("change", "there", "gone"),
    [
        (
            HeldChange([Set("lens", {"x": 5})], "bob", lens(x=5, y=2)),
            [Set("lens", {"x": 5})],
            [Put("lens", "component", {"x": 5, "y": 2})],
        ),
        (HeldChange([Set("lens", {"x": 5})], "bob"), [Set("lens", {"x": 5})], [Set("lens", {"x": 5})]),
        (
            HeldChange([Remove("lens"), Put("lens", "mirror")], "bob"),
            [Remove("lens"), Put("lens", "mirror")],
            [Put("lens", "mirror")],
        ),
    ],
)
def test_held_edit_is_used_on_the_record_or_makes_it(
    change: HeldChange, there: list[Op], gone: list[Op]
) -> None:
    """SEEN-9, DOC-6, REP-6: an impossible edit is tried as well, so that it is refused and stays."""
    assert conflicts.bring_back(change, is_there=True) == there
    assert conflicts.bring_back(change, is_there=False) == gone


@pytest.mark.parametrize(
    ("ops", "now", "stands"),
    [
        ([Set("lens", {"x": 5}, ["z"])], THEIRS, Set("lens", {"x": 7, "z": 3})),
        ([Set("lens", {"a": 5})], THEIRS, Set("lens", {}, ["a"])),
        ([Put("lens", "component", {"x": 5})], THEIRS, Set("lens", {"x": 7})),
        ([Put("lens", "mirror", {"x": 5})], THEIRS, Set("lens", dict(THEIRS.props))),
        ([Remove("lens")], THEIRS, Set("lens", dict(THEIRS.props))),
        ([Set("lens", {"x": 5})], None, Remove("lens")),
    ],
)
def test_what_stands_is_what_using_would_replace(ops: list[Op], now: Record | None, stands: Op) -> None:
    """SEEN-9: the user compares it with their own edit before they decide."""
    assert conflicts.standing(HeldChange(ops, "bob"), now) == stands


def test_edit_of_what_somebody_has_removed() -> None:
    """SEEN-9: the user was in the middle of the edit."""
    mine = Record("lens", "component", {"name": "mine"})
    edit = Set("lens", {"name": "mine"})
    assert of_gone(edit, mine, "Ben") == Conflict(ConflictKind.GONE, "Ben", (), edit, Remove("lens"), mine)
